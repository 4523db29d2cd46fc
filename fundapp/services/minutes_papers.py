"""The minutes on paper: asked for by a person, made once by the worker, kept while they say the same."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite

from fundapp import outbox
from fundapp.database import AnyRow
from fundapp.models import MinutesPaper
from fundapp.queries import minutes as asks
from fundapp.queries import rounds
from fundapp.services import minutes
from fundapp.services.deed import Office
from fundapp.storage import FileMissing, Files

#: Who has waited so long may ask again.
PATIENCE: Final = timedelta(minutes=10)
#: What minutes said before is kept so long, for whoever has its page open.
KEPT: Final = timedelta(days=30)
EFFECT: Final = "minutes_paper"


def waits(row: AnyRow | None, now: datetime) -> bool:
    """Whether a paper was asked for and is being made."""
    return row is not None and row.sha256 is None and row.asked_at > now - PATIENCE


def is_kept(files: Files, row: AnyRow | None) -> bool:
    """Whether a paper was made, and its file is there."""
    if row is None or row.sha256 is None:
        return False
    try:
        files.open(row.sha256).close()
    except FileMissing:
        return False
    return True


def ask(office: Office, files: Files, round_id: int, tells: str, person: int, now: datetime) -> None:
    """Have the worker make the minutes of a round as this person may read them; `tells` is what they say now.

    Nothing happens where they are kept already, or being made.
    """
    with office.db.write() as conn:
        row = asks.paper(conn, tells)
        if waits(row, now) or is_kept(files, row):
            return
        add = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
        values = {"asked_at": now, "sha256": None, "size": None, "made_at": None}
        asked = add(MinutesPaper).values(round_id=round_id, tells=tells, **values)
        conn.execute(asked.on_conflict_do_update(index_elements=["tells"], set_=values))
        outbox.put(
            conn, EFFECT, {"round": round_id, "person": person, "tells": tells},
            f"{EFFECT}:{tells}:{now.isoformat()}", at=now,
        )  # fmt: skip


def make(office: Office, files: Files, round_id: int, person: int, tells: str, now: datetime) -> None:
    """Make and keep the minutes as this person may read them now; what was asked for and is no longer so is forgotten.

    Opens transactions of its own: none waits for the press. Raises PressNotReady, StorageUnusable.
    """
    with office.db.snapshot() as conn:
        row = rounds.by_id(conn, round_id)
        if row is None:
            return
        paper = minutes.minutes_of(conn, row, person, now, office.zone)
        said = minutes.tells(paper)
        before = asks.paper(conn, said)
    made = None if is_kept(files, before) else files.put(minutes.press(paper))
    with office.db.write() as conn:
        if made is not None:
            values = {"sha256": made[0], "size": made[1], "made_at": now}
            add = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
            kept = add(MinutesPaper).values(round_id=round_id, tells=said, asked_at=now, **values)
            conn.execute(kept.on_conflict_do_update(index_elements=["tells"], set_=values))
        old = MinutesPaper.asked_at < now - KEPT
        conn.execute(
            delete(MinutesPaper).where(MinutesPaper.round_id == round_id, MinutesPaper.tells != said, old)
        )
        if said != tells:
            # Nobody waits for what nobody would be shown: the page asks anew for what they say now.
            gone = update(MinutesPaper).where(MinutesPaper.tells == tells, MinutesPaper.sha256.is_(None))
            conn.execute(gone.values(asked_at=now - PATIENCE))
