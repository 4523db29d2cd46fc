"""A policy that cannot be lived by is refused, with every fault; a guard answers a class or it is a bug."""

from dataclasses import replace
from typing import Any

import pytest

from workflows import BID, LIVES
from workflows.grammar import (
    GUARDS,
    HOLDS,
    BadPolicy,
    Facts,
    Guard,
    Holds,
    Life,
    MissingFact,
    Move,
    Refusal,
    check,
    guard,
)
from workflows.machine import Compiled

GOOD = Life(
    name="kite",
    policy=("kites", 1),
    spine=("made", "flying", "landed"),
    side=("stuck",),
    ends=("landed", "lost"),
    moves=(
        Move("make", (), "made", by=("member",)),
        Move("fly", ("made",), "flying", by=("member",), needs=("round_open",)),
        Move("tug", ("flying",), "flying", by=("chair",), edits="decision"),
        Move("snag", ("flying",), "stuck", by=("clock",)),
        Move("free", ("stuck",), "flying", by=("member",)),
        Move("land", ("flying",), "landed", by=("member",)),
        Move("lose", ("flying", "stuck"), "lost", by=("clock",)),
    ),
)


def faults(life: Life) -> tuple[str, ...]:
    with pytest.raises(BadPolicy) as refused:
        check(life)
    assert str(refused.value) == "; ".join(refused.value.faults)
    return refused.value.faults


def with_move(*moves: Move) -> Life:
    return replace(GOOD, moves=(*GOOD.moves, *moves))


def without(name: str) -> Life:
    return replace(GOOD, moves=tuple(move for move in GOOD.moves if move.name != name))


def test_good_policies_load() -> None:
    assert check(GOOD) is GOOD
    for life in LIVES.values():
        assert check(life) is life


@pytest.mark.parametrize(
    ("life", "expected"),
    [
        (
            with_move(Move("dive", ("flying",), "sunk", by=("member",))),
            ("kite: dive names an unknown state, sunk",),
        ),
        (
            with_move(Move("dive", ("sunk",), "lost", by=("member",))),
            ("kite: dive names an unknown state, sunk",),
        ),
        (
            with_move(Move("dive", ("flying",), "lost", by=("pilot",))),
            ("kite: dive names an unknown role, pilot",),
        ),
        (with_move(Move("dive", ("flying",), "lost", by=())), ("kite: dive may be made by nobody",)),
        (
            with_move(Move("dive", ("flying",), "lost", by=("member",), needs=("wind", "rain"))),
            ("kite: dive names an unknown guard, wind", "kite: dive names an unknown guard, rain"),
        ),
        (
            with_move(Move("dive", ("flying",), "stuck", by=("member",), edits="decision")),
            ("kite: dive edits a decision but moves the kite",),
        ),
        (
            with_move(Move("dive", ("made", "flying"), "flying", by=("member",), edits="assignment")),
            ("kite: dive edits a assignment but moves the kite",),
        ),
        (
            with_move(Move("fly", ("made",), "lost", by=("member",))),
            ("kite: fly from made has two meanings",),
        ),
        (
            with_move(Move("make", (), "flying", by=("member",))),
            ("kite: make from nothing has two meanings",),
        ),
        (
            with_move(Move("dive", ("flying", "flying"), "lost", by=("member",))),
            ("kite: dive from flying has two meanings",),
        ),
        (without("snag"), ("kite: stuck cannot be reached",)),
        (replace(GOOD, side=("stuck", "moored")), (
            "kite: moored cannot be reached", "kite: no end can be reached from moored",
        )),
        (
            with_move(
                Move("moor", ("flying",), "moored", by=("member",)),
                Move("tighten", ("moored",), "moored", by=("member",)),
            ),
            (
                "kite: moor names an unknown state, moored",
                "kite: tighten names an unknown state, moored",
                "kite: tighten names an unknown state, moored",
            ),
        ),
        (
            replace(
                with_move(
                    Move("moor", ("flying",), "moored", by=("member",)),
                    Move("tighten", ("moored",), "moored", by=("member",)),
                ),
                side=("stuck", "moored"),
            ),
            ("kite: no end can be reached from moored",),
        ),
        (
            with_move(Move("relaunch", ("landed",), "flying", by=("member",))),
            ("kite: landed is an end, yet a move leads out of it",),
        ),
        (
            with_move(Move("admire", ("landed",), "landed", by=("member",))),
            ("kite: landed is an end, yet a move leads out of it",),
        ),
        (
            without("make"),
            ("kite: no move begins it", *(
                f"kite: {state} cannot be reached" for state in ("made", "flying", "landed", "stuck", "lost")
            )),
        ),
        (
            replace(GOOD, always=("daylight",), moves=GOOD.moves[:1]),
            (
                "kite: make names an unknown guard, daylight",
                "kite: no end can be reached from made",
                *(line for state in ("flying", "landed", "stuck", "lost") for line in (
                    f"kite: {state} cannot be reached",
                    *((f"kite: no end can be reached from {state}",) if state in ("flying", "stuck") else ()),
                )),
            ),
        ),
    ],
)  # fmt: skip
def test_bad_policy_is_refused_with_exactly_its_faults(life: Life, expected: tuple[str, ...]) -> None:
    assert faults(life) == expected
    with pytest.raises(BadPolicy):
        Compiled(life)


def test_all_faults_are_named_at_once() -> None:
    bad = with_move(
        Move("dive", ("sunk",), "lost", by=("pilot",), needs=("wind",)),
        Move("relaunch", ("landed",), "flying", by=()),
    )
    assert faults(bad) == (
        "kite: dive names an unknown state, sunk",
        "kite: dive names an unknown role, pilot",
        "kite: dive names an unknown guard, wind",
        "kite: relaunch may be made by nobody",
        "kite: landed is an end, yet a move leads out of it",
    )


def test_shared_needs_stand_first_and_only_where_the_release_holds_a_move_up() -> None:
    life = replace(GOOD, always=("round_not_releasing",))
    waits, goes = (
        Move("a", (), "made", by=("member",), needs=("round_open",)),
        Move("b", (), "made", by=("member",), needs=("round_open",), waits_for_release=False),
    )
    assert life.needs_of(waits) == ("round_not_releasing", "round_open")
    assert life.needs_of(goes) == ("round_open",)
    assert [move.name for move in BID.moves if not move.waits_for_release] == ["award", "decline"]


def test_states_are_named_once_spine_first() -> None:
    assert GOOD.states == ("made", "flying", "landed", "stuck", "lost")


@pytest.fixture
def no_trace() -> Any:
    kept = dict(GUARDS)
    yield
    GUARDS.clear()
    GUARDS.update(kept)


@pytest.mark.usefixtures("no_trace")
def test_guards_are_entered_by_name_with_their_rule() -> None:
    @guard("input.sky", "wind.force")
    def windy(facts: Facts) -> Holds | Refusal:
        """The wind blows."""
        return HOLDS

    entered = GUARDS["windy"]
    assert (entered.name, entered.says, entered.reads) == (
        "windy", "The wind blows", frozenset({"input.sky", "wind.force"}),
    )  # fmt: skip
    assert entered.about_input
    assert not GUARDS["round_open"].about_input
    with pytest.raises(BadPolicy, match="two guards are called windy"):
        guard()(windy)


@pytest.mark.usefixtures("no_trace")
def test_a_guard_without_words_is_refused() -> None:
    def mute(facts: Facts) -> Holds | Refusal:
        return HOLDS

    with pytest.raises(BadPolicy, match="mute does not say its rule in words"):
        guard()(mute)
    assert "mute" not in GUARDS


@pytest.mark.parametrize("answer", [None, False, True, "", "no", 0, 1, (), Holds, Refusal])
def test_a_guard_that_answers_neither_class_is_a_bug(answer: Any) -> None:
    odd = Guard("odd", frozenset(), "Odd", lambda facts: answer)
    with pytest.raises(TypeError, match="guard odd answered"):
        odd.judge(Facts({}))


def test_facts_are_asked_for_by_name_and_must_be_there() -> None:
    facts = Facts({"at": 3, "form.title": None})
    assert (facts["at"], facts["form.title"], len(facts), set(facts)) == (3, None, 2, {"at", "form.title"})
    with pytest.raises(MissingFact, match=r"round\.state"):
        facts["round.state"]
    with pytest.raises(MissingFact, match="never with a default"):
        facts.get("at")
    with pytest.raises(MissingFact, match="never with a default"):
        facts.get("round.state", "open")
