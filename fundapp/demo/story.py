"""The demo: bids taken through their whole life in a throw-away database, and the papers that come out."""

import secrets
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import shorten
from typing import Any
from zoneinfo import ZoneInfo

from fundapp.audit.export import export_file
from fundapp.audit.record import Recorder
from fundapp.audit.verify import Report, verify
from fundapp.database import Database, upgrade
from fundapp.demo import people as cast_room
from fundapp.demo import projects, stage
from fundapp.domain.money import pounds
from fundapp.services import letters, papers, people, rounds
from fundapp.services.deed import Office
from fundapp.storage import LocalFiles


def play(out: Path, zone: ZoneInfo, say: Callable[[str], None]) -> Report:
    """Plays it, writes `award-letter.pdf`, `awards.csv` and `audit.jsonl` into `out`; what verifying found."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fundapp-demo-") as folder:
        database = Database(f"sqlite:///{folder}/demo.db")
        upgrade(database)
        keys = (secrets.token_bytes(32),)
        office = Office(database, Recorder(secrets.token_bytes(32)), zone, secrets.token_hex(32), keys)
        try:
            return _play(office, out, say)
        finally:
            database.close()


def _play(office: Office, out: Path, say: Callable[[str], None]) -> Report:
    now = datetime.now(UTC)
    operator = people.operator(office, now)
    fund = rounds.found(office, operator, "communities", "Communities Fund", now)
    cast = cast_room.enter(office, operator, fund, now, with_accounts=False)
    play_ = stage.build(
        office, operator, cast, fund, "DEMO", "Demo round", now - timedelta(days=60), now - timedelta(days=1),
        budget_pence=1_000_000, now=now,
    )  # fmt: skip
    say("A round is opened with £10,000.00 to give.")
    bids: list[tuple[int, dict[str, Any]]] = []
    for undated in projects.projects(4):
        project = projects.dated(undated, now.date(), 1, 8)
        bid = play_.draft(project)
        play_.submit(bid)
        play_.endorse(bid, project["representative"])
        bids.append((bid, project))
        say(f"“{_short(project)}” is written, sent and backed.")
    play_.start_panel()
    play_.assign([bid for bid, _ in bids])
    say("The round closes, the panel starts, and each bid is given to three readers.")
    for number, (bid, _) in enumerate(bids):
        for reader, marks in (
            ("reviewer", (5, 4, 4, 4, 5)),
            ("reviewer2", (4, 4, 3, 4, 4)),
            ("reviewer3", (4, 5, 4, 3, 4)),
        ):
            play_.review(bid, reader, tuple(max(0, mark - number) for mark in marks))
        play_.conclude(bid)
    say("Every bid is read and scored; the chair closes the reviews.")
    free = 1_000_000
    awarded: list[int] = []
    for bid, project in bids:
        amount = min(project["amount_pence"], free)
        if amount >= 200_000 and len(awarded) < 2:
            play_.decide(bid, "award", amount)
            awarded.append(bid)
            free -= amount
            say(f"Recorded: an award of {pounds(amount)} for “{_short(project)}”.")
        else:
            play_.decide(bid, "decline")
            say(f"Recorded: a decline, with reasons, for “{_short(project)}”.")
    play_.release()
    say("The round is released; ten minutes later every decision is published at once.")
    first = awarded[0]
    for bid in awarded:
        play_.accept(bid)
        play_.pay(bid)
    say("The awards are accepted; one person prepares the payments, another approves them, the bank pays.")
    play_.report(first)
    play_.finish(first)
    say("The first project reports; the report is accepted and the bid is closed.")
    with tempfile.TemporaryDirectory(prefix="fundapp-demo-") as folder:
        room = letters.Cabinet(office, LocalFiles(Path(folder)), "http://127.0.0.1:5000")
        letters.write_letter(room, first, out / "award-letter.pdf")
    with office.db.read() as conn:
        papers.write_awards(conn, play_.round, "csv", out / "awards.csv", office.zone)
    say(f"The award letter is in {out / 'award-letter.pdf'}, the awards in {out / 'awards.csv'}.")
    count = export_file(office.db, out / "audit.jsonl")
    say(f"The record, {count} events, is in {out / 'audit.jsonl'}.")
    return verify(office.db, office.recorder)


def _short(project: dict[str, Any]) -> str:
    return shorten(project["title"], 60, placeholder=" …")
