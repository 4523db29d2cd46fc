"""The list of members, brought in as fingerprints: a new list replaces the old one whole."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, update

from fundapp.domain.membership import Marks
from fundapp.intake.members import MemberRow
from fundapp.models import ListedMember
from fundapp.queries import member_list as asks
from fundapp.services.deed import Actor, Office
from fundapp.services.membership import not_listed

#: Lines written in one statement.
_CHUNK: Final = 1000


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list changed: how many members it has, and how many of them are new, changed or gone from the old one.

    `missing` are confirmed members whose number it has not; they stay confirmed.
    """

    listed: int
    new: int
    changed: int
    gone: int
    missing: int

    @property
    def nothing(self) -> bool:
        """Whether the list was there already."""
        return not (self.new or self.changed or self.gone)


def bring_in(
    office: Office,
    actor: Actor,
    marks: Marks,
    rows: Iterable[MemberRow],
    arrived: datetime,
    told: Callable[[int], object] = lambda done: None,
) -> Listed:
    """Put this list in the place of the one before, in one transaction, with one event in the actor's chain.

    Only fingerprints and the local party are kept. The same list once more writes nothing.
    """
    with office.deed(actor, arrived) as deed:
        conn = deed.conn
        asks.one_at_a_time(conn)
        asks.INCOMING.create(conn)
        listed = _take(conn, marks, rows, told)
        same, become = asks.differing()
        changed = conn.execute(update(ListedMember).where(same).values(**become)).rowcount
        gone = conn.execute(delete(ListedMember).where(asks.left_out())).rowcount
        added = insert(ListedMember).from_select(
            ["number_mark", "email_mark", "name_mark", "local_party", "listed_at"], asks.unlisted(deed.now)
        )
        new = conn.execute(added.execution_options(preserve_rowcount=True)).rowcount
        asks.INCOMING.drop(conn)
        missing, after = 0, 0
        while True:
            found, onward = not_listed(conn, marks, "", after, _CHUNK)
            missing += len(found)
            if onward is None:
                break
            after = onward
        said = Listed(listed, new, changed, gone, missing)
        if not said.nothing:
            counts = {"listed": listed, "new": new, "changed": changed, "gone": gone, "missing": missing}
            deed.note(f"person:{actor.person}", "members.listed", params=counts)
        return said


def _take(conn: Connection, marks: Marks, rows: Iterable[MemberRow], told: Callable[[int], object]) -> int:
    """Write the new list beside the old one; how many lines."""
    written = 0
    for chunk in _chunks(rows):
        conn.execute(insert(asks.INCOMING), [_marked(marks, row) for row in chunk])
        written += len(chunk)
        told(written)
    return written


def _marked(marks: Marks, row: MemberRow) -> dict[str, Any]:
    return {
        "number_mark": marks.number(row.number), "email_mark": marks.email(row.email),
        "name_mark": marks.name(row.name, row.number), "local_party": row.local_party,
    }  # fmt: skip


def _chunks(rows: Iterable[MemberRow]) -> Iterator[list[MemberRow]]:
    stream = iter(rows)
    while chunk := list(islice(stream, _CHUNK)):
        yield chunk
