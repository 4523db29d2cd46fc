"""Whom a mail about a bid goes to, and in which part they read it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection

from fundapp.jobs import award_mails, told
from fundapp.jobs.mailing import Post, To
from fundapp.outbox import Effect
from fundapp.queries import apart as kept_apart
from fundapp.queries import messages as asks
from fundapp.queries import payees, people, table, talk
from fundapp.services import links
from fundapp.words import moments, states

#: Who gets what.
PARTS: Final[dict[str, tuple[str, ...]]] = {
    "receipt": ("applicant",),
    "endorsement_copy": ("representative",),
    "endorsed": ("applicant",),
    "stood_aside": ("applicant", "officer"),
    "bid_reminder": ("applicant",),
    "refused": ("applicant", "officer"),
    "sent_back": ("applicant",),
    "ruled_out": ("applicant",),
    "lapsed": ("applicant",),
    "withdrawn": ("representative", "reviewer"),
    "resubmitted": ("officer",),
    "released_award": ("applicant",),
    "released_decline": ("applicant",),
    "offer_accepted": ("applicant", "treasurer"),
    "offer_refused": ("applicant", "treasurer"),
    "offer_reminder": ("applicant",),
    "variation_proposed": ("applicant",),
    "variation_reminder": ("applicant",),
    "variation_agreed": ("applicant", "officer", "treasurer"),
    "variation_kept": ("officer",),
    "variation_taken_back": ("applicant",),
    "offer_lapsed": ("applicant", "treasurer"),
    "cancelled": ("applicant", "treasurer"),
    "payment_approval_needed": ("officer",),
    "payment_sent": ("applicant",),
    "payment_failed": ("applicant", "officer"),
    "report_due": ("applicant",),
    "deadline_moved": ("applicant", "representative"),
    "report_filed": ("officer",),
    "report_returned": ("applicant",),
    "report_accepted": ("applicant",),
}


def of(post: Post, conn: Connection, name: str, bid: Any, effect: Effect) -> Iterator[To]:
    """Whom this message goes to, and what each is told."""
    if name in CHOSEN:
        yield from CHOSEN[name](post, conn, bid, effect)
        return
    if name == "bid_reminder" and bid.state != effect.args["what"]:
        return  # done meanwhile
    if award_mails.too_late(conn, name, effect):
        return
    said = told.of(post, conn, name, bid, effect)
    parts = PARTS[name]
    if name == "deadline_moved":
        if said["what"] == "past":
            return  # it moved on by itself meanwhile
        parts = ("applicant", "representative") if said["what"] == "submitted" else ("applicant",)
    for part in parts:
        for person, email in in_part(conn, part, bid):
            yield To(person, email, part, said)


def in_part(conn: Connection, part: str, bid: Any) -> list[tuple[str, str | None]]:
    """(name, address) of whoever has that part in a bid or its fund; nobody who is kept apart from it."""
    if part == "applicant":
        return [(bid.applicant, bid.applicant_email)] if bid.applicant else []
    if part == "representative":
        # Only to an address from the directory or one that an officer confirmed against a source.
        known = bid.representative and bid.office_source and bid.state != "draft"
        return [(states.titled(bid.representative, bid.office), bid.office_email)] if known else []
    found = (
        asks.readers(conn, bid.id)
        if part == "reviewer"
        else people.with_role(conn, part, bid.fund_id, datetime.now(UTC))
    )
    # A bid is hidden from whoever is kept apart from it; a mail would tell of it.
    apart = {person for _bid, person in kept_apart.conflicts(conn, [bid.id], [row.id for row in found])}
    return [(row.name, row.email) for row in found if row.id not in apart]


def _request(post: Post, conn: Connection, bid: Any, effect: Effect) -> Iterator[To]:
    """The link: only while the request stands, only to an address whose source is on record."""
    asked = effect.args.get("request")
    if asked is None:
        asked = told.event(conn, effect).get("params", {}).get("request")
    request = asks.request(conn, asked or 0)
    if request is None or request.void_at or request.answered_at or not (request.email and request.source):
        return
    token = links.make_token(post.settings.secret_key, request.id, effect.key)
    links.remember(post.office, request.id, effect.key, token, request.email, datetime.now(UTC))
    yield To(
        states.titled(request.name, request.office),
        request.email,
        "representative",
        {
            "organisation": bid.organisation or "", "applicant": bid.applicant or "", "amount": bid.amount_pence,
            "place": bid.place or request.area, "link": post.url(f"/answer/{token}"), "changed": bid.version_number > 1,
            "answer_by": moments.moment(bid.due_at, post.office.zone) if bid.due_at else "",
            "office_words": f"{states.office_title(request.office)} for {request.area}",
        },
    )  # fmt: skip


def _takers(post: Post, conn: Connection, bid: Any, effect: Effect) -> Iterator[To]:
    """Those who talk a bid's scores over, while they do: who has sent none sees nobody's, and is asked nothing."""
    talked = table.moderation(conn, bid.id)
    if bid.state != "endorsed" or talked is None or talked.closed_at is not None:
        return
    for row in talk.takers(conn, [bid.id]).get(bid.id, ()):
        yield To(row.name, row.email, "reviewer", {"url": post.url(f"/pile/{bid.reference}#talk")})


def _void(post: Post, conn: Connection, bid: Any, effect: Effect) -> Iterator[To]:
    """Whoever was asked before is told that their link is dead."""
    request = asks.request(conn, told.event(conn, effect).get("params", {}).get("voided") or 0)
    if request is not None and request.email and request.source:
        yield To(states.titled(request.name, request.office), request.email, "representative")


#: Who of those that run the fund hears of bank details.
_RUNNING: Final = {
    "bank_details_given": "treasurer",
    "bank_change_asked": "officer",
    "bank_change_refused": "officer",
    "bank_change_stands": "treasurer",
}


def _bank(name: str, post: Post, conn: Connection, bid: Any, effect: Effect) -> Iterator[To]:
    """Everybody whom it concerns: the old contact hears of every change, by every address that is known.

    Never a number of an account, not even a part of it.
    """
    said = told.bank_details(post, conn, bid, effect)
    for contact in payees.contacts(conn, bid.id):
        page = f"/my-bids/{bid.reference}" + ("/bank" if contact.part == "applicant" else "")
        if contact.part == "applicant" or name != "bank_details_given":
            yield To(contact.name, contact.email, contact.part, {**said, "url": post.url(page)})
    part = _RUNNING[name]
    page = f"/bank-changes/{bid.reference}" if part == "officer" else f"/money/{bid.reference}/bank"
    for person, email in in_part(conn, part, bid):
        yield To(person, email, part, {**said, "url": post.url(page)})


def _no_bank_details(post: Post, conn: Connection, bid: Any, effect: Effect) -> Iterator[To]:
    """The applicant, while they have given none."""
    if bid.state == "awarded" and not payees.given(conn, bid.id):
        url = post.url(f"/my-bids/{bid.reference}/bank")
        yield To(bid.applicant or "", bid.applicant_email, "applicant", {"url": url})


#: Messages whose addressees follow from more than a part.
CHOSEN: Final[dict[str, Callable[[Post, Connection, Any, Effect], Iterator[To]]]] = {
    "endorsement_request": _request,
    "endorsement_reminder": _request,
    "endorsement_void": _void,
    "moderation": _takers,
    "bank_details_reminder": _no_bank_details,
    **{name: partial(_bank, name) for name in _RUNNING},
}
