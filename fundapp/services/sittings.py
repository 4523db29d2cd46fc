"""The panel's meetings, put on record: who was there, and who left the room for which bid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fundapp.database import AnyRow
from fundapp.models import Sitting
from fundapp.queries import sittings as asks
from fundapp.queries.ranking import PANEL_STATES
from fundapp.services import warrants
from fundapp.services.case import Step
from fundapp.services.deed import Actor, Office

#: The longest place, and the longest words on a sitting, in characters.
LONGEST_PLACE: Final = 200
LONGEST_WORDS: Final = 4000


class SittingRefused(ValueError):
    """A sitting that cannot be recorded: `faults` says of which field and why, each (field, code, params)."""

    def __init__(self, faults: Sequence[tuple[str, str, dict[str, Any]]]) -> None:
        self.faults = tuple(faults)
        super().__init__(", ".join(f"{field}: {code}" for field, code, _params in faults))


@dataclass(frozen=True, slots=True)
class Held:
    """What is said of a sitting: when (UTC) and where, who was present, (person, bid) of who left for what, words."""

    held_at: datetime
    place: str
    present: tuple[int, ...]
    left_for: tuple[tuple[int, int], ...] = ()
    words: str = ""


def record(
    office: Office,
    actor: Actor,
    round_id: int,
    held: Held,
    arrived: datetime,
    *,
    seen: int | None = None,
    corrects: int | None = None,
) -> int:
    """Put a sitting on record; its number in the round. One that `corrects` another leaves that one standing beside it.

    `seen`: the newest number that the person had before them, so that one form sent twice is one sitting. Raises
    SittingRefused with every fault, Refused for somebody who neither chairs the panel nor is its officer, NotThere.
    """
    with office.deed(actor, arrived) as deed:
        head = warrants.hold_round(deed, round_id)
        warrant = warrants.of(deed, "chair", "officer").need(head.fund_id, Step("round", "sit", round_id))
        rows = asks.of_round(deed.conn, round_id)
        last = rows[-1].number if rows else 0
        if seen is not None and seen != last:
            raise SittingRefused([("held", "another_recorded", {})])
        seated = {row.id for row in asks.seats(deed.conn, head.fund_id, head.opens_at, deed.now)}
        apart = asks.apart(deed.conn, round_id, sorted(set(held.present)))
        found = faults(head, held, seated, apart, arrived)
        if corrects is not None and corrects not in {row.number for row in standing(rows)}:
            found.append(("held", "no_such_sitting", {"number": corrects}))
        if found:
            raise SittingRefused(found)
        number = last + 1
        deed.put(
            head.subject,
            Sitting,
            {
                "round_id": round_id, "number": number, "held_at": held.held_at, "place": held.place.strip(),
                "present": sorted(set(held.present)), "left_for": [list(pair) for pair in sorted(set(held.left_for))],
                "words": held.words.strip(), "recorded_by": actor.person, "recorded_at": deed.now,
            },
        )  # fmt: skip
        role, under = warrant.role, warrant.under
        if corrects is None:
            deed.note(head.subject, "sitting.recorded", role=role, under=under, params={"number": number})
        else:
            params = {"number": number, "corrects": corrects}
            deed.note(head.subject, "sitting.corrected", role=role, under=under, params=params)
        return number


def faults(
    round_: AnyRow,
    held: Held,
    seated: set[int],
    apart: frozenset[tuple[int, int]],
    arrived: datetime,
) -> list[tuple[str, str, dict[str, Any]]]:
    """What keeps a sitting from the record; empty when nothing does.

    `seated`: who may sit with this panel; `apart`: (person, bid) of who must leave for what. Whoever leaves for
    another bid declares an interest in it first: the minutes and the hiding then say the same.
    """
    found: list[tuple[str, str, dict[str, Any]]] = []
    if round_.state not in PANEL_STATES:
        found.append(("held", "panel_not_begun", {}))
    if held.held_at > arrived:
        found.append(("held", "not_yet_held", {}))
    elif held.held_at < round_.opens_at:
        found.append(("held", "before_the_round", {}))
    if not held.place.strip():
        found.append(("place", "place_missing", {}))
    elif len(held.place) > LONGEST_PLACE:
        found.append(("place", "too_long", {"most": LONGEST_PLACE}))
    if len(held.words) > LONGEST_WORDS:
        found.append(("words", "too_long", {"most": LONGEST_WORDS}))
    if not held.present:
        found.append(("present", "nobody_present", {}))
    elif set(held.present) - seated:
        found.append(("present", "not_of_the_panel", {}))
    pairs = set(held.left_for)
    if any(person not in held.present for person, _bid in pairs):
        found.append(("present", "left_but_absent", {}))
    elif pairs - apart:
        found.append(("present", "no_interest_declared", {}))
    return found


def standing(rows: Sequence[AnyRow]) -> list[AnyRow]:
    """Of the rows of a round those that no later one corrects, in order of when they were held."""
    corrected = {asks.corrects(row) for row in rows}
    return sorted(
        (row for row in rows if row.number not in corrected), key=lambda row: (row.held_at, row.number)
    )


def parts_at(seats: Sequence[AnyRow], sitting: AnyRow) -> dict[int, tuple[str, ...]]:
    """The roles that each person of `queries.sittings.seats` held at a sitting, the chair's first.

    Who was given theirs only afterwards is told by what they were when the sitting was put on record.
    """
    then, later = parts_on(seats, sitting.held_at), parts_on(seats, sitting.recorded_at)
    return {person: roles or later[person] for person, roles in then.items()}


def parts_on(seats: Sequence[AnyRow], at: datetime) -> dict[int, tuple[str, ...]]:
    """The roles that each person of `queries.sittings.seats` held at a moment, the chair's first."""
    found: dict[int, set[str]] = {}
    for row in seats:
        roles = found.setdefault(row.id, set())
        if row.from_at <= at and (row.to_at is None or row.to_at > at):
            roles.add(row.role)
    return {person: tuple(role for role in asks.SEATED if role in roles) for person, roles in found.items()}
