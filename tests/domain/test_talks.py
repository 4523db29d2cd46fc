"""How a disagreement stands, and when readers are reminded."""

from datetime import UTC, datetime, timedelta

import pytest

from fundapp.domain.talks import FRESH, reminder_due, reminder_moments, talk

BY = datetime(2027, 3, 19, 17, 0, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.mark.parametrize(
    ("spread", "enough", "opened", "closed", "stale", "reviews_open", "stands"),
    [
        (201, False, False, False, False, True, "few"),
        (201, True, False, False, False, True, "ask"),
        (201, True, True, False, False, True, "open"),
        (200, True, True, False, True, True, "met"),
        (201, True, True, True, False, True, "settled"),
        (201, True, True, True, True, True, "again"),
        (201, False, True, True, True, True, "few"),
        (200, True, True, True, True, True, "settled"),
        (201, True, True, True, True, False, "over"),
        (201, True, False, False, False, False, "over"),
    ],
)
def test_how_a_disagreement_stands(
    spread: int, enough: bool, opened: bool, closed: bool, stale: bool, reviews_open: bool, stands: str
) -> None:
    found = talk(
        spread, 200, enough=enough, opened=opened, closed=closed, stale=stale, reviews_open=reviews_open
    )
    assert found == stands


def test_the_moments_of_reminding() -> None:
    assert reminder_moments(BY) == [BY - 7 * DAY, BY - 2 * DAY, BY + DAY]


@pytest.mark.parametrize(
    ("at", "due"),
    [
        (BY - 7 * DAY - SECOND, None), (BY - 7 * DAY, BY - 7 * DAY), (BY - 2 * DAY - SECOND, BY - 7 * DAY),
        (BY - 2 * DAY, BY - 2 * DAY), (BY, BY - 2 * DAY), (BY + DAY, BY + DAY), (BY + 40 * DAY, BY + DAY),
    ],
)  # fmt: skip
def test_the_newest_moment_that_has_come_counts(at: datetime, due: datetime | None) -> None:
    assert reminder_due(BY, at, BY - 30 * DAY) == due


def test_what_has_only_just_come_is_not_reminded_of() -> None:
    at = BY - 2 * DAY
    assert reminder_due(BY, at, at - FRESH) == at
    assert reminder_due(BY, at, at - FRESH + SECOND) is None
