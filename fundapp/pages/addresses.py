"""Addresses that no page can have: what no database takes as text is refused before it is looked for."""

from functools import partial
from typing import Final
from urllib.parse import unquote_to_bytes

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter

#: No id and no number that an address names is higher: databases keep numbers in 32 bits, and refuse longer ones.
HIGHEST: Final = 2**31 - 1


def keep_numbers_small(app: Flask) -> None:
    """404 for an address with a number that no row can have. To be asked for before any room is registered."""
    app.url_map.converters["int"] = partial(IntegerConverter, max=HIGHEST)  # type: ignore[assignment]


def refuse_unreadable() -> None:
    """404 for an address with a NUL in it, in its path or its query: PostgreSQL takes none in text."""
    if "\0" in request.path or b"\0" in unquote_to_bytes(request.query_string):
        abort(404)
