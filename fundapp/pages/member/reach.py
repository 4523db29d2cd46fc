"""Which bids a member may open: their own, and those they bid in together. All others are not there."""

from typing import Any

from flask import abort, g

from fundapp.domain import forms
from fundapp.queries import member as asks


def fetch(reference: str) -> Any:
    """The bid of that reference if it is this person's; else 404, as for one that does not exist."""
    row = asks.bid(g.conn, reference.upper(), g.person.id)
    if row is None:
        abort(404)
    return row


def fetch_draft(reference: str) -> tuple[Any, Any]:
    """(bid, draft) while it may be written in; 404 where there is none any more."""
    bid = fetch(reference)
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
