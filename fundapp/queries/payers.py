"""The accounts that funds pay from."""

from functools import cache

from sqlalchemy import Connection, Select, bindparam, select

from fundapp.database import AnyRow
from fundapp.models import Payer


@cache
def _newest_confirmed() -> Select[AnyRow]:
    return (
        select(Payer.__table__)
        .where(Payer.fund_id == bindparam("fund"), Payer.confirmed_at.is_not(None))
        .order_by(Payer.number.desc())
        .limit(1)
    )


def newest_confirmed(conn: Connection, fund: int) -> AnyRow | None:
    """The account that a fund pays from: its columns, the numbers still encrypted (`services.bank_details.payer_numbers`)."""
    return conn.execute(_newest_confirmed(), {"fund": fund}).one_or_none()
