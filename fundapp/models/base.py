"""What every table shares: column types, naming, and the columns that bind a row to its event."""

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

import orjson
from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column


class NaiveTime(ValueError):
    """A time without a zone reached a column that holds UTC."""


class UTCTime(TypeDecorator[datetime]):
    """A moment in UTC, to the microsecond. Naive values are refused.

    PostgreSQL keeps `timestamptz`; SQLite keeps fixed-width text, so that it compares in order of time.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Text of 27 characters on SQLite, `timestamptz` elsewhere."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(27))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """UTC out of whatever zone the value carries; raises NaiveTime if it carries none."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise NaiveTime(f"{value!r} has no time zone")
        moment = value.astimezone(UTC)
        return iso(moment) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Always an aware datetime in UTC."""
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        return value.astimezone(UTC)


def iso(moment: datetime) -> str:
    """The one way a moment is written: `2027-03-08T21:42:07.000000Z`, 27 characters."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes of a JSON value made of strings, whole numbers under 2^53, booleans, lists and objects."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


class CanonicalJSON(TypeDecorator[Any]):
    """A JSON value kept as its canonical text, so that both databases give back the same bytes."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Canonical text; None stays NULL."""
        return None if value is None else canonical(value).decode()

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """The value again."""
        return None if value is None else orjson.loads(value)


#: 64 bits on PostgreSQL, SQLite's own rowid there.
BigId = BigInteger().with_variant(Integer, "sqlite")


#: Whole pence: a round may hold more than the 21 million pounds that 31 bits of pence hold.
Pence = Annotated[int, mapped_column(BigInteger)]


class Base(DeclarativeBase):
    """The registry of all tables. Rows are read and written as rows; no unit of work is used."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UTCTime,
        dict[str, Any]: CanonicalJSON,
        list[Any]: CanonicalJSON,
        str: Text,
        bytes: LargeBinary,
    }

    id: Mapped[int] = mapped_column(BigId, primary_key=True)


class Evidential:
    """A row whose meaning the audit log commits to.

    `home` names the subject in whose chain the row is committed (`bid:142`), `event_no` the number there of the
    event that last wrote it, `salt` 32 random bytes that leave with the row's personal data.
    `EVIDENCE` lists the columns that carry meaning.
    """

    __tablename__: Any
    EVIDENCE: ClassVar[tuple[str, ...]] = ()
    #: The kind of subject that is this table's home: `bid`, `round`, `fund` or `person`.
    HOME: ClassVar[str] = "bid"
    EXTRA_ARGS: ClassVar[tuple[Any, ...]] = ()

    home: Mapped[str] = mapped_column(String(40), index=True)
    event_no: Mapped[int]
    salt: Mapped[bytes]

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:
        return (
            ForeignKeyConstraint(
                ["home", "event_no"],
                ["audit_event.subject", "audit_event.number"],
                deferrable=True,
                initially="DEFERRED",
            ),
            *cls.EXTRA_ARGS,
        )


#: Now, by the database's own clock, as the column type of the database expects it.
NOW_SQL = {
    "sqlite": text("strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')"),
    "postgresql": text("clock_timestamp()"),
}
