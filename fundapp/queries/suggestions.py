"""What a set of awards is worked out from and written beside: where bids belong, what readers said, sets suggested before."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import BigInteger, Connection, bindparam, case, func, literal, select
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow, AnySelect
from fundapp.models import Area, Bid, Organisation, Review, Suggestion
from fundapp.queries import newest as newest_of
from fundapp.queries.locks import chunks

#: States of a bid that the panel may still award.
OPEN = ("endorsed", "reviewed")
_REGIONS = ("region", "nation")


def standing(conn: Connection, round_id: int) -> list[AnyRow]:
    """Bids that may still be awarded, by id: (id, reference, amount_pence, organisation_id, organisation, region_code, region).

    The region is the nearest area above the bid's that is one, else its nation.
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
            Bid.id, Bid.reference, Bid.amount_pence, Bid.organisation_id, Organisation.name.label("organisation"),
            code.label("region_code"), name.label("region"),
        )
        .select_from(Bid)
        .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
        .outerjoin(own, own.id == Bid.area_id)
        .outerjoin(above, above.id == own.parent_id)
        .outerjoin(top, top.id == above.parent_id)
        .where(Bid.round_id == bindparam("round"), Bid.state.in_(OPEN))
        .order_by(Bid.id)
    )  # fmt: skip


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
