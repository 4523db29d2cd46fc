"""What an award letter says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fundapp.letters.sender import Contact, Signatory
from fundapp.letters.worded import Said, said


@dataclass(frozen=True)
class Instalment:
    """One line of the payment plan; `amount_pence` in pence, `when` and `needs` in words."""

    label: str
    when: str
    needs: str
    amount_pence: int


@dataclass(frozen=True)
class AwardLetter:
    """An award letter's words and numbers. Every text is what somebody typed: plain, never markup.

    `amount_pence` is in pence and the payments, if any are planned yet, must add up to it: else ValueError.
    `recipient_name` None writes to the organisation. `conditions` are the fund's own, without numbers: that
    the money is spent on the bid between `starts_on` and `ends_on`, and reported on by `report_by`, it says
    itself. `panel_words` (may be empty) and `endorser_line` are whole sentences. `accept_by` and
    `report_by` are in words already: '5pm on Thursday 10 June 2027'. `replaces` is the
    day of the letter that this one replaces: of an award that was changed, as its applicant agreed. `check_code` and
    `record_line` appear only when given. `words` are its passages as its facts record them; the usual ones where None.
    """

    reference: str
    project_title: str
    organisation: str
    recipient_name: str | None
    address_lines: tuple[str, ...]
    fund_name: str
    round_title: str
    amount_pence: int
    dated: date
    starts_on: date | None
    ends_on: date | None
    payments: tuple[Instalment, ...]
    conditions: tuple[str, ...]
    panel_words: str
    endorser_line: str | None
    accept_by: str
    report_by: str | None
    signatories: tuple[Signatory, ...]
    contact: Contact
    replaces: date | None = None
    check_code: str | None = None
    record_line: str | None = None
    words: Mapping[str, Any] | None = None
    said: Said = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "said", said("award", self.words, vars(self)))
        planned = sum(payment.amount_pence for payment in self.payments)
        if self.payments and planned != self.amount_pence:
            raise ValueError(
                f"The payments of {self.reference} come to {planned} pence, its award to {self.amount_pence}."
                " Plan payments that add up to the award."
            )
