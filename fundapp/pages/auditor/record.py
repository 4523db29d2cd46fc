"""The record in words, and the answer to whether anybody touched it."""

from time import monotonic
from typing import Any

from flask import abort, g, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from fundapp.audit.findings import Report
from fundapp.audit.verify import verify as verify_record
from fundapp.domain import references
from fundapp.pages import acting, formats
from fundapp.pages.auditor import blueprint
from fundapp.pages.gate import gate
from fundapp.queries import events
from fundapp.queries import record as asks
from fundapp.words import history

PAGE = 50
#: Findings that the page names; the command names all.
NAMED = 20
#: Signs shown of each end of a hash.
_ENDS = 4


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
    head = asks.head(g.conn, subject) if len(subject) <= 40 else None
    if head is None:
        abort(404)
    rows = asks.chain(g.conn, subject, _number("before"), PAGE + 1)
    names = events.names_of(g.conn, {row.actor for row in rows})
    title = asks.titles(g.conn, {subject}).get(subject, subject)
    return render_template(
        "auditor/subject.html", subject=subject, title=title, head=head, items=_items(rows[:PAGE], names, {}, None),
        older=rows[PAGE - 1].number if len(rows) > PAGE else None, hash=_short(head.hash),
        is_bid=subject.startswith("bid:"),
    )  # fmt: skip


def _record(report: Report | None, seconds: float) -> str:
    rows = asks.newest(g.conn, _number("before"), PAGE + 1)
    shown = rows[:PAGE]
    names = events.names_of(g.conn, {row.actor for row in shown})
    titles = asks.titles(g.conn, {row.subject for row in shown})
    count, subjects = asks.sums(g.conn)
    broken = {problem.where for problem in report.problems} if report is not None else None
    return render_template(
        "auditor/record.html", items=_items(shown, names, titles, broken), count=count, subjects=subjects, report=report,
        older=rows[PAGE - 1].id if len(rows) > PAGE else None, findings=_findings(report), seconds=round(seconds, 1),
    )  # fmt: skip


def _findings(report: Report | None) -> list[dict[str, str]]:
    """The verdict's lines: what was checked, or each thing that differs."""
    if report is None:
        return []
    if not report.clean:
        told = [{"kind": "ended", "words": problem.sentence} for problem in report.problems[:NAMED]]
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


def _items(
    rows: list[Any], names: dict[str, events.Named], titles: dict[str, str], broken: set[str] | None
) -> list[dict[str, Any]]:
    """Events for `templates/parts/chain.html`; on the whole record each names its subject."""
    told = []
    for row in rows:
        body = history.body_of(row)
        who = names.get(row.actor)
        name = who or _("Somebody who was erased")
        where = getattr(row, "subject", "")
        flag = _("does not hold") if broken and _is_broken(where, row.number, broken) else ""
        role = f", {body['role'].replace('_', ' ')}" if body.get("role") else ""
        told.append(
            {
                "kind": "broken" if flag else "event", "number": row.number, "words": history.tell(row.action, body, name),
                "under": f"{formats.short_moment(row.at)} · {row.action}{role}", "code": _short(row.hash), "flag": flag,
                "subject": where, "title": titles.get(where, where),
            }
        )  # fmt: skip
    return told


def _is_broken(subject: str, number: int, broken: set[str]) -> bool:
    return any(where in broken for where in (subject, f"event {number} of {subject}"))


def _short(text: str) -> str:
    return f"{text[:_ENDS]}…{text[-_ENDS:]}" if text else ""


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _found(words: str) -> str:
    """The subject that somebody means: `B-0142X` is bid 142; `round:3` is itself."""
    try:
        return f"bid:{references.bid_id(words)}"
    except references.ReferenceError_:
        return words.strip()
