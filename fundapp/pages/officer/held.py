"""What is held of a person: given to them when they ask, and erased when they ask and two officers agree."""

from datetime import UTC, datetime
from typing import Any, Final

from flask import abort, current_app, flash, g, redirect, render_template, request, url_for

from fundapp.domain.keeping import CLASSES
from fundapp.domain.register import TABLES
from fundapp.mail.kept import folder_of
from fundapp.pages import acting, downloads
from fundapp.pages.gate import gate
from fundapp.pages.officer import blueprint, forms
from fundapp.pages.officer.forms import Page, Problems
from fundapp.pages.signin.own_data import by_class, zipped
from fundapp.queries import keeping as asks
from fundapp.services import erasing, own_data, privacy
from fundapp.services.people import OPERATOR_TOKEN, PersonRefused
from fundapp.services.refused import Refused
from fundapp.words import moments, refusals
from fundapp.words.marks import N_
from fundapp.words.tongue import gettext as _

#: How somebody asks us, in words.
HOW: Final[dict[str, str]] = {
    "letter": N_("By letter"),
    "email": N_("By email"),
    "phone": N_("By telephone"),
    "person": N_("In person"),
}
#: Places that are shown where others wrote a name.
MOST_NAMED: Final = 50


@blueprint.get("/people/<int:person>/held")
@gate("officer")
def held(person: int) -> str:
    """What there is, what was asked, and what would go."""
    return _page(person)


@blueprint.post("/people/<int:person>/held/give")
@gate("officer")
def give_data(person: int) -> Any:
    """Make the copy for somebody who asked for it, such as a representative without an account."""
    _there(person)
    how, now = forms.text("how"), datetime.now(UTC)
    acting.end_reading()
    try:
        own_data.note(acting.office(), acting.actor(), person, how, now)
    except PersonRefused as no:
        return _refused(person, no, "how")
    except Refused:
        abort(403)
    acting.nudge()
    return zipped(person, now)


@blueprint.post("/people/<int:person>/erase")
@gate("officer")
def erase(person: int) -> Page:
    """Put on record that they ask for it to go; nothing goes before another officer confirms it."""
    _there(person)
    acting.end_reading()
    try:
        privacy.ask(acting.office(), acting.actor(), person, forms.text("erase_how"), g.arrived)
    except PersonRefused as no:
        return _refused(person, no, "erase_how")
    except Refused:
        abort(403)
    flash(_("It is on record. Another officer confirms it, and then it goes."))
    return redirect(url_for("officer.held", person=person), 303)


@blueprint.post("/people/<int:person>/erase/confirm")
@gate("officer")
def confirm_erase(person: int) -> Page:
    """Erase them, as another officer asked."""
    _there(person)
    if forms.text("sure") != "yes":
        words = _("Tick that you have read what goes and what stays.")
        return _page(person, [{"field": "sure", "words": words}]), 422
    acting.end_reading()
    try:
        mails = folder_of(current_app.extensions["settings"].mail_url)
        plan = privacy.confirm(acting.office(), downloads.storage(), acting.actor(), person, g.arrived, mails)
    except PersonRefused as no:
        return _refused(person, no, "sure")
    except Refused:
        abort(403)
    flash(_("It is gone: %(count)s rows, and the files with them.", count=plan.going.rows))
    return redirect(url_for("officer.held", person=person), 303)


@blueprint.post("/people/<int:person>/erase/withdraw")
@gate("officer")
def withdraw_erase(person: int) -> Page:
    """Take the asking back."""
    _there(person)
    acting.end_reading()
    try:
        privacy.withdraw(acting.office(), acting.actor(), person, g.arrived)
    except PersonRefused as no:
        return _refused(person, no, "sure")
    except Refused:
        abort(403)
    flash(_("It is taken back. Nothing goes."))
    return redirect(url_for("officer.held", person=person), 303)


def _there(person: int) -> Any:
    row = asks.person(g.conn, person) if person < 2**53 else None
    if row is None or row.token == OPERATOR_TOKEN:
        abort(404)
    return row


def _refused(person: int, no: PersonRefused, field: str) -> Page:
    words = refusals.plain(no.code, no.params, acting.office().zone)
    return _page(person, [{"field": field, "words": words}]), 422 if no.code == "erasure_how" else 409


def _page(number: int, problems: Problems | None = None) -> str:
    row, zone = _there(number), acting.office().zone
    asked = asks.erasures(g.conn, number)
    waiting = next((each for each in asked if not each.confirmed_at and not each.withdrawn_at), None)
    plan = erasing.of_person(g.conn, row, zone) if row.erased_at is None else None
    return render_template(
        "officer/held.html", person=row, held=by_class(number, own=False), plan=plan, waiting=waiting, asked=asked,
        goes=_goes(plan) if plan is not None else [], files=_files(plan) if plan is not None else [],
        stays=_stays(plan) if plan is not None else [], how=HOW, problems=problems, errors=forms.errors(problems),
        named=_named(row, plan) if plan is not None and request.args.get("look") else None, most=MOST_NAMED,
        own=waiting is not None and waiting.asked_by == g.person.id,
    )  # fmt: skip


def _goes(plan: erasing.Plan) -> list[dict[str, Any]]:
    """Of each table what goes: {what, record, count, rows, deleted}."""
    return [
        {
            "what": TABLES[name].what, "record": CLASSES[TABLES[name].record].title, "count": count, "table": name,
            "rows": sorted({*plan.going.blank.get(name, ()), *plan.going.delete.get(name, ())}),
            "deleted": name in plan.going.delete,
        }
        for name, count in plan.going.tables.items()
    ]  # fmt: skip


def _files(plan: erasing.Plan) -> list[str]:
    return asks.file_names(g.conn, sorted(plan.going.blank.get("document", ())))


def _stays(plan: erasing.Plan) -> list[dict[str, Any]]:
    """What stays for now, and why: {bid, why}."""
    found = []
    for each in plan.stays:
        if each.verdict.code == "held":
            why = _("It is held: %(reason)s", reason=each.bid.held)
        else:
            until = moments.whole_day(each.verdict.until) if each.verdict.until else ""
            why = _(
                "It is part of the accounts, which the law asks us to keep. It goes by itself on %(day)s.",
                day=until,
            )
        found.append({"bid": each.bid, "why": why})
    return found


def _named(row: Any, plan: erasing.Plan) -> list[dict[str, Any]]:
    """Where else the name or an address stands, in what others wrote: for an officer to look at."""
    words = [row.name, *asks.addresses(g.conn, row.id)]
    found = []
    for table, column, number, home in asks.named_in(g.conn, words):
        goes = number in plan.going.blank.get(table, ()) or number in plan.going.delete.get(table, ())
        if not goes and not (table == "person" and number == row.id):
            found.append(
                {"what": TABLES[table].what, "table": table, "column": column, "row": number, "home": home}
            )
        if len(found) >= MOST_NAMED:
            break
    return found
