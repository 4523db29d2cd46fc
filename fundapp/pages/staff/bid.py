"""One bid as those who run the fund see it: how it stands, what was sent, what happened, what they may do."""

from collections.abc import Callable
from typing import Any

from flask import g, render_template, url_for
from sqlalchemy import Row

from fundapp.pages import acting, sent_copy
from fundapp.pages.gate import gate, held_roles
from fundapp.pages.staff import alike, blueprint, reach
from fundapp.queries import awards, events, letters, owing, rounds, staff
from fundapp.words import history, journey, refusals, states
from fundapp.words.situation import Situation
from fundapp.words.tongue import gettext as _
from workflows.machine import Verdict

#: Moves of an officer, with the page on which each is made, in the order of their buttons.
OFFICER_MOVES = (
    ("name_endorser", "officer.representative"),
    ("endorse", "officer.written_answer"),
    ("send_back", "officer.send_back"),
    ("rule_out", "officer.rule_out"),
    ("confirm_cancel", "officer.cancel"),
)
_ROUND_OVER = ("released", "archived")


@blueprint.get("/bids/<ref>")
@gate(*reach.ROLES)
def bid(ref: str) -> str:
    """The staff's page of one bid."""
    row = reach.fetch(ref)
    round_ = rounds.by_id(g.conn, row.round_id)
    award, report = awards.of_bid(g.conn, row.id), awards.report_of(g.conn, row.id)
    told = events.events_of(g.conn, f"bid:{row.id}")
    names = events.names_of(g.conn, {event.actor for event in told})
    zone = acting.office().zone
    released = row.round_state in _ROUND_OVER
    moves = acting.may("bid", row.id)
    changes = acting.may("award", award.id) if award is not None and award.state == "accepted" else {}
    who = holder_of(row, award, report)
    backing = sent_copy.backing_of(g.conn, row.id)
    now = Situation(
        row, round_, report, award, who, _is_holder(row, award, report), zone, g.arrived.astimezone(zone).date(),
        journey.reached(told), "staff",
    )  # fmt: skip
    return render_template(
        "staff/bid.html",
        bid=row, stages=journey.stages(now), says=journey.standing(now),
        coming=journey.next_items(now),
        story=history.story(told, names, g.person.token, "staff", zone, released),
        award=award, report=report, payments=awards.payments_of(g.conn, row.id) if award is not None else [],
        letter=letters.newest(g.conn, row.id) if award is not None or row.state == "declined" else None,
        agreed=letters.acceptance(g.conn, row.id) if award is not None else None,
        documents=staff.documents(g.conn, row.id), remarks=staff.remarks(g.conn, row.id),
        asked=staff.asked_to_cancel(g.conn, row.id) if award is not None else None,
        failed=staff.mails_failed(g.conn, row.id), copy=sent_copy.copy_of(g.conn, row.id, file_of(row)), backing=backing,
        backer=sent_copy.backer(backing) if backing is not None else "", acts=acts(row, moves, report) + _of_award(row, changes),
        owing=owing.of_bid(g.conn, row.id) if award is not None and award.state == "cancelled" else None,
        label=states.label, kind=states.kind, roles=held_roles(),
        hints=alike.hints([row.id])[row.id],
        rep=states.titled(row.representative, row.office) if row.representative else "",
    )  # fmt: skip


def holder_of(row: Row[Any], award: Row[Any] | None, report: Row[Any] | None) -> str:
    """Who has it now, in words that stand after "with"."""
    if row.state == "awarded" and report is not None and report.state in ("filed", "accepted"):
        return str(_("the fund’s officer"))
    rep = states.titled(row.representative, row.office) if row.representative else None
    return states.holder("bid", row.state, rep, row.applicant, "staff")


def _is_holder(row: Row[Any], award: Row[Any] | None, report: Row[Any] | None) -> bool:
    roles = held_roles()
    if row.state == "submitted":
        return row.holding_id is None and "officer" in roles
    if row.state == "reviewed":
        return "chair" in roles
    return False


def file_of(row: Any) -> Callable[[int], str]:
    """The link of a file of this bid, for staff."""
    return lambda document: url_for("staff.document", ref=row.reference, document=document)


def acts(row: Row[Any], moves: dict[str, Verdict], report: Row[Any] | None) -> list[dict[str, Any]]:
    """What this person may do with the bid, now or not yet: [{label, href, first, locks}]; one that waits is first."""
    found: list[dict[str, Any]] = []
    zone = acting.office().zone
    for name, endpoint in OFFICER_MOVES:
        verdict = moves.get(name)
        if verdict is not None:
            found.append(
                {
                    "move": name, "label": _label(name, row), "href": url_for(endpoint, ref=row.reference),
                    "first": name == "confirm_cancel" or (name == "name_endorser" and row.holding_id is None),
                    "locks": [refusals.sentence(reason, zone, officer=True) for reason in verdict.refusals],
                }
            )  # fmt: skip
    officer = "officer" in held_roles()
    if officer and row.state == "submitted" and row.holding_id is not None:
        known = bool(row.rep_email and row.rep_source)
        href = url_for("officer.address", ref=row.reference)
        label = (
            _("Change the representative’s address") if known else _("Confirm the representative’s address")
        )
        found.insert(0, {"move": "address", "label": label, "href": href, "first": not known, "locks": []})
    if officer and row.state == "awarded" and report is not None and report.state in ("filed", "accepted"):
        label = _("Read the report") if report.state == "filed" else _("Close the bid")
        href = url_for("officer.report", ref=row.reference)
        found.insert(0, {"move": "report", "label": label, "href": href, "first": True, "locks": []})
    # An asking that is not there is no lock to show.
    return [act for act in found if act["move"] != "confirm_cancel" or not act["locks"]]


def _of_award(row: Row[Any], moves: dict[str, Verdict]) -> list[dict[str, Any]]:
    """Changing an accepted award, or looking at the change that waits."""
    names = {"take_back": _("See the change that waits"), "propose": _("Change the award")}
    return [
        {"move": name, "label": label, "href": url_for("officer.vary", ref=row.reference), "first": False, "locks": []}
        for name, label in names.items()
        if name in moves and moves[name].granted
    ]  # fmt: skip


def _label(move: str, row: Row[Any]) -> str:
    if move == "name_endorser":
        return (
            _("Name a representative")
            if row.holding_id is None
            else states.move_label("bid", "name_endorser")
        )
    if move == "endorse":
        return str(_("Record an answer in writing"))
    if move == "confirm_cancel":
        return str(_("Confirm the cancelling"))
    return states.move_label("bid", move)
