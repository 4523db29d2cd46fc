"""What stands around every page: the request's connection and person, the headers, the menu, the answers to errors."""

import secrets
from contextlib import ExitStack, suppress
from typing import Any, Final

from flask import Flask, current_app, g, render_template, request, url_for
from flask_babel import get_locale, get_translations
from flask_login import AnonymousUserMixin, current_user
from flask_wtf.csrf import CSRFError
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup
from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from fundapp.audit.record import RecordBroken
from fundapp.database import DatabaseUnusable
from fundapp.pages import acting, gate, watched
from fundapp.pages.addresses import refuse_unreadable
from fundapp.pages.origin import refuse_from_elsewhere
from fundapp.services.deed import Office
from fundapp.services.refused import Refused
from fundapp.services.transition import NotThere
from fundapp.words import tongue
from fundapp.words.tongue import gettext as _

#: The menu: label, endpoint, and the roles that see it.
MENU: list[tuple[str, str, frozenset[str]]] = []
#: The order of the menu for everybody, whichever room is loaded first: one's own desk, one's own work, then what is shared.
_ORDER: Final = (
    "desk.desk", "member.bids", "councillor.requests", "reviewer.pile", "chair.panel", "treasurer.money", "staff.bids",
    "officer.rounds", "officer.payments", "officer.people", "officer.memberships", "officer.representatives",
    "auditor.record", "public.home",
)  # fmt: skip


#: What an act is refused with that is not theirs to do, or on what they do not know to be there.
_NOT_THEIRS: Final = {403: "not_yours", 404: "not_there"}


def menu(label: str, endpoint: str, *roles: str) -> None:
    """Enter a page of `_ORDER` in the menu; shown to whoever holds one of the roles, `signed_in` or `no_role`."""
    MENU.append((label, endpoint, frozenset(roles)))
    MENU.sort(key=lambda entry: _ORDER.index(entry[1]))


class _Reading(ExitStack):
    """The request's read connection, opened when it is first asked for."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._conn: Connection | None = None

    @property
    def conn(self) -> Connection:
        """A connection in a read transaction."""
        if self._conn is None:
            self._conn = self.enter_context(self._office.db.read())
        return self._conn


class RequestState(type(Flask.app_ctx_globals_class())):  # type: ignore[misc]
    """`g`, with the read connection opened on demand."""

    @property
    def conn(self) -> Connection:
        """The read connection of this request; a new one after a move ended the last."""
        if self.get("reading") is None:
            self.reading = _Reading(acting.office())
        found: Connection = self.reading.conn
        return found


def install(app: Flask) -> None:
    """Hang the frame around an app."""
    app.app_ctx_globals_class = RequestState
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        tongue.gettext, tongue.form_for, newstyle=True
    )
    app.jinja_env.globals["_"] = _said

    @app.before_request
    def arrive() -> None:
        g.arrived = acting.arrival()
        tongue.speak(get_translations(), get_locale())
        if request.method == "HEAD":  # whoever only looks acts on nothing: a view asks whether it was a GET
            request.method = "GET"
        g.csp_nonce = secrets.token_urlsafe(16)
        g.reading = None
        g.person = g.session = None
        g.commits = acting.office().db.commits_begun
        if request.endpoint != "static" and current_user.is_authenticated:
            g.person, g.session = current_user.person, current_user.session
            acting.keep_session()
            g.commits = acting.office().db.commits_begun

    app.before_request(refuse_unreadable)
    app.before_request(refuse_from_elsewhere)
    # Files that are no pages, such as a letter, name no icon: browsers ask for it here.
    app.add_url_rule("/favicon.ico", endpoint="static", defaults={"filename": "mark.svg"}, alias=True)

    @app.teardown_request
    def leave(error: BaseException | None) -> None:
        reading = g.get("reading")
        if reading is not None:
            with suppress(
                SQLAlchemyError
            ):  # the database went away meanwhile: the page is made, or its error told
                reading.close()

    @app.after_request
    def headers(response: Response) -> Response:
        return _headers(response)

    @app.after_request
    def trespass(response: Response) -> Response:
        posted = request.method == "POST" and g.get("person") is not None and not g.get("on_record")
        if posted and response.status_code in _NOT_THEIRS:
            acting.tried(_NOT_THEIRS[response.status_code])
        return response

    @app.context_processor
    def around() -> dict[str, Any]:
        return _around()

    _answers(app)


@pass_eval_context
def _said(context: EvalContext, words: str, /, **values: Any) -> str:
    """The words in the chosen language. Without values they may be somebody's own: escaped, and no format in them.

    Jinja's own reads every sentence as markup and as a format: an officer's “at least 50% <local>” would break the page.
    """
    said = tongue.gettext(words)
    if not values:
        return said
    return Markup(said) % values if context.autoescape else said % values


def _headers(response: Response) -> Response:
    nonce = g.get("csp_nonce", "")
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
        f"script-src 'self' 'nonce-{nonce}'; connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; "
        "frame-ancestors 'none'",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    return response


def _around() -> dict[str, Any]:
    from fundapp.services.rounds import FUND_TERMS

    entries: list[dict[str, Any]] = []
    person = g.get("person")
    if person is not None:
        held = gate.held_roles()
        # Whoever holds no role signs in for one thing only: the bids that they were asked to back.
        roles = held | {"signed_in"} if held else {"signed_in", "no_role"}
        for label, endpoint, wanted in MENU:
            if wanted & roles:
                href = url_for(endpoint)
                # A page below an entry's own address belongs to it, whichever room it is made in.
                current = request.path.startswith(f"{href}/")
                exact = request.endpoint == endpoint
                entries.append(
                    {
                        "label": _(label),
                        "href": href,
                        "current": exact or current,
                        "exact": exact,
                    }
                )
        if any(entry["exact"] for entry in entries):
            for entry in entries:
                entry["current"] = entry["exact"]
    else:
        entries = [
            {
                "label": _("The fund"),
                "href": url_for("public.home"),
                "current": request.endpoint == "public.home",
            },
            {
                "label": _("Past awards"),
                "href": url_for("public.awards"),
                "current": request.endpoint == "public.awards",
            },
            {
                "label": _("Sign in"),
                "href": url_for("signin.sign_in"),
                "current": request.endpoint == "signin.sign_in",
            },
        ]
    return {
        "nav": entries,
        "person_name": person.name if person is not None else None,
        "sign_out_href": url_for("signin.sign_out"),
        "account_href": url_for("signin.account"),
        "home_href": url_for("desk.desk") if person is not None else url_for("public.home"),
        "csp_nonce": g.get("csp_nonce", ""),
        "contact": {key: FUND_TERMS[key] for key in ("phone", "hours", "email")},
        "foot_links": [
            {"label": _("Check a letter"), "href": url_for("public.check_letter")},
            {"label": _("The sealed log"), "href": url_for("public.log")},
            {"label": _("Privacy"), "href": url_for("public.privacy")},
            {"label": _("Accessibility"), "href": url_for("public.accessibility")},
            {"label": _("The fund’s rules"), "href": url_for("public.rules")},
            *(
                [{"label": _("Mails of the demo"), "href": url_for("demo.mail")}]
                if current_app.config["DEMO"]
                else []
            ),
        ],
    }


def _answers(app: Flask) -> None:
    """Each kind of error has one page, in one place."""

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Any:
        code = error.code or 500
        if code < 400:
            return error
        known = (
            code if code in (400, 403, 404, 405, 409, 410, 413, 429, 500, 503) else 400 if code < 500 else 500
        )
        return render_template(f"errors/{known}.html", code=known, reference=_number(known)), code

    @app.errorhandler(CSRFError)
    def csrf_error(error: CSRFError) -> Any:
        return render_template("errors/400.html", expired=True, reference=_number(400)), 400

    @app.errorhandler(Refused)
    def refused(error: Refused) -> Any:
        """What a page has no words of its own for: a role that ended between the page's look and the act, say."""
        g.on_record = error.trespass
        code = 403 if error.trespass else 409
        return render_template(f"errors/{code}.html", code=code), code

    @app.errorhandler(NotThere)
    def not_there(error: NotThere) -> Any:
        return render_template("errors/404.html"), 404

    @app.errorhandler(RecordBroken)
    def broken(error: RecordBroken) -> Any:
        app.logger.error("%s", error)
        return render_template("errors/record.html", reference=watched.number()), 500

    @app.errorhandler(DatabaseUnusable)
    @app.errorhandler(OperationalError)
    @app.errorhandler(InterfaceError)
    def unusable(error: Exception) -> Any:
        if getattr(getattr(error, "orig", None), "sqlite_errorname", "") == "SQLITE_ERROR":
            raise error  # SQLite's word for a statement that is wrong: a fault of ours, whatever its class
        app.logger.error("the database is away", exc_info=error)
        _ask_nothing_more()
        said = render_template("errors/503.html", code=503, sent=_sent(), reference=watched.number())
        return said, 503, {"Retry-After": "30"}


def _ask_nothing_more() -> None:
    """The page of this error is made without the database: who asks for it is not looked up again."""
    with suppress(SQLAlchemyError):
        acting.end_reading()
    g.reading = None
    g.setdefault("grants", ())
    if "_login_user" not in g:
        g._login_user = AnonymousUserMixin()


def _sent() -> str:
    """What became of what was sent: `lost`, or `unknown` where a commit was asked for; nothing was sent by a GET.

    Whether a commit that got no answer was done, nobody can say before the database is back.
    """
    if request.method != "POST":
        return ""
    return "unknown" if acting.office().db.commits_begun != g.get("commits", 0) else "lost"


def _number(code: int) -> str:
    """The request's number, where somebody may have to ask about it: not for a page that is not there."""
    return watched.number() if code in (400, 409, 500, 503) else ""
