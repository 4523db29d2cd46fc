"""`fundapp seed-panel` and `seed-awards`: an invented panel on a round's bids, its decisions, and where they are refused."""

import re

import pytest

from tests.cli.terminal import Terminal


def test_an_invented_panel_reads_the_bids_of_a_file(ready: Terminal) -> None:
    file = ready.folder / "bids.csv"
    file.write_text("title,summary,organisation,amount\nOne,Words,Elm,1000\nTwo,Words,Oak,2000\n")
    ready.done("import-bids", str(file), "--round", "R")
    said = ready.done("seed-panel", "--round", "R", "--reviewers", "4", "--seed", "7").splitlines()
    assert said[0] == "4 invented readers gave 6 reviews of 2 bids in round R."
    assert said[1] == "Sign in as one of them with the password millbeck-table-8:"
    assert len(said) == 5
    ready.holds()


def test_it_is_refused_in_earnest_and_where_there_is_nothing_to_read(
    ready: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ready.counts()
    assert "There is no round NOPE." in ready.refused("seed-panel", "--round", "NOPE")
    ready.done(
        "round",
        "add",
        "LATER",
        "--title",
        "L",
        "--opens",
        "2098-01-01",
        "--closes",
        "2099-01-01",
        "--budget",
        "5",
    )
    between = ready.counts()
    assert "Round LATER is planned" in ready.refused("seed-panel", "--round", "LATER")
    assert ready.counts()[1:3] == between[1:3] == before[1:3]
    for name in ("secret_key", "audit_key", "bank_key"):
        monkeypatch.setenv(name.upper(), (ready.folder / "data" / name).read_text().strip())
    monkeypatch.setenv("BASE_URL", "https://fund.example")
    monkeypatch.setenv("MAIL_URL", "smtp://mail.example")
    monkeypatch.setenv("FUNDAPP_ENV", "production")
    assert "no invented panel is let into it" in ready.refused("seed-panel", "--round", "R")
    assert ready.counts() == between


def test_a_round_is_awarded_by_the_services_and_only_in_a_demo(
    ready: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = ready.folder / "bids.csv"
    file.write_text(
        "title,summary,organisation,amount\nOne,Words,Elm,1000\nTwo,Words,Oak,2000\nThree,Words,Ash,3000\n"
    )
    ready.done("import-bids", str(file), "--round", "R")
    before = ready.counts()
    monkeypatch.delenv("FUNDAPP_DEMO", raising=False)
    assert "not a demo" in ready.refused("seed-awards", "--round", "R")
    assert ready.counts() == before
    monkeypatch.setenv("FUNDAPP_DEMO", "1")
    said = ready.done("seed-awards", "--round", "R", "--reviewers", "4", "--seed", "7")
    awards, declined = re.findall(r"^(\d+) awards of £[\d,.]+ in all and (\d+) declined", said, re.M)[0]
    assert (int(awards) + int(declined), int(awards) > 0) == (3, True)
    ready.holds()
    assert "are out already" in ready.refused("seed-awards", "--round", "R")
    assert "There is no round NOPE." in ready.refused("seed-awards", "--round", "NOPE")
