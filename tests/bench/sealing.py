"""A log of a million events: sealed, verified, exported and checked by a stranger, beside loops that only hash the same bytes."""

import hashlib
import json
import multiprocessing
import resource
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select

from fundapp.audit.export import export_file
from fundapp.audit.record import EVENT_DOMAIN, EVENTS, Act, Recorder
from fundapp.audit.standalone.exported import Export
from fundapp.audit.standalone.tree import Tree
from fundapp.audit.verify import verify
from fundapp.database import Database, upgrade
from tests.audit import sealing
from tests.audit.world import lawful
from tests.bench import grounds
from tests.bench.measure import Line
from tests.bench.plan import Plan

#: Events of a chain.
LENGTH = 10
AT_ONCE = 20_000
RECORDER = Recorder(grounds.KEY)


def run(plan: Plan) -> list[Line]:
    """The same at a tenth of the size too: memory must not grow with the log."""
    most = 100_000 if plan.quick else 1_000_000
    lines: list[Line] = []
    peaks: dict[tuple[str, str], list[float]] = {}
    for size in (most // 10, most):
        with grounds.both(plan.server, plan.folder) as kinds:
            for kind, url in kinds:
                folder = plan.folder / f"{kind}-{size}"
                folder.mkdir()
                apart(fill, url, size)
                found = {name: apart(act, url, folder) for name, act in ACTS.items()}
                for name, (_, peak) in found.items():
                    peaks.setdefault((kind, name), []).append(peak)
                if size == most:
                    lines += _lines(
                        kind, size, {name: size / seconds for name, (seconds, _) in found.items()}
                    )
    for (kind, name), (small, large) in peaks.items():
        if name in ("seal", "verify", "export"):
            lines.append(
                Line(f"{kind}: {name}, memory added by ten times the events", "MB", large - small, target=15, sense="at_most",
                     note=f"{small:.0f} MB, then {large:.0f} MB")
            )  # fmt: skip
        if name == "stand alone":
            per = (large - small) * 1e6 / (most - most // 10)
            lines.append(
                Line(f"{kind}: {name}, memory for each event", "bytes", per, target=100, sense="at_most")
            )
    return lines


def _lines(kind: str, size: int, rate: dict[str, float]) -> list[Line]:
    note = f"{size:,} events in chains of {LENGTH}"
    return [
        Line(f"{kind}: events sealed", "/s", rate["seal"], rate["bare check"], 0.3, note=f"{note}; limit: parse, SHA, MAC, tree"),
        Line(f"{kind}: the same beside hashing alone", "/s", rate["seal"], rate["bare hash"], note="limit: SHA-256 alone"),
        Line(f"{kind}: events verified, seals too", "/s", rate["verify"], rate["bare check"], 0.6),
        Line(f"{kind}: the same beside hashing alone", "/s", rate["verify"], rate["bare hash"]),
        Line(f"{kind}: events exported", "/s", rate["export"]),
        Line(f"{kind}: events checked stand-alone", "/s", rate["stand alone"], rate["bare lines"], 0.6,
             note="limit: parse each line and its body, SHA, tree"),
    ]  # fmt: skip


def apart(act: Callable[..., None], *given: Any) -> tuple[float, float]:
    """(seconds, peak MB) of an act in a process of its own."""
    here, there = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_told, args=(there, act, given))
    process.start()
    there.close()
    found: tuple[float, float] = here.recv()
    process.join()
    return found


def _told(pipe: Any, act: Callable[..., None], given: tuple[Any, ...]) -> None:
    begun = time.perf_counter()
    act(*given)
    pipe.send((time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))
    pipe.close()


def fill(url: str, size: int) -> None:
    """Chains of events, as they are written, without rows."""
    db = Database(url)
    upgrade(db)
    at = datetime.now(UTC)
    for start in range(0, size // LENGTH, AT_ONCE // LENGTH):
        with db.write() as conn:
            names = [f"bid:{start + place + 1}" for place in range(AT_ONCE // LENGTH)]
            entries = RECORDER.begin(conn, names)
            acts = []
            for entry in entries:
                for _ in range(LENGTH):
                    acts.append(Act(entry, "note.made", "tok-" + entry.subject, at, params={"pence": start}))
                    entry = entry.then()
            RECORDER.append_many(conn, acts)
    db.close()


def seal(url: str, folder: Path) -> None:
    """Everything at once, as after a long time without a worker."""
    db = Database(url)
    done = sealing.sealer(db, folder, recorder=RECORDER).seal()
    assert done.checkpoint is not None
    db.close()


def check(url: str, folder: Path) -> None:
    """Verified with its seals."""
    db = Database(url)
    point = sealing.sealer(db, folder, recorder=RECORDER).kept()
    assert point is not None
    found = verify(db, RECORDER, legal=lawful, keys=[sealing.key().public], outside=[point])
    assert (found.problems, found.sealed) == ([], found.events)
    db.close()


def write(url: str, folder: Path) -> None:
    """Exported."""
    db = Database(url)
    export_file(db, folder / "record.jsonl", (sealing.key().public,))
    db.close()


def stand_alone(url: str, folder: Path) -> None:
    """Checked as a stranger would."""
    with (folder / "record.jsonl").open("rb") as lines:
        found = Export([sealing.key().public]).read(lines)
    assert found.findings == []


def bare_hash(url: str, folder: Path) -> None:
    """The bytes of every event, hashed."""
    for body, _, _ in _bodies(url):
        hashlib.sha256(body.encode()).digest()


def bare_check(url: str, folder: Path) -> None:
    """What cannot be left out: each event parsed, hashed, its MAC made, its leaf put into the tree."""
    import hmac

    tree = Tree()
    for body, made, mac in _bodies(url):
        raw = body.encode()
        found = hashlib.sha256(raw).hexdigest()
        assert found == made
        assert hmac.digest(grounds.KEY, EVENT_DOMAIN + found.encode(), "sha256").hex() == mac
        orjson.loads(raw)
        tree.add(hashlib.sha256(b"\x00" + raw).digest())
    tree.root()


def bare_lines(url: str, folder: Path) -> None:
    """The same over the lines of the export, with what every Python has."""
    tree = Tree()
    with (folder / "record.jsonl").open("rb") as lines:
        for line in lines:
            told = json.loads(line)
            if told["type"] == "event":
                raw = told["body"].encode()
                assert hashlib.sha256(raw).hexdigest() == told["hash"]
                json.loads(raw)
                tree.add(hashlib.sha256(b"\x00" + raw).digest())


def _bodies(url: str) -> Any:
    db = Database(url)
    asked = select(EVENTS.c.body, EVENTS.c.hash, EVENTS.c.mac).order_by(EVENTS.c.subject, EVENTS.c.number)
    with db.snapshot() as conn:
        streamed = conn.execute(asked.execution_options(stream_results=True, max_row_buffer=2000))
        for part in streamed.partitions(1000):
            yield from part
    db.close()


ACTS: dict[str, Callable[[str, Path], None]] = {
    "bare hash": bare_hash, "bare check": bare_check, "seal": seal, "verify": check, "export": write,
    "stand alone": stand_alone, "bare lines": bare_lines,
}  # fmt: skip
