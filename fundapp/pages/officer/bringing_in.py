"""A file of areas or representatives: its differences are shown, and applied when they are agreed to."""

import re
from datetime import date
from pathlib import PurePosixPath
from typing import Any, Final

from flask import abort, current_app, flash, g, redirect, render_template, request, url_for

from fundapp.domain.deadlines import civil_day
from fundapp.intake.areas import AreaFile, read_areas
from fundapp.intake.refusals import FileRefused, sentence
from fundapp.intake.representatives import RepresentativeFile, read_representatives
from fundapp.pages import acting
from fundapp.pages.gate import gate
from fundapp.pages.officer import blueprint, forms
from fundapp.pages.officer.forms import Page, Problems
from fundapp.services import areas, directory
from fundapp.services.differences import Differences, DirectoryRefused
from fundapp.storage import FileMissing, StorageUnusable
from fundapp.words.directory import change
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext

#: A page answers within seconds: larger files come in by the command.
MOST_BYTES: Final = 2 * 1024 * 1024
MOST_ROWS: Final = 5000
#: Differences and problems that the page names of each kind; the rest are counted.
SHOWN: Final = 200
KINDS: Final = ("representatives", "areas")


@blueprint.route("/directory/bring-in", methods=["GET", "POST"])
@gate("officer")
def bring_in() -> Page:
    """Give a file; what it would change is shown before anything is."""
    given = {"kind": forms.text("kind") or request.args.get("kind", ""), "start": forms.text("start")[:40]}
    if request.method == "GET":
        return _ask(given)
    problems: Problems = []
    if given["kind"] not in KINDS:
        problems.append({"field": "kind", "words": _("Choose what the file holds.")})
    start = _day(given["start"])
    if given["start"] and start is None:
        problems.append({"field": "start", "words": _("Choose a day, or write it like 2027-09-01.")})
    name, content, wrong = _upload()
    if wrong:
        problems.append({"field": "file", "words": wrong})
    if problems:
        return _ask(given, problems), 422
    try:
        read = _read(given["kind"], content, name)
    except FileRefused as refused:
        return _ask(given, [{"field": "file", "words": str(refused)}]), 422
    said = _compare(read, start)
    if said.problems:
        return _ask(given, bad=said, name=name), 422
    sha256 = ""
    if not said.nothing:
        try:
            sha256, _size = current_app.extensions["files"].put(content)
        except StorageUnusable:
            words = _("The file could not be kept. Try again in a minute, or ring whoever runs the service.")
            return _ask(given, [{"field": "file", "words": words}]), 503
    return _differences(given["kind"], name, start, sha256, said)


@blueprint.post("/directory/bring-in/apply")
@gate("officer")
def apply_file() -> Page:
    """Apply the differences that were shown, unless they are others by now."""
    kind, name, sha256 = forms.text("kind"), _name(forms.text("name")), forms.text("sha256")
    start, seal = _day(forms.text("start")), forms.text("seal")
    if kind not in KINDS or not re.fullmatch(r"[0-9a-f]{64}", seal):
        abort(400)
    try:
        with current_app.extensions["files"].open(sha256) as stream:
            read = _read(kind, stream.read(MOST_BYTES + 1), name)
    except (FileMissing, FileRefused):
        words = _("The file is not there any more. Give it again.")
        return _ask(
            {"kind": kind, "start": forms.text("start")[:40]}, [{"field": "file", "words": words}]
        ), 409
    acting.end_reading()
    office, actor = acting.office(), acting.actor()
    try:
        if isinstance(read, AreaFile):
            said = areas.bring_in(office, actor, read, g.arrived, seal=seal)
        else:
            said = directory.bring_in(office, actor, read, g.arrived, start=start, seal=seal)
    except DirectoryRefused as refused:
        fresh = _compare(read, start)
        if refused.problems or fresh.problems:
            return _ask({"kind": kind, "start": forms.text("start")[:40]}, bad=fresh, name=name), 409
        return _differences(kind, name, start, sha256, fresh, moved=True), 409
    acting.nudge()
    flash(
        _(
            "Done: %(new)s new, %(changed)s changed.",
            new=f"{len(said.new):,}",
            changed=f"{len(said.changed):,}",
        )
    )
    return redirect(url_for("officer.areas" if kind == "areas" else "officer.representatives"), 303)


def _read(kind: str, content: bytes, name: str) -> AreaFile | RepresentativeFile:
    read: AreaFile | RepresentativeFile = (
        read_areas(content, name) if kind == "areas" else read_representatives(content, name)
    )
    count = read.rows if isinstance(read, AreaFile) else len(read.rows)
    if count > MOST_ROWS:
        raise FileRefused("too_many_rows", {"file": name, "most": MOST_ROWS})
    return read


def _compare(read: AreaFile | RepresentativeFile, start: date | None) -> Differences:
    if isinstance(read, AreaFile):
        return areas.compare(g.conn, read)
    zone = acting.office().zone
    return directory.compare(g.conn, read, civil_day(g.arrived, zone), zone, start)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _name(given: str) -> str:
    name = PurePosixPath(given.replace("\\", "/")).name
    return "".join(sign for sign in name if sign.isprintable())[-120:] or "file.csv"


def _upload() -> tuple[str, bytes, str]:
    """(name, content, what is wrong)."""
    given = request.files.get("file")
    if given is None or not given.filename:
        return "", b"", str(_("Choose a file."))
    content = given.stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        return (
            "",
            b"",
            str(_("This file is larger than 2 MB. Whoever runs the service can bring it in by a command.")),
        )
    return _name(given.filename), content, ""


def _ask(
    given: dict[str, str], problems: Problems | None = None, *, bad: Differences | None = None, name: str = ""
) -> str:
    rows = [sentence(each, _) for each in bad.problems[:SHOWN]] if bad else []
    more = len(bad.problems) - len(rows) if bad else 0
    if bad and not problems:
        words = ngettext(
            "%(name)s has one problem. Nothing was taken in: mend it and give the file again.",
            "%(name)s has %(num)s problems. Nothing was taken in: mend them and give the file again.",
            len(bad.problems), name=name,
        )  # fmt: skip
        problems = [{"field": "file", "words": words}]
    return render_template(
        "officer/bring_in.html", given=given, problems=problems, errors=forms.errors(problems), bad=rows, more=more,
        kinds=[{"value": "representatives", "words": _("Representatives")}, {"value": "areas", "words": _("Areas")}],
    )  # fmt: skip


def _differences(
    kind: str, name: str, start: date | None, sha256: str, said: Differences, *, moved: bool = False
) -> str:
    changed: list[dict[str, Any]] = [
        {"about": each.about, "line": each.line, "fields": [change(*field) for field in each.fields]}
        for each in said.changed[:SHOWN]
    ]
    return render_template(
        "officer/differences.html", kind=kind, name=name, start=start.isoformat() if start else "", sha256=sha256,
        said=said, changed=changed, shown=SHOWN, moved=moved, remarks=[sentence(each, _) for each in said.remarks[:SHOWN]],
    )  # fmt: skip
