"""The table of one round: every bid by its score, raw and calibrated, and the line where the money ends."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final, Literal

from flask import g, render_template, request
from sqlalchemy import Row

from fundapp.domain import calibration, scoring
from fundapp.domain.talks import talk
from fundapp.pages import acting, drawings, typed
from fundapp.pages.chair import blueprint, reach
from fundapp.pages.gate import gate
from fundapp.queries import behind, reading
from fundapp.queries import panel as panel_queries
from fundapp.queries import ranking as asks
from fundapp.services import ranking
from fundapp.services.ranking import Placed, Ranking
from fundapp.words import refusals
from fundapp.words.ranking import why_plain

PAGE = 100
Step = Literal["", "read", "reader", "ask", "again", "open", "met", "close", "reopen", "decide"]
#: Steps that a talk stands for, and those that the chair takes.
TALKED: Final = ("ask", "again", "open", "met")
YOURS: Final = ("reader", "ask", "again", "met", "close", "reopen", "decide")
#: Between these chances, in permille, marks alone do not settle on which side of the line a bid lies.
CLOSE = (200, 800)
#: So many close calls are named one by one.
NAMED = 8


@dataclass(slots=True)
class Entry:
    """One line of the table. `running` is the money taken down to it in pence, None for a bid that nobody has read.

    `below`: the money no longer reaches it; `ends`: the line is drawn after it; `step`: what it waits for (`step_of`);
    `apart`: its readers are further apart than the round allows; `unsent`: the chair reads it too, and sees its scores once
    their own are in.
    """

    bid: Row[Any]
    placed: Placed
    rank: int | None
    running: int | None
    below: bool
    apart: bool
    close: bool
    step: Step
    unsent: bool = False
    ends: bool = False

    @property
    def waits(self) -> bool:
        """Whether it waits for the chair."""
        return self.step in YOURS


@blueprint.get("/panel/<code>")
@gate("chair")
def round(code: str) -> str:
    """Ranked bids with reviews, spread, chances, and the running total against the money."""
    row = reach.fetch_round(code)
    apart = reading.apart_from(g.conn, g.person.id)
    bids = panel_queries.table(g.conn, row.id, g.person.id)
    # In the order of their ids: by their scores they would be told by their place.
    hidden = sorted((bid for bid in bids if bid.conflicted or bid.id in apart), key=lambda bid: bid.id)
    found = ranking.of_round(g.conn, row)
    by = "raw" if request.args.get("by") == "raw" or not found.calibrated else "calibrated"
    unsent = behind.unsent(g.conn, g.person.id, g.arrived)
    shown = ranked([bid for bid in bids if not (bid.conflicted or bid.id in apart)], found, row, by, unsent)
    rank = typed.whole(request.args.get("from", "")) or 1
    start = rank - 1 if 0 < rank <= len(shown) else 0
    moves = acting.may("round", row.id)
    release = moves.get("release")
    zone = acting.office().zone
    read = [entry for entry in shown if entry.rank is not None]
    return render_template(
        "chair/round.html",
        round=row, found=found, by=by, rows=shown[start : start + PAGE], count=len(shown),
        start=start, page=PAGE, fit=sum(not entry.below for entry in read),
        hidden=hidden, all_fit=all(not entry.below for entry in read), last=read[-1] if read else None,
        none_fit=bool(read) and read[0].below, line_at=score_at_line(read) if by == "calibrated" else None,
        axis=axis_of(read, found), asked=sum(bid.amount_pence for bid in bids), bids=len(bids),
        committed=sum(bid.staged_pence or 0 for bid in bids if bid.outcome == "award"),
        awards=sum(bid.outcome == "award" for bid in bids), declines=sum(bid.outcome == "decline" for bid in bids),
        readers=asks.at_work(g.conn, row.id), leaning=leanings(found), close=[e for e in shown if e.close], named=NAMED,
        why_plain=why_plain(found.method, found.groups), interval=calibration.INTERVAL,
        next=next((entry.bid for entry in shown if entry.waits), None), release=release, undo=moves.get("undo"),
        locked=[refusals.sentence(reason, zone, life="round") for reason in release.refusals] if release else [],
    )  # fmt: skip


def ranked(
    bids: Sequence[Row[Any]], found: Ranking, round_: Row[Any], by: str, unsent: Collection[int] = ()
) -> list[Entry]:
    """The bids that somebody may see, by `calibrated` or `raw` score, each with the money that it and those above it ask for.

    Bids that are kept from them are left out of the ranks and of the running total too, so that neither tells where those stand.
    Those that wait for their own scores (`unsent`) stand at the end, as if nobody had read them.
    """
    of_bid = {bid.id: bid for bid in bids}
    placed = [_untold(entry) if entry.bid in unsent else entry for entry in found.rows if entry.bid in of_bid]
    read = [entry for entry in placed if entry.raw is not None]
    if by == "raw":
        read.sort(key=lambda entry: (-(entry.raw or 0), entry.bid))
    running, above = calibration.walk([entry.asks for entry in read], round_.budget_pence)
    entries = [
        _entry(of_bid[entry.bid], entry, rank, so_far, rank > above, round_)
        for rank, (entry, so_far) in enumerate(zip(read, running, strict=True), 1)
    ]
    for entry, following in pairwise(entries):
        entry.ends = not entry.below and following.below
    unread = [
        _entry(of_bid[entry.bid], entry, None, None, False, round_)
        for entry in sorted(placed, key=lambda entry: entry.bid)
        if entry.raw is None
    ]
    for entry in unread:
        if (
            entry.bid.id in unsent
        ):  # that its readers are far apart, say, is told once the chair's own scores are in
            entry.unsent, entry.step = True, "read"
    return entries + unread


def _untold(placed: Placed) -> Placed:
    return replace(
        placed, rank=None, raw=None, calibrated=None, low=None, high=None, chance=None, totals=(), running=None, above=False
    )  # fmt: skip


def _entry(
    bid: Row[Any], placed: Placed, rank: int | None, running: int | None, below: bool, round_: Row[Any]
) -> Entry:
    least, most = CLOSE
    return Entry(
        bid, placed, rank, running, below,
        apart=scoring.spread(placed.totals) > round_.disagreement_limit,
        close=placed.chance is not None and least <= placed.chance <= most,
        step=step_of(bid, round_),
    )  # fmt: skip


def step_of(bid: Row[Any], round_: Row[Any]) -> Step:
    """What comes next for a bid of `queries.panel.table`, as the policy has it; empty once it is decided.

    read: reviews are still to come. reader: one was set aside, and too few people read it now. ask, again, open, met: its
    readers are far apart, as `domain.talks.talk` has it. close: its reviews can be closed. reopen: they are closed, and too
    few count since one was set aside. decide.
    """
    if bid.outcome is not None or bid.state not in ("endorsed", "reviewed"):
        return ""
    enough = bid.reviews >= round_.reviews_needed
    if bid.state == "reviewed":
        return "decide" if enough or not bid.aside else "reopen"
    spread = (bid.highest or 0) - (bid.lowest or 0)
    if spread > round_.disagreement_limit or bid.opened_at is not None:
        stands = talk(
            spread, round_.disagreement_limit, enough=enough, opened=bid.opened_at is not None,
            closed=bid.closed_at is not None, stale=bool(bid.stale), reviews_open=True,
        )  # fmt: skip
        if stands in TALKED:
            return stands
    if enough:
        return "close"
    return "reader" if bid.aside and bid.due < round_.reviews_needed else "read"


def score_at_line(read: Sequence[Entry]) -> float | None:
    """Halfway between the last score above the line and the first below, in points; None where no line parts them."""
    for entry, following in pairwise(read):
        last, first = entry.placed.calibrated, following.placed.calibrated
        if entry.ends and last is not None and first is not None:
            return (last + first) / 200
    return None


def axis_of(read: Sequence[Entry], found: Ranking) -> tuple[float, float]:
    """The ends of the drawings' axis, in whole points: every score, mark and range lies between them."""
    values: list[float] = []
    for entry in read:
        ends = (entry.placed.low, entry.placed.high) if found.calibrated else ()
        values += [value / 100 for value in (*entry.placed.totals, *ends) if value is not None]
    return drawings.axis(values, 1.0) if values else (0.0, float(scoring.TOP))


def leanings(found: Ranking) -> list[dict[str, Any]]:
    """How each reader marks, kindest first, in points; `ordinary` where the range reaches across the panel's middle."""
    return [
        {
            "name": reader.name,
            "kinder": reader.leniency.kinder / 100,
            "low": reader.leniency.low / 100,
            "high": reader.leniency.high / 100,
            "read": reader.leniency.read,
            "ordinary": reader.leniency.low <= 0 <= reader.leniency.high,
        }
        for reader in found.readers
    ]


def mean_of(totals: list[int]) -> float | None:
    """The mean of totals in points; None for none."""
    found = scoring.mean(totals)
    return found / 100 if found is not None else None
