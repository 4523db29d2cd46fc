"""Marks by which bids are found alike: written when a version is frozen; and the likenesses that were looked at."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, Text, bindparam, cast, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY

from fundapp.domain import likeness
from fundapp.models import Likeness, LikenessLooked
from fundapp.queries import likeness as asks
from fundapp.services.deed import Actor, Office

#: Bids that one look takes up; the next goes on behind them.
BATCH: Final = 200
_ADD: Final[dict[str, Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def write(conn: Connection, frozen: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
    """Keep the marks of bids' answers, (bid, answers) each. What an earlier version was like stays known.

    One statement for any number of bids.
    """
    rows = [(bid, kind, mark) for bid, answers in frozen for kind, mark in sorted(likeness.marks(answers))]
    if not rows:
        return
    columns = ("bid_id", "kind", "mark")
    if conn.dialect.name == "postgresql":
        conn.execute(_add_arrays(), dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True)))
    else:
        conn.execute(_add_rows(), [dict(zip(columns, row, strict=True)) for row in rows])


@cache
def _add_rows() -> Any:
    add = sqlite.insert(Likeness).inline()
    return add.on_conflict_do_nothing(index_elements=["kind", "mark", "bid_id"])


@cache
def _add_arrays() -> Any:
    kinds = {"bid_id": BigInteger, "kind": Text, "mark": Text}
    arrays: list[Any] = [
        cast(bindparam(name, type_=ARRAY(kind)), ARRAY(kind)) for name, kind in kinds.items()
    ]
    source = func.unnest(*arrays).table_valued(*kinds).render_derived("item")
    add = postgresql.insert(Likeness).from_select(list(kinds), select(*(source.c[name] for name in kinds)))
    return add.on_conflict_do_nothing(index_elements=["kind", "mark", "bid_id"])


def fill(office: Office) -> int:
    """Write the marks of every bid that was sent before marks were kept; how many bids."""
    filled, after = 0, 0
    while True:
        with office.db.read() as conn:
            unmarked = asks.unmarked(conn, after, BATCH)
        if not unmarked:
            return filled
        with office.db.write() as conn:
            write(conn, [(row.id, row.answers) for row in unmarked])
        filled += len(unmarked)
        after = unmarked[-1].id


def looked(office: Office, actor: Actor, one: int, other: int, note: str, arrived: datetime) -> None:
    """Keep that somebody looked at two bids and finds their likeness fine; a later note takes the place of the first.

    Raises ValueError without a note or a person, or for a bid beside itself.
    """
    if not note.strip() or actor.person is None or one == other:
        raise ValueError("two bids and why it is fine")
    values = {"note": note.strip(), "person_id": actor.person, "looked_at": arrived}
    with office.db.write() as conn:
        add = _ADD[conn.dialect.name](LikenessLooked).values(
            low_id=min(one, other), high_id=max(one, other), **values
        )
        conn.execute(add.on_conflict_do_update(index_elements=["low_id", "high_id"], set_=values))
