"""What a set of awards is worked out from and written beside: where bids belong, what readers said, sets suggested before."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import BigInteger, Connection, Text, bindparam, case, func, literal, or_, select, type_coerce
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow, AnySelect
from fundapp.models import Area, Bid, BidVersion, Decision, Organisation, Review, Suggestion
from fundapp.queries import newest as newest_of
from fundapp.queries.locks import chunks
from fundapp.queries.seats import THEME_QUESTIONS, theme_keys

#: States of a bid that the panel may still award.
OPEN = ("endorsed", "reviewed")
_REGIONS = ("region", "nation")


def standing(conn: Connection, round_id: int) -> list[AnyRow]:
    """Bids that may still be awarded: (id, reference, state, amount_pence, organisation_id, organisation, region_code,
    region, theme, outcome, staged_pence, decision_version), in order of id.

    The region is the nearest area above the bid's that is one, else its nation; the theme what the bid's newest version
    answers to its round's question of that name.
    """
    return list(conn.execute(_standing(), {"round": round_id}))


@cache
def _standing() -> AnySelect:
    own, above, top = aliased(Area), aliased(Area), aliased(Area)
    places = (own, above, top)
    code, name = (
        case(*((place.kind.in_(_REGIONS), column) for place, column in zip(places, columns, strict=True)), else_=None)
        for columns in ([place.code for place in places], [place.name for place in places])
    )  # fmt: skip
    return (
        select(
            Bid.id, Bid.reference, Bid.state, Bid.amount_pence, Bid.organisation_id, Organisation.name.label("organisation"),
            code.label("region_code"), name.label("region"),
            Decision.outcome, Decision.amount_pence.label("staged_pence"), Decision.version.label("decision_version"),
        )
        .select_from(Bid)
        .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
        .outerjoin(Decision, Decision.bid_id == Bid.id)
        .outerjoin(own, own.id == Bid.area_id)
        .outerjoin(above, above.id == own.parent_id)
        .outerjoin(top, top.id == above.parent_id)
        .where(Bid.round_id == bindparam("round"), Bid.state.in_(OPEN))
        .order_by(Bid.id)
    )  # fmt: skip


def themes(conn: Connection, round_id: int) -> dict[int, str]:
    """What each such bid says it is about, as a key; of several the first. A bid that says nothing is left out."""
    found = {}
    for bid, answers in conn.execute(_themes(), {"round": round_id}):
        keys = sorted(theme_keys(answers))
        if keys:
            found[bid] = keys[0]
    return found


@cache
def _themes() -> AnySelect:
    text = type_coerce(BidVersion.answers, Text)
    return (
        select(Bid.id, BidVersion.answers)
        .join(BidVersion, (BidVersion.bid_id == Bid.id) & (BidVersion.number == Bid.version_number))
        .where(Bid.round_id == bindparam("round"), Bid.state.in_(OPEN))
        .where(or_(*(text.contains(f'"{name}":') for name in THEME_QUESTIONS)))
    )


def count(conn: Connection, round_id: int) -> int:
    """How many sets were suggested for a round."""
    asked = select(func.count()).select_from(Suggestion).where(Suggestion.round_id == round_id)
    return int(conn.execute(asked).scalar_one())


def of_round(conn: Connection, round_id: int, number: int) -> AnyRow | None:
    """A round's suggestion by its number: (id, number, terms, result, made_by, made_at)."""
    asked = select(
        Suggestion.id, Suggestion.number, Suggestion.terms, Suggestion.result, Suggestion.made_by, Suggestion.made_at
    )  # fmt: skip
    # As wide a number as somebody types: one beyond the column's own kind is refused by PostgreSQL, not looked for.
    wanted = Suggestion.number == literal(number, BigInteger)
    return conn.execute(asked.where(Suggestion.round_id == round_id, wanted)).one_or_none()


def comments(conn: Connection, bids: Sequence[int]) -> dict[int, str]:
    """What the newest review of each reader says to the applicant, one under another, each once."""
    newest = newest_of.review()
    found: dict[int, dict[str, None]] = {}
    for part in chunks(bids):
        asked = select(Review.bid_id, Review.comment).where(Review.bid_id.in_(part), newest)
        for bid, comment in conn.execute(asked.order_by(Review.given_at, Review.id)):
            if comment.strip():
                found.setdefault(bid, {})[comment.strip()] = None
    return {bid: "\n\n".join(each) for bid, each in found.items()}


def decisions(conn: Connection, bids: Sequence[int]) -> dict[int, AnyRow]:
    """The decision on each of these bids that has one."""
    found: dict[int, AnyRow] = {}
    for part in chunks(bids):
        asked = select(
            Decision.bid_id, Decision.version, Decision.outcome, Decision.amount_pence, Decision.conditions,
            Decision.feedback, Decision.reason, Decision.suggestion_id,
        ).where(Decision.bid_id.in_(part))  # fmt: skip
        found.update({row.bid_id: row for row in conn.execute(asked)})
    return found
