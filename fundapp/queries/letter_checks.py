"""What anyone who holds a letter may learn of it: no name, title or address."""

from functools import cache
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow, AnySelect
from fundapp.models import Award, Bid, Fund, Letter, LetterFile, Round, Throttle


def by_code(conn: Connection, code: str) -> AnyRow | None:
    """The letter with a check code: (kind, reference, fund, round, facts, made_at, newer_at, award_state), and
    (home, event_no) of the event that recorded it.

    `newer_at` is when the next letter of its kind on the same bid was made, which replaces it; None if none was.
    """
    return conn.execute(_by_code(), {"code": code}).first()


@cache
def _by_code() -> AnySelect:
    return _letter().where(Letter.code == bindparam("code"))


def by_file(conn: Connection, sha256: str) -> AnyRow | None:
    """The letter that was sent as a file of exactly these bytes, as `by_code` gives it."""
    return conn.execute(_by_file(), {"sha256": sha256}).first()


@cache
def _by_file() -> AnySelect:
    return (
        _letter()
        .join(LetterFile, LetterFile.letter_id == Letter.id)
        .where(LetterFile.sha256 == bindparam("sha256"))
        .order_by(Letter.id.desc())
    )


def _letter() -> Any:
    newer = aliased(Letter)
    return (
        select(
            Letter.kind, Letter.facts, Letter.made_at, Letter.home, Letter.event_no, Bid.reference,
            Fund.name.label("fund"), Round.title.label("round"),
            newer.made_at.label("newer_at"), Award.state.label("award_state"),
        )
        .select_from(Letter)
        .join(Bid, Bid.id == Letter.bid_id)
        .join(Round, Round.id == Bid.round_id)
        .join(Fund, Fund.id == Bid.fund_id)
        .outerjoin(newer, and_(newer.bid_id == Letter.bid_id, newer.kind == Letter.kind, newer.number == Letter.number + 1))
        .outerjoin(Award, Award.bid_id == Bid.id)
        .limit(1)
    )  # fmt: skip


def tries(conn: Connection, kind: str, mark: str) -> AnyRow | None:
    """How often something was tried: (tries, window_start)."""
    return conn.execute(_tries(), {"kind": kind, "mark": mark}).one_or_none()


@cache
def _tries() -> AnySelect:
    return select(Throttle.count.label("tries"), Throttle.window_start).where(
        Throttle.kind == bindparam("kind"), Throttle.mark == bindparam("mark")
    )
