"""When scores are talked over, and when those who still have bids to read are reminded."""

from datetime import datetime, timedelta
from typing import Final, Literal

#: Readers with bids left are reminded so long before the panel should have read, and (less than nothing) after it.
REMIND_READERS: Final = (timedelta(days=7), timedelta(days=2), timedelta(days=-1))
#: Nobody is reminded of what came to them less than this before.
FRESH: Final = timedelta(days=1)

Talk = Literal["few", "ask", "again", "open", "met", "settled", "over"]


def talk(
    spread: int,
    limit: int,
    *,
    enough: bool,
    opened: bool,
    closed: bool,
    stale: bool,
    reviews_open: bool,
) -> Talk:
    """How a disagreement stands; `spread` and `limit` in hundredths of a point, `stale`: scores came after it was closed.

    few: far apart, and too few reviews are in to talk. ask: nobody has been asked yet. again: closed once, then scores
    came that lie far apart. open: being talked over. met: being talked over, and no longer far apart. settled: closed.
    over: its reviews are closed.
    """
    if not reviews_open:
        return "over"
    if opened and not closed:
        return "open" if spread > limit else "met"
    if closed and (not stale or spread <= limit):
        return "settled"
    if not enough:
        return "few"
    return "again" if closed else "ask"


def reminder_moments(panel_by: datetime) -> list[datetime]:
    """The moments at which whoever still has bids to read is reminded, in order."""
    return [panel_by - before for before in REMIND_READERS]


def reminder_due(panel_by: datetime, at: datetime, given_at: datetime) -> datetime | None:
    """The newest of these moments that has come, for somebody whose first unread bid was given to them at `given_at`.

    None before the first, and where what they have came to them less than FRESH before that moment.
    """
    reached = [moment for moment in reminder_moments(panel_by) if moment <= at]
    return reached[-1] if reached and given_at + FRESH <= reached[-1] else None
