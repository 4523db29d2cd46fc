"""Files that people handed in: those of a bid, one of them to be opened, and which contents somebody still needs."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, select, union

from fundapp.database import AnyRow, AnySelect, among
from fundapp.domain import documents as named
from fundapp.models import (
    Bid,
    BidVersion,
    CopyPaper,
    Document,
    LetterBundle,
    LetterFile,
    MinutesPaper,
    Person,
)
from fundapp.queries import bids


def held_draft(conn: Connection, bid: int, person: int | None) -> AnyRow | None:
    """The draft that a person may write in: (answers, revision, state); the bid locked before it, as a move locks it.

    So no version can be frozen between looking at the draft and changing what it names.
    """
    conn.execute(select(Bid.id).where(Bid.id == bid).with_for_update(key_share=True))
    return bids.writable_draft(conn, bid, person)


def of_bid(conn: Connection, bid: int) -> dict[int, AnyRow]:
    """The files that answer questions of a bid and were not taken away, by id: with state, reason and giver."""
    return {row.id: row for row in conn.execute(_of_bid(), {"bid": bid})}


@cache
def _of_bid() -> AnySelect:
    return (
        select(
            Document.id, Document.question, Document.name, Document.media_type, Document.size, Document.sha256,
            Document.given_by, Document.given_at, Document.state, Document.reason,
        )
        .where(
            Document.bid_id == bindparam("bid"), Document.question.is_not(None), Document.removed_at.is_(None)
        )
        .order_by(Document.id)
    )  # fmt: skip


def open_one(conn: Connection, bid: int, document: int) -> AnyRow | None:
    """A file that may be opened, (id, question, name, media_type, size, sha256); None unless it is clean and there."""
    if not 0 < document < 2**53:
        return None
    return conn.execute(_open_one(), {"bid": bid, "document": document}).one_or_none()


@cache
def _open_one() -> AnySelect:
    return select(
        Document.id, Document.question, Document.name, Document.media_type, Document.size, Document.sha256
    ).where(
        Document.id == bindparam("document"),
        Document.bid_id == bindparam("bid"),
        Document.state == "clean",
        Document.removed_at.is_(None),
    )


def sent(conn: Connection, bid: int) -> set[int]:
    """The documents that any frozen version of a bid names."""
    asked = select(BidVersion.answers).where(BidVersion.bid_id == bid)
    return {number for answers in conn.scalars(asked) for number in named.numbers(answers)}


def with_giver(conn: Connection, document: int) -> AnyRow | None:
    """A file with who gave it: its own columns, and their name and email as `giver` and `giver_email`."""
    return conn.execute(_with_giver(), {"document": document}).one_or_none()


@cache
def _with_giver() -> AnySelect:
    return (
        select(*Document.__table__.columns, Person.name.label("giver"), Person.email.label("giver_email"))
        .outerjoin(Person, Person.id == Document.given_by)
        .where(Document.id == bindparam("document"))
    )


def needed(conn: Connection, hashes: Sequence[str]) -> set[str]:
    """Those of these contents that a file needs which was neither refused nor taken away, or a paper, or a letter."""
    return {
        str(each)
        for column, stands in _naming()
        for each in conn.scalars(select(column).where(among(conn, column, hashes), *stands))
    }


def all_needed(conn: Connection) -> Iterator[str]:
    """Every content that is needed, once each, in the order of their hashes."""
    whole = union(
        *(select(column.label("sha256")).where(column.is_not(None), *stands) for column, stands in _naming())
    )
    streamed = whole.order_by("sha256").execution_options(stream_results=True, max_row_buffer=2000)
    for (each,) in conn.execute(streamed):
        yield str(each)


def _naming() -> list[tuple[Any, list[ColumnElement[bool]]]]:
    """Each column that names contents of the storage, and which of its rows need them."""
    return [
        (Document.sha256, [Document.state != "refused", Document.removed_at.is_(None)]),
        (CopyPaper.sha256, []),
        (LetterFile.sha256, []),
        (MinutesPaper.sha256, []),
        (LetterBundle.sha256, []),
    ]
