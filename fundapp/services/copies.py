"""The paper of a frozen version: made once from exactly what was hashed, then kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from fundapp.database import AnyRow
from fundapp.domain import deadlines, forms
from fundapp.letters.copy import Answered, BidCopy, CostLine, NamedFile
from fundapp.letters.paper import Enclosed
from fundapp.letters.sender import Contact
from fundapp.models import CopyPaper
from fundapp.queries import copies as asks
from fundapp.services import papers
from fundapp.services.deed import Office
from fundapp.storage import FileMissing, Files
from fundapp.words import answers as said
from fundapp.words import moments
from fundapp.words.tongue import gettext as _


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one paper is made of, gathered before it is set, so that no transaction waits for the press."""

    version: int
    copy: BidCopy
    enclosed: Enclosed


def sheet(conn: Connection, row: AnyRow, zone: ZoneInfo) -> Sheet:
    """The sheet of a version as `queries.copies.version` gives it."""
    areas = [
        row.answers[question["id"]]
        for question in row.questions
        if question["kind"] == "area" and isinstance(row.answers.get(question["id"]), int)
    ]
    known = asks.area_names(conn, areas)
    names = said.Names(lambda area: known.get(area, ""), lambda holding: "", moments.whole_day)
    terms = row.terms
    file = f"{row.reference}-copy-{row.number}.json"
    copy = BidCopy(
        reference=row.reference, project_title=str(row.answers.get("title") or row.title or row.reference),
        organisation=str(row.answers.get("organisation") or ""), place=_place(row, known, areas), fund_name=row.fund,
        round_title=row.round, amount_pence=row.amount_pence, version_number=row.number,
        frozen_at=moments.exact_moment(row.frozen_at, zone), dated=deadlines.civil_day(row.frozen_at, zone),
        answers=tuple(_answered(row.questions, row.answers, names)), sha256=row.sha256, file=file,
        contact=Contact(tuple(terms.get("address", ())), terms.get("phone"), terms.get("email")),
    )  # fmt: skip
    enclosed = Enclosed(
        file, _("The answers of this copy, as the bytes that its SHA-256 is of"), forms.copy_bytes(row.answers), row.frozen_at
    )  # fmt: skip
    return Sheet(row.id, copy, enclosed)


def _place(row: AnyRow, known: Mapping[int, str], areas: list[int]) -> str:
    return ", ".join(known[area] for area in areas if area in known) or row.place or ""


def _answered(
    questions: list[dict[str, Any]], answers: Mapping[str, Any], names: said.Names
) -> list[Answered]:
    """Every question of the form with its answer; then what a file brought that its form does not ask."""
    found = []
    for question in questions:
        if question["id"] in forms.NOT_IN_COPY:
            continue
        answer, label = answers.get(question["id"]), _(question["label"])
        if question["kind"] == "budget" and answer:
            costs = tuple(CostLine(line["what"], line["pence"]) for line in answer)
            found.append(Answered(label, costs=costs))
        elif question["kind"] == "file" and answer:
            files = tuple(NamedFile(file["name"], said.size(file["size"]), file["sha256"]) for file in answer)
            found.append(Answered(label, files=files))
        else:
            found.append(Answered(label, tuple(said.lines(question, answer, names))))
    asked = {question["id"] for question in questions}
    for name in sorted(answers.keys() - asked - forms.NOT_IN_COPY):
        lines = tuple(said.lines({"id": name, "kind": "text"}, answers[name], names))
        if lines:
            found.append(Answered(name.replace("_", " ").capitalize(), lines))
    return found


def paper(office: Office, files: Files, bid: int, number: int, now: datetime) -> bytes | None:
    """The PDF of a version, made and kept if this is the first time; None if there is no such version.

    Opens transactions of its own. Raises PressNotReady, StorageUnusable.
    """
    with office.db.read() as conn:
        row = asks.version(conn, bid, number)
        if row is None:
            return None
        made = kept(files, row)
        if made is not None:
            return made
        what = sheet(conn, row, office.zone)
    content = press(what)
    sha256, size = files.put(content)
    with office.db.write() as conn:
        add = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
        values = {"sha256": sha256, "size": size, "made_at": now}
        added = add(CopyPaper).values(bid_version_id=what.version, **values)
        conn.execute(added.on_conflict_do_update(index_elements=["bid_version_id"], set_=values))
    return content


def kept(files: Files, row: AnyRow) -> bytes | None:
    """The paper of a version that was made before; None if none was, or its file is gone."""
    if row.paper_sha256 is None:
        return None
    try:
        with files.open(row.paper_sha256) as stream:
            return stream.read()
    except FileMissing:
        return None


def press(what: Sheet) -> bytes:
    """The PDF of a sheet; the same sheet always gives the same bytes. Raises PressNotReady."""
    return papers.pressed("copy", what.copy, what.enclosed)
