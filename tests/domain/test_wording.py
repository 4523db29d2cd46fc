"""The wording of letters: what may stand in it, what is wrong with it, and that nothing typed is ever a command."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fundapp.domain import wording
from fundapp.domain.wording import Complaint, Piece
from tests.effort import times

ANY = st.text(alphabet=st.sampled_from("{}ab _\n!:.[]%0é" + "pz"), max_size=60)
TYPED = st.text(max_size=80)


def about(kind: str, passage: str, text: str) -> tuple[Complaint, ...]:
    """What is wrong once one passage says this and all others what they usually say."""
    return wording.complaints(kind, wording.usual(kind) | {passage: text})


@pytest.mark.parametrize("kind", wording.KINDS)
def test_the_usual_words_are_sound(kind: str) -> None:
    assert wording.complaints(kind, wording.usual(kind)) == ()
    for passage in wording.KINDS[kind]:
        assert set(passage.needs) <= set(passage.placeholders)
        assert wording.tidy(passage.usual) == passage.usual


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [("empty", {})]),
        (" \n\t ", [("empty", {})]),
        ("x" * 1501, [("too_long", {"length": 1501, "limit": 1500})]),
        ("For {organization} we", [("unknown", {"given": "organization", "meant": "organisation"})]),
        ("For {Project}", [("unknown", {"given": "Project", "meant": "project"})]),
        ("{amount in words}", [("unknown", {"given": "amount in words", "meant": "amount_in_words"})]),
        ("{0.__class__}", [("unknown", {"given": "0.__class__", "meant": None})]),
        ("{project!r}", [("unknown", {"given": "project!r", "meant": "project"})]),
        ("{letter_day}", [("not_here", {"given": "letter_day"})]),
        ("for {project and more", [("unclosed", {"near": "{project and more"})]),
        ("{a {project}", [("unclosed", {"near": "{a {project}"})]),
        ("{pro\nject}", [("unclosed", {"near": "{pro"}), ("stray", {"near": "}"})]),
        ("for project}", [("stray", {"near": "}"})]),
        ("an {} here", [("nameless", {"near": "{} here"})]),
        ("{{project}}", [("unclosed", {"near": "{{project}}"}), ("stray", {"near": "}"})]),
    ],
)  # fmt: skip
def test_each_fault_is_named(text: str, found: list[tuple[str, dict[str, object]]]) -> None:
    assert [(each.code, dict(each.params)) for each in about("award", "opening", text)] == found
    assert {each.passage for each in about("award", "opening", text)} == {"opening"}


def test_what_a_letter_cannot_do_without() -> None:
    assert about("award", "what_next", "Accept soon.") == (
        Complaint("what_next", "lacking", {"placeholder": "accept_by"}),
    )
    assert about("award", "closing", "") == ()
    assert about("award", "closing", "With {name} and {name}.") == ()


def test_paragraphs_are_parted_by_an_empty_line() -> None:
    assert wording.parse(" One  {name},\r\ntwo.\n \n\n\nThree ") == (
        (Piece("One "), Piece("name", filled=True), Piece(", two.")),
        (Piece("Three"),),
    )
    assert wording.parse("\n") == ()


@given(ANY)
@settings(max_examples=times(300))
def test_a_text_is_complained_of_or_read_back_as_it_is(text: str) -> None:
    faults = {each.code for each in about("award", "closing", text)}
    if faults & {"unclosed", "stray", "nameless"}:
        with pytest.raises(ValueError, match="never checked"):
            wording.parse(text)
        return
    again = "\n\n".join(
        "".join("{" + piece.words + "}" if piece.filled else piece.words for piece in paragraph)
        for paragraph in wording.parse(text)
    )
    assert again == "\n\n".join(part.replace("\n", " ") for part in wording.tidy(text).split("\n\n"))
    for paragraph in wording.parse(text):
        for piece in paragraph:
            assert piece.words
            assert not set(piece.words) & set("{}")
    if not faults:
        used = {piece.words for paragraph in wording.parse(text) for piece in paragraph if piece.filled}
        assert used <= set(wording.passages("award")["closing"].placeholders)


@given(TYPED)
@settings(max_examples=times(200))
def test_a_tidy_text_stays_as_it_is(text: str) -> None:
    once = wording.tidy(text)
    assert wording.tidy(once) == once
    assert "\n\n\n" not in once
    assert once == once.strip()


@given(
    st.sampled_from(wording.KNOWN), st.text(string.ascii_lowercase, min_size=1, max_size=1), st.integers(0, 6)
)
@settings(max_examples=times(100))
def test_a_slip_of_one_letter_is_understood(name: str, letter: str, place: int) -> None:
    passage = wording.Passage("any", "", also=tuple(set(wording.KNOWN) - set(wording.ANYWHERE)))
    slip = name[:place] + letter + name[place:]
    guess = wording.meant(slip, passage)
    assert guess is not None
    if len(name) > 5 and slip not in wording.KNOWN:
        assert guess == name


def test_kept_texts_gain_the_passages_that_came_later() -> None:
    kept = {"opening": "Mine for", "gone": "no passage any more"}
    assert wording.complete("feedback", kept) == wording.usual("feedback") | {"opening": "Mine for"}
