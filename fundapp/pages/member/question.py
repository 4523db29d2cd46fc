"""One question a page: read what was typed, keep it, say what cannot be read."""

import hashlib
from datetime import date
from typing import Any

import orjson
from flask import abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fundapp.domain import deadlines, forms, money
from fundapp.pages import acting, typed
from fundapp.pages.gate import gate
from fundapp.pages.member import blueprint, reach, send
from fundapp.queries import people, rounds
from fundapp.services import drafts
from fundapp.words import refusals, states
from fundapp.words.tongue import gettext as _

#: Lines that a budget has room for; more come with "Add more lines".
LINES, MOST_LINES = 5, 40
#: Far beyond any word limit: what is longer was not typed by a person.
MOST_CHARACTERS = 20_000


class Unreadable(ValueError):
    """An answer that cannot be kept; `problems` say where and why, `typed` is what stood there."""

    def __init__(self, problems: list[dict[str, str]], typed: Any) -> None:
        self.problems, self.typed = problems, typed
        super().__init__(str(problems))


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
        answer = _read(asked)
    except Unreadable as wrong:
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
        if theirs != answer and _mark(theirs) != before:
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
        lines = min(MOST_LINES, len(answer or []) + 5)
        return redirect(url_for("member.question", ref=bid.reference, question=question, lines=lines), 303)
    return redirect(_onward(bid, draft, asked), 303)


def _mark(answer: Any) -> str:
    """The mark of an answer as the page showed it, by which a save in another window is noticed."""
    return hashlib.sha256(orjson.dumps(answer, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


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


def _read(asked: dict[str, Any]) -> Any:
    """The answer as it is kept; an empty one is None. Raises Unreadable."""
    kind, name = asked["kind"], asked["id"]
    if kind == "budget":
        return _read_budget(name)
    if kind == "declarations":
        return sorted(set(request.form.getlist(name)) & set(asked["statements"]))
    text = typed.words(name)
    if len(text) > MOST_CHARACTERS:
        raise Unreadable(
            [{"field": name, "words": _("This is far too long to keep. Shorten it.")}], text[:MOST_CHARACTERS]
        )
    if not text:
        return None
    if kind == "words":
        return " ".join(text.split())
    if kind == "pence":
        return _pence(name, text)
    if kind == "day":
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise Unreadable(
                [{"field": name, "words": _("Choose a day, or write it like 2027-09-01.")}], text
            ) from None
    if kind in ("area", "representative"):
        chosen = typed.whole(text)
        if chosen is None or chosen not in {row.id for row in _choices(asked, None)}:
            raise Unreadable([{"field": name, "words": _("Choose one of the list.")}], None)
        return chosen
    return text


def _pence(name: str, text: str) -> int:
    try:
        pence = money.parse_pounds(text)
    except money.MoneyError as wrong:
        words = refusals.plain(wrong.code, wrong.params, acting.office().zone)
        raise Unreadable([{"field": name, "words": words}], text) from None
    if pence < 0:
        raise Unreadable([{"field": name, "words": _("Give an amount above nothing, like 4850.")}], text)
    return pence


def _read_budget(name: str) -> list[dict[str, Any]]:
    lines, problems, shown = [], [], []
    for number in range(1, MOST_LINES + 1):
        what, sum_ = typed.line(f"what-{number}")[:200], typed.line(f"pounds-{number}")[:40]
        if not what and not sum_:
            continue
        shown.append({"what": what, "typed": sum_})
        try:
            pence = money.parse_pounds(sum_) if sum_ else 0
        except money.MoneyError:
            pence = -1
        if sum_ and pence < 0:
            words = _("Line %(number)s: give an amount in pounds, like 120 or 120.50", number=len(shown))
            problems.append({"field": f"pounds-{len(shown)}", "words": words})
        lines.append({"what": what, "pence": max(pence, 0)})
    if problems:
        raise Unreadable(problems, shown)
    return lines


def _choices(asked: dict[str, Any], area: int | None) -> list[Any]:
    if asked["kind"] == "area":
        return people.wards(g.conn)
    today = deadlines.civil_day(g.arrived, acting.office().zone)
    return people.representatives(g.conn, area, today)


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
        room = max(LINES, len(value or []) + 1, typed.whole(request.args.get("lines", "")) or 0)
        lines = [
            {
                "what": line["what"],
                "pounds": line.get(
                    "typed", money.pounds_plain(line.get("pence", 0)) if line.get("pence") else ""
                ),
            }
            for line in value or []
        ]
        lines += [{"what": "", "pounds": ""}] * (min(room, MOST_LINES) - len(lines))
    return render_template(
        "member/question.html", bid=bid, draft=draft, asked=asked, value=value, problems=problems,
        theirs=theirs, as_shown=_mark(draft.answers.get(asked["id"])),
        errors={p["field"]: p["words"] for p in problems or []}, lines=lines, round=owner,
        choices=_choices(asked, area) if asked["kind"] in ("area", "representative") else [],
        titled=states.titled, office_title=states.office_title, area=area,
        number=questions.index(asked["id"]) + 1, whole=len(questions), title=reach.title_of(bid, draft.answers),
        asked_pence=draft.answers.get("amount_pence") or 0, placed_pence=forms.budget_pence(draft.answers),
    )  # fmt: skip
