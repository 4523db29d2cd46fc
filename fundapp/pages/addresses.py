"""Addresses that no page can have: what no database takes as text is refused before it is looked for."""

from urllib.parse import unquote_to_bytes

from flask import abort, request


def refuse_unreadable() -> None:
    """404 for an address with a NUL in it, in its path or its query: PostgreSQL takes none in text."""
    if "\0" in request.path or b"\0" in unquote_to_bytes(request.query_string):
        abort(404)
