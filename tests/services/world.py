"""A round with its cast on a test's database, and what an act changed in it, row by row."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import select

from fundapp.audit.verify import verify
from fundapp.database import Database
from fundapp.demo import people as cast_room
from fundapp.demo import projects, stage
from fundapp.demo.stage import Stage
from fundapp.models.base import Base
from fundapp.services import people, rounds
from fundapp.services.deed import Office
from fundapp.services.refused import ACTION as REFUSED
from fundapp.services.transition import Refused
from tests.databases import RECORDER

LONDON = ZoneInfo("Europe/London")
BANK_KEYS = (bytes(range(32, 64)),)
OPENS = datetime(2026, 1, 5, 0, 0, tzinfo=UTC)
CLOSES = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)

Row = dict[str, Any]


def office_of(database: Database) -> Office:
    """The service on that database, with the tests' audit key."""
    return Office(database, RECORDER, LONDON, bank_keys=BANK_KEYS)


def stage_of(office: Office, *, budget_pence: int = 1_000_000, code: str = "R1") -> Stage:
    """An open round of the fund and the cast of the demo, without accounts: hashing passwords is slow."""
    operator = people.operator(office, OPENS)
    fund = rounds.found(office, operator, "communities", "Communities Fund", OPENS)
    cast = cast_room.enter(office, operator, fund, OPENS, with_accounts=False)
    return stage.build(
        office, operator, cast, fund, code, f"Round {code}", OPENS, CLOSES, budget_pence=budget_pence,
        now=OPENS,
    )  # fmt: skip


def project(number: int = 0) -> dict[str, Any]:
    """One invented project."""
    return list(projects.projects(number + 1))[number]


def submitted(play: Stage, number: int = 0) -> int:
    """A bid that waits for its representative."""
    bid = play.draft(project(number))
    play.submit(bid)
    return bid


def endorsed(play: Stage, *numbers: int) -> list[int]:
    """Bids that their representatives have backed."""
    made = []
    for number in numbers:
        bid = submitted(play, number)
        play.endorse(bid, project(number)["representative"])
        made.append(bid)
    return made


MARKS = (4, 4, 3, 4, 5)


def reviewed(play: Stage, *numbers: int) -> list[int]:
    """Bids that three people have read and the chair has closed; the panel is at work."""
    bids = endorsed(play, *numbers)
    play.start_panel()
    play.assign(bids)
    for bid in bids:
        for reviewer in ("reviewer", "reviewer2", "reviewer3"):
            play.review(bid, reviewer, MARKS)
        play.conclude(bid)
    return bids


def awarded(play: Stage, *numbers: int) -> list[int]:
    """Bids whose awards, of all that they asked for, are on offer."""
    bids = reviewed(play, *numbers)
    for bid, number in zip(bids, numbers, strict=True):
        play.decide(bid, "award", project(number)["amount_pence"])
    play.release()
    return bids


def rows(office: Office, table: str, **where: Any) -> list[Row]:
    """Rows of a table, by id."""
    found = Base.metadata.tables[table]
    asked = select(found).order_by(*found.primary_key.columns)
    for name, value in where.items():
        asked = asked.where(found.c[name] == value)
    with office.db.read() as conn:
        return [dict(row._mapping) for row in conn.execute(asked)]


def one(office: Office, table: str, **where: Any) -> Row:
    """The only row of a table that answers the description."""
    (found,) = rows(office, table, **where)
    return found


def everything(office: Office) -> dict[str, list[Row]]:
    """Every row of every table, but for what a refusal leaves: the note that somebody tried, in their own chain.

    Those are `tried`.
    """
    found = {table: rows(office, table) for table in Base.metadata.tables}
    noted = {event["subject"] for event in found["audit_event"] if event["action"] == REFUSED}
    found["audit_event"] = [event for event in found["audit_event"] if event["action"] != REFUSED]
    last = {event["subject"]: event for event in found["audit_event"] if event["subject"] in noted}
    for head in found["audit_head"]:
        head["mac"] = None
        if head["subject"] in last:
            head |= {name: last[head["subject"]][name] for name in ("number", "hash")}
    found["throttle"] = [row for row in found["throttle"] if row["kind"] != "refused"]
    return found


def tried(office: Office, person: int | None = None) -> list[tuple[str, dict[str, int], list[str]]]:
    """What was tried by those whose it is not, or by one of them, in order: (act, of what by number, codes why not)."""
    events = rows(office, "audit_event", action=REFUSED)
    bodies = [
        orjson.loads(event["body"])["params"] for event in events
        if person is None or event["subject"] == f"person:{person}"
    ]  # fmt: skip
    return [(params["act"], params["of"], params["why"]) for params in bodies]


@dataclass(slots=True)
class Changed:
    """What an act left behind: new rows by table, the columns that changed by (table, id), new events' bodies."""

    added: dict[str, list[Row]] = field(default_factory=dict)
    changed: dict[tuple[str, int], Row] = field(default_factory=dict)
    gone: dict[str, int] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are new in each table, beside the events."""
        return {table: len(found) for table, found in self.added.items() if table != "audit_event"}

    @property
    def bodies(self) -> list[Row]:
        """The bodies of the new events, in order of writing."""
        return [orjson.loads(event["body"]) for event in self.added.get("audit_event", [])]

    @property
    def effects(self) -> list[str]:
        """The names of the effects asked for."""
        return [row["name"] for row in self.added.get("outbox", [])]

    def touched(self) -> set[str]:
        """Tables with a changed row, beside the heads of chains."""
        return {table for table, _ in self.changed} - {"audit_head"}


#: What the record itself keeps in each evidential row, beside its meaning.
_KEPT = frozenset({"event_no", "salt", "commitment"})


def change(office: Office, act: Callable[[], Any]) -> Changed:
    """Do it, and say what changed in the whole database."""
    before = everything(office)
    act()
    after = everything(office)
    found = Changed()
    for table, now in after.items():
        key = Base.metadata.tables[table].primary_key.columns.keys()[0]
        old = {row[key]: row for row in before[table]}
        new = [row for row in now if row[key] not in old]
        if new:
            found.added[table] = new
        if len(before[table]) + len(new) != len(now):
            found.gone[table] = len(before[table]) + len(new) - len(now)
        for row in now:
            was = old.get(row[key])
            if was is not None and was != row:
                found.changed[table, row[key]] = {
                    name: value for name, value in row.items() if was[name] != value and name not in _KEPT
                }
    return found


def refusal_of(act: Callable[[], Any]) -> list[str]:
    """The codes with which an act is refused; fails when it is done."""
    try:
        act()
    except Refused as refused:
        return [refusal.code for refusal in refused.refusals]
    raise AssertionError("it was done")


def holds(office: Office) -> None:
    """The whole record verifies."""
    found = verify(office.db, office.recorder)
    assert [problem.sentence for problem in found.problems] == []
