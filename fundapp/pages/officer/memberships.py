"""Memberships: those that wait for an officer, confirming several after one look, turning one down, ending one."""

from datetime import datetime
from typing import Any, Final

from flask import abort, flash, g, redirect, render_template, request, url_for

from fundapp.models.base import iso
from fundapp.pages import acting, typed
from fundapp.pages.gate import gate
from fundapp.pages.member.membership import marks
from fundapp.pages.officer import blueprint, forms
from fundapp.pages.officer.forms import Page, Problems
from fundapp.queries import member_list, people
from fundapp.queries import memberships as asks
from fundapp.services import membership as acts
from fundapp.services.people import OPERATOR_TOKEN, PersonRefused
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext

PAGE: Final = 25
#: Confirmed members looked at for one page of those who are not on the list.
MOST_LOOKED_AT: Final = 5000


@blueprint.route("/memberships", methods=["GET", "POST"])
@gate("officer")
def memberships() -> Page:
    """What waits, the oldest first. A GET with `pick` shows the chosen ones; a POST confirms them."""
    if request.method == "GET":
        picked = _picked(request.args.getlist("pick"))
        return _look(picked) if picked else _list()
    picked, source = _picked(request.form.getlist("pick")), forms.text("source")[:400]
    if not picked:
        return _list([{"field": "list", "words": _("Choose at least one membership.")}]), 422
    acting.end_reading()
    try:
        with acting.office().deed(acting.actor(), g.arrived) as deed:
            done = acts.confirm(deed, picked, source)
    except PersonRefused as refused:
        words = refusals.plain(refused.code, refused.params, acting.office().zone)
        if refused.code == "no_membership_source":
            return _look(picked, [{"field": "source", "words": words}]), 422
        return _list([{"field": "list", "words": words}]), 409
    acting.nudge()
    flash(ngettext("One membership is confirmed.", "%(num)s memberships are confirmed.", len(done)))
    return redirect(url_for("officer.memberships"), 303)


@blueprint.route("/memberships/<int:membership>", methods=["GET", "POST"])
@gate("officer")
def membership(membership: int) -> Page:
    """One membership: a claim is turned down here with a reason, a confirmed one ended."""
    row = asks.by_id(g.conn, membership) if membership < 2**53 else None
    if row is None:
        abort(404)
    if request.method == "GET":
        return _one(row)
    reason = forms.text("reason")
    ends = request.form.get("do") == "end"
    acting.end_reading()
    try:
        with acting.office().deed(acting.actor(), g.arrived) as deed:
            if ends:
                acts.end(deed, membership)
            else:
                acts.turn_down(deed, membership, reason)
    except PersonRefused as refused:
        words = refusals.plain(refused.code, refused.params, acting.office().zone)
        status = 422 if refused.code in ("say_why_turned_down", "reason_too_long") else 409
        row = asks.by_id(g.conn, membership)
        return _one(row, reason, [{"field": "reason", "words": words}]), status
    acting.nudge()
    if ends:
        flash(_("The membership of %(name)s has ended.", name=row.name))
    else:
        flash(_("It is turned down, and %(name)s is told why.", name=row.name))
    return redirect(url_for("officer.memberships"), 303)


def _picked(texts: list[str]) -> list[int]:
    """The memberships whose boxes were ticked; what is no number is left out."""
    numbers = (typed.whole(text) for text in texts[:PAGE])
    return sorted({number for number in numbers if number})


def _said(rows: list[Any]) -> list[dict[str, Any]]:
    """Each membership with what the list says to it and who else has its number."""
    says = acts.list_says(g.conn, marks(), rows)
    others = asks.others_with(g.conn, [row.number for row in rows])
    return [
        {
            "row": row, "says": says[row.id], "own": row.person_id == g.person.id,
            "others": [one for one in others.get(row.number, []) if one.person_id != row.person_id],
        }
        for row in rows
    ]  # fmt: skip


def _list(problems: Problems | None = None) -> str:
    """The page of a tab: `waiting`, `confirmed`, or `missing` from the newest list."""
    show = request.args.get("show", "waiting")
    words = request.args.get("words", "")[:100].strip()
    after = request.args.get("after", "")[:60]
    onward: str | None = None
    if show == "confirmed":
        rows = asks.confirmed(g.conn, words, typed.whole(after) or 0, PAGE + 1)
        onward = str(rows[PAGE - 1].id) if len(rows) > PAGE else None
    elif show == "missing":
        rows, last = acts.not_listed(g.conn, marks(), words, typed.whole(after) or 0, PAGE, MOST_LOOKED_AT)
        onward = str(last) if last is not None else None
    else:
        show = "waiting"
        rows = asks.waiting(g.conn, words, _key(after), PAGE + 1)
        last_row = rows[PAGE - 1] if len(rows) > PAGE else None
        onward = f"{iso(last_row.claimed_at)}_{last_row.id}" if last_row is not None else None
    rows = rows[:PAGE]
    operator = people.by_token(g.conn, OPERATOR_TOKEN)
    address: dict[str, Any] = {"show": show if show != "waiting" else None, "words": words or None}
    return render_template(
        "officer/memberships.html", show=show, items=_said(rows) if show == "waiting" else [{"row": row} for row in rows],
        words=words, waiting=asks.waiting_in_all(g.conn, 0).many, listed=member_list.there_is_one(g.conn),
        newest=member_list.newest_event(g.conn, f"person:{operator}"), problems=problems,
        first=url_for("officer.memberships", **address) if after else None,
        onward=url_for("officer.memberships", after=onward, **address) if onward else None,
    )  # fmt: skip


def _key(after: str) -> tuple[datetime, int] | None:
    """Where the last page of the waiting ones ended; None for the beginning or for what cannot be read."""
    moment, _sep, number = after.partition("_")
    found = typed.whole(number)
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (at, found) if found is not None and at.tzinfo is not None else None


def _look(picked: list[int], problems: Problems | None = None) -> str:
    """The chosen ones once more, before they are confirmed."""
    rows = [row for row in asks.waiting(g.conn, "", None, PAGE, picked) if row.person_id != g.person.id]
    if not rows:
        return _list(
            [
                {
                    "field": "list",
                    "words": _("None of these waits any more. Look at the list as it stands now."),
                }
            ]
        )
    return render_template(
        "officer/confirm_memberships.html", items=_said(rows), listed=member_list.there_is_one(g.conn),
        problems=problems, errors=forms.errors(problems), source=forms.text("source") if problems else "",
    )  # fmt: skip


def _one(row: Any, reason: str = "", problems: Problems | None = None) -> str:
    waits = row.confirmed_at is None and row.ended_at is None
    item = _said([row])[0]
    by = people.names(g.conn, [row.confirmed_by]) if row.confirmed_by else {}
    return render_template(
        "officer/membership.html", item=item, row=row, waits=waits, reason=reason, problems=problems,
        errors=forms.errors(problems), listed=member_list.there_is_one(g.conn), by=by.get(row.confirmed_by, ""),
        stands=row.confirmed_at is not None and row.ended_at is None,
    )  # fmt: skip
