"""What the guards ask about paying: bank details, variations that wait, and the pot."""

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from fundapp.database import AnyRow
from fundapp.models import Award, Income, Payee, Payment, Round, Variation
from fundapp.queries.locks import chunks

#: Payments whose money has left, or is about to.
OUT = ("sent", "paid")


def payees(conn: Connection, bid_ids: Sequence[int]) -> tuple[dict[int, AnyRow], dict[int, AnyRow]]:
    """For each bid, the bank details that stand, and those of a change under way: (id, state, given_by, cools_until)."""
    standing: dict[int, AnyRow] = {}
    asked_for: dict[int, AnyRow] = {}
    for part in chunks(bid_ids):
        asked = select(
            Payee.bid_id,
            Payee.id,
            Payee.state,
            Payee.given_by,
            Payee.cools_until,
            Payee.confirmed_at,
            Payee.bank_answer,
            Payee.bank_answer_by,
            Payee.vouched_by,
        ).where(Payee.bid_id.in_(part), Payee.state.in_(("standing", "asked", "confirmed")))
        for row in conn.execute(asked):
            (standing if row.state == "standing" else asked_for)[row.bid_id] = row
    return standing, asked_for


def in_doubt(bank_answer: str | None, vouched_by: int | None) -> bool:
    """Whether the bank knows an account by another name, and nobody else has made sure that it is theirs."""
    return bank_answer == "no_match" and vouched_by is None


def payee_count(conn: Connection, bid_id: int) -> int:
    """How many bank details a bid has had."""
    return int(conn.execute(select(func.count()).where(Payee.bid_id == bid_id)).scalar_one())


def variations(conn: Connection, bid_ids: Sequence[int]) -> dict[int, AnyRow]:
    """The variation of each bid's award that waits for its applicant."""
    found: dict[int, AnyRow] = {}
    for part in chunks(bid_ids):
        asked = select(Variation.__table__).where(Variation.bid_id.in_(part), Variation.outcome.is_(None))
        found.update((row.bid_id, row) for row in conn.execute(asked))
    return found


def variation_count(conn: Connection, award_id: int) -> int:
    """How many variations of an award were proposed."""
    return int(conn.execute(select(func.count()).where(Variation.award_id == award_id)).scalar_one())


def came_in(conn: Connection, funds: Sequence[int]) -> dict[int, tuple[int, dict[int, int]]]:
    """The money of each fund that came in and stands: (for no round in particular, by round), in pence."""
    asked = (
        select(Income.fund_id, Income.round_id, func.sum(Income.amount_pence))
        .where(Income.fund_id.in_(funds), Income.voided_at.is_(None))
        .group_by(Income.fund_id, Income.round_id)
    )
    general, earmarked = dict.fromkeys(funds, 0), {fund: dict[int, int]() for fund in funds}
    for fund, round_id, pence in conn.execute(asked):
        if round_id is None:
            general[fund] = int(pence)
        else:
            earmarked[fund][round_id] = int(pence)
    return {fund: (general[fund], earmarked[fund]) for fund in funds}


def pot(conn: Connection, fund_id: int) -> tuple[int, dict[int, int], dict[int, int]]:
    """A fund's general money, its earmarked money by round, and what left by round, in pence: for `domain.pot`."""
    general, earmarked = came_in(conn, [fund_id])[fund_id]
    left = (
        select(Award.round_id, func.sum(Payment.amount_pence))
        .join(Award, Award.id == Payment.award_id)
        .join(Round, Round.id == Award.round_id)
        .where(Payment.state.in_(OUT), Round.fund_id == fund_id)
        .group_by(Award.round_id)
    )
    return general, earmarked, {round_id: int(pence) for round_id, pence in conn.execute(left)}
