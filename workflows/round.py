"""The life of a round: from planned to archived."""

import workflows.guards  # noqa: F401
from workflows.grammar import Life, Move

ROUND = Life(
    name="round",
    policy=("communities", 1),
    spine=("planned", "open", "closed", "panel", "releasing", "released", "archived"),
    side=(),
    ends=("archived",),
    moves=(
        Move("plan", (), "planned", by=("officer",), records=("round", "form")),
        Move("open", ("planned",), "open", by=("clock", "officer"), needs=("opening_time_reached",)),
        Move("close", ("open",), "closed", by=("clock", "officer"), needs=("closing_time_passed",)),
        Move("start_panel", ("closed",), "panel", by=("officer",), needs=("has_rubric",)),
        Move("release", ("panel",), "releasing", by=("chair",), needs=("every_bid_settled",), records=("window",)),
        Move("undo", ("releasing",), "panel", by=("chair", "officer"), records=("window",)),
        Move(
            "publish", ("releasing",), "released", by=("clock",),
            needs=("release_window_over", "every_decision_published"),
        ),
        Move("archive", ("released",), "archived", by=("officer",)),
    ),
)  # fmt: skip
