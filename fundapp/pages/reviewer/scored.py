"""A reviewer's marks and words: read from the form, told in lines, summed up."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import request

from fundapp.domain import scoring
from fundapp.pages import typed
from fundapp.words.marks import N_
from fundapp.words.tongue import gettext as _

#: Longer than any note that somebody reads.
MOST_WORDS: Final = 4000
#: Far longer than anybody types: what is longer stays in the browser.
MOST_TYPED: Final = 20_000
#: How sure somebody is of their marks, as the record keeps it.
CONFIDENCE: Final[dict[int, str]] = {1: N_("Unsure"), 2: N_("Fairly sure"), 3: N_("Sure")}
NOTES: Final[dict[str, str]] = {"comment": N_("A note for the applicant"), "note": N_("A note for the panel")}

Rubric = Sequence[Mapping[str, Any]]
Problems = list[dict[str, str]]


def read(rubric: Rubric) -> dict[str, Any]:
    """What stands in the form: {scores, comment, note, confidence}. A mark that is not on its scale counts as none."""
    scores = {}
    for criterion, top in scoring.tops(rubric).items():
        text = request.form.get(f"score-{criterion}", "")
        mark = typed.whole(text)
        if mark is not None and mark <= top and text == str(mark):
            scores[criterion] = mark
    sure = request.form.get("confidence", "")
    return {
        "scores": scores,
        **{name: typed.words(name) for name in NOTES},
        "confidence": int(sure) if sure in ("1", "2", "3") else None,
    }


def lacks(rubric: Rubric, given: Mapping[str, Any]) -> Problems:
    """What keeps it from being sent, in the form's order."""
    problems: Problems = []
    for criterion in rubric:
        if criterion["id"] not in given["scores"]:
            words = _(
                "Give %(what)s a score from 0 to %(top)s.",
                what=_(criterion["label"]), top=criterion.get("top", scoring.TOP),
            )  # fmt: skip
            problems.append({"field": f"score-{criterion['id']}", "words": words})
    for name, label in (("comment", _("the note for the applicant")), ("note", _("the note for the panel"))):
        if len(given[name]) > MOST_WORDS:
            words = _("Shorten %(what)s to %(most)s characters.", what=label, most=f"{MOST_WORDS:,}")
            problems.append({"field": name, "words": words})
    return problems


def too_long(given: Mapping[str, Any]) -> Problems:
    """Whatever is too long even to be kept unsent."""
    return [
        {"field": name, "words": _("Shorten this to %(most)s characters.", most=f"{MOST_TYPED:,}")}
        for name in NOTES
        if len(given[name]) > MOST_TYPED
    ]


def of_review(review: Any, marks: Mapping[str, int]) -> dict[str, Any]:
    """A review that was sent, or none, as the form gives it."""
    if review is None:
        return {"scores": {}, "comment": "", "note": "", "confidence": None}
    return {
        "scores": dict(marks), "comment": review.comment, "note": review.note, "confidence": review.confidence,
    }  # fmt: skip


def lines(rubric: Rubric, given: Mapping[str, Any] | None) -> list[str]:
    """Marks and words in lines, to be read beside other ones; none for none."""
    if given is None:
        return []
    found = [
        _("%(what)s: %(mark)s of %(top)s", what=_(criterion["label"]), mark=given["scores"][criterion["id"]],
          top=criterion.get("top", scoring.TOP))
        for criterion in rubric if criterion["id"] in given["scores"]
    ]  # fmt: skip
    if given["confidence"]:
        found.append(_("How sure: %(sure)s", sure=_(CONFIDENCE[given["confidence"]])))
    for name, label in NOTES.items():
        if given[name]:
            found.append(f"{_(label)}: {given[name]}")
    return found


def whole(rubric: Rubric, scores: Mapping[str, int]) -> int | None:
    """The total in hundredths of a point out of five; None while a criterion has no mark."""
    if not rubric or any(criterion["id"] not in scores for criterion in rubric):
        return None
    return scoring.total(rubric, scores)
