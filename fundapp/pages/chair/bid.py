"""One bid from the chair's seat: its reviews side by side, and what is decided."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from sqlalchemy import Row
from werkzeug.wrappers import Response

from fundapp.domain import scoring
from fundapp.pages import acting, sent_copy, talk_shown, typed
from fundapp.pages.chair import blueprint, decision, reach
from fundapp.pages.chair.table import mean_of
from fundapp.pages.gate import gate
from fundapp.queries import behind, facts, reading, reviewing, table, talk
from fundapp.services import panel
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _

#: The fields that are called otherwise here: the talk about a bid has words of its own on the same page.
_FIELDS = {"reason": "why"}
Page = Response | str | tuple[str, int]
Problems = list[dict[str, str]]


@blueprint.get("/panel/<code>/<ref>")
@gate("chair")
def bid(code: str, ref: str) -> str:
    """What was sent, what each reader gave, and the decision as it is recorded.

    A chair who reads it too is asked for their own scores first.
    """
    row = reach.fetch_bid(code, ref)
    return _own_first(row) or _page(row)


@blueprint.post("/panel/<code>/<ref>/conclude")
@gate("chair")
def conclude(code: str, ref: str) -> Page:
    """Close the reviews of a bid."""
    row = reach.fetch_bid(code, ref)
    return _moved(row, "conclude", {}, "decision")


@blueprint.post("/panel/<code>/<ref>/moderate")
@gate("chair")
def moderate(code: str, ref: str) -> Page:
    """Ask the readers of a bid, whose scores lie far apart, to talk it over."""
    return _moved(reach.fetch_bid(code, ref), "moderate", {}, "talk")


@blueprint.post("/panel/<code>/<ref>/settle")
@gate("chair")
def settle(code: str, ref: str) -> Page:
    """Close that talk, and say how it ended."""
    reason = typed.words("reason")
    return _moved(reach.fetch_bid(code, ref), "settle", {"reason": reason}, "reason", settling=reason)


@blueprint.post("/panel/<code>/<ref>/reopen")
@gate("chair")
def reopen(code: str, ref: str) -> Page:
    """Open the reviews of a bid again, as long as nothing is decided."""
    return _moved(reach.fetch_bid(code, ref), "reopen", {}, "decision")


@blueprint.post("/panel/<code>/<ref>/decide")
@gate("chair")
def decide(code: str, ref: str) -> Page:
    """Record an award or a decline. Nobody outside the panel sees it before the release."""
    row = reach.fetch_bid(code, ref)
    recorded = facts.decisions(g.conn, [row.id]).get(row.id)
    given = {name: typed.words(_FIELDS.get(name, name)) for name in decision.NAMES}
    if recorded is not None and _FIELDS["reason"] not in request.form:
        given["reason"] = recorded.reason  # a form without that box says nothing of it
    pence, wrong = decision.checked(given)
    if wrong:
        return _page(
            row, [{"field": _FIELDS.get(name, name), "words": words} for name, words in wrong], given
        ), 422
    inputs = decision.inputs(given, pence, recorded.suggestion_id if recorded is not None else None)
    return _moved(row, "decide", inputs, "amount" if given["outcome"] == "award" else "outcome", given)


@blueprint.route("/panel/<code>/<ref>/interest", methods=["GET", "POST"])
@gate("chair")
def interest(code: str, ref: str) -> Page:
    """The chair says that they know these people: the bid is hidden from them from now on."""
    row = reach.fetch_bid(code, ref)
    reason = typed.words("reason")
    if request.method == "GET" or not reason or len(reason) > 1000:
        problems: Problems = []
        if request.method == "POST":
            words = _("Say in a few words, at most 1,000 characters, how you know them or what it is.")
            problems = [{"field": "reason", "words": words}]
        page = render_template("chair/interest.html", bid=row, reason=reason, problems=problems or None)
        return (page, 422) if problems else page
    acting.end_reading()
    panel.declare(acting.office(), acting.actor(), row.id, reason, g.arrived, "chair")
    acting.nudge()
    flash(_("Your interest is recorded. The bid is hidden from you, and another chair decides on it."))
    return redirect(url_for("chair.round", code=code), 303)


def _moved(
    row: Row[Any],
    move: str,
    inputs: dict[str, Any],
    field: str,
    given: dict[str, str] | None = None,
    settling: str = "",
) -> Page:
    if own_first := _own_first(row):
        return own_first, 409
    done, why = acting.move("bid", move, row.id, inputs)
    if done is None:
        fresh = reach.fetch_bid(row.code, row.reference)
        return _page(fresh, [{"field": field, "words": words} for words in why], given, settling), 409
    said = {
        "moderate": _("Its readers are asked to talk it over. They see each other’s reasons now."),
        "settle": _("The talk about %(bid)s is closed.", bid=row.reference),
        "conclude": _("The reviews of %(bid)s are closed. Decide when you are ready.", bid=row.reference),
        "reopen": _("The reviews of %(bid)s are open again.", bid=row.reference),
        "decide": _(
            "Your decision on %(bid)s is recorded. Nobody outside the panel sees it yet.", bid=row.reference
        ),
    }
    flash(said[move])
    if move == "moderate" and request.form.get("back") == "disagreements":
        return redirect(url_for("chair.disagreements", code=row.code), 303)
    if move == "decide":
        return redirect(url_for("chair.round", code=row.code), 303)
    return redirect(url_for("chair.bid", code=row.code, ref=row.reference), 303)


def _own_first(row: Row[Any]) -> str:
    """What a chair is answered whose own scores for it are not in; empty where none are awaited."""
    awaited = row.id in behind.unsent(g.conn, g.person.id, g.arrived)
    return render_template("chair/own_first.html", bid=row) if awaited else ""


def _page(
    row: Row[Any], problems: Problems | None = None, given: dict[str, str] | None = None, settling: str = ""
) -> str:
    """`given`: a decision as it was typed, else it begins with what is recorded; `settling`: the words that close a talk."""
    everybody = talk.every_voice(g.conn, row.id)
    voices = [voice for voice in everybody if voice.aside_at is None]
    aside = [voice for voice in everybody if voice.aside_at is not None]
    totals = [voice.now.total for voice in voices]
    due = reading.readers_due(g.conn, row.id)
    talked = table.moderation(g.conn, row.id)
    recorded = facts.decisions(g.conn, [row.id]).get(row.id)
    staged, awarded = facts.round_sums(g.conn, row.round_id, [row.id])
    moves = acting.may("bid", row.id)
    zone = acting.office().zone
    spread = scoring.spread(totals)
    backing = sent_copy.backing_of(g.conn, row.id)
    notes = dict.fromkeys(note for voice in voices if (note := voice.now.comment.strip()))
    if given is None:
        given = decision.begins(recorded, row.amount_pence, "\n\n".join(notes))
    return render_template(
        "chair/bid.html",
        bid=row, readers=talk_shown.by_reader(voices), criteria=talk_shown.by_criterion(row.rubric, voices),
        due=due, abstained=reviewing.abstained(g.conn, row.id), decision=recorded, moves=moves,
        mean=mean_of(totals), low=min(totals, default=0) / 100, high=max(totals, default=0) / 100,
        spread=spread / 100, too_far=spread > row.disagreement_limit, limit=row.disagreement_limit / 100,
        free=row.budget_pence - staged - awarded, given=given, settling=settling, problems=problems, most=decision.MOST,
        noted=bool(notes), talked=talked,
        aside=talk_shown.by_reader(aside), short=len(voices) < row.reviews_needed,
        lacks=len(voices) + len(due) < row.reviews_needed,
        late=recorded is not None and any(voice.aside_at > recorded.decided_at for voice in aside),
        answered=sum(talked is not None and voice.now.event > talked.event_no for voice in voices),
        takers=[one.name for one in talk.takers(g.conn, [row.id]).get(row.id, ())],
        errors={problem["field"]: problem["words"] for problem in problems or []},
        locks={
            name: [refusals.sentence(reason, zone) for reason in verdict.refusals]
            for name, verdict in moves.items() if not verdict.granted
        },
        copy=sent_copy.copy_of(
            g.conn, row.id, lambda document: url_for("staff.document", ref=row.reference, document=document)
        ),
        backing=backing, backer=sent_copy.backer(backing) if backing else "",
    )  # fmt: skip
