"""What one act may leave behind, row by row: nothing missing, nothing more."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from fundapp.services.checkpoints import EFFECT, MAILS_FIRST
from fundapp.services.deed import Office
from tests.services import world

#: Stands for the moment of the act, by the database's clock.
NOW = object()
ENDORSE_BY = datetime(2026, 3, 16, 17, 0, tzinfo=UTC)
PANEL_BY = datetime(2026, 4, 13, 17, 0, tzinfo=UTC)
DECIDE_BY = datetime(2026, 4, 27, 17, 0, tzinfo=UTC)
OFFER_UNTIL = datetime(2026, 3, 23, 17, 0, tzinfo=UTC)

Event = tuple[str, str | None, str | None, str | None, str | None, dict[str, Any], list[str]]


def leaves(
    office: Office,
    act: Callable[[], Any],
    events: list[Event],
    *,
    by: str | None = None,
    added: dict[str, int] | None = None,
    changed: dict[tuple[str, int], dict[str, Any]] | None = None,
    effects: list[str] | None = None,
) -> world.Changed:
    """Hold an act against what it should leave.

    Each event is (action, role, table of the row that gave it, from, to, params, tables of the rows it commits to).
    """
    found = world.change(office, act)
    assert found.gone == {}
    told = [
        (
            body["action"], body["role"], body["under"][0] if body["under"] else None,
            body["move"]["from"] if body["move"] else None, body["move"]["to"] if body["move"] else None,
            body["params"], [row[0] for row in body["rows"]],
        )
        for body in found.bodies
    ]  # fmt: skip
    assert told == events
    moments = {event["at"] for event in found.added["audit_event"]}
    assert len(moments) == 1, "one act has one moment"
    (moment,) = moments
    if by is not None:
        assert {body["actor"] for body in found.bodies} == {by}
    expected = {
        key: {name: moment if value is NOW else value for name, value in columns.items()}
        for key, columns in (changed or {}).items()
    }
    assert {key: columns for key, columns in found.changed.items() if key[0] != "audit_head"} == expected
    assert found.effects == (effects or [])
    # Marks follow from the rows that were written; test_ties.py holds them against those.
    beside = ("outbox", "audit_head", "bid_mark", "person_mark")
    counts = {table: count for table, count in found.counts.items() if table not in beside}
    assert counts == (added or {})
    _heads(office, found)
    _outbox(found, moment)
    return found


def _heads(office: Office, found: world.Changed) -> None:
    """The head of each chain that was written to stands at its last event."""
    for event in found.added["audit_event"]:
        last = world.rows(office, "audit_event", subject=event["subject"])[-1]
        head = world.one(office, "audit_head", subject=event["subject"])
        assert (head["number"], head["hash"]) == (last["number"], last["hash"])


def _outbox(found: world.Changed, moment: datetime) -> None:
    """Each effect of a bid names its event; each is due at once, the seal after the mails; nobody has tried any."""
    numbers = {(body["subject"], body["number"]) for body in found.bodies}
    for effect in found.added.get("outbox", []):
        if effect["bid_id"] is not None:
            subject, number = f"bid:{effect['bid_id']}", effect["args"]["event"]
            assert (subject, number) in numbers
            assert effect["key"] == f"{effect['name']}:{subject}:{number}"
        due = moment + MAILS_FIRST if effect["name"] == EFFECT else moment
        assert (effect["not_before"], effect["attempts"], effect["done_at"]) == (due, 0, None)
