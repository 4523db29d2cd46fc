"""One question a page: read what was typed, keep it, say what cannot be read."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fundapp.domain import forms, money
from fundapp.pages import acting, typed
from fundapp.pages.gate import gate
from fundapp.pages.member import answers, blueprint, place, reach, send
from fundapp.queries import rounds
from fundapp.services import drafts
from fundapp.words import states
from fundapp.words.tongue import gettext as _


@blueprint.route("/my-bids/<ref>/form/<question>", methods=["GET", "POST"])
@gate("signed_in")
def question(ref: str, question: str) -> Response | str | tuple[str, int]:
    """One question."""
    bid, draft = reach.fetch_draft(ref)
    asked = next((q for q in draft.questions if q["id"] == question), None)
    if asked is None:
        abort(404)
    if bid.state not in ("draft", "returned"):
        return redirect(url_for("member.bid", ref=bid.reference), 303)
    if request.method != "POST":
        return _page(bid, draft, asked, draft.answers.get(question))
    try:
        answer = answers.read(asked)
    except answers.Unreadable as wrong:
        return _page(bid, draft, asked, wrong.typed, wrong.problems), 422
    revision, before = typed.whole(request.form.get("revision", "")), request.form.get("before", "")
    acting.end_reading()
    try:
        drafts.save(
            acting.office(),
            acting.actor(),
            bid.id,
            {question: answer},
            -1 if revision is None else revision,
            g.arrived,
        )
    except drafts.DraftConflict as conflict:
        bid, fresh = reach.fetch_draft(ref)
        theirs = conflict.theirs.get(question)
        if theirs != answer and answers.mark(theirs) != before:
            words = _(
                "This answer was saved in another window meanwhile. Both stand below: keep what you want, then save."
            )
            return _page(
                bid,
                fresh,
                asked,
                answer,
                [{"field": _first_field(asked), "words": words}],
                send.said(asked, theirs),
            ), 409
        # Another part was saved meanwhile, not this one: nothing is lost by keeping both.
        acting.end_reading()
        try:
            drafts.save(
                acting.office(), acting.actor(), bid.id, {question: answer}, conflict.revision, g.arrived
            )
        except drafts.DraftConflict:
            words = _("This bid is being saved in another window at this very moment. Save once more.")
            return _page(bid, fresh, asked, answer, [{"field": _first_field(asked), "words": words}]), 409
    except drafts.NotWritable:
        abort(404)
    if request.form.get("go") == "later":
        flash(_("Saved. It is here whenever you come back."))
        return redirect(url_for("member.tasks", ref=bid.reference), 303)
    if request.form.get("go") == "lines":
        lines = min(answers.MOST_LINES, len(answer or []) + 5)
        return redirect(url_for("member.question", ref=bid.reference, question=question, lines=lines), 303)
    return redirect(_onward(bid, draft, asked), 303)


def _first_field(asked: dict[str, Any]) -> str:
    """The id of the question's first box."""
    return "what-1" if asked["kind"] == "budget" else str(asked["id"])


def _onward(bid: Any, draft: Any, asked: dict[str, Any]) -> str:
    """The next question of the form; after the last the task list."""
    ids = [q["id"] for q in draft.questions]
    place = ids.index(asked["id"]) + 1
    if place < len(ids):
        return url_for("member.question", ref=bid.reference, question=ids[place])
    return url_for("member.check", ref=bid.reference)


def _page(
    bid: Any,
    draft: Any,
    asked: dict[str, Any],
    value: Any,
    problems: list[dict[str, str]] | None = None,
    theirs: list[str] | None = None,
) -> str:
    questions = [q["id"] for q in draft.questions]
    area = draft.answers.get("area")
    owner = rounds.by_id(g.conn, bid.round_id)
    lines: list[dict[str, Any]] = []
    if asked["kind"] == "budget":
        room = max(answers.LINES, len(value or []) + 1, typed.whole(request.args.get("lines", "")) or 0)
        lines = [
            {
                "what": line["what"],
                "pounds": line.get(
                    "typed", money.pounds_plain(line.get("pence", 0)) if line.get("pence") else ""
                ),
            }
            for line in value or []
        ]
        lines += [{"what": "", "pounds": ""}] * (min(room, answers.MOST_LINES) - len(lines))
    return render_template(
        "member/question.html", bid=bid, draft=draft, asked=asked, value=value, problems=problems,
        theirs=theirs, as_shown=answers.mark(draft.answers.get(asked["id"])),
        errors={p["field"]: p["words"] for p in problems or []}, lines=lines, round=owner,
        choices=answers.choices(asked, area, bid.id) if asked["kind"] in ("area", "representative") else [],
        ward=place.chosen(value) if asked["kind"] == "area" else None, area=area,
        titled=states.titled, office_title=states.office_title,
        number=questions.index(asked["id"]) + 1, whole=len(questions), title=reach.title_of(bid, draft.answers),
        asked_pence=draft.answers.get("amount_pence") or 0, placed_pence=forms.budget_pence(draft.answers),
    )  # fmt: skip
