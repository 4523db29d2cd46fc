"""What is held of one person, gathered by the register for them to have: theirs in full, what is of others left out."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection

from fundapp.database import AnyRow
from fundapp.domain.keeping import CLASSES, Kept
from fundapp.domain.register import TABLES
from fundapp.exports.own_data import Content, Sheet, stream
from fundapp.models import EVIDENTIAL
from fundapp.models.base import Base, iso
from fundapp.queries import keeping as asks
from fundapp.services import security
from fundapp.services.deed import Actor, Office
from fundapp.services.people import PersonRefused
from fundapp.services.privacy import HOW, lawful
from fundapp.storage import FileMissing, Files
from fundapp.words import history, moments
from fundapp.words.tongue import gettext as _

#: Rows that are read at a time, and bytes of a file.
_PART: Final = 200
_PIECE: Final = 256 * 1024
#: What hangs on a decision is given once people have heard of it.
_HEARD: Final = frozenset({"awarded", "declined", "reported", "cancelled"})
_AFTER_DECISION: Final = frozenset({"decision", "letter", "letter_file", "award"})
#: While the panel is at work nobody outside hears how far it is.
_WITH_PANEL: Final = frozenset({"endorsed", "reviewed"})
_UNTOLD: Final = ("state", "since", "due_at", "version")
#: What is looked at to tell whether a row is told of.
_ASKED_OF: Final = {"document": ("question", "given_by"), "cancellation": ("confirmed_at",)}
_BINDING: Final = frozenset({"home", "event_no", "salt"})


def note(office: Office, actor: Actor, person: int, how: str, arrived: datetime) -> None:
    """Put on record that a person's data is given out: `how` is self, or how they asked an officer.

    Raises PersonRefused; Refused for an officer of another fund.
    """
    if how != "self" and how not in HOW:
        raise PersonRefused("erasure_how")
    with office.deed(actor, arrived) as deed:
        row = asks.person(deed.conn, person)
        if row is None:
            raise PersonRefused("no_such_person")
        if row.erased_at is not None:
            raise PersonRefused("erased_already")
        if how != "self":
            lawful(deed, person)
        deed.note(f"person:{person}", "person.data_given", params={"how": how})
        security.note(deed.conn, person, "data_given" if how == "self" else "data_given_by", deed.now)


def packed(office: Office, files: Files, person: int, at: datetime) -> Iterator[bytes]:
    """The ZIP of what is held of a person, piece by piece, from one snapshot of the database."""
    with office.db.snapshot() as conn:
        row = asks.person(conn, person)
        if row is None:
            return
        bids = asks.bids_of(conn, person)
        reader = _Reader(conn, person, asks.addresses(conn, person), bids)
        sheets = (
            Sheet(
                name,
                kept.what,
                CLASSES[kept.record].why,
                CLASSES[kept.record].how_long,
                reader.rows(name, kept),
            )
            for name, kept in TABLES.items()
            if kept.to
        )
        record = Sheet(
            "record", _("what the record says that you did"), CLASSES["record"].why, CLASSES["record"].how_long,
            reader.record(row.token),
        )  # fmt: skip
        day = moments.whole_day(at.astimezone(office.zone).date())
        yield from stream(
            row.name, day, _read_me(row.name, day), _chained(sheets, record), reader.contents(files)
        )


def held(conn: Connection, person: int, *, own: bool) -> list[tuple[str, str, int]]:
    """What there is of a person: (class, what, how many rows) of each table that has some.

    `own`: only what they are given themselves: how far a panel is that reads their bids is not told by counts either.
    """
    bids = asks.bids_of(conn, person)
    addresses = asks.addresses(conn, person)
    every, heard = [row.id for row in bids], [row.id for row in bids if row.state in _HEARD]
    found = []
    for name, kept in TABLES.items():
        through = kept.to if own else tuple(dict.fromkeys((*kept.about, *kept.to)))
        known = heard if name in _AFTER_DECISION else every
        count = asks.counted(conn, name, through, person, addresses, known)
        if count:
            found.append((kept.record, kept.what, count))
    return found


def _chained(sheets: Iterator[Sheet], last: Sheet) -> Iterator[Sheet]:
    yield from sheets
    yield last


class _Reader:
    """Reads what is theirs, some rows at a time."""

    def __init__(
        self, conn: Connection, person: int, addresses: Sequence[str], bids: Sequence[AnyRow]
    ) -> None:
        self.conn, self.person, self.addresses, self.bids = conn, person, addresses, bids

    def rows(self, name: str, kept: Kept) -> Iterator[dict[str, Any]]:
        """The rows of one table that they are given, each once, in plain values."""
        table = Base.metadata.tables[name]
        columns = [
            column.key
            for column in table.columns
            if column.key not in kept.back and not (name in EVIDENTIAL and column.key in _BINDING)
        ]
        given: set[int] = set()
        for relation in kept.to:
            found = self._bids(name, columns) if relation == "bid" else self._own(name, relation, columns)
            for row in found:
                if row.id not in given:
                    given.add(row.id)
                    yield self._plain(name, columns, row)

    def _bids(self, name: str, columns: Sequence[str]) -> Iterator[AnyRow]:
        more = [column for column in _ASKED_OF.get(name, ()) if column not in columns]
        for bid in self.bids:
            if name not in _AFTER_DECISION or bid.state in _HEARD:
                for row in asks.hanging(self.conn, name, [bid.id], [*columns, *more]):
                    if self._told(name, row):
                        yield row

    def _told(self, name: str, row: AnyRow) -> bool:
        """Whether who bids has been told of a row, or is: not of a cancelling that was only asked for, nor of the file of
        somebody else's answer in writing."""
        if name == "cancellation":
            return row.confirmed_at is not None
        if name == "document":
            return row.question is not None or row.given_by == self.person
        return True

    def _own(self, name: str, relation: str, columns: Sequence[str]) -> Iterator[AnyRow]:
        after = 0
        while part := asks.telling(
            self.conn, name, relation, self.person, self.addresses, columns, after, _PART
        ):
            yield from part
            after = part[-1].id

    def _plain(self, name: str, columns: Sequence[str], row: AnyRow) -> dict[str, Any]:
        held: Mapping[Any, Any] = row._mapping
        table = Base.metadata.tables[name]
        plain: dict[str, Any] = {}
        for column in columns:
            value = held[column]
            if any(key.column.table.name == "person" for key in table.c[column].foreign_keys):
                value = None if value is None else "you" if value == self.person else "somebody else"
            elif isinstance(value, datetime):
                value = iso(value)
            elif isinstance(value, date):
                value = value.isoformat()
            elif isinstance(value, bytes):
                continue
            plain[column] = value
        if name == "bid" and plain["state"] in _WITH_PANEL:
            for column in _UNTOLD:
                plain[column] = "with the panel"
        if name == "endorsement" and plain["answer"] == "interest" and plain["person_id"] != "you":
            plain["statement"] = None
        return plain

    def record(self, token: str) -> Iterator[dict[str, Any]]:
        """Every event that they made, and every one in their own chain."""
        after = 0
        while part := asks.events_by(self.conn, token, f"person:{self.person}", after, _PART):
            for event in part:
                who = str(_("You")) if event.actor == token else str(_("Somebody else"))
                yield {
                    "at": iso(event.at),
                    "what": history.tell(event.action, history.body_of(event), who),
                    "action": event.action,
                    "of": event.subject,
                    "number": event.number,
                    "hash": event.hash,
                }
            after = part[-1].id

    def contents(self, files: Files) -> Iterator[Content]:
        """The files that they gave, and the letters that they were sent."""
        references = {bid.id: bid.reference for bid in self.bids}
        given: set[int] = set()
        columns = ["bid_id", "name", "sha256", "state", "removed_at"]
        for relation in ("bid", "given_by"):
            found = (
                self._bids("document", columns)
                if relation == "bid"
                else self._own("document", relation, columns)
            )
            for row in found:
                if row.id in given or row.state != "clean" or row.removed_at is not None:
                    continue
                given.add(row.id)
                folder = references.get(row.bid_id, "others")
                yield Content(f"files/{folder}/{row.name}", _pieces(files, row.sha256))
        for row in self._bids("letter_file", ["bid_id", "sha256", "letter_id"]):
            reference = references[row.bid_id]
            yield Content(f"letters/{reference}/letter-{row.letter_id}.pdf", _pieces(files, row.sha256))


def _pieces(files: Files, sha256: str) -> Iterator[bytes]:
    try:
        with files.open(sha256) as stream_:
            while piece := stream_.read(_PIECE):
                yield piece
    except FileMissing:
        yield str(_("This file is not kept any more.")).encode()


def _read_me(name: str, day: str) -> str:
    return _(
        "What the fund holds about %(name)s, as it stood on %(day)s.\n\n"
        "summary.html   to read in a browser\n"
        "data/          the same for a computer, a file for each kind of record (JSON)\n"
        "files/         what you handed in\n"
        "letters/       what you were sent\n\n"
        "What is left out, and why\n\n"
        "- Who on the panel read or scored a bid, and the notes they wrote for one another: they tell of other people, and "
        "a panel that is read over its shoulder does not speak freely. What was decided, and the "
        "reasons you were given, are here.\n"
        "- Other people’s names where they acted on something of yours. It says “somebody else”. What other people wrote "
        "beside your draft is theirs and is left out; what a representative said of your bid is here.\n"
        "- A decision that is not released yet.\n"
        "- Your password and the secrets of your sign-in: we keep only marks of them, and those open nothing.\n"
        "- Your account number in full. We keep it encrypted, and this file may lie about; you find its last four figures. "
        "Ask us if you want to hear the whole.\n"
        "- What helps us against misuse, such as counts of wrong tries: it holds no names.\n"
        "- Copies in backups, which are the same as what is here.\n\n"
        "Something is wrong, or missing? Write to us: the address is on the page “Privacy” of the service. "
        "We answer within a month. If you are not content you can complain to us (we acknowledge it within 30 days) "
        "and to the Information Commissioner, ico.org.uk.\n",
        name=name,
        day=day,
    )
