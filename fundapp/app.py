"""The web service, composed."""

from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, g
from flask.sessions import SecureCookieSessionInterface
from flask_login import UserMixin
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Settings
from fundapp.audit.record import Recorder
from fundapp.database import Database
from fundapp.domain.signing_in import IDLE, is_over
from fundapp.extensions import babel, bootstrap, csrf, login
from fundapp.jobs.worker import nudge
from fundapp.pages import (
    addresses,
    auditor,
    chair,
    councillor,
    demo,
    desk,
    drawings,
    formats,
    frame,
    member,
    officer,
    public,
    reviewer,
    signin,
    staff,
    treasurer,
    watched,
)
from fundapp.pages.hashed import HashingRequest
from fundapp.queries import sessions
from fundapp.services import figures, readiness
from fundapp.services.asked_once import AskedOnce
from fundapp.services.deed import Office
from fundapp.storage import open_storage

ROOT = Path(__file__).resolve().parents[1]

#: Uploads and long forms together.
MOST_BYTES = 12 * 1024 * 1024


class SignedIn(UserMixin):
    """What Flask-Login carries: a session as `queries.sessions.by_key` gives it, and its person."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.person = _Person(session.person_id, session.name, session.token)


class _Person:
    """The person behind the request: id, name, and the token by which the audit log knows them."""

    __slots__ = ("id", "name", "token")

    def __init__(self, person: int, name: str, token: str) -> None:
        self.id, self.name, self.token = person, name, token


class Cookies(SecureCookieSessionInterface):
    """The session's cookie, signed with SHA-256 where Flask by itself takes SHA-1."""

    digest_method = staticmethod(sha256)


def create_app(settings: Settings | None = None) -> Flask:
    """The service over the settings given, or over the environment's. Raises BadSettings, DatabaseUnusable."""
    settings = settings or Settings.from_environment()
    app = Flask(
        "fundapp",
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "fundapp" / "static"),
        instance_path=str(settings.data.resolve()),
    )
    app.request_class = HashingRequest
    app.session_interface = Cookies()
    addresses.keep_numbers_small(app)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https:"),
        # With this prefix a browser takes it from this host alone, over TLS, for every path.
        SESSION_COOKIE_NAME="__Host-fund" if settings.base_url.startswith("https:") else "fund",
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=IDLE,
        # With every answer, the files of the look among them, it would stand in shared caches.
        SESSION_REFRESH_EACH_REQUEST=False,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
        BOOTSTRAP_SERVE_LOCAL=True,
        BABEL_DEFAULT_LOCALE="en_GB",
        BABEL_DEFAULT_TIMEZONE=str(settings.zone),
        WTF_CSRF_TIME_LIMIT=None,
        TRUSTED_PROXIES=settings.trusted_proxies,
        DEMO=settings.demo,
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    office = Office(
        Database(
            settings.database_url,
            settings.database_owner_url,
            pool=settings.database_pool,
            prepares=settings.database_prepares,
        ),
        Recorder(settings.audit_key),
        settings.zone,
        settings.secret_key,
        settings.bank_keys,
        settings.bank_weights,
    )
    app.extensions["office"] = office
    app.extensions["settings"] = settings
    app.extensions["files"] = open_storage(settings.storage_url)
    files = app.extensions["files"]
    app.extensions["readiness"] = AskedOnce(partial(readiness.look, office.db, files, settings.data))
    app.extensions["figures"] = AskedOnce(partial(figures.of_service, office.db, files))
    app.extensions["nudge"] = lambda: nudge(settings)
    watched.install(app)
    for extension in (babel, bootstrap, login):
        extension.init_app(app)
    login.user_loader(_load)
    app.jinja_env.globals["drawings"] = drawings
    formats.register(app)
    frame.install(app)
    csrf.init_app(app)  # after the frame: who writes is known when a form is refused for its token
    for room in (
        public,
        signin,
        desk,
        staff,
        member,
        councillor,
        reviewer,
        chair,
        treasurer,
        officer,
        auditor,
    ):
        app.register_blueprint(room.blueprint)
    if settings.demo:
        app.register_blueprint(demo.blueprint)
    return app


def _load(key: str) -> SignedIn | None:
    """Whose session has this key, while it goes on."""
    now = datetime.now(UTC)
    session: Any = sessions.by_key(g.conn, str(key), now)
    if session is None or is_over(session.made_at, session.seen_at, session.guarded, now):
        return None
    return SignedIn(session)
