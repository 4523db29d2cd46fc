"""Released tables stay as they were, and a past move is judged by the version that it names."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

import workflows
from workflows import AWARD, BID, LIVES, REPORT, history
from workflows.grammar import GUARDS, Life
from workflows.history.__main__ import keep, main

POLICY, SECOND = ("communities", 1), ("communities", 2)
VARY_ONCE_HELD = (
    "apart_from_applicant",
    "apart_from_endorser",
    "reason_given",
    "lower_amount_covers_payments",
    "member_agreed",
)
STAND_HELD = ("cooled_off", "old_details_replaced")
VARY_HELD = ("variation_open", "variation_covers_payments", "terms_agreed", "name_typed")
SEND_ONCE_HELD = ("apart_from_applicant", "apart_from_endorser")
SEND_HELD = (
    *SEND_ONCE_HELD,
    "award_accepted",
    "bank_details_as_approved",
    "no_change_under_way",
    "name_not_in_doubt",
    "due_by_then",
    "milestone_reached",
    "no_report_overdue",
    "money_is_there",
)
ENDORSE_HELD = (
    "round_not_releasing",
    "before_endorsement_deadline",
    "in_office_for_area",
    "endorser_apart",
    "apart_from_applicant",
    "no_interest_declared",
    "statement_given",
    "written_answer_has_its_file",
)


@pytest.mark.parametrize("life", sorted(LIVES))
def test_policy_is_the_one_kept_for_its_version(life: str) -> None:
    current = LIVES[life]
    file = history.path(life, current.policy)
    assert file.is_file(), "run `python -m workflows.history` to keep the table of this version"
    assert history.table(current) == json.loads(file.read_text(encoding="utf-8")), (
        f"{life} differs from the table kept as {file.name}, by which past moves are judged: "
        "raise the version in its policy, then run `python -m workflows.history`"
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(history, "FOLDER", tmp_path)
    return tmp_path


def renamed_role(life: Life) -> Life:
    return replace(life, moves=(replace(life.moves[0], by=("auditor",)), *life.moves[1:]))


def test_missing_table_is_written_once_and_then_left(folder: Path) -> None:
    assert keep(REPORT) is True
    file = folder / "communities-1-report.json"
    written = file.read_bytes()
    assert json.loads(written) == history.table(REPORT)
    assert keep(REPORT) is False
    assert file.read_bytes() == written


def test_stored_table_is_never_changed(folder: Path) -> None:
    keep(REPORT)
    file = folder / "communities-1-report.json"
    written = file.read_bytes()
    assert keep(renamed_role(REPORT)) is None
    assert file.read_bytes() == written
    assert keep(replace(renamed_role(REPORT), policy=("communities", 2))) is True
    assert sorted(f.name for f in folder.iterdir()) == [
        "communities-1-report.json",
        "communities-2-report.json",
    ]


def test_command_says_what_to_do(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main() == 0
    assert sorted(capsys.readouterr().out.splitlines()) == sorted(
        f"Kept: communities-{life.policy[1]}-{name}.json" for name, life in LIVES.items()
    )
    assert main() == 0
    assert capsys.readouterr() == ("", "")
    monkeypatch.setitem(workflows.LIVES, "award", renamed_role(AWARD))
    assert main() == 1
    said = capsys.readouterr()
    assert said.out == ""
    kept = AWARD.policy[1]
    assert said.err.startswith(f"The moves of award are not those kept as communities version {kept}")
    assert f"version {kept + 1}" in said.err


def test_table_names_every_state_a_move_may_leave() -> None:
    moves = history.table(BID)["moves"]
    assert [move["from"] for move in moves if move["name"] == "lapse"] == ["draft", "submitted", "returned"]
    assert moves[0] == {
        "name": "start",
        "from": "–",
        "to": "draft",
        "by": ["member"],
        "needs": ["round_not_releasing", "round_open"],
    }
    assert next(move for move in moves if move["name"] == "decline")["needs"] == [
        "release_window_over",
        "decided_to_decline",
    ]


@pytest.mark.parametrize(
    ("life", "policy", "name", "source", "target", "role", "guards", "expected"),
    [
        ("bid", POLICY, "endorse", "submitted", "endorsed", "representative", ENDORSE_HELD, None),
        ("bid", POLICY, "endorse", "submitted", "endorsed", "officer", ENDORSE_HELD, None),
        ("bid", POLICY, "start", None, "draft", "member", ("round_not_releasing", "round_open"), None),
        ("round", POLICY, "undo", "releasing", "panel", "chair", (), None),
        ("bid", ("communities", 9), "start", None, "draft", "member", (), "unknown_policy"),
        ("bid", ("others", 1), "start", None, "draft", "member", (), "unknown_policy"),
        ("parrot", POLICY, "start", None, "draft", "member", (), "unknown_policy"),
        ("bid", POLICY, "endorse", "draft", "endorsed", "representative", ENDORSE_HELD, "no_such_move"),
        ("bid", POLICY, "endorse", None, "endorsed", "representative", ENDORSE_HELD, "no_such_move"),
        ("bid", POLICY, "bless", "submitted", "endorsed", "representative", ENDORSE_HELD, "no_such_move"),
        ("bid", POLICY, "endorse", "submitted", "awarded", "representative", ENDORSE_HELD, "wrong_target"),
        ("bid", POLICY, "endorse", "submitted", "endorsed", "applicant", ENDORSE_HELD, "wrong_role"),
        ("bid", POLICY, "endorse", "submitted", "endorsed", "officer", ENDORSE_HELD[1:], "guards_differ"),
        ("bid", POLICY, "endorse", "submitted", "endorsed", "officer", (), "guards_differ"),
        ("round", POLICY, "undo", "releasing", "panel", "chair", ("round_open",), "guards_differ"),
        # What an officer wrote down once, the applicant says now; a log that claims otherwise is found out.
        ("award", POLICY, "vary", "accepted", "accepted", "officer", VARY_ONCE_HELD, None),
        ("award", SECOND, "vary", "accepted", "accepted", "officer", VARY_ONCE_HELD, "wrong_role"),
        ("award", SECOND, "vary", "accepted", "accepted", "applicant", VARY_HELD, None),
        ("award", SECOND, "vary", "accepted", "accepted", "applicant", VARY_ONCE_HELD, "guards_differ"),
        ("payment", POLICY, "send", "approved", "sent", "treasurer", SEND_ONCE_HELD, None),
        ("payment", SECOND, "send", "approved", "sent", "treasurer", SEND_HELD, None),
        ("payment", SECOND, "send", "approved", "sent", "treasurer", SEND_ONCE_HELD, "guards_differ"),
        ("payment", SECOND, "send", "approved", "sent", "treasurer", SEND_HELD[:-1], "guards_differ"),
        ("payment", POLICY, "recall", "approved", "scheduled", "clock", SEND_ONCE_HELD, "no_such_move"),
        ("payee", POLICY, "stand", "confirmed", "standing", "clock", STAND_HELD, None),
        ("payee", POLICY, "stand", "asked", "standing", "clock", STAND_HELD, "no_such_move"),
        ("payee", POLICY, "stand", "confirmed", "standing", "officer", STAND_HELD, "wrong_role"),
        ("payee", POLICY, "stand", "confirmed", "standing", "clock", STAND_HELD[:1], "guards_differ"),
    ],
)
def test_legal(
    life: str,
    policy: tuple[str, int],
    name: str,
    source: str | None,
    target: str,
    role: str,
    guards: tuple[str, ...],
    expected: str | None,
) -> None:
    assert history.legal(life, policy, name, source, target, role, guards) == expected


def test_guard_in_no_life_is_one_that_a_released_table_names() -> None:
    """A guard that nothing names, now or ever, was left out of a life by mistake.

    Past moves are judged by the guards' names alone, so one that no life needs any more (`member_agreed`, of the
    first version of an award) goes, as `disagreement_moderated` of the first bid went.
    """
    released = [json.loads(file.read_text(encoding="utf-8")) for file in history.FOLDER.glob("*.json")]
    named = {need for kept in released for move in kept["moves"] for need in move["needs"]}
    today = {need for life in LIVES.values() for move in life.moves for need in life.needs_of(move)}
    assert today <= set(GUARDS)
    assert {"member_agreed", "disagreement_moderated"} <= named - today
    assert set(GUARDS) == today
