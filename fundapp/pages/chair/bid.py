"""One bid from the chair's seat: its reviews side by side, and what is decided."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from sqlalchemy import Row
from werkzeug.wrappers import Response

from fundapp.domain import money, scoring
from fundapp.pages import acting, sent_copy, talk_shown, typed
from fundapp.pages.chair import blueprint, reach
from fundapp.pages.chair.table import mean_of
from fundapp.pages.gate import gate
from fundapp.queries import behind, facts, reading, reviewing, table, talk
from fundapp.services import panel
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _

MOST = 4000
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
    return _moved(reach.fetch_bid(code, ref), "settle", {"reason": reason}, "reason", {"reason": reason})


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
    given = {name: typed.words(name) for name in ("outcome", "amount", "conditions", "feedback")}
    problems: Problems = []
    amount = None
    if given["outcome"] not in ("award", "decline"):
        problems.append({"field": "outcome", "words": _("Choose whether it is awarded or declined.")})
    elif given["outcome"] == "award":
        try:
            amount = money.parse_pounds(given["amount"])
        except money.MoneyError as wrong:
            words = refusals.plain(wrong.code, wrong.params, acting.office().zone)
            problems.append({"field": "amount", "words": words})
    elif not given["feedback"]:
        problems.append(
            {"field": "feedback", "words": _("Tell them why: one thing that was good, one to mend.")}
        )
    for name in ("conditions", "feedback"):
        if len(given[name]) > MOST:
            words = _("Shorten this to %(most)s characters.", most=f"{MOST:,}")
            problems.append({"field": name, "words": words})
    if problems:
        return _page(row, problems, given), 422
    # This page has no box for the panel's reason and shows no suggestion: what is recorded of both stays.
    before = facts.decisions(g.conn, [row.id]).get(row.id)
    inputs = {
        **given, "amount_pence": amount, "reason": before.reason if before else "",
        "suggestion_id": before.suggestion_id if before else None,
    }  # fmt: skip
    del inputs["amount"]
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
    row: Row[Any], move: str, inputs: dict[str, Any], field: str, given: dict[str, str] | None = None
) -> Page:
    if own_first := _own_first(row):
        return own_first, 409
    done, why = acting.move("bid", move, row.id, inputs)
    if done is None:
        fresh = reach.fetch_bid(row.code, row.reference)
        return _page(fresh, [{"field": field, "words": words} for words in why], given), 409
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


def _page(row: Row[Any], problems: Problems | None = None, given: dict[str, str] | None = None) -> str:
    voices = talk.voices(g.conn, row.id)
    totals = [voice.now.total for voice in voices]
    talked = table.moderation(g.conn, row.id)
    decision = facts.decisions(g.conn, [row.id]).get(row.id)
    staged, awarded = facts.round_sums(g.conn, row.round_id, [row.id])
    moves = acting.may("bid", row.id)
    zone = acting.office().zone
    spread = scoring.spread(totals)
    backing = sent_copy.backing_of(g.conn, row.id)
    if given is None or "outcome" not in given:
        amount = decision.amount_pence if decision and decision.outcome == "award" else row.amount_pence
        given = {
            "reason": (given or {}).get("reason", ""),
            "outcome": decision.outcome if decision else "",
            "amount": money.pounds_short(amount).removeprefix("£"),
            "conditions": decision.conditions if decision else "",
            "feedback": decision.feedback
            if decision
            else "\n\n".join(dict.fromkeys(note for voice in voices if (note := voice.now.comment.strip()))),
        }
    return render_template(
        "chair/bid.html",
        bid=row, readers=talk_shown.by_reader(voices), criteria=talk_shown.by_criterion(row.rubric, voices),
        due=reading.readers_due(g.conn, row.id), abstained=reviewing.abstained(g.conn, row.id), decision=decision, moves=moves,
        mean=mean_of(totals), low=min(totals, default=0) / 100, high=max(totals, default=0) / 100,
        spread=spread / 100, too_far=spread > row.disagreement_limit, limit=row.disagreement_limit / 100,
        free=row.budget_pence - staged - awarded, given=given, problems=problems, most=MOST,
        noted=any(voice.now.comment for voice in voices), talked=talked,
        
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
