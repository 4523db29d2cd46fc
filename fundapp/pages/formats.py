"""How values read on pages: money, days, moments. Registered as Jinja filters."""

from datetime import UTC, date, datetime

from flask import Flask, current_app

from fundapp.domain import money
from fundapp.services.deed import Office
from fundapp.words import moments


def _zone() -> object:
    office: Office = current_app.extensions["office"]
    return office.zone


def moment(value: datetime | None) -> str:
    """`5pm on Friday 26 March 2027`."""
    return moments.moment(value, _zone()) if value else ""  # type: ignore[arg-type]


def short_moment(value: datetime | None) -> str:
    """`Mon 8 March, 9.41pm`."""
    return moments.short_moment(value, _zone()) if value else ""  # type: ignore[arg-type]


def day(value: date | datetime | None) -> str:
    """`Friday 26 March`, with the year when it is not this one."""
    if value is None:
        return ""
    today = datetime.now(UTC).astimezone(_zone()).date()  # type: ignore[arg-type]
    if isinstance(value, datetime):
        value = value.astimezone(_zone()).date()  # type: ignore[arg-type]
    return moments.day(value, today)


def left(value: datetime | None) -> str:
    """`in 3 days`."""
    return moments.left(value, datetime.now(UTC)) if value else ""


def ago(value: datetime | None) -> str:
    """`3 days`: how long since."""
    return moments.ago(value, datetime.now(UTC)) if value else ""


def register(app: Flask) -> None:
    """Make them filters: pounds, pounds_short, moment, short_moment, day, left, ago."""
    app.jinja_env.filters.update(
        pounds=money.pounds, pounds_short=money.pounds_short, moment=moment, short_moment=short_moment, day=day,
        left=left, ago=ago,
    )  # fmt: skip
