"""What waits for people because of their own bids, and because they are asked to back one."""

from typing import Any

from flask import g, url_for
from sqlalchemy import Row

from fundapp.domain import money
from fundapp.pages import formats
from fundapp.pages.desk.things import Thing
from fundapp.queries import desk
from fundapp.words import states
from fundapp.words.tongue import gettext as _


def things() -> tuple[list[Thing], list[dict[str, Any]]]:
    """Own bids that wait for this person, and those that are with someone else."""
    mine: list[Thing] = []
    elsewhere: list[dict[str, Any]] = []
    for bid in desk.own_bids(g.conn, g.person.id):
        thing = _mine(bid)
        if thing is not None:
            mine.append(thing)
        else:
            elsewhere.append(_elsewhere(bid))
    return mine, elsewhere


def requests() -> list[Thing]:
    """Bids that this person is asked to back."""
    return [
        Thing(
            _("Answer: will you back “%(title)s”?", title=_short(row.title)),
            url_for("councillor.request", ref=row.reference),
            _("Read and answer"),
            _("as representative, %(round)s", round=row.round),
            row.due_at,
            _("Answer by %(day)s", day=formats.day(row.due_at)) if row.due_at else "",
            detail=_("Two minutes."),
        )
        for row in desk.requests(g.conn, g.person.id)
    ]


def title_of(bid: Row[Any]) -> str:
    """The title as it stands: of a draft, the one being written."""
    written = (bid.answers or {}).get("title") if bid.answers else ""
    return _short(str(written or bid.title or "")) or str(_("A bid without a title yet"))


def _short(title: str) -> str:
    return title if len(title) <= 90 else title[:89].rstrip() + "…"


def _mine(bid: Row[Any]) -> Thing | None:
    title = title_of(bid)
    role = _("as applicant, %(ref)s, %(round)s", ref=bid.reference, round=bid.round)
    holds = _("as grant holder, %(ref)s, %(round)s", ref=bid.reference, round=bid.round)
    if bid.state == "draft":
        return Thing(
            _("Finish and send “%(title)s”", title=title), url_for("member.tasks", ref=bid.reference), _("Carry on"),
            role, bid.due_at, _("Send by %(when)s", when=formats.moment(bid.due_at)) if bid.due_at else "", "started",
            formats.left(bid.due_at),
        )  # fmt: skip
    if bid.state == "returned":
        return Thing(
            _("Change “%(title)s” and send it again", title=title), url_for("member.bid", ref=bid.reference),
            _("See what to change"), role, bid.due_at,
            _("Sent back to you; send by %(day)s", day=formats.day(bid.due_at)),
            "sent_back", formats.left(bid.due_at),
        )  # fmt: skip
    if bid.state == "submitted" and bid.holding_id is None:
        return Thing(
            _("Name another representative for “%(title)s”", title=title), url_for("member.bid", ref=bid.reference),
            _("Choose somebody"), role, bid.due_at, _("Whom you named stood aside"), "sent_back", formats.left(bid.due_at),
        )  # fmt: skip
    if bid.state != "awarded":
        return None
    if bid.award_state == "offered":
        return Thing(
            _("Accept your award for “%(title)s”", title=title), url_for("member.award", ref=bid.reference),
            _("Read the offer"), holds, bid.offer_until, _("Accept by %(day)s", day=formats.day(bid.offer_until)),
            detail=money.pounds_short(bid.awarded_pence),
        )  # fmt: skip
    if bid.change_proposed_at is not None:
        return Thing(
            _("Answer: a change of your award for “%(title)s”", title=title), url_for("member.change", ref=bid.reference),
            _("See the change"), holds, bid.change_proposed_at,
            _("Proposed on %(day)s", day=formats.day(bid.change_proposed_at)),
        )  # fmt: skip
    if bid.award_state == "accepted" and not bid.banked:
        return Thing(
            _("Give your bank details for “%(title)s”", title=title),
            url_for("member.bank_account", ref=bid.reference), _("Give them"), holds, bid.accepted_at,
            _("Accepted on %(day)s", day=formats.day(bid.accepted_at)), detail=money.pounds_short(bid.awarded_pence),
        )  # fmt: skip
    if bid.report_state in ("due", "returned"):
        back = bid.report_state == "returned"
        return Thing(
            _("Say how “%(title)s” went", title=title), url_for("member.report", ref=bid.reference),
            _("Change the report") if back else _("Start the report"), holds, bid.due_on,
            _("Report sent back; due %(day)s", day=formats.day(bid.due_on)) if back
            else _("Report due %(day)s", day=formats.day(bid.due_on)),
            "sent_back" if back else "wait",
        )  # fmt: skip
    return None


def _elsewhere(bid: Row[Any]) -> dict[str, Any]:
    who = states.holder("bid", bid.state, None, None, "applicant")
    since = bid.since
    if bid.state == "submitted" and bid.holding_id is not None:
        who = _("their representative")
    if bid.state == "awarded":
        since = bid.report_since or bid.since
        who = _("the fund’s officer")
    hear = (
        _("You hear by %(day)s.", day=formats.day(bid.decide_by))
        if bid.state in ("endorsed", "reviewed")
        else ""
    )
    # The panel's own moments are not an applicant's to know.
    since_words = (
        _("Since %(day)s", day=formats.day(since)) if bid.state != "reviewed" else _("With the panel")
    )
    return {
        "when": since_words, "title": title_of(bid), "href": url_for("member.bid", ref=bid.reference), "who": who,
        "hear": hear,
    }  # fmt: skip
