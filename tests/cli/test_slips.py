"""Slips of whoever types a command, and what somebody did to the database: each is a sentence, nothing is half done."""

import sqlite3
from contextlib import closing

import pytest

from tests.cli.terminal import ROUND, Terminal


def after(round_words: tuple[str, ...], **changed: str) -> list[str]:
    """The words of a round with some of them changed."""
    words = list(round_words)
    for name, value in changed.items():
        words[words.index(f"--{name}") + 1] = value
    return words


@pytest.mark.parametrize(
    ("code", "changed", "sentence"),
    [
        ("../x", {}, "A round’s code has 1 to 30 letters, digits, - and _"),
        ("a\nb", {}, "A round’s code has"),
        ("x" * 31, {}, "A round’s code has"),
        ("", {}, "A round’s code has"),
        ("S", {"title": " \n "}, "It has no title. Give it one."),
        ("S", {"title": "x" * 201}, "The title has more than 200 characters. Shorten it."),
        ("S", {"closes": "9999-12-31"}, "A round opens and closes between the years 2000 and 2100."),
        ("S", {"opens": "0001-01-01"}, "A round opens and closes between the years 2000 and 2100."),
        ("S", {"max": "21474836.48"}, "One bid can ask for £21,474,836.47 at the most."),
    ],
)
def test_a_round_that_cannot_be(ready: Terminal, code: str, changed: dict[str, str], sentence: str) -> None:
    before = ready.counts()
    assert sentence in ready.refused("round", "add", code, *after((*ROUND, "--max", "5000"), **changed))
    assert ready.counts() == before


def test_a_title_is_kept_on_one_line(ready: Terminal) -> None:
    ready.done("round", "add", "S", *after(ROUND, title="  Late \n summer "))
    with closing(sqlite3.connect(ready.folder / "data" / "fundapp.db")) as raw:
        assert raw.execute("SELECT title FROM round WHERE code = 'S'").fetchone() == ("Late summer",)


@pytest.mark.parametrize("fund", ["comunities", "", " "])
def test_no_fund_is_founded_by_a_slip_and_no_role_is_for_all(ready: Terminal, fund: str) -> None:
    before = ready.counts()
    said = ready.refused("round", "add", "S", *ROUND, "--fund", fund)
    assert said == f"There is no fund {fund!r}. Leave --fund out for the Communities Fund.\n"
    said = ready.refused("user", "add", "a@b.example", "--name", "Ann", "--role", "officer", "--fund", fund)
    assert said == f"There is no fund {fund!r}. Leave --fund out to give the role for every fund.\n"
    assert ready.counts() == before


def test_a_known_person_keeps_their_password_and_is_told_so(ready: Terminal) -> None:
    who = ("user", "add", "ann@b.example", "--name", "Ann", "--role")
    ready.done(*who, "officer", "--password", "quiet-table-seven")
    said = ready.done(*who, "reviewer", "--password", "another-table-eight")
    assert said == (
        "ann@b.example now acts as reviewer. They are known already and keep the password they have.\n"
    )


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "9999-12-31T23:59", "9999-12-31T23:59-14:00"])
def test_a_moment_too_far_off(ready: Terminal, moment: str) -> None:
    assert "is too far off. Give a moment between 2000 and 2100." in ready.refused("tick", "--as-of", moment)


@pytest.mark.parametrize(
    "words", [("round", "add", "T\udcff"), ("import-bids", "n\udcff.csv", "--round", "R")]
)
def test_a_word_that_is_no_text(ready: Terminal, words: tuple[str, ...]) -> None:
    assert "not readable text (UTF-8)" in ready.refused(*words, code=2)


def test_a_wrong_key_begins_nothing(ready: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    before = ready.counts()
    with monkeypatch.context() as patch:
        patch.setenv("AUDIT_KEY", "ab" * 32)
        said = ready.refused("round", "add", "S", *ROUND)
    assert "written under another AUDIT_KEY" in said
    assert ready.counts() == before
    ready.holds()
    ready.done("round", "add", "S", *ROUND)


def test_the_doctor_misses_the_triggers_that_somebody_took_away(ready: Terminal) -> None:
    assert "ok    Its triggers keep the record append-only." in ready.say("doctor").out
    with closing(sqlite3.connect(ready.folder / "data" / "fundapp.db")) as raw:
        raw.execute("DROP TRIGGER award_change")
        raw.execute("DROP TRIGGER audit_event_delete")
        raw.commit()
    said = ready.say("doctor")
    assert said.code == 1
    assert (
        "mend  2 triggers that keep the record append-only are gone (audit_event_delete, award_change"
        in said.out
    )


def test_a_null_that_became_a_word_is_named(ready: Terminal) -> None:
    ready.done("seed", "--bids", "6")
    with closing(sqlite3.connect(ready.folder / "data" / "fundapp.db")) as raw:
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        changed = raw.execute(
            "UPDATE bid SET source = 'null' WHERE id = (SELECT min(id) FROM bid WHERE source IS NULL)"
        )
        assert changed.rowcount == 1
        raw.commit()
    assert "not as event" in ready.refused("audit", "verify")
