"""Who reads what of bank details: the old contact hears of every change, by every address that is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection

from fundapp.queries import payees
from fundapp.words import moments

if TYPE_CHECKING:  # the handlers load this room
    from fundapp.jobs.handlers import Post, To
    from fundapp.outbox import Effect

People = Callable[[Connection, str, Any], list[tuple[str, str | None]]]

#: Who of those that run the fund hears of it.
_RUNNING: Final = {
    "bank_details_given": "treasurer",
    "bank_change_asked": "officer",
    "bank_change_refused": "officer",
    "bank_change_stands": "treasurer",
}


def readers(
    post: Post, conn: Connection, name: str, bid: Any, effect: Effect, people: People
) -> Iterator[To]:
    """Everybody whom it concerns, with what they are told. Never a number of an account, not even a part of it."""
    from fundapp.jobs.handlers import To

    if name == "bank_details_reminder":
        if bid.state == "awarded" and not payees.given(conn, bid.id):
            told = {"url": post.url(f"/my-bids/{bid.reference}/bank")}
            yield To(bid.applicant or "", bid.applicant_email, "applicant", told)
        return
    told = _told(post, conn, name, bid, effect)
    for contact in payees.contacts(conn, bid.id):
        page = f"/my-bids/{bid.reference}" + ("/bank" if contact.part == "applicant" else "")
        if contact.part == "applicant" or name != "bank_details_given":
            yield To(contact.name, contact.email, contact.part, {**told, "url": post.url(page)})
    part = _RUNNING[name]
    page = f"/bank-changes/{bid.reference}" if part == "officer" else f"/money/{bid.reference}/bank"
    for person, email in people(conn, part, bid):
        yield To(person, email, part, {**told, "url": post.url(page)})


def _told(post: Post, conn: Connection, name: str, bid: Any, effect: Effect) -> dict[str, Any]:
    rows = {row.id: row for row in payees.of_bid(conn, bid.id)}
    row = rows.get(effect.args["row"])
    if row is None:
        return {"who": "", "when": "", "until": "", "reason": ""}
    zone = post.office.zone
    return {
        "who": row.giver, "when": moments.moment(row.given_at, zone), "reason": row.reason,
        "until": moments.moment(row.cools_until, zone) if row.cools_until else "",
    }  # fmt: skip
