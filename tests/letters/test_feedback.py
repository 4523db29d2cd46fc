"""The letter to a declined bid says no, why, and what can be done next."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from fundapp.letters import paper

from .letters import FEEDBACK
from .reading import failures, reader, requires_poppler, words


@requires_poppler
def test_says_no_why_and_what_next() -> None:
    pdf = paper.render("feedback", FEEDBACK)
    text = words(pdf)
    parts = (
        "Dear friends at Bench Friends,",
        "We are sorry that we cannot give it a grant this time:",
        "A bench on Quarry Lane",
        "The panel read 31 bids and could back 12.",
        "What the panel liked",
        "A clear budget, line by line.",
        "Why not this time",
        "who would keep the bench up after the first year.",
        "What you can do next",
        "Copy this bid into the autumn round",
        "Helen Abernethy",
    )
    places = [text.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)
    assert failures(pdf) == []
    assert len(reader(pdf).pages) == 1


@requires_poppler
def test_leaves_out_empty_parts(tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    paper.write(replace(FEEDBACK, strengths=(), reasons=(), next_steps=(), round_words=None), path)
    text = words(path.read_bytes())
    assert "What the panel liked" not in text
    assert "Why not this time" not in text
    assert "What you can do next" not in text
    assert failures(path.read_bytes()) == []
