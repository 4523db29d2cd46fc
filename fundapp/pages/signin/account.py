"""One's own account: the ways in, where one is signed in, what happened."""

from datetime import UTC, datetime, timedelta
from typing import Final

from flask import abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fundapp.domain.signing_in import is_over
from fundapp.pages import acting, typed
from fundapp.pages.gate import gate
from fundapp.pages.signin import blueprint
from fundapp.queries import factors, security, sessions
from fundapp.services import own_account
from fundapp.words import entrances as words
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext

SHOWN: Final = 20


@blueprint.get("/account")
@gate("signed_in")
def account() -> str:
    """How they sign in, where they are signed in, what happened lately."""
    now = datetime.now(UTC)
    person = g.person.id
    before = typed.whole(request.args.get("before", ""))
    events = security.events(g.conn, person, before, SHOWN + 1)
    running = [
        row
        for row in sessions.of_person(g.conn, person)
        if not is_over(row.made_at, row.seen_at, g.session.guarded, now)
    ]
    return render_template(
        "signin/account.html", accounts=security.accounts(g.conn, person), sessions=running, own=g.session,
        events=[(row, words.told(row)) for row in events[:SHOWN]], browser=words.browser, lately=timedelta(minutes=15),
        older=url_for("signin.account", before=events[SHOWN - 1].id, _anchor="events") if len(events) > SHOWN else None,
        first=url_for("signin.account", _anchor="events") if before is not None else None,
        codes_left=factors.codes_left(g.conn, person) if g.session.has_factor else 0, now=now,
    )  # fmt: skip


@blueprint.post("/account/sessions/<int:number>/end")
@gate("signed_in")
def end_session(number: int) -> Response:
    """End one session, such as that of a telephone that was lost."""
    if number >= 2**53 or not sessions.goes_on(g.conn, g.person.id, number):
        abort(404)
    acting.end_reading()
    own_account.end_session(acting.office(), g.person.id, number, datetime.now(UTC))
    flash(_("That browser is signed out."))
    return redirect(url_for("signin.account", _anchor="sessions"), 303)


@blueprint.post("/account/sessions/end-others")
@gate("signed_in")
def end_others() -> Response:
    """End every session but this one."""
    acting.end_reading()
    ended = own_account.end_others(acting.office(), g.session, datetime.now(UTC))
    if ended:
        flash(ngettext("One other browser is signed out.", "%(num)s other browsers are signed out.", ended))
    else:
        flash(_("You are signed in nowhere else."))
    return redirect(url_for("signin.account", _anchor="sessions"), 303)
