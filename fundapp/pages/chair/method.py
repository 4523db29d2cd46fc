"""How a round's ranking is worked out, in plain words and with its own figures."""

from typing import Any

from flask import g, render_template

from fundapp.domain import calibration
from fundapp.pages.chair import blueprint, reach
from fundapp.pages.chair.table import CLOSE
from fundapp.pages.gate import gate
from fundapp.queries import behind, reading
from fundapp.queries import ranking as asks
from fundapp.services import ranking
from fundapp.services.ranking import Ranking
from fundapp.words.ranking import why_plain


@blueprint.get("/panel/<code>/method")
@gate("chair")
def method(code: str) -> str:
    """What calibrating does and does not, what it needs, and one bid of this round worked through."""
    row = reach.fetch_round(code)
    found = ranking.of_round(g.conn, row)
    return render_template(
        "chair/method.html",
        round=row, found=found, example=_example(row.id, found), why_plain=why_plain(found.method, found.groups),
        kindest=found.readers[0] if found.readers else None, strictest=found.readers[-1] if found.readers else None,
        interval=calibration.INTERVAL, samples=calibration.SAMPLES, least_readers=calibration.LEAST_READERS,
        least_shared=calibration.LEAST_SHARED, close=[permille // 10 for permille in CLOSE],
    )  # fmt: skip


def _example(round_id: int, found: Ranking) -> dict[str, Any] | None:
    """The bid that calibrating moves furthest, of those that this chair may see and two or more have read."""
    apart = reading.apart_from(g.conn, g.person.id) | behind.unsent(g.conn, g.person.id, g.arrived)
    able = [
        entry
        for entry in found.rows
        if entry.reviews >= 2 and entry.bid not in apart and entry.low is not None
    ]
    if not able:
        return None
    chosen = max(able, key=lambda entry: (abs((entry.calibrated or 0) - (entry.raw or 0)), -entry.bid))
    kinder = {reader.person: reader.leniency.kinder for reader in found.readers}
    marks = [
        {
            "name": mark.name,
            "given": mark.total,
            "kinder": kinder[mark.person_id],
            "level": mark.total - kinder[mark.person_id],
        }
        for mark in asks.totals(g.conn, round_id)
        if mark.bid_id == chosen.bid
    ]
    return {"placed": chosen, "marks": marks, "level": sum(mark["level"] for mark in marks) / len(marks)}
