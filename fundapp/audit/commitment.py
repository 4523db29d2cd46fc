"""What an event says of a row: an HMAC of its evidential columns under the row's own salt."""

import hmac
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from fundapp.models.base import canonical, iso

#: Bytes of random salt in each evidential row.
SALT_BYTES = 32
#: The salt of a row that was erased begins with these; the 24 bytes behind them are random.
ERASED_MARK = b"erased\0\0"
#: The action of an event by which rows were erased; its parameter `rows` names each, [table, id].
ERASED = "erased"


def erased_salt() -> bytes:
    """A new salt for a row of which what people wrote is gone."""
    return ERASED_MARK + secrets.token_bytes(SALT_BYTES - len(ERASED_MARK))


def is_erased(salt: bytes) -> bool:
    """Whether a row with this salt was erased."""
    return salt.startswith(ERASED_MARK)


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
