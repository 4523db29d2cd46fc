"""Passages on paper: escaped, each filled word set apart, the usual words exactly as they were; and as a piece of a page."""

from dataclasses import replace
from datetime import date

import pytest

from fundapp.domain import wording
from fundapp.letters import paper, seen, worded
from fundapp.letters.award import AwardLetter

from .letters import AWARD, FEEDBACK

HOSTILE = "<script>alert(1)</script> {amount} %s \u202edesrever"


def in_words(letter: AwardLetter, **texts: str) -> AwardLetter:
    """The letter with some passages said otherwise."""
    passages = worded.record("award", wording.usual("award") | texts, vars(letter))
    return replace(letter, words={"wording": 1, "number": 1, "passages": passages})


def test_the_usual_words_are_those_that_letters_always_had() -> None:
    page = paper.page("award", AWARD)
    assert (
        "<p>We are glad to tell you that the <bdi>Communities Fund</bdi> awards a grant to"
        " <bdi>Millbeck Growers</bdi> for</p>"
    ) in page
    assert (
        "<p>Accept by <bdi>5pm on Thursday 10 June 2027</bdi>: sign in, open your bid, and type your name"
        in page
    )
    assert "Reply to the email that brought this letter if anything" in paper.page("feedback", FEEDBACK)


def test_what_was_typed_is_words_and_nothing_else() -> None:
    letter = in_words(
        replace(AWARD, project_title=HOSTILE), opening="<i>So</i> {project}, and {amount}, to", closing=""
    )
    page = paper.page("award", letter)
    assert (
        "<p>&lt;i&gt;So&lt;/i&gt; <bdi>&lt;script&gt;alert(1)&lt;/script&gt; {amount} %s desrever</bdi>, and"
        " <bdi>£4,850.00</bdi>, to</p>"
    ) in page
    assert "<script" not in page


def test_a_changed_award_is_said_in_its_own_words() -> None:
    letter = in_words(
        replace(AWARD, replaces=date(2027, 5, 20)), changed_opening="Once more since {replaced_day}:"
    )
    assert "<p>Once more since <bdi>20\u00a0May 2027</bdi>:</p>" in paper.page("award", letter)
    assert "Accept by" not in paper.page("award", letter)


def test_a_placeholder_without_a_value_is_no_hole_in_a_letter() -> None:
    with pytest.raises(KeyError, match="report_by"):
        in_words(replace(AWARD, report_by=None), closing="Report by {report_by}.")


def test_a_letter_as_a_piece_of_a_page() -> None:
    piece = seen.fragment("award", AWARD)
    assert piece.startswith('<div class="to">') or piece.lstrip().startswith('<div class="to">')
    assert "<h3 " in piece
    assert "<h1" not in piece
    assert "<h2" not in piece
    assert "fund:mark.svg" not in piece
    assert "Helen Abernethy" in piece
