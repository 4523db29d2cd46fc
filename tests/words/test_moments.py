"""Moments in words: the fund's zone, its summer time, and where a year must be told."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from fundapp.words import moments

LONDON = ZoneInfo("Europe/London")


def utc(*parts: int) -> datetime:
    """A moment in UTC."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (utc(2027, 3, 26, 17), "5pm on Friday 26 March 2027"),
        (utc(2027, 6, 10, 16), "5pm on Thursday 10 June 2027"),
        (utc(2027, 3, 8, 9, 5), "9.05am on Monday 8 March 2027"),
        (utc(2027, 3, 8, 12), "12 noon on Monday 8 March 2027"),
        (utc(2027, 3, 8, 0, 1), "12.01am on Monday 8 March 2027"),
        (utc(2027, 7, 31, 23, 30), "12.30am on Sunday 1 August 2027"),
    ],
)
def test_a_moment(at: datetime, words: str) -> None:
    assert moments.moment(at, LONDON) == words


def test_a_deadline_tells_its_year_only_when_it_is_another() -> None:
    assert moments.deadline(utc(2027, 3, 26, 17), LONDON, date(2027, 1, 1)) == "5pm on Friday 26 March"
    assert moments.deadline(utc(2027, 3, 26, 17), LONDON, date(2026, 12, 31)) == "5pm on Friday 26 March 2027"


def test_a_short_moment() -> None:
    assert moments.short_moment(utc(2027, 3, 8, 21, 41), LONDON) == "Mon 8 March, 9.41pm"


def test_days() -> None:
    today = date(2027, 3, 23)
    assert moments.day(date(2027, 3, 26), today) == "Friday 26 March"
    assert moments.day(date(2028, 8, 31), today) == "Thursday 31 August 2028"
    assert moments.short_day(date(2027, 3, 8), today) == "Mon 8 March"
    assert moments.short_day(date(2026, 3, 8), today) == "Sun 8 March 2026"
    assert moments.plain_day(date(2027, 4, 30), today) == "30 April"
    assert moments.plain_day(date(2028, 8, 31), today) == "31 August 2028"


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=59, seconds=59), "59 minutes"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=23, minutes=59), "23 hours"),
        (timedelta(hours=24), "1 day"),
        (timedelta(days=3, hours=23), "3 days"),
    ],
)
def test_how_long_since_and_until(span: timedelta, words: str) -> None:
    now = utc(2027, 3, 23, 14)
    assert moments.ago(now - span, now) == words
    assert moments.left(now + span, now) == f"in {words}"
    assert moments.left(now - span, now) == f"{words} ago"


def test_what_has_not_happened_yet_is_no_time_ago() -> None:
    now = utc(2027, 3, 23, 14)
    assert moments.ago(now + timedelta(days=2), now) == "less than a minute"
