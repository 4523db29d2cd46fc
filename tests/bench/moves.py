"""Moves a second through the door, beside four bare statements in the same database."""

from datetime import UTC, datetime

from fundapp.services.case import Step
from fundapp.services.transition import fire, fire_many
from tests.bench import grounds
from tests.bench.crew import Crew
from tests.bench.measure import Line, interleaved
from tests.bench.plan import Plan

AT_ONCE = (1, 8)


def run(plan: Plan) -> list[Line]:
    """A draft withdrawn by its owner: the state, the commitment, the event, the head and one effect."""
    lines: list[Line] = []
    with grounds.both(plan.server, plan.folder) as kinds:
        for kind, url in kinds:
            lines += _on(plan, kind, url)
    return lines


def _on(plan: Plan, kind: str, url: str) -> list[Line]:
    rounds, each = (3, 80) if plan.quick else (5, 400)
    office, cast = grounds.filled(url, 12)
    member = cast.actor("member")
    needed = 2 * len(AT_ONCE) * (rounds + 1) * each + 10
    begun = datetime.now(UTC)
    owner = grounds.open_round(office).id
    drafts = [done.id for done in fire_many(
        office, member, [Step("bid", "start", parent=owner) for _ in range(needed)], begun
    )]  # fmt: skip
    quiet, loud = drafts.pop(), drafts.pop()
    with grounds.statements(office.db) as seen:
        fire(office, member, "bid", "withdraw", quiet, begun, {"quiet": True})
    least = len(seen)
    with grounds.statements(office.db) as seen:
        fire(office, member, "bid", "withdraw", loud, begun)
    lines = [
        Line(f"{kind}: statements of a move", "", least, target=6, sense="at_most",
             note=f"{len(seen)} with an effect; BEGIN and COMMIT not counted"),
    ]  # fmt: skip
    for at_once in AT_ONCE:
        with Crew(url, member, at_once) as crew:

            def door(number: int, crew: Crew = crew) -> float:
                return crew.rate("door", [drafts.pop() for _ in range(each)])

            def limit(number: int, crew: Crew = crew) -> float:
                return crew.rate("limit", [drafts.pop() for _ in range(each)])

            door(0)
            limit(0)
            ours, least_code = interleaved(rounds, door, limit)
        lines.append(Line(f"{kind}: moves, {at_once} at once", "/s", ours, least_code, 0.6))
    office.db.close()
    return lines
