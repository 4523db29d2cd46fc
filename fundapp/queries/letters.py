"""Whom a letter goes to, what it is about, and the letters that were made."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow, AnySelect
from fundapp.models import (
    Bid,
    BidVersion,
    Decision,
    Endorsement,
    Fund,
    Letter,
    LetterBundle,
    LetterFile,
    Organisation,
    Person,
    Round,
)
from fundapp.queries.locks import chunks
from fundapp.queries.reading import apart_of

#: Letters that say how a bid was decided.
DECISIONS = ("award", "feedback")


def addressees(conn: Connection, bid_ids: Sequence[int]) -> dict[int, AnyRow]:
    """For each bid: title, organisation, applicant (unless erased), address, fund, its terms, round, deadlines, endorser."""
    endorser = aliased(Person)
    standing = (
        select(func.max(Endorsement.id))
        .where(Endorsement.bid_id == Bid.id, Endorsement.answer == "endorse")
        .correlate(Bid)
        .scalar_subquery()
    )
    found: dict[int, AnyRow] = {}
    for part in chunks(bid_ids):
        asked = (
            select(
                Bid.id, Bid.reference, Bid.title, Bid.due_at, Person.name.label("applicant"),
                func.coalesce(Organisation.name, "").label("organisation"),
                Organisation.address, Fund.name.label("fund"), Fund.terms, Round.title.label("round"), Round.report_by,
                Round.signatories,
                endorser.name.label("endorser"), BidVersion.answers,
            )
        .select_from(Bid)
            .join(Round, Round.id == Bid.round_id)
            .join(Fund, Fund.id == Bid.fund_id)
            .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
            .outerjoin(Person, Person.id == Bid.applicant_id)
            .outerjoin(Endorsement, Endorsement.id == standing)
            .outerjoin(endorser, and_(endorser.id == Endorsement.person_id, endorser.show_name))
            .outerjoin(BidVersion, and_(BidVersion.bid_id == Bid.id, BidVersion.number == Bid.version_number))
            .where(Bid.id.in_(part))
        )  # fmt: skip
        found.update((row.id, row) for row in conn.execute(asked))
    return found


def count(conn: Connection, bid_id: int, kind: str) -> int:
    """How many letters of a kind a bid has had."""
    return int(
        conn.execute(select(func.count()).where(Letter.bid_id == bid_id, Letter.kind == kind)).scalar_one()
    )


def newest(conn: Connection, bid_id: int) -> AnyRow | None:
    """The letter that counts for a bid, of its award or of feedback: (id, kind, number, facts, made_at)."""
    return conn.execute(_newest(), {"bid_id": bid_id, "kinds": DECISIONS}).one_or_none()


def acceptance(conn: Connection, bid_id: int) -> AnyRow | None:
    """The newest countersigned copy of a bid's award: (id, kind, number, facts, made_at)."""
    return conn.execute(_newest(), {"bid_id": bid_id, "kinds": ("acceptance",)}).one_or_none()


@cache
def _newest() -> AnySelect:
    return (
        select(Letter.id, Letter.kind, Letter.number, Letter.facts, Letter.made_at)
        .where(Letter.bid_id == bindparam("bid_id"), Letter.kind.in_(bindparam("kinds", expanding=True)))
        .order_by(Letter.id.desc())
        .limit(1)
    )


def by_id(conn: Connection, letter_id: int) -> AnyRow | None:
    """A letter with its bid's reference."""
    asked = (
        select(
            Letter.id, Letter.bid_id, Letter.kind, Letter.number, Letter.facts, Letter.made_at, Bid.reference
        )
        .join(Bid, Bid.id == Letter.bid_id)
        .where(Letter.id == letter_id)
    )
    return conn.execute(asked).one_or_none()


def of_round(conn: Connection, round_id: int) -> list[AnyRow]:
    """The letter that counts of every bid of a round that has one, in order of bids: (id, bid_id, kind, facts, reference)."""
    newest_ids = (
        select(func.max(Letter.id))
        .join(Bid, Bid.id == Letter.bid_id)
        .where(Bid.round_id == round_id, Letter.kind.in_(DECISIONS))
    )
    asked = (
        select(Letter.id, Letter.bid_id, Letter.kind, Letter.number, Letter.facts, Bid.reference)
        .join(Bid, Bid.id == Letter.bid_id)
        .where(Letter.id.in_(newest_ids.group_by(Letter.bid_id)))
        .order_by(Letter.bid_id)
    )
    return list(conn.execute(asked))


def staged(conn: Connection, round_id: int) -> list[AnyRow]:
    """Every decision of a round that has a letter to come, with names, so for those who may see them; awards first.

    (bid_id, reference, title, organisation, outcome, amount_pence, asked_pence)
    """
    return list(conn.execute(_staged(), {"round": round_id}))


@cache
def _staged() -> AnySelect:
    return (
        select(
            Decision.bid_id, Bid.reference, Bid.title, Organisation.name.label("organisation"), Decision.outcome,
            Decision.amount_pence, Bid.amount_pence.label("asked_pence"),
        )
        .join(Bid, Bid.id == Decision.bid_id)
        .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
        .where(Decision.round_id == bindparam("round"), Bid.state == "reviewed")
        .order_by(Decision.outcome, Bid.id)
    )  # fmt: skip


def to_make(conn: Connection, letter_ids: Sequence[int]) -> list[AnyRow]:
    """Letters with all that their files are made from, the letter that each replaces, and its file's SHA-256 if it has one."""
    return list(conn.execute(_to_make(), {"ids": list(letter_ids)}))


@cache
def _to_make() -> AnySelect:
    before = aliased(Letter)
    return (
        select(
            Letter.id, Letter.bid_id, Letter.kind, Letter.number, Letter.facts, Letter.code, Letter.made_at, Bid.reference,
            before.code.label("replaced_code"), LetterFile.sha256,
        )
        .join(Bid, Bid.id == Letter.bid_id)
        .outerjoin(before, before.id == Letter.replaces_id)
        .outerjoin(LetterFile, LetterFile.letter_id == Letter.id)
        .where(Letter.id.in_(bindparam("ids", expanding=True)))
        .order_by(Letter.id)
    )  # fmt: skip


def without_file(conn: Connection, round_id: int) -> list[int]:
    """The letters of a round that have no file yet, the newest of each bid and kind or not, in order of id."""
    asked = (
        select(Letter.id)
        .join(Bid, Bid.id == Letter.bid_id)
        .outerjoin(LetterFile, LetterFile.letter_id == Letter.id)
        .where(Bid.round_id == round_id, LetterFile.id.is_(None))
        .order_by(Letter.id)
    )
    return list(conn.scalars(asked))


def bids_of(conn: Connection, letter_ids: Sequence[int]) -> dict[int, int]:
    """The bid of each letter."""
    return dict(conn.execute(select(Letter.id, Letter.bid_id).where(Letter.id.in_(letter_ids))).all())


def files_of(conn: Connection, letter_ids: Sequence[int]) -> dict[int, str]:
    """The SHA-256 of each letter's kept file; a letter without one is left out."""
    asked = select(LetterFile.letter_id, LetterFile.sha256).where(LetterFile.letter_id.in_(letter_ids))
    return dict(conn.execute(asked).all())


def file_of(conn: Connection, letter_id: int) -> AnyRow | None:
    """The kept file of a letter: (id, sha256, size); None while it is not made."""
    return conn.execute(_file_of(), {"letter": letter_id}).one_or_none()


@cache
def _file_of() -> AnySelect:
    return select(LetterFile.id, LetterFile.sha256, LetterFile.size).where(
        LetterFile.letter_id == bindparam("letter")
    )


def bundled(conn: Connection, round_id: int, person: int) -> list[AnyRow]:
    """The letters that `of_round` names: (id, bid_id, kind, reference, made_at, sha256, size, apart).

    `sha256` and `size` are None while its file is not made. `apart`: this person stands apart from the bid.
    """
    return list(conn.execute(_bundled(), {"round": round_id, "person": person}))


@cache
def _bundled() -> AnySelect:
    newest = (
        select(func.max(Letter.id))
        .join(Bid, Bid.id == Letter.bid_id)
        .where(Bid.round_id == bindparam("round"), Letter.kind.in_(DECISIONS))
        .group_by(Letter.bid_id)
    )
    person = bindparam("person", type_=Person.id.type)
    return (
        select(
            Letter.id, Letter.bid_id, Letter.kind, Bid.reference, Letter.made_at, LetterFile.sha256, LetterFile.size,
            Bid.id.in_(apart_of(person)).label("apart"),
        )
        .join(Bid, Bid.id == Letter.bid_id)
        .outerjoin(LetterFile, LetterFile.letter_id == Letter.id)
        .where(Letter.id.in_(newest))
        .order_by(Letter.bid_id)
    )  # fmt: skip


def bundle(conn: Connection, tells: str) -> AnyRow | None:
    """The bundle of just these letters that was asked for, made or not."""
    return conn.execute(_bundle(), {"tells": tells}).one_or_none()


@cache
def _bundle() -> AnySelect:
    return select(*LetterBundle.__table__.columns).where(LetterBundle.tells == bindparam("tells"))


def late(conn: Connection, before: datetime) -> list[AnyRow]:
    """Rounds with letters that were written before a moment and have no file yet: (round_id, newest letter)."""
    asked = (
        select(Bid.round_id, func.max(Letter.id).label("newest"))
        .join(Bid, Bid.id == Letter.bid_id)
        .outerjoin(LetterFile, LetterFile.letter_id == Letter.id)
        .where(LetterFile.id.is_(None), Letter.made_at < before)
        .group_by(Bid.round_id)
        .order_by(Bid.round_id)
    )
    return list(conn.execute(asked))
