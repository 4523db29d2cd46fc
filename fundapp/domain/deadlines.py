"""Deadlines: local civil time in the fund's zone, kept as UTC."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: Until this hour of a closing day things are taken in.
CLOSING_HOUR = time(17, 0)


def closing_of(day: date, zone: ZoneInfo) -> datetime:
    """5pm on that day in the fund's zone, as UTC."""
    return datetime.combine(day, CLOSING_HOUR, zone).astimezone(UTC)


def opening_of(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of that day in the fund's zone, as UTC."""
    return datetime.combine(day, time(0, 0), zone).astimezone(UTC)


def days_later(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """5pm in the fund's zone, so many days after `moment`'s own day there, as UTC."""
    return closing_of(moment.astimezone(zone).date() + timedelta(days=days), zone)


def civil_day(moment: datetime, zone: ZoneInfo) -> date:
    """The day in the fund's zone on which a moment falls."""
    return moment.astimezone(zone).date()


def report_overdue(state: str | None, due_on: date | None, today: date) -> bool:
    """Whether a report in this state, due on this day, is overdue: its payments are held until it is filed."""
    return state in ("due", "returned") and due_on is not None and due_on < today
