"""Giving the second factor: after signing in, and in the middle of something, without losing what was typed."""

from datetime import UTC, datetime
from typing import Any, Final

from flask import current_app, g, redirect, render_template, request, url_for

from fundapp.domain.signing_in import own_path
from fundapp.pages import acting
from fundapp.pages.gate import gate
from fundapp.pages.signin import blueprint, visits
from fundapp.services import factors
from fundapp.services.entrances import TooOften
from fundapp.services.factors import CodeNotTaken
from fundapp.words.tongue import gettext as _

#: This page's own fields; all others are what was typed on the page before, and go back there.
OWN: Final = frozenset({"csrf_token", "factor_code", "factor_recovery", "factor_again"})


def required() -> bool:
    """Whether the guarded roles must have a second factor in this installation."""
    return bool(current_app.extensions["settings"].second_factor == "required")


def asked_now() -> Any:
    """What stands in the way of this request, as an answer; None if nothing does."""
    due = factors.due(g.session, required(), datetime.now(UTC))
    if not due:
        return None
    here = request.full_path.rstrip("?") if request.method == "GET" else request.path
    if request.method == "GET":
        endpoint = "signin.factor" if due == "set" else "signin.confirm"
        return redirect(url_for(endpoint, next=here))
    if due == "set":
        return render_template("signin/factor_first.html"), 403
    return _page(here, again=True), 403


@blueprint.route("/account/second-factor/confirm", methods=["GET", "POST"])
@gate("signed_in", before_factor=True)
def confirm() -> Any:
    """A code of the authenticator, or a recovery code, for this session."""
    target = own_path(request.args.get("next"))
    due = factors.due(g.session, required(), datetime.now(UTC))
    if due != "give":
        return redirect(visits.safe(target))
    if request.method != "POST":
        return _page(target)
    recovery = request.form.get("factor_recovery", "").strip()
    code = recovery or request.form.get("factor_code", "").strip()
    again = request.form.get("factor_again") == "yes"
    field = "factor_recovery" if recovery else "factor_code"
    if not code:
        words = _("Give the six figures that your app shows.")
        return _page(target, again=again, problems=[{"field": field, "words": words}]), 422
    acting.end_reading()
    visitor = visits.visitor(g.session.email)
    try:
        factors.give(
            acting.office(),
            visits.secret_key(),
            visitor,
            g.session,
            code,
            datetime.now(UTC),
            recovery=bool(recovery),
        )
    except TooOften as often:
        return visits.too_often(often.again_at)
    except CodeNotTaken:
        words = (
            _("This is none of your recovery codes, or it was used before.")
            if recovery
            else _(
                "This code does not fit. Codes change every half minute, and each works once: type the newest."
            )
        )
        return _page(target, again=again, problems=[{"field": field, "words": words}]), 422
    visits.renew_session()
    visits.remember(g.session.email)
    acting.nudge()
    # 307 has the browser send the very form that was held up, to where it was going.
    return redirect(visits.safe(target), 307 if again else 303)


def _page(target: str | None, *, again: bool = False, problems: list[dict[str, str]] | None = None) -> str:
    kept = [(name, value) for name in request.form if name not in OWN for value in request.form.getlist(name)]
    return render_template(
        "signin/confirm.html", target=target, again=again, kept=kept if again else [], problems=problems,
        files=again and bool(request.files), guarded=g.session.guarded,
        errors={problem["field"]: problem["words"] for problem in problems or []},
    )  # fmt: skip
