"""Who of the panel is kept from what, and why: for the chair, the officer and the minutes."""

from collections import Counter
from typing import Any

from flask import g, render_template

from fundapp.domain import ties
from fundapp.pages.chair import blueprint, reach
from fundapp.pages.gate import gate, held_roles, sees_names
from fundapp.queries import apart, interests, reading
from fundapp.queries.blind import unnamed
from fundapp.words import ties as words


@blueprint.get("/panel/<code>/conflicts")
@gate("chair", "officer")
def conflicts(code: str) -> str:
    """By reader: how many bids, for what reasons, and which. Bids that this person is apart from are counted, not named.

    Why somebody is kept from a bid tells whose it is: where the panel reads without names that is left out.
    """
    row = reach.fetch_round(code, "chair", "officer")
    bids = interests.sent_bids(g.conn, row.id)
    own = reading.apart_from(g.conn, g.person.id)
    shown = {bid: reference for bid, reference in bids.items() if bid not in own}
    people = interests.panel(g.conn, row.id, row.fund_id, g.arrived)
    found = apart.conflicts(g.conn, sorted(shown), [person.id for person in people])
    if unnamed(row) and not sees_names(row.fund_id):
        found = dict.fromkeys(found, frozenset())
    return render_template(
        "chair/conflicts.html", round=row, readers=_readers(people, shown, found), bids=len(bids),
        unseen=len(bids) - len(shown), chairs="chair" in held_roles(),
    )  # fmt: skip


def _readers(
    people: list[Any], shown: dict[int, str], found: dict[Any, frozenset[str]]
) -> list[dict[str, Any]]:
    by_person: dict[int, dict[int, frozenset[str]]] = {}
    for (bid, who), why in found.items():
        by_person.setdefault(who, {})[bid] = why
    told = []
    for person in people:
        mine = by_person.get(person.id, {})
        counts = Counter(why for reasons in mine.values() for why in reasons)
        told.append(
            {
                "name": person.name,
                "asked": person.asked,
                "count": len(mine),
                "reasons": [(words.reason(code), counts[code]) for code in ties.REASONS if counts[code]],
                "bids": [
                    (shown[bid], [words.reason(code) for code in ties.REASONS if code in mine[bid]])
                    for bid in sorted(mine)
                ],
            }
        )
    return told
