"""The place of a project: wards by name, by postcode, by id; who is in office for one."""

from collections.abc import Sequence
from datetime import date
from functools import cache

from sqlalchemy import Connection, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow, AnySelect, among
from fundapp.domain.areas import name_key
from fundapp.models import Area, Naming, OfficeHolding, Person, Postcode
from fundapp.queries.areas import with_those_above

#: More wards than this are searched, not shown in a list.
FEW = 60


def ward(conn: Connection, ward_id: int) -> AnyRow | None:
    """A ward by its id: (id, name, council)."""
    return conn.execute(_wards().where(Area.id == ward_id)).one_or_none()


def _wards() -> AnySelect:
    council = aliased(Area, name="council")
    return (
        select(Area.id, Area.name, council.name.label("council"))
        .outerjoin(council, council.id == Area.parent_id)
        .where(Area.kind == "ward")
    )


def few_wards(conn: Connection) -> list[AnyRow] | None:
    """Every ward by council and name, (id, name, council); None where there are more than fit a list."""
    found = list(conn.execute(_few()))
    return found if len(found) <= FEW else None


@cache
def _few() -> AnySelect:
    council = aliased(Area, name="council")
    return (
        select(Area.id, Area.name, council.name.label("council"))
        .outerjoin(council, council.id == Area.parent_id)
        .where(Area.kind == "ward")
        .order_by(council.name, Area.name, Area.id)
        .limit(FEW + 1)
    )


def wards_named(conn: Connection, words: str, limit: int) -> list[AnyRow]:
    """Wards in whose name, or whose council's, every word stands; those whose own name begins with them first."""
    council = aliased(Area, name="council")
    key = name_key(words)
    asked = (
        select(Area.id, Area.name, council.name.label("council"))
        .outerjoin(council, council.id == Area.parent_id)
        .where(Area.kind == "ward")
        .order_by(~Area.key.startswith(key, autoescape=True), council.name, Area.name, Area.id)
        .limit(limit)
    )
    for word in key.split()[:6]:
        within = (Area.key.contains(word, autoescape=True), council.key.contains(word, autoescape=True))
        asked = asked.where(or_(*within))
    return list(conn.execute(asked))


def ward_of_postcode(conn: Connection, code: str) -> AnyRow | None:
    """The ward in which a postcode (capitals, no space) lies: (id, name, council)."""
    return conn.execute(
        _wards().join(Postcode, Postcode.area_id == Area.id).where(Postcode.code == code)
    ).one_or_none()


def wards_of_postcodes(conn: Connection, codes: Sequence[str]) -> dict[str, int]:
    """The ward of each of these postcodes that is known."""
    asked = select(Postcode.code, Postcode.area_id).where(among(conn, Postcode.code, codes))
    return dict(conn.execute(asked).all())


def postcodes_known(conn: Connection) -> bool:
    """Whether any postcode was brought in."""
    return conn.execute(select(Postcode.id).limit(1)).first() is not None


def in_office(conn: Connection, holding_id: int, on: date) -> bool:
    """Whether somebody holds that office on a day."""
    return conn.execute(_in_office(), {"holding": holding_id, "on": on}).first() is not None


@cache
def _in_office() -> AnySelect:
    return select(OfficeHolding.id).where(
        OfficeHolding.id == bindparam("holding"), OfficeHolding.from_on <= bindparam("on"),
        or_(OfficeHolding.to_on.is_(None), OfficeHolding.to_on >= bindparam("on")),
    )  # fmt: skip


def areas_over(conn: Connection, area_id: int) -> list[AnyRow]:
    """A ward and what contains it, the ward first: (id, kind, name)."""
    ids = with_those_above(conn, area_id)
    rows = {
        row.id: row for row in conn.execute(select(Area.id, Area.kind, Area.name).where(Area.id.in_(ids)))
    }
    return [rows[each] for each in ids]


def namings(conn: Connection, bid_id: int) -> int:
    """How many representatives applicants have named for a bid."""
    return int(conn.execute(select(func.count()).where(Naming.bid_id == bid_id)).scalar_one())


def is_named(conn: Connection, bid_id: int, holding_id: int) -> bool:
    """Whether an applicant named that very representative for the bid."""
    asked = select(Naming.id).where(Naming.bid_id == bid_id, Naming.holding_id == holding_id)
    return conn.execute(asked).first() is not None


def namings_of(conn: Connection, holding_id: int) -> list[AnyRow]:
    """Where the applicants who named a representative found them: (found, named_at, name of the applicant)."""
    asked = (
        select(Naming.found, Naming.named_at, Person.name)
        .join(Person, Person.id == Naming.named_by)
        .where(Naming.holding_id == holding_id)
        .order_by(Naming.id)
    )
    return list(conn.execute(asked))
