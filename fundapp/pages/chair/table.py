"""The table of one round: every bid by its score, and the line where the money ends."""

from itertools import pairwise
from typing import Any

from flask import g, render_template, request
from sqlalchemy import Row

from fundapp.domain import scoring
from fundapp.pages import acting
from fundapp.pages.chair import blueprint, reach
from fundapp.pages.gate import gate
from fundapp.queries import panel as panel_queries
from fundapp.queries import ranking, reading
from fundapp.words import refusals

PAGE = 100


@blueprint.get("/panel/<code>")
@gate("chair")
def round(code: str) -> str:
    """Ranked bids with reviews, spread, decisions, and the running total against the money."""
    row = reach.fetch_round(code)
    apart = reading.apart_from(g.conn, g.person.id)
    bids = panel_queries.table(g.conn, row.id, g.person.id)
    hidden = [bid for bid in bids if bid.conflicted or bid.id in apart]
    shown = ranked([bid for bid in bids if not (bid.conflicted or bid.id in apart)], row)
    text = request.args.get("from", "")
    start = int(text) - 1 if text.isascii() and text.isdigit() and 0 < int(text[:6]) <= len(shown) else 0
    moves = acting.may("round", row.id)
    release = moves.get("release")
    zone = acting.office().zone
    committed = sum(bid.staged_pence or 0 for bid in bids if bid.outcome == "award")
    return render_template(
        "chair/round.html",
        round=row, rows=shown[start : start + PAGE], count=len(shown), start=start, page=PAGE, hidden=hidden,
        line=next((entry for entry in shown if entry["ends"]), None), all_fit=all(not e["below"] for e in shown),
        asked=sum(bid.amount_pence for bid in bids), bids=len(bids), committed=committed,
        awards=sum(bid.outcome == "award" for bid in bids), declines=sum(bid.outcome == "decline" for bid in bids),
        readers=ranking.at_work(g.conn, row.id), leaning=leaning(ranking.totals(g.conn, row.id)),
        next=next((entry["bid"] for entry in shown if entry["waits"]), None), release=release, undo=moves.get("undo"),
        locked=[refusals.sentence(reason, zone, life="round") for reason in release.refusals] if release else [],
    )  # fmt: skip


def ranked(bids: list[Row[Any]], round_: Row[Any]) -> list[dict[str, Any]]:
    """Bids by mean score, each with the money taken so far.

    What is decided takes what was staged, a decline nothing, what is open what it asks for. `below` is true where the
    money no longer reaches; `ends` marks the last entry before that, where the line is drawn. `waits` is true where the
    chair can close the reviews or decide.
    """
    entries: list[dict[str, Any]] = []
    running = 0
    for rank, bid in enumerate(bids, 1):
        takes = (
            0
            if bid.outcome == "decline"
            else bid.staged_pence
            if bid.outcome == "award"
            else bid.amount_pence
        )
        running += takes
        spread = (bid.highest or 0) - (bid.lowest or 0)
        entries.append(
            {
                "rank": rank, "bid": bid, "running": running, "below": running > round_.budget_pence, "ends": False,
                "mean": float(bid.mean) / 100 if bid.mean is not None else None,
                "low": (bid.lowest or 0) / 100, "high": (bid.highest or 0) / 100,
                "apart": spread > round_.disagreement_limit,
                "waits": bid.outcome is None
                and (bid.state == "reviewed" or (bid.state == "endorsed" and bid.reviews >= round_.reviews_needed)),
            }
        )  # fmt: skip
    for entry, following in pairwise(entries):
        entry["ends"] = not entry["below"] and following["below"]
    return entries


def leaning(totals: list[tuple[int, int, str, int]]) -> list[dict[str, Any]]:
    """How each reader marks beside the others who read the same bids: mean difference in points, kindest first.

    Only bids that two or more have read say anything. `low` and `high` are the smallest and largest difference.
    """
    by_bid: dict[int, list[int]] = {}
    for bid, _, _, total in totals:
        by_bid.setdefault(bid, []).append(total)
    of_reader: dict[tuple[int, str], list[float]] = {}
    for bid, person, name, total in totals:
        others = len(by_bid[bid]) - 1
        if others:
            rest = (sum(by_bid[bid]) - total) / others
            of_reader.setdefault((person, name), []).append((total - rest) / 100)
    rows = [
        {
            "name": name,
            "kinder": sum(all_) / len(all_),
            "low": min(all_),
            "high": max(all_),
            "read": len(all_),
        }
        for (_, name), all_ in of_reader.items()
    ]
    return sorted(rows, key=lambda entry: (-entry["kinder"], entry["name"]))


def mean_of(totals: list[int]) -> float | None:
    """The mean of totals in points; None for none."""
    found = scoring.mean(totals)
    return found / 100 if found is not None else None
