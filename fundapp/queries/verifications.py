"""Verifications of the record that somebody asked for."""

from typing import Any

from sqlalchemy import Connection, select

from fundapp.database import AnyRow
from fundapp.models import Person, Verification


def _asked() -> Any:
    return select(
        Verification.id, Verification.asked_by, Verification.asked_at, Verification.outside, Verification.begun_at,
        Verification.done_at, Verification.found, Verification.counts, Verification.findings, Person.name,
    ).join(Person, Person.id == Verification.asked_by)  # fmt: skip


def one(conn: Connection, number: int) -> AnyRow | None:
    """A verification by its number: (id, asked_by, asked_at, outside, begun_at, done_at, found, counts, findings, name)."""
    return conn.execute(_asked().where(Verification.id == number)).one_or_none()


def newest(conn: Connection, limit: int) -> list[AnyRow]:
    """The last of them, newest first, as `one` gives them."""
    return list(conn.execute(_asked().order_by(Verification.id.desc()).limit(limit)))
