"""Bids whose readers lie further apart than the round allows: who is asked to talk, who does, what is settled."""

from typing import Any, Final

from flask import flash, g, redirect, render_template, request, url_for
from sqlalchemy import Row

from fundapp.domain.talks import Talk, talk
from fundapp.pages import acting, typed
from fundapp.pages.chair import blueprint, reach
from fundapp.pages.chair.bid import Page, Problems
from fundapp.pages.gate import gate
from fundapp.pages.mail_shown import sample
from fundapp.pages.talk_shown import points
from fundapp.queries import behind, reading
from fundapp.queries import panel as panel_queries
from fundapp.queries import talk as asks
from fundapp.services import several
from fundapp.services import talk as acts
from fundapp.services.several import SeveralRefused
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext

#: States in which the readers of a bid can be asked.
ASKABLE: Final[tuple[Talk, ...]] = ("ask", "again")


@blueprint.get("/panel/<code>/disagreements")
@gate("chair")
def disagreements(code: str) -> str:
    """Every bid whose scores lie far apart, by where it stands."""
    row = reach.fetch_round(code)
    entries = _entries(row)
    apart = reading.apart_from(g.conn, g.person.id)
    on_table = panel_queries.table(g.conn, row.id, g.person.id)
    groups = [
        (_("To be talked over"), [entry for entry in entries if entry["talk"] in (*ASKABLE, "few")]),
        (_("Being talked over"), [entry for entry in entries if entry["talk"] in ("open", "met")]),
        (_("Settled"), [entry for entry in entries if entry["talk"] in ("settled", "over")]),
    ]
    return render_template(
        "chair/disagreements.html",
        round=row, groups=[(heading, found) for heading, found in groups if found], count=len(entries),
        ask=[entry for entry in entries if entry["talk"] in ASKABLE and row.state == "panel"],
        going=sum(entry["talk"] in ("open", "met") for entry in entries), working=row.state == "panel",
        limit=points(row.disagreement_limit), hidden=any(bid.conflicted or bid.id in apart for bid in on_table),
    )  # fmt: skip


@blueprint.route("/panel/<code>/disagreements/ask", methods=["GET", "POST"])
@gate("chair")
def ask_readers(code: str) -> Page:
    """Ask the readers of several bids at once: first how many, which, and who is mailed."""
    row = reach.fetch_round(code)
    entries = {entry["bid"].reference: entry for entry in _entries(row) if entry["talk"] in ASKABLE}
    if request.method == "GET":
        chosen = {reference: entry["bid"].version for reference, entry in entries.items()}
        return _asking(row, chosen, entries)
    seen = typed.ticked(request.form.getlist("bid"), several.MOST)
    if not seen or len(seen) > several.MOST:
        words = _("No bid is chosen, or more than can be asked about at once. Look at the list as it stands.")
        return _asking(row, seen, entries, [{"field": "bids", "words": words}]), 422
    gone = [reference for reference in seen if reference not in entries]
    if gone:
        words = _(
            "%(bids)s: nothing is to be talked over there now. Look at the list as it stands.",
            bids=", ".join(gone),
        )
        fresh = {reference: entry["bid"].version for reference, entry in entries.items()}
        return _asking(row, fresh, entries, [{"field": "bids", "words": words}]), 409
    versions = {entries[reference]["bid"].id: version for reference, version in seen.items()}
    acting.end_reading()
    try:
        count = acts.ask(acting.office(), acting.actor(), versions, g.arrived)
    except SeveralRefused as refused:
        zone = acting.office().zone
        of = {entry["bid"].id: reference for reference, entry in entries.items()}
        problems: Problems = [
            {"field": "bids", "words": f"{of[one.step.id or 0]}: " + " ".join(refusals.sentences(one, zone))}
            for one in refused.refused
        ]
        now = {entry["bid"].reference: entry for entry in _entries(row) if entry["talk"] in ASKABLE}
        fresh = {reference: entry["bid"].version for reference, entry in now.items()}
        return _asking(row, fresh, now, problems), 409
    acting.nudge()
    flash(
        ngettext(
            "The readers of one bid are asked to talk it over.",
            "The readers of %(num)s bids are asked to talk them over.", count,
        )
    )  # fmt: skip
    return redirect(url_for("chair.disagreements", code=code), 303)


def _entries(row: Row[Any]) -> list[dict[str, Any]]:
    """The round's disagreements as the templates draw them, the furthest apart first; none that waits for the chair's own
    scores."""
    found = []
    unsent = behind.unsent(g.conn, g.person.id, g.arrived)
    for bid in asks.disagreements(g.conn, row.id, g.person.id):
        if bid.id in unsent:
            continue
        spread = (bid.highest or 0) - (bid.lowest or 0)
        stands = talk(
            spread, bid.limit, enough=bid.reviews >= bid.needed, opened=bid.opened_at is not None,
            closed=bid.closed_at is not None, stale=bool(bid.stale), reviews_open=bid.state == "endorsed",
        )  # fmt: skip
        found.append(
            {
                "bid": bid, "talk": stands, "mean": float(bid.mean or 0) / 100, "low": (bid.lowest or 0) / 100,
                "high": (bid.highest or 0) / 100, "spread": points(spread), "was": points(bid.was or 0),
            }
        )  # fmt: skip
    return found


def _asking(
    row: Row[Any], seen: dict[str, int], entries: dict[str, Any], problems: Problems | None = None
) -> str:
    chosen = [entries[reference] for reference in list(seen)[: several.MOST] if reference in entries]
    mailed = asks.takers(g.conn, [entry["bid"].id for entry in chosen])
    lines = [
        {**entry, "to": [each for each in mailed.get(entry["bid"].id, ()) if each.email]} for entry in chosen
    ]
    return render_template(
        "chair/ask_readers.html",
        round=row, lines=lines, count=len(lines), mails=sum(len(line["to"]) for line in lines),
        people=len({each.id for line in lines for each in line["to"]}), problems=problems,
        errors={problem["field"]: problem["words"] for problem in problems or []},
        sample=sample("moderation", "/pile", ""),
    )  # fmt: skip
