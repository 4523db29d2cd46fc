"""The bank's statement: what each line is, then by one press the payments that it tells of are marked."""

import re
from pathlib import PurePosixPath
from typing import Any, Final

from flask import abort, current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fundapp.domain.reconcile import ACTS, KINDS
from fundapp.intake.refusals import FileRefused, sentence
from fundapp.intake.statement import Statement, read_statement
from fundapp.pages import acting
from fundapp.pages.gate import gate
from fundapp.pages.treasurer import blueprint, reach
from fundapp.pages.treasurer.runs import each_refused
from fundapp.queries import payers
from fundapp.queries import statements as asks
from fundapp.services import statements
from fundapp.services.runs import RunRefused
from fundapp.services.statements import Compared, StatementMoved
from fundapp.services.transition import NotThere, Refused
from fundapp.storage import FileMissing, StorageUnusable
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext

#: A page answers within seconds: longer statements come in by the command.
MOST_BYTES: Final = 1024 * 1024
MOST_LINES: Final = 2000
#: Lines that the page names of each kind that nothing is done with; the rest are counted.
SHOWN: Final = 100
#: Bad rows that the page names.
MOST_PROBLEMS: Final = 200

Page = Response | str | tuple[str, int]
Problems = list[dict[str, str]]


@blueprint.route("/money/statement", methods=["GET", "POST"])
@gate("treasurer")
def statement() -> Page:
    """Give the bank's statement; what each line is found to be is shown before anything is done."""
    if request.method == "GET":
        return _ask()
    fund = _fund()
    problems: Problems = []
    if fund is None:
        problems.append({"field": "fund", "words": _("Choose the fund whose account this is.")})
    name, content, wrong = _upload()
    if wrong:
        problems.append({"field": "file", "words": wrong})
    if problems or fund is None:
        return _ask(problems), 422
    try:
        read = _read(content, name)
    except FileRefused as refused:
        return _ask([{"field": "file", "words": sentence(refused, _)}]), 422
    if read.problems:
        return _ask(bad=read), 422
    try:
        sha256, _size = current_app.extensions["files"].put(content)
    except StorageUnusable:
        words = _("The file could not be kept. Try again in a minute, or ring whoever runs the service.")
        return _ask([{"field": "file", "words": words}]), 503
    return _show(fund, read, sha256)


@blueprint.post("/money/statement/apply")
@gate("treasurer")
def apply_statement() -> Page:
    """Put on record what was shown, and mark the chosen payments; nothing if it is no longer what was shown."""
    fund = _fund()
    name, sha256 = _name(request.form.get("name", "")), request.form.get("sha256", "")
    seal = request.form.get("seal", "")
    if fund is None or not re.fullmatch(r"[0-9a-f]{64}", seal):
        words = _("What was looked at did not come along whole. Give the file again.")
        return _ask([{"field": "file", "words": words}]), 422
    try:
        with current_app.extensions["files"].open(sha256) as stream:
            read = _read(stream.read(MOST_BYTES + 1), name)
    except (FileMissing, FileRefused):
        read = None
    if read is None or read.problems:
        words = _("The file is not there any more. Give it again.")
        return _ask([{"field": "file", "words": words}]), 409
    chosen = frozenset(request.form.getlist("act"))
    acting.end_reading()
    try:
        done = statements.bring_in(
            acting.office(), acting.actor(), fund, read, g.arrived, chosen=chosen, seal=seal
        )
    except StatementMoved:
        return _show(fund, read, sha256, chosen=chosen, moved=True), 409
    except RunRefused as refused:
        rows = {
            row.id: row
            for row in statements.compare(
                acting.conn(), acting.office(), g.person.id, fund, read
            ).payments.values()
        }
        return _show(fund, read, sha256, chosen=chosen, why=each_refused(refused, rows)), 409
    except Refused as refused:
        why = refusals.sentences(refused, acting.office().zone)
        return _show(fund, read, sha256, chosen=chosen, why=why), 409
    except NotThere:
        return _show(fund, read, sha256, chosen=chosen, moved=True), 409
    acting.nudge()
    flash(_done(done))
    return redirect(url_for("treasurer.run_list"), 303)


@blueprint.post("/money/statement/lines/<int:line>")
@gate("treasurer")
def match_line(line: int) -> Page:
    """A line of money in is what was recorded: one press."""
    row = asks.line(g.conn, line) if line < 2**53 else None
    funds = reach.funds()
    if row is None or (funds is not None and row.fund_id not in funds):
        abort(404)
    text = request.form.get("income", "")
    income = int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
    acting.end_reading()
    try:
        statements.match_income(acting.office(), acting.actor(), line, income, g.arrived)
    except Refused as refused:
        why = refusals.sentences(refused, acting.office().zone)
        return _ask([{"field": "in", "words": words} for words in why]), 409
    flash(_("It is on record that this line is that money."))
    return redirect(url_for("treasurer.statement", _anchor="in"), 303)


def _done(done: statements.Brought) -> str:
    words = [ngettext("One line is on record.", "%(num)s lines are on record.", done.lines)]
    if done.paid:
        words.append(
            ngettext("One payment is marked as paid.", "%(num)s payments are marked as paid.", done.paid)
        )
    if done.failed:
        words.append(
            ngettext("One payment is marked as failed.", "%(num)s payments are marked as failed.", done.failed)
        )  # fmt: skip
    return " ".join(words)


def _fund() -> int | None:
    """The chosen fund, or the only one, if its money is this person's to look after."""
    text = request.form.get("fund", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
    theirs = [row.id for row in payers.funds(g.conn, reach.funds())]
    if not text and len(theirs) == 1:
        return int(theirs[0])
    if number and number not in theirs:
        reach.theirs(number)
    return number if number in theirs else None


def _read(content: bytes, name: str) -> Statement:
    if len(content) > MOST_BYTES:
        raise FileRefused("too_big", {"file": name, "most": MOST_BYTES // 1024**2})
    read = read_statement(content, reach.today(), name)
    if len(read.lines) > MOST_LINES:
        raise FileRefused("too_many_rows", {"file": name, "most": MOST_LINES})
    return read


def _name(given: str) -> str:
    name = PurePosixPath(given.replace("\\", "/")).name
    return "".join(sign for sign in name if sign.isprintable())[-120:] or "statement.csv"


def _upload() -> tuple[str, bytes, str]:
    """(name, content, what is wrong)."""
    given = request.files.get("file")
    if given is None or not given.filename:
        return "", b"", _("Choose the bank’s file.")
    content = given.stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        return "", b"", _("This file is larger than 1 MB. Take out of the bank a statement of fewer days.")
    return _name(given.filename), content, ""


def _ask(problems: Problems | None = None, *, bad: Statement | None = None) -> str:
    rows = [sentence(each, _) for each in bad.problems[:MOST_PROBLEMS]] if bad else []
    if bad:
        words = ngettext(
            "%(name)s has one row that cannot be read. Nothing was taken in: mend it and give the file again.",
            "%(name)s has %(num)s problems. Nothing was taken in: mend them and give the file again.",
            len(bad.problems), name=bad.name,
        )  # fmt: skip
        problems = [{"field": "file", "words": words}]
    came = asks.money_in(g.conn, reach.funds(), 20)
    return render_template(
        "treasurer/statement.html", problems=problems or None, bad=rows, chosen=request.form.get("fund", ""),
        more=len(bad.problems) - len(rows) if bad else 0, funds=payers.funds(g.conn, reach.funds()),
        money_in=came, alike=asks.alike(g.conn, [row.id for row in came]),
        errors={problem["field"]: problem["words"] for problem in problems or []},
    )  # fmt: skip


def _show(
    fund: int,
    read: Statement,
    sha256: str,
    *,
    chosen: frozenset[str] | None = None,
    moved: bool = False,
    why: list[str] | None = None,
) -> str:
    conn = acting.conn()
    said = statements.compare(conn, acting.office(), g.person.id, fund, read)
    return render_template(
        "treasurer/statement_found.html", name=read.name, fund=fund, sha256=sha256, said=said, kinds=_by_kind(said),
        ticked=said.certain if chosen is None else chosen, moved=moved, shown=SHOWN, acts=ACTS,
        problems=[{"field": "found", "words": words} for words in why or []] or None,
        fund_name=next((row.name for row in payers.funds(conn, [fund])), ""),
        several=len(payers.funds(conn, reach.funds())) > 1,
    )  # fmt: skip


def _by_kind(said: Compared) -> dict[str, list[dict[str, Any]]]:
    """The new lines of each kind in the file's order, with the payment that each names."""
    kinds: dict[str, list[dict[str, Any]]] = {kind: [] for kind in KINDS}
    for each in said.lines:
        found = said.found[each.mark]
        row = said.payments[found.payment] if found.payment is not None else None
        kinds[found.kind].append({"mark": each.mark, "line": each.line, "payment": row})
    return kinds
