"""The record in words, and the answer to whether anybody touched it."""

from time import monotonic
from typing import Any

from flask import abort, g, render_template, request

from fundapp.audit import spot
from fundapp.audit.findings import Report
from fundapp.audit.verify import verify as verify_record
from fundapp.domain import references
from fundapp.pages import acting
from fundapp.pages.auditor import blueprint, drawn
from fundapp.pages.gate import funds_for, gate
from fundapp.queries import events, rounds
from fundapp.queries import record as asks
from fundapp.queries.ranking import PANEL_STATES
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext

PAGE = 50
#: Findings that the page names; the command names all.
NAMED = 20


@blueprint.get("/record")
@gate("auditor")
def record() -> str:
    """How much there is, and what happened last. A reference or subject that was typed leads to its chain."""
    return _record(None, 0.0)


@blueprint.post("/record/verify")
@gate("auditor")
def verify() -> str:
    """Read the whole record and every row that it speaks of, and say what was found. Nothing is written."""
    acting.end_reading()
    begun = monotonic()
    office = acting.office()
    found = verify_record(office.db, office.recorder, zone=office.zone)
    return _record(found, monotonic() - begun)


@blueprint.get("/record/<subject>")
@gate("auditor")
def subject(subject: str) -> str:
    """One chain, newest first."""
    if subject == "find":
        subject = _found(request.args.get("words", ""))
    head = asks.head(g.conn, subject, funds_for("auditor"), g.person.id) if len(subject) <= 40 else None
    if head is None:
        abort(404)
    rows = asks.chain(g.conn, subject, _number("before"), PAGE + 1)
    names = events.names_of(g.conn, {row.actor for row in rows})
    title = asks.titles(g.conn, {subject}).get(subject, subject)
    broken = {("", number) for number in spot.broken(acting.office().recorder, rows)}
    shown = drawn.items(rows[:PAGE], names, {}, broken)
    of_round = rounds.by_id(g.conn, int(subject[6:])) if subject.startswith("round:") else None
    return render_template(
        "auditor/subject.html", subject=subject, title=title, head=head, items=shown,
        broken=sum(item["kind"] == "broken" for item in shown),
        older=rows[PAGE - 1].number if len(rows) > PAGE else None, hash=drawn.short(head.hash),
        is_bid=subject.startswith("bid:"), round=of_round if of_round and of_round.state in PANEL_STATES else None,
    )  # fmt: skip


def _record(report: Report | None, seconds: float) -> str:
    rows = asks.newest(g.conn, _number("before"), PAGE + 1, funds_for("auditor"), g.person.id)
    shown = rows[:PAGE]
    names = events.names_of(g.conn, {row.actor for row in shown})
    titles = asks.titles(g.conn, {row.subject for row in shown})
    count, subjects = asks.sums(g.conn)
    broken = _broken(report, shown)
    return render_template(
        "auditor/record.html", items=drawn.items(shown, names, titles, broken), count=count, subjects=subjects, report=report,
        older=rows[PAGE - 1].id if len(rows) > PAGE else None, findings=_findings(report), seconds=int(seconds),
    )  # fmt: skip


def _broken(report: Report | None, rows: list[Any]) -> set[tuple[str, Any]]:
    """Those events that a finding names, or whose whole chain one names."""
    if report is None or report.clean:
        return set()
    named = {problem.where for problem in report.problems}
    return {
        (row.subject, row.number)
        for row in rows
        if row.subject in named or f"event {row.number} of {row.subject}" in named
    }


def _findings(report: Report | None) -> list[dict[str, Any]]:
    """The verdict's lines: what was checked, or each thing that differs."""
    if report is None:
        return []
    if not report.clean:
        told = [
            {"kind": "ended", "words": drawn.linked(problem.sentence)} for problem in report.problems[:NAMED]
        ]
        rest = len(report.problems) - NAMED
        if rest > 0:
            more = ngettext(
                "One more is found. The command “fundapp audit verify” names it.",
                "%(num)s more are found. The command “fundapp audit verify” names them.", rest,
            )  # fmt: skip
            told.append({"kind": "ended", "words": more})
        return told
    return [
        {"kind": "done", "words": words}
        for words in (
            _(
                "All %(count)s events link to the one before, and carry this service’s signature",
                count=f"{report.events:,}",
            ),
            _("Each of the %(count)s chains ends where its head says", count=f"{report.subjects:,}"),
            _(
                "Each of the %(count)s rows that they speak of is as it was recorded",
                count=f"{report.rows:,}",
            ),
            _("Each move was allowed by the rules of its day, to somebody who might make it"),
        )
    ]


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _found(words: str) -> str:
    """The subject that somebody means: `B-0142X` is bid 142; `round:3` is itself."""
    try:
        return f"bid:{references.bid_id(words)}"
    except references.ReferenceError_:
        return words.strip()
