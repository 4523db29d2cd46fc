"""Building a form: what may stand in it, and how questions come, go and move without ever making half a form."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundapp.domain import form_building as building
from fundapp.domain.forms import FUND_QUESTIONS, lacks
from fundapp.words import forms as words
from tests.domain.test_forms import JSON, question

YES = question("q-yes", "yes_no", section="backing")
WHICH = question("q-which", "choice", section="backing", when={"question": "q-yes", "is": ["yes"]})


def codes(questions: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(each.question, each.code) for each in building.complaints(questions)]


def but(name: str, **changes: Any) -> list[dict[str, Any]]:
    return [each | changes if each["id"] == name else dict(each) for each in FUND_QUESTIONS]


def ids(questions: list[dict[str, Any]]) -> list[str]:
    return [each["id"] for each in questions]


@pytest.mark.parametrize("name", building.FIXED)
def test_what_the_fund_and_the_policy_need_cannot_go(name: str) -> None:
    assert (name, "core_missing") in codes(building.take_away(FUND_QUESTIONS, name))
    assert codes(but(name, label="In other words?", help="As you like.")) == []
    assert (name, "core_must_answer") in codes(but(name, required=False))
    assert (name, "core_kind") in codes(but(name, kind="day"))


@pytest.mark.parametrize("name", ["summary", "people", "starts_on", "organisation_id", "other_funding"])
def test_the_rest_can_go_and_come_back(name: str) -> None:
    without = building.take_away(FUND_QUESTIONS, name)
    assert codes(without) == []
    (usual,) = building.taken_out(without)
    assert usual["id"] == name
    assert codes(building.add(without, usual)) == []


@pytest.mark.parametrize(
    ("added", "code"),
    [
        (question("q", "rating"), "unknown_kind"),
        (question("q", "budget"), "only_once"),
        (question("q", "funding"), "only_once"),
        (question("title"), "double_id"),
        (question("q", label=" "), "no_label"),
        (question("q", label="x" * 201), "label_too_long"),
        (question("q", help="x" * 601), "help_too_long"),
        (question("q", section=""), "no_section"),
        (question("q", section="x" * 61), "section_too_long"),
        (question("q", required="yes"), "limits_wrong"),
        (question("q", "text", max_words=0), "limit_beyond"),
        (question("q", "text", max_words=True), "limit_beyond"),
        ({k: v for k, v in question("q").items() if k != "max_length"}, "limit_beyond"),
        (question("q", "number", least=5, most=4), "limits_crossed"),
        (question("q", "file", most_files=11), "limit_beyond"),
        (question("q", "choice", options={"a": "One"}, order=["a"]), "too_few_options"),
        (question("q", "choice", options={"a": "One", "b": "one "}, order=["a", "b"]), "double_option"),
        (question("q", "choice", options={"a": "One", "b": ""}, order=["a", "b"]), "option_too_long"),
        (question("q", "choice", order=["a"]), "limits_wrong"),
        (
            question("q", "choice", options={str(n): str(n) for n in range(21)}, order=[str(n) for n in range(21)]),
            "too_many_options",
        ),
        (question("q", when={"question": "gone", "is": ["yes"]}), "condition_not_earlier"),
        (question("q", when={"question": "q", "is": ["yes"]}), "condition_not_earlier"),
        (question("q", when="yes"), "condition_not_earlier"),
        (question("q", when={"question": "title", "is": ["yes"]}), "condition_of_no_choice"),
    ],
)  # fmt: skip
def test_what_cannot_stand_in_a_form(added: dict[str, Any], code: str) -> None:
    form = building.add(FUND_QUESTIONS, added)
    assert code in [found for _, found in codes(form)]


@pytest.mark.parametrize(
    ("when", "code"),
    [
        ({"question": "q-yes", "is": []}, "condition_without_answers"),
        ({"question": "q-yes"}, "condition_without_answers"),
        ({"question": "q-yes", "is": ["maybe"]}, "condition_answer_gone"),
    ],
)
def test_what_a_condition_cannot_ask(when: dict[str, Any], code: str) -> None:
    assert codes([*FUND_QUESTIONS, YES, WHICH | {"when": when}]) == [("q-which", code)]


def test_a_form_has_room_for_sixty_questions() -> None:
    more = [question(f"q{number}", section="backing") for number in range(60 - len(FUND_QUESTIONS))]
    assert codes([*FUND_QUESTIONS, *more]) == []
    assert codes([*FUND_QUESTIONS, *more, question("one-more", section="backing")]) == [
        ("", "too_many_questions")
    ]


def test_a_question_that_others_hang_on_cannot_go_or_fall_behind_them() -> None:
    form = [*FUND_QUESTIONS, YES, WHICH]
    assert codes(form) == []
    assert ids(building.hanging_on(form, "q-yes")) == ["q-which"]
    assert codes(building.take_away(form, "q-yes")) == [("q-which", "condition_not_earlier")]
    assert codes(building.move(form, "q-which", up=True)) == [("q-which", "condition_not_earlier")]


def test_a_section_of_ones_own_comes_before_the_last() -> None:
    form = building.add(FUND_QUESTIONS, question("bus", section="Getting there"))
    assert building.sections_of(form) == ["project", "group", "case", "money", "Getting there", "backing"]
    form = building.add(form, question("train", section="Getting there"))
    assert ids(form)[ids(form).index("bus") + 1] == "train"
    renamed = building.rename_section(form, "Getting there", "Travel")
    assert "Travel" in building.sections_of(renamed)
    up = building.move_section(renamed, "Travel", up=True)
    assert building.sections_of(up) == ["project", "group", "case", "Travel", "money", "backing"]
    assert [codes(each) for each in (form, renamed, up)] == [[], [], []]
    elsewhere = building.change(form, building.find(form, "bus") | {"section": "money"})
    assert ids(elsewhere)[ids(elsewhere).index("other_funding") + 1] == "bus"
    assert words.section("money") == "The money"
    assert words.section("Travel") == "Travel"


def test_a_question_stays_in_its_section() -> None:
    assert building.move(FUND_QUESTIONS, "title", up=True) == FUND_QUESTIONS
    assert ids(building.move(FUND_QUESTIONS, "title", up=False))[:2] == ["summary", "title"]
    assert building.move(FUND_QUESTIONS, "ends_on", up=False) == FUND_QUESTIONS


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["By bus", "On foot"], [("a", "By bus"), ("b", "On foot")]),
        (["On foot", "By bus"], [("b", "On foot"), ("a", "By bus")]),
        (["By coach", "on foot"], [("a", "By coach"), ("b", "on foot")]),
        (["By coach", "On foot", "By bus"], [("new1", "By coach"), ("b", "On foot"), ("a", "By bus")]),
        (["On foot"], [("b", "On foot")]),
        # Put otherwise and in another place: nobody can tell which it was.
        (["On foot", "By coach"], [("b", "On foot"), ("new1", "By coach")]),
        # Twice the same is a complaint of its own, and two options until then.
        (["By bus", "By bus", "x"], [("a", "By bus"), ("new1", "By bus"), ("new2", "x")]),
    ],
)
def test_an_option_that_stays_keeps_its_answers(lines: list[str], expected: list[tuple[str, str]]) -> None:
    fresh = (f"new{number}" for number in range(1, 9))
    made = building.options_from(lines, [("a", "By bus"), ("b", "On foot")], lambda: next(fresh))
    assert [(code, made["options"][code]) for code in made["order"]] == expected


@pytest.mark.parametrize(
    "act",
    [
        lambda: building.move(FUND_QUESTIONS, "gone", up=True),
        lambda: building.take_away(FUND_QUESTIONS, "gone"),
        lambda: building.change(FUND_QUESTIONS, question("gone")),
        lambda: building.move_section(FUND_QUESTIONS, "gone", up=True),
        lambda: building.rename_section(FUND_QUESTIONS, "gone", "x"),
    ],
)
def test_what_is_not_there_is_said(act: Any) -> None:
    with pytest.raises(building.NotThere):
        act()


def test_every_complaint_has_its_sentence_and_its_box() -> None:
    form = [*FUND_QUESTIONS, question("q", "number", least=5, most=4, label="x" * 201, section="backing")]
    said = [words.complaint(each, form, named=False) for each in building.complaints(form)]
    assert said == [
        "The question has 201 characters and there is room for 200. Shorten it.",
        "The least is more than the most. Change one of the two.",
    ]
    assert [words.box(each) for each in building.complaints(form)] == ["label", "most"]


def test_a_condition_in_words() -> None:
    form = [YES, WHICH, question("q-bus", when={"question": "q-which", "is": ["a", "b"]})]
    assert [words.condition(each, form) for each in form] == [
        "",
        "Asked if “Question q-yes?” is answered: Yes",
        "Asked if “Question q-which?” is answered: On foot or By bus",
    ]


FIELDS = (
    "id",
    "kind",
    "label",
    "help",
    "section",
    "required",
    "when",
    "options",
    "order",
    "least",
    "most",
    "max_words",
)


@given(
    st.lists(st.dictionaries(st.sampled_from(FIELDS), JSON | st.sampled_from(["choice", "number", "text"])))
)
def test_anything_at_all_is_judged(questions: list[dict[str, Any]]) -> None:
    assert building.complaints(questions), "no heap of anything holds what every form must ask"


EDITS = st.lists(
    st.tuples(st.sampled_from(["move", "section", "away", "add"]), st.integers(0, 80), st.booleans()),
    max_size=25,
)


@given(EDITS)
def test_moving_never_loses_a_question(edits: list[tuple[str, int, bool]]) -> None:
    """Whatever is moved, the sections stay whole; what is sound can be answered without an error."""
    form: list[dict[str, Any]] = [dict(each) for each in FUND_QUESTIONS]
    for number, (act, place, up) in enumerate(edits):
        name = form[place % len(form)]["id"]
        before = set(ids(form))
        if act == "move":
            form = building.move(form, name, up)
        elif act == "section":
            sections = building.sections_of(form)
            form = building.move_section(form, sections[place % len(sections)], up)
        elif act == "away" and name not in building.FIXED:
            form = building.take_away(form, name)
            before -= {name}
        elif act == "add":
            form = building.add(form, question(f"new{number}", section=f"Part {place % 3}"))
            before |= {f"new{number}"}
        assert set(ids(form)) == before
    assert [code for _, code in codes(form) if code != "too_many_questions"] == []
    assert len(lacks(form, {})) >= len(building.FIXED)
