"""What of a round may be changed when."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from fundapp.queries.round_terms import Standing
from workflows.grammar import Refusal

DATES: Final = ("opens_at", "closes_at", "endorse_by", "panel_by", "decide_by", "report_by")
MONEY: Final = ("budget_pence", "min_pence", "max_pence")
#: Whole numbers with what they may be: days, minutes, reviews, hundredths of a point.
NUMBERS: Final[dict[str, tuple[int, int]]] = {
    "grace_days": (1, 365),
    "offer_days": (1, 365),
    "release_minutes": (1, 1440),
    "reviews_needed": (1, 12),
    "disagreement_limit": (0, 500),
}
#: Every column that an officer may change. The rest is the door's, or what the round is known by.
COLUMNS: Final = ("title", "about", *DATES, *MONEY, *NUMBERS, "blind", "rubric", "reasons", "signatories")
#: Bids in these states have this date of the round as their own deadline.
DEADLINE_OF: Final[dict[str, str]] = {
    "draft": "closes_at",
    "submitted": "endorse_by",
    "endorsed": "panel_by",
    "reviewed": "decide_by",
}
#: Where that date moves, people hear of it; the panel's own dates are told to the panel by its chair.
TOLD: Final[dict[str, str]] = {
    "draft": "closes_at",
    "submitted": "endorse_by",
    "endorsed": "decide_by",
    "reviewed": "decide_by",
}
LONGEST_TITLE: Final = 200
MOST_CRITERIA: Final = 12
MOST_REASONS: Final = 20
#: The most that one bid, award or payment can come to: 31 bits of pence. A round may hold more.
MOST_PENCE: Final = 2**31 - 1


class TermsRefused(ValueError):
    """A change that a round cannot take: `refusals` says of which column and why, each."""

    def __init__(self, refusals: Sequence[tuple[str, Refusal]]) -> None:
        self.refusals = tuple(refusals)
        super().__init__(", ".join(f"{column}: {refusal.code}" for column, refusal in refusals))


@dataclass(frozen=True, slots=True)
class Change:
    """A round as it is, what it would become, who hangs on it, and the moment at which that is asked."""

    row: Any
    new: Mapping[str, Any]
    standing: Standing
    now: datetime

    def changed(self, column: str) -> bool:
        """Whether the column would be another."""
        return column in self.new

    def get(self, column: str) -> Any:
        """The column as it would be."""
        return self.new[column] if column in self.new else getattr(self.row, column)


Found = list[tuple[str, Refusal]]


def differing(row: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of `given` that differ from the round's. Raises KeyError for one that is not an officer's."""
    unknown = given.keys() - set(COLUMNS)
    if unknown:
        raise KeyError(f"not an officer's to change: {', '.join(sorted(unknown))}")
    return {column: value for column, value in given.items() if value != getattr(row, column)}


def refusals(change: Change) -> Found:
    """Everything that keeps the round from being changed so, by column; empty when nothing does."""
    if change.row.state in ("releasing", "released", "archived"):
        return [(column, Refusal("round_is_over", {})) for column in sorted(change.new)]
    found: Found = []
    for rule in _RULES:
        rule(change, found)
    return found


def _words(change: Change, found: Found) -> None:
    title = change.get("title")
    if not title.strip():
        found.append(("title", Refusal("no_title")))
    elif len(title) > LONGEST_TITLE:
        found.append(("title", Refusal("title_too_long", {"limit": LONGEST_TITLE})))


def _dates(change: Change, found: Found) -> None:
    row, now = change.row, change.now
    if change.changed("opens_at") and row.state != "planned":
        found.append(("opens_at", Refusal("opened_already", {})))
    if change.changed("closes_at"):
        if row.state not in ("planned", "open") or (row.state == "open" and row.closes_at < now):
            found.append(("closes_at", Refusal("closed_already", {"closes_at": row.closes_at})))
        elif change.get("closes_at") <= now:
            found.append(("closes_at", Refusal("already_past", {})))
        elif change.standing.drafts and change.get("closes_at") < row.closes_at:
            found.append(
                ("closes_at", Refusal("promised_to_drafts", {"closes_at": row.closes_at, "count": change.standing.drafts}))
            )  # fmt: skip
    for column in ("endorse_by", "panel_by", "decide_by", "report_by"):
        if change.changed(column) and change.get(column) <= now:
            found.append((column, Refusal("already_past", {})))
    if change.changed("endorse_by") and change.standing.waiting and change.get("endorse_by") < row.endorse_by:
        found.append(
            ("endorse_by",
             Refusal("promised_to_endorsers", {"due_at": row.endorse_by, "count": change.standing.waiting}))
        )  # fmt: skip
    if any(change.changed(column) for column in DATES):
        _order(change, found)


def _order(change: Change, found: Found) -> None:
    """Each date after the one before it; what was out of order before is left to whoever moves it."""
    wrong = {column for column, _ in found}
    for before, column in pairwise(DATES):
        if not (change.changed(before) or change.changed(column)) or column in wrong:
            continue
        if column == "closes_at" and change.get(column) <= change.get(before):
            found.append((column, Refusal("closes_before_opening")))
        elif change.get(column) < change.get(before):
            found.append((column, Refusal("before_the_step_before", {"before_at": change.get(before)})))


def _money(change: Change, found: Found) -> None:
    budget, least, most = (change.get(column) for column in MONEY)
    if budget <= 0:
        found.append(("budget_pence", Refusal("no_budget")))
    elif change.changed("budget_pence") and budget < change.standing.taken_pence:
        found.append(
            ("budget_pence", Refusal("budget_below_taken", {"taken_pence": change.standing.taken_pence}))
        )
    if most > MOST_PENCE:
        found.append(("max_pence", Refusal("too_much_money", {"most_pence": MOST_PENCE})))
    elif not 0 < least <= most:
        found.append(("max_pence", Refusal("limits_crossed")))
    if change.standing.sent:
        if least > change.row.min_pence:
            found.append(("min_pence", Refusal("limit_tightened", {"limit_pence": change.row.min_pence})))
        if most < change.row.max_pence:
            found.append(("max_pence", Refusal("limit_tightened", {"limit_pence": change.row.max_pence})))


def _numbers(change: Change, found: Found) -> None:
    for column, (least, most) in NUMBERS.items():
        if change.changed(column) and not least <= change.get(column) <= most:
            found.append((column, Refusal("number_out_of_bounds", {"least": least, "most": most})))


def _blind(change: Change, found: Found) -> None:
    if change.changed("blind") and change.row.state == "panel":
        found.append(("blind", Refusal("blind_frozen", {})))


def _rubric(change: Change, found: Found) -> None:
    if not change.changed("rubric"):
        return
    rubric = change.get("rubric")
    if change.row.state == "panel":
        found.append(("rubric", Refusal("rubric_frozen", {})))
    elif not rubric:
        found.append(("rubric", Refusal("no_rubric")))
    elif len(rubric) > MOST_CRITERIA:
        found.append(("rubric", Refusal("too_many_criteria", {"most": MOST_CRITERIA})))
    elif any(not criterion["label"].strip() or criterion["weight"] < 1 for criterion in rubric):
        found.append(("rubric", Refusal("criterion_incomplete", {})))
    elif len({criterion["id"] for criterion in rubric}) < len(rubric):
        found.append(("rubric", Refusal("criterion_twice", {})))
    elif (total := sum(criterion["weight"] for criterion in rubric)) != 100:
        found.append(("rubric", Refusal("weights_not_100", {"total": total})))


def _reasons(change: Change, found: Found) -> None:
    if not change.changed("reasons"):
        return
    reasons = change.get("reasons")
    if not reasons or any(not words.strip() for words in reasons.values()):
        found.append(("reasons", Refusal("reason_empty", {})))
    elif len(reasons) > MOST_REASONS:
        found.append(("reasons", Refusal("too_many_reasons", {"most": MOST_REASONS})))
    elif change.standing.ruled_out and any(
        reasons.get(code) != words for code, words in change.row.reasons.items()
    ):
        # What ended a bid stands in its record by this code: its words stay what its applicant was told.
        found.append(("reasons", Refusal("reason_in_use", {"count": change.standing.ruled_out})))


def _signatories(change: Change, found: Found) -> None:
    if not change.changed("signatories") or change.get("signatories") is None:
        return
    if any(not name.strip() or not title.strip() for name, title in change.get("signatories")):
        found.append(("signatories", Refusal("signatory_incomplete", {})))


_RULES: Final[tuple[Callable[[Change, Found], None], ...]] = (
    _words, _dates, _money, _numbers, _blind, _rubric, _reasons, _signatories,
)  # fmt: skip


def due_of(state: str, due_at: datetime | None, old: datetime, new: datetime) -> datetime:
    """The deadline of a bid whose round's date moves from `old` to `new`.

    One that was given longer, as after a change in its grace time, is never given less.
    """
    if state == "submitted" and due_at is not None and due_at != old:
        return max(due_at, new)
    return new
