"""The life of a report: due, filed, accepted."""

import workflows.guards  # noqa: F401
from workflows.grammar import Ask, Life, Move

_APART = ("apart_from_applicant", "apart_from_endorser")

REPORT = Life(
    name="report",
    policy=("communities", 1),
    spine=("due", "filed", "accepted"),
    side=("returned",),
    ends=("accepted", "dropped"),
    moves=(
        Move("open", (), "due", by=("clock",), needs=("award_accepted",), records=("report",)),
        Move(
            "file", ("due", "returned"), "filed", by=("applicant",), needs=("report_complete",),
            asks=(Ask("story", "text"), Ask("learned", "text"), Ask("people_reached", "words", required=False),
                  Ask("spent_pence", "pence"), Ask("consent", "flag", required=False)),
            records=("report",), sends=("report_filed",),
        ),
        Move(
            "accept", ("filed",), "accepted", by=("officer",), needs=(*_APART, "another_than_author"),
        ),
        Move(
            "return", ("filed",), "returned", by=("officer",), needs=(*_APART, "another_than_author", "reason_given"),
            asks=(Ask("reason", "text"),), sends=("report_returned",),
        ),
        Move("drop", ("due", "filed", "returned"), "dropped", by=("officer",), needs=(*_APART, "bid_cancelled")),
    ),
)  # fmt: skip
