"""One bid and its rubric: read on the left, score on the right."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fundapp.domain import scoring
from fundapp.pages import acting, sent_copy
from fundapp.pages.gate import gate
from fundapp.pages.reviewer import blueprint, reach, talk
from fundapp.pages.reviewer.pile import marks
from fundapp.queries import panel
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _

#: Longer than any note that somebody reads.
MOST_WORDS = 4000

Page = Response | str | tuple[str, int]


@blueprint.route("/pile/<ref>", methods=["GET", "POST"])
@gate("reviewer")
def review(ref: str) -> Page:
    """The bid as it was sent, the reader's own scores, and no one else's."""
    turn = reach.fetch(ref)
    if request.method == "GET":
        return _page(turn)
    rubric = turn.bid.rubric
    scores, problems = _scores(rubric), []
    for criterion in rubric:
        if criterion["id"] not in scores:
            words = _("Give %(what)s a score from 0 to 5.", what=criterion["label"])
            problems.append({"field": f"score-{criterion['id']}", "words": words})
    given = {name: request.form.get(name, "").replace("\r\n", "\n").strip() for name in ("comment", "note")}
    for name, label in (("comment", _("the note for the applicant")), ("note", _("the note for the panel"))):
        if len(given[name]) > MOST_WORDS:
            words = _("Shorten %(what)s to %(most)s characters.", what=label, most=f"{MOST_WORDS:,}")
            problems.append({"field": name, "words": words})
    if problems:
        return _page(turn, problems=problems, scores=scores, given=given), 422
    done, why = acting.move("bid", "review", turn.bid.id, {"scores": scores, **given})
    if done is None:
        fresh = reach.fetch(ref)
        told = [{"field": "rubric", "words": words} for words in why]
        return _page(fresh, problems=told, scores=scores, given=given), 409
    following = next((row for row in reach.pile_rows() if not row.reviewed), None)
    flash(_("Your scores for %(bid)s are in. You can change them while the panel is at work.", bid=ref))
    if following is None:
        return redirect(url_for("reviewer.pile"), 303)
    return redirect(url_for("reviewer.review", ref=following.reference), 303)


def _scores(rubric: list[dict[str, Any]]) -> dict[str, int]:
    """The marks that were chosen; anything that is not 0 to 5 counts as none."""
    found = {}
    for criterion in rubric:
        text = request.form.get(f"score-{criterion['id']}", "")
        if len(text) == 1 and text in "012345":
            found[criterion["id"]] = int(text)
    return found


def _page(
    turn: reach.Turn,
    problems: list[dict[str, str]] | None = None,
    scores: dict[str, int] | None = None,
    given: dict[str, str] | None = None,
) -> str:
    bid, rows = turn.bid, reach.pile_rows()
    mine, marked = panel.own_review(g.conn, bid.id, g.person.id)
    verdict = acting.may("bid", bid.id).get("review")
    backing = sent_copy.backing_of(g.conn, bid.id)
    if given is None:
        given = {"comment": mine.comment if mine else "", "note": mine.note if mine else ""}
    locked = None
    if verdict is None or not verdict.granted:
        reasons = verdict.refusals if verdict else ()
        zone = acting.office().zone
        locked = [refusals.sentence(reason, zone) for reason in reasons]
        locked = locked or [_("Its reviews are closed, so your scores stand as you sent them.")]
    weight = sum(criterion["weight"] for criterion in bid.rubric) or 1
    chosen = marked if scores is None else scores
    return render_template(
        "reviewer/review.html",
        talk=talk.shown(bid, turn.version), bid=bid, seen=turn.version, backing=backing,
        copy=sent_copy.copy_of(
            g.conn, bid.id, lambda document: url_for("reviewer.document", ref=bid.reference, document=document)
        ),
        backer=sent_copy.backer(backing) if backing else "", mine=mine, scores=chosen, given=given, problems=problems,
        errors={problem["field"]: problem["words"] for problem in problems or []}, locked=locked, weight=weight,
        whole=scoring.total(bid.rubric, marked) if marked and len(marked) == len(bid.rubric) else None,
        marks=marks(rows, bid.reference), read=sum(bool(row.reviewed) for row in rows), count=len(rows),
        more=any(not row.reviewed and row.id != bid.id for row in rows), most=MOST_WORDS,
    )  # fmt: skip
