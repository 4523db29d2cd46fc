"""A bid that cannot be changed any more: what stands in it, that it came too late, and copying it into another round."""

import secrets
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fundapp.domain import copying
from fundapp.domain.references import reference
from fundapp.pages import acting
from fundapp.pages.gate import gate
from fundapp.pages.member import blueprint, reach
from fundapp.pages.public.fund import takes_bids
from fundapp.queries import copies, rounds
from fundapp.queries import member as asks
from fundapp.services import drafts
from fundapp.services.transition import Refused
from fundapp.words import moments, refusals
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext


@blueprint.get("/my-bids/<ref>/answers")
@gate("signed_in")
def written(ref: str) -> str:
    """Every answer as it was last saved, to read only."""
    from fundapp.pages.member import send

    bid = reach.fetch(ref)
    questions, answers, saved_at = _stands(bid)
    rows = [send.row_of(question, answers.get(question["id"]), None) for question in questions]
    return render_template(
        "member/written.html", bid=bid, rows=rows, saved_at=saved_at, title=reach.title_of(bid, answers)
    )


@blueprint.route("/my-bids/<ref>/copy", methods=["GET", "POST"])
@gate("member")
def copy(ref: str) -> Response | str | tuple[str, int]:
    """Begin a new bid in an open round with the answers of this one that its form asks for, too."""
    bid = reach.fetch_own(ref)
    then, answers, _at = _stands(bid)
    open_rounds = [row for row in rounds.all_of(g.conn) if takes_bids(row)]
    if request.method != "POST":
        return _page(bid, then, answers, open_rounds)
    chosen = next((row for row in open_rounds if row.code == request.form.get("round")), None)
    if chosen is None:
        words = _("Choose one of the rounds that are open now.")
        return _page(bid, then, answers, open_rounds, [words]), 422
    along, behind = copying.carried(then, answers, _asked_in(chosen.id))
    key = request.form.get("key", "")[:64] or secrets.token_hex(8)
    acting.end_reading()
    try:
        made = drafts.start(
            acting.office(), acting.actor(), chosen.id, g.arrived, f"copy:{g.person.id}:{bid.id}:{key}", along
        )
    except Refused as refused:
        why = refusals.sentences(refused, acting.office().zone)
        return _page(bid, then, answers, open_rounds, why), 409
    flash(
        _(
            "Copied from %(reference)s. Read it through: dates and sums may have changed.",
            reference=bid.reference,
        )
    )
    if behind:
        left = ", ".join(f"“{_(question['label'])}”" for question in behind)
        flash(_("Not carried over, so answer it anew: %(questions)s", questions=left))
    return redirect(url_for("member.tasks", ref=reference(made)), 303)


def _stands(bid: Any) -> tuple[list[dict[str, Any]], dict[str, Any], Any]:
    """(questions, answers, when) of the bid as it was last written; of one taken in from paper, as it was frozen."""
    draft: Any = asks.form(g.conn, bid.id)
    if draft is not None:
        return draft.questions, draft.answers, draft.saved_at
    frozen: Any = copies.version(g.conn, bid.id, bid.version_number)
    if frozen is None:
        abort(404)
    return frozen.questions, frozen.answers, frozen.frozen_at


def _asked_in(round_id: int) -> list[dict[str, Any]]:
    questions = asks.questions_of(g.conn, round_id)
    if questions is None:
        raise LookupError(f"round {round_id} has no form")
    return questions


def _page(
    bid: Any,
    then: list[dict[str, Any]],
    answers: dict[str, Any],
    open_rounds: list[Any],
    why: list[str] | None = None,
) -> str:
    offers = []
    for row in open_rounds:
        along, behind = copying.carried(then, answers, _asked_in(row.id))
        offers.append(
            {"round": row, "along": len(along), "behind": [_(question["label"]) for question in behind]}
        )
    return render_template(
        "member/copy.html", bid=bid, title=reach.title_of(bid, answers), offers=offers, key=secrets.token_hex(8),
        problems=[{"field": "round", "words": words} for words in why or []],
    )  # fmt: skip


def is_late(bid: Any) -> bool:
    """Whether what arrives now comes after the time in which the bid could be sent."""
    return bid.state == "lapsed" or (bid.state in ("draft", "returned") and g.arrived > _until(bid))


def _until(bid: Any) -> Any:
    owner: Any = rounds.by_id(g.conn, bid.round_id)
    return owner.closes_at if bid.state == "draft" or bid.due_at is None else bid.due_at


def late_page(bid: Any) -> str:
    """What a bid that was sent too late is answered: when it closed, when this came, what can still be done."""
    draft: Any = asks.form(g.conn, bid.id)
    until, zone = _until(bid), acting.office().zone
    return render_template(
        "member/late.html", bid=bid, title=reach.title_of(bid, draft.answers if draft else None),
        until=moments.exact_moment(until, zone), arrived=moments.exact_moment(g.arrived, zone),
        by=_span(int((g.arrived - until).total_seconds())), sent_back=bid.version_number > 0,
        rounds=[row for row in rounds.all_of(g.conn) if takes_bids(row)],
    )  # fmt: skip


def _span(seconds: int) -> str:
    if seconds < 60:
        return str(ngettext("%(num)s second", "%(num)s seconds", max(seconds, 1)))
    return moments.span(seconds)
