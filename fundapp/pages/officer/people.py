"""People and their roles: the list, one person, somebody new."""

from typing import Any, Final

from flask import abort, current_app, flash, g, redirect, render_template, request, url_for

from fundapp.pages import acting
from fundapp.pages.gate import funds_for, gate
from fundapp.pages.officer import blueprint, forms
from fundapp.pages.officer.forms import Page, Problems
from fundapp.queries import directory, memberships
from fundapp.queries import people as asks
from fundapp.queries import rounds as fund_asks
from fundapp.services import roles as acts
from fundapp.services.people import PersonRefused
from fundapp.words import refusals, states
from fundapp.words.marks import N_
from fundapp.words.tongue import gettext as _
from workflows.roles import GRANTED

PAGE = 50
#: Each role in a word, and what it lets a person do.
ROLE_WORDS: Final[dict[str, tuple[str, str]]] = {
    "member": (N_("Member"), N_("bids for money")),
    "reviewer": (N_("Panel member"), N_("reads and scores bids")),
    "chair": (N_("Chair"), N_("runs the panel and decides")),
    "treasurer": (N_("Treasurer"), N_("holds the money and pays")),
    "officer": (N_("Officer"), N_("runs the rounds and helps whoever is stuck")),
    "auditor": (N_("Auditor"), N_("reads the whole record")),
}


@blueprint.get("/people")
@gate("officer")
def people() -> str:
    """Everybody with their roles, a page at a time."""
    words = request.args.get("words", "")[:100].strip()
    text = request.args.get("after", "0")
    after = int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
    rows = directory.people(g.conn, words, after, PAGE + 1)
    older = (
        url_for("officer.people", words=words or None, after=rows[PAGE - 1].id) if len(rows) > PAGE else None
    )
    rows = rows[:PAGE]
    return render_template(
        "officer/people.html", rows=rows, grants=directory.grants(g.conn, [row.id for row in rows]), words=words,
        older=older, role_words=ROLE_WORDS, first=url_for("officer.people", words=words or None) if after else None,
    )  # fmt: skip


@blueprint.get("/people/<int:person>")
@gate("officer")
def person(person: int) -> str:
    """One person: how they sign in, their roles, the offices they hold."""
    return _page(person)


@blueprint.post("/people/<int:person>/give")
@gate("officer")
def give_role(person: int) -> Page:
    """Give a role, in one fund or in all that this officer runs."""
    _there(person)
    role, fund, problems = _role()
    if problems:
        return _page(person, problems), 422
    acting.end_reading()
    try:
        acts.give(acting.office(), acting.actor(), person, role, fund, g.arrived)
    except PersonRefused as refused:
        words = refusals.plain(refused.code, refused.params, acting.office().zone)
        return _page(person, [{"field": "role", "words": words}]), 409
    flash(_("The role of %(role)s is given.", role=_(ROLE_WORDS[role][0])))
    return redirect(url_for("officer.person", person=person), 303)


@blueprint.post("/people/<int:person>/end")
@gate("officer")
def end_role(person: int) -> Page:
    """End a role that stands. An officer cannot end their own: somebody must be left who can."""
    _there(person)
    number = forms.number("grant")
    row = asks.grant(g.conn, number) if number is not None else None
    if row is None or row.person_id != person or row.to_at is not None:
        words = _("This role does not stand any more. Look at the page as it is now.")
        return _page(person, [{"field": "roles", "words": words}]), 409
    held = funds_for("officer")
    if held is not None and row.fund_id not in held:
        abort(404)
    if person == g.person.id and row.role == "officer":
        words = _("You cannot end your own role of officer. Ask another officer to.")
        return _page(person, [{"field": "roles", "words": words}]), 409
    acting.end_reading()
    try:
        acts.end(acting.office(), acting.actor(), row.id, g.arrived)
    except PersonRefused as refused:
        words = refusals.plain(refused.code, refused.params, acting.office().zone)
        return _page(person, [{"field": "roles", "words": words}]), 409
    flash(_("The role of %(role)s has ended.", role=_(ROLE_WORDS[row.role][0])))
    return redirect(url_for("officer.person", person=person), 303)


@blueprint.route("/people/add", methods=["GET", "POST"])
@gate("officer")
def add_person() -> Page:
    """Enter somebody with a role; who signs in with the address already is given the role."""
    given = {name: forms.text(name)[:400] for name in ("name", "email", "role", "fund")}
    if request.method == "GET":
        return _add(given)
    role, fund, problems = _role()
    if not given["email"]:
        problems.insert(0, {"field": "email", "words": _("Give their email address.")})
    if not given["name"]:
        problems.insert(0, {"field": "name", "words": _("Give their name.")})
    if problems:
        return _add(given, problems), 422
    acting.end_reading()
    try:
        new = acts.welcome(
            acting.office(),
            _secret_key(),
            acting.actor(),
            given["name"],
            given["email"],
            role,
            fund,
            g.arrived,
        )
    except PersonRefused as refused:
        words = refusals.plain(refused.code, refused.params, acting.office().zone)
        field = "name" if refused.code in ("no_name", "name_too_long") else "email"
        return _add(given, [{"field": field, "words": words}]), 422
    acting.nudge()
    flash(_("%(name)s is entered, and the invitation is on its way.", name=given["name"]))
    return redirect(url_for("officer.person", person=new), 303)


@blueprint.post("/people/<int:person>/invite")
@gate("officer")
def invite(person: int) -> Page:
    """Send the invitation once more to somebody who has never signed in."""
    _there(person)
    acting.end_reading()
    address = acts.invite_again(acting.office(), _secret_key(), acting.actor(), person, g.arrived)
    if address is None:
        words = _("They have signed in before, or hold no role: there is nothing to invite them to.")
        return _page(person, [{"field": "invite", "words": words}]), 409
    acting.nudge()
    flash(_("The invitation is on its way to %(address)s.", address=address))
    return redirect(url_for("officer.person", person=person), 303)


def _secret_key() -> str:
    key: str = current_app.extensions["settings"].secret_key
    return key


def _there(person: int) -> Any:
    row = asks.person(g.conn, person) if person < 2**53 else None
    if row is None:
        abort(404)
    return row


def _role() -> tuple[str, int | None, Problems]:
    """(role, fund or None for every fund, what is wrong) of a form. Every fund is only for who runs every fund."""
    role, problems = forms.text("role"), []
    if role not in GRANTED:
        problems.append({"field": "role", "words": _("Choose the role.")})
    held = funds_for("officer")
    fund = forms.number("fund")
    known = {row.id for row in _funds()}
    if (fund is None and (held is not None or forms.text("fund"))) or (
        fund is not None and fund not in known
    ):
        problems.append({"field": "fund", "words": _("Choose the fund.")})
    return role, fund, problems


def _funds() -> list[Any]:
    held = funds_for("officer")
    return [row for row in fund_asks.funds(g.conn) if held is None or row.id in held]


def _page(number: int, problems: Problems | None = None) -> str:
    row = _there(number)
    return render_template(
        "officer/person.html", person=row, accounts=directory.accounts(g.conn, row.id),
        grants=directory.grants(g.conn, [row.id]).get(row.id, []), holdings=directory.holdings(g.conn, row.id),
        problems=problems, errors=forms.errors(problems), role_words=ROLE_WORDS, roles=GRANTED, funds=_funds(),
        every=funds_for("officer") is None, titled=states.titled, given={"role": "", "fund": ""}, own=g.person.id,
        membership=memberships.newest(g.conn, row.id), invited=asks.to_invite(g.conn, row.id, g.arrived),
    )  # fmt: skip


def _add(given: dict[str, str], problems: Problems | None = None) -> str:
    return render_template(
        "officer/add_person.html", given=given, problems=problems, errors=forms.errors(problems), roles=GRANTED,
        role_words=ROLE_WORDS, funds=_funds(), every=funds_for("officer") is None,
    )  # fmt: skip
