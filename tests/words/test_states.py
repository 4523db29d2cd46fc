"""Every state and move of the policy has its words, and nothing else has."""

import pytest

from fundapp.words import states
from workflows import BID, LIVES
from workflows.roles import CLOCK

ALL_STATES = {(life.name, state) for life in LIVES.values() for state in life.states}
SIGNS = {"done", "you", "wait", "started", "sent_back", "not_started", "not_yet", "ended", "interest"}


def test_every_state_has_a_label() -> None:
    assert set(states.LABELS) == ALL_STATES
    for life, state in ALL_STATES:
        assert states.label(life, state, "staff")
        assert states.label(life, state)


def test_every_move_that_a_person_may_make_has_a_button() -> None:
    persons = {
        (life.name, move.name) for life in LIVES.values() for move in life.moves if set(move.by) - {CLOCK}
    }
    assert set(states.MOVES) == persons
    assert states.move_label("bid", "withdraw") == "Withdraw the bid"
    with pytest.raises(KeyError):
        states.move_label("bid", "lapse")


def test_every_state_has_a_sign_and_every_bad_end_the_crossed_one() -> None:
    for life, state in ALL_STATES:
        assert {states.kind(life, state, True), states.kind(life, state, False)} <= SIGNS
    good = {("bid", "reported"), ("round", "archived"), ("award", "complete"), ("payment", "paid"),
            ("report", "accepted")}  # fmt: skip
    ends = {(life.name, end) for life in LIVES.values() for end in life.ends}
    assert {end for end in ends if states.kind(*end, False) == "ended"} == ends - good
    assert {one for one in ALL_STATES if states.kind(*one, False) == "ended"} == ends - good


def test_the_sign_turns_red_for_whoever_has_it() -> None:
    assert states.kind("bid", "submitted", True) == "you"
    assert states.kind("bid", "submitted", False) == "wait"
    assert states.kind("bid", "returned", False) == "sent_back"


def test_staff_tell_apart_what_applicants_may_not() -> None:
    assert states.label("bid", "endorsed", "staff") == "Backed"
    assert states.label("bid", "reviewed", "staff") == "Reviewed"
    for audience in ("applicant", "public"):
        assert states.label("bid", "endorsed", audience) == states.label("bid", "reviewed", audience)
        assert states.label("round", "panel", audience) == states.label("round", "releasing", audience)
        assert states.holder("bid", "endorsed", audience=audience) == "the panel"
        assert states.holder("bid", "reviewed", audience=audience) == "the panel"
    assert states.kind("bid", "endorsed", False) == states.kind("bid", "reviewed", False)
    assert states.holder("bid", "reviewed", audience="staff") == "the chair"


def test_who_has_it() -> None:
    assert states.holder("bid", "submitted", "Cllr Margaret Oyelaran") == "Cllr Margaret Oyelaran"
    assert states.holder("bid", "submitted") == "the fund’s officer"
    assert states.holder("bid", "draft") == "the applicant"
    assert states.holder("bid", "returned", applicant="Sunita Rao") == "Sunita Rao"
    assert states.holder("payment", "scheduled") == "the fund’s officer"
    assert states.holder("payment", "approved") == "the treasurer"
    for end in BID.ends:
        assert states.holder("bid", end) == ""


@pytest.mark.parametrize(
    ("name", "office", "words"),
    [
        ("Margaret Oyelaran", "councillor", "Cllr Margaret Oyelaran"),
        ("Cllr Margaret Oyelaran", "councillor", "Cllr Margaret Oyelaran"),
        ("Ade Bello", "Mayor", "Mayor Ade Bello"),
        ("Fiona Drummond", "msp", "Fiona Drummond MSP"),
        ("Niall McGurk", "mla", "Niall McGurk MLA"),
        ("Siân Llŵyd", "ms", "Siân Llŵyd MS"),
        ("Joan Hart", "mp", "Joan Hart MP"),
        ("Iqbal Shah", "pcc", "Iqbal Shah PCC"),
        ("Ann Example", None, "Ann Example"),
        ("Ann Example", "beadle", "Ann Example"),
    ],
)
def test_titles(name: str, office: str | None, words: str) -> None:
    assert states.titled(name, office) == words
