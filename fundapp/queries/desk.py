"""What waits for a person, one query for each kind of thing."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, exists, func, or_, select

from fundapp.database import AnyRow, AnySelect
from fundapp.models import (
    Assignment,
    Award,
    Bid,
    Cancellation,
    Decision,
    Draft,
    EndorsementRequest,
    OfficeHolding,
    Outbox,
    Payee,
    Payment,
    Report,
    Review,
    Round,
    Variation,
)
from fundapp.queries import blind, lists
from fundapp.queries import newest as newest_of
from fundapp.queries.reading import apart_of

#: Things of one kind that a desk names one by one; the rest are counted.
MOST = 200

Funds = Sequence[int] | None


def _within(asked: AnySelect, column: Any, funds: Funds) -> AnySelect:
    return asked if funds is None else asked.where(column.in_(funds))


def own_bids(conn: Connection, person: int) -> list[AnyRow]:
    """Bids that a person makes and that have not ended, with their award and report; drafts with their answers."""
    return list(conn.execute(_own_bids(), {"person": person}))


@cache
def _own_bids() -> AnySelect:
    banked = exists().where(Payee.bid_id == Bid.id)
    theirs = Bid.applicant_id == bindparam("person")  # whoever bids together has nothing to do there
    return (
        select(
            Bid.id, Bid.reference, Bid.title, Bid.state, Bid.since, Bid.due_at, Bid.amount_pence, Bid.holding_id,
            Round.title.label("round"), Round.decide_by, Draft.answers, Award.state.label("award_state"),
            Award.amount_pence.label("awarded_pence"), Award.offer_until, Report.state.label("report_state"),
            Report.due_on, Report.since.label("report_since"), Award.accepted_at, banked.label("banked"),
            Variation.proposed_at.label("change_proposed_at"),
        )
        .join(Round, Round.id == Bid.round_id)
        .outerjoin(Draft, and_(Draft.bid_id == Bid.id, Bid.state.in_(("draft", "returned"))))
        .outerjoin(Award, Award.bid_id == Bid.id)
        .outerjoin(Report, Report.bid_id == Bid.id)
        .outerjoin(
            Variation,
            and_(Variation.award_id == Award.id, Variation.outcome.is_(None), Award.state == "accepted"),
        )
        .where(theirs, Bid.state.in_(("draft", "returned", "submitted", "endorsed", "reviewed", "awarded")))
        .order_by(Bid.id)
        .limit(MOST)
    )  # fmt: skip


def requests(conn: Connection, person: int) -> list[AnyRow]:
    """Bids that wait for this person's answer as their representative."""
    return list(conn.execute(_requests(), {"person": person}))


@cache
def _requests() -> AnySelect:
    return (
        select(Bid.reference, Bid.title, Bid.due_at, EndorsementRequest.asked_at, Round.title.label("round"))
        .join(EndorsementRequest, EndorsementRequest.bid_id == Bid.id)
        .join(OfficeHolding, OfficeHolding.id == EndorsementRequest.holding_id)
        .join(Round, Round.id == Bid.round_id)
        .where(
            OfficeHolding.person_id == bindparam("person"),
            EndorsementRequest.void_at.is_(None),
            EndorsementRequest.answered_at.is_(None),
            Bid.state == "submitted",
        )
        .order_by(Bid.due_at, Bid.id)
        .limit(MOST)
    )


def piles(conn: Connection, person: int) -> list[AnyRow]:
    """Rounds in which a reviewer has bids that can be read now: (code, title, panel_by, to_read, given)."""
    return [row for row in conn.execute(_piles(), {"person": person}) if row.to_read]


@cache
def _piles() -> AnySelect:
    done = exists().where(Review.bid_id == Assignment.bid_id, Review.person_id == bindparam("person"))
    hidden = lists.hidden(bindparam("person", type_=Bid.applicant_id.type))
    return (
        select(
            Round.code, Round.title, Round.panel_by, func.sum(case((or_(done, ~blind.ready()), 0), else_=1)).label("to_read"),
            func.count().label("given"),
        )
        .select_from(Assignment)
        .join(Bid, Bid.id == Assignment.bid_id)
        .join(Round, Round.id == Bid.round_id)
        .where(
            Assignment.person_id == bindparam("person"), Assignment.ended_at.is_(None), Round.state == "panel",
            Bid.state == "endorsed", ~hidden,
        )
        .group_by(Round.id, Round.code, Round.title, Round.panel_by)
        .order_by(Round.panel_by, Round.id)
    )  # fmt: skip


def tables(conn: Connection, person: int, funds: Funds) -> list[AnyRow]:
    """Rounds at the panel with what is left to do: (to_give, to_conclude, to_decide, open, staged).

    `open` counts the bids that still stand in the way of a release, hidden ones among them; the other counts leave out
    what the chair has a part or an interest in.
    """
    reviews = (
        select(func.count(Review.person_id.distinct()))
        .where(Review.bid_id == Bid.id, ~newest_of.set_aside())
        .correlate(Bid)
        .scalar_subquery()
    )
    readers = (
        select(func.count())
        .where(Assignment.bid_id == Bid.id, Assignment.ended_at.is_(None))
        .correlate(Bid)
        .scalar_subquery()
    )
    # Over every bid of a round: what is kept from them is gathered once, not asked of each.
    seen = Bid.id.not_in(apart_of(person))

    def count(*when: Any) -> Any:
        return func.sum(case((and_(*when), 1), else_=0))

    asked = (
        select(
            Round.code, Round.title, Round.panel_by, Round.decide_by,
            count(seen, Bid.state == "endorsed", readers < Round.reviews_needed).label("to_give"),
            count(seen, Bid.state == "endorsed", reviews >= Round.reviews_needed).label("to_conclude"),
            count(seen, Bid.state == "reviewed", Decision.id.is_(None)).label("to_decide"),
            count(
                or_(
                    Bid.state.in_(("draft", "returned", "submitted", "endorsed")),
                    and_(Bid.state == "reviewed", Decision.id.is_(None)),
                )
            ).label("open"),
            count(Bid.state == "reviewed", Decision.id.is_not(None)).label("staged"),
        )
        .join(Bid, Bid.round_id == Round.id)
        .outerjoin(Decision, Decision.bid_id == Bid.id)
        .where(Round.state == "panel")
        .group_by(Round.id, Round.code, Round.title, Round.panel_by, Round.decide_by)
        .order_by(Round.panel_by, Round.id)
    )  # fmt: skip
    return list(conn.execute(_within(asked, Round.fund_id, funds)))


def to_schedule(conn: Connection, funds: Funds, person: int) -> AnyRow:
    """Accepted awards that are not wholly scheduled, of bids that are this person's to see: (how many, the oldest)."""
    planned = (
        select(func.coalesce(func.sum(Payment.amount_pence), 0))
        .where(Payment.award_id == Award.id, Payment.state != "cancelled")
        .correlate(Award)
        .scalar_subquery()
    )
    asked = (
        select(func.count().label("many"), func.min(Award.accepted_at).label("oldest"))
        .select_from(Award)
        .join(Bid, Bid.id == Award.bid_id)
        .where(Award.state == "accepted", planned < Award.amount_pence, ~lists.hidden(person))
    )
    return conn.execute(_within(asked, Bid.fund_id, funds)).one()


def payments(conn: Connection, funds: Funds, person: int, states: Sequence[str]) -> dict[str, AnyRow]:
    """Payments by state, of bids that are this person's to see.

    (count, pence, due first, count of those this person did not schedule, their pence)
    """
    others = Payment.scheduled_by != person
    asked = (
        select(
            Payment.state, func.count().label("many"), func.sum(Payment.amount_pence).label("pence"),
            func.min(Payment.due_on).label("due_on"), func.sum(case((others, 1), else_=0)).label("others"),
            func.sum(case((others, Payment.amount_pence), else_=0)).label("others_pence"),
        )
        .join(Bid, Bid.id == Payment.bid_id)
        .where(Payment.state.in_(states), ~lists.hidden(person))
        .group_by(Payment.state)
    )  # fmt: skip
    return {row.state: row for row in conn.execute(_within(asked, Bid.fund_id, funds))}


def rounds_to_start(conn: Connection, funds: Funds) -> list[AnyRow]:
    """Rounds that are closed and whose panel has not begun: (code, title, panel_by, backed)."""
    backed = (
        select(func.count())
        .where(Bid.round_id == Round.id, Bid.state == "endorsed")
        .correlate(Round)
        .scalar_subquery()
    )
    asked = (
        select(Round.code, Round.title, Round.panel_by, backed.label("backed"))
        .where(Round.state == "closed")
        .order_by(Round.panel_by, Round.id)
    )
    return list(conn.execute(_within(asked, Round.fund_id, funds)))


def reports_filed(conn: Connection, funds: Funds, person: int) -> list[AnyRow]:
    """Reports to be read, those this person did not write."""
    asked = (
        select(Bid.id, Bid.reference, Bid.title, Report.filed_at, Round.title.label("round"))
        .join(Report, Report.bid_id == Bid.id)
        .join(Round, Round.id == Bid.round_id)
        .where(Report.state == "filed", or_(Report.filed_by.is_(None), Report.filed_by != person))
        .order_by(Report.filed_at, Bid.id)
        .limit(MOST)
    )
    return list(conn.execute(_within(asked, Bid.fund_id, funds)))


def unasked(conn: Connection, funds: Funds) -> list[AnyRow]:
    """Submitted bids that nobody can be asked to back: no representative, or none with a confirmed address."""
    asked = (
        select(Bid.id, Bid.reference, Bid.title, Bid.due_at, Bid.holding_id, Round.title.label("round"))
        .join(Round, Round.id == Bid.round_id)
        .outerjoin(OfficeHolding, OfficeHolding.id == Bid.holding_id)
        .where(
            Bid.state == "submitted",
            or_(Bid.holding_id.is_(None), OfficeHolding.email.is_(None), OfficeHolding.source.is_(None)),
        )
        .order_by(Bid.due_at, Bid.id)
        .limit(MOST)
    )
    return list(conn.execute(_within(asked, Bid.fund_id, funds)))


def cancellations(conn: Connection, funds: Funds, person: int, at: datetime) -> list[AnyRow]:
    """Awards whose cancelling somebody else asked for, and which is not confirmed yet."""
    asked = (
        select(Bid.id, Bid.reference, Bid.title, Cancellation.expires_at, Round.title.label("round"))
        .join(Cancellation, Cancellation.bid_id == Bid.id)
        .join(Round, Round.id == Bid.round_id)
        .where(
            Bid.state == "awarded", Cancellation.confirmed_at.is_(None), Cancellation.expires_at > at,
            Cancellation.asked_by != person,
        )
        .order_by(Cancellation.expires_at, Bid.id)
        .limit(MOST)
    )  # fmt: skip
    return list(conn.execute(_within(asked, Bid.fund_id, funds)))


def to_finish(conn: Connection, funds: Funds) -> list[AnyRow]:
    """Awarded bids whose report is accepted and of which no payment is open."""
    open_payment = exists().where(
        Payment.bid_id == Bid.id, Payment.state.in_(("scheduled", "approved", "sent", "failed"))
    )
    asked = (
        select(Bid.id, Bid.reference, Bid.title, Report.accepted_at, Round.title.label("round"))
        .join(Report, Report.bid_id == Bid.id)
        .join(Round, Round.id == Bid.round_id)
        .where(Bid.state == "awarded", Report.state == "accepted", ~open_payment)
        .order_by(Report.accepted_at, Bid.id)
        .limit(MOST)
    )
    return list(conn.execute(_within(asked, Bid.fund_id, funds)))


def stuck(conn: Connection, funds: Funds, person: int) -> AnyRow:
    """Effects that were given up, of no bid or of one that is this person's to see: (how many, since when the oldest)."""
    seen = ~lists.hidden(person) if funds is None else and_(Bid.fund_id.in_(funds), ~lists.hidden(person))
    asked = (
        select(func.count().label("many"), func.min(Outbox.failed_at).label("oldest"))
        .select_from(Outbox)
        .outerjoin(Bid, Bid.id == Outbox.bid_id)
        .where(Outbox.failed_at.is_not(None), Outbox.done_at.is_(None), or_(Outbox.bid_id.is_(None), seen))
    )
    return conn.execute(asked).one()
