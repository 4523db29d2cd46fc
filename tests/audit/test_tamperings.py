"""Random tamperings with a copy of a sealed record: what must be found is found, by the service and by the stand-alone check."""

import io
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from fundapp.audit import evidence
from fundapp.audit.export import export
from fundapp.audit.findings import SENTENCES, Report
from fundapp.audit.standalone.exported import Export, Result
from fundapp.audit.standalone.notes import Checkpoint
from fundapp.audit.verify import verify
from fundapp.database import Database, database_now
from fundapp.models import Bid, Person
from tests.audit import sealing, world
from tests.audit.sealing import happen, sealer
from tests.audit.tampering import Tamperer, Tampering
from tests.databases import RECORDER, PostgresServer
from tests.effort import EFFORT, REPEATABLE, times

KEYS = [sealing.key().public]
KEY = bytes(range(32))
#: By what right somebody acted is not in an export, which holds nothing of people: only the service can find these.
RIGHTS = {code for code in SENTENCES if code.startswith("role_")}


@dataclass
class Grounds:
    """A record with a part that is witnessed outside, a part that is sealed since, and a part that is new."""

    db: Database
    outside: Checkpoint
    #: SQLite only: copies of the whole database as it stood before, and whether the outside checkpoint covers more.
    older: list[tuple[Path, bool]] = field(default_factory=list)


def lay(db: Database, folder: Path, *, copies: bool) -> Grounds:
    """Three parts, one after another."""
    older = []

    def copied(behind: bool) -> None:
        if copies:
            path = folder / f"older-{len(older)}.db"
            with db.write() as conn:
                conn.exec_driver_sql("SELECT 1")
            with db.engine.connect() as plain:
                plain.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copy(str(db.url.database), path)
            older.append((path, behind))

    world.build(db)
    copied(True)
    for _ in range(240):
        happen(db, "bid:1")
    point = sealer(db, folder).seal().checkpoint
    assert point is not None
    copied(False)
    for part in range(2):
        for _ in range(6):
            happen(db, "bid:1")
            happen(db, "person:3")
        with db.write() as conn:
            entry = RECORDER.open_entry(conn, "bid:2")
            evidence.change(conn, entry, Bid, Bid.id == 2, {"place": f"Elm {part}"})
            RECORDER.append(conn, entry, action="note.made", actor="clock", at=database_now(conn))
            token = f"tok-{part}"
            conn.execute(
                Person.__table__.insert().values(
                    token=token, name="Di Marsh", show_name=True, created_at=world.NOW
                )
            )
            (new,) = RECORDER.begin(conn, [f"person:{4 + part}"])
            RECORDER.append(conn, new, action="account.opened", actor="clock", at=database_now(conn))
        if part == 0:
            copied(False)
            sealer(db, folder).seal()
    return Grounds(db, point, older)


def judged(db: Database, outside: Checkpoint) -> tuple[Report, Result]:
    """What the service finds, and what the stand-alone check finds in its export."""
    report = verify(db, RECORDER, legal=world.lawful, keys=KEYS, outside=[outside])
    stream = io.BytesIO()
    export(db, stream, tuple(KEYS))
    return report, Export(KEYS, [outside], KEY).read(stream.getvalue().splitlines())


def held(done: Tampering, db: Database, outside: Checkpoint) -> str:
    """How it ended, in a word; AssertionError where it was missed, or the two do not agree."""
    report, result = judged(db, outside)
    names = [problem.sentence for problem in report.problems][:3], [f.sentence for f in result.findings][:3]
    codes = {problem.code for problem in report.problems}
    if codes and codes <= RIGHTS and not done.must_be_found and not result.findings:
        return "found by rights"
    assert report.clean is (not result.findings), (done, names)
    assert not (done.must_be_found and report.clean), done
    if report.clean:
        assert report.unwitnessed == result.unwitnessed
        # Nothing that the outside checkpoint covers is touched: what cannot be told is only what nobody witnessed.
        assert report.unwitnessed > 0 or done.whole
        return "unwitnessed"
    return "found"


@pytest.fixture
def grounds(sqlite_database: Database, tmp_path: Path) -> Grounds:
    return lay(sqlite_database, tmp_path, copies=True)


def seeds(count: int) -> Iterator[int]:
    start = 0 if REPEATABLE else random.SystemRandom().randrange(10**9)
    print(f"tamperings from seed {start}")
    return iter(range(start, start + count))


def test_the_grounds_hold_untouched(grounds: Grounds) -> None:
    report, result = judged(grounds.db, grounds.outside)
    assert ([p.sentence for p in report.problems], result.findings) == ([], [])
    assert (report.sealed, report.checkpoints, report.witnessed) == (286, 2, 272)
    assert report.unwitnessed == result.unwitnessed == 28
    assert (result.events, result.rows, result.sealed) == (report.events, report.rows, report.sealed)


def test_tamperings_on_sqlite(grounds: Grounds, tmp_path: Path) -> None:
    """All in one process; `make tamper` tries ten thousand."""
    attacker = world.Attacker(grounds.db)
    attacker.close()
    with grounds.db.engine.connect() as plain:
        plain.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    grounds.db.close()
    ends: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for seed in seeds(times(60)):
        rng = random.Random(seed)
        path = tmp_path / f"copy-{seed}.db"
        if rng.random() < 0.05:
            source, behind = rng.choice(grounds.older)
            shutil.copy(source, path)
            done = Tampering(f"bring back {source.name}", behind, whole=not behind)
            db = Database(f"sqlite:///{path}")
        else:
            shutil.copy(str(grounds.db.url.database), path)
            db = Database(f"sqlite:///{path}")
            someone = world.Attacker(db)
            with someone.act() as conn:
                done = Tamperer(conn, rng, grounds.outside.size).tamper()
            someone.close()
        try:
            end = held(done, db, grounds.outside)
        except AssertionError as missed:
            raise AssertionError(f"seed {seed}: {missed}") from missed
        finally:
            db.close()
            for left in tmp_path.glob(f"copy-{seed}.db*"):
                left.unlink()
        ends[end] += 1
        kinds[f"{done.words.split()[0]}, {'with' if done.key else 'without'} the key: {end}"] += 1
    print("\n".join(f"{count:6} {kind}" for kind, count in sorted(kinds.items())))
    assert ends["found"] > 40 * EFFORT
    assert ends["unwitnessed"] > 0


@pytest.mark.postgres
def test_tamperings_on_postgresql(postgres_server: PostgresServer, tmp_path: Path) -> None:
    template = postgres_server.create(postgres_server.migrated())
    db = Database(postgres_server.database_url(template))
    grounds = lay(db, tmp_path, copies=False)
    world.Attacker(db).close()
    db.close()
    try:
        for seed in seeds(times(6)):
            name = postgres_server.create(template)
            copy = Database(postgres_server.database_url(name))
            try:
                # Triggers and constraints are gone already; what comes in here is not guarded by the service.
                stranger = create_engine(copy.url)
                with stranger.begin() as conn:
                    done = Tamperer(conn, random.Random(seed), grounds.outside.size).tamper()
                stranger.dispose()
                held(done, copy, grounds.outside)
            finally:
                copy.close()
                postgres_server.drop(name)
    finally:
        postgres_server.drop(template)
