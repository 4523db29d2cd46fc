"""Bank details of bids."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, Connection, and_, bindparam, exists, or_, select
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow, AnySelect
from fundapp.models import Account, Award, Bid, CoApplicant, Organisation, Payee, Payment, Person
from fundapp.queries.locks import chunks

#: States of a change that has not ended: one at a time.
UNDER_WAY = ("asked", "confirmed")

Funds = Sequence[int] | None


def changing(conn: Connection, bid_id: int) -> tuple[int, int] | None:
    """The ids of the bank details that stand and of the confirmed ones that follow; None without both."""
    asked = select(Payee.state, Payee.id).where(
        Payee.bid_id == bid_id, Payee.state.in_(("standing", "confirmed"))
    )
    found = dict(conn.execute(asked).all())
    return (found["standing"], found["confirmed"]) if set(found) == {"standing", "confirmed"} else None


def approved_payments(conn: Connection, bid_id: int) -> list[int]:
    """Payments of a bid that are approved and not sent."""
    return list(
        conn.scalars(
            select(Payment.id)
            .where(Payment.bid_id == bid_id, Payment.state == "approved")
            .order_by(Payment.id)
        )
    )


def of_bid(conn: Connection, bid_id: int) -> list[AnyRow]:
    """Every row of a bid's bank details, newest first, with the names of who gave and who confirmed them."""
    return list(conn.execute(_of_bid(), {"bid": bid_id}))


@cache
def _of_bid() -> AnySelect:
    giver, confirmer, voucher = aliased(Person), aliased(Person), aliased(Person)
    return (
        select(
            Payee.__table__, giver.name.label("giver"), confirmer.name.label("confirmer"), voucher.name.label("voucher"),
            Bid.fund_id, Bid.reference,
        )
        .join(Bid, Bid.id == Payee.bid_id)
        .join(giver, giver.id == Payee.given_by)
        .outerjoin(confirmer, confirmer.id == Payee.confirmed_by)
        .outerjoin(voucher, voucher.id == Payee.vouched_by)
        .where(Payee.bid_id == bindparam("bid"))
        .order_by(Payee.number.desc())
    )  # fmt: skip


def by_ids(conn: Connection, ids: Sequence[int]) -> list[AnyRow]:
    """Rows of bank details as they lie, in order of id: (id, bid_id, holder_name, kind, sealed, data_key_id)."""
    found: list[AnyRow] = []
    for part in chunks(sorted(set(ids))):
        asked = select(
            Payee.id, Payee.bid_id, Payee.holder_name, Payee.kind, Payee.sealed, Payee.data_key_id
        ).where(Payee.id.in_(part)).order_by(Payee.id)  # fmt: skip
        found.extend(conn.execute(asked))
    return found


def waiting(conn: Connection, funds: Funds, limit: int, after: int = 0) -> list[AnyRow]:
    """Changes under way and accounts in doubt, the oldest first: with bid, group, applicant and giver, and what stood before."""
    giver, applicant, before = aliased(Person), aliased(Person), aliased(Payee)
    asked = (
        select(
            Payee.id, Payee.state, Payee.version, Payee.given_at, Payee.given_by, Payee.cools_until, Payee.account_ends,
            Payee.bid_id, Bid.reference, Bid.title, Bid.fund_id, Organisation.name.label("organisation"),
            giver.name.label("giver"), applicant.name.label("applicant"), before.account_ends.label("before_ends"),
        )
        .join(Bid, Bid.id == Payee.bid_id)
        .join(giver, giver.id == Payee.given_by)
        .outerjoin(applicant, applicant.id == Bid.applicant_id)
        .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
        .outerjoin(before, (before.bid_id == Payee.bid_id) & (before.state == "standing"))
        .where(or_(Payee.state.in_(UNDER_WAY), _in_doubt()), Payee.id > after)
        .order_by(Payee.id)
        .limit(limit)
    )  # fmt: skip
    return list(conn.execute(asked if funds is None else asked.where(Bid.fund_id.in_(funds))))


def _in_doubt() -> ColumnElement[bool]:
    """The bank knows the account that is used by another name, and nobody has made sure of it: see `paying.in_doubt`."""
    return and_(Payee.state == "standing", Payee.bank_answer == "no_match", Payee.vouched_by.is_(None))


def asked_of_officers(conn: Connection, funds: Funds, limit: int) -> list[AnyRow]:
    """Changes and accounts in doubt that wait for an officer, for a desk: (bid_id, state, given_by, given_at, bank_answer_by)."""
    asked = (
        select(Payee.bid_id, Payee.state, Payee.given_by, Payee.given_at, Payee.bank_answer_by)
        .join(Bid, Bid.id == Payee.bid_id)
        .where(or_(Payee.state == "asked", _in_doubt()))
        .order_by(Payee.given_at, Payee.id)
        .limit(limit)
    )
    return list(conn.execute(asked if funds is None else asked.where(Bid.fund_id.in_(funds))))


def cooled(conn: Connection, at: datetime) -> list[int]:
    """Bids whose change of bank details was confirmed and has waited its days."""
    asked = (
        select(Payee.bid_id)
        .where(Payee.state == "confirmed", Payee.cools_until <= at)
        .order_by(Payee.cools_until, Payee.id)
    )
    return list(conn.scalars(asked))


def without_details(conn: Connection, before: datetime) -> list[AnyRow]:
    """Awards accepted before a moment for which no bank details were given: (id, bid_id, accepted_at)."""
    given = exists().where(Payee.bid_id == Award.bid_id)
    asked = (
        select(Award.id, Award.bid_id, Award.accepted_at)
        .join(Bid, Bid.id == Award.bid_id)
        .where(Award.state == "accepted", Award.accepted_at <= before, ~given, Bid.applicant_id.is_not(None))
        .order_by(Award.id)
    )
    return list(conn.execute(asked))


def given(conn: Connection, bid_id: int) -> bool:
    """Whether bank details were ever given for a bid."""
    return bool(conn.execute(select(exists().where(Payee.bid_id == bid_id))).scalar())


@dataclass(frozen=True, slots=True)
class Contact:
    """An address by which an applicant is reached; `part` is applicant or together."""

    name: str
    email: str
    part: str


def contacts(conn: Connection, bid_id: int) -> list[Contact]:
    """Whom a bid's applicants are reached by, each address once: the applicant's own and every one that they sign in
    with, then those of who bids together, while they do.
    """
    applicants = (
        select(Person.name, Person.email, Account.email.label("signs_in"))
        .select_from(Bid)
        .join(Person, Person.id == Bid.applicant_id)
        .outerjoin(Account, (Account.person_id == Person.id) & Account.confirmed_at.is_not(None))
        .where(Bid.id == bid_id)
        .order_by(Account.id)
    )
    others = (
        select(Person.name, Person.email)
        .join(CoApplicant, CoApplicant.person_id == Person.id)
        .where(CoApplicant.bid_id == bid_id, CoApplicant.to_at.is_(None))
        .order_by(CoApplicant.id)
    )
    found: dict[str, Contact] = {}
    for one in conn.execute(applicants):
        for address in (one.email, one.signs_in):
            if address:
                found.setdefault(address.lower(), Contact(one.name, address, "applicant"))
    for friend in conn.execute(others):
        if friend.email:
            found.setdefault(friend.email.lower(), Contact(friend.name, friend.email, "together"))
    return list(found.values())
