"""The page behind a mailed link. Opening it changes nothing; its one button signs in."""

from datetime import UTC, datetime
from typing import Any

from flask import g, render_template, request

from fundapp.domain.signing_in import masked
from fundapp.pages import acting, typed
from fundapp.pages.gate import gate
from fundapp.pages.signin import ask, blueprint, visits
from fundapp.queries import people
from fundapp.queries import sign_in_links as asks
from fundapp.services import entrances, sign_in_links
from fundapp.services.people import PersonRefused
from fundapp.services.sign_in_links import LinkDead
from fundapp.words import entrances as words_of
from fundapp.words.tongue import gettext as _


@blueprint.route("/sign-in/link/<token>", methods=["GET", "POST"])
@gate("anyone")
def link(token: str) -> Any:
    """Sign in as whoever reads the mail of the link's address, or open an account for that address."""
    found: Any = _found(token)
    why = sign_in_links.why_dead(found, datetime.now(UTC))
    if why:
        return _dead(why, found, token)
    if request.method != "POST":
        return _page(found)
    name = typed.line("name")
    acting.end_reading()
    visitor = visits.visitor(found.email)
    try:
        entered = entrances.by_link(acting.office(), visitor, token, name, datetime.now(UTC))
    except LinkDead as dead:
        return _dead(dead.why, _found(token), token)
    except PersonRefused as refused:
        words = _("Write a shorter name.") if refused.code == "name_too_long" else _("Give your name.")
        return _page(found, name, [{"field": "name", "words": words}]), 422
    return visits.open_session(entered, entered.next_path)


@blueprint.post("/sign-in/link/<token>/again")
@gate("anyone")
def again(token: str) -> Any:
    """A new link in the place of one that does not work any more: one press, to the same address."""
    found: Any = _found(token)
    why = sign_in_links.why_dead(found, datetime.now(UTC))
    if found is None or why in ("", "ended"):
        return _dead(why, found, token) if why else _page(found)
    return ask.send(found.email, found.next_path, masked(found.email))


def _found(token: str) -> Any:
    found = asks.by_token(g.conn, token)
    return found if found is not None and sign_in_links.is_ours(visits.secret_key(), found, token) else None


def _page(found: Any, name: str = "", problems: list[dict[str, str]] | None = None) -> str:
    holder = people.holder_at(g.conn, found.email) if found.account_id is None else None
    return render_template(
        "signin/link.html", link=found, holder=holder, masked=masked(found.email), name=name, problems=problems,
        role=words_of.role(found.role) if found.role else "",
        errors={problem["field"]: problem["words"] for problem in problems or []},
    )  # fmt: skip


def _dead(why: str, found: Any, token: str) -> tuple[str, int]:
    told = render_template(
        "signin/dead.html",
        why=why,
        link=found,
        token=token,
        masked=masked(found.email) if found is not None else "",
    )
    return told, 404 if why == "unknown" else 410
