"""The form as data: what is asked, what is lacking and what is frozen agree, whatever was typed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundapp.domain import forms
from fundapp.domain.form_building import complaints
from fundapp.domain.forms import FUND_QUESTIONS, Lack, answered, asked, copy_of, is_empty, lacks, sha256_of


def question(name: str, kind: str = "words", **more: Any) -> dict[str, Any]:
    limits: dict[str, dict[str, Any]] = {
        "words": {"max_length": 20}, "text": {"max_words": 3}, "number": {"least": 1, "most": 9},
        "choice": {"options": {"a": "By bus", "b": "On foot"}, "order": ["b", "a"]}, "file": {"most_files": 2},
        "declarations": {"statements": {"true": "It is true."}},
    }  # fmt: skip
    usual = {
        "id": name,
        "section": "project",
        "kind": kind,
        "label": f"Question {name}?",
        "help": "",
        "required": True,
    }
    return usual | limits.get(kind, {}) | more


CHILDREN = question("children", "yes_no")
HOW = question("how", "choice", when={"question": "children", "is": ["yes"]})
BUS = question("bus", "words", when={"question": "how", "is": ["a"]})
WHY = question("why", "words", required=False)
CHAIN = [CHILDREN, HOW, BUS, WHY]


def names(questions: list[dict[str, Any]]) -> list[str]:
    return [each["id"] for each in questions]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, ["children", "why"]),
        ({"children": "no"}, ["children", "why"]),
        ({"children": "yes"}, ["children", "how", "why"]),
        ({"children": "yes", "how": "b"}, ["children", "how", "why"]),
        ({"children": "yes", "how": "a"}, ["children", "how", "bus", "why"]),
        # What was typed before somebody changed their mind decides nothing while it is not asked.
        ({"children": "no", "how": "a", "bus": "32"}, ["children", "why"]),
    ],
)
def test_a_chain_of_conditions(answers: dict[str, Any], expected: list[str]) -> None:
    assert names(asked(CHAIN, answers)) == expected


def test_a_condition_on_what_is_not_there_does_not_hold() -> None:
    lost = question("lost", when={"question": "gone", "is": ["yes"]})
    assert names(asked([lost, WHY], {"gone": "yes"})) == ["why"]


def test_nothing_typed_is_lost_by_changing_a_mind() -> None:
    draft = {"children": "yes", "how": "a", "bus": "The 32", "why": ""}
    assert answered(CHAIN, draft) == {"children": "yes", "how": "a", "bus": "The 32"}
    other = draft | {"children": "no"}
    assert answered(CHAIN, other) == {"children": "no"}
    assert sha256_of(answered(CHAIN, other | {"children": "yes"})) == sha256_of(answered(CHAIN, draft))


@pytest.mark.parametrize(
    ("asks", "answer", "code"),
    [
        (question("q", "number"), 9, None),
        (question("q", "number"), 10, "beyond_limits"),
        (question("q", "number", least=0), 0, None),
        (question("q", "number"), "9", "answer_it"),
        (question("q", "number"), True, "answer_it"),
        (question("q", "choice"), "a", None),
        (question("q", "choice"), "By bus", "choose_one"),
        (question("q", "yes_no"), "no", None),
        (question("q", "yes_no"), "perhaps", "choose_one"),
        (question("q", "yes_no"), False, "answer_it"),
        (question("q", "file"), [{"document": 1, "name": "a.pdf", "sha256": "0", "size": 3}], None),
        (question("q", "file"), [{"document": n, "name": "a.pdf"} for n in range(3)], "too_many_files"),
        (question("q", "funding"), [{"who": "Parish", "pence": 100, "certain": True}], None),
        (question("q", "funding"), [{"who": " ", "pence": 100, "certain": True}], "every_source_needs_both"),
        (
            question("q", "funding"),
            [{"who": "Parish", "pence": 0, "certain": True}],
            "every_source_needs_both",
        ),
        (question("q", "text"), "one two three four", "too_many_words"),
        (question("q", "day"), "2027-02-30", "no_day"),
        (question("q", "day"), 20270201, "no_day"),
        (question("q", "pence"), -1, "more_than_nothing"),
        (question("q", "declarations"), ["true"], None),
        (question("q", "declarations"), [], "tick_every_one"),
        (question("q", "file"), [], "answer_it"),
        (question("q", "file", required=False), [], None),
    ],
)
def test_what_each_kind_lacks(asks: dict[str, Any], answer: Any, code: str | None) -> None:
    assert [lack.code for lack in lacks([asks], {"q": answer})] == ([code] if code else [])


def test_the_days_are_held_together_only_where_both_are_asked() -> None:
    days = [question("starts_on", "day"), question("ends_on", "day")]
    crossed = {"starts_on": "2027-03-02", "ends_on": "2027-03-01"}
    assert lacks(days, crossed) == (Lack("ends_on", "ends_before_start", {}),)
    hidden = [CHILDREN, days[0], days[1] | {"when": {"question": "children", "is": ["yes"]}}]
    assert lacks(hidden, crossed | {"children": "no"}) == ()


def test_options_stand_in_the_officers_order() -> None:
    assert forms.options_of(HOW) == [("b", "On foot"), ("a", "By bus")]


def test_other_money_comes_with_every_form_and_may_stay_empty() -> None:
    (other,) = (each for each in FUND_QUESTIONS if each["id"] == "other_funding")
    assert (other["kind"], other["required"], other["section"]) == ("funding", False, "money")
    assert complaints(FUND_QUESTIONS) == ()
    assert "other_funding" not in {lack.question for lack in lacks(FUND_QUESTIONS, {})}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 99) | st.text("yesnoab ", max_size=4),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["what", "who", "pence", "document", "name", "a"]), inner, max_size=3
        )
    ),
    max_leaves=4,
)
KINDS = ("words", "text", "number", "pence", "day", "choice", "yes_no", "file", "funding", "budget", "area")


@st.composite
def some_forms(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Forms whose conditions refer to earlier questions, in chains too."""
    built: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 7))):
        made = question(f"q{number}", draw(st.sampled_from(KINDS)), required=draw(st.booleans()))
        deciding = [each for each in built if each["kind"] in forms.DECIDING]
        if deciding and draw(st.booleans()):
            on = draw(st.sampled_from(deciding))
            values = ["yes", "no"] if on["kind"] == "yes_no" else ["a", "b"]
            made["when"] = {
                "question": on["id"],
                "is": draw(st.lists(st.sampled_from(values), min_size=1, unique=True)),
            }
        built.append(made)
    return built


@st.composite
def forms_with_answers(draw: st.DrawFn) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    built = draw(some_forms())
    fitting = {"yes_no": st.sampled_from(["yes", "no"]), "choice": st.sampled_from(["a", "b"])}
    given = {
        each["id"]: draw(fitting.get(each["kind"], JSON) | JSON) for each in built if draw(st.booleans())
    }
    return built, given


@given(forms_with_answers())
def test_lacking_asked_and_frozen_agree(both: tuple[list[dict[str, Any]], dict[str, Any]]) -> None:
    built, answers = both
    now = set(names(asked(built, answers)))
    kept = answered(built, answers)
    lacking = {lack.question for lack in lacks(built, answers)}
    assert lacking <= now, "what is not asked never lacks"
    assert kept.keys() <= now, "what is not asked is never frozen"
    assert kept == {name: value for name, value in answers.items() if name in now and not is_empty(value)}
    for each in built:
        if each["id"] in now and each["required"]:
            assert each["id"] in lacking or each["id"] in kept, "what must be answered is frozen or lacking"
    # Freezing once more changes nothing, neither the copy nor what is asked or lacking.
    assert answered(built, kept) == kept
    assert names(asked(built, kept)) == names(asked(built, answers))
    assert {lack.question for lack in lacks(built, kept)} == lacking
    assert copy_of(copy_of(kept)) == copy_of(kept)


@given(forms_with_answers(), JSON)
def test_a_mind_changed_and_changed_back(
    both: tuple[list[dict[str, Any]], dict[str, Any]], other: Any
) -> None:
    built, answers = both
    first = built[0]["id"]
    away = answers | {first: other}
    back = (
        {**away, first: answers[first]} if first in answers else {k: v for k, v in away.items() if k != first}
    )
    assert (answered(built, back), lacks(built, back)) == (answered(built, answers), lacks(built, answers))
