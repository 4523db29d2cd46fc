"""Memberships: claimed by the person, confirmed by the list or by an officer, turned down, ended."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from fundapp.domain.membership import LONGEST, SHORTEST, Marks, clean_number
from fundapp.models import Membership
from fundapp.queries import member_list
from fundapp.queries import memberships as asks
from fundapp.services.deed import Actor, Deed, Office
from fundapp.services.people import PersonRefused, give_role

#: Claims of one person within a day: enough for slips of the finger, too few to try the list with.
CLAIMS_A_DAY: Final = 5
LONGEST_PARTY: Final = 100
LONGEST_WORDS: Final = 1000
#: The source of a membership that the list of members confirmed.
BY_LIST: Final = "list"
#: Memberships looked at in one go.
_CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Claimed:
    """What became of a claim: its membership, and whether the list confirmed it at once."""

    membership: int
    confirmed: bool


@dataclass(frozen=True, slots=True)
class ListSays:
    """What the list of members says to a claim; `local_party` is the list's own, None where it lacks the number."""

    knows_number: bool
    email_fits: bool
    name_fits: bool
    local_party: str | None

    @property
    def fits(self) -> bool:
        """Whether the number goes with the person's address or with their name."""
        return self.email_fits or self.name_fits


_UNKNOWN: Final = ListSays(False, False, False, None)


def claim(deed: Deed, marks: Marks, person: int, number: str, local_party: str) -> Claimed:
    """A person says that they are a member; they may begin a bid with it at once, and send one once it is confirmed.

    A claim that waits is replaced by it; the same words again change nothing. Raises PersonRefused.
    """
    number, local_party = _cleaned(number, local_party)
    subject = f"person:{person}"
    deed.entry(subject)  # from here on this person's memberships are nobody else's to change
    before = asks.newest(deed.conn, person)
    standing = before if before is not None and before.ended_at is None else None
    if standing is not None and standing.confirmed_at is not None:
        raise PersonRefused("membership_stands")
    if standing is not None and (standing.number, standing.local_party) == (number, local_party):
        return Claimed(standing.id, False)
    if asks.claims_since(deed.conn, person, deed.now - timedelta(days=1)) >= CLAIMS_A_DAY:
        raise PersonRefused("too_many_claims", limit=CLAIMS_A_DAY)
    if standing is not None:
        deed.change(subject, Membership, standing.id, {"ended_at": deed.now})
    membership = deed.put(
        subject,
        Membership,
        {"person_id": person, "number": number, "local_party": local_party, "claimed_at": deed.now},
    )
    deed.note(subject, "membership.claimed")
    give_role(deed, person, "member", by_rule=True)
    return Claimed(membership, _confirm_by_list(deed, marks, membership))


def _cleaned(number: str, local_party: str) -> tuple[str, str]:
    found = clean_number(number)
    if found is None:
        raise PersonRefused("bad_membership_number", least=SHORTEST, most=LONGEST)
    party = " ".join(local_party.split())
    if not party:
        raise PersonRefused("no_local_party")
    if len(party) > LONGEST_PARTY:
        raise PersonRefused("local_party_too_long", limit=LONGEST_PARTY)
    return found, party


def _confirm_by_list(deed: Deed, marks: Marks, membership: int) -> bool:
    """Confirm a claim that waits, if the list knows its number with that address or name and nobody else has it."""
    row = asks.by_id(deed.conn, membership)
    if row is None or row.confirmed_at is not None or row.ended_at is not None:
        return False
    says = list_says(deed.conn, marks, [row], lock=True)[row.id]
    if not says.fits or asks.held_by_another(deed.conn, row.number, row.person_id):
        return False
    deed.change(
        row.home, Membership, row.id, {"confirmed_at": deed.now, "confirmed_by": None, "source": BY_LIST}
    )
    deed.note(row.home, "membership.confirmed", params={"by": BY_LIST})
    return True


def list_says(
    conn: Connection, marks: Marks, rows: Sequence[Any], *, lock: bool = False
) -> dict[int, ListSays]:
    """What the list of members says to each of these memberships (id, person_id, number, name), by id."""
    lines = member_list.listed(conn, [marks.number(row.number) for row in rows], lock=lock)
    addresses = asks.addresses(conn, [row.person_id for row in rows])
    found = {}
    for row in rows:
        line = lines.get(marks.number(row.number))
        if line is None:
            found[row.id] = _UNKNOWN
            continue
        emails = {marks.email(address) for address in addresses.get(row.person_id, ())}
        name = marks.name(row.name, row.number)
        found[row.id] = ListSays(
            True, line.email_mark in emails, name is not None and line.name_mark == name, line.local_party
        )
    return found


def confirm(deed: Deed, memberships: Sequence[int], source: str) -> list[int]:
    """An officer confirms claims that wait, on the word of `source`; all of them or none. Their ids.

    Each person is told by mail. Raises PersonRefused.
    """
    words = " ".join(source.split())[:LONGEST_WORDS]
    if not words:
        raise PersonRefused("no_membership_source")
    for membership in sorted(set(memberships)):
        row = _waiting(deed, membership)
        values = {"confirmed_at": deed.now, "confirmed_by": deed.actor.person, "source": words}
        deed.change(row.home, Membership, membership, values)
        deed.note(row.home, "membership.confirmed")
        _tell(deed, "membership_confirmed", membership)
    return sorted(set(memberships))


def turn_down(deed: Deed, membership: int, reason: str) -> None:
    """An officer turns a claim down: it ends, and the person is told why and may claim again.

    The role that came with the claim stays: it lets them write, never send. Raises PersonRefused.
    """
    words = reason.strip()
    if not words:
        raise PersonRefused("say_why_turned_down")
    if len(words) > LONGEST_WORDS:
        raise PersonRefused("reason_too_long", limit=LONGEST_WORDS)
    row = _waiting(deed, membership)
    deed.change(row.home, Membership, membership, {"ended_at": deed.now, "ended_why": words})
    deed.note(row.home, "membership.turned_down")
    _tell(deed, "membership_turned_down", membership)


def end(deed: Deed, membership: int) -> None:
    """An officer ends a confirmed membership: its person can send no bid any more. Raises PersonRefused."""
    row = _locked(deed, membership)
    if row is None or row.confirmed_at is None or row.ended_at is not None:
        raise PersonRefused("membership_not_standing")
    deed.change(row.home, Membership, membership, {"ended_at": deed.now})
    deed.note(row.home, "membership.ended")


def _waiting(deed: Deed, membership: int) -> Any:
    row = _locked(deed, membership)
    if row is None or row.confirmed_at is not None or row.ended_at is not None:
        raise PersonRefused("membership_not_waiting")
    if row.person_id == deed.actor.person:
        raise PersonRefused("own_membership")
    return row


def _locked(deed: Deed, membership: int) -> Any | None:
    """The membership as it stands once its person's chain is locked; None if there is none."""
    row = asks.by_id(deed.conn, membership)
    if row is None:
        return None
    deed.entry(row.home)
    return asks.by_id(deed.conn, membership)


def _tell(deed: Deed, message: str, membership: int) -> None:
    deed.effect(message, {"membership": membership}, f"{message}:{membership}")


def confirm_listed(
    office: Office,
    actor: Actor,
    marks: Marks,
    arrived: datetime,
    told: Callable[[int], object] = lambda looked: None,
) -> int:
    """Confirm every claim that waits and fits the list, each in a deed of its own; how many. Their people are told."""
    done, looked, after = 0, 0, None
    while True:
        with office.db.read() as conn:
            rows = asks.waiting(conn, "", after, _CHUNK)
            says = list_says(conn, marks, rows)
        if not rows:
            return done
        after = (rows[-1].claimed_at, rows[-1].id)
        for row in rows:
            if says[row.id].fits:
                with office.deed(actor, arrived) as deed:
                    deed.entry(row.home)
                    if _confirm_by_list(deed, marks, row.id):
                        _tell(deed, "membership_confirmed", row.id)
                        done += 1
        looked += len(rows)
        told(looked)


def not_listed(
    conn: Connection, marks: Marks, words: str, after: int, limit: int, most: int | None = None
) -> tuple[list[Any], int | None]:
    """Confirmed members whose number the list has not, by id; (up to `limit` of them, the id to go on after or None).

    With `most`, no more than that many members are looked at in one go.
    """
    found: list[Any] = []
    looked = 0
    while True:
        rows = asks.confirmed(conn, words, after, _CHUNK)
        known = member_list.listed(conn, [marks.number(row.number) for row in rows])
        for row in rows:
            after = row.id
            if marks.number(row.number) not in known:
                found.append(row)
                if len(found) == limit:
                    return found, after
        looked += len(rows)
        if len(rows) < _CHUNK:
            return found, None
        if most is not None and looked >= most:
            return found, after
