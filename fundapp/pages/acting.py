"""The request as an act: when it arrived, who acts, and how a refusal is shown."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from flask import current_app, g, request, session
from sqlalchemy import Connection

from fundapp.domain import references
from fundapp.domain.signing_in import SEEN_EVERY
from fundapp.services import refused as refused_acts
from fundapp.services import sessions
from fundapp.services.deed import Actor, Deed, Office
from fundapp.services.transition import Done, Refused, fire, offers
from fundapp.words import refusals
from workflows.machine import Verdict

#: The largest upload over the slowest line, and then some.
LONGEST_WAIT: Final = timedelta(minutes=10)


def office() -> Office:
    """The service's database, recorder and zone."""
    found: Office = current_app.extensions["office"]
    return found


def conn() -> Connection:
    """The request's read connection. A move ends it first: what is read after a move is read anew."""
    found: Connection = g.conn
    return found


def actor() -> Actor:
    """The signed-in person as an actor; raises LookupError on a page that anyone may open."""
    if g.person is None:
        raise LookupError("nobody is signed in")
    return Actor(g.person.id, g.person.token)


def arrival() -> datetime:
    """When the request reached us: the trusted proxy's `X-Request-Start` (seconds since 1970), else now.

    No request waits longer than LONGEST_WAIT, and none comes from the future: a stamp beyond that is no proxy's, and
    would set the clock for whoever wrote it.
    """
    now = datetime.now(UTC)
    if current_app.config["TRUSTED_PROXIES"]:
        stamp = request.headers.get("X-Request-Start", "").removeprefix("t=")
        try:
            at = datetime.fromtimestamp(float(stamp), UTC)
        except (ValueError, OverflowError, OSError):
            return now
        return at if now - LONGEST_WAIT <= at <= now else now
    return now


def seen() -> int | None:
    """The version that the page had before it, from the form's hidden field `seen`."""
    text = request.form.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def move(
    life: str,
    name: str,
    row: int | None,
    inputs: Mapping[str, Any] | None = None,
    *,
    parent: int | None = None,
    by: Actor | None = None,
    version: int | None = None,
    labels: Mapping[str, str] | None = None,
) -> tuple[Done | None, list[str]]:
    """Make one move for this person: (what was done, no words) or (None, why not, a sentence for each reason).

    `labels`: the questions of the round's form by id, where a reason may name some.
    """
    end_reading()
    try:
        done = fire(
            office(), by or actor(), life, name, row, g.arrived, inputs,
            seen=version if version is not None else seen(), parent=parent,
        )  # fmt: skip
    except Refused as refused:
        officer = request.blueprint == "officer"
        return None, refusals.sentences(refused, office().zone, officer=officer, labels=labels)
    nudge()
    return done, []


def tried(why: str) -> None:
    """Put on record that the signed-in person sent a form to a page that is not theirs: which, and of what by number."""
    if request.endpoint is None:
        return
    # Words of an address may be a link that works: only numbers are kept of it, and which bid a reference names.
    of: dict[str, int] = {}
    for name, value in (request.view_args or {}).items():
        if isinstance(value, int):
            of[name] = value
        else:
            with suppress(references.ReferenceError_):
                of["bid"] = references.bid_id(value)
    end_reading()
    refused_acts.note(office(), actor(), g.arrived, request.endpoint, of, [why])


def end_reading() -> None:
    """End the request's read transaction: a write of the same thread must not stand behind its own snapshot."""
    if g.reading is not None:
        g.reading.close()
        g.reading = None
    g.pop("grants", None)


def keep_session() -> None:
    """Write down that the session is used, now and then, in a transaction of its own."""
    now = datetime.now(UTC)
    if now - g.session.seen_at > SEEN_EVERY:
        end_reading()
        sessions.touch(office(), g.session.id, now)
        session.modified = True  # the browser keeps its cookie as long


def nudge() -> None:
    """Tell the worker that there may be something to deliver; the outbox is the truth, so nothing is lost without."""
    current_app.extensions["nudge"]()


def may(life: str, row: int, *, by: Actor | None = None) -> dict[str, Verdict]:
    """The moves that this person may make on this row now (granted) or not yet (with reasons), by the door's own rules."""
    deed = Deed(conn(), office().recorder, by or actor(), g.arrived, g.arrived, office().zone)
    return offers(deed, life, row)
