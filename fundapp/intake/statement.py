"""The bank's statement as CSV: each bank's own headers and signs, every bad row named."""

from __future__ import annotations

import codecs
import csv
import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from fundapp.domain.money import MoneyError, parse_pounds
from fundapp.domain.reconcile import Line
from fundapp.intake.headers import Vocabulary, understand, vocabulary
from fundapp.intake.reading import Reading
from fundapp.intake.refusals import FileRefused, Problem
from fundapp.intake.spreadsheet import Sheet, check_headers, cut, file_bytes, read_sheet, shown_name
from fundapp.intake.workbook import Cell

#: What a bank says of the account before its headers is looked through for so many lines.
_BEFORE_HEADERS: Final = 30
_SAID: Final = ("name", "reference", "details", "memo")

STATEMENT: Final[Vocabulary] = vocabulary(
    {
        "date": (
            ("Booked on", "Booking date", "Booked date", "Posting date", "Posted date", "Date posted", "Entry date"),
            ("Date",),
            ("Transaction date", "Date of transaction"),
            ("Value date",),
        ),
        "amount": (
            ("Amount", "Amount GBP", "Amount in GBP", "Amount £", "Amount in £", "Transaction amount"),
            ("Value", "Value GBP", "Value £"),
        ),
        "paid_out": (
            (
                "Paid out", "Money out", "Out", "Debit", "Debits", "Debit amount", "Amount debited", "Withdrawal",
                "Withdrawals", "Withdrawn", "Paid out GBP", "Paid out £", "Money out GBP", "Money out £", "Debit GBP", "Debit £",
            ),
            ("Payments",),
        ),
        "paid_in": (
            (
                "Paid in", "Money in", "In", "Credit", "Credits", "Credit amount", "Amount credited", "Deposit", "Deposits",
                "Deposited", "Paid in GBP", "Paid in £", "Money in GBP", "Money in £", "Credit GBP", "Credit £",
            ),
            ("Receipts",),
        ),
        "side": (("Debit/Credit", "Credit/Debit", "DR/CR", "CR/DR", "Debit or credit", "Credit or debit"),),
        "currency": (("Currency", "Currency code"), ("Account currency",)),
        "name": (
            ("Counterparty", "Counter party", "Counterparty name", "Payee", "Payee name", "Beneficiary", "Merchant"),
            ("Name",),
        ),
        "reference": (
            ("Payment reference", "Your reference", "Customer reference", "Reference", "Ref"),
            ("Transaction reference",), ("Bank reference",),
        ),
        "details": (
            ("Description", "Transaction description", "Narrative", "Transaction narrative"),
            ("Details", "Transaction details", "Particulars"), ("Transaction",),
        ),
        "memo": (("Memo",), ("Notes", "Notes and #tags"), ("Additional information", "Further details", "Narrative 2")),
    },
    ("date",),
    {"statement", "transactions"},
    "lines of the statement",
    ("date", "amount", "paid_out", "paid_in"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that was read; with problems, it is not taken in. `sha256` is of the file as it was given."""

    name: str
    sha256: str
    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]


def read_statement(source: Path | bytes, today: date, name: str | None = None) -> Statement:
    """Read a bank's statement: every line, or every bad row with every reason. Raises FileRefused.

    Amounts come from one signed column, one with a column that says debit or credit, or one column each for what was
    paid out and in. The text is UTF-8, UTF-16 or, as older banking systems write it, Windows-1252. Lines about the
    account before the headers are passed over. `today`: nothing is booked later.
    """
    file = name or (shown_name(source) if isinstance(source, Path) else "the file")
    content = source if isinstance(source, bytes) else file_bytes(source, file)
    sheet = read_sheet(_from_headers(_utf8(content)), STATEMENT, file)
    columns = understand(sheet.headers, STATEMENT)
    check_headers(file, sheet, columns, STATEMENT)
    if "amount" not in columns.at and not {"paid_out", "paid_in"} <= columns.at.keys():
        raise FileRefused(
            "missing_columns",
            {
                "file": file, "missing": "amount, or paid out and paid in", "needed": "date, amount (or paid out and paid in)",
                "seen": ", ".join(f"'{cut(header)}'" for header in sheet.headers[:30] if header),
            },
        )  # fmt: skip
    reading = _Reading(sheet, today)
    lines = [found for row in sheet.rows if (found := reading.row(*row)) is not None]
    problems = tuple(reading.problems)
    return Statement(file, hashlib.sha256(content).hexdigest(), () if problems else tuple(lines), problems)


def _utf8(content: bytes) -> bytes:
    """The same text in UTF-8; whatever is no text as it is, to be refused by name."""
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if b"\0" in content and not wide:
        return content
    encodings = ("utf-16",) if wide else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return content.decode(encoding).encode()
        except UnicodeDecodeError:
            continue
    return content


def _from_headers(content: bytes) -> bytes:
    """The file without what the bank says of the account above the headers; the lines keep their numbers."""
    try:
        lines = content.decode().splitlines(keepends=True)
    except UnicodeDecodeError:
        return content
    for number, line in enumerate(lines[:_BEFORE_HEADERS]):
        for separator in ",;\t":
            try:
                (cells,) = csv.reader([line.strip()], delimiter=separator, strict=True)
            except (csv.Error, ValueError):
                continue
            at = understand(cells, STATEMENT).at
            if "date" in at and ("amount" in at or {"paid_out", "paid_in"} <= at.keys()):
                return "".join(["\n"] * number + lines[number:]).encode()
    return content


class _Reading(Reading):
    """One pass over a statement."""

    LONGEST = dict.fromkeys(_SAID, 500)

    def __init__(self, sheet: Sheet, today: date) -> None:
        super().__init__(sheet, understand(sheet.headers, STATEMENT))
        self._today = today

    def row(self, line: int, cells: tuple[Cell, ...]) -> Line | None:
        """What this line says; None for one on which no money moved, or after naming all that is wrong with it."""
        before = self.begin(line, cells)
        day = self.day("date")
        if day is None and not self.text("date"):
            self.problem("date", "no_date")
        elif day is not None and day > self._today:
            self.problem("date", "date_to_come", text=day.isoformat())
        currency = self.text("currency")
        if currency and currency.upper() != "GBP":
            self.problem("currency", "other_currency", text=cut(currency))
        pence = self._pence()
        said = " · ".join(dict.fromkeys(text for meaning in _SAID if (text := self.text(meaning))))
        if day is None or pence is None or len(self.problems) != before:
            return None
        return Line(line, day, pence, said) if pence else None

    def _pence(self) -> int | None:
        """What moved, out below nothing; None after naming what is wrong."""
        before = len(self.problems)
        signed, out, paid_in = self._sum("amount"), self._sum("paid_out"), self._sum("paid_in")
        if len(self.problems) != before:
            return None
        if out and paid_in:
            self.problems.append(Problem(self.line, "", "out_and_in"))
            return None
        if paid_in is not None and paid_in < 0:
            self.problem("paid_in", "below_nothing")
            return None
        apart = None if out is None and paid_in is None else (paid_in or 0) - abs(out or 0)
        if signed is None and apart is None:
            self.problems.append(Problem(self.line, self.header("amount"), "nothing_moved"))
            return None
        if signed is not None:
            signed = self._sided(signed)
        if signed is not None and apart is not None and signed != apart:
            self.problems.append(Problem(self.line, "", "amounts_differ"))
            return None
        return signed if signed is not None else apart

    def _sided(self, pence: int) -> int | None:
        """An amount with the sign that its own column gives, where the bank has one."""
        side = self.text("side").lower()
        if not side:
            return pence
        if side in {"d", "dr", "debit", "out", "dbit"}:
            return -abs(pence)
        if side in {"c", "cr", "credit", "in", "crdt"}:
            return abs(pence)
        self.problem("side", "neither_side", text=cut(side))
        return None

    def _sum(self, meaning: str) -> int | None:
        text = self.text(meaning)
        if not text:
            return None
        try:
            return parse_pounds(text.removeprefix("+"))
        except MoneyError as wrong:
            self.problem(meaning, wrong.code, **wrong.params)
            return None
