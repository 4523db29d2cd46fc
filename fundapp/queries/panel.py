"""The panel: who may read a bid, who does, what they scored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, and_, bindparam, case, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow, AnySelect
from fundapp.models import (
    Assignment,
    Bid,
    CoApplicant,
    Decision,
    Endorsement,
    Interest,
    Moderation,
    Organisation,
    Person,
    Review,
    ReviewDraft,
    RoleGrant,
    Round,
    Score,
)
from fundapp.queries import apart, blind, ranking
from fundapp.queries import newest as newest_of
from fundapp.queries.grants import standing
from fundapp.queries.locks import chunks
from fundapp.queries.ranking import ON_TABLE

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Obstacles:
    """What is known of people and bids when bids are given out; pairs are (bid, person).

    `reviewers`: (person, fund) of everybody who may review, the fund None for every fund.
    """

    reviewers: frozenset[tuple[int, int | None]]
    applicants: frozenset[Pair]
    endorsers: frozenset[Pair]
    #: Kept apart, whatever for: an interest that was declared, or something that both are tied to.
    conflicted: frozenset[Pair]
    #: Those of them that declared an interest in that very bid.
    declared: frozenset[Pair]
    #: Who sees names by their work, of the bids that their panel reads without.
    see_names: frozenset[Pair] = frozenset()

    @property
    def barred(self) -> frozenset[Pair]:
        """Whoever may never read which bid, for whatever reason."""
        return self.applicants | self.endorsers | self.conflicted | self.see_names


def obstacles(conn: Connection, bid_ids: Sequence[int], at: datetime) -> Obstacles:
    """Everything that may stand between reviewers and these bids."""
    may_review = select(RoleGrant.person_id, RoleGrant.fund_id).where(
        RoleGrant.role == "reviewer", standing(at)
    )
    reviewers = frozenset((person, fund) for person, fund in conn.execute(may_review))
    found: dict[str, set[Pair]] = {
        "applicants": set(),
        "endorsers": set(),
        "conflicted": set(),
        "declared": set(),
        "see_names": set(),
    }
    for part in chunks(bid_ids):
        for name, asked in (
            (
                "applicants",
                select(CoApplicant.bid_id, CoApplicant.person_id).where(CoApplicant.bid_id.in_(part)),
            ),
            (
                "applicants",
                select(Bid.id, Bid.applicant_id).where(Bid.id.in_(part), Bid.applicant_id.is_not(None)),
            ),
            (
                "endorsers",
                select(Endorsement.bid_id, Endorsement.person_id).where(
                    Endorsement.bid_id.in_(part), Endorsement.answer == "endorse"
                ),
            ),
            ("declared", select(Interest.bid_id, Interest.person_id).where(Interest.bid_id.in_(part))),
        ):
            found[name].update((row[0], int(row[1] or 0)) for row in conn.execute(asked))
        found["see_names"] |= blind.see_names(conn, part, at)
    people = sorted({person for person, _fund in reviewers})
    found["conflicted"] = set(apart.conflicts(conn, bid_ids, people)) | found["declared"]
    return Obstacles(reviewers, **{name: frozenset(pairs) for name, pairs in found.items()})


def has_interest(conn: Connection, bid: int, person: int) -> bool:
    """Whether a person has declared an interest in a bid."""
    return bool(conn.scalar(select(exists().where(Interest.bid_id == bid, Interest.person_id == person))))


def pile(conn: Connection, person: int) -> list[AnyRow]:
    """A reviewer's bids in rounds whose panel is at work, unread first: (bid, title, …, reviewed, masked, begun, ready).

    Where the panel reads without names, title, organisation and place are as it reads them, and a bid is `ready` once an
    officer has confirmed its copy: what is not comes after what can be read.
    """
    mine = exists().where(Review.bid_id == Bid.id, Review.person_id == person)
    begun = exists().where(ReviewDraft.bid_id == Bid.id, ReviewDraft.person_id == person)
    asked = (
        select(
            Bid.id, Bid.reference, blind.title().label("title"), Bid.amount_pence, blind.place().label("place"),
            Bid.state, Bid.fund_id, Round.title.label("round"), Round.id.label("round_id"), Round.panel_by,
            blind.organisation().label("organisation"), mine.label("reviewed"), blind.is_masked().label("masked"),
            begun.label("begun"), blind.ready().label("ready"),
        )
        .join(Assignment, Assignment.bid_id == Bid.id)
        .join(Round, Round.id == Bid.round_id)
        .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
        .where(
            Assignment.person_id == person, Assignment.ended_at.is_(None), Round.state == "panel",
            Bid.state.in_(("endorsed", "reviewed")),
        )
        .order_by(mine, case((blind.ready(), 0), else_=1), Round.panel_by, Bid.id)
    )  # fmt: skip
    return list(conn.execute(asked))


def own_review(conn: Connection, bid: int, person: int) -> tuple[AnyRow | None, dict[str, int]]:
    """A reviewer's newest review of a bid, with its marks by criterion."""
    asked = (
        select(
            Review.id,
            Review.number,
            Review.comment,
            Review.note,
            Review.total,
            Review.confidence,
            Review.given_at,
        )
        .where(Review.bid_id == bid, Review.person_id == person)
        .order_by(Review.number.desc())
        .limit(1)
    )
    review = conn.execute(asked).one_or_none()
    if review is None:
        return None, {}
    marks = select(Score.criterion, Score.value).where(Score.review_id == review.id)
    return review, dict(conn.execute(marks).all())


def others(conn: Connection, bid: int, person: int) -> list[tuple[AnyRow, dict[str, int]]]:
    """The newest review of each other reader of a bid, with its marks by criterion, in the order in which they first came.

    A row holds (id, person_id, name, number, comment, note, total, confidence, given_at). For somebody whose own review is
    in: whoever asks has seen to that, and shows names only where the talk about a bid is open.
    """
    reviews = list(conn.execute(_others(), {"bid": bid, "person": person}))
    marks: dict[int, dict[str, int]] = {}
    if reviews:
        scores = select(Score.review_id, Score.criterion, Score.value).where(Score.bid_id == bid)
        for review, criterion, value in conn.execute(scores):
            marks.setdefault(review, {})[criterion] = value
    return [(row, marks.get(row.id, {})) for row in reviews]


@cache
def _others() -> AnySelect:
    first, newest = aliased(Review), newest_of.review()
    return (
        select(
            Review.id, Review.person_id, Person.name, Review.number, Review.comment, Review.note, Review.total,
            Review.confidence, Review.given_at,
        )
        .join(Person, Person.id == Review.person_id)
        .join(first, and_(first.bid_id == Review.bid_id, first.person_id == Review.person_id, first.number == 1))
        .where(Review.bid_id == bindparam("bid"), Review.person_id != bindparam("person"), newest)
        .order_by(first.given_at, first.id)
    )  # fmt: skip


def table(conn: Connection, round_id: int, person: int | None) -> list[AnyRow]:
    """The chair's table: bids that the panel has, with reviews due and in, mean, spread and staged decision.

    `aside`: how many readers' reviews count no more; `late`: the staged decision was recorded before one of them was set
    aside. `opened_at`, `closed_at`: the talk about its scores; `stale`: scores came after that was closed.
    `conflicted`: the person declared an interest in it, or is kept from it by what both are tied to. Such a bid comes without
    title, organisation or scores. Where the panel reads without names, title, organisation and place are as it reads them.
    """
    newest = newest_of.review()
    scored = (
        select(
            Review.bid_id,
            func.count().label("reviews"),
            func.avg(Review.total).label("mean"),
            func.min(Review.total).label("lowest"),
            func.max(Review.total).label("highest"),
            func.max(Review.event_no).label("newest"),
        )
        .join(Bid, Bid.id == Review.bid_id)
        .where(Bid.round_id == round_id, newest)
        .group_by(Review.bid_id)
        .subquery()
    )
    aside = ranking.aside_by_bid().subquery()
    due = (
        select(Assignment.bid_id, func.count().label("due"))
        .join(Bid, Bid.id == Assignment.bid_id)
        .where(Bid.round_id == round_id, Assignment.ended_at.is_(None))
        .group_by(Assignment.bid_id)
        .subquery()
    )
    said = select(Interest.bid_id).where(Interest.person_id == person)
    mine = or_(Bid.id.in_(said), Bid.id.in_(apart.tied_to(person)))
    asked = (
        select(
            Bid.id, Bid.reference, blind.title().label("title"), Bid.amount_pence, blind.place().label("place"), Bid.state,
            Bid.version, blind.organisation().label("organisation"),
            func.coalesce(scored.c.reviews, 0).label("reviews"), scored.c.mean,
            scored.c.lowest, scored.c.highest, func.coalesce(due.c.due, 0).label("due"), Decision.outcome,
            Decision.amount_pence.label("staged_pence"), Decision.version.label("decision_version"),
            mine.label("conflicted"), func.coalesce(aside.c.aside, 0).label("aside"),
            func.coalesce(aside.c.at > Decision.decided_at, literal(False)).label("late"), Moderation.opened_at,
            Moderation.closed_at, (scored.c.newest > Moderation.event_no).label("stale"),
        )
        .select_from(Bid)
        .join(Round, Round.id == Bid.round_id)
        .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
        .outerjoin(scored, scored.c.bid_id == Bid.id)
        .outerjoin(due, due.c.bid_id == Bid.id)
        .outerjoin(Decision, Decision.bid_id == Bid.id)
        .outerjoin(aside, aside.c.bid_id == Bid.id)
        .outerjoin(Moderation, Moderation.bid_id == Bid.id)
        .where(Bid.round_id == round_id, Bid.state.in_(ON_TABLE))
    )  # fmt: skip
    rows = list(conn.execute(asked, {"round": round_id}))
    return sorted(rows, key=lambda row: (row.mean is None, -(row.mean or 0), row.id))
