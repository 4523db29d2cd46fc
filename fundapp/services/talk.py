"""Several bids' readers asked at once to talk over their scores, and readers reminded of what they have to read."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from fundapp import outbox
from fundapp.domain.deadlines import civil_day
from fundapp.queries import behind
from fundapp.services import several, warrants
from fundapp.services.case import Step
from fundapp.services.deed import Actor, Office
from fundapp.services.transition import Refused
from workflows.grammar import Refusal


def ask(office: Office, actor: Actor, seen: Mapping[int, int], arrived: datetime) -> int:
    """Ask the readers of bids (id to the version seen) to talk their scores over; how many bids. All of them or none.

    Raises as `several.move` does.
    """
    return several.move(
        office, actor, "moderate", [(bid, version, {}) for bid, version in seen.items()], arrived
    )


def remind(
    office: Office, actor: Actor, round_id: int, people: Sequence[int], arrived: datetime
) -> tuple[int, ...]:
    """Mail readers of a round who still have bids to read; the ids of those who are mailed.

    Whoever has read everything meanwhile, or was reminded today, is left alone. Raises Refused for somebody who does
    not chair the panel and for a round whose panel is not at work, NotThere.
    """
    with office.deed(actor, arrived) as deed:
        head = warrants.hold_round(deed, round_id)
        step = Step("round", "remind", round_id)
        warrant = warrants.of(deed, "chair").need(head.fund_id, step)
        if head.state != "panel":
            raise Refused(step, [Refusal("panel_not_at_work", {"state": head.state}, "not_now")])
        today = civil_day(deed.now, deed.zone).isoformat()
        owing = {row.id for row in behind.at_work(deed.conn, round_id, deed.now) if row.owed and row.email}
        keys = {person: behind.reminder_key(round_id, person, today) for person in people if person in owing}
        done = outbox.standing(deed.conn, list(keys.values()))
        new = tuple(sorted(person for person, key in keys.items() if key not in done))
        if not new:
            return ()
        params = {"count": len(new), "people": list(new)}
        deed.note(head.subject, "readers.reminded", role=warrant.role, under=warrant.under, params=params)
        for person in new:
            deed.effect("reading_reminder", {"round": round_id, "person": person}, keys[person])
        return new
