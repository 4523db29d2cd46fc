"""The record: the answer first, then the evidence."""

import re
from tempfile import TemporaryFile
from typing import Any

from flask import abort, g, render_template, send_file
from flask.wrappers import Response

from fundapp.audit.export import export as write_record
from fundapp.audit.verify import verify as check_record
from fundapp.pages import acting
from fundapp.pages.auditor import blueprint
from fundapp.pages.gate import gate
from fundapp.queries import events as asks
from fundapp.queries import record as counts
from fundapp.words import history

#: Events that a page of one chain shows.
PAGE = 50
_SUBJECT = re.compile(r"(bid|round|fund|person):[0-9]{1,12}")


@blueprint.get("/record")
@gate("auditor", "officer")
def record() -> str:
    """How much there is, the latest of it, and the button that checks all of it."""
    return _page(None)


@blueprint.post("/record/verify")
@gate("auditor", "officer")
def verify() -> str:
    """Check every event and every row that the record speaks of, now."""
    acting.end_reading()
    return _page(check_record(acting.office().db, acting.office().recorder, zone=acting.office().zone))


def _page(found: Any) -> str:
    rows = counts.latest(g.conn, 12)
    names = asks.names_of(g.conn, [row.actor for row in rows])
    zone = acting.office().zone
    told = [
        {"subject": row.subject, "number": row.number, "reference": row.reference, "hash": row.hash,
         "said": history.story([row], names, g.person.token, "staff", zone, True)}
        for row in rows
    ]  # fmt: skip
    return render_template("auditor/record.html", found=found, told=told, **counts.totals(g.conn))


@blueprint.get("/record/<subject>")
@gate("auditor", "officer")
def subject(subject: str) -> str:
    """One chain: what happened to one bid, round, fund or person, with the mark of each event."""
    if not _SUBJECT.fullmatch(subject):
        abort(404)
    rows = asks.events_of(g.conn, subject, limit=2000)
    if not rows:
        abort(404)
    names = asks.names_of(g.conn, [row.actor for row in rows])
    zone = acting.office().zone
    told = [
        {"number": row.number, "hash": row.hash, "said": history.story([row], names, g.person.token, "staff", zone, True)}
        for row in rows[-PAGE:]
    ]  # fmt: skip
    return render_template(
        "auditor/subject.html",
        subject=subject,
        told=told[::-1],
        count=len(rows),
        title=counts.title_of(g.conn, subject),
    )


@blueprint.get("/record/export")
@gate("auditor", "officer")
def export() -> Response:
    """Every event, one a line, as a file."""
    acting.end_reading()
    # A file without a name, so that a large record is never held in memory.
    stream = TemporaryFile()
    write_record(acting.office().db, stream)
    stream.seek(0)
    return send_file(stream, mimetype="application/jsonl", as_attachment=True, download_name="record.jsonl")
