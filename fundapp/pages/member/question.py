"""One question a page: read what was typed, keep it, say what cannot be read."""

from typing import Any

from flask import abort, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from fundapp.domain import forms
from fundapp.pages.gate import gate
from fundapp.pages.member import answers, asking, blueprint, kept, reach, saving, send
from fundapp.queries import forms as form_queries
from fundapp.services import drafts
from fundapp.words.tongue import gettext as _


@blueprint.route("/my-bids/<ref>/form/<question>", methods=["GET", "POST"])
@gate("signed_in")
def question(ref: str, question: str) -> Response | str | tuple[str, int]:
    """One question."""
    bid, draft = reach.fetch_draft(ref)
    asked = next((q for q in draft.questions if q["id"] == question), None)
    if (
        asked is None and request.method == "POST"
    ):  # taken away while it was being answered: what was typed is kept
        asked = form_queries.once_asked(g.conn, bid.round_id, question)
    if asked is None:
        abort(404)
    if bid.state not in ("draft", "returned") and request.method != "POST":
        return redirect(url_for("member.bid", ref=bid.reference), 303)
    if asked["kind"] == "file":
        return redirect(url_for("member.files", ref=bid.reference, question=question), 303)
    if request.method != "POST":
        if asked not in forms.asked(draft.questions, draft.answers):
            flash(
                _("That question is not asked any more. What was typed there is kept, in case it is again.")
            )
            return redirect(url_for("member.tasks", ref=bid.reference), 303)
        return _page(bid, draft, asked, draft.answers.get(question))
    try:
        answer = answers.read(asked)
    except answers.Unreadable as wrong:
        return _page(bid, draft, asked, wrong.typed, wrong.problems), 422
    revision, before = request.form.get("revision", ""), request.form.get("before", "")
    try:
        saving.keep(bid.id, asked, answer, revision, before)
    except drafts.DraftConflict as conflict:
        bid, fresh = reach.fetch_draft(ref)
        words = _(
            "This answer was saved in another window meanwhile. Both stand below: keep what you want, then save."
        )
        problems = [{"field": _first_field(asked), "words": words}]
        theirs = send.said(asked, conflict.theirs.get(question))
        return _page(bid, fresh, asked, answer, problems, theirs), 409
    except drafts.Closed as closed:
        return kept.page("closed", saving.why_closed(closed), reach.fetch(ref)), 409
    except drafts.NotWritable:
        abort(404)
    if bid.state not in ("draft", "returned"):  # sent meanwhile, with this very answer in it
        return redirect(url_for("member.bid", ref=bid.reference), 303)
    if request.form.get("go") == "later":
        flash(_("Saved. It is here whenever you come back."))
        return redirect(url_for("member.tasks", ref=bid.reference), 303)
    if request.form.get("go") == "lines":
        lines = min(answers.MOST_LINES, len(answer or []) + 5)
        return redirect(url_for("member.question", ref=bid.reference, question=question, lines=lines), 303)
    given = {**draft.answers, question: answer}
    return redirect(asking.onward(draft.questions, given, question, places_of(bid)), 303)


def _first_field(asked: dict[str, Any]) -> str:
    return asking.first_box(asked)


def places_of(bid: Any) -> asking.Places:
    """Where the parts of this bid's form are."""
    return asking.Places(
        url_for("member.tasks", ref=bid.reference),
        url_for("member.check", ref=bid.reference),
        lambda name: url_for("member.question", ref=bid.reference, question=name),
    )


def _page(
    bid: Any,
    draft: Any,
    asked: dict[str, Any],
    value: Any,
    problems: list[dict[str, str]] | None = None,
    theirs: list[str] | None = None,
) -> str:
    return asking.draw(bid, draft, asked, asking.Shown(value, problems or [], theirs), places_of(bid))
