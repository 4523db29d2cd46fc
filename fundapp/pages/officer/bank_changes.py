"""Changes of bank details: an officer makes sure by a way they knew before, and confirms or turns down."""

from typing import Any, Final

from flask import abort, flash, g, redirect, render_template, request, url_for
from sqlalchemy import Row

from fundapp.pages import acting
from fundapp.pages.gate import funds_for, gate
from fundapp.pages.officer import blueprint, forms
from fundapp.pages.officer.forms import Page, Problems
from fundapp.queries import awards, payees, paying, reading
from fundapp.services import bank_details
from fundapp.words import bank, refusals
from fundapp.words.tongue import gettext as _

PAGE: Final = 50
#: Characters of how somebody made sure, or why not.
MOST: Final = 1000


@blueprint.get("/bank-changes")
@gate("officer")
def bank_changes() -> str:
    """Changes under way, the oldest first."""
    given = request.args.get("after", "")
    after = int(given) if given.isascii() and given.isdigit() and len(given) < 16 else 0
    apart = reading.apart_from(g.conn, g.person.id)
    rows = payees.waiting(g.conn, funds_for("officer"), PAGE + 1, after)
    return render_template(
        "officer/bank_changes.html", rows=[row for row in rows[:PAGE] if row.bid_id not in apart],
        onward=rows[PAGE - 1].id if len(rows) > PAGE else None,
    )  # fmt: skip


@blueprint.route("/bank-changes/<ref>", methods=["GET", "POST"])
@gate("officer")
def bank_change(ref: str) -> Page:
    """The change that is under way for a bid, beside what stands."""
    row = forms.officers_bid(ref)
    rows = payees.of_bid(g.conn, row.id)
    if not rows:
        abort(404)
    change = next((one for one in rows if one.state in payees.UNDER_WAY), None)
    if request.method == "GET":
        return _page(row, rows, change)
    reason, do = forms.text("reason"), request.form.get("do", "")
    if do == "vouch":
        return _vouch(row, rows, change)
    if change is None:
        words = _("No change is under way any more: it took effect, or was taken back.")
        return _page(row, rows, None, reason, [{"field": "main", "words": words}]), 409
    words = ""
    if do not in ("confirm", "refuse"):
        return _page(row, rows, change, reason, [{"field": "do", "words": _("Choose what to do.")}]), 422
    if not reason:
        words = (
            _("Write how you made sure: whom you rang, on which number, and how you knew that number.")
            if do == "confirm"
            else _("Write why. The applicant reads it.")
        )
    elif len(reason) > MOST:
        words = _("Say it in at most %(most)s characters.", most=f"{MOST:,}")
    if words:
        return _page(row, rows, change, reason, [{"field": "reason", "words": words}]), 422
    done, why = acting.move("payee", do, change.id, {"reason": reason})
    if done is None:
        row = forms.officers_bid(ref)
        rows = payees.of_bid(g.conn, row.id)
        change = next((one for one in rows if one.state in payees.UNDER_WAY), None)
        return _page(row, rows, change, reason, [{"field": "main", "words": words} for words in why]), 409
    flash(
        _("The change is confirmed. It takes effect by itself when its days are over.")
        if do == "confirm"
        else _("The change is turned down. What stood before stays in use.")
    )
    return redirect(url_for("officer.bank_changes"), 303)


def _vouch(row: Row[Any], rows: list[Any], change: Any) -> Page:
    """Write down how somebody made sure of the account in use, which the bank knows by another name."""
    standing = next((one for one in rows if one.state == "standing"), None)
    given = forms.text("vouched")
    words = ""
    if not given:
        words = _("Write how you made sure: whom you rang, on which number, and how you knew that number.")
    elif len(given) > MOST:
        words = _("Say it in at most %(most)s characters.", most=f"{MOST:,}")
    if words or standing is None:
        return _page(row, rows, change, "", [{"field": "vouched", "words": words}], given), 422
    done, why = acting.move("payee", "vouch", standing.id, {"reason": given})
    if done is None:
        row = forms.officers_bid(row.reference)
        rows = payees.of_bid(g.conn, row.id)
        change = next((one for one in rows if one.state in payees.UNDER_WAY), None)
        return _page(row, rows, change, "", [{"field": "main", "words": words} for words in why], given), 409
    flash(_("It is on record that you made sure of the account. Payments into it can go on."))
    return redirect(url_for("officer.bank_changes"), 303)


def _page(
    row: Row[Any],
    rows: list[Any],
    change: Any,
    reason: str = "",
    problems: Problems | None = None,
    vouched: str = "",
) -> str:
    standing = next((one for one in rows if one.state == "standing"), None)
    verdicts = acting.may("payee", change.id) if change is not None else {}
    doubt = standing is not None and paying.in_doubt(standing.bank_answer, standing.vouched_by)
    if standing is not None and doubt:
        verdicts |= {name: said for name, said in acting.may("payee", standing.id).items() if name == "vouch"}
    zone = acting.office().zone
    ids = [one.id for one in (standing, change) if one is not None]
    return render_template(
        "officer/bank_change.html", bid=row, standing=standing, change=change, rows=rows, reason=reason, most=MOST,
        kinds=bank.KINDS, checks=bank.CHECKED_FOR_STAFF, problems=problems, errors=forms.errors(problems),
        sort_codes=bank_details.masked(g.conn, acting.office().bank_keys, ids),
        moves=[name for name in ("confirm", "refuse", "vouch") if name in verdicts and verdicts[name].granted],
        locks=[
            refusals.sentence(each, zone, life="payee", officer=True)
            for name, verdict in verdicts.items() if name == "confirm" for each in verdict.refusals
        ],
        doubt=doubt, vouched=vouched,
        doubts=[
            refusals.sentence(each, zone, life="payee", officer=True)
            for name, verdict in verdicts.items() if name == "vouch" for each in verdict.refusals
        ] or [_("Another person than whoever noted the bank’s answer makes sure of it.")],
        held=[p for p in awards.payments_of(g.conn, row.id) if p.state in ("scheduled", "approved")],
    )  # fmt: skip
