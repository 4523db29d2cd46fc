"""What election law asks of donations that came in: to check, to return, to report. A help, not legal advice."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from fundapp.domain import thresholds


@dataclass(frozen=True, slots=True)
class Gift:
    """A donation that stands: whole pence, the day it came, and what its newest check said (None: not checked yet)."""

    id: int
    source: int
    amount_pence: int
    received_on: date
    outcome: str | None = None
    checked_on: date | None = None
    returned_on: date | None = None


@dataclass(frozen=True, slots=True)
class Duty:
    """What is to be done about a donation by a day: `check`, `return`, `report`, or `report_impermissible`.

    `pence` is what a report is of: for `report` the source's donations of the year that no earlier report was due for.
    """

    kind: str
    gift: int
    source: int
    pence: int
    due_on: date


def counts(gift: Gift) -> bool:
    """Whether the law calls it a donation: it is over the limit of the day it came."""
    return over(gift.amount_pence, gift.received_on)


def over(amount_pence: int, day: date) -> bool:
    """Whether a sum that came on a day is over the limit under which it is no donation."""
    return amount_pence > thresholds.on("check_over_pence", day)


def duties(gifts: Iterable[Gift], reported: Collection[int]) -> list[Duty]:
    """What is still to be done, the earliest due first; `reported` are the donations with which a report was made.

    A report is due once a source's donations of a calendar year are over the first limit, and again whenever those since
    are over the second (PPERA Schedule 7, paragraph 10). It covers everything from the source up to its donation.
    """
    owed: list[Duty] = []
    ordered = sorted(filter(counts, gifts), key=lambda gift: (gift.source, gift.received_on, gift.id))
    for gift in ordered:
        came = gift.received_on
        if gift.outcome is None:
            owed.append(Duty("check", gift.id, gift.source, gift.amount_pence, _after(came)))
        elif gift.outcome == "impermissible" and gift.returned_on is None:
            owed.append(Duty("return", gift.id, gift.source, gift.amount_pence, _after(came)))
        elif gift.outcome == "impermissible" and gift.returned_on is not None and gift.id not in reported:
            owed.append(
                Duty(
                    "report_impermissible", gift.id, gift.source, gift.amount_pence, _after(gift.returned_on)
                )
            )
    kept = [gift for gift in ordered if gift.outcome != "impermissible"]
    for _year, together in groupby(kept, key=lambda gift: (gift.source, gift.received_on.year)):
        owed += _reports(list(together), reported)
    return sorted(owed, key=lambda duty: (duty.due_on, duty.gift, duty.kind))


def _reports(gifts: list[Gift], reported: Collection[int]) -> list[Duty]:
    owed: list[Duty] = []
    pence, limit = 0, "report_over_pence"
    for gift in gifts:
        pence += gift.amount_pence
        if pence > thresholds.on(limit, gift.received_on):
            owed.append(Duty("report", gift.id, gift.source, pence, _after(_accepted_on(gift))))
            pence, limit = 0, "report_again_over_pence"
        if gift.id in reported:
            owed.clear()
            if limit == "report_again_over_pence":
                pence = 0
    return owed


def _accepted_on(gift: Gift) -> date:
    """A donation is accepted when it is found permissible; until that is recorded, the day it came is counted from."""
    return max(gift.received_on, gift.checked_on) if gift.checked_on else gift.received_on


def _after(day: date) -> date:
    """The last day of a period that begins with a day: of 30 days from 1 March, 30 March."""
    return day + timedelta(days=thresholds.on("days", day) - 1)
