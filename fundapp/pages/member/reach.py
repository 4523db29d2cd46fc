"""Which bids a member may open: their own to act on, those they bid in together to read. All others are not there."""

from typing import Any

from flask import abort, flash, g, redirect, request, url_for

from fundapp.domain import forms
from fundapp.queries import member as asks
from fundapp.queries import payees
from fundapp.words.tongue import gettext as _


def fetch(reference: str) -> Any:
    """The bid of that reference if it is this person's; else 404, as for one that does not exist."""
    row = asks.bid(g.conn, reference.upper(), g.person.id)
    if row is None:
        abort(404)
    return row


def fetch_own(reference: str) -> Any:
    """The bid of that reference if this person is its applicant, who alone acts on it.

    Whoever bids together is led to where they can read and comment; a form of theirs is refused with 403.
    """
    row = fetch(reference)
    if row.applicant_id == g.person.id:
        return row
    if request.method not in ("GET", "HEAD"):
        abort(403)
    flash(_("You read along with this bid. Only the applicant can change it, send it or answer for it."))
    place = "member.read" if row.state in ("draft", "returned") else "member.bid"
    return abort(redirect(url_for(place, ref=row.reference), 303))


def fetch_draft(reference: str) -> tuple[Any, Any]:
    """(bid, draft) while it may be written in by this person; 404 where there is none any more."""
    bid = fetch_own(reference)
    draft = asks.form(g.conn, bid.id)
    if draft is None:
        abort(404)
    return bid, draft


def title_of(bid: Any, answers: dict[str, Any] | None = None) -> str:
    """What the bid is called: while it is a draft, by its draft."""
    return str((answers or {}).get("title") or bid.title or "")


def parts(questions: list[dict[str, Any]], answers: dict[str, Any]) -> list[dict[str, Any]]:
    """Each question that is asked, with whether it is done: {question, begun, lacks}."""
    lacking: dict[str, list[forms.Lack]] = {}
    for lack in forms.lacks(questions, answers):
        lacking.setdefault(lack.question, []).append(lack)
    return [
        {
            "question": question,
            "lacks": lacking.get(question["id"], []),
            "begun": not forms.is_empty(answers.get(question["id"])),
        }
        for question in forms.asked(questions, answers)
    ]


def bank_of(bid: Any, award: Any) -> str:
    """Whether a bid's bank details are `given` or `missing`; empty while nobody is asked for any."""
    if award is None or award.state not in ("accepted", "complete"):
        return ""
    if payees.given(g.conn, bid.id):
        return "given"
    return "missing" if award.state == "accepted" else ""
