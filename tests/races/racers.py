"""What the processes of a race do: long-lived, one deed each round, all at one moment."""

import dataclasses
import hashlib
import traceback
from datetime import datetime
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from typing import Any
from zoneinfo import ZoneInfo

from fundapp.audit.record import Recorder
from fundapp.database import Database
from fundapp.domain import form_building
from fundapp.jobs.tick import tick
from fundapp.services import (
    awards,
    drafts,
    entrances,
    factors,
    forms,
    panel,
    planning,
    round_terms,
    rounds,
    runs,
    several,
    statements,
    throttle,
)
from fundapp.services.deed import Actor, Office
from fundapp.services.forms import FormRefused
from fundapp.services.several import SeveralRefused
from fundapp.services.sign_in_links import LinkDead
from fundapp.services.statements import StatementMoved
from fundapp.services.transition import Refused, fire
from fundapp.words import refusals
from tests.services.world import BANK_KEYS

LONDON = ZoneInfo("Europe/London")


@dataclasses.dataclass(frozen=True)
class Try:
    """One deed to try: `name` says which, the rest is what it is given."""

    name: str
    given: tuple[Any, ...]


@dataclasses.dataclass(frozen=True)
class Told:
    """What became of it: `won`, the codes and sentences of a refusal, or the trace of what should never happen."""

    racer: int
    won: Any = None
    codes: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    broke: str | None = None


def race(
    racer: int, url: str, key: bytes, ready: Barrier, tries: "Queue[Try | None]", told: "Queue[Told]"
) -> None:
    """Waits for a deed, waits for the others, does it, tells; until it is told to stop."""
    from flask import Flask
    from flask_babel import Babel

    app = Flask("races")
    Babel(app)
    office = Office(Database(url), Recorder(key), LONDON, bank_keys=BANK_KEYS)
    with app.test_request_context():
        while (asked := tries.get()) is not None:
            ready.wait(timeout=60)
            told.put(attempt(office, racer, asked))
    office.db.close()


def attempt(office: Office, racer: int, asked: Try) -> Told:
    """One deed. Everything is caught: whatever is no refusal fails the race by its trace."""
    try:
        return Told(racer, won=DEEDS[asked.name](office, *asked.given) or True)
    except Refused as refused:
        codes = tuple(refusal.code for refusal in refused.refusals)
        return Told(racer, codes=codes, sentences=tuple(refusals.sentences(refused, LONDON)))
    except SeveralRefused as several:
        return Told(
            racer, codes=tuple(sorted({why.code for each in several.refused for why in each.refusals}))
        )
    except FormRefused as frozen:
        return Told(racer, codes=(frozen.code,))
    except StatementMoved:
        return Told(racer, codes=("statement_moved",))
    except Exception:
        return Told(racer, broke=traceback.format_exc())


def _fire(
    office: Office,
    actor: Actor,
    life: str,
    move: str,
    row: int,
    at: datetime,
    inputs: dict[str, Any],
    seen: int | None = None,
) -> str:
    return fire(office, actor, life, move, row, at, inputs, seen=seen).state


def _schedule(office: Office, actor: Actor, bid: int, plan: list[Any], at: datetime) -> int:
    return len(awards.schedule(office, actor, bid, plan, at))


def _cancel(office: Office, actor: Actor, bid: int, at: datetime) -> int:
    return len(awards.cancel(office, actor, bid, at))


def _publish(office: Office, round_id: int, at: datetime) -> int:
    return len(rounds.publish(office, round_id, at))


def _start(office: Office, actor: Actor, round_id: int, at: datetime, key: str) -> int:
    return drafts.start(office, actor, round_id, at, key)


def _tick(office: Office, at: datetime) -> dict[str, int]:
    return dataclasses.asdict(tick(office, at))


def _spend(office: Office, kind: str, now: datetime, times: int) -> int:
    """So many tries one after another; how many were allowed."""
    allowed = 0
    for _ in range(times):
        with office.db.write() as conn:
            allowed += throttle.spend(conn, "k" * 32, kind, now, "somebody") is None
    return allowed


def _use_link(office: Office, token: str, now: datetime) -> str:
    try:
        return entrances.by_link(office, throttle.Visitor("", "", ""), token, "Nadia Osei", now).key
    except LinkDead as dead:
        return f"dead: {dead.why}"


def _give_code(office: Office, session: Any, code: str, now: datetime, recovery: bool) -> str:
    try:
        factors.give(office, "k" * 32, throttle.Visitor("", "", ""), session, code, now, recovery=recovery)
    except factors.CodeNotTaken as refused:
        return f"refused: {refused.code}"
    return "taken"


def _assign(office: Office, actor: Actor, pairs: list[tuple[int, int]], at: datetime) -> int:
    return panel.assign(office, actor, pairs, at)


def _apply(office: Office, actor: Actor, round_id: int, wanted: int, seal: str, at: datetime) -> int | str:
    try:
        return planning.apply(office, actor, round_id, wanted, seal, at)
    except panel.PanelRefused as refused:
        return f"refused: {refused.code}"


def _change(
    office: Office, actor: Actor, round_id: int, given: dict[str, Any], at: datetime, seen: int
) -> tuple[str, ...]:
    return round_terms.change(office, actor, round_id, given, at, seen).columns


def _ask_more(office: Office, actor: Actor, round_id: int, question: dict[str, Any], at: datetime) -> int:
    return forms.change(office, actor, round_id, lambda form: form_building.add(form, question), None, at)


def _decide_all(office: Office, actor: Actor, decisions: list[Any], at: datetime) -> int:
    return several.move(office, actor, "decide", decisions, at)


def _run(office: Office, actor: Actor, fund: int, chosen: list[tuple[int, int]], at: datetime) -> int:
    return runs.send(office, actor, fund, chosen, at)[0]


def _export(office: Office, actor: Actor, run: int, kind: str, at: datetime) -> str:
    return hashlib.sha256(runs.file_of(office, actor, run, kind, at, "treasurer").content).hexdigest()


def _statement(office: Office, actor: Actor, fund: int, file: Any, seal: str, at: datetime) -> int:
    return statements.bring_in(office, actor, fund, file, at, seal=seal).paid


DEEDS = {
    "run": _run, "export": _export, "statement": _statement,
    "change": _change,
    "fire": _fire, "schedule": _schedule, "cancel": _cancel, "publish": _publish, "start": _start, "assign": _assign,
    "apply": _apply,
    "tick": _tick,
    "spend": _spend, "use_link": _use_link, "give_code": _give_code, "ask_more": _ask_more,
    "decide_all": _decide_all,
}  # fmt: skip
