"""The locking loads, in the one order that cannot deadlock: fund, round, bids by id, each with its audit head."""

from collections import namedtuple
from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, select, text

from fundapp.audit import evidence
from fundapp.database import AnyRow, AnySelect, now_of
from fundapp.models import AuditHead, Award, Bid, Fund, Payee, Payment, Report, Round

#: Ids in one statement; PostgreSQL takes 65,535 parameters, SQLite 32,766.
CHUNK = 10_000

_ROUND = (
    Round.id, Round.fund_id, Round.code, Round.title, Round.state, Round.version, Round.since, Round.opens_at,
    Round.closes_at, Round.endorse_by, Round.panel_by, Round.decide_by, Round.report_by, Round.grace_days,
    Round.offer_days, Round.release_minutes, Round.publish_at, Round.budget_pence, Round.min_pence, Round.max_pence,
    Round.reviews_needed, Round.disagreement_limit, Round.rubric, Round.reasons, Round.blind, Round.home,
)  # fmt: skip
_HEAD = (AuditHead.subject, AuditHead.number, AuditHead.hash, AuditHead.mac)
_BID = (
    Bid.id, Bid.reference, Bid.fund_id, Bid.round_id, Bid.state, Bid.version, Bid.applicant_id, Bid.organisation_id,
    Bid.area_id, Bid.title, Bid.amount_pence, Bid.version_number, Bid.holding_id, Bid.backed_sha256, Bid.since,
    Bid.due_at, Bid.home,
)  # fmt: skip
#: A round that came along with its bid reads like the row of a round.
_RoundRow = namedtuple("_RoundRow", [column.key for column in _ROUND])  # type: ignore[misc]


def chunks(ids: Sequence[int]) -> list[Sequence[int]]:
    """The ids in order, at most CHUNK at a time."""
    return [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]


def rounds_of_bids(conn: Connection, bid_ids: Sequence[int]) -> dict[int, int]:
    """The round of each bid that exists. A bid never changes its round, so no lock is needed."""
    found: dict[int, int] = {}
    for part in chunks(bid_ids):
        found.update(conn.execute(select(Bid.id, Bid.round_id).where(Bid.id.in_(part))).all())
    return found


def rounds(
    conn: Connection, round_ids: Sequence[int], *, exclusive: bool, asking: bool = False
) -> dict[int, AnyRow]:
    """Rounds by id, each with the database's own `now`.

    Shared: nobody releases them meanwhile. Exclusive: no sums change. `asking` locks nothing: a page looks.
    """
    asked = _rounds(conn.dialect.name, None if asking else exclusive)
    return {row.id: row for row in conn.execute(asked, {"ids": list(round_ids)})}


def round_heads(conn: Connection, round_ids: Sequence[int], *, asking: bool = False) -> dict[int, AnyRow]:
    """Rounds with their audit heads, for a move of the round itself."""
    asked = _round_heads(conn.dialect.name, asking)
    return {row.id: row for row in conn.execute(asked, {"ids": list(round_ids)})}


def bid_in_round(
    conn: Connection, bid_id: int, *, exclusive: bool, asking: bool = False
) -> tuple[AnyRow, Any] | None:
    """One bid with its audit head and the database's `now`, and its round: both locked, the round first.

    The round as by `rounds`. Locked, the bid comes with what `evidence.saw` looks at. One statement, because a move
    costs what its statements cost.
    """
    asked = _bid_in_round(conn.dialect.name, None if asking else exclusive)
    row = conn.execute(asked, {"bid": bid_id}).one_or_none()
    return None if row is None else (row, _RoundRow._make(row[-len(_ROUND) :]))


def bids(conn: Connection, bid_ids: Sequence[int]) -> dict[int, AnyRow]:
    """Bids with their audit heads, locked in order of id."""
    found: dict[int, AnyRow] = {}
    for part in chunks(sorted(bid_ids)):
        found.update((row.id, row) for row in conn.execute(_bids(), {"ids": list(part)}))
    return found


# Built once each: building a statement anew costs more than running it. `now` differs by database.


@cache
def _rounds(dialect: str, exclusive: bool | None) -> AnySelect:
    asked = (
        select(*_ROUND, now_of(dialect))
        .where(Round.id.in_(bindparam("ids", expanding=True)))
        .order_by(Round.id)
    )
    return _held(asked, exclusive)


def _held(asked: AnySelect, exclusive: bool | None) -> AnySelect:
    if exclusive is None:
        return asked
    return asked.with_for_update(key_share=exclusive, read=not exclusive, of=Round)


@cache
def _round_heads(dialect: str, asking: bool) -> AnySelect:
    asked = (
        select(*_ROUND, *_HEAD, now_of(dialect))
        .join(AuditHead, AuditHead.subject == Round.home)
        .where(Round.id.in_(bindparam("ids", expanding=True)))
        .order_by(Round.id)
    )
    return asked if asking else asked.with_for_update(key_share=True, of=(Round, AuditHead))


@cache
def _bid_in_round(dialect: str, exclusive: bool | None) -> AnySelect:
    proof, events, on = evidence.left_by("bid", dialect)
    looks = exclusive is None
    asked = (
        select(
            *_BID, *_HEAD, now_of(dialect), *([] if looks else [Bid.source, *proof]),
            *(column.label(f"r_{column.key}") for column in _ROUND),
        )
        .join(AuditHead, AuditHead.subject == Bid.home)
        .join(Round, Round.id == Bid.round_id)
        .where(Bid.id == bindparam("bid"))
    )  # fmt: skip
    if looks:
        return asked
    asked = asked.outerjoin(events, on)
    if exclusive:
        return asked.with_for_update(key_share=True, of=(Round, Bid, AuditHead))
    # PostgreSQL locks in the order of the clauses: the round, then the bid, then its head.
    asked = asked.with_for_update(read=True, of=Round)
    return asked.suffix_with(text("FOR NO KEY UPDATE OF bid, audit_head"), dialect="postgresql")


@cache
def _bids() -> AnySelect:
    return (
        select(*_BID, *_HEAD)
        .join(AuditHead, AuditHead.subject == Bid.home)
        .where(Bid.id.in_(bindparam("ids", expanding=True)))
        .order_by(Bid.id)
        .with_for_update(key_share=True, of=(Bid, AuditHead))
    )


_HANGING: dict[str, type[Award] | type[Payee] | type[Payment] | type[Report]] = {
    "award": Award,
    "payee": Payee,
    "payment": Payment,
    "report": Report,
}


def hanging(conn: Connection, life: str, ids: Sequence[int]) -> dict[int, AnyRow]:
    """Awards, bank details, payments or reports by id. They are written only under their bid's lock, so that one suffices."""
    model = _HANGING[life]
    found: dict[int, AnyRow] = {}
    for part in chunks(ids):
        found.update((row.id, row) for row in conn.execute(select(model.__table__).where(model.id.in_(part))))
    return found


def bids_of(conn: Connection, life: str, ids: Sequence[int]) -> dict[int, int]:
    """The bid on which each award, row of bank details, payment or report hangs. It never changes."""
    model = _HANGING[life]
    found: dict[int, int] = {}
    for part in chunks(ids):
        found.update(conn.execute(select(model.id, model.bid_id).where(model.id.in_(part))).all())
    return found


def fund(conn: Connection, fund_id: int) -> AnyRow | None:
    """A fund, locked: donations and payment runs go one at a time."""
    asked = select(Fund.__table__).where(Fund.id == fund_id).with_for_update(key_share=True)
    return conn.execute(asked).one_or_none()


def directory(conn: Connection) -> None:
    """Two files are brought into the directory one after the other: each is compared with what the other left.

    SQLite takes one writer at a time anyway.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(7204193)"))
