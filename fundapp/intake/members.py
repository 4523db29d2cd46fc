"""A list of members, read a row at a time: lists are long, and nothing of them is held longer than needed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fundapp.domain.membership import clean_number, plain_name
from fundapp.intake.headers import Vocabulary, understand, vocabulary
from fundapp.intake.reading import Reading
from fundapp.intake.refusals import FileRefused, Problem
from fundapp.intake.spreadsheet import LongSheet, Sheet, check_headers, cut, open_sheet, shown_name
from fundapp.intake.workbook import Cell

#: More rows than the largest party of the country has members.
MOST_ROWS: Final = 1_000_000

MEMBERS: Final[Vocabulary] = vocabulary(
    {
        "number": (
            (
                "Number", "Membership number", "Member number", "Membership no", "Member no", "Membership ID",
                "Member ID", "Party membership number", "Membership", "ID",
            ),
        ),
        "name": (("Name", "Full name", "Member", "Member name"),),
        "first_name": (("First name", "Forename", "Forenames", "Given name", "Firstname"),),
        "last_name": (("Last name", "Surname", "Family name", "Lastname"),),
        "email": (("Email", "Email address", "E-mail", "E-mail address", "Contact email", "Mail"),),
        "local_party": (
            (
                "Local party", "CLP", "CLP name", "Constituency Labour Party", "Local party or branch",
                "Constituency party",
            ),
            ("Branch", "Branch name", "Local branch"),
            ("Constituency", "Constituency name"),
        ),
    },
    ("number", "local_party"),
    {"members", "membership", "member list", "membership list"},
    "members",
    ("number", "local_party", "name", "email"),
)  # fmt: skip
#: A list holds what people once wrote into a form: only what cannot be an address is refused.
_ADDRESS: Final = re.compile(r"[^\s@]+@[^\s@]+")


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One member as the list has them: the number as it is compared; '' for a name or an address that is not given."""

    line: int
    number: str
    name: str
    email: str
    local_party: str


@dataclass(frozen=True, slots=True)
class MemberFile:
    """A list that was read once. `problems` are all that is wrong with it; with none, `rows` reads it again."""

    count: int
    problems: tuple[Problem, ...]
    sheet: LongSheet

    def rows(self) -> Iterator[MemberRow]:
        """Every row, one at a time, from the bytes that were read before."""
        reading = _Reading(self.sheet)
        for line, cells in self.sheet.again():
            row = reading.row(line, cells)
            if row is not None:
                yield row


def read_members(path: Path) -> MemberFile:
    """Read a CSV or XLSX list of members: every bad row with every reason. Raises FileRefused."""
    sheet = open_sheet(path, MEMBERS, MOST_ROWS)
    file = shown_name(path)
    columns = understand(sheet.headers, MEMBERS)
    check_headers(file, sheet, columns, MEMBERS)
    if not {"name", "first_name", "last_name", "email"} & columns.at.keys():
        raise FileRefused(
            "missing_columns",
            {
                "file": file, "missing": "name or email", "needed": ", ".join(MEMBERS.needed).replace("_", " "),
                "seen": ", ".join(f"'{cut(header)}'" for header in sheet.headers[:30] if header),
            },
        )  # fmt: skip
    reading = _Reading(sheet)
    count = sum(reading.row(line, cells) is not None for line, cells in sheet.again())
    return MemberFile(count, tuple(reading.problems), sheet)


class _Reading(Reading):
    """One pass over a list of members, remembering which number was seen on which line."""

    LONGEST = {"number": 40, "email": 320, "local_party": 100}

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(sheet, understand(sheet.headers, MEMBERS))
        self._seen: dict[str, int] = {}

    def row(self, line: int, cells: tuple[Cell, ...]) -> MemberRow | None:
        """The member on this line, or None after adding everything that is wrong with it to `problems`."""
        before = self.begin(line, cells)
        said = self.required("number")
        number = clean_number(said) or ""
        if said and not number:
            self.problem("number", "not_a_membership_number", text=cut(said))
        elif number and self._seen.setdefault(number, line) != line:
            self.problem("number", "member_twice", text=number, first=self._seen[number])
        name = self.text("name") or f"{self.text('first_name')} {self.text('last_name')}".strip()
        email = self.text("email").lower()
        if email and _ADDRESS.fullmatch(email) is None:
            self.problem("email", "not_an_email", text=cut(email))
        if not email and not plain_name(name):
            self.problems.append(Problem(line, "", "no_name_and_no_email"))
        party = " ".join(self.required("local_party").split())
        return MemberRow(line, number, name, email, party) if len(self.problems) == before else None
