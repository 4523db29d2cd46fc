"""What the words about a bid are made from: the bid, what hangs on it, who looks, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from fundapp.words import moments
from fundapp.words.states import Audience
from fundapp.words.tongue import gettext as _


@dataclass(frozen=True, slots=True)
class Situation:
    """A bid with what hangs on it, who looks at it, and on which day.

    `report` and `award` are rows or None; `holder_words` as `states.holder` gives them; `reached` as `journey.reached`.
    To outsiders a bid stands in review until its decision is released, whatever the panel has staged.
    """

    bid: Any
    round: Any
    report: Any
    award: Any
    holder_words: str
    viewer_is_holder: bool
    zone: ZoneInfo
    today: date
    reached: Mapping[str, datetime]
    audience: Audience = "applicant"

    @property
    def outside(self) -> bool:
        """True for those who hear of the panel's work only once it is released."""
        return self.audience != "staff"

    def on(self, at: datetime) -> date:
        """The day in the fund's zone on which a moment falls."""
        return at.astimezone(self.zone).date()

    def short_day(self, at: datetime | None) -> str:
        """`Mon 8 March`; empty for a moment that is not known."""
        return moments.short_day(self.on(at), self.today) if at else ""

    def day(self, at: datetime) -> str:
        """`Friday 26 March`."""
        return moments.day(self.on(at), self.today)

    def deadline(self, at: datetime) -> str:
        """`5pm on Friday 26 March`."""
        return moments.deadline(at, self.zone, self.today)

    def by(self, at: datetime) -> str:
        """`by 30 April`."""
        return str(_("by %(day)s", day=moments.plain_day(self.on(at), self.today)))
