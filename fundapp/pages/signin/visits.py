"""The browser at the other end: where it is, whether it was here before, and the cookies that say so."""

import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from flask import (
    after_this_request,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.wrappers import Response

from fundapp.domain.signing_in import browser_name, host_of, network_of, own_path
from fundapp.pages import acting
from fundapp.services import sessions
from fundapp.services.entrances import Entered
from fundapp.services.sealing import mark
from fundapp.services.throttle import Visitor
from fundapp.words import moments
from fundapp.words.tongue import gettext as _

#: Names a browser for more than a year, so that nobody's wrong tries elsewhere slow down its owner.
COOKIE: Final = "known"
KNOWN_LASTS: Final = timedelta(days=400)
#: Addresses that one browser is known by: a family's tablet has a few.
MOST_KNOWN: Final = 8


def secret_key() -> str:
    """The key that marks and tokens are made with."""
    key: str = current_app.extensions["settings"].secret_key
    return key


def _cookie() -> str:
    """Its name; over TLS with the prefix for which a browser takes it from this host alone."""
    return f"__Host-{COOKIE}" if current_app.config["SESSION_COOKIE_SECURE"] else COOKIE


def visitor(email: str) -> Visitor:
    """Who asks, for the way in of this address."""
    known = _known()
    return Visitor(
        host_of(request.remote_addr), network_of(request.remote_addr), browser_name(request.user_agent.string),
        known["id"] if _mark_of(email) in known["of"] else None,
    )  # fmt: skip


def remember(email: str) -> None:
    """Let this browser be known by the address from now on, on the answer to this request."""
    known = _known()
    of = [_mark_of(email), *(one for one in known["of"] if one != _mark_of(email))]
    value = _signer().dumps({"id": known["id"] or secrets.token_hex(8), "of": of[:MOST_KNOWN]})

    @after_this_request
    def keep(response: Response) -> Response:
        response.set_cookie(
            _cookie(), value, max_age=KNOWN_LASTS, httponly=True, samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )  # fmt: skip
        return response


def open_session(entered: Entered, target: str | None) -> Response:
    """Give the browser its new key, nothing of what it carried before, and the way to where it wanted to go."""
    if g.session is not None:
        sessions.end(acting.office(), g.session.id, datetime.now(UTC))
    session.clear()
    session["_user_id"], session.permanent = entered.key, True
    if not entered.factor_due:
        remember(entered.email)
    acting.nudge()
    return redirect(safe(target), 303)


def renew_session() -> None:
    """Give the browser a new key after its second step: a copy of the one it had has nothing of it."""
    session["_user_id"] = sessions.renew(acting.office(), g.session.id)


def sign_in_again(endpoint: str) -> Response:
    """End this session, and lead back to that page with a new one."""
    sessions.end(acting.office(), g.session.id, datetime.now(UTC))
    session.clear()
    flash(_("Sign in once more, and you are back where you were."))
    return redirect(url_for("signin.sign_in", next=url_for(endpoint)), 303)


def safe(target: str | None) -> str:
    """A path of this service, or the desk: never another host."""
    return own_path(target) or url_for("desk.desk")


def too_often(again_at: datetime) -> tuple[str, int, dict[str, str]]:
    """The page that says when to try again."""
    seconds = max(1, int((again_at - datetime.now(UTC)).total_seconds()) + 1)
    words = _(
        "Try again after %(time)s.",
        time=moments.clock_time(again_at + timedelta(minutes=1), acting.office().zone),
    )
    return render_template("errors/429.html", again=words), 429, {"Retry-After": str(seconds)}


def _mark_of(email: str) -> str:
    return mark(secret_key(), "known browser", email)[:24]


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(
        secret_key(), salt="fundapp known browser v2", signer_kwargs={"digest_method": sha256}
    )


def _known() -> dict[str, Any]:
    try:
        found: Any = _signer().loads(request.cookies.get(_cookie(), ""))
        return {"id": str(found["id"]), "of": [str(one) for one in found["of"]]}
    except (BadData, KeyError, TypeError):
        return {"id": "", "of": []}
