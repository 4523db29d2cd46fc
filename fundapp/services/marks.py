"""What bids and people are tied to, kept as marks that are compared; made anew whenever what they follow from changes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

import orjson
from sqlalchemy import Connection, bindparam, delete
from sqlalchemy.dialects import postgresql, sqlite

from fundapp.domain import ties
from fundapp.models import BidMark, PersonMark
from fundapp.queries import apart as asks
from fundapp.services import sealing

#: Bids that one statement reads with their answers.
CHUNK: Final = 2_000
#: Columns of a bid that its marks follow from; `version_number` stands for the answers.
OF_BID: Final = frozenset({"applicant_id", "organisation_id", "area_id", "holding_id", "version_number"})
_ADD: Final[dict[str, Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(slots=True)
class Touched:
    """Whose marks no longer follow from what the act in hand has written."""

    bids: set[int] = field(default_factory=set)
    people: set[int] = field(default_factory=set)
    #: People whose local party may be another: their bids' marks follow from it too.
    members: set[int] = field(default_factory=set)
    #: Bids and people that came by a mark which they had not: whoever has it too may read a bid no more.
    tied_bids: set[int] = field(default_factory=set)
    tied_people: set[int] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.bids or self.people)

    def note(self, subject: str, table: str, columns: Iterable[str]) -> None:
        """A row of that table was written in the chain of that subject."""
        kind, _, number = subject.partition(":")
        if table == "co_applicant" or (table == "bid" and OF_BID & set(columns)):
            self.bids.add(int(number))
        elif kind == "person" and table in ("role_grant", "membership", "office_holding", "tie"):
            self.people.add(int(number))
            if table == "membership":
                self.members.add(int(number))

    def settle(self, conn: Connection, secret_key: str, at: datetime, on: date) -> None:
        """Make the marks follow again. `at` and `on`: now, and the fund's civil day."""
        if self.members:
            self.bids |= set(asks.bids_of_applicants(conn, sorted(self.members)))
        self.tied_bids |= refresh_bids(conn, secret_key, sorted(self.bids))
        self.tied_people |= refresh_people(conn, sorted(self.people), at, on)
        self.bids, self.people, self.members = set(), set(), set()


def household(secret_key: str, *address: str | None) -> str | None:
    """The key of the household at an address, under the service's key; None if it does not say which house."""
    plain = ties.plain_address(*address)
    return ties.home(sealing.mark(secret_key, "household", plain)) if plain and secret_key else None


def refresh_bids(conn: Connection, secret_key: str, bids: Sequence[int]) -> set[int]:
    """Make the marks of these bids anew; those that have one more. Marks of households stay where there is no key."""
    tied: set[int] = set()
    for start in range(0, len(bids), CHUNK):
        want: set[tuple[int, str]] = set()
        have: dict[tuple[int, str], int] = {}
        for bid, kind, number, words in asks.of_bids(conn, bids[start : start + CHUNK]):
            if kind == "have":
                if secret_key or ties.kind_of(words) != "home":
                    have[bid, words] = number
            elif (key := _key_of(secret_key, kind, number, words)) is not None:
                want.add((bid, key))
        tied |= _bring_to(
            conn, BidMark, have, want, lambda pair: {"bid_id": pair[0], "key": pair[1]}, ("bid_id", "key")
        )
    return tied


def _key_of(secret_key: str, kind: str, number: int, words: str) -> str | None:
    if kind == "party":
        return ties.party(words)
    if kind == "home":
        return household(secret_key, words)
    if kind == "answers":
        answers: Mapping[str, Any] = orjson.loads(words)
        said = [answers.get(name) for name in ("address", "postcode")]
        return household(secret_key, *(text for text in said if isinstance(text, str)))
    return f"{kind}:{number}"


def refresh_people(conn: Connection, persons: Sequence[int], at: datetime, on: date) -> set[int]:
    """Make the marks of these people anew; those who have one more. Who may review or chair has some, nobody else."""
    tied: set[int] = set()
    for have, want in _of_people(conn, persons, at, on):
        tied |= _bring_to(
            conn, PersonMark, have, want,
            lambda mark: {"person_id": mark[0], "key": mark[1], "why": mark[2]}, ("person_id", "key", "why"),
        )  # fmt: skip
    return tied


def out_of_date(conn: Connection, at: datetime, on: date) -> list[int]:
    """Of all who may review or chair, or had marks from when they did, those whose marks are not what they should be.

    Roles and offices begin and end by their dates, with nobody doing anything.
    """
    found: set[int] = set()
    for have, want in _of_people(conn, asks.judges(conn, at), at, on):
        found.update(mark[0] for mark in have.keys() ^ want)
    return sorted(found)


def _of_people(
    conn: Connection, persons: Sequence[int], at: datetime, on: date
) -> Iterator[tuple[dict[tuple[int, str, str], int], set[tuple[int, str, str]]]]:
    """The marks of these people as they stand and as they should be, a part at a time."""
    for start in range(0, len(persons), CHUNK):
        judging: set[int] = set()
        tied: list[tuple[int, str, str]] = []
        have: dict[tuple[int, str, str], int] = {}
        for person, kind, number, why, words in asks.of_people(conn, persons[start : start + CHUNK], at, on):
            if kind == "judge":
                judging.add(person)
                tied.append((person, ties.person(person), "own"))
            elif kind == "have":
                have[person, words, why] = number
            elif kind == "party" and (key := ties.party(words)):
                tied.append((person, key, "local_party"))
            elif kind == "ward":
                tied.append((person, ties.area(number), "ward"))
            elif kind == "tie" and (reason := ties.why_of(words, why)):
                tied.append((person, words, reason))
        yield have, {each for each in tied if each[0] in judging}


def refresh_judges(conn: Connection, at: datetime, on: date) -> set[int]:
    """Make the marks of everybody who may review or chair anew; those who have one more."""
    return refresh_people(conn, asks.judges(conn, at), at, on)


def _bring_to(
    conn: Connection, model: Any, have: Mapping[Any, int], want: set[Any], values: Any, unique: Sequence[str]
) -> set[int]:
    """Whose marks became more. Only what differs is written: a refresh that finds everything as it was reads and no more."""
    gone = sorted(number for mark, number in have.items() if mark not in want)
    new = sorted(want - have.keys())
    if gone:
        conn.execute(delete(model).where(model.id == bindparam("number")), [{"number": n} for n in gone])
    if new:
        # Somebody else may have made the same mark at this very moment.
        add = _ADD[conn.dialect.name](model).inline().on_conflict_do_nothing(index_elements=unique)
        conn.execute(add, [values(mark) for mark in new])
    return {mark[0] for mark in new}
