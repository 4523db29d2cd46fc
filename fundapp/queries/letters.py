"""Whom a letter goes to, what it is about, and the letters that were made."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Connection, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow, AnySelect
from fundapp.models import Bid, BidVersion, Decision, Endorsement, Fund, Letter, Organisation, Person, Round
from fundapp.queries.locks import chunks


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


def award_letters(conn: Connection, bid_id: int) -> int:
    """How many award letters a bid has had."""
    return int(
        conn.execute(select(func.count()).where(Letter.bid_id == bid_id, Letter.kind == "award")).scalar_one()
    )


def newest(conn: Connection, bid_id: int) -> AnyRow | None:
    """The letter that counts for a bid: (id, kind, number, facts, made_at)."""
    return conn.execute(_newest(), {"bid_id": bid_id}).one_or_none()


@cache
def _newest() -> AnySelect:
    return (
        select(Letter.id, Letter.kind, Letter.number, Letter.facts, Letter.made_at)
        .where(Letter.bid_id == bindparam("bid_id"))
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
    """The newest letter of every bid of a round that has one, in order of bids: (id, bid_id, kind, facts, reference)."""
    newest_ids = (
        select(func.max(Letter.id)).join(Bid, Bid.id == Letter.bid_id).where(Bid.round_id == round_id)
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
