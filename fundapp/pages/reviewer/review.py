"""One bid and its rubric: read on the left, score on the right."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fundapp.pages import acting, kept, sent_copy
from fundapp.pages.gate import gate
from fundapp.pages.reviewer import autosave, blueprint, reach, scored, talk
from fundapp.pages.reviewer.kept import ROOM
from fundapp.pages.reviewer.pile import beside, marks
from fundapp.queries import panel, reviewing
from fundapp.services import review_drafts
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _

Page = Response | str | tuple[str, int]


@dataclass(slots=True)
class Typed:
    """What came with a request that could not be taken: `given` as it stands in the form, what is wrong, and what was
    saved or sent meanwhile from another page, in lines."""

    given: dict[str, Any]
    problems: scored.Problems = field(default_factory=list)
    theirs: list[str] | None = None


@blueprint.route("/pile/<ref>", methods=["GET", "POST"])
@gate("reviewer")
def review(ref: str) -> Page:
    """The bid as it was sent and the reader's own scores; once they are in, those of the other readers."""
    turn = reach.fetch(ref)
    if request.method == "GET":
        return _page(turn)
    if request.form.get("whose", "") not in ("", kept.whose()):
        words = _(
            "Somebody else is signed in here now, so this was not sent in their name. Sign in again as yourself."
        )
        return ROOM.show("closed", words), 403
    given = scored.read(turn.bid.rubric)
    if request.form.get("go") == "later":
        return _later(turn, given)
    if problems := scored.lacks(turn.bid.rubric, given):
        return _page(turn, Typed(given, problems)), 422
    begun = reviewing.draft(g.conn, turn.bid.id, g.person.id)
    if begun is not None and begun.given != given and str(begun.revision) != request.form.get("revision", ""):
        return _both(turn, given, begun.given)
    revision = begun.revision if begun is not None else 0
    done, why = acting.move("bid", "review", turn.bid.id, {**given, "draft": revision})
    if done is None:
        return _refused(ref, given, why)
    following = next((row for row in reach.pile_rows() if not row.reviewed and row.ready), None)
    flash(_("Your scores for %(bid)s are in. You can change them while the panel is at work.", bid=ref))
    if following is None:
        return redirect(url_for("reviewer.pile"), 303)
    return redirect(url_for("reviewer.review", ref=following.reference), 303)


def _later(turn: reach.Turn, given: dict[str, Any]) -> Page:
    """Saved as far as it is, for whoever has no script."""
    if wrong := scored.too_long(given):
        return _page(turn, Typed(given, wrong)), 422
    try:
        autosave.keep(turn.bid.id, given)
    except review_drafts.ReviewConflict as conflict:
        fresh = reach.fetch(turn.bid.reference)
        theirs = conflict.theirs if conflict.theirs is not None else autosave.sent(turn.bid.id)
        return _both(fresh, given, theirs)
    except review_drafts.ReviewsClosed:
        return _refused(turn.bid.reference, given, [_("Its reviews are closed, so nothing more is saved.")])
    except review_drafts.NoTurn:  # it left the pile meanwhile: the page that says so shows what was typed
        reach.fetch(turn.bid.reference)
        raise
    flash(_("Saved. It is here whenever you come back."))
    return redirect(url_for("reviewer.pile"), 303)


def _both(turn: reach.Turn, given: dict[str, Any], theirs: Mapping[str, Any] | None) -> Page:
    """Somebody with two pages open is shown both."""
    words = _(
        "These scores were saved in another window meanwhile. Both stand below: keep what you want, then send."
    )
    problems = [{"field": "rubric", "words": words}]
    return _page(turn, Typed(given, problems, scored.lines(turn.bid.rubric, theirs))), 409


def _refused(ref: str, given: dict[str, Any], why: list[str]) -> Page:
    """Why it was not taken, with what was typed; and what stands, where it was sent from another page."""
    fresh = reach.fetch(ref)
    told = [{"field": "rubric", "words": words} for words in why]
    stands = autosave.sent(fresh.bid.id)
    stale = stands is not None and acting.seen() != fresh.version
    theirs = scored.lines(fresh.bid.rubric, stands) if stale else None
    return _page(fresh, Typed(given, told, theirs)), 409


def _page(turn: reach.Turn, came: Typed | None = None) -> str:
    bid, rows = turn.bid, reach.pile_rows()
    mine, marked = panel.own_review(g.conn, bid.id, g.person.id)
    begun = reviewing.draft(g.conn, bid.id, g.person.id)
    verdict = acting.may("bid", bid.id).get("review")
    backing = sent_copy.backing_of(g.conn, bid.id)
    locked = None
    if verdict is None or not verdict.granted:
        reasons = verdict.refusals if verdict else ()
        zone = acting.office().zone
        locked = [refusals.sentence(reason, zone) for reason in reasons]
        locked = locked or [_("Its reviews are closed, so your scores stand as you sent them.")]
    stands = begun.given if begun is not None else scored.of_review(mine, marked)
    given = came.given if came is not None else stands
    problems = came.problems if came is not None else []
    unsent = given if came is not None else begun.given if begun is not None else None
    whole = scored.whole(bid.rubric, given["scores"])
    return render_template(
        "reviewer/review.html",
        talk=talk.shown(bid, turn.version), bid=bid, seen=turn.version, backing=backing,
        copy=sent_copy.copy_of(
            g.conn, bid.id, lambda document: url_for("reviewer.document", ref=bid.reference, document=document)
        ),
        backer=sent_copy.backer(backing) if backing else "", mine=mine, given=given, problems=problems,
        errors={problem["field"]: problem["words"] for problem in problems}, locked=locked,
        weight=sum(criterion["weight"] for criterion in bid.rubric) or 1, whole=whole,
        own=scored.lines(bid.rubric, scored.of_review(mine, marked)) if mine else [],
        unsent="\n".join(scored.lines(bid.rubric, unsent)), confidence=scored.CONFIDENCE,
        begun=begun, draft={"revision": begun.revision if begun is not None else 0}, as_shown=kept.mark(stands),
        theirs=came.theirs if came is not None else None, typed=came is not None,
        others=panel.others(g.conn, bid.id, g.person.id) if mine else None,
        marks=marks(rows, bid.reference), beside=beside(rows, bid.reference),
        read=sum(bool(row.reviewed) for row in rows), count=len(rows),
        more=any(not row.reviewed and row.ready and row.id != bid.id for row in rows), most=scored.MOST_WORDS,
    )  # fmt: skip
