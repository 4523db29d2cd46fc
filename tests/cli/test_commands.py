"""Every command: what it does when all is well, and a sentence with exit 1 or 2 when it is not; nothing half done."""

import csv
import hashlib
import os
import sqlite3
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from sqlalchemy import insert, select

from config import ROOT
from fundapp import cli
from fundapp.cli.failures import exit_code_and_words
from fundapp.database import Database
from fundapp.letters.paper import PressNotReady
from fundapp.letters.signature import SealUnusable
from fundapp.models import Account, SecondFactor, SecurityEvent
from fundapp.queries.sessions import by_key
from fundapp.services import sessions
from fundapp.services.presses import PressBroken
from fundapp.words import entrances
from tests import clamd
from tests.cli.terminal import ROUND, Terminal

DATA = Path(os.environ.get("FUNDAPP_SHARED_DATA") or ROOT.parent / "shared" / "data")
REAL = DATA / "community-grants.csv"


def test_the_demo_leaves_its_papers(bare: Terminal) -> None:
    out = bare.folder / "demo"
    said = bare.done("demo", "--out", str(out))
    assert said.splitlines()[-1].startswith("The record holds: ")
    assert (out / "award-letter.pdf").read_bytes()[:5] == b"%PDF-"
    with (out / "awards.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert len(list(csv.reader(stream))) == 3, "a header and two awards"
    assert len((out / "audit.jsonl").read_text().splitlines()) >= 60
    assert not (bare.folder / "data").exists() or not list((bare.folder / "data").glob("*.db"))


def test_the_schema_is_made_and_made_again(bare: Terminal) -> None:
    assert "Run `fundapp db upgrade` first" in bare.refused("audit", "verify")
    for _ in range(2):
        assert bare.done("db", "upgrade") == "The database is ready.\n"
    assert bare.done("audit", "verify").startswith("The record holds: 0 events")


def test_seed(bare: Terminal) -> None:
    bare.done("db", "upgrade")
    said = bare.done("seed", "--bids", "5")
    assert "5 bids are made." in said
    assert "member@demo.example" in said
    assert bare.counts()[2] == 5
    before = bare.counts()
    assert "There is data already; it is kept." in bare.done("seed", "--if-empty")
    assert "already" in bare.refused("seed", "--bids", "5")
    assert "2" in bare.refused("seed", "--bids", "2", code=2)
    assert bare.counts() == before
    bare.holds()


def test_a_round(ready: Terminal) -> None:
    assert ready.counts()[0] == 1
    before = ready.counts()
    assert "R" in ready.refused("round", "add", "R", *ROUND)
    backwards = ("--title", "S", "--opens", "2021-01-01", "--closes", "2020-01-01", "--budget", "1")
    assert ready.refused("round", "add", "S", *backwards)
    for option, value in (("--budget", "0"), ("--budget", "-5"), ("--budget", "ten"), ("--budget", "1.234"),
                          ("--opens", "31/03/2027"), ("--closes", "2027-02-30")):  # fmt: skip
        words = list(ROUND)
        words[words.index(option) + 1] = value
        assert option in ready.refused("round", "add", "S", *words, code=2)
    assert ready.refused("round", "add", "S", *ROUND, "--min", "9", "--max", "8")
    assert ready.refused("round", "add", "S" * 31, *ROUND)
    assert ready.refused("round", "add", "S", "--title", "S", code=2)
    assert ready.counts() == before
    ready.holds()


def write(terminal: Terminal, name: str, content: bytes | str) -> str:
    path = terminal.folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def test_bids_are_imported_once(ready: Terminal) -> None:
    file = write(
        ready,
        "good.csv",
        'title,summary,organisation,amount\nOne,Words,Elm,1000\nTwo,Words,Oak,"£2,000.50"\n',
    )
    before = ready.counts()
    assert ready.done("import-bids", file, "--round", "R", "--dry-run") == (
        "2 bids could be taken in. Nothing was changed.\n"
    )
    assert ready.counts() == before
    assert ready.done("import-bids", file, "--round", "R") == "2 bids taken in into round R.\n"
    after = ready.counts()
    assert (after[2], after[3] - before[3]) == (2, 2)
    assert "0 taken in" in ready.done("import-bids", file, "--round", "R")
    assert ready.counts() == after
    ready.holds()


def test_every_bad_row_of_a_file_is_named_and_none_is_imported(ready: Terminal) -> None:
    before = ready.counts()
    rows = ["title,summary,organisation,amount", "One,Some words,Org,1000", '"=cmd()",x,Org,-5', "Three,x,Org,abc",
            ",x,Org,100", "Five,x,,100", "Six,x,Org,0", "Seven,x,Org,10001"]  # fmt: skip
    said = ready.refused("import-bids", write(ready, "bad.csv", "\n".join(rows) + "\n"), "--round", "R")
    lines = said.splitlines()
    assert [f"ine {number}" in line for number, line in zip(range(3, 9), lines, strict=False)] == [True] * 6
    assert not any("ine 2" in line for line in lines)
    assert lines[-1].endswith("Nothing was taken in: mend the file and try again.")
    for name, content in (
        ("bin.csv", b"\x00\xff\xfe binary"), ("wrong.csv", b"a,b\n1,2\n"), ("empty.csv", b""),
        ("fake.xlsx", b"PK no workbook"), ("twice.csv", b"id,title,organisation,amount\n1,A,O,5\n1,B,O,6\n"),
    ):  # fmt: skip
        assert ready.refused("import-bids", write(ready, name, content), "--round", "R"), name
    assert ready.refused("import-bids", str(ready.folder / "none.csv"), "--round", "R")
    assert "NOPE" in ready.refused("import-bids", write(ready, "x.csv", "title\n"), "--round", "NOPE")
    assert ready.refused("import-bids", code=2)
    assert ready.counts() == before
    ready.holds()


@pytest.mark.skipif(not REAL.exists(), reason=f"{REAL} is not here: set FUNDAPP_SHARED_DATA to its folder")
def test_eight_hundred_and_seventy_real_projects(bare: Terminal) -> None:
    bare.done("db", "upgrade")
    bare.done("round", "add", "REAL", *ROUND[:6], "--budget", "60000000", "--min", "1", "--max", "1000000")
    said = bare.say("import-bids", str(REAL), "--round", "REAL")
    assert (said.code, said.out) == (0, "870 bids taken in into round REAL.\n")
    counted = bare.counts()
    assert counted[2] == 870
    again = bare.say("import-bids", str(REAL), "--round", "REAL")
    assert again.code == 0
    assert "0 taken in" in again.out
    assert bare.counts() == counted
    assert bare.done("audit", "verify").startswith(f"The record holds: {counted[3]} events")


def test_awards_are_exported(seeded: Terminal) -> None:
    out = seeded.folder / "awards.csv"
    seeded.done("export", "awards", "--round", "AUTUMN-26", "--format", "csv", "-o", str(out))
    with out.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    book = seeded.folder / "awards.xlsx"
    seeded.done("export", "awards", "--round", "AUTUMN-26", "--format", "xlsx", "-o", str(book))
    opened = openpyxl.load_workbook(book, read_only=True)
    sheet = opened.worksheets[0]
    assert len(list(sheet.iter_rows())) >= len(rows) > 1
    opened.close()
    missing = seeded.folder / "x"
    assert "NOPE" in seeded.refused(
        "export", "awards", "--round", "NOPE", "--format", "csv", "-o", str(missing)
    )
    assert seeded.refused(
        "export", "awards", "--round", "AUTUMN-26", "--format", "pdf", "-o", str(missing), code=2
    )
    nowhere = str(seeded.folder / "no" / "such" / "folder" / "a.csv")
    assert seeded.refused("export", "awards", "--round", "AUTUMN-26", "--format", "csv", "-o", nowhere)
    assert not missing.exists()


def test_a_payment_run_is_exported(seeded: Terminal) -> None:
    """The same bytes whenever it is asked for, for its owner alone; each time the record says so."""
    with sqlite3.connect(seeded.folder / "data" / "fundapp.db") as conn:
        number, count, pence = conn.execute(
            "SELECT number, payments, total_pence FROM payment_run"
        ).fetchone()
    files = [seeded.folder / name for name in ("one.csv", "two.csv")]
    told = [
        seeded.done("export", "payments", str(number), "--format", "csv", "-o", str(file)) for file in files
    ]
    assert files[0].read_bytes() == files[1].read_bytes()
    assert hashlib.sha256(files[0].read_bytes()).hexdigest() in told[0]
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600
    with files[0].open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert (len(rows), sum(int(row["Amount (pence)"]) for row in rows)) == (count, pence)
    seeded.done(
        "export", "payments", str(number), "--format", "pain001", "-o", str(seeded.folder / "run.xml")
    )
    assert "There is no payment run 99." in seeded.refused(
        "export", "payments", "99", "--format", "csv", "-o", str(seeded.folder / "x")
    )
    assert seeded.done("audit", "verify").startswith("The record holds:")


@pytest.mark.parametrize(
    "failure",
    [SealUnusable("The key is gone."), PressBroken("A process ended."), PressNotReady("Fonts are missing.")],
)
def test_what_hinders_letters_is_a_sentence(failure: Exception) -> None:
    assert exit_code_and_words(failure) == (1, [str(failure)])


def test_letters_are_written(seeded: Terminal) -> None:
    folder = seeded.folder / "letters"
    zipped, printed = seeded.folder / "letters.zip", seeded.folder / "letters.pdf"
    both = ("--zip", str(zipped), "--print", str(printed))
    said = seeded.say("letters", "--round", "AUTUMN-26", "-o", str(folder), *both)
    files = sorted(folder.glob("*.pdf"))
    assert (said.code, f"{len(files)} letters are in {folder}.") == (0, said.out.splitlines()[-3])
    with ZipFile(zipped) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            path.name: path.read_bytes() for path in files
        }
    assert printed.read_bytes().startswith(b"%PDF-")
    assert files
    assert all(file.read_bytes()[:5] == b"%PDF-" for file in files)
    reference = files[0].name.rpartition("-")[0]
    one = seeded.folder / "one.pdf"
    assert seeded.done("letter", reference, "-o", str(one)) == f"The letter is in {one}.\n"
    assert one.read_bytes()[:5] == b"%PDF-"
    nothing = seeded.folder / "nothing.pdf"
    for wrong in ("NOPE-1", "B-0142", "", "../../etc", "B-9999Z"):
        assert seeded.refused("letter", wrong, "-o", str(nothing))
    assert "no letter" in seeded.refused("letter", _undecided(), "-o", str(nothing))
    assert "no letters" in seeded.refused(
        "letters", "--round", "SPRING-27", "-o", str(seeded.folder / "none")
    )
    assert "NOPE" in seeded.refused("letters", "--round", "NOPE", "-o", str(seeded.folder / "none"))
    assert not nothing.exists()


def _undecided() -> str:
    """The reference of the demo's newest bid, which is in the open round."""
    from fundapp.domain.references import reference

    return reference(12)


def test_the_record_is_verified_and_exported(seeded: Terminal) -> None:
    said = seeded.done("audit", "verify")
    assert said.startswith("The record holds: ")
    out = seeded.folder / "audit.jsonl"
    events = seeded.counts()[3]
    assert seeded.done("audit", "export", str(out)) == f"{events} events are in {out}.\n"
    written = out.read_text().splitlines()
    assert sum(line.startswith('{"type":"event"') for line in written) == events
    assert seeded.refused("audit", "export", str(seeded.folder / "no" / "folder" / "a.jsonl"))
    assert seeded.refused("audit", "nothing", code=2)


def test_a_changed_row_is_named(bare: Terminal) -> None:
    import sqlite3

    bare.done("db", "upgrade")
    bare.done("round", "add", "R", *ROUND)
    conn = sqlite3.connect(bare.folder / "data" / "fundapp.db")
    for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        conn.execute(f'DROP TRIGGER "{name}"')
    conn.execute("UPDATE round SET budget_pence = budget_pence + 1")
    conn.commit()
    conn.close()
    lines = bare.refused("audit", "verify").splitlines()
    assert lines[0] == "Round 1 is not as event 2 of round:1 recorded it."
    assert lines[-1].startswith("The record does not hold: 1 found among ")


@pytest.mark.parametrize("life", ["bid", "round", "award", "payment", "report"])
def test_the_policy_is_printed(bare: Terminal, life: str) -> None:
    assert "|" in bare.done("workflow", life, "--format", "table")
    assert "stateDiagram" in bare.done("workflow", life, "--format", "mermaid")
    assert bare.refused("workflow", "nope", code=2)
    assert bare.refused("workflow", life, "--format", "svg", code=2)


def test_people_are_added(ready: Terminal) -> None:
    before = ready.counts()
    said = ready.done("user", "add", " Ada@Example.org ", "--name", "Ada  Ferris", "--role", "chair")
    assert "may sign in as ada@example.org with the password " in said
    assert ready.counts()[1] == before[1] + 1
    assert ready.done("user", "add", "ada@example.org", "--name", "Ada Ferris", "--role", "officer") == (
        "ada@example.org now acts as officer.\n"
    )
    after = ready.counts()
    for words, code in (
        (("not-an-email", "--name", "X", "--role", "member"), 1),
        (("a@example.org", "--name", " ", "--role", "member"), 1),
        (("a@example.org", "--name", "X" * 201, "--role", "member"), 1),
        (("a@example.org", "--name", "X", "--role", "member", "--password", "short"), 1),
        (("a@example.org", "--name", "X", "--role", "member", "--password", "password12345"), 1),
        (("a@example.org", "--name", "X", "--role", "member", "--fund", "nope"), 1),
        (("a@example.org", "--name", "X", "--role", "king"), 2),
        (("a@example.org", "--role", "member"), 2),
    ):  # fmt: skip
        assert ready.refused("user", "add", *words, code=code)
    assert ready.counts() == after
    ready.holds()


def test_a_lost_second_step_is_taken_away(ready: Terminal) -> None:
    ready.done("user", "add", "ada@example.org", "--name", "Ada Ferris", "--role", "treasurer")
    assert (
        ready.refused("user", "forget-second-step", "ada@example.org") == "Ada Ferris has no second step.\n"
    )
    assert ready.refused("user", "forget-second-step", "eve@example.org") == (
        "Nobody signs in with eve@example.org.\n"
    )
    database = Database(f"sqlite:///{ready.folder}/data/fundapp.db")
    with database.write() as conn:
        given = {"secret_sealed": "sealed", "made_at": datetime.now(UTC), "confirmed_at": datetime.now(UTC)}
        person = conn.execute(
            select(Account.person_id).where(Account.email == "ada@example.org")
        ).scalar_one()
        conn.execute(insert(SecondFactor).values(person_id=person, **given))
    assert ready.done("user", "forget-second-step", "ada@example.org").startswith(
        "Ada Ferris signs in without"
    )
    with database.read() as conn:
        assert conn.execute(select(SecondFactor.id)).all() == []
        assert "factor_removed" in conn.execute(select(SecurityEvent.kind)).scalars().all()
    database.close()
    ready.holds()


def test_a_person_is_signed_out_everywhere(ready: Terminal) -> None:
    ready.done("user", "add", "ada@example.org", "--name", "Ada Ferris", "--role", "treasurer")
    assert ready.refused("user", "sign-out", "eve@example.org") == "Nobody signs in with eve@example.org.\n"
    assert ready.refused("user", "sign-out", "ada@example.org") == "Ada Ferris is signed in nowhere.\n"
    database, now = Database(f"sqlite:///{ready.folder}/data/fundapp.db"), datetime.now(UTC)
    with database.write() as conn:
        account = conn.execute(select(Account.id).where(Account.email == "ada@example.org")).scalar_one()
        keys = [sessions.begin(conn, account, "link", "Firefox", now) for _ in range(2)]
    assert ready.done("user", "sign-out", "ada@example.org") == "Ada Ferris was signed out of 2 browsers.\n"
    with database.read() as conn:
        assert [by_key(conn, key, now) for key in keys] == [None, None]
        event: Any = conn.execute(
            select(SecurityEvent.kind, SecurityEvent.details).order_by(SecurityEvent.id.desc())
        ).first()
    assert entrances.told(event) == "The fund signed you out everywhere."
    database.close()
    ready.holds()


def test_the_clock_and_the_worker_once(bare: Terminal) -> None:
    bare.done("db", "upgrade")
    bare.done("seed", "--bids", "3")
    assert bare.done("worker", "--once").startswith("Delivered: ")
    assert ", to be tried again: 0, failed: 0." not in bare.refused("tick", "--as-of", "yesterday")
    assert bare.done("tick").startswith("Rounds opened: 0, closed: ")
    assert "closed: 1" in bare.done("tick", "--as-of", "2040-01-01T12:00")
    assert bare.refused("tick", "--as-of", code=2)
    bare.holds()


def test_the_doctor(bare: Terminal) -> None:
    said = bare.say("doctor")
    assert said.code == 1
    assert "mend  Its tables are missing or old: run `fundapp db upgrade`." in said.out
    bare.done("db", "upgrade")
    said = bare.say("doctor")
    assert "ok    Its tables are the newest." in said.out
    assert "ok    No virus scanner is set (SCANNER_URL): files count as clean once" in said.out
    assert said.code == ("mend" in said.out)


def test_the_doctor_asks_the_virus_scanner(bare: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    bare.done("db", "upgrade")
    with clamd.listening() as scanner:
        monkeypatch.setenv("SCANNER_URL", scanner.url)
        assert "ok    The virus scanner answers." in bare.say("doctor").out
    said = bare.say("doctor")
    assert said.code == 1
    assert (
        f"mend  The virus scanner at {scanner.url} cannot be reached: Connection refused. Until it answers"
        in said.out
    )


def test_contents_that_no_bid_needs_are_swept(bare: Terminal) -> None:
    bare.done("db", "upgrade")
    assert bare.done("sweep") == "Contents deleted: 0.\n"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "rubbish"), ("DATABASE_URL", "mysql://x/y"), ("DATABASE_URL", "postgresql://127.0.0.1:1/none"),
        ("DATABASE_URL", "sqlite:////no/such/folder/x.db"), ("AUDIT_KEY", "not hex"), ("TIMEZONE", "Mars/Olympus"),
        ("MAIL_URL", "pigeon://x"), ("FUNDAPP_ENV", "production"), ("FUNDAPP_ENV", "staging"),
    ],
)  # fmt: skip
def test_bad_settings(bare: Terminal, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    for words in (("audit", "verify"), ("db", "upgrade"), ("doctor",)):
        said = bare.refused(*words)
        assert said.strip().endswith((".", ")")), said


def test_marks_are_filled_in_once(ready: Terminal) -> None:
    assert ready.done("likeness") == "Marks written for 0 bids.\n"


def test_wrong_usage(bare: Terminal) -> None:
    assert "No such command" in bare.refused("nope", code=2)
    assert bare.done("--help").startswith("Usage: ")
    for command in cli.COMMANDS:
        assert bare.done(command, "--help").startswith("Usage: ")


def test_what_nobody_foresaw_is_one_sentence_and_a_log(
    ready: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fundapp.cli import record

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(record, "verify", broken)
    said = ready.refused("audit", "verify")
    assert said.startswith("Something went wrong that should not (ZeroDivisionError). Nothing was half done.")
    assert "secret detail" not in said
    assert "secret detail" in (ready.folder / "data" / "failures.log").read_text()


def test_the_installed_command(tmp_path: Path) -> None:
    """As a person starts it: no traceback, the exit code, the sentence on standard error."""
    command = [sys.executable, "-c", "from fundapp.cli import main; main()"]
    environment = {**os.environ, "FUNDAPP_DATA": str(tmp_path), "DATABASE_URL": ""}
    ran = subprocess.run(
        [*command, "audit", "verify"], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "The database has no tables yet, or older ones. Run `fundapp db upgrade` first.\n"
