"""What a statement's lines are: no payment matched twice, whatever the order of the lines."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fundapp.domain.reconcile import ACTS, Expected, Line, marked, match, references
from fundapp.domain.references import reference
from tests.effort import REPEATABLE, times

DAY = date(2027, 3, 1)
ONE = Expected(1, f"{reference(142)}-1", 120_000, "Millbeck Growers", "sent", DAY)


def kinds(
    *lines: tuple[int, int, str], expected: tuple[Expected, ...] = (ONE,)
) -> list[tuple[str, int | None]]:
    """What lines (days after DAY, pence, words) are, in their order."""
    made = marked(
        [Line(n, DAY + timedelta(day), pence, words) for n, (day, pence, words) in enumerate(lines, 2)]
    )
    found = match(made, expected)
    return [(found[each.mark].kind, found[each.mark].payment) for each in made]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("B-0142X-1", {"B-0142X-1"}),
        ("FPS millbeck growers b-0142x-1 01MAR", {"B-0142X-1"}),
        ("B 0142X 12/REF", {"B-0142X-12"}),
        ("B0142X1", {"B-0142X-1"}),
        ("B-0142X-1 B-0142X-2", {"B-0142X-1", "B-0142X-2"}),
        ("B-0143X-1", set()),
        ("AB-0142X-1", set()),
        ("B-0142X-0", set()),
        ("B-0142X", set()),
        ("B-00142X-1", set()),
    ],
)
def test_references_are_known_as_banks_write_them(text: str, found: set[str]) -> None:
    right = reference(142)[-1]
    assert references(text.replace("X", right).replace("x", right.lower())) == {
        each.replace("X", right) for each in found
    }


def test_what_a_line_is() -> None:
    name = ONE.reference
    assert kinds((0, -120_000, f"MILLBECK {name}")) == [("paid", 1)]
    assert kinds((0, -120_001, name)) == [("amount", 1)]
    assert kinds((-1, -120_000, name)) == [("early", 1)]
    assert kinds((0, -120_000, name), (1, -120_000, name)) == [("paid", 1), ("twice", 1)]
    assert kinds((1, -120_000, name), (0, -120_000, name)) == [("twice", 1), ("paid", 1)]
    assert kinds((0, -120_000, name), (2, 120_000, f"RETURNED {name}")) == [("known", 1), ("returned", 1)]
    assert kinds((2, 120_000, f"RETURNED {name}")) == [("returned", 1)]
    assert kinds((0, -120_000, "Faster payment MILLBECK GROWERS")) == [("likely", 1)]
    assert (
        kinds((0, -120_000, "Millbeck Growers"), (1, -120_000, "Millbeck Growers")) == [("other", None)] * 2
    )
    assert kinds((0, -120_000, "Millbeck Growers"), (1, -120_000, name)) == [("other", None), ("paid", 1)]
    assert kinds((0, -120_000, "Somebody else"), (0, 5_000, "Gift")) == [("other", None), ("in", None)]
    paid = Expected(1, name, 120_000, "Millbeck Growers", "paid", DAY)
    assert kinds((0, -120_000, name), (0, -120_000, "Millbeck Growers"), expected=(paid,)) == [
        ("known", 1), ("other", None),
    ]  # fmt: skip
    assert kinds((1, 120_000, name), (-1, 120_000, name), expected=(paid,)) == [("late", 1), ("known", 1)]
    theirs = Expected(1, name, 120_000, "Millbeck Growers", "sent", DAY, theirs=True)
    assert kinds((0, -120_000, name), (0, -120_000, "Millbeck Growers"), expected=(theirs,))[0] == (
        "theirs",
        None,
    )


def test_a_mark_is_of_the_line_and_not_of_the_file() -> None:
    fee = (DAY, -500, "Fee")
    first = [each.mark for each in marked([Line(2, *fee), Line(3, *fee)])]
    later = [
        each.mark
        for each in marked(
            [Line(9, DAY, 700, "Gift"), Line(10, DAY, -500, " fee "), Line(11, *fee), Line(12, *fee)]
        )
    ]
    assert later[1:3] == first
    assert len(set(later)) == 4


PAYMENTS = st.lists(
    st.tuples(st.integers(1, 4), st.integers(1, 2), st.sampled_from([100, 200]), st.sampled_from(["Ann Ant", "Bee"]),
              st.sampled_from(["sent", "paid", "failed"]), st.booleans()),
    max_size=8, unique_by=lambda each: each[:2],
)  # fmt: skip
WORDS = st.sampled_from(
    [f"{reference(bid)}-{number}" for bid in range(1, 5) for number in (1, 2)] + ["ANN ANT", "bee", "x", ""]
)
LINES = st.lists(st.tuples(st.integers(-1, 2), st.sampled_from([-200, -100, 100, 200]), WORDS), max_size=12)


@settings(max_examples=times(150), derandomize=REPEATABLE, deadline=None)
@given(PAYMENTS, LINES, st.randoms(use_true_random=False))
def test_nothing_is_matched_twice_in_any_order(payments: list, lines: list, random: object) -> None:
    expected = [
        Expected(number, f"{reference(bid)}-{nth}", pence, payee, state, DAY, theirs)
        for number, (bid, nth, pence, payee, state, theirs) in enumerate(payments, 1)
    ]
    made = [Line(0, DAY + timedelta(day), pence, words) for day, pence, words in lines]
    found = match(marked(made), expected)
    assert len(found) == len(made), "every line is something, and none is two things"
    by_id = {each.id: each for each in expected}
    acted = Counter(each.payment for each in found.values() if each.kind in ACTS)
    assert set(acted.values()) <= {1}
    for each in marked(made):
        said = found[each.mark]
        if said.kind not in ACTS:
            continue
        payment = by_id[said.payment or 0]
        assert (payment.state, payment.theirs, abs(each.line.pence)) == ("sent", False, payment.pence)
        assert each.line.booked_on >= DAY
        assert (each.line.pence > 0) == (said.kind == "returned")
        assert (said.kind == "likely") != (references(each.line.words) == {payment.reference})
    shuffled = list(made)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    expected.reverse()
    assert match(marked(shuffled), expected) == found
