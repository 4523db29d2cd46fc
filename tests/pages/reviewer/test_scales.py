"""Scales that a round sets for itself: on the page, through the door, and at the chair's table."""

import re
from html import unescape

import pytest

from fundapp.services.transition import Refused
from tests.cast import Cast
from tests.pages.reviewer.scales import panel_of


def boxes(page: str, criterion: str) -> list[str]:
    """The marks that a criterion's boxes offer, in the order in which the keys reach them."""
    return re.findall(rf'<input type="radio" id="[^"]+" name="score-{criterion}" value="(\d+)"', page)


def test_every_scale_has_its_boxes_words_and_label(cast: Cast) -> None:
    page = cast.client("reviewer").get(f"/pile/{panel_of(cast).reference}").text
    assert boxes(page, "need") == list("0123")
    assert boxes(page, "plan") == [str(mark) for mark in range(11)]
    assert boxes(page, "cost") == list("012345")
    for name in re.findall(r'<input type="radio" id="([^"]+)"', page):
        assert page.count(f'<label for="{name}"') == 1
    assert "<dt>2</dt><dd>Some were asked.</dd>" in page
    assert "<dt>1</dt>" not in page
    assert "At least 50% of the &lt;homes&gt; were asked." in page
    assert 'data-anchor="Nobody asked."' in page
    assert "3 of 3 scored" not in page
    assert "0 of 3 scored" in page
    assert page.index("score-need") < page.index("score-plan") < page.index("score-cost")
    assert page.index("score-cost") < page.index('name="confidence"') < page.index('name="comment"')


def test_marks_to_the_top_of_each_scale_are_taken_and_summed(cast: Cast) -> None:
    bid = panel_of(cast)
    marks = {"score-need": "2", "score-plan": "10", "score-cost": "4", "seen": "0", "confidence": "2"}
    client = cast.client("reviewer")
    assert client.post(f"/pile/{bid.reference}", data=marks).status_code == 303
    # 50 × 2/3 + 30 × 10/10 + 20 × 4/5 = 79 1/3 of 100: 3.9667 points
    assert cast.value("SELECT total FROM review") == 397
    assert cast.value("SELECT confidence FROM review") == 2
    page = client.get(f"/pile/{bid.reference}").text
    assert "3.97 of 5" in page
    assert re.search(r'data-anchor-said aria-hidden="true">Some were asked\.</p>', page)
    chair = unescape(cast.client("chair").get(f"/panel/{bid.code}/{bid.reference}").text)
    assert "of 10" in chair
    assert "Fairly sure of these scores" in chair


@pytest.mark.parametrize(
    ("name", "mark", "top"), [("need", "4", "3"), ("plan", "11", "10"), ("plan", "010", "10")]
)
def test_a_mark_beyond_its_scale_is_named_with_the_scale(cast: Cast, name: str, mark: str, top: str) -> None:
    bid = panel_of(cast)
    marks = {"score-need": "2", "score-plan": "10", "score-cost": "4", "seen": "0"} | {f"score-{name}": mark}
    answer = cast.client("reviewer").post(f"/pile/{bid.reference}", data=marks)
    assert answer.status_code == 422
    assert f"Give {name.title()} a score from 0 to {top}." in answer.text
    assert cast.value("SELECT count(*) FROM review") == 0


def test_the_door_holds_every_scale(cast: Cast) -> None:
    bid = panel_of(cast)
    for marks in ((4, 5, 5), (3, 11, 5), (3, 10, 6), (-1, 1, 1)):
        with pytest.raises(Refused, match="score_every_criterion"):
            bid.stage.review(bid.id, "reviewer", marks)
    bid.stage.review(bid.id, "reviewer", (3, 10, 5))
    assert cast.value("SELECT total FROM review") == 500


@pytest.mark.parametrize("confidence", ["0", "4", "x", "٢", ""])
def test_how_sure_is_optional_and_nothing_else_counts(cast: Cast, confidence: str) -> None:
    bid = panel_of(cast)
    marks = {"score-need": "2", "score-plan": "10", "score-cost": "4", "seen": "0", "confidence": confidence}
    assert cast.client("reviewer").post(f"/pile/{bid.reference}", data=marks).status_code == 303
    assert cast.value("SELECT confidence FROM review") is None
