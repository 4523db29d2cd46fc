"""The second factor of one's own: set up by a picture and a first code, renewed, removed."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Response, abort, flash, g, redirect, render_template, request, url_for

from fundapp.domain.signing_in import own_path
from fundapp.pages import acting
from fundapp.pages.gate import gate
from fundapp.pages.signin import blueprint, visits
from fundapp.pages.signin.confirm import required
from fundapp.queries import factors as asks
from fundapp.services import factors, own_account
from fundapp.services.entrances import TooOften
from fundapp.services.factors import CodeNotTaken
from fundapp.services.throttle import Visitor
from fundapp.words.tongue import gettext as _

Page = Any


@blueprint.get("/account/second-factor")
@gate("signed_in", before_factor=True)
def factor() -> Page:
    """What it is; the picture while it is being set up; how to renew or remove it once it stands."""
    return _held_up() or _page()


@blueprint.post("/account/second-factor/start")
@gate("signed_in", before_factor=True)
def factor_start() -> Page:
    """A new secret, that counts for nothing before a code of it was typed. Whoever signed in long ago signs in again."""
    if held := _held_up():
        return held
    acting.end_reading()
    if not own_account.is_fresh(g.session, datetime.now(UTC)):
        return visits.sign_in_again("signin.factor")
    try:
        factors.start(acting.office(), visits.secret_key(), g.person.id, datetime.now(UTC))
    except CodeNotTaken:
        flash(_("You have a second step already. Remove it first to set up another."))
    return redirect(url_for("signin.factor", next=own_path(request.args.get("next"))), 303)


@blueprint.get("/account/second-factor/picture.svg")
@gate("signed_in", before_factor=True)
def factor_picture() -> Page:
    """The picture that the app reads, only while it is being set up."""
    import io

    import segno

    found: Any = asks.factor(g.conn, g.person.id)
    if found is None or found.confirmed_at is not None:
        abort(404)
    address = factors.address_of(factors.secret_of(visits.secret_key(), found), g.session.email)
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", scale=6, border=4, light="#ffffff", dark="#221c19")
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


@blueprint.post("/account/second-factor/set")
@gate("signed_in", before_factor=True)
def factor_set() -> Page:
    """The first code: from now on it is asked for. The recovery codes are shown this once."""
    if held := _held_up():
        return held
    return _with_code(factors.confirm, _("Your second step is set up"))


@blueprint.post("/account/second-factor/codes")
@gate("signed_in")
def factor_codes() -> Page:
    """Ten new recovery codes in place of the old."""
    return _with_code(factors.renew_codes, _("Your new recovery codes"))


@blueprint.post("/account/second-factor/remove")
@gate("signed_in")
def factor_remove() -> Page:
    """Take it away."""
    done = _with_code(factors.remove, "")
    if done is None:
        flash(_("Your second step is removed."))
        return redirect(url_for("signin.account"), 303)
    return done


def _held_up() -> Page:
    """Whoever has a second factor gives it before they change it."""
    if g.session.has_factor and factors.due(g.session, required(), datetime.now(UTC)) == "give":
        return redirect(url_for("signin.confirm", next=url_for("signin.factor")))
    return None


def _with_code(act: Callable[..., list[str] | None], heading: str) -> Page:
    """Do what asks for a code: the page of recovery codes, the form again, or None when there is nothing to show."""
    code = request.form.get("code", "").strip()
    acting.end_reading()
    visitor: Visitor = visits.visitor(g.session.email)
    try:
        if not code:
            raise CodeNotTaken("empty")
        codes = act(acting.office(), visits.secret_key(), visitor, g.session, code, datetime.now(UTC))
    except TooOften as often:
        return visits.too_often(often.again_at)
    except CodeNotTaken as refused:
        if refused.code in ("stands", "none"):
            return redirect(url_for("signin.factor"), 303)
        words = (
            _("Give the six figures that your app shows.")
            if refused.code == "empty"
            else _(
                "This code does not fit. Codes change every half minute, and each works once: type the newest."
            )
        )
        return _page([{"field": "code", "words": words}]), 422
    acting.nudge()
    if codes is None:
        return None
    visits.renew_session()
    visits.remember(g.session.email)
    return render_template(
        "signin/codes.html", codes=codes, heading=heading, target=visits.safe(request.args.get("next"))
    )


def _page(problems: list[dict[str, str]] | None = None) -> str:
    found: Any = asks.factor(g.conn, g.person.id)
    secret = ""
    if found is not None and found.confirmed_at is None:
        text = factors.secret_of(visits.secret_key(), found)
        secret = " ".join(text[start : start + 4] for start in range(0, len(text), 4))
    return render_template(
        "signin/factor.html", found=found, secret=secret, problems=problems, guarded=g.session.guarded,
        required=required(), codes_left=asks.codes_left(g.conn, g.person.id),
        target=own_path(request.args.get("next")),
        errors={problem["field"]: problem["words"] for problem in problems or []},
    )  # fmt: skip
