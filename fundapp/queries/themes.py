"""What bids say they are about: an answer to a choice of their round's form, or words; compared by keys."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, Text, and_, bindparam, or_, select, type_coerce

from fundapp.database import AnySelect
from fundapp.models import Bid, BidVersion, FormVersion

#: Answers that say it.
QUESTIONS: Final = ("theme", "programme")


def key(text: str) -> str:
    """A theme as it is compared: small letters, single spaces."""
    return " ".join(text.casefold().split())[:120]


def keys(answers: Mapping[str, Any]) -> frozenset[str]:
    """The themes in a bid's answers: the ids of choices, or words."""
    found: set[str] = set()
    for question in QUESTIONS:
        given = answers.get(question)
        for text in given if isinstance(given, list) else [given]:
            if isinstance(text, str) and text.strip():
                found.add(key(text))
    return frozenset(found)


def of_bids(conn: Connection, round_id: int, states: Sequence[str]) -> dict[int, frozenset[str]]:
    """What each bid of a round in one of these states says it is about, as keys; a bid that says nothing is left out."""
    rows = conn.execute(_answers(), {"round": round_id, "states": list(states)})
    return {bid: said for bid, answers in rows if (said := keys(answers))}


@cache
def _answers() -> AnySelect:
    text = type_coerce(BidVersion.answers, Text)
    return (
        select(Bid.id, BidVersion.answers)
        .join(BidVersion, and_(BidVersion.bid_id == Bid.id, BidVersion.number == Bid.version_number))
        .where(Bid.round_id == bindparam("round"), Bid.state.in_(bindparam("states", expanding=True)))
        # Answers are long: those that do not name such a question stay where they are.
        .where(or_(*(text.contains(f'"{name}":') for name in QUESTIONS)))
    )


def words(conn: Connection, round_id: int) -> dict[str, str]:
    """What the choices of a round's form are called, by key."""
    found: dict[str, str] = {}
    for (questions,) in conn.execute(_questions(), {"round": round_id}):
        for question in questions:
            if question.get("id") in QUESTIONS:
                found.update({key(code): str(told) for code, told in (question.get("options") or {}).items()})
    return found


@cache
def _questions() -> AnySelect:
    return (
        select(FormVersion.questions)
        .where(FormVersion.round_id == bindparam("round"))
        .order_by(FormVersion.id)
    )
