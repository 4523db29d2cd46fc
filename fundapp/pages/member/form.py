"""The list of bids, beginning one, and the task list of a draft."""

import textwrap
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fundapp.domain import form_building, forms, money
from fundapp.pages import acting
from fundapp.pages.gate import gate, held_roles
from fundapp.pages.member import asking, blueprint, membership, question, reach, returned, send
from fundapp.pages.public.fund import takes_bids
from fundapp.queries import member as asks
from fundapp.queries import rounds
from fundapp.services import drafts
from fundapp.services.transition import Refused
from fundapp.words import forms as form_words
from fundapp.words import refusals, states
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext


@blueprint.get("/my-bids")
@gate("signed_in")
def bids() -> str:
    """Every bid of mine, what waits for me first."""
    rows = []
    for row in asks.bids(g.conn, g.person.id):
        mine, words, kind = standing(row)
        if row.applicant_id != g.person.id:
            mine, words, kind = False, _("You read along"), "wait"
        rows.append({"bid": row, "title": row.title or (row.answers or {}).get("title") or _("A bid without a title"),
                     "mine": mine, "words": words, "kind": kind})  # fmt: skip
    rows.sort(key=lambda item: not item["mine"])
    open_rounds = [row for row in rounds.all_of(g.conn) if takes_bids(row)]
    # Who only backs or reads bids is not told of a membership that they do not need.
    why = membership.unconfirmed() if rows or "member" in held_roles() else None
    return render_template("member/bids.html", rows=rows, rounds=open_rounds, unconfirmed=why)


def standing(row: Any) -> tuple[bool, str, str]:
    """(waits for the applicant, in words, status kind) of a bid in a list."""
    if row.state in ("draft", "returned"):
        words = _("A draft: not sent yet") if row.state == "draft" else _("Sent back: it needs you")
        return True, words, "you" if row.state == "returned" else "started"
    if row.award_state == "offered":
        return True, _("An award to accept"), "you"
    if row.report_state in ("due", "returned"):
        return True, _("A report to write"), "you"
    return False, states.label("bid", row.state, "applicant"), states.kind("bid", row.state, False)


@blueprint.post("/rounds/<code>/start")
@gate("signed_in")
def start(code: str) -> Response:
    """Begin a bid. The form carries a key of its own, so that a double click begins one.

    Who is no member yet is asked for their membership first, and comes back to the round.
    """
    row = rounds.by_code(g.conn, code)
    if row is None:
        abort(404)
    if "member" not in held_roles():
        flash(_("To begin a bid, tell us your membership first."))
        return redirect(url_for("member.membership", next=url_for("public.round", code=row.code)), 303)
    key = request.form.get("key", "")[:64]
    acting.end_reading()
    try:
        bid = drafts.start(
            acting.office(), acting.actor(), row.id, g.arrived, f"start:{g.person.id}:{key}" if key else None
        )
    except Refused as refused:
        for words in refusals.sentences(refused, acting.office().zone):
            flash(words)
        return redirect(url_for("public.round", code=code), 303)
    from fundapp.domain.references import reference

    return redirect(url_for("member.tasks", ref=reference(bid)), 303)


@blueprint.get("/my-bids/<ref>/form")
@gate("signed_in")
def tasks(ref: str) -> Response | str:
    """Where am I, what is next, when must it be sent."""
    bid, draft = reach.fetch_draft(ref)
    if bid.state not in ("draft", "returned"):
        return redirect(url_for("member.bid", ref=bid.reference), 303)
    return tasks_page(bid, draft, question.places_of(bid))


def tasks_page(bid: Any, draft: Any, places: asking.Places) -> str:
    """The task list of a draft: what is asked, in the form's sections."""
    parts = reach.parts(draft.questions, draft.answers)
    unplaced = _unplaced(draft.answers)
    back = returned.asked_for(bid, draft) if places.preview is None else None
    groups: list[dict[str, Any]] = []
    seats: list[str] = []
    for section in form_building.sections_of([part["question"] for part in parts]):
        own = [part for part in parts if part["question"]["section"] == section]
        rows = [_task(part, draft.answers, places, back) for part in own]
        groups.append({"heading": form_words.section(section), "rows": rows})
        budget = any(part["question"]["kind"] == "budget" for part in own)
        open_ = any(part["lacks"] for part in own) or (unplaced and budget)
        seats.append("done" if not open_ else "todo" if "next" in seats else "next")
    left = [
        part["question"]
        for part in parts
        if part["lacks"] or (unplaced and part["question"]["kind"] == "budget")
    ]
    why = membership.unconfirmed() if places.preview is None and bid.state == "draft" else None
    return render_template(
        "member/tasks.html", unconfirmed=why, bid=bid, draft=draft, groups=groups, seats=seats,
        next=left[0] if left else None,
        title=reach.title_of(bid, draft.answers), round=rounds.by_id(g.conn, bid.round_id), places=places,
        returned=back,
        said=ngettext("%(num)s of %(whole)s parts is done.", "%(num)s of %(whole)s parts are done.",
                      seats.count("done"), whole=len(seats)) if left else _("Every part is done."),
    )  # fmt: skip


def _unplaced(answers: dict[str, Any]) -> str:
    """What to say when the sum that is asked for and the lines of the budget differ; else nothing."""
    asked, placed = answers.get("amount_pence") or 0, forms.budget_pence(answers)
    if not asked or not placed or asked == placed:
        return ""
    return _(
        "You ask for %(asked)s. The lines add up to %(lines)s.",
        asked=money.pounds_short(asked),
        lines=money.pounds_short(placed),
    )


def _task(
    part: dict[str, Any], answers: dict[str, Any], places: asking.Places, back: dict[str, Any] | None
) -> dict[str, Any]:
    question = part["question"]
    under = _under(question, answers.get(question["id"]))
    if back and question["id"] in back["changed"]:
        under = " ".join(
            filter(None, (under.rstrip(".") + "." if under else "", _("Changed since you sent it.")))
        )
    if question["kind"] == "budget" and _unplaced(answers):
        kind, words, under = "you", _("Needs mending"), _unplaced(answers)
    elif not part["lacks"]:
        kind, words = ("done", _("Done")) if part["begun"] else ("not_started", _("Nothing needed"))
    elif part["begun"]:
        kind, words = "started", _("Started")
    else:
        kind, words = "not_started", _("Not started")
    return {
        "title": _(question["label"]),
        "href": places.question(question["id"]),
        "under": places.preview[question["id"]] if places.preview is not None else under,
        "kind": kind,
        "words": words,
    }


def _under(question: dict[str, Any], answer: Any) -> str:
    """One line of what is in it."""
    kind = question["kind"]
    if forms.is_empty(answer) or not forms.fits(kind, answer):
        return ""
    if kind == "pence":
        return money.pounds_short(answer)
    if kind in ("budget", "funding"):
        return ngettext(
            "One line, %(sum)s in all",
            "%(num)s lines, %(sum)s in all",
            len(answer),
            sum=money.pounds_short(forms.lines_pence(answer)),
        )
    if kind == "file":
        return ngettext("One file", "%(num)s files", len(answer))
    if kind == "text":
        return _("%(count)s words of %(most)s", count=forms.words(answer), most=question["max_words"])
    if kind in ("day", "area", "representative", "number", "choice", "yes_no"):
        return next(iter(send.said(question, answer)), "")
    if kind == "declarations":
        return _("%(count)s of %(whole)s ticked", count=len(answer), whole=len(question["statements"]))
    if kind == "words":
        return textwrap.shorten(str(answer), 90, placeholder="…")
    return ""
