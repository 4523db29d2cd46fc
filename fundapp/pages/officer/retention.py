"""What goes by itself in the next days, what is held back, and holding a bid back."""

from datetime import timedelta
from typing import Any, Final

from flask import flash, g, redirect, render_template, request, url_for

from fundapp.domain.deadlines import civil_day
from fundapp.domain.keeping import CLASSES
from fundapp.pages import acting
from fundapp.pages.gate import gate
from fundapp.pages.officer import blueprint, forms
from fundapp.pages.officer.forms import Page, Problems
from fundapp.queries import keeping as asks
from fundapp.services import privacy
from fundapp.services import retention as kept
from fundapp.services.people import PersonRefused
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _

DAYS: Final = 30
MOST: Final = 100


@blueprint.get("/retention")
@gate("officer")
def retention() -> str:
    """What goes within a month, soonest first; what is held; who waits to be erased."""
    today = civil_day(g.arrived, acting.office().zone)
    found = kept.upcoming(g.conn, acting.office(), today, DAYS, MOST + 1)
    return render_template(
        "officer/retention.html", rows=[(each, CLASSES[each.record]) for each in found[:MOST]], more=len(found) > MOST,
        holds=asks.holds(g.conn), waiting=asks.waiting(g.conn), days=DAYS, today=today, soon=today + timedelta(days=1),
        classes=[CLASSES[name] for name in ("bid", "draft", "award", "bank", "person", "sign_in", "work")],
    )  # fmt: skip


@blueprint.route("/bids/<ref>/hold", methods=["GET", "POST"])
@gate("officer")
def hold(ref: str) -> Page:
    """Let nothing of a bid go while there is a dispute, or let its time run again."""
    row = forms.officers_bid(ref)
    if request.method == "GET":
        return _page(row)
    ending, reason = forms.text("do") == "end", forms.text("reason")[: forms.MOST]
    if not ending and not reason:
        words = _("Say in a sentence why nothing of it may go.")
        return _page(row, reason, [{"field": "reason", "words": words}]), 422
    acting.end_reading()
    try:
        if ending:
            privacy.end_hold(acting.office(), acting.actor(), row.id, g.arrived)
        else:
            privacy.place_hold(acting.office(), acting.actor(), row.id, reason, g.arrived)
    except PersonRefused as no:
        words = refusals.plain(no.code, no.params, acting.office().zone)
        return _page(row, reason, [{"field": "reason", "words": words}]), 409
    flash(_("Its time runs again.") if ending else _("Nothing of it goes while this stands."))
    return redirect(url_for("officer.hold", ref=row.reference), 303)


def _page(row: Any, reason: str = "", problems: Problems | None = None) -> str:
    return render_template(
        "officer/hold.html", bid=row, held=asks.hold_of(g.conn, row.id), reason=reason, problems=problems,
        errors=forms.errors(problems),
    )  # fmt: skip
