"""What changed between two versions: nothing is lost, nothing is made up."""

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fundapp.domain import changes
from fundapp.domain.changes import Change, Line, Span

TITLE = {"id": "title", "kind": "words", "label": "Title"}
SUMMARY = {"id": "summary", "kind": "text", "label": "Summary"}
AMOUNT = {"id": "amount_pence", "kind": "pence", "label": "Amount"}
BUDGET = {"id": "budget", "kind": "budget", "label": "Budget"}
FORM = [TITLE, SUMMARY, AMOUNT, BUDGET]

TEXT = st.text(alphabet="ab \n\té.", max_size=60)
LINES = st.lists(
    st.fixed_dictionaries({"what": st.sampled_from(["hall", "cook", "food"]), "pence": st.integers(1, 4)}),
    max_size=6,
)


@given(TEXT, TEXT)
def test_the_spans_give_both_texts_back(before: str, after: str) -> None:
    found = changes.spans(before, after)
    assert "".join(span.words for span in found if span.kind != "new") == before
    assert "".join(span.words for span in found if span.kind != "gone") == after
    assert all(span.words for span in found)
    if before == after:
        assert {span.kind for span in found} <= {"kept"}


@given(LINES, LINES)
def test_the_lines_give_both_budgets_back(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> None:
    found = changes.money_lines(before, after)
    assert [(line.what, line.now) for line in found if line.now is not None] == [
        (line["what"], line["pence"]) for line in after
    ]
    assert Counter((line.what, line.was) for line in found if line.was is not None) == Counter(
        (line["what"], line["pence"]) for line in before
    )


@given(st.dictionaries(st.sampled_from([q["id"] for q in FORM[:2]]), TEXT), st.randoms())
def test_a_version_and_itself_differ_in_nothing(answers: dict[str, Any], random: Any) -> None:
    names = list(answers)
    random.shuffle(names)
    assert changes.changes(FORM, answers, FORM, {name: answers[name] for name in names}) == []


def test_words_are_struck_and_written_beside_each_other() -> None:
    assert changes.spans(
        "A weekly kitchen for forty families.", "A weekly kitchen for ninety-seven families."
    ) == (
        Span("kept", "A weekly kitchen for "),
        Span("gone", "forty "),
        Span("new", "ninety-seven "),
        Span("kept", "families."),
    )


def test_what_is_added_at_the_end_leaves_the_word_before_it_alone() -> None:
    assert changes.spans("It opens.", "It opens. It stays.") == (
        Span("kept", "It opens."),
        Span("new", " It stays."),
    )


def test_each_kind_is_told_in_its_own_way() -> None:
    before = {"title": "Table", "amount_pence": 485_000, "old": "x", "budget": [
        {"what": "Hall", "pence": 120_000}, {"what": "Cook", "pence": 365_000}]}  # fmt: skip
    after = {"title": "Table", "summary": "A kitchen.", "amount_pence": 420_000, "budget": [
        {"what": "Cook", "pence": 300_000}, {"what": "Hall", "pence": 120_000}]}  # fmt: skip
    old = {"id": "old", "kind": "words", "label": "Asked no more"}
    assert changes.changes([*FORM, old], before, FORM, after) == [
        Change(SUMMARY, "added", None, "A kitchen."),
        Change(AMOUNT, "changed", 485_000, 420_000),
        Change(BUDGET, "changed", before["budget"], after["budget"],
               lines=(Line("Cook", 365_000, 300_000), Line("Hall", 120_000, 120_000))),
        Change(old, "removed", "x", None),
    ]  # fmt: skip


def test_nothing_and_nothing_are_the_same() -> None:
    assert changes.changes(FORM, {"title": "", "budget": []}, FORM, {"summary": None}) == []


def test_a_text_that_would_take_for_ever_is_told_as_replaced() -> None:
    found = changes.spans("start " + "a b " * 4000 + "end", "start " + "b a " * 4000 + "end")
    assert [span.kind for span in found] == ["kept", "gone", "new", "kept"]
