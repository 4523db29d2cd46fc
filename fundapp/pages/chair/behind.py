"""Who of the panel is behind: what each has read and begun, when they were last there, and a reminder for one or all."""

from datetime import datetime
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from sqlalchemy import Row

from fundapp.domain.deadlines import civil_day
from fundapp.domain.talks import reminder_moments
from fundapp.pages import acting, formats, typed
from fundapp.pages.chair import blueprint, reach
from fundapp.pages.chair.bid import Page, Problems
from fundapp.pages.gate import gate
from fundapp.pages.mail_shown import sample
from fundapp.queries import behind as asks
from fundapp.services import talk as acts
from fundapp.services.transition import Refused
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext


@blueprint.get("/panel/<code>/behind")
@gate("chair")
def behind(code: str) -> str:
    """How far each reader is, and when the service itself writes to them."""
    row = reach.fetch_round(code)
    readers = _readers(row)
    late = [reader for reader in readers if reader["owed"]]
    days = (civil_day(row.panel_by, acting.office().zone) - civil_day(g.arrived, acting.office().zone)).days
    return render_template(
        "chair/behind.html",
        round=row, readers=readers, late=late, days=days, working=row.state == "panel",
        mailable=[reader for reader in late if reader["mailable"]],
        owed=sum(reader["owed"] for reader in late),
        coming=[moment for moment in reminder_moments(row.panel_by) if moment > g.arrived],
    )  # fmt: skip


@blueprint.route("/panel/<code>/behind/remind", methods=["GET", "POST"])
@gate("chair")
def remind(code: str) -> Page:
    """Remind one reader or all of them: first who is mailed, then it is done."""
    row = reach.fetch_round(code)
    readers = {
        reader["id"]: reader for reader in _readers(row) if reader["mailable"] and row.state == "panel"
    }
    given = request.form if request.method == "POST" else request.args
    chosen = [number for text in given.getlist("person") if (number := typed.whole(text)) is not None]
    if request.method == "GET":
        if chosen and not set(chosen) & set(readers):
            flash(_("Nobody is left to remind: they have read everything, or were reminded today."))
            return redirect(url_for("chair.behind", code=code), 303)
        return _asking(row, [readers[one] for one in chosen or readers if one in readers])
    if not chosen:
        problems: Problems = [
            {"field": "people", "words": _("Nobody is chosen. Choose at least one reader.")}
        ]
        return _asking(row, list(readers.values()), problems), 422
    acting.end_reading()
    try:
        mailed = acts.remind(acting.office(), acting.actor(), row.id, list(dict.fromkeys(chosen)), g.arrived)
    except Refused as refused:
        words = refusals.sentences(refused, acting.office().zone)
        return _asking(reach.fetch_round(code), [], [{"field": "people", "words": one} for one in words]), 409
    acting.nudge()
    if mailed:
        flash(ngettext("One reminder is on its way.", "%(num)s reminders are on their way.", len(mailed)))
    else:
        flash(_("They have read everything meanwhile, or were reminded today, so nobody was emailed again."))
    return redirect(url_for("chair.behind", code=code), 303)


def _readers(row: Row[Any]) -> list[dict[str, Any]]:
    """Each reader as the page draws them; `mailable`: they have bids to read, an address, and no reminder today."""
    zone = acting.office().zone
    today = civil_day(g.arrived, zone)
    reminded = asks.reminded(g.conn, row.id)
    found = []
    for reader in asks.at_work(g.conn, row.id, g.arrived):
        last: datetime | None = reminded.get(reader.id)
        signs = [moment for moment in (reader.reviewed_at, reader.saved_at) if moment is not None]
        now = last is not None and civil_day(last, zone) == today
        found.append(
            {
                "id": reader.id, "name": reader.name, "given": reader.given, "read": reader.read, "owed": reader.owed,
                "begun": reader.begun, "seen": max(signs, default=None), "reminded": last, "today": now,
                "email": reader.email, "mailable": bool(reader.owed and reader.email and not now),
            }
        )  # fmt: skip
    return found


def _asking(row: Row[Any], readers: list[dict[str, Any]], problems: Problems | None = None) -> str:
    shown = {}
    if readers:
        shown = sample(
            "reading_reminder", "/pile", readers[0]["name"], count=readers[0]["owed"],
            panel_by=formats.moment(row.panel_by), reading="late" if g.arrived > row.panel_by else "ahead",
        )  # fmt: skip
    return render_template(
        "chair/remind.html", round=row, readers=readers, sample=shown, problems=problems,
        errors={problem["field"]: problem["words"] for problem in problems or []},
    )  # fmt: skip
