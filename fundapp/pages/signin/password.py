"""A password of one's own: set, or changed."""

from datetime import UTC, datetime
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from fundapp.pages import acting
from fundapp.pages.gate import gate
from fundapp.pages.signin import blueprint, visits
from fundapp.queries import people as asks
from fundapp.services import own_account, passwords
from fundapp.services.entrances import TooOften
from fundapp.services.own_account import PasswordNotTaken
from fundapp.words import entrances as words
from fundapp.words.tongue import gettext as _


@blueprint.route("/account/password", methods=["GET", "POST"])
@gate("signed_in")
def password() -> Any:
    """Ask for the old one where there is one, unless they came in by a link just now."""
    now = datetime.now(UTC)
    own: Any = asks.account_by_email(g.conn, g.session.email)
    has_one = own.password_hash is not None
    current_asked = own_account.asks_current(g.session, has_one, now)
    if request.method != "POST":
        return _page(has_one, current_asked)
    current, new = request.form.get("current", ""), request.form.get("new", "")
    problems = []
    if current_asked and not current:
        problems.append({"field": "current", "words": _("Give the password that you have now.")})
    if not new:
        problems.append({"field": "new", "words": _("Give a new password.")})
    if problems:
        return _page(has_one, current_asked, problems), 422
    acting.end_reading()
    if not has_one and not own_account.is_fresh(g.session, now):
        return visits.sign_in_again("signin.password")
    try:
        ended = own_account.set_password(
            acting.office(), visits.secret_key(), visits.visitor(g.session.email), g.session, current, new,
            (g.person.name, g.session.email, _("Communities Fund")), now,
        )  # fmt: skip
    except TooOften as often:
        return visits.too_often(often.again_at)
    except PasswordNotTaken as refused:
        told = words.password_sentence(refused.code, passwords.SHORTEST, passwords.LONGEST)
        return _page(has_one, current_asked, [{"field": refused.field, "words": told}]), 422
    acting.nudge()
    flash(
        _("Your password is changed, and every other browser is signed out.")
        if ended
        else _("Your password is changed.")
        if has_one
        else _("Your password is set.")
    )
    return redirect(url_for("signin.account"), 303)


def _page(has_one: bool, current_asked: bool, problems: list[dict[str, str]] | None = None) -> str:
    return render_template(
        "signin/password.html", has_one=has_one, current_asked=current_asked, problems=problems,
        shortest=passwords.SHORTEST, own_email=g.session.email,
        errors={problem["field"]: problem["words"] for problem in problems or []},
    )  # fmt: skip
