"""A bid whose readers score on scales of the test's own."""

from typing import Any

from fundapp.services import round_terms
from tests.cast import Cast, Made

#: A short scale, a long one and the usual one, with words for some of their marks.
RUBRIC: list[dict[str, Any]] = [
    {"id": "need", "label": "Need", "describe": "Is it wanted?", "low": "No", "high": "Yes", "weight": 50, "top": 3,
     "guidance": "At least 50% of the <homes> were asked.", "anchors": {"0": "Nobody asked.", "2": "Some were asked."}},
    {"id": "plan", "label": "Plan", "describe": "", "low": "", "high": "", "weight": 30, "top": 10},
    {"id": "cost", "label": "Cost", "describe": "", "low": "", "high": "", "weight": 20},
]  # fmt: skip


def panel_of(cast: Cast, rubric: list[dict[str, Any]] | None = None) -> Made:
    """A bid before three readers, in a round with that rubric."""
    stage, code = cast.round()
    version = cast.value("SELECT version FROM round WHERE id = :id", id=stage.round)
    given = {"rubric": RUBRIC if rubric is None else rubric}
    round_terms.change(cast.office, cast.actor("officer"), stage.round, given, stage.during, version)
    (bid,) = [cast._kept(stage, code, cast._backed(stage))]
    stage.start_panel()
    stage.assign([bid.id])
    return bid
