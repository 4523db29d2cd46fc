"""The words that a fund's letters are set in, version by version, and the bids that they can be looked at on."""

from collections.abc import Collection
from functools import cache

from sqlalchemy import Connection, and_, bindparam, func, select

from fundapp.database import AnyRow, AnySelect
from fundapp.models import Bid, Fund, Letter, Organisation, Person, Wording
from fundapp.queries.reading import apart_of


def newest(conn: Connection, kind: str, funds: Collection[int]) -> dict[int, AnyRow]:
    """The standing words of a kind of letter by fund: (id, fund_id, number, texts, made_by, made_at); none, none.

    A fund that is not among them has the usual words.
    """
    asked = {"kind": kind, "funds": sorted(funds)}
    return {row.fund_id: row for row in conn.execute(_newest(), asked)} if funds else {}


@cache
def _newest() -> AnySelect:
    last = (
        select(Wording.fund_id, func.max(Wording.number).label("number"))
        .where(Wording.kind == bindparam("kind"), Wording.fund_id.in_(bindparam("funds", expanding=True)))
        .group_by(Wording.fund_id)
        .subquery()
    )
    return (
        select(
            Wording.id,
            Wording.fund_id,
            Wording.kind,
            Wording.number,
            Wording.texts,
            Wording.made_by,
            Wording.made_at,
        )
        .join(last, and_(last.c.fund_id == Wording.fund_id, last.c.number == Wording.number))
        .where(Wording.kind == bindparam("kind"))
    )


def versions(conn: Connection, fund: int, kind: str) -> list[AnyRow]:
    """Every version of a fund's words for a kind, newest first: (id, number, texts, made_at, name of who made it)."""
    asked = (
        select(Wording.id, Wording.number, Wording.texts, Wording.made_at, Person.name)
        .outerjoin(Person, Person.id == Wording.made_by)
        .where(Wording.fund_id == fund, Wording.kind == kind)
        .order_by(Wording.number.desc())
    )
    return list(conn.execute(asked))


def version(conn: Connection, fund: int, kind: str, number: int) -> AnyRow | None:
    """One version: (id, number, texts, made_at, name of who made it)."""
    asked = (
        select(Wording.id, Wording.number, Wording.texts, Wording.made_at, Person.name)
        .outerjoin(Person, Person.id == Wording.made_by)
        .where(Wording.fund_id == fund, Wording.kind == kind, Wording.number == number)
    )
    return conn.execute(asked).one_or_none()


def standing(conn: Connection, funds: list[int] | None) -> list[AnyRow]:
    """Each fund with the newest version of each kind that was edited: (fund_id, fund, kind, number, made_at, name)."""
    last = select(func.max(Wording.id)).group_by(Wording.fund_id, Wording.kind)
    asked = (
        select(
            Fund.id.label("fund_id"),
            Fund.name.label("fund"),
            Wording.kind,
            Wording.number,
            Wording.made_at,
            Person.name,
        )
        .outerjoin(Wording, and_(Wording.fund_id == Fund.id, Wording.id.in_(last)))
        .outerjoin(Person, Person.id == Wording.made_by)
        .order_by(Fund.id)
    )
    if funds is not None:
        asked = asked.where(Fund.id.in_(funds))
    return list(conn.execute(asked))


def shown_on(conn: Connection, fund: int, kind: str, person: int, most: int) -> list[AnyRow]:
    """Bids of a fund that a person may look at the words on, those with a letter of the kind first and the newest first:
    (id, reference, title, organisation). Bids that the person stands apart from are left out.
    """
    last = (
        select(Letter.bid_id, func.max(Letter.id).label("letter"))
        .where(Letter.kind == kind)
        .group_by(Letter.bid_id)
        .subquery()
    )
    asked = (
        select(Bid.id, Bid.reference, Bid.title, Organisation.name.label("organisation"))
        .outerjoin(last, last.c.bid_id == Bid.id)
        .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
        .where(Bid.fund_id == fund, Bid.version_number > 0, Bid.id.not_in(apart_of(person)))
        .order_by(func.coalesce(last.c.letter, 0).desc(), Bid.id.desc())
        .limit(most)
    )
    return list(conn.execute(asked))


def letter_on(conn: Connection, bid: int, kind: str) -> AnyRow | None:
    """The newest letter of a kind that a bid has had: (id, facts)."""
    asked = (
        select(Letter.id, Letter.facts)
        .where(Letter.bid_id == bid, Letter.kind == kind)
        .order_by(Letter.id.desc())
        .limit(1)
    )
    return conn.execute(asked).one_or_none()
