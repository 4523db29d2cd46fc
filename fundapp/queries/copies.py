"""The frozen versions of a bid: each with its form, and the paper that was made of it."""

from functools import cache

from sqlalchemy import Connection, bindparam, select

from fundapp.database import AnyRow, AnySelect
from fundapp.models import Area, Bid, BidVersion, CopyPaper, FormVersion, Fund, Round


def version(conn: Connection, bid_id: int, number: int) -> AnyRow | None:
    """A frozen version with all that its paper says: (id, number, answers, questions, sha256, …, paper_sha256).

    `paper_sha256` and `paper_size` are null while no paper was made of it.
    """
    if not 0 < number < 2**31:
        return None
    return conn.execute(_version(), {"bid_id": bid_id, "number": number}).one_or_none()


@cache
def _version() -> AnySelect:
    return (
        select(
            BidVersion.id, BidVersion.bid_id, BidVersion.number, BidVersion.answers, BidVersion.amount_pence,
            BidVersion.sha256, BidVersion.frozen_at, FormVersion.questions, Bid.reference, Bid.title, Bid.place,
            Round.title.label("round"), Fund.name.label("fund"), Fund.terms,
            CopyPaper.sha256.label("paper_sha256"), CopyPaper.size.label("paper_size"),
        )
        .join(Bid, Bid.id == BidVersion.bid_id)
        .join(FormVersion, FormVersion.id == BidVersion.form_version_id)
        .join(Round, Round.id == Bid.round_id)
        .join(Fund, Fund.id == Bid.fund_id)
        .outerjoin(CopyPaper, CopyPaper.bid_version_id == BidVersion.id)
        .where(BidVersion.bid_id == bindparam("bid_id"), BidVersion.number == bindparam("number"))
    )  # fmt: skip


def versions(conn: Connection, bid_id: int) -> list[AnyRow]:
    """Every version of a bid, newest first: (number, frozen_at, amount_pence, sha256)."""
    return list(conn.execute(_versions(), {"bid_id": bid_id}))


@cache
def _versions() -> AnySelect:
    return (
        select(BidVersion.number, BidVersion.frozen_at, BidVersion.amount_pence, BidVersion.sha256)
        .where(BidVersion.bid_id == bindparam("bid_id"))
        .order_by(BidVersion.number.desc())
        .limit(100)
    )


def area_names(conn: Connection, areas: list[int]) -> dict[int, str]:
    """Names of areas by id."""
    return dict(conn.execute(select(Area.id, Area.name).where(Area.id.in_(areas))).all()) if areas else {}
