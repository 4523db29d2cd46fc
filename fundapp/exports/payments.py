"""A payment run for the bank: what both of its files say, and the neutral CSV."""

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from fundapp.domain import bank_text, money

HEADINGS: Final = (
    "Run", "Payment id", "Bid reference", "Payee name", "Sort code", "Account", "Amount (pence)", "Amount (GBP)",
    "Reference",
)  # fmt: skip
#: The longest reference that every British scheme carries.
MOST_REFERENCE: Final = 18


@dataclass(frozen=True, slots=True)
class Account:
    """An account: its holder's name as banks carry it, six figures of sort code and eight of account, as text."""

    name: str
    sort_code: str
    account: str


@dataclass(frozen=True, slots=True)
class Line:
    """One payment of a run, in pence. `reference` is what the payee reads on their statement."""

    payment: int
    bid: str
    to: Account
    amount_pence: int
    reference: str


@dataclass(frozen=True, slots=True)
class Run:
    """What a bank's file is made of. All of it comes from the run's own row, so that a file made later is the same."""

    fund: int
    number: int
    made_at: datetime
    pay_on: date
    payer: Account
    lines: tuple[Line, ...]

    @property
    def total_pence(self) -> int:
        """What the lines come to."""
        return sum(line.amount_pence for line in self.lines)


class Unfit(ValueError):
    """A run that no bank's file may be made of: a name, a number or a sum is not what a file can hold."""


def check(run: Run) -> None:
    """Raises Unfit unless every text is one that banks carry and every number one of an account.

    The last look before bytes: whatever made the run, no sign that means something to a program gets into a bank's file.
    """
    for account in (run.payer, *(line.to for line in run.lines)):
        if not account.name or set(account.name) - bank_text.CARRIED or account.name[0] in " -":
            raise Unfit(f"a name of run {run.number}")
        for figures, long in ((account.sort_code, 6), (account.account, 8)):
            if not (len(figures) == long and figures.isascii() and figures.isdigit()):
                raise Unfit(f"the numbers of an account of run {run.number}")
    for line in run.lines:
        if not 0 < line.amount_pence <= money.MOST_PENCE:
            raise Unfit(f"the amount of payment {line.payment}")
        for text in (line.reference, line.bid):
            if (
                not text
                or set(text) - bank_text.CARRIED
                or not text[0].isalnum()
                or len(text) > MOST_REFERENCE
            ):
                raise Unfit(f"the reference of payment {line.payment}")
    if not run.lines or len({line.payment for line in run.lines}) != len(run.lines):
        raise Unfit(f"the lines of run {run.number}")


def csv_bytes(run: Run) -> bytes:
    """The neutral CSV: headings, then one line a payment; ASCII, CRLF. Raises Unfit.

    Every text is quoted, sort codes and accounts too, whose leading zeros are part of them; amounts are bare, in pence
    and in pounds with two decimals. Nothing is put before a text to keep a spreadsheet from taking it for a formula, as that
    would be in the payee's name: no text can begin with such a sign in the first place.
    """
    check(run)
    stream = io.StringIO(newline="")
    out = csv.writer(stream, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    out.writerow(HEADINGS)
    for line in run.lines:
        texts = (line.bid, line.to.name, line.to.sort_code, line.to.account)
        cells = [str(run.number), str(line.payment), *map(_quoted, texts), str(line.amount_pence)]
        cells += [money.pounds_plain(line.amount_pence), _quoted(line.reference)]
        stream.write(",".join(cells) + "\r\n")
    return stream.getvalue().encode("ascii")


def _quoted(text: str) -> str:
    """No quotation mark is carried, so none needs doubling."""
    return f'"{text}"'
