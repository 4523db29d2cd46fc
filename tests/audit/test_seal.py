"""Sealing signs what was verified and nothing else, goes on from where it stood, and is held against what lies outside."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from fundapp.audit import seal as seal_room
from fundapp.audit.keys import SealKeys, fresh, load, load_or_make, origin, sign, write
from fundapp.audit.prove import NotSealedYet, prove
from fundapp.audit.record import RecordBroken
from fundapp.audit.seal import Sealed, SealRefused, waiting
from fundapp.audit.sealed import floor, newest
from fundapp.audit.standalone.__main__ import main as stand_alone
from fundapp.audit.standalone.findings import Unreadable
from fundapp.audit.standalone.notes import read_checkpoints, read_key
from fundapp.audit.standalone.proofs import Proof, check_proof, read_proof
from fundapp.audit.standalone.tree import leaf_hash
from fundapp.audit.verify import Report, verify
from fundapp.database import Database
from fundapp.guard import RECORDED, UnrecordedWrite
from tests.audit import sealing
from tests.audit.sealing import happen, sealer
from tests.audit.world import Attacker, lawful
from tests.databases import RECORDER

EVENTS = 32  # of the small world, and the one with which the log's own chain begins


def check(db: Database, folder: Path, *numbers: int) -> Report:
    """Verified against what lies outside, by these keys."""
    point = sealer(db, folder).kept()
    keys = [sealing.key(number).public for number in numbers or (1,)]
    return verify(db, RECORDER, legal=lawful, keys=keys, outside=[point] if point else [])


def codes(report: Report) -> set[str]:
    return {problem.code for problem in report.problems}


def refused(act: Callable[[], object]) -> set[str]:
    with pytest.raises(SealRefused) as told:
        act()
    assert all(problem.sentence.endswith(".") for problem in told.value.problems)
    return {problem.code for problem in told.value.problems}


def test_everything_is_sealed_once(fund: Database, tmp_path: Path) -> None:
    first = sealer(fund, tmp_path).seal()
    assert first.checkpoint is not None
    assert (first.added, first.checkpoint.size) == (EVENTS, EVENTS)
    assert sealer(fund, tmp_path).seal() == Sealed(first.checkpoint, 0)
    happen(fund)
    second = sealer(fund, tmp_path).seal()
    assert second.checkpoint is not None
    assert (second.added, second.checkpoint.size) == (1, EVENTS + 1)
    report = check(fund, tmp_path)
    assert [problem.sentence for problem in report.problems] == []
    assert (report.events, report.sealed, report.checkpoints) == (EVENTS + 1, EVENTS + 1, 2)
    assert (report.witnessed, report.unwitnessed, report.signatures) == (EVENTS + 1, 0, True)
    happen(fund)
    assert check(fund, tmp_path).unwitnessed == 1


def test_an_empty_record_has_nothing_to_seal_but_its_own_beginning(
    database: Database, tmp_path: Path
) -> None:
    done = sealer(database, tmp_path).seal()
    assert (done.added, done.checkpoint and done.checkpoint.size) == (1, 1)


def test_large_sealings_leave_many_checkpoints(
    fund: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seal_room, "MOST", 10)
    monkeypatch.setattr(seal_room, "AT_ONCE", 3)
    assert sealer(fund, tmp_path).seal().added == EVENTS
    report = check(fund, tmp_path)
    assert (report.clean, report.checkpoints, report.sealed) == (True, 4, EVENTS)


def test_subtrees_are_kept_and_proofs_made_across_them(sqlite_fund: Database, tmp_path: Path) -> None:
    seals = sealer(sqlite_fund, tmp_path)
    with sqlite_fund.write() as conn:
        entry = RECORDER.open_entry(conn, "bid:2")
        for _ in range(700):
            RECORDER.append(conn, entry, action="note.made", actor="clock", at=sealing.database_now(conn))
            entry = entry.then()
    seals.seal()
    happen(sqlite_fund)
    seals.seal()
    assert check(sqlite_fund, tmp_path).clean
    with sqlite_fund.snapshot() as conn:
        assert conn.scalar(text("SELECT count(*) FROM audit_node")) == 2
        for number in (1, 2, 300, 701, 702):
            proof = prove(conn, seals.keys.known, "bid:2", number)
            assert check_proof(read_proof(proof.text), seals.keys.known) == []


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE bid SET amount_pence = 1 WHERE id = 2", "row_changed"),
        ("UPDATE audit_event SET actor = 'other' WHERE subject = 'bid:2' AND number = 1", "event_copy"),
        ("DELETE FROM audit_event WHERE subject = 'bid:2' AND number = 1", "event_number"),
        ("UPDATE audit_head SET number = 7 WHERE subject = 'bid:2'", "head_number"),
    ],
)
def test_a_subject_that_does_not_hold_is_not_signed(
    fund: Database, attacker: Attacker, tmp_path: Path, statement: str, code: str
) -> None:
    sealer(fund, tmp_path).seal()
    happen(fund)
    attacker.run(statement)
    assert code in refused(sealer(fund, tmp_path).seal)
    with fund.read() as conn:
        last = newest(conn)
        assert last is not None
        assert last.size == EVENTS


def test_what_is_sealed_already_and_has_nothing_new_waits_for_the_whole_verification(
    fund: Database, attacker: Attacker, tmp_path: Path
) -> None:
    sealer(fund, tmp_path).seal()
    happen(fund, "bid:1")
    attacker.run("UPDATE bid SET amount_pence = 1 WHERE id = 2")
    assert sealer(fund, tmp_path).seal().added == 1
    assert codes(check(fund, tmp_path)) == {"row_changed"}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_leaf SET hash = (SELECT hash FROM audit_leaf WHERE position = 3) WHERE position = 31",
        "DELETE FROM audit_leaf WHERE position = 31",
        "UPDATE audit_checkpoint SET size = 31",
        "UPDATE audit_checkpoint SET note = 'nothing'",
    ],
)
def test_seals_that_were_touched_are_not_built_upon(
    fund: Database, attacker: Attacker, tmp_path: Path, statement: str
) -> None:
    sealer(fund, tmp_path).seal()
    happen(fund)
    attacker.run(statement)
    with pytest.raises(RecordBroken, match="Verify the record"):
        sealer(fund, tmp_path).seal()
    assert not check(fund, tmp_path).clean


def test_a_copy_that_is_older_than_what_lies_outside(
    fund: Database, attacker: Attacker, tmp_path: Path
) -> None:
    sealer(fund, tmp_path).seal()
    happen(fund)
    sealer(fund, tmp_path).seal()
    # As an older backup leaves it: the last event and its seals never happened.
    attacker.run(
        "DELETE FROM audit_checkpoint WHERE size = 33", "DELETE FROM audit_leaf WHERE position = 32",
        "DELETE FROM audit_event WHERE subject = 'bid:2' AND number = 2",
        "UPDATE audit_head SET number = 1, hash = (SELECT hash FROM audit_event WHERE subject = 'bid:2') "
        "WHERE subject = 'bid:2'",
    )  # fmt: skip
    with attacker.act() as conn:
        made = conn.scalar(text("SELECT hash FROM audit_event WHERE subject = 'bid:2' AND number = 1"))
        conn.execute(
            text("UPDATE audit_head SET mac = :mac WHERE subject = 'bid:2'"),
            {"mac": RECORDER.head_mac("bid:2", 1, made)},
        )
    assert verify(fund, RECORDER, legal=lawful, keys=[sealing.key().public]).clean
    gone, ahead = check(fund, tmp_path).problems
    assert (
        gone.sentence == "The checkpoint of 33 events is not kept any more, or another stands in its place."
    )
    assert ahead.sentence == (
        "The checkpoint of 33 events was signed over 33 events, but only 32 are sealed here: "
        "this is an older copy, or its end was cut off."
    )
    assert refused(sealer(fund, tmp_path).seal) == {"checkpoint_ahead"}


def test_another_log_s_checkpoint_outside(fund: Database, tmp_path: Path) -> None:
    seals = sealer(fund, tmp_path)
    seals.seal()
    seals.outside.write_text(sign([sealing.key()], EVENTS, b"x" * 32).note)
    happen(fund)
    assert refused(seals.seal) == {"root_differs"}
    seals.outside.write_text(sign([sealing.key(9)], 5, b"x" * 32).note)
    assert refused(seals.seal) == {"signature_wrong"}
    seals.outside.write_text("no checkpoint")
    assert refused(seals.seal) == {"signature_wrong"}


def test_a_key_that_did_not_sign_the_last(fund: Database, tmp_path: Path) -> None:
    sealer(fund, tmp_path).seal()
    happen(fund)
    stranger = sealer(fund, tmp_path / "other", SealKeys(sealing.key(2)))
    assert refused(stranger.seal) == {"signature_wrong"}
    assert codes(check(fund, tmp_path, 2)) == {"signature_wrong"}


def test_handing_over_to_another_key(fund: Database, tmp_path: Path) -> None:
    first, second = sealing.key(1), sealing.key(2)
    sealer(fund, tmp_path).seal()
    done = sealer(fund, tmp_path, SealKeys(first)).rotate(second)
    assert done.checkpoint is not None
    assert done.checkpoint.signed_by([first.public]) is done.checkpoint.signed_by([second.public]) is True
    # Cut short after the handover, done again: nothing more is written.
    assert sealer(fund, tmp_path, SealKeys(first)).rotate(second) == Sealed(done.checkpoint, 0)
    happen(fund)
    last = sealer(fund, tmp_path, SealKeys(second, (first.public,))).seal().checkpoint
    assert last is not None
    assert last.signed_by([first.public]) is None
    # Whoever trusts the first key only follows it to the second; and the other way round nothing is missed.
    assert check(fund, tmp_path, 1).problems == []
    assert check(fund, tmp_path, 2).problems == []
    assert codes(check(fund, tmp_path, 3)) == {"signature_wrong"}


def test_the_key_before_the_last_signs_nothing_any_more(fund: Database, tmp_path: Path) -> None:
    first, second = sealing.key(1), sealing.key(2)
    sealer(fund, tmp_path, SealKeys(first)).rotate(second)
    seals = sealer(fund, tmp_path, SealKeys(second, (first.public,)))
    happen(fund)
    point = seals.seal().checkpoint
    assert point is not None
    happen(fund)
    last = seals.seal().checkpoint
    assert last is not None
    forged = sign([first], last.size, last.root)
    found = verify(fund, RECORDER, legal=lawful, keys=[first.public], outside=[forged])
    # The tree is the same, so the forged one is covered by the true one; alone it would not be believed.
    assert found.problems == []
    happen(fund)
    with fund.write() as conn:
        conn.execute(
            seal_room._ADD_CHECKPOINT,
            {
                "id": 5,
                "size": last.size + 1,
                "at": sealing.database_now(conn),
                "note": sign([first], last.size + 1, last.root).note,
            },
        )
    assert {"signature_wrong", "checkpoint_ahead"} <= codes(check(fund, tmp_path, 1))


def test_two_at_once_seal_once(fund: Database, tmp_path: Path) -> None:
    sealer(fund, tmp_path).seal()
    for _ in range(3):
        for _ in range(4):
            happen(fund)
        added: list[int] = []
        together = threading.Barrier(3)

        def run(added: list[int] = added, together: threading.Barrier = together) -> None:
            mine = sealer(fund, tmp_path)
            together.wait()
            added.append(mine.seal().added)

        threads = [threading.Thread(target=run) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(added) == [0, 0, 4]
    assert check(fund, tmp_path).clean


def test_an_event_that_commits_late_is_sealed_all_the_same(fund: Database, tmp_path: Path) -> None:
    """Its handle is below ones that were sealed before; a day later nothing below is looked for any more."""
    seals = sealer(fund, tmp_path)
    seals.seal()
    with fund.read() as conn:
        assert floor(conn) == 0
    attacker = Attacker(fund)
    attacker.run("UPDATE audit_event SET id = id + 1000 WHERE subject = 'log:1'", "UPDATE audit_leaf SET event_id = "
                 "event_id + 1000 WHERE position = 31")  # fmt: skip
    happen(fund)
    attacker.close()
    assert seals.seal().added == 1
    assert check(fund, tmp_path).clean


def test_what_was_left_out_for_days_is_named(fund: Database, attacker: Attacker, tmp_path: Path) -> None:
    seals = sealer(fund, tmp_path)
    seals.seal()
    with attacker.act() as conn:
        at = sealing.database_now(conn) - timedelta(days=3)
        stored = at if fund.dialect == "postgresql" else at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        conn.execute(text("UPDATE audit_checkpoint SET at = :at"), {"at": stored})
    happen(fund)
    seals.seal()
    with fund.read() as conn:
        assert floor(conn) == EVENTS
        assert waiting(conn, 5) == []
    event = happen(fund)
    attacker.run("UPDATE audit_event SET id = -7 WHERE subject = 'bid:2' AND number = 3")
    assert event.number == 3
    (problem,) = check(fund, tmp_path).problems
    assert problem.sentence == "Event 3 of bid:2 was never sealed, though later events were."


def test_proofs_open_what_rows_held(fund: Database, tmp_path: Path) -> None:
    seals = sealer(fund, tmp_path)
    with fund.snapshot() as conn, pytest.raises(NotSealedYet):
        prove(conn, seals.keys.known, "bid:1", 1)
    seals.seal()
    with fund.snapshot() as conn:
        with pytest.raises(LookupError, match="There is no event 99 of bid:1"):
            prove(conn, seals.keys.known, "bid:1", 99)
        number = conn.scalar(text("SELECT event_no FROM letter_file"))
        proof = prove(conn, seals.keys.known, "bid:1", number, [("letter_file", 1), ("letter", 1)])
    # The letter's row was recorded by the event before: that one opens it, this one does not.
    assert [row["table"] for row in proof.extra["rows"]] == ["letter_file"]
    again = read_proof(proof.text)
    assert again == proof
    assert check_proof(again, [sealing.key(1).public]) == []
    assert [found.code for found in check_proof(again, [sealing.key(2).public])] == ["signature_wrong"]
    assert [found.code for found in check_proof(again, seals.keys.known, b"a letter")] == ["letter_wrong"]


def test_a_key_file_is_made_once_and_read_again(tmp_path: Path) -> None:
    made = load_or_make(tmp_path / "seal_key", origin("https://fund.example/apply"))
    assert load_or_make(tmp_path / "seal_key", "another") == made == load(tmp_path / "seal_key")
    assert made.signing.public.name == "fund.example/apply/log"
    assert (tmp_path / "seal_key").stat().st_mode & 0o777 == 0o600
    following = fresh(made.signing.public.name)
    write(tmp_path / "seal_key", SealKeys(following, made.known))
    assert load(tmp_path / "seal_key").known == (following.public, made.signing.public)
    assert (tmp_path / "seal_key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["seal_key"]
    assert str(made.signing.seed) not in repr(made)
    assert read_key(made.signing.public.text) == made.signing.public


def test_a_checkpoint_is_found_in_a_mail(tmp_path: Path) -> None:
    point = sign([sealing.key(1), sealing.key(2)], 5, b"r" * 32)
    mail = (
        "Dear Ros,\r\n\r\nkeep this.\r\n\r\n" + point.note.replace("\n", "\r\n") + "\r\n-- \r\nThe fund\r\n"
    )
    quoted = "".join(f"> {line}\n" for line in point.note.splitlines())
    assert read_checkpoints(mail) == read_checkpoints(quoted) == read_checkpoints(point.note) == [point]
    assert read_checkpoints(point.note + "\n" + point.note) == [point, point]
    assert read_checkpoints(f"Dear Ros,\n\n— Di\n\n{point.note}\n— Di Marsh\n") == [point]
    alone = sign([sealing.key(1)], 5, b"r" * 32).note
    for damaged in (
        alone.replace("cnJy", "cnJz"),
        alone.replace("\n5\n", "\n05\n"),
        alone[:-5],
        "",
        "— Di",
    ):
        try:
            (found,) = read_checkpoints(damaged)
        except Unreadable:
            continue
        assert found.signed_by([sealing.key(1).public]) is False


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO audit_leaf (position, event_id, hash) SELECT 40, 900, hash FROM audit_leaf WHERE position = 0",
        "INSERT INTO audit_leaf (position, event_id, hash) SELECT -1, 900, hash FROM audit_leaf WHERE position = 0",
        "UPDATE audit_leaf SET event_id = 900 WHERE position = 0",
        "DELETE FROM audit_leaf WHERE position = 31",
        "INSERT INTO audit_checkpoint (id, size, at, note) SELECT 2, 31, at, note FROM audit_checkpoint",
        "UPDATE audit_checkpoint SET note = ''",
        "DELETE FROM audit_checkpoint",
        "UPDATE audit_node SET place = 9",
        "DELETE FROM audit_node",
    ],
)
def test_the_database_itself_keeps_the_seals(fund: Database, tmp_path: Path, statement: str) -> None:
    sealer(fund, tmp_path).seal()
    with fund.write() as conn:
        node = (
            "INSERT INTO audit_node (level, place, hash) SELECT 8, 0, hash FROM audit_leaf WHERE position = 0"
        )
        conn.execute(text(node).execution_options(recorded=RECORDED))
    with pytest.raises(UnrecordedWrite), fund.write() as conn:
        conn.execute(text(statement))
    with pytest.raises(IntegrityError), fund.write() as conn:
        conn.execute(text(statement).execution_options(recorded=RECORDED))


def test_what_a_proof_says_is_told_in_plain_lines(
    fund: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The rows that it opens too; a made-up proof under a key of its own does nothing to a terminal, and breaks nothing."""
    seals = sealer(fund, tmp_path)
    point = seals.seal().checkpoint
    assert point is not None
    with fund.snapshot() as conn:
        number = conn.scalar(text("SELECT event_no FROM letter_file"))
        held = conn.scalar(text("SELECT sha256 FROM letter_file"))
        proof = prove(conn, seals.keys.known, "bid:1", number, [("letter_file", 1)])
    file, key = tmp_path / "one.tlog-proof", seals.keys.known[0].text
    file.write_text(proof.text)
    assert stand_alone([str(file), "--key", key]) == 0
    said = capsys.readouterr().out
    assert f"It is event {number} of bid:1: " in said
    assert "It recorded letter_file 1:\n" in said
    assert f"  sha256: {held}\n" in said
    newer = tmp_path / "newer"
    newer.write_text(sign((sealing.key(1),), point.size + 5, b"0" * 32).note)
    assert stand_alone([str(file), "--key", key, "--checkpoint", str(newer)]) == 0
    words = f"is of {point.size + 5} events, the proof of {point.size}: one cannot be held against the other here."
    assert words in capsys.readouterr().out

    body = '{"action":"\\u001b[31m","rows":[],"role":["\\u0007"]}'
    extra = {"body": body, "keys": [sealing.key(2).public.text], "rows": []}
    made_up = Proof(0, (), sign((sealing.key(2),), 1, leaf_hash(body.encode())), extra)
    file.write_text(made_up.text)
    assert stand_alone([str(file)]) == 0
    said = capsys.readouterr().out
    assert "No key was given" in said
    assert all(letter.isprintable() for line in said.split("\n") for letter in line)
