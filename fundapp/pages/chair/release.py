"""The release: everything that would go out, read once more, then ten minutes in which it can be undone."""

import hashlib
from collections.abc import Container, Sequence
from typing import Any

from flask import Response, abort, flash, g, redirect, render_template, request, url_for
from sqlalchemy import Row
from werkzeug.wrappers import Response as BaseResponse

from fundapp.models.base import canonical
from fundapp.pages import acting, letter_ahead
from fundapp.pages.chair import blueprint, reach
from fundapp.pages.chair.table import step_of
from fundapp.pages.gate import gate, held_roles
from fundapp.queries import behind, ranking, reading
from fundapp.queries import panel as panel_queries
from fundapp.queries.blind import unnamed
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _

Page = BaseResponse | str | tuple[str, int]
#: Bids without a decision that the page names; the table has all.
NAMED = 25


@blueprint.route("/panel/<code>/release", methods=["GET", "POST"])
@gate("chair")
def release(code: str) -> Page:
    """How many, how much, who hears what; and the button."""
    row = reach.fetch_round(code)
    if request.method == "GET":
        return _page(row)
    entries = ranking.decided(g.conn, row.id)
    if request.form.get("shown", seal := _seal(entries)) != seal:
        words = _("A decision was changed after this page was shown. Look through all of them once more.")
        return _page(row, [{"field": "release", "words": words}]), 409
    declines = any(entry.outcome == "decline" for entry in entries)
    if declines and request.form.get("read") != "yes":
        words = _("Read the declines and their feedback once more, then tick that you have.")
        return _page(row, [{"field": "read", "words": words}]), 422
    done, why = acting.move("round", "release", row.id)
    if done is None:
        problems = [{"field": "release", "words": words} for words in why]
        return _page(reach.fetch_round(code), problems), 409
    flash(_("Released. Nothing has been sent yet: until the time below you can call it all back."))
    return redirect(url_for("chair.release", code=code), 303)


@blueprint.post("/panel/<code>/undo")
@gate("chair", "officer")
def undo(code: str) -> Page:
    """Stop a release whose window is still open; an officer may, too."""
    row = reach.fetch_round(code, "chair", "officer")
    done, why = acting.move("round", "undo", row.id)
    chairs = "chair" in held_roles()
    if done is None:
        if not chairs:
            for words in why:
                flash(words)
            return redirect(url_for("officer.round", code=code), 303)
        problems = [{"field": "release", "words": words} for words in why]
        return _page(reach.fetch_round(code), problems), 409
    flash(_("The release is stopped. Nothing was sent, and every decision can be changed again."))
    return redirect(url_for("chair.round" if chairs else "officer.round", code=code), 303)


@blueprint.get("/panel/<code>/<ref>/letter")
@gate("chair")
def letter(code: str, ref: str) -> Response:
    """The letter on a decided bid as it would go out if the round were released now, as a PDF. Nothing is recorded.

    404 where the panel reads without names: a letter has them, and an officer reads it (`officer.letters`).
    """
    bid, row = reach.fetch_bid(code, ref), reach.fetch_round(code)
    if unnamed(row):
        abort(404)
    return letter_ahead.answer(bid, row)


def _seal(entries: Sequence[Row[Any]]) -> str:
    """A hash of everything that would go out: what a chair releases is what they looked through."""
    told = [[e.bid_id, e.outcome, e.amount_pence, e.conditions, e.feedback] for e in entries]
    return hashlib.sha256(canonical(told)).hexdigest()


def _page(row: Row[Any], problems: list[dict[str, str]] | None = None) -> str:
    entries = ranking.decided(g.conn, row.id)
    apart = reading.apart_from(g.conn, g.person.id)
    unsent = behind.unsent(g.conn, g.person.id, g.arrived)
    awards = [entry for entry in entries if entry.outcome == "award"]
    declines = [entry for entry in entries if entry.outcome == "decline"]
    moves = acting.may("round", row.id)
    verdict = moves.get("release")
    zone = acting.office().zone
    total = sum(entry.amount_pence for entry in awards)
    ready = row.state not in ("closed", "panel") or (verdict is not None and verdict.granted)
    waiting = [] if ready else _undecided(row, apart)
    lacking = (
        [reason.params["count"] for reason in verdict.refusals if reason.code == "bids_unsettled"]
        if verdict
        else []
    )
    return render_template(
        "chair/release.html",
        unnamed=unnamed(row), shown=_seal(entries),
        round=row, awards=awards, declines=declines, apart=apart, total=total, verdict=verdict, undo=moves.get("undo"),
        locked=[refusals.sentence(reason, zone, life="round") for reason in verdict.refusals] if verdict else [],
        ready=ready, unsettled=max([len(waiting), *lacking]), open=waiting[:NAMED],
        next=next((bid for bid in waiting if not _kept(bid, apart)), None),
        problems=problems, errors={problem["field"]: problem["words"] for problem in problems or []},
        steps={bid.id: "read" if bid.id in unsent else step_of(bid, row) for bid in waiting}, late=_decided_before(row, apart),
        with_feedback=sum(bool(entry.feedback) for entry in declines), fits=total <= row.budget_pence,
        own_cause=ranking.decided_in_own_cause(g.conn, row.id),
        mailed=sum(entry.applicant_id is not None for entry in entries),
    )  # fmt: skip


def _undecided(row: Row[Any], apart: Container[int]) -> list[Row[Any]]:
    """Bids on the table without a decision: those that can be decided first, those kept from this chair last."""
    bids = panel_queries.table(g.conn, row.id, g.person.id)
    found = [bid for bid in bids if bid.state in ("endorsed", "reviewed") and bid.outcome is None]
    needed = row.reviews_needed

    def place(bid: Row[Any]) -> tuple[Any, ...]:
        # Those that are kept from them stand by their ids: by their scores they would be told by their place.
        return (1, bid.id) if _kept(bid, apart) else (0, bid.state != "reviewed", bid.reviews < needed)

    return sorted(found, key=place)


def _decided_before(row: Row[Any], apart: Container[int]) -> list[Row[Any]]:
    """Bids that were decided before a review of theirs was set aside; what is kept from this chair is left out."""
    found = ranking.decided_before_set_aside(g.conn, row.id)
    return [bid for bid in found if bid.id not in apart]


def _kept(bid: Row[Any], apart: Container[int]) -> bool:
    return bool(bid.conflicted or bid.id in apart)
