"""A person's second factor."""

from sqlalchemy import Connection, func, select

from fundapp.database import AnyRow
from fundapp.models import RecoveryCode, SecondFactor


def factor(conn: Connection, person: int) -> AnyRow | None:
    """(id, person_id, secret_sealed, made_at, confirmed_at, last_step)."""
    asked = select(
        SecondFactor.id, SecondFactor.person_id, SecondFactor.secret_sealed, SecondFactor.made_at,
        SecondFactor.confirmed_at, SecondFactor.last_step,
    ).where(SecondFactor.person_id == person)  # fmt: skip
    return conn.execute(asked).one_or_none()


def codes_left(conn: Connection, person: int) -> int:
    """How many recovery codes of a person were not used."""
    asked = (
        select(func.count())
        .select_from(RecoveryCode)
        .where(RecoveryCode.person_id == person, RecoveryCode.used_at.is_(None))
    )
    return int(conn.execute(asked).scalar_one())
