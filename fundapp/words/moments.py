"""Moments and days in words, in the fund's zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import locale, ngettext


def moment(at: datetime, zone: ZoneInfo) -> str:
    """`5pm on Friday 26 March 2027`: minutes only where there are any."""
    local = at.astimezone(zone)
    return _("%(time)s on %(day)s", time=clock_time(at, zone), day=_date(local.date(), "EEEE d MMMM y"))


def deadline(at: datetime, zone: ZoneInfo, today: date) -> str:
    """`5pm on Friday 26 March`; with the year when it is not today's."""
    return _("%(time)s on %(day)s", time=clock_time(at, zone), day=day(at.astimezone(zone).date(), today))


def short_moment(at: datetime, zone: ZoneInfo) -> str:
    """`Mon 8 March, 9.41pm`: for lists whose year is plain."""
    local = at.astimezone(zone)
    return _("%(day)s, %(time)s", day=_date(local.date(), "EEE d MMMM"), time=clock_time(at, zone))


def clock_time(at: datetime, zone: ZoneInfo) -> str:
    """`5pm`, `9.41pm`, `12 noon`."""
    local = at.astimezone(zone)
    if (local.hour, local.minute) == (12, 0):
        return str(_("12 noon"))
    half = "am" if local.hour < 12 else "pm"
    minutes = f".{local.minute:02}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{half}"


def day(on: date, today: date) -> str:
    """`Friday 26 March`; `Tuesday 31 August 2028` when the year is not today's."""
    return _date(on, "EEEE d MMMM" if on.year == today.year else "EEEE d MMMM y")


def short_day(on: date, today: date) -> str:
    """`Mon 8 March`; `Mon 8 March 2026` when the year is not today's."""
    return _date(on, "EEE d MMMM" if on.year == today.year else "EEE d MMMM y")


def plain_day(on: date, today: date) -> str:
    """`30 April`; `31 August 2028` when the year is not today's."""
    return _date(on, "d MMMM" if on.year == today.year else "d MMMM y")


def whole_day(on: date) -> str:
    """`Friday 26 March 2027`: on paper, where the year is never plain."""
    return _date(on, "EEEE d MMMM y")


def date_words(on: date) -> str:
    """`26 March 2027`: in a sentence that has to stand for years."""
    return _date(on, "d MMMM y")


def exact_moment(at: datetime, zone: ZoneInfo) -> str:
    """`17:02:31 on Friday 26 March 2027 (GMT)`: to the second, with the name of the zone's time."""
    local = at.astimezone(zone)
    return _(
        "%(time)s on %(day)s (%(zone)s)",
        time=local.strftime("%H:%M:%S"),
        day=whole_day(local.date()),
        zone=local.tzname() or "UTC",
    )


def ago(at: datetime, now: datetime) -> str:
    """How long since: `3 days`, `2 hours`, `5 minutes`, `less than a minute`; whole units, rounded down."""
    return span(int((now - at).total_seconds()))


def left(at: datetime, now: datetime) -> str:
    """`in 3 days`; once it has passed, `3 days ago`."""
    seconds = int((at - now).total_seconds())
    if seconds >= 0:
        return str(_("in %(span)s", span=span(seconds)))
    return str(_("%(span)s ago", span=span(-seconds)))


def span(seconds: int) -> str:
    """`3 days`, `2 hours`, `5 minutes`, `less than a minute`; whole units, rounded down."""
    minutes = max(seconds, 0) // 60
    if minutes >= 24 * 60:
        return str(ngettext("%(num)s day", "%(num)s days", minutes // (24 * 60)))
    if minutes >= 60:
        return str(ngettext("%(num)s hour", "%(num)s hours", minutes // 60))
    if minutes:
        return str(ngettext("%(num)s minute", "%(num)s minutes", minutes))
    return str(_("less than a minute"))


def _date(on: date, pattern: str) -> str:
    return format_date(on, pattern, locale=locale())
