"""Whether some events of one chain, as they are stored, hold together: a look at a few, no verification of all."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import orjson

from fundapp.audit.record import Recorder


def body_of(text: object) -> dict[str, Any] | None:
    """The body of an event by its stored text; None for what is no event's body."""
    try:
        body = orjson.loads(text) if isinstance(text, str) else None
    except orjson.JSONDecodeError:
        return None
    return body if isinstance(body, dict) else None


def broken(recorder: Recorder, rows: Sequence[Any]) -> frozenset[Any]:
    """The numbers of those events whose hash, signature, copied columns or link to the event before does not fit.

    `rows` are (number, actor, action, body, hash, mac) of one chain, newest first and without gaps. The link of the
    last of them is not looked at, unless it is the chain's first event.
    """
    found = set()
    for place, row in enumerate(rows):
        body = body_of(row.body)
        if body is None or not _own(recorder, row, body):
            found.add(row.number)
        elif place + 1 < len(rows):
            if body.get("prev") != rows[place + 1].hash:
                found.add(row.number)
        elif row.number == 1 and body.get("prev") != "":
            found.add(row.number)
    return frozenset(found)


def _own(recorder: Recorder, row: Any, body: dict[str, Any]) -> bool:
    """Whether the event is what was signed, whatever stands before it."""
    copies = (body.get("number"), body.get("actor"), body.get("action"))
    return (
        sha256(row.body.encode()).hexdigest() == row.hash
        and recorder.event_mac(row.hash) == row.mac
        and copies == (row.number, row.actor, row.action)
    )
