"""The record: the answer first, then the evidence."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from flask import Response, abort, g, render_template
from flask_babel import gettext as _

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
        "auditor/subject.html", subject=subject, told=told[::-1], count=len(rows), title=counts.title_of(g.conn, subject)
    )


@blueprint.get("/record/export")
@gate("auditor", "officer")
def export() -> Response:
    """Every event, one a line, as a file."""
    acting.end_reading()
    stream = BytesIO()
    write_record(acting.office().db, stream)
    whole = stream.getvalue()

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(whole), 1 << 16):
            yield whole[start : start + (1 << 16)]

    answer = Response(pieces(), mimetype="application/jsonl")
    answer.headers["Content-Disposition"] = 'attachment; filename="record.jsonl"'
    return answer


def words_for(subject: str) -> str:
    """`Bid`, `Round`, `Fund` or `Person`, in words."""
    kinds = {"bid": _("Bid"), "round": _("Round"), "fund": _("Fund"), "person": _("Person")}
    return str(kinds[subject.partition(":")[0]])
