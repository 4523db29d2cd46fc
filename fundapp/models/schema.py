"""Which code the schema as it stands still serves: one row, written by the migrations."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from fundapp.models.base import Base


class SchemaFloor(Base):
    """The oldest revision whose code runs on this schema. Code that is older refuses to work on it."""

    __tablename__ = "schema_floor"
    revision: Mapped[str] = mapped_column(String(32))
