"""The table of decisions: every bid by its score, what it would be given and why, recorded many at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from sqlalchemy import Row
from werkzeug.wrappers import Response

from fundapp.domain import money
from fundapp.pages import acting, typed
from fundapp.pages.chair import blueprint, decision, reach
from fundapp.pages.chair.table import TALKED, Entry, ranked
from fundapp.pages.gate import gate
from fundapp.queries import behind, facts, reading
from fundapp.queries import panel as panel_queries
from fundapp.queries import ranking as ranking_queries
from fundapp.queries import suggestions as asks
from fundapp.queries.blind import unnamed
from fundapp.services import ranking, selection, several
from fundapp.services.ranking import Ranking
from fundapp.services.several import SeveralRefused
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext

Page = Response | str | tuple[str, int]
Problems = list[dict[str, str]]
#: Bids on one page; what is typed there is recorded in one act.
PAGE = 50


@dataclass(slots=True)
class Line:
    """One bid of the table. `given` is what its fields show; `lock` says why it cannot be decided, empty where it can.

    `takes`: pence of its award as the fields have it, `running`: those down to here. `suggested`: pence in the set that is
    looked at, 0 outside it, None without one.
    """

    entry: Entry
    decision: Row[Any] | None
    given: dict[str, str]
    lock: str
    suggested: int | None
    takes: int = 0
    running: int = 0
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def ref(self) -> str:
        """The bid's reference."""
        return str(self.entry.bid.reference)


@blueprint.route("/panel/<code>/decide", methods=["GET", "POST"])
@gate("chair")
def deciding(code: str) -> Page:
    """The table; POST records every decision on the page that was made or changed, all of them or none."""
    row = reach.fetch_round(code)
    if request.method == "GET":
        return page(row)
    lines, _hidden, chosen = _lines(row, ranking.of_round(g.conn, row))
    by_ref = {line.ref: line for line in lines}
    shown = dict.fromkeys(request.form.getlist("bid")[: several.MOST])
    problems: Problems = []
    decisions: list[tuple[int, int, Mapping[str, Any]]] = []
    kept: dict[str, dict[str, str]] = {}
    for ref in shown:
        line = by_ref.get(ref)
        if line is None or line.lock:
            words = _(
                "A bid of this page cannot be decided by you any more. Look at the table as it stands now."
            )
            return page(row, [{"field": "table", "words": words}]), 409
        given = {name: typed.words(f"{name}-{ref}") for name in decision.NAMES}
        seen = typed.whole(request.form.get(f"seen-{ref}", "")) or 0
        kept[ref] = given
        if given["outcome"] not in ("award", "decline") or _same(given, line.decision, seen):
            continue
        pence, wrong = decision.checked(given)
        problems += [{"field": f"{name}-{ref}", "words": _of(ref, words)} for name, words in wrong]
        against = chosen.id if chosen else line.decision.suggestion_id if line.decision else None
        decisions.append((line.entry.bid.id, seen, decision.inputs(given, pence, against)))
    if problems:
        return page(row, problems, kept), 422
    if not decisions:
        words = _("Nothing was changed. Choose award or decline for at least one bid.")
        return page(row, [{"field": "table", "words": words}], kept), 422
    acting.end_reading()
    try:
        count = several.move(acting.office(), acting.actor(), "decide", decisions, g.arrived)
    except SeveralRefused as refused:
        order = {ref: place for place, ref in enumerate(shown)}
        # In the order of the fields, not in that in which the bids are locked.
        problems = sorted(
            _refused(refused, kept),
            key=lambda each: order.get(each["field"].partition("-")[2], len(order)),
        )
        return page(reach.fetch_round(code), problems, kept), 409
    acting.nudge()
    flash(
        ngettext(
            "One decision is recorded. Nobody outside the panel sees it yet.",
            "%(num)s decisions are recorded. Nobody outside the panel sees them yet.",
            count,
        )
    )
    return redirect(url_for("chair.deciding", code=code, **_where()), 303)


def _where() -> dict[str, Any]:
    """The place in the table, as its addresses carry it."""
    start = typed.whole(request.values.get("from", ""))
    number = typed.whole(request.values.get("suggestion", ""))
    return ({"from": start} if start else {}) | ({"suggestion": number} if number else {})


def _same(given: Mapping[str, str], recorded: Row[Any] | None, seen: int) -> bool:
    """Whether the fields say what is recorded already, and the page had that before it."""
    if recorded is None or recorded.version != seen or given["outcome"] != recorded.outcome:
        return False
    if recorded.outcome == "award":
        try:
            if money.parse_pounds(given["amount"]) != recorded.amount_pence:
                return False
        except money.MoneyError:
            return False
    return all(given[name] == getattr(recorded, name) for name in decision.TEXTS)


def _of(ref: str, words: str) -> str:
    """What is to be mended, with the bid that it is about: the page has many."""
    return str(_("%(bid)s: %(words)s", bid=ref, words=words))


def _refused(refused: SeveralRefused, kept: dict[str, dict[str, str]]) -> Problems:
    """Every bid that stands in the way, by its reference. What was changed meanwhile shows what stands now."""
    zone = acting.office().zone
    names = ranking_queries.references(g.conn, [each.step.id or 0 for each in refused.refused])
    problems: Problems = []
    for each in refused.refused:
        ref = names.get(each.step.id or 0, "")
        codes = {refusal.code for refusal in each.refusals}
        if "stale" in codes:
            kept.pop(ref, None)
        where = (
            "amount"
            if codes & {"money_short", "amount_must_be_positive", "amount_above_request"}
            else "outcome"
        )
        words = " ".join(refusals.sentences(each, zone, g.arrived))
        problems.append({"field": f"{where}-{ref}", "words": _of(ref, words)})
    return problems


def _lines(row: Row[Any], found: Ranking) -> tuple[list[Line], list[Row[Any]], Row[Any] | None]:
    """Every bid that this chair may see by its rank, those kept from them, and the suggestion that is looked at.

    None is looked at while bids wait for the chair's own scores: a set tells how the others scored them.
    """
    apart = reading.apart_from(g.conn, g.person.id)
    bids = [
        bid for bid in panel_queries.table(g.conn, row.id, g.person.id) if bid.state in (*asks.OPEN, "awarded", "declined")
    ]  # fmt: skip
    hidden = sorted((bid for bid in bids if bid.conflicted or bid.id in apart), key=lambda bid: bid.id)
    unsent = unsent_of(bids)
    kept = {bid.id for bid in hidden}
    shown = [bid for bid in bids if bid.id not in kept]
    number = typed.whole(request.values.get("suggestion", ""))
    chosen = asks.of_round(g.conn, row.id, number) if number and not unsent else None
    awards = dict(chosen.result["awards"]) if chosen else None
    decisions = facts.decisions(g.conn, [bid.id for bid in shown])
    lines = [
        Line(
            entry, decisions.get(entry.bid.id), {}, _lock(row, entry),
            awards.get(entry.bid.id, 0) if awards is not None else None,
        )
        for entry in ranked(shown, found, row, "calibrated", unsent)
    ]  # fmt: skip
    return lines, hidden, chosen


def unsent_of(bids: Iterable[Row[Any]]) -> frozenset[int]:
    """Those of a round's bids that wait for the chair's own scores."""
    return behind.unsent(g.conn, g.person.id, g.arrived) & {bid.id for bid in bids}


def _lock(row: Row[Any], entry: Entry) -> str:
    """Why the bid cannot be decided on; empty where it can."""
    if row.state != "panel":
        return _("Its round’s panel is not at work.")
    if entry.bid.state == "reviewed":
        return ""
    if entry.bid.state != "endorsed":
        return _("It is decided and released.")
    if entry.bid.reviews < row.reviews_needed:
        return _(
            "Not to be decided yet: %(in)s of %(needed)s reviews are in.",
            **{"in": entry.bid.reviews, "needed": row.reviews_needed},
        )
    if entry.step in TALKED:
        return _("Not to be decided yet: its readers are far apart, and that is not settled.")
    return _("Not to be decided yet: its reviews are in, but not closed.")


def _filled(line: Line, take: bool, comments: Mapping[int, str]) -> dict[str, str]:
    """What the fields of a bid begin with: what is recorded, or what the set has that is taken over."""
    bid = line.entry.bid
    given = decision.begins(line.decision, bid.amount_pence, comments.get(bid.id, ""))
    if take and line.suggested is not None:
        given["outcome"] = "award" if line.suggested else "decline"
        given["amount"] = decision.pounds(line.suggested) if line.suggested else given["amount"]
    return given


def page(
    row: Row[Any],
    problems: Problems | None = None,
    kept: Mapping[str, dict[str, str]] | None = None,
    limits: Mapping[str, str] | None = None,
) -> str:
    """The page, with what was typed where it came back; `limits` are the fields of the form for a set."""
    from fundapp.pages.chair import suggesting

    here = selection.field(g.conn, row)
    lines, hidden, chosen = _lines(row, here.ranking)
    comments = asks.comments(g.conn, [line.entry.bid.id for line in lines if not line.lock])
    take = request.args.get("take") == "yes" and chosen is not None
    errors = {problem["field"]: problem["words"] for problem in problems or []}
    running = 0
    for line in lines:
        line.given = (kept or {}).get(line.ref) or _filled(line, take, comments)
        line.errors = {
            name: errors[f"{name}-{line.ref}"] for name in decision.NAMES if f"{name}-{line.ref}" in errors
        }
        line.takes = _taken(line)
        running += line.takes
        line.running = running
    start = typed.whole(request.values.get("from", "")) or 1
    start = start - 1 if 0 < start <= len(lines) else 0
    others = sum(bid.staged_pence or 0 for bid in hidden if bid.outcome == "award")
    recorded = [line.decision for line in lines if line.decision]
    free = row.budget_pence - others
    part = lines[start : start + PAGE]
    return render_template(
        "chair/deciding.html",
        round=row, rows=part, count=len(lines), start=start, page=PAGE, hidden=hidden, others=others, taken=running,
        free=free, elsewhere=others + running - sum(line.takes for line in part),
        above=part[0].running - part[0].takes if part else 0, unnamed=unnamed(row),
        awards=sum(d.outcome == "award" for d in recorded) + sum(bid.outcome == "award" for bid in hidden),
        declines=sum(d.outcome == "decline" for d in recorded) + sum(bid.outcome == "decline" for bid in hidden),
        staged=others + sum(d.amount_pence for d in recorded), open=any(not line.lock for line in part),
        waiting=sum(line.decision is None for line in lines) + sum(bid.outcome is None for bid in hidden),
        take=take, problems=problems, errors=errors, most=decision.MOST,
        **suggesting.shown(row, here, chosen, {bid.id: bid for bid in hidden}, limits),
    )  # fmt: skip


def _taken(line: Line) -> int:
    """What a bid takes of the money as its fields stand; what cannot be read counts for nothing."""
    if line.lock:
        return line.decision.amount_pence if line.decision else 0
    if line.given["outcome"] != "award":
        return 0
    try:
        return max(money.parse_pounds(line.given["amount"]), 0)
    except money.MoneyError:
        return 0
