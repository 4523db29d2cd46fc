"""Moments in words, for letters and mails that are made without a request."""

from datetime import datetime
from zoneinfo import ZoneInfo


def moment_words(moment: datetime, zone: ZoneInfo, locale: str = "en_GB") -> str:
    """`5pm on Thursday 10 June 2027`: hour (minutes only where there are any), weekday and day in the fund's zone."""
    from babel.dates import format_date

    local = moment.astimezone(zone)
    hour = local.strftime("%I").lstrip("0")
    minutes = f".{local.minute:02}" if local.minute else ""
    half = "am" if local.hour < 12 else "pm"
    return f"{hour}{minutes}{half} on {format_date(local.date(), 'EEEE d MMMM y', locale=locale)}"
