"""The address of an office, put on record with its source: from a bid that waits for it, or from the directory."""

from collections.abc import Sequence

from flask import flash, g, redirect, render_template, request

from fundapp.pages import acting
from fundapp.pages.officer import forms
from fundapp.pages.officer.forms import Page, Problems
from fundapp.queries import places
from fundapp.services import representatives
from fundapp.services.people import PersonRefused
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext

#: Characters that say where an address is from.
LONGEST_SOURCE = 500


def address_of(
    holding: int, rep: str, on_record: tuple[str, str], above: Sequence[str], back: tuple[str, str]
) -> Page:
    """The form, or what became of it; requests that waited for the address leave.

    `rep` is who holds the office, as titled; `on_record` (email, source); `above` what stands over the heading; `back`
    (label, address) of the page that led here.
    """
    if request.method == "GET":
        return _page(holding, rep, on_record, above, back)
    given = (forms.text("email")[:400], forms.text("source"))
    if len(given[1]) > LONGEST_SOURCE:
        words = _("Shorten this to %(most)s characters.", most=LONGEST_SOURCE)
        return _page(holding, rep, given, above, back, [{"field": "source", "words": words}]), 422
    acting.end_reading()
    try:
        sent = representatives.confirm(acting.office(), acting.actor(), holding, *given, g.arrived)
    except PersonRefused as refused:
        words = refusals.plain(refused.code, refused.params, acting.office().zone)
        field = "source" if refused.code == "no_source" else "email"
        return _page(holding, rep, given, above, back, [{"field": field, "words": words}]), 422
    acting.nudge()
    flash(
        ngettext(
            "The address is on record. One request leaves now.",
            "The address is on record. %(num)s requests leave now.",
            sent,
        )
        if sent
        else _("The address is on record.")
    )
    return redirect(back[1], 303)


def _page(
    holding: int,
    rep: str,
    given: tuple[str, str],
    above: Sequence[str],
    back: tuple[str, str],
    problems: Problems | None = None,
) -> str:
    return render_template(
        "officer/address.html", rep=rep, email=given[0], source=given[1], above=above, back=back, problems=problems,
        errors=forms.errors(problems), namings=places.namings_of(g.conn, holding),
    )  # fmt: skip
