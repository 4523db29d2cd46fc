"""Letters and the treasurer's files, made from rows."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from fundapp.domain.deadlines import civil_day
from fundapp.exports.awards import AwardRow, write_csv, write_xlsx
from fundapp.files import placing
from fundapp.letters import paper
from fundapp.letters.acceptance import AcceptanceLetter, Part
from fundapp.letters.award import AwardLetter, Instalment
from fundapp.letters.checking import Check
from fundapp.letters.feedback import FeedbackLetter
from fundapp.letters.sender import Contact, Signatory
from fundapp.queries import awards
from fundapp.words import election_law, recipients

_PRESS: Final = Lock()


class NoLetter(LookupError):
    """The bid has no letter: nothing has been decided yet."""


#: The template of each kind of letter.
_TEMPLATES: Final[dict[str, paper.TemplateName]] = {
    "award": "award", "feedback": "feedback", "acceptance": "acceptance",
}  # fmt: skip


def letter_of(facts: dict[str, Any], kind: str) -> AwardLetter | FeedbackLetter | AcceptanceLetter:
    """The letter that these recorded facts make."""
    whole = dict(facts)
    whole["address_lines"] = tuple(whole["address_lines"])
    whole["dated"] = date.fromisoformat(whole["dated"])
    whole["signatories"] = tuple(Signatory(name, title) for name, title in whole["signatories"])
    contact = whole["contact"]
    whole["contact"] = Contact(tuple(contact["address_lines"]), contact["phone"], contact["email"])
    if kind == "feedback":
        for name in ("strengths", "reasons", "next_steps"):
            whole[name] = tuple(whole[name])
        return FeedbackLetter(**whole)
    if kind == "acceptance":
        holder = whole.pop("recipient")
        whole["terms"] = tuple(Part(heading, tuple(lines)) for heading, lines in whole["terms"])
        whole["letter_dated"] = date.fromisoformat(whole["letter_dated"])
        law = election_law.of_recipient(holder, whole["amount_pence"], whole["dated"])
        return AcceptanceLetter(**whole, holder=recipients.label(holder) if holder else "", law=tuple(law))
    for name in ("starts_on", "ends_on", "replaces"):
        whole[name] = date.fromisoformat(whole[name]) if whole.get(name) else None
    whole["payments"] = tuple(Instalment(**line) for line in whole["payments"])
    whole["conditions"] = tuple(whole["conditions"])
    return AwardLetter(**whole)


def rendered(
    facts: dict[str, Any], kind: str, enclosed: paper.Enclosed | None = None, check: Check | None = None
) -> bytes:
    """The PDF of a letter, unsigned. Raises PressNotReady."""
    return pressed(_TEMPLATES[kind], letter_of(facts, kind), enclosed, check)


def pressed(
    name: paper.TemplateName,
    letter: paper.Letter,
    enclosed: paper.Enclosed | None = None,
    check: Check | None = None,
) -> bytes:
    """A letter or copy as PDF. One at a time: threads of a process share the fonts. Raises PressNotReady."""
    with _PRESS:
        return paper.render(name, letter, enclosed, check)


def award_rows(conn: Connection, round_id: int, zone: ZoneInfo) -> Iterator[AwardRow]:
    """The awards of a round for the treasurer's file; an applicant is named only with their consent."""
    for row in awards.exported(conn, round_id):
        yield AwardRow(
            reference=row.reference, title=row.title, organisation=row.organisation or "",
            organisation_id=row.official_id, applicant_name=row.applicant if row.show_name else None,
            amount_pence=row.amount_pence, requested_pence=row.requested_pence, award_state=row.state,
            awarded_on=civil_day(row.offered_at, zone), starts_on=row.starts_on, ends_on=row.ends_on, ward=row.ward,
            council=row.council, region=row.region, fund=row.fund, round_code=row.code, paid_pence=int(row.paid_pence),
        )  # fmt: skip


def write_awards(conn: Connection, round_id: int, kind: str, path: Path, zone: ZoneInfo) -> None:
    """The awards of a round as CSV or XLSX."""
    rows = award_rows(conn, round_id, zone)
    if kind == "xlsx":
        write_xlsx(rows, path)
        return
    with placing(path) as whole, whole.open("w", newline="", encoding="utf-8") as stream:
        write_csv(rows, stream)
