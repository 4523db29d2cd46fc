"""Giving bids out: how many readers each, who would read what and why, and then just that is done."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from sqlalchemy import Row
from werkzeug.wrappers import Response

from fundapp.pages import acting, typed
from fundapp.pages.chair import blueprint, reach
from fundapp.pages.gate import gate, sees_names
from fundapp.queries import people, ranking, reading
from fundapp.queries.blind import unnamed
from fundapp.services import panel, planning
from fundapp.words import giving_out, refusals
from fundapp.words.tongue import gettext as _
from workflows.grammar import Refusal

#: Bids and readers shown; what is applied is the whole plan all the same.
BIDS_SHOWN = 200
READERS_SHOWN = 60
FAULTS_SHOWN = 20
MOST_READERS = 9


@blueprint.route("/panel/<code>/assign", methods=["GET", "POST"])
@gate("chair")
def assign(code: str) -> Response | str | tuple[str, int]:
    """The plan as it comes out now; sent with its seal, just that plan is applied or nothing."""
    row = reach.fetch_round(code)
    if request.method == "GET":
        return _page(row, _wanted(row))
    wanted = _wanted(row)
    seal = request.form.get("seal", "")
    if not seal:
        return _page(row, wanted, [_("Look at the plan first, then give it out.")]), 422
    acting.end_reading()
    try:
        new = planning.apply(acting.office(), acting.actor(), row.id, wanted, seal, g.arrived)
    except panel.PanelRefused as refused:
        return _page(row, wanted, [refusals.plain(refused.code, refused.params, acting.office().zone)]), 409
    except panel.AssignRefused as refused_pairs:
        return _page(row, wanted, said(row, refused_pairs)), 409
    acting.nudge()
    flash(_("%(readings)s given out.", readings=giving_out.counted(new)))
    return redirect(url_for("chair.round", code=code), 303)


#: Refusals that tell whose a bid is.
_TELLING = frozenset({"own_bid", "endorsed_it", "interest_declared"})


def said(row: Row[Any], refused: panel.AssignRefused) -> list[str]:
    """Why not, pair by pair; of a bid in which the chair has a part, without saying which.

    Where the panel reads without names it is not told whose bid somebody is kept from.
    """
    if unnamed(row) and not sees_names(row.fund_id):
        refused = panel.AssignRefused(
            [
                (bid, person, Refusal("kept_apart", {}, "not_yours") if why.code in _TELLING else why)
                for bid, person, why in refused.refusals
            ]
        )
    apart = reading.apart_from(g.conn, g.person.id)
    bids = ranking.references(g.conn, [bid for bid, _person, _why in refused.refusals])
    names = people.names(g.conn, [person for _bid, person, _why in refused.refusals])
    told = {bid: str(_("another bid")) if bid in apart else reference for bid, reference in bids.items()}
    return refusals.assign_sentences(refused, told, names, acting.office().zone)


def _wanted(row: Row[Any]) -> int:
    """Readers for a bid, as they are asked for; else as the round says."""
    found = typed.whole(request.values.get("readers", ""))
    return min(max(row.reviews_needed if found is None else found, 1), MOST_READERS)


def _page(row: Row[Any], wanted: int, problems: list[str] | None = None) -> str:
    gathered = planning.gather(g.conn, row, wanted, g.arrived)
    plan, apart = gathered.plan, reading.apart_from(g.conn, g.person.id)
    of_bid: dict[int, list[int]] = {}
    for bid, person in plan.pairs:
        of_bid.setdefault(bid, []).append(person)
    offered = [
        {
            "bid": bid, "hidden": bid.id in apart, "lacks": plan.lacking.get(bid.id, 0),
            "readers": [
                (gathered.names[person], [_(giving_out.REASONS[why]) for why in plan.reasons[bid.id, person]])
                for person in of_bid.get(bid.id, ())
            ],
        }
        # Bids that nobody can be found for come first.
        for bid in sorted(gathered.bids, key=lambda bid: -plan.lacking.get(bid.id, 0))[:BIDS_SHOWN]
    ]  # fmt: skip
    most = {reader.person: reader.most for reader in gathered.readers}
    spread: list[dict[str, Any]] = [
        {"name": gathered.names[person], "has": has, "then": then, "most": most[person]}
        for person, (has, then) in plan.loads.items()
    ]
    spread.sort(key=lambda entry: (-entry["then"], entry["name"]))
    told = {bid.id: _("another bid") if bid.id in apart else bid.reference for bid in gathered.bids}
    faults = giving_out.fault_sentences(plan.faults, told, gathered.names)
    return render_template(
        "chair/assign.html",
        round=row, wanted=wanted, most=MOST_READERS, offered=offered, count=len(gathered.bids), pairs=len(plan.pairs),
        spread=spread[:READERS_SHOWN], readers=len(spread), least=min((entry["then"] for entry in spread), default=0),
        greatest=max((entry["then"] for entry in spread), default=0), faults=faults[:FAULTS_SHOWN],
        more_faults=len(faults[FAULTS_SHOWN:]), short=sum(plan.lacking.values()),
        known=sum("theme" in why for why in plan.reasons.values()),
        near=sum("near" in why for why in plan.reasons.values()), seal=gathered.seal,
        mailed=sum(entry["then"] > entry["has"] for entry in spread),
        problems=[{"field": "readers", "words": words} for words in problems or ()],
    )  # fmt: skip
