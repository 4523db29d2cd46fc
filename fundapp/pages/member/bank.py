"""The member's bank details: given once the award is accepted, shown masked, changed with a second person's word."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fundapp.domain import accounts
from fundapp.pages import acting, bank_typed, typed
from fundapp.pages.gate import gate
from fundapp.pages.member import blueprint, reach
from fundapp.queries import awards, payees
from fundapp.services import bank_details, vault
from fundapp.services.transition import Refused
from fundapp.words import bank, refusals
from fundapp.words.tongue import gettext as _

#: Characters of why an account changes.
MOST_REASON = 500

Page = Response | str | tuple[str, int]
Problems = list[dict[str, str]]


@blueprint.route("/my-bids/<ref>/bank", methods=["GET", "POST"])
@gate("signed_in")
def bank_account(ref: str) -> Page:
    """The bank details as they stand, masked; the form while there are none."""
    row = reach.fetch_own(ref)
    rows = payees.of_bid(g.conn, row.id)
    if rows and request.method != "POST":
        return _shown(row, rows)
    _accepted(row, rows)
    return _steps(row, changing=False)


@blueprint.route("/my-bids/<ref>/bank/change", methods=["GET", "POST"])
@gate("signed_in")
def change_bank(ref: str) -> Page:
    """Ask for another account."""
    row = reach.fetch_own(ref)
    rows = payees.of_bid(g.conn, row.id)
    if not rows:
        abort(404)
    _accepted(row, rows)
    if request.method != "POST" and _under_way(rows) is not None:
        return redirect(url_for("member.bank_account", ref=row.reference), 303)
    return _steps(row, changing=True)


@blueprint.post("/my-bids/<ref>/bank/take-back")
@gate("signed_in")
def take_back_bank(ref: str) -> Page:
    """Take the change back while it has not taken effect."""
    row = reach.fetch_own(ref)
    rows = payees.of_bid(g.conn, row.id)
    if not rows:
        abort(404)
    change = _under_way(rows)
    if change is None:
        words = _("No change is under way any more. See below how it stands.")
        return _shown(row, rows, [{"field": "main", "words": words}]), 409
    reason = {"reason": _("The applicant took it back.")}
    done, why = acting.move("payee", "refuse", change.id, reason)
    if done is None:
        problems = [{"field": "main", "words": words} for words in why]
        row = reach.fetch_own(ref)
        return _shown(row, payees.of_bid(g.conn, row.id), problems), 409
    flash(_("The change is taken back. The account that we had stays in use."))
    return redirect(url_for("member.bank_account", ref=row.reference), 303)


def _accepted(row: Any, rows: list[Any]) -> None:
    """404 while no award is accepted: bank details are asked for no sooner."""
    award = awards.of_bid(g.conn, row.id)
    if award is None or (award.state != "accepted" and not rows):
        abort(404)


def _steps(row: Any, *, changing: bool) -> Page:
    """The form, the look at what was typed, and the sending."""
    if request.method != "POST":
        return _form(row, changing, {})
    read = bank_typed.read()
    given = {**read.given, "reason": typed.line("reason") if changing else ""}
    problems = list(read.problems)
    if len(given["reason"]) > MOST_REASON:
        words = _("Say why in at most %(most)s characters.", most=MOST_REASON)
        problems.append({"field": "reason", "words": words})
    if read.account is None or problems:
        return _form(row, changing, given, problems), 422
    step = request.form.get("step", "")
    if step == "mend":
        return _form(row, changing, given)
    if step != "send":
        return _look(row, changing, read.account, given["reason"])
    acting.end_reading()
    act = bank_details.change if changing else bank_details.give
    more = (given["reason"],) if changing else ()
    try:
        act(acting.office(), acting.actor(), row.id, read.account, g.arrived, *more)
    except Refused as refused:
        why = refusals.sentences(refused, acting.office().zone)
        return _form(
            reach.fetch_own(row.reference), changing, given, [{"field": "main", "words": words} for words in why]
        ), 409  # fmt: skip
    except vault.NoBankKey:
        words = _("We cannot keep bank details safely at this moment, so nothing was saved. Please ring us.")
        return _form(
            reach.fetch_own(row.reference), changing, given, [{"field": "main", "words": words}]
        ), 503
    acting.nudge()
    flash(
        _("The change is asked for. Until it is settled, nothing is paid.")
        if changing
        else _("Thank you. We have your bank details.")
    )
    return redirect(url_for("member.bank_account", ref=row.reference), 303)


def _form(row: Any, changing: bool, given: dict[str, str], problems: Problems | None = None) -> str:
    return render_template(
        "member/bank_form.html", bid=row, changing=changing, given=given, problems=problems, most=MOST_REASON,
        errors={p["field"]: p["words"] for p in problems or []},
        kinds=[{"value": kind, "words": _(words)} for kind, words in bank.KINDS.items()],
    )  # fmt: skip


def _look(row: Any, changing: bool, account: bank_details.Account, reason: str) -> str:
    said = bank_details.checked(acting.office(), account.sort_code, account.account)
    return render_template(
        "member/bank_look.html", bid=row, changing=changing, account=account, reason=reason, said=said,
        sort_code=accounts.written_sort_code(account.sort_code), kind=_(bank.KINDS[account.kind]),
        check=_(bank.CHECKED[said]),
    )  # fmt: skip


def _under_way(rows: list[Any]) -> Any:
    return next((one for one in rows if one.state in payees.UNDER_WAY), None)


def _shown(row: Any, rows: list[Any], problems: Problems | None = None) -> str:
    standing = next((one for one in rows if one.state == "standing"), None)
    change = _under_way(rows)
    turned_down = rows[0] if rows[0].state == "refused" else None
    ids = [one.id for one in (standing, change) if one is not None]
    award = awards.of_bid(g.conn, row.id)
    return render_template(
        "member/bank.html", bid=row, standing=standing, change=change, turned_down=turned_down, problems=problems,
        sort_codes=bank_details.masked(g.conn, acting.office().bank_keys, ids), kinds=bank.KINDS,
        payments=[p for p in awards.payments_of(g.conn, row.id) if p.state in ("scheduled", "approved")],
        open=award is not None and award.state == "accepted",
    )  # fmt: skip
