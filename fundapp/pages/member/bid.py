"""The bid's own page: where it stands, who has it, what happens next; and ways to change course."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fundapp.pages import acting, downloads, typed
from fundapp.pages.gate import gate
from fundapp.pages.member import blueprint, reach, send
from fundapp.queries import awards, events, letters, links, paying, people, rounds
from fundapp.queries import member as asks
from fundapp.words import history, journey, moments, refusals, states
from fundapp.words.situation import Situation
from fundapp.words.tongue import gettext as _


@blueprint.get("/my-bids/<ref>")
@gate("signed_in")
def bid(ref: str) -> Response | str:
    """Where it is, who has it, until when."""
    row = reach.fetch(ref)
    if row.state == "draft":
        place = "member.tasks" if row.applicant_id == g.person.id else "member.read"
        return redirect(url_for(place, ref=row.reference), 303)
    return page(row)


def page(row: Any, problems: list[dict[str, str]] | None = None) -> str:
    """The page, with what went wrong if something did."""
    zone = acting.office().zone
    owner: Any = rounds.by_id(g.conn, row.round_id)
    award, report = awards.of_bid(g.conn, row.id), awards.report_of(g.conn, row.id)
    told = events.events_of(g.conn, f"bid:{row.id}")
    names = events.names_of(g.conn, [event.actor for event in told])
    released = owner.state in ("released", "archived")
    representative = states.titled(row.representative, row.office) if row.representative else None
    own = row.applicant_id == g.person.id
    change = bool(award and award.state == "accepted" and paying.variations(g.conn, [row.id]))
    unnamed = row.state == "submitted" and row.holding_id is None
    mine = own and (
        row.state == "returned"
        or unnamed
        or change
        or bool((award and award.state == "offered") or (report and report.state in ("due", "returned")))
    )
    holder = states.holder("bid", row.state, representative, _("you") if own else _("the applicant"))
    # Whom the applicant named and nobody has confirmed was not asked yet: the officer has it.
    unconfirmed = row.state == "submitted" and not unnamed and not row.office_source
    if unconfirmed:
        holder = _("the fund’s officer")
    now = Situation(row, owner, report, award, holder, mine, zone, send.today(), journey.reached(told))
    standing = _to_confirm(row, zone) if unconfirmed else journey.standing(now)
    moves = acting.may("bid", row.id)
    payments = awards.payments_of(g.conn, row.id)
    # Of a bid that ended before it was sent, the draft alone knows what it is called and asks for.
    draft = None if row.version_number else asks.form(g.conn, row.id)
    answers = draft.answers if draft else {}
    return render_template(
        "member/bid.html", bid=row, title=reach.title_of(row, answers) or _("A bid without a title"),
        amount_pence=row.amount_pence or answers.get("amount_pence") or 0,
        round=owner, award=award, report=report, problems=problems,
        stages=journey.stages(now), standing=standing, next=journey.next_items(now, payments),
        story=history.story(told, names, g.person.token, "applicant", zone, released), moves=moves,
        letter=letters.newest(g.conn, row.id) if released and own else None, own=own, change=change,
        agreed=letters.acceptance(g.conn, row.id) if award is not None and own else None, representative=representative,
        payments=[p for p in payments if p.state in ("sent", "paid")],
        bank=reach.bank_of(row, award) if own else "", keys=current_app.extensions["settings"].seal_key is not None,
    )  # fmt: skip


def _to_confirm(row: Any, zone: ZoneInfo) -> str:
    return str(
        _(
            "The fund’s officer checks the address of %(who)s, then asks them. They have until %(deadline)s to answer.",
            who=states.titled(row.representative, row.office), deadline=moments.moment(row.due_at, zone),
        )
    )  # fmt: skip


@blueprint.get("/my-bids/<ref>/letter")
@gate("signed_in")
def letter(ref: str) -> Response:
    """The letter as a PDF, once the round is released."""
    row = reach.fetch_own(ref)
    owner: Any = rounds.by_id(g.conn, row.round_id)
    made = letters.newest(g.conn, row.id)
    if made is None or owner.state not in ("released", "archived"):
        abort(404)
    return downloads.letter(made, row.reference)


@blueprint.route("/my-bids/<ref>/withdraw", methods=["GET", "POST"])
@gate("signed_in")
def withdraw(ref: str) -> Response | str | tuple[str, int]:
    """Withdraw, after one page that says what it means."""
    row = reach.fetch_own(ref)
    verdict = acting.may("bid", row.id).get("withdraw")
    if verdict is None:
        abort(404)
    if request.method != "POST":
        return _withdraw_page(row, verdict)
    # Held against the bid as it stands now: whether the panel has moved meanwhile is not the applicant's to see.
    done, why = acting.move("bid", "withdraw", row.id, version=row.version)
    if done is None:
        row = reach.fetch_own(ref)
        problems = [{"field": "main", "words": words} for words in why]
        return _withdraw_page(row, acting.may("bid", row.id).get("withdraw"), problems), 409
    flash(_("The bid is withdrawn. You can still read it here."))
    return redirect(url_for("member.bids"), 303)


def _withdraw_page(row: Any, verdict: Any, problems: list[dict[str, str]] | None = None) -> str:
    reasons = (
        [refusals.sentence(r, acting.office().zone) for r in verdict.refusals]
        if verdict and not verdict.granted
        else []
    )
    draft = asks.form(g.conn, row.id)
    title = reach.title_of(row, draft.answers if draft else None)
    told = row.state == "submitted" and row.representative
    return render_template(
        "member/withdraw.html", bid=row, title=title, reasons=reasons, problems=problems,
        told=states.titled(row.representative, row.office) if told else "",
        nobody=row.state == "draft",
    )  # fmt: skip


@blueprint.route("/my-bids/<ref>/representative", methods=["GET", "POST"])
@gate("signed_in")
def representative(ref: str) -> Response | str | tuple[str, int]:
    """Ask a different representative: the earlier link dies."""
    row = reach.fetch_own(ref)
    if acting.may("bid", row.id).get("name_endorser") is None:
        abort(404)
    if request.method != "POST":
        return _representative_page(row)
    given = typed.whole(request.form.get("holding", ""))
    if given is None:
        words = _("Choose who is to be asked.")
        return _representative_page(row, [{"field": "holding", "words": words}]), 422
    done, why = acting.move("bid", "name_endorser", row.id, {"holding_id": given})
    if done is None:
        return _representative_page(
            reach.fetch_own(ref), [{"field": "holding", "words": words} for words in why]
        ), 409
    fresh = reach.fetch_own(ref)
    flash(
        _("We have asked them. An earlier link no longer works.")
        if fresh.office_source
        else _(
            "They are chosen. An officer checks their address, then asks them. An earlier link no longer works."
        )
    )
    return redirect(url_for("member.bid", ref=row.reference), 303)


def _representative_page(row: Any, problems: list[dict[str, str]] | None = None) -> str:
    aside = links.stood_aside(g.conn, row.id)
    options = [
        {
            "value": str(found.id),
            "words": states.titled(found.name, found.office),
            "hint": found.area
            if found.source and found.email
            else _("%(area)s. We must confirm their address first.", area=found.area),
        }
        for found in people.representatives(g.conn, row.area_id, send.today(), row.id)
        if found.id != row.holding_id and found.id not in aside
    ]
    return render_template(
        "member/representative.html", bid=row, options=options, problems=problems,
        errors={p["field"]: p["words"] for p in problems or []},
        now=states.titled(row.representative, row.office) if row.representative else "",
        aside=bool(aside),
        named=request.form.get("holding", "") or request.args.get("named", ""),
        unlisted=url_for("member.name_representative", ref=row.reference) if row.area_id is not None else "",
    )  # fmt: skip
