"""What changed between two versions of a bid, as pages show it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from fundapp.domain import forms
from fundapp.domain.changes import Change, Line, changes
from fundapp.pages import formats
from fundapp.queries import copies as asks
from fundapp.queries import people, reading
from fundapp.words import answers as said
from fundapp.words import states
from fundapp.words.tongue import gettext as _

Shown = dict[str, Any]


def shown(conn: Connection, bid_id: int, from_number: int, to_number: int) -> Shown | None:
    """{before, after, items} of two versions, for `templates/parts/changes.html`; None if either is not there.

    `before` and `after` are rows with number and frozen_at. An item is one question:
    {label, kind, spans, lines, others, was, now}: `spans` of a text, `lines` of a budget that changed with how many
    `others` did not, else what was and what is in lines.
    """
    before, after = asks.version(conn, bid_id, from_number), asks.version(conn, bid_id, to_number)
    if before is None or after is None:
        return None
    found = changes(before.questions, before.answers, after.questions, after.answers)
    return {"before": before, "after": after, "items": [_item(change, _names(conn)) for change in found]}


def since(
    conn: Connection,
    bid_id: int,
    number: int,
    questions: Sequence[Mapping[str, Any]],
    answers: Mapping[str, Any],
) -> frozenset[str]:
    """The ids of the questions whose answers in a draft are others than in that version."""
    before = asks.version(conn, bid_id, number)
    if before is None:
        return frozenset()
    found = changes(before.questions, before.answers, questions, forms.copy_of(answers))
    return frozenset(str(change.question["id"]) for change in found)


def _names(conn: Connection) -> said.Names:
    def representative(holding: Any) -> str:
        named = people.holding(conn, holding)
        return states.titled(named.name, named.office) if named else ""

    return said.Names(lambda area: reading.area_name(conn, area), representative, formats.day)


def _item(change: Change, names: said.Names) -> dict[str, Any]:
    lines = [line for line in change.lines if line.was != line.now]
    return {
        "label": _(change.question["label"]), "kind": change.kind, "spans": change.spans,
        "lines": [_line(line) for line in lines], "others": len(change.lines) - len(lines),
        "was": said.lines(change.question, change.before, names), "now": said.lines(change.question, change.after, names),
    }  # fmt: skip


def _line(line: Line) -> dict[str, Any]:
    """{what, was, now}: a line whose sum moved, one that is new (was None) or one that is gone (now None)."""
    return {"what": line.what, "was": line.was, "now": line.now}
