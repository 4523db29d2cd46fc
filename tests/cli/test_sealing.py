"""`fundapp audit seal` and its siblings on a terminal, and the stand-alone check of what they write in a process of its own."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from fundapp.cli.schema import SEALED_WITHIN
from tests.cli.terminal import ROUND, Terminal

ROOT = Path(__file__).resolve().parents[2]


def stand_alone(*words: object) -> subprocess.CompletedProcess[str]:
    """The check as a stranger runs it: with no setting of the service's, in a folder that is not its own."""
    return subprocess.run(
        [sys.executable, "-m", "fundapp.audit.standalone", *map(str, words)], capture_output=True, text=True,
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}, cwd="/", timeout=120,
    )  # fmt: skip


def opened(terminal: Terminal) -> sqlite3.Connection:
    """The database in a stranger's hands: without triggers or constraints."""
    conn = sqlite3.connect(terminal.folder / "data" / "fundapp.db")
    for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        conn.execute(f'DROP TRIGGER "{name}"')
    return conn


def test_sealed_verified_proved_and_cut(seeded: Terminal) -> None:
    events = seeded.counts()[3]
    assert "Nothing is sealed yet" in seeded.done("audit", "verify")
    assert "Nothing is sealed yet" in seeded.refused("audit", "checkpoint")
    said = seeded.done("audit", "seal")
    assert said.startswith(f"{events + 1} events were sealed. The checkpoint of {events + 1} events is in ")
    file = seeded.folder / "data" / "log" / "checkpoint"
    assert seeded.done("audit", "checkpoint") == file.read_text()
    assert seeded.done("audit", "seal").startswith("0 events were sealed.")
    outside = seeded.folder / "kept"
    outside.write_text(file.read_text())
    said = seeded.done("audit", "verify", "--checkpoint", str(outside))
    assert "0 events are newer than the newest checkpoint from elsewhere." in said

    export, proof = seeded.folder / "record.jsonl", seeded.folder / "event.tlog-proof"
    seeded.done("audit", "export", str(export))
    seeded.done("audit", "prove", "bid:1", "2", "-o", str(proof))
    key = seeded.done("audit", "keys").strip()
    found = stand_alone(
        export, "--checkpoint", outside, "--key", key, "--audit-key", seeded.folder / "data" / "audit_key"
    )
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout.startswith(f"The record holds: {events + 1} events of ")
    assert len(found.stdout.splitlines()) == 3
    found = stand_alone(proof, "--key", key)
    assert found.returncode == 0
    assert f"of the {events + 1} sealed events" in found.stdout
    says = r"^It is event 2 of bid:1: bid\.\w+, at 20\d\d-[^,]+Z, by somebody acting as \w+\.$"
    assert re.search(says, found.stdout, re.M)
    found = stand_alone(proof, "--key", key, "--checkpoint", outside)
    assert "The checkpoint from elsewhere is the very one that the proof leads to." in found.stdout
    bent = seeded.folder / "bent.tlog-proof"
    bent.write_text(proof.read_text().replace("index ", "index 1"))
    found = stand_alone(bent, "--key", key)
    assert (found.returncode, found.stderr.splitlines()[0]) == (
        1,
        "The proof does not lead from the event to the checkpoint.",
    )
    lines = export.read_text().splitlines()
    short = seeded.folder / "short.jsonl"
    short.write_text("\n".join(lines[:-1]) + "\n")
    assert "The export breaks off" in stand_alone(short, "--key", key).stderr
    assert stand_alone(seeded.folder / "none").returncode == 2
    assert stand_alone(export, "--key", "nonsense").returncode == 2
    bodies = [json.loads(line) for line in lines]
    assert {told["type"] for told in bodies} == {"key", "event", "head", "row", "checkpoint", "end"}

    conn = opened(seeded)
    conn.execute("DELETE FROM audit_event WHERE id IN (SELECT id FROM audit_event ORDER BY id DESC LIMIT 3)")
    conn.commit()
    conn.close()
    told = seeded.refused("audit", "verify", "--checkpoint", str(outside))
    assert "The event that was sealed at position" in told
    assert "This service's audit key" not in told


def test_the_key_is_handed_over_even_when_it_was_cut_short(ready: Terminal) -> None:
    first = ready.done("audit", "keys").strip()
    ready.done("audit", "seal")
    data = ready.folder / "data"
    kept = (data / "seal_key").read_text()
    said = ready.done("audit", "rotate-key").splitlines()
    assert ready.done("audit", "keys").splitlines() == [said[0], first]
    # As if the process had died before the key file was written: the handover goes on with the same key.
    fresh = (data / "seal_key").read_text().splitlines()[0]
    (data / "seal_key").write_text(kept)
    (data / "seal_key.next").write_text(fresh + "\n")
    assert ready.done("audit", "rotate-key").splitlines()[0] == said[0]
    assert sorted(path.name for path in data.glob("seal_key*")) == ["seal_key"]
    assert "under 2 checkpoints" in ready.done(
        "audit", "verify", "--checkpoint", str(data / "log" / "checkpoint")
    )
    assert "under 2 checkpoints" in ready.done("audit", "verify", "--key", first)


def test_a_key_for_production(bare: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    file = bare.folder / "seal.key"
    said = bare.done("audit", "make-key", str(file)).splitlines()
    assert bare.refused("audit", "make-key", str(file)) == f"{file} is there already. Name a new file.\n"
    bare.done("db", "upgrade")
    bare.done("round", "add", "R", *ROUND)
    for name, value in (("FUNDAPP_ENV", "production"), ("SECRET_KEY", "k" * 32), ("BANK_KEY", "ab" * 32),
                        ("AUDIT_KEY", (bare.folder / "data" / "audit_key").read_text().strip())):  # fmt: skip
        monkeypatch.setenv(name, value)
    for words in (("seal",), ("keys",), ("rotate-key",), ("prove", "round:1", "1", "-o", str(file))):
        assert "set SEAL_KEY to the file" in bare.refused("audit", *words)
    assert "Signatures were not looked at" in bare.done("audit", "verify")
    assert "mend  Nothing seals the record" in bare.say("doctor").out
    monkeypatch.setenv("SEAL_KEY", str(file))
    assert bare.done("audit", "keys").splitlines() == said[:1]
    bare.done("audit", "seal")
    assert "The record is sealed up to " in bare.say("doctor").out
    file.write_text("rubbish")
    assert "holds no key that signs checkpoints" in bare.refused("audit", "seal")
    assert "holds no key that signs checkpoints" in bare.say("doctor").out


def test_the_doctor_sees_that_nobody_seals(ready: Terminal) -> None:
    assert "ok    Nothing is sealed yet" in ready.say("doctor").out
    ready.done("audit", "seal")
    ready.done("user", "add", "ada@example.org", "--name", "Ada Ferris", "--role", "officer")
    conn = opened(ready)
    hours = int(SEALED_WITHIN.total_seconds() // 3600) + 1
    conn.execute(
        "UPDATE audit_event SET at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now', ?) WHERE id NOT IN "
        "(SELECT event_id FROM audit_leaf)", (f"-{hours} hours",),
    )  # fmt: skip
    conn.commit()
    conn.close()
    assert "mend  Events have waited for more than an hour to be sealed." in ready.say("doctor").out


def test_what_is_no_checkpoint_or_key_is_said(ready: Terminal) -> None:
    file = ready.folder / "letter"
    file.write_text("Dear Ros")
    assert "There is no checkpoint in this file, or it is damaged." in ready.refused(
        "audit", "verify", "--checkpoint", str(file)
    )
    assert "cannot be read" in ready.refused("audit", "verify", "--checkpoint", str(ready.folder / "none"))
    assert "is no key of a signed note" in ready.refused("audit", "verify", "--key", "Dear Ros")
    ready.done("audit", "seal")
    assert "There is no event 99 of log:1." in ready.refused("audit", "prove", "log:1", "99", "-o", str(file))
