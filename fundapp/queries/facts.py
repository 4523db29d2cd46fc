"""What the guards ask about: read under the lock, for one bid or for thousands in one statement."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    Connection,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.sql import CompoundSelect

from fundapp.database import AnyRow, AnySelect
from fundapp.domain import forms
from fundapp.models import (
    Assignment,
    Award,
    Bid,
    BidVersion,
    Cancellation,
    CoApplicant,
    Decision,
    Document,
    Draft,
    Endorsement,
    EndorsementRequest,
    FormVersion,
    OfficeHolding,
    Organisation,
    Payment,
    Report,
    Review,
    RoleGrant,
)
from fundapp.queries import grants
from fundapp.queries.locks import chunks
from workflows.roles import GRANTED

AnySelects: TypeAlias = CompoundSelect[*tuple[Any, ...]]

#: Award states whose money is taken from the round.
LIVE_AWARDS = ("offered", "accepted", "complete")
#: Payment states that count against the award.
LIVE_PAYMENTS = ("scheduled", "approved", "sent", "failed", "paid")
OPEN_PAYMENTS = ("scheduled", "approved", "sent", "failed")


@cache
def _parts_statement(wanted: frozenset[str], sought: frozenset[str], one: bool) -> AnySelects | None:
    """One statement for all the parts that people play: (bid, part, person, row, fund); None if nothing is asked.

    For one bid it compares, for many it takes a list: a list is spelt out anew at every call.
    """
    person: Any = bindparam("person")
    # PostgreSQL takes a bare NULL for text, and unites no text with numbers.
    nothing = cast(null(), BigInteger)

    def among_bids(column: Any) -> Any:
        return column == bindparam("bid") if one else column.in_(bindparam("bids", expanding=True))

    def part(name: str, model: Any, column: Any, *where: Any) -> AnySelect:
        word: Any = literal_column(f"'{name}'")
        return select(model.bid_id, word, column, model.id, nothing).where(among_bids(model.bid_id), *where)

    selects: list[AnySelect] = []
    if "applicants" in wanted or "applicant" in sought:
        selects.append(part("co", CoApplicant, CoApplicant.person_id))
    if "endorsers" in wanted:
        selects.append(part("endorser", Endorsement, Endorsement.person_id, Endorsement.answer == "endorse"))
    if "panel_and_pay" in wanted:
        selects += [
            part("panel", Review, Review.person_id),
            part("panel", Decision, Decision.decided_by),
            part("pay", Payment, Payment.scheduled_by),
            part("pay", Payment, Payment.approved_by, Payment.approved_by.is_not(None)),
        ]
    if sought & set(GRANTED):
        moment = bindparam("at", type_=RoleGrant.from_at.type)
        selects.append(
            select(nothing, RoleGrant.role, RoleGrant.person_id, RoleGrant.id, RoleGrant.fund_id).where(
                RoleGrant.person_id == person,
                grants.standing(moment),
            )
        )
    if "assigned_reviewer" in sought:
        then = bindparam("at", type_=RoleGrant.from_at.type)
        still = exists().where(  # whoever is no reviewer of the fund any more reads nothing there
            RoleGrant.person_id == person,
            RoleGrant.role == "reviewer",
            grants.counts_in(Bid.fund_id),
            Bid.id == Assignment.bid_id,
            grants.standing(then),
        )
        mine = (Assignment.person_id == person, Assignment.ended_at.is_(None), still)
        selects.append(part("assigned_reviewer", Assignment, Assignment.person_id, *mine))
    if "representative" in sought:
        word: Any = literal_column("'representative'")
        selects.append(
            select(Bid.id, word, OfficeHolding.person_id, OfficeHolding.id, nothing)
            .join(OfficeHolding, OfficeHolding.id == Bid.holding_id)
            .where(among_bids(Bid.id), OfficeHolding.person_id == person)
        )
    return union_all(*selects) if selects else None


def parts(
    conn: Connection,
    bid_ids: Sequence[int],
    wanted: frozenset[str],
    sought: frozenset[str],
    person: int | None,
    at: datetime,
) -> list[tuple[int | None, str, int, int, int | None]]:
    """Who plays the `wanted` parts on these bids, and which of the `sought` roles a person holds.

    (bid, part, person, row, fund), perhaps more than was asked for. `sought` is empty for the service itself.
    """
    one = len(bid_ids) == 1
    asked = _parts_statement(wanted, sought, one)
    if asked is None:
        return []
    known: dict[str, Any] = {"person": person, "at": at}
    found: list[tuple[int | None, str, int, int, int | None]] = []
    for chunk in chunks(bid_ids) or [()]:
        rows = conn.execute(asked, {**known, "bid": chunk[0]} if one else {**known, "bids": list(chunk)})
        found += [tuple(row) for row in rows]
    return found


def unchecked_files(conn: Connection, bid_id: int, documents: Sequence[int]) -> int:
    """How many of these documents may not be sent with a bid: not found clean yet, gone, or of another bid."""
    wanted = set(documents)
    clean: set[int] = set()
    for part in chunks(sorted(wanted)):
        asked = select(Document.id).where(
            Document.id.in_(part),
            Document.bid_id == bid_id,
            Document.state == "clean",
            Document.removed_at.is_(None),
        )
        clean.update(conn.scalars(asked))
    return len(wanted - clean)


@dataclass(frozen=True, slots=True)
class DraftWithForm:
    """A draft's answers to what the round's newest form asks of it, the draft's revision, and that form."""

    answers: dict[str, Any]
    revision: int
    form_version_id: int
    questions: Any


def draft_with_form(conn: Connection, bid_id: int) -> DraftWithForm | None:
    """What a bid would send now. Answers to questions that are not asked stay in the draft and are not among them."""
    row = conn.execute(_draft_with_form(), {"bid_id": bid_id}).one_or_none()
    if row is None:
        return None
    answers = forms.answered(row.questions, row.answers)
    return DraftWithForm(answers, row.revision, row.form_version_id, row.questions)


@cache
def _draft_with_form() -> AnySelect:
    return (
        select(Draft.answers, Draft.revision, FormVersion.id.label("form_version_id"), FormVersion.questions)
        .join(Bid, Bid.id == Draft.bid_id)
        .join(FormVersion, FormVersion.round_id == Bid.round_id)
        .where(Draft.bid_id == bindparam("bid_id"))
        .order_by(FormVersion.number.desc())
        .limit(1)
    )


def newest_form(conn: Connection, round_id: int) -> int:
    """The id of the round's newest form version."""
    asked = (
        select(FormVersion.id)
        .where(FormVersion.round_id == round_id)
        .order_by(FormVersion.number.desc())
        .limit(1)
    )
    return conn.execute(asked).scalar_one()


def newest_version(conn: Connection, bid_id: int) -> AnyRow | None:
    """The newest frozen version of a bid: (id, number, answers, amount_pence, sha256)."""
    return conn.execute(_newest_version(), {"bid_id": bid_id}).one_or_none()


@cache
def _newest_version() -> AnySelect:
    return (
        select(
            BidVersion.id, BidVersion.number, BidVersion.answers, BidVersion.amount_pence, BidVersion.sha256
        )
        .where(BidVersion.bid_id == bindparam("bid_id"))
        .order_by(BidVersion.number.desc())
        .limit(1)
    )


def newest_versions(conn: Connection, bid_ids: Sequence[int]) -> dict[int, AnyRow]:
    """The newest frozen version of each bid."""
    found: dict[int, AnyRow] = {}
    for part in chunks(bid_ids):
        asked = (
            select(BidVersion.bid_id, BidVersion.id, BidVersion.number, BidVersion.answers, BidVersion.sha256)
            .join(Bid, and_(Bid.id == BidVersion.bid_id, Bid.version_number == BidVersion.number))
            .where(BidVersion.bid_id.in_(part))
        )
        found.update((row.bid_id, row) for row in conn.execute(asked))
    return found


def open_requests(conn: Connection, bid_ids: Sequence[int]) -> dict[int, int]:
    """The endorsement request that stands open on each bid."""
    found: dict[int, int] = {}
    for part in chunks(bid_ids):
        asked = select(EndorsementRequest.bid_id, EndorsementRequest.id).where(
            EndorsementRequest.bid_id.in_(part),
            EndorsementRequest.void_at.is_(None),
            EndorsementRequest.answered_at.is_(None),
        )
        found.update(conn.execute(asked).all())
    return found


def decisions(conn: Connection, bid_ids: Sequence[int]) -> dict[int, AnyRow]:
    """The staged decision of each bid that has one."""
    found: dict[int, AnyRow] = {}
    for part in chunks(bid_ids):
        found.update(
            (row.bid_id, row)
            for row in conn.execute(select(Decision.__table__).where(Decision.bid_id.in_(part)))
        )
    return found


def round_sums(conn: Connection, round_id: int, but: Iterable[int]) -> tuple[int, int]:
    """(staged, awarded) pence of a round: staged for reviewed bids other than `but`, and awards that stand."""
    staged = select(func.coalesce(func.sum(Decision.amount_pence), 0)).join(Bid, Bid.id == Decision.bid_id)
    staged = staged.where(
        Decision.round_id == round_id, Bid.state == "reviewed", Decision.bid_id.not_in(list(but))
    )
    awarded = select(func.coalesce(func.sum(Award.amount_pence), 0)).where(
        Award.round_id == round_id, Award.state.in_(LIVE_AWARDS)
    )
    row = conn.execute(select(staged.scalar_subquery(), awarded.scalar_subquery())).one()
    return int(row[0]), int(row[1])


def round_progress(conn: Connection, round_id: int, ends: Sequence[str]) -> tuple[int, int]:
    """(bids neither ended nor decided, bids with a decision still to be published) of a round."""
    settled = and_(Bid.state == "reviewed", Decision.id.is_not(None))
    asked = (
        select(
            func.coalesce(func.sum(case((or_(Bid.state.in_([*ends, "awarded"]), settled), 0), else_=1)), 0),
            func.coalesce(func.sum(case((settled, 1), else_=0)), 0),
        )
        .select_from(Bid)
        .outerjoin(Decision, Decision.bid_id == Bid.id)
        .where(Bid.round_id == round_id)
    )
    row = conn.execute(asked).one()
    return int(row[0]), int(row[1])


def money(
    conn: Connection, bid_ids: Sequence[int]
) -> dict[int, tuple[AnyRow | None, int, int, AnyRow | None]]:
    """For each bid: (award, pence of payments that count, number of open payments, report)."""
    awards: dict[int, AnyRow] = {}
    reports: dict[int, AnyRow] = {}
    totals: dict[int, int] = defaultdict(int)
    opens: dict[int, int] = defaultdict(int)
    for part in chunks(bid_ids):
        awards.update(
            (r.bid_id, r) for r in conn.execute(select(Award.__table__).where(Award.bid_id.in_(part)))
        )
        reports.update(
            (r.bid_id, r) for r in conn.execute(select(Report.__table__).where(Report.bid_id.in_(part)))
        )
        paid = select(Payment.bid_id, Payment.state, Payment.amount_pence).where(Payment.bid_id.in_(part))
        for bid, state, amount in conn.execute(paid):
            totals[bid] += amount if state in LIVE_PAYMENTS else 0
            opens[bid] += state in OPEN_PAYMENTS
    return {bid: (awards.get(bid), totals[bid], opens[bid], reports.get(bid)) for bid in bid_ids}


def cancelling(conn: Connection, bid_id: int) -> AnyRow | None:
    """The newest asking to cancel a bid's award that nobody confirmed."""
    return conn.execute(_cancelling(), {"bid_id": bid_id}).one_or_none()


@cache
def _cancelling() -> AnySelect:
    return (
        select(Cancellation.id, Cancellation.asked_by, Cancellation.expires_at)
        .where(Cancellation.bid_id == bindparam("bid_id"), Cancellation.confirmed_at.is_(None))
        .order_by(Cancellation.id.desc())
        .limit(1)
    )


def assignment(conn: Connection, bid_id: int, person: int) -> AnyRow | None:
    """A reviewer's assignment to a bid: (id, version)."""
    return conn.execute(_assignment(), {"bid_id": bid_id, "person": person}).one_or_none()


@cache
def _assignment() -> AnySelect:
    return select(Assignment.id, Assignment.version).where(
        Assignment.bid_id == bindparam("bid_id"),
        Assignment.person_id == bindparam("person"),
        Assignment.ended_at.is_(None),
    )


def last_review_number(conn: Connection, bid_id: int, person: int) -> int:
    """The number of a reviewer's newest review of a bid; 0 for none."""
    return int(conn.execute(_last_review_number(), {"bid_id": bid_id, "person": person}).scalar_one())


@cache
def _last_review_number() -> AnySelect:
    return select(func.coalesce(func.max(Review.number), 0)).where(
        Review.bid_id == bindparam("bid_id"), Review.person_id == bindparam("person")
    )


def organisation_named(conn: Connection, name: str, official_id: str | None) -> int | None:
    """The organisation with that official id, or failing one, an unregistered one of that very name."""
    if official_id:
        return conn.execute(select(Organisation.id).where(Organisation.official_id == official_id)).scalar()
    asked = (
        select(Organisation.id).where(Organisation.name == name, Organisation.official_id.is_(None)).limit(1)
    )
    return conn.execute(asked).scalar()


def payment_count(conn: Connection, award_id: int) -> int:
    """How many payments an award has had, cancelled ones too."""
    return int(conn.execute(select(func.count()).where(Payment.award_id == award_id)).scalar_one())
