"""The record verified for an auditor: at once while it is small, else by the worker, and what was found kept to be read again."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, insert, or_, update

from config import Settings
from fundapp import outbox
from fundapp.audit.keys import SealKeyUnusable
from fundapp.audit.standalone.notes import Checkpoint, read_checkpoints
from fundapp.audit.verify import verify
from fundapp.models import Verification
from fundapp.queries import record as asks
from fundapp.queries import verifications as kept
from fundapp.services import checkpoints
from fundapp.services.deed import Office

EFFECT: Final = "verify"
#: Up to so many events the answer comes with the page: they are read in well under a second.
AT_ONCE: Final = 5_000
#: Findings that are kept; all of them are counted.
FINDINGS: Final = 200
#: Verifications that are kept, and for how long.
KEPT: Final = 100
KEPT_FOR: Final = timedelta(days=395)
#: Whoever asked waits for no longer: then the worker has died over it, or is not there.
PATIENCE: Final = timedelta(minutes=30)


def waits(row: Any, now: datetime) -> bool:
    """Whether a verification is still to be waited for."""
    return row.done_at is None and row.asked_at > now - PATIENCE


def ask(office: Office, settings: Settings, person: int, outside: Sequence[Checkpoint], now: datetime) -> int:
    """Have the record verified, against checkpoints that were kept elsewhere too; its number.

    One that waits already and was asked with the same checkpoints is waited for, whoever asked it.
    """
    notes = "\n".join(point.note for point in outside)
    with office.db.read() as conn:
        events, _subjects = asks.sums(conn)
        newest = kept.newest(conn, 1)
    if newest and waits(newest[0], now) and newest[0].outside == notes:
        return int(newest[0].id)
    with office.db.write() as conn:
        asked = {
            "asked_by": person, "asked_at": now, "outside": notes, "begun_at": None, "done_at": None, "found": None,
            "counts": {}, "findings": [],
        }  # fmt: skip
        (number,) = conn.execute(insert(Verification).values(asked).returning(Verification.id)).one()
        old = or_(Verification.id <= number - KEPT, Verification.asked_at < now - KEPT_FOR)
        conn.execute(delete(Verification).where(old))
        if events > AT_ONCE:
            outbox.put(conn, EFFECT, {"verification": number}, f"{EFFECT}:{number}", at=now)
    if events <= AT_ONCE:
        run(office, settings, number)
    return int(number)


def run(office: Office, settings: Settings, number: int) -> None:
    """Verify now, and keep what was found. Done already, or gone, nothing happens."""
    with office.db.read() as conn:
        row = kept.one(conn, number)
    if row is None or row.done_at is not None:
        return
    _mark(office, number, begun_at=datetime.now(UTC))
    try:
        keys = checkpoints.known_keys(settings)
    except SealKeyUnusable:
        # Signatures are then not looked at, and the answer says so.
        keys = None
    outside = read_checkpoints(row.outside) if row.outside else []
    report = verify(office.db, office.recorder, zone=office.zone, keys=keys, outside=outside)
    counts = {
        "events": report.events, "subjects": report.subjects, "rows": report.rows, "erased": report.erased,
        "sealed": report.sealed, "checkpoints": report.checkpoints, "signatures": report.signatures,
        "witnessed": report.witnessed, "unwitnessed": report.unwitnessed,
    }  # fmt: skip
    findings = [{"where": problem.where, "words": problem.sentence} for problem in report.problems[:FINDINGS]]
    _mark(
        office,
        number,
        done_at=datetime.now(UTC),
        found=len(report.problems),
        counts=counts,
        findings=findings,
    )


def _mark(office: Office, number: int, **values: Any) -> None:
    with office.db.write() as conn:
        conn.execute(update(Verification).where(Verification.id == number).values(**values))
