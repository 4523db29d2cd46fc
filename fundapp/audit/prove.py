"""Proofs for people: that an event was sealed, and what of their own rows it recorded."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, select

from fundapp.audit.commitment import commitment, plain
from fundapp.audit.record import EVENTS, RecordBroken
from fundapp.audit.sealed import LEAVES, StoredTree, newest
from fundapp.audit.standalone.notes import Key
from fundapp.audit.standalone.proofs import Proof, check_proof
from fundapp.models import EVIDENTIAL
from fundapp.models.base import Base

_EVENT = select(EVENTS.c.body, LEAVES.c.position).select_from(
    EVENTS.outerjoin(LEAVES, LEAVES.c.event_id == EVENTS.c.id)
)


class NotSealedYet(Exception):
    """The event is in the record, but no checkpoint covers it yet: a minute or two later one does."""


def prove(
    conn: Connection, keys: Sequence[Key], subject: str, number: int, rows: Iterable[tuple[str, int]] = ()
) -> Proof:
    """A proof of one event, opened for those of its rows that are named, (table, id), and still are as it recorded them.

    `conn` sees one moment. A row that was changed or erased since stays closed. LookupError if there is no such event;
    NotSealedYet; RecordBroken if the proof would not hold.
    """
    found = conn.execute(_EVENT.where(EVENTS.c.subject == subject, EVENTS.c.number == number)).one_or_none()
    if found is None:
        raise LookupError(f"There is no event {number} of {subject}.")
    point = newest(conn)
    if found.position is None or point is None:
        raise NotSealedYet(f"Event {number} of {subject} is not sealed yet.")
    extra = {
        "body": found.body,
        "rows": [opened for table, row in rows for opened in _opened(conn, found.body, table, row)],
        "keys": [key.text for key in keys],
    }
    path = tuple(StoredTree(conn).inclusion(found.position, point.size))
    proof = Proof(found.position, path, point, extra)
    if check_proof(proof, keys):
        raise RecordBroken(f"No proof of event {number} of {subject} would hold. Verify the record.")
    return proof


def _opened(conn: Connection, body: str, table: str, row: int) -> list[dict[str, Any]]:
    model, source = EVIDENTIAL[table], Base.metadata.tables[table]
    columns = [source.c[name] for name in model.EVIDENCE]
    held = conn.execute(select(source.c.salt, *columns).where(source.c.id == row)).one_or_none()
    if held is None:
        return []
    said = {name: plain(held._mapping[name]) for name in model.EVIDENCE}
    if commitment(held.salt, table, row, said) not in body:
        return []
    return [{"table": table, "id": row, "columns": said, "salt": held.salt.hex()}]
