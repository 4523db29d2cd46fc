"""The accounts that funds pay from."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Connection, bindparam, exists, func, select
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow, AnySelect
from fundapp.models import Award, Fund, Payer, Payment, Person, Round


def newest_confirmed(conn: Connection, fund: int) -> AnyRow | None:
    """The account that a fund pays from: its columns, the numbers encrypted still (`services.payers.account_of`)."""
    return conn.execute(_newest(confirmed=True), {"fund": fund}).one_or_none()


def newest(conn: Connection, fund: int) -> AnyRow | None:
    """The account that was set last, confirmed or not."""
    return conn.execute(_newest(confirmed=False), {"fund": fund}).one_or_none()


@cache
def _newest(*, confirmed: bool) -> AnySelect:
    setter, confirmer = aliased(Person), aliased(Person)
    asked = (
        select(Payer.__table__, setter.name.label("setter"), confirmer.name.label("confirmer"))
        .join(setter, setter.id == Payer.set_by)
        .outerjoin(confirmer, confirmer.id == Payer.confirmed_by)
        .where(Payer.fund_id == bindparam("fund"))
        .order_by(Payer.number.desc())
        .limit(1)
    )
    return asked.where(Payer.confirmed_at.is_not(None)) if confirmed else asked


def count(conn: Connection, fund: int) -> int:
    """How many accounts a fund has had."""
    return int(conn.execute(select(func.count()).where(Payer.fund_id == fund)).scalar_one())


def funds(conn: Connection, within: Sequence[int] | None) -> list[AnyRow]:
    """The funds, of those that somebody may see: (id, name)."""
    asked = select(Fund.id, Fund.name).order_by(Fund.id)
    return list(conn.execute(asked if within is None else asked.where(Fund.id.in_(within))))


def waiting(conn: Connection, within: Sequence[int] | None) -> list[AnyRow]:
    """Accounts set last and not confirmed, oldest first: (fund_id, set_by, set_at)."""
    later = aliased(Payer)
    asked = (
        select(Payer.fund_id, Payer.set_by, Payer.set_at)
        .outerjoin(later, (later.fund_id == Payer.fund_id) & (later.number > Payer.number))
        .where(Payer.confirmed_at.is_(None), later.id.is_(None))
        .order_by(Payer.set_at, Payer.id)
    )
    return list(conn.execute(asked if within is None else asked.where(Payer.fund_id.in_(within))))


def unset(conn: Connection, within: Sequence[int] | None) -> list[AnyRow]:
    """Funds with payments that are approved, and no account to pay them from: (id, name)."""
    approved = exists().where(
        Payment.award_id == Award.id, Award.round_id == Round.id, Round.fund_id == Fund.id,
        Payment.state == "approved",
    )  # fmt: skip
    none = ~exists().where(Payer.fund_id == Fund.id)
    asked = select(Fund.id, Fund.name).where(approved, none).order_by(Fund.id)
    return list(conn.execute(asked if within is None else asked.where(Fund.id.in_(within))))
