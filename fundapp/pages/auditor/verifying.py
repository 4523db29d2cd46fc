"""Verify now: the whole record read, against checkpoints that were kept elsewhere too, and what was found."""

from datetime import timedelta
from typing import Any, Final

from flask import abort, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fundapp.audit.standalone.findings import Unreadable
from fundapp.audit.standalone.notes import Checkpoint, read_checkpoints
from fundapp.pages import acting
from fundapp.pages.auditor import blueprint, drawn
from fundapp.pages.gate import gate
from fundapp.pages.hashed import Brief
from fundapp.queries import record as asks
from fundapp.queries import verifications as kept
from fundapp.services import verifications
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext

#: Verifications that the page lists.
SHOWN: Final = 20
#: Checkpoints that may be given at once.
MOST: Final = 100
#: Signs of what is pasted.
LONGEST: Final = 100_000


@blueprint.get("/record/verify")
@gate("auditor")
def verifications_page() -> str:
    """What was asked before, and how to verify against a checkpoint from elsewhere."""
    return _page("", "")


@blueprint.post("/record/verify")
@gate("auditor")
def verify() -> Response | tuple[str, int]:
    """Have it verified; what is found stands on a page of its own."""
    pasted = request.form.get("pasted", "").replace("\r\n", "\n")
    try:
        outside = _given(pasted)
    except Unreadable as trouble:
        return _page(str(trouble), pasted[:LONGEST]), 422
    acting.end_reading()
    settings = current_app.extensions["settings"]
    number = verifications.ask(acting.office(), settings, g.person.id, outside, g.arrived)
    acting.nudge()
    return redirect(url_for("auditor.verified", number=number), 303)


@blueprint.get("/record/verify/<int:number>")
@gate("auditor")
def verified(number: int) -> str:
    """The verdict, or that it is being read."""
    row = kept.one(g.conn, number) if number < 1 << 62 else None
    if row is None:
        abort(404)
    events, _subjects = asks.sums(g.conn)
    return render_template(
        "auditor/verified.html", row=row, findings=findings(row), took=took(row), events=events,
        waits=verifications.waits(row, g.arrived), rest=max(0, (row.found or 0) - verifications.FINDINGS),
    )  # fmt: skip


def took(row: Any) -> str:
    """How long it took, in words; nothing while it is not done."""
    if row.done_at is None or row.begun_at is None:
        return ""
    seconds = (row.done_at - row.begun_at) // timedelta(seconds=1)
    if not seconds:
        return str(_("It took less than a second."))
    return str(ngettext("It took one second.", "It took %(num)s seconds.", seconds))


def findings(row: Any) -> list[dict[str, Any]]:
    """The verdict's lines: what was checked, or each thing that differs."""
    if row.done_at is None:
        return []
    if row.found:
        return [{"kind": "ended", "words": drawn.linked(problem["words"])} for problem in row.findings]
    counts = row.counts
    told = [
        _("All %(count)s events link to the one before, and carry this service’s signature", count=f"{counts['events']:,}"),
        _("Each of the %(count)s chains ends where its head says", count=f"{counts['subjects']:,}"),
        _("Each of the %(count)s rows that they speak of is as it was recorded", count=f"{counts['rows']:,}"),
        _("Each move was allowed by the rules of its day, to somebody who might make it"),
    ]  # fmt: skip
    if counts["checkpoints"]:
        sealed, points = f"{counts['sealed']:,}", counts["checkpoints"]
        told.append(
            ngettext(
                "The %(sealed)s sealed events are what one checkpoint was signed over",
                "The %(sealed)s sealed events are what %(num)s checkpoints were signed over", points, sealed=sealed,
            )
        )  # fmt: skip
    if counts["witnessed"] is not None:
        told.append(
            _("The checkpoint from elsewhere agrees, over %(count)s events", count=f"{counts['witnessed']:,}")
        )
    return [{"kind": "done", "words": words} for words in told]


def _given(pasted: str) -> list[Checkpoint]:
    """The checkpoints that were pasted and uploaded; none where nothing was given. Raises Unreadable."""
    upload = request.files.get("file")
    stream: Any = upload.stream if upload is not None else None
    texts = [pasted] if pasted.strip() else []
    if isinstance(stream, Brief) and stream.size:
        if stream.size > Brief.MOST:
            raise Unreadable(_("This file is too large to be a checkpoint, or a mail with one."))
        texts.append(stream.getvalue().decode(errors="replace"))
    found: list[Checkpoint] = []
    for text in texts:
        if len(text) > Brief.MOST:
            raise Unreadable(_("This is too long to be a checkpoint, or a mail with one."))
        try:
            found += read_checkpoints(text.replace("\r\n", "\n") + "\n")
        except Unreadable:
            raise Unreadable(
                _(
                    "There is no whole checkpoint in it. Give it as it came: three lines, an empty one, and the lines "
                    "that begin with a dash."
                )
            ) from None
    if len(found) > MOST:
        raise Unreadable(_("These are more than %(most)s checkpoints. Give the newest.", most=MOST))
    return found


def _page(error: str, pasted: str) -> str:
    problems = [{"field": "pasted", "words": error}] if error else None
    return render_template(
        "auditor/verify.html", rows=kept.newest(g.conn, SHOWN), problems=problems, error=error, pasted=pasted,
        took=took, waits=verifications.waits, now=g.arrived,
    )  # fmt: skip
