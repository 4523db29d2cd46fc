"""What an event says of a row: an HMAC of its evidential columns under the row's own salt."""

import hmac
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from fundapp.models.base import canonical, iso

#: Bytes of random salt in each evidential row.
SALT_BYTES = 32


def plain(value: Any) -> Any:
    """A column's value as JSON: moments by `iso`, days as `2027-03-08`, bytes in hex, all else as it is."""
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return value


def commitment(salt: bytes, table: str, row_id: int, columns: Mapping[str, Any]) -> str:
    """HMAC-SHA-256 in hex, under `salt`, of the canonical JSON of table, id and evidential columns."""
    return hmac.digest(salt, canonical({"columns": columns, "id": row_id, "table": table}), "sha256").hex()
