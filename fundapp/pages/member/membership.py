"""Your membership: the number and the local party, what is waiting and why, and what may be done meanwhile."""

import re
from typing import Any, Final

from flask import current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fundapp.domain.membership import Marks
from fundapp.pages import acting, typed
from fundapp.pages.gate import gate, held_roles
from fundapp.pages.member import blueprint
from fundapp.queries import member_list, memberships
from fundapp.services import membership as acts
from fundapp.services.people import PersonRefused
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _

#: The pages that lead here, and to which one comes back: a round, or one's own bids.
_BACK: Final = re.compile(r"/(?:rounds/[A-Za-z0-9_-]{1,30}|my-bids(?:/[A-Za-z0-9-]{1,20}(?:/form|/check)?)?)")
_FIELDS: Final = {
    "bad_membership_number": "number",
    "no_local_party": "local_party",
    "local_party_too_long": "local_party",
}


@blueprint.route("/my-membership", methods=["GET", "POST"])
@gate("signed_in")
def membership() -> Response | str | tuple[str, int]:
    """Give the membership, or see how it stands."""
    if request.method == "GET":
        return _page(back_of(request.args.get("next")))
    back = back_of(request.form.get("next"))
    given = {"number": typed.line("number")[:100], "local_party": typed.line("local_party")[:400]}
    acting.end_reading()
    try:
        with acting.office().deed(acting.actor(), g.arrived) as deed:
            done = acts.claim(deed, marks(), g.person.id, given["number"], given["local_party"])
    except PersonRefused as refused:
        field = _FIELDS.get(refused.code)
        words = refusals.plain(refused.code, refused.params, acting.office().zone)
        return _page(back, given, [{"field": field or "number", "words": words}]), 422 if field else 409
    if done.confirmed:
        flash(_("Your membership is confirmed."))
    else:
        flash(_("Thank you. You can write now; your membership is confirmed before a bid is sent."))
    return redirect(back or url_for("member.membership"), 303)


def back_of(target: str | None) -> str | None:
    """The page to come back to, if it is one of those that lead here; never another host."""
    return target if target and _BACK.fullmatch(target) else None


def marks() -> Marks:
    """The fingerprints of the list, under this service's key."""
    return Marks(current_app.extensions["settings"].secret_key)


def unconfirmed() -> str | None:
    """Why this person may not send a bid yet, in words; None for a confirmed member."""
    row = memberships.newest(g.conn, g.person.id)
    if row is not None and row.ended_at is None and row.confirmed_at is not None:
        return None
    return refusals.plain("membership_unconfirmed", {}, acting.office().zone)


def _page(
    back: str | None, given: dict[str, str] | None = None, problems: list[dict[str, str]] | None = None
) -> str:
    row: Any = memberships.newest(g.conn, g.person.id)
    standing = row if row is not None and row.ended_at is None else None
    shown = given or {
        "number": standing.number if standing else "", "local_party": standing.local_party if standing else "",
    }  # fmt: skip
    confirmed = standing is not None and standing.confirmed_at is not None
    return render_template(
        "member/membership.html", row=row, standing=standing, confirmed=confirmed, given=shown, target=back,
        problems=problems, errors={problem["field"]: problem["words"] for problem in problems or []},
        parties=[] if confirmed else member_list.local_parties(g.conn),
        barred=standing is not None and "member" not in held_roles(),
    )  # fmt: skip
