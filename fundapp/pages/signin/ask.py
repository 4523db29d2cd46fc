"""The sign-in page: a link to one's address, or a password; and the way out."""

from datetime import UTC, datetime
from typing import Any

from flask import flash, g, redirect, render_template, request, session, url_for

from fundapp.domain.signing_in import own_path
from fundapp.pages import acting
from fundapp.pages.gate import gate
from fundapp.pages.signin import blueprint, visits
from fundapp.services import entrances, people, sessions, sign_in_links
from fundapp.services.people import PersonRefused
from fundapp.words.tongue import gettext as _

Problems = list[dict[str, str]]


@blueprint.route("/sign-in", methods=["GET", "POST"])
@gate("anyone")
def sign_in() -> Any:
    """One field for a link; a password for whoever has one. Nothing tells whether an address is known."""
    target = own_path(request.args.get("next") or request.form.get("next"))
    if g.person is not None:
        return redirect(visits.safe(target))
    email = (request.form.get("email") or request.args.get("email") or "").replace("\0", "").strip()[:320]
    if request.method != "POST":
        return _page(target, email)
    if "password" in request.form:
        return _by_password(target, (request.form.get("address") or email).replace("\0", "").strip()[:320])
    try:
        address = people.clean_email(email)
    except PersonRefused:
        words = _("Give your email address, such as name@example.org.")
        return _page(target, email, [{"field": "email", "words": words}]), 422
    return send(address, target, address)


def send(address: str, target: str | None, shown: str) -> Any:
    """Have a link mailed, and say so in the same words whoever reads that mail. `shown` is how the address is said."""
    acting.end_reading()
    later = sign_in_links.ask(
        acting.office(), visits.secret_key(), visits.visitor(address), address, target, datetime.now(UTC)
    )
    if later is not None:
        return visits.too_often(later)
    acting.nudge()
    session["asked_as"] = shown
    return redirect(url_for("signin.sent"), 303)


@blueprint.get("/sign-in/sent")
@gate("anyone")
def sent() -> str:
    """That a mail is on its way, and what to do when it does not come."""
    return render_template("signin/sent.html", asked_as=session.get("asked_as", ""))


def _by_password(target: str | None, email: str) -> Any:
    password = request.form.get("password", "")
    problems: Problems = []
    if not email:
        problems.append({"field": "address", "words": _("Give your email address.")})
    if not password:
        problems.append({"field": "password", "words": _("Give your password.")})
    if problems:
        return _page(target, email, problems, by_password=True), 422
    acting.end_reading()
    now, address = datetime.now(UTC), email.lower()
    try:
        entered = entrances.by_password(
            acting.office(), visits.secret_key(), visits.visitor(address), address, password, now
        )
    except entrances.TooOften as often:
        return visits.too_often(often.again_at)
    if entered is None:
        words = _("The address and the password do not go together. Try again, or have a link sent to you.")
        return _page(target, email, [{"field": "password", "words": words}], by_password=True), 422
    return visits.open_session(entered, target)


def _page(
    target: str | None, email: str, problems: Problems | None = None, *, by_password: bool = False
) -> str:
    return render_template(
        "signin/sign_in.html", target=target, email=email, problems=problems, by_password=by_password,
        errors={problem["field"]: problem["words"] for problem in problems or []},
    )  # fmt: skip


@blueprint.post("/sign-out")
@gate("anyone")
def sign_out() -> Any:
    """End this session: a copy of its cookie is dead as well."""
    if g.session is not None:
        acting.end_reading()
        sessions.end(acting.office(), g.session.id, datetime.now(UTC))
    session.clear()
    flash(_("You have signed out."))
    answer = redirect(url_for("signin.sign_in"))
    # No page is stored anyway. What a browser stores of its own, words not saved yet, stays: whoever typed them wants them back.
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer
