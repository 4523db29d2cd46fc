"""Bidding together: who reads along, the invitation's own page, the draft to read with its comments."""

from collections.abc import Callable
from typing import Any

from flask import abort, current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fundapp.domain import forms
from fundapp.pages import acting, answers_shown, typed
from fundapp.pages.gate import gate
from fundapp.pages.member import blueprint, reach
from fundapp.queries import links, rounds
from fundapp.queries import member as bids
from fundapp.queries import together as asks
from fundapp.services import together as room
from fundapp.services.people import PersonRefused
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _

Page = Response | str | tuple[str, int]


def _try(act: Callable[[], Any]) -> str:
    """Do it; why not, in a sentence, or nothing."""
    acting.end_reading()
    try:
        act()
    except (room.TogetherRefused, PersonRefused) as refused:
        return refusals.plain(refused.code, refused.params, acting.office().zone)
    return ""


@blueprint.route("/my-bids/<ref>/together", methods=["GET", "POST"])
@gate("signed_in")
def together(ref: str) -> Page:
    """Who reads along with my bid, and an invitation for one more."""
    row = reach.fetch_own(ref)
    if request.method != "POST":
        return _together_page(row)
    address = typed.line("address")
    secret: str = current_app.extensions["settings"].secret_key
    why = _try(lambda: room.invite(acting.office(), acting.actor(), secret, row.id, address, g.arrived))
    if why:
        return _together_page(reach.fetch_own(ref), address, why), 422
    acting.nudge()
    flash(
        _(
            "We have written to %(address)s. The link in that mail works for 14 days, for them alone.",
            address=address,
        )
    )
    return redirect(url_for("member.together", ref=row.reference), 303)


def _together_page(row: Any, address: str = "", why: str = "") -> str:
    draft = bids.form(g.conn, row.id)
    return render_template(
        "member/together.html", bid=row, title=reach.title_of(row, draft.answers if draft else None) or _("Your bid"),
        partners=asks.partners(g.conn, row.id), waiting=asks.invitations(g.conn, row.id), now=g.arrived,
        open=row.state in room.OPEN, writing=row.state in room.WRITING, address=address,
        errors={"address": why} if why else {}, problems=[{"field": "address", "words": why}] if why else None,
        rows=_about(draft, asks.comments(g.conn, row.id)) if draft else [],
    )  # fmt: skip


@blueprint.post("/my-bids/<ref>/together/invitations/<int:invitation>")
@gate("signed_in")
def take_back(ref: str, invitation: int) -> Response:
    """Take an invitation back."""
    row = reach.fetch_own(ref)
    why = _try(lambda: room.take_back(acting.office(), acting.actor(), row.id, invitation, g.arrived))
    flash(why or _("The invitation is taken back. Its link works no more."))
    return redirect(url_for("member.together", ref=row.reference), 303)


@blueprint.post("/my-bids/<ref>/together/people/<int:partner>")
@gate("signed_in")
def part(ref: str, partner: int) -> Response:
    """End somebody's part, or one's own."""
    row = reach.fetch(ref)
    own = row.applicant_id == g.person.id
    why = _try(lambda: room.part(acting.office(), acting.actor(), row.id, partner, g.arrived))
    if why:
        abort(403)
    flash(_("They do not see the bid any more.") if own else _("You do not read along any more."))
    if own:
        return redirect(url_for("member.together", ref=row.reference), 303)
    return redirect(url_for("member.bids"), 303)


@blueprint.route("/together/<token>", methods=["GET", "POST"])
@gate("anyone")
def invited(token: str) -> Page:
    """The page behind the mailed invitation. Opening it changes nothing."""
    kept = links.sha256_of(token[:200])
    found = asks.invitation(g.conn, kept)
    dead = room.why_dead(found, g.arrived)
    person = g.person
    if dead is not None:
        return _invited_page(found, dead), 404 if found is None else 410
    if person is None:
        if request.method == "POST":
            return redirect(url_for("signin.sign_in", next=request.path), 303)
        return _invited_page(found)
    assert found is not None
    if found.address not in asks.addresses(g.conn, person.id):
        return _invited_page(found, room.TogetherRefused("another_address")), 403
    if request.method != "POST":
        return _invited_page(found)
    acting.end_reading()
    try:
        ref = room.join(acting.office(), acting.actor(), kept, g.arrived)
    except room.TogetherRefused as refused:
        return _invited_page(found, refused), 409
    flash(_("You read along now. The applicant sees your comments; nobody else does."))
    return redirect(url_for("member.read", ref=ref), 303)


def _invited_page(found: Any, dead: room.TogetherRefused | None = None) -> str:
    title = ((found.answers or {}).get("title") or found.title) if found is not None else ""
    return render_template(
        "member/invited.html", found=found, title=title, dead=dead.code if dead else "",
        why=refusals.plain(dead.code, dead.params, acting.office().zone) if dead else "",
    )  # fmt: skip


@blueprint.route("/my-bids/<ref>/read", methods=["GET", "POST"])
@gate("signed_in")
def read(ref: str) -> Page:
    """The draft to read, with what was said beside it, and a box to say something."""
    row = reach.fetch(ref)
    draft = bids.form(g.conn, row.id)
    if row.state not in room.WRITING or draft is None:
        return redirect(url_for("member.bid", ref=row.reference), 303)
    if request.method != "POST":
        return _read_page(row, draft, {"about": request.args.get("about", ""), "words": ""})
    given = {"about": typed.line("about"), "words": typed.words("words")}
    about = given["about"] or None
    why = _try(
        lambda: room.comment(acting.office(), acting.actor(), row.id, about, given["words"], g.arrived)
    )
    if why:
        row = reach.fetch(ref)
        return _read_page(row, bids.form(g.conn, row.id), given, "words", why), 422
    acting.nudge()
    flash(_("Your comment stands beside the draft."))
    return redirect(url_for("member.read", ref=row.reference), 303)


def _read_page(row: Any, draft: Any, given: dict[str, str], field: str = "", why: str = "") -> str:
    own = row.applicant_id == g.person.id
    return render_template(
        "member/read.html", bid=row, draft=draft, own=own, title=reach.title_of(row, draft.answers) or _("A bid without a title"),
        rows=_about(draft, asks.comments(g.conn, row.id), every=True), given=given, most=room.MOST_WORDS,
        errors={field: why} if why else {}, problems=[{"field": field, "words": why}] if why else None,
        round=rounds.by_id(g.conn, row.round_id), partner=asks.standing(g.conn, row.id, g.person.id),
    )  # fmt: skip


@blueprint.post("/my-bids/<ref>/comments/<int:comment>/remove")
@gate("signed_in")
def remove_comment(ref: str, comment: int) -> Response:
    """Take a comment away: one's own, or any on one's own bid."""
    row = reach.fetch(ref)
    if _try(lambda: room.remove_comment(acting.office(), acting.actor(), row.id, comment, g.arrived)):
        abort(404)
    flash(_("The comment is taken away."))
    return redirect(url_for("member.read", ref=row.reference), 303)


def _about(draft: Any, comments: list[Any], *, every: bool = False) -> list[dict[str, Any]]:
    """The draft, question by question, with its comments: [{id, label, lines, budget, comments}].

    Last what is about the whole bid, or about a question that is asked no more. Only rows with comments unless `every`.
    """
    on_form = forms.asked(draft.questions, draft.answers)
    asked = [question for question in on_form if question["id"] not in forms.NOT_IN_COPY]
    shown = answers_shown.rows(asked, draft.answers)
    found = [
        {"id": question["id"], **row, "comments": [one for one in comments if one.question == question["id"]]}
        for question, row in zip(asked, shown, strict=True)
    ]
    known = {question["id"] for question in asked}
    rest = [one for one in comments if one.question not in known]
    found.append({"id": "", "label": _("The whole bid"), "lines": [], "budget": [], "comments": rest})
    return [row for row in found if every or row["comments"]]


@blueprint.context_processor
def _comments() -> dict[str, Any]:
    """For the pages of the draft: what was said beside it, asked for once, and only where it is shown."""

    def comments_on(bid: Any, question: str | None = None) -> list[Any]:
        if "comments" not in g:
            g.comments = asks.comments(g.conn, bid.id)
        return [one for one in g.comments if question is None or one.question == question]

    return {"comments_on": comments_on}
