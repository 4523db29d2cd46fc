"""Events verified a second, beside a bare loop that does the same parsing, SHA and HMACs."""

import hashlib
import hmac
import resource
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, select

from fundapp.audit.commitment import commitment
from fundapp.audit.record import EVENT_DOMAIN, EVENTS, HEADS
from fundapp.audit.stored import raw, readers
from fundapp.audit.verify import verify
from fundapp.services.deed import Office
from fundapp.services.taking_in import take_in
from tests.bench import grounds
from tests.bench.many import rows
from tests.bench.measure import Line, interleaved, seconds
from tests.bench.plan import Plan


def run(plan: Plan) -> list[Line]:
    """A record of taken-in bids and some whole lives."""
    lines: list[Line] = []
    count = 2_000 if plan.quick else 10_000
    with grounds.both(plan.server, plan.folder) as kinds:
        for kind, url in kinds:
            office, cast = grounds.filled(url, 12)
            code, now = grounds.open_round(office).code, datetime.now(UTC)
            take_in(office, cast.actor("officer"), code, rows(count), "bench", "benchmark", now)
            lines += _on(plan, kind, office)
            office.db.close()
    return lines


def _on(plan: Plan, kind: str, office: Office) -> list[Line]:
    report = verify(office.db, office.recorder, zone=office.zone)
    if report.problems:
        raise AssertionError(f"the record does not verify: {report.problems[0]}")
    if bare(office) != (report.events, report.rows):
        raise AssertionError("the bare loop did not see the same events and rows")
    before = _peak()

    def ours(number: int) -> float:
        return report.events / seconds(lambda: verify(office.db, office.recorder, zone=office.zone))

    def limit(number: int) -> float:
        return report.events / seconds(lambda: bare(office))

    service, least = interleaved(3 if plan.quick else 5, ours, limit)
    note = f"{report.events:,} events, {report.rows / report.events:.1f} rows an event"
    return [
        Line(f"{kind}: events verified", "/s", service, least, 0.6, note=note),
        Line(f"{kind}: memory added by verifying again", "MB", _peak() - before, target=10, sense="at_most"),
    ]


def bare(office: Office) -> tuple[int, int]:
    """(events, rows): each parsed, hashed and signed, each row committed to, and nothing else."""
    with office.db.snapshot() as conn:
        _heads(conn, office)
        return _events(conn), _rows(conn)


def _events(conn: Connection) -> int:
    asked = select(*(raw(EVENTS.c[name], conn.dialect.name) for name in ("body", "hash", "mac"))).select_from(
        EVENTS
    )
    count = 0
    for body, stored, mac in _cursor(conn, asked):
        text = body.encode()
        found = hashlib.sha256(text).hexdigest()
        orjson.loads(text)
        signed = hmac.digest(grounds.KEY, EVENT_DOMAIN + found.encode(), "sha256").hex()
        if found != stored or signed != mac:
            raise AssertionError("the bare loop found an event that is not as it was")
        count += 1
    return count


def _heads(conn: Connection, office: Office) -> None:
    asked = select(HEADS.c.subject, HEADS.c.number, HEADS.c.hash, HEADS.c.mac)
    for subject, number, stored, mac in _cursor(conn, asked):
        if office.recorder.head_mac(subject, number, stored) != mac:
            raise AssertionError("the bare loop found a head that is not as it was")


def _rows(conn: Connection) -> int:
    count = 0
    for reader in readers(conn.dialect.name):
        for row_id, _home, _number, salt, *held in _cursor(conn, reader.statement.whole):
            columns = dict(zip(reader.names, held, strict=True))
            for name, convert in reader.conversions:
                columns[name] = convert(columns[name])
            commitment(salt, reader.table, row_id, columns)
            count += 1
    return count


def _cursor(conn: Connection, statement: Any) -> Any:
    cursor = conn.connection.cursor()
    cursor.execute(str(statement.compile(conn)))
    return cursor


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
