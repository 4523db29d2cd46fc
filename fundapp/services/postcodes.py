"""Postcodes from a file, each put into its ward; those of wards that nobody knows are counted and left out."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from fundapp.intake.postcodes import PostcodeRow
from fundapp.models import Postcode
from fundapp.queries import areas as asks
from fundapp.queries import locks, places
from fundapp.services.deed import Actor, Office

_CHUNK: Final = 5000
#: Rows that could not be read of which the line is said; the rest are counted.
_NAMED: Final = 20


@dataclass(slots=True)
class BroughtIn:
    """How many postcodes are new, in another ward than before, as before; without a ward that is known; unreadable."""

    new: int = 0
    moved: int = 0
    unchanged: int = 0
    no_ward: int = 0
    unreadable: int = 0
    #: (line, text) of the first that could not be read.
    named: tuple[tuple[int, str], ...] = ()
    #: Some ward codes that are not in the directory.
    unknown: tuple[str, ...] = ()


def bring_in(
    office: Office, actor: Actor, rows: Iterable[PostcodeRow], arrived: datetime, told: Callable[[int], None]
) -> BroughtIn:
    """Bring a stream of postcodes in; a postcode that stands twice is where the later row says. Raises FileRefused."""
    done = BroughtIn()
    named: list[tuple[int, str]] = []
    unknown: set[str] = set()
    with office.deed(actor, arrived) as deed:
        locks.directory(deed.conn)
        wards = {row.code: row.id for row in asks.every(deed.conn) if row.kind == "ward"}
        part: dict[str, int] = {}
        for row in rows:
            if row.code is None:
                done.unreadable += 1
                if len(named) < _NAMED:
                    named.append((row.line, row.text))
                continue
            ward = wards.get(row.ward or "")
            if ward is None:
                done.no_ward += 1
                if row.ward and len(unknown) < _NAMED:
                    unknown.add(row.ward)
                continue
            part[row.code] = ward
            if len(part) >= _CHUNK:
                _keep(deed.conn, part, done)
                told(len(part))
                part = {}
        if part:
            _keep(deed.conn, part, done)
            told(len(part))
        if done.new or done.moved:
            counts = {"new": done.new, "changed": done.moved}
            deed.note(f"person:{actor.person}", "postcodes.brought_in", params=counts)
    done.named, done.unknown = tuple(named), tuple(sorted(unknown))
    return done


def _keep(conn: Connection, part: dict[str, int], done: BroughtIn) -> None:
    """One chunk, in one look and one statement."""
    known = places.wards_of_postcodes(conn, list(part))
    changed = {code: ward for code, ward in part.items() if known.get(code) != ward}
    done.unchanged += len(part) - len(changed)
    done.moved += sum(code in known for code in changed)
    done.new += sum(code not in known for code in changed)
    if not changed:
        return
    dialect: Any = postgresql if conn.dialect.name == "postgresql" else sqlite
    added = dialect.insert(Postcode).inline()
    added = added.on_conflict_do_update(index_elements=["code"], set_={"area_id": added.excluded.area_id})
    conn.execute(added, [{"code": code, "area_id": ward} for code, ward in changed.items()])
