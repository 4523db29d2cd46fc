"""Signing in and out with a password."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask_login import login_user, logout_user
from werkzeug.wrappers import Response

from fundapp.pages.acting import end_reading
from fundapp.pages.gate import gate
from fundapp.queries import people as asks
from fundapp.services import passwords
from fundapp.words.tongue import gettext as _

blueprint = Blueprint("signin", __name__)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@gate("anyone")
def sign_in() -> Response | str | tuple[str, int]:
    """One field for the address, one for the password; the same words whichever was wrong."""
    target = request.args.get("next") or request.form.get("next")
    if g.person is not None:
        return redirect(_safe(target))
    if request.method != "POST":
        return render_template("signin/sign_in.html", target=target, email="", problems=None, errors={})
    email, password = (
        request.form.get("email", "").replace("\0", "").strip().lower(),
        request.form.get("password", ""),
    )
    missing = _missing(email, password)
    if missing:
        return _again(target, email, missing)
    account: Any = asks.account_by_email(g.conn, email)
    end_reading()
    if not passwords.matches(account.password_hash if account else None, password):
        words = _("The address and the password do not go together. Try again, or ask us for a new password.")
        return _again(target, email, [{"field": "password", "words": words}])
    login_user(current_app.login_manager._user_callback(f"{account.id}:{account.session_key}"))  # type: ignore[attr-defined]
    return redirect(_safe(target))


def _missing(email: str, password: str) -> list[dict[str, str]]:
    """What was left empty, as problems of the form."""
    problems = []
    if not email:
        problems.append({"field": "email", "words": _("Give your email address.")})
    if not password:
        problems.append({"field": "password", "words": _("Give your password.")})
    return problems


def _again(target: str | None, email: str, problems: list[dict[str, str]]) -> tuple[str, int]:
    """The form once more, with what is to be mended."""
    page = render_template(
        "signin/sign_in.html", target=target, email=email, problems=problems,
        errors={problem["field"]: problem["words"] for problem in problems},
    )  # fmt: skip
    return page, 422


@blueprint.post("/sign-out")
@gate("anyone")
def sign_out() -> Response:
    """End this session."""
    logout_user()
    flash(_("You have signed out."))
    return redirect(url_for("signin.sign_in"))


def _safe(target: str | None) -> str:
    """A path of this service, or the desk: never another host."""
    parts = urlsplit(target or "")
    safe = (
        target
        and target.startswith("/")
        and not target.startswith(("//", "/\\"))
        and not parts.netloc
        and not parts.scheme
    )
    return target if safe and target else url_for("desk.desk")
