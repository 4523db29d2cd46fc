"""What an officer's forms send, read strictly: shortened to nothing, never trusted."""

from typing import Any

from flask import flash, redirect, request, url_for
from sqlalchemy import Row
from werkzeug.wrappers import Response

from fundapp.pages import typed
from fundapp.pages.staff import reach

#: The longest text of a reason or a statement.
MOST = 4000

Page = Response | str | tuple[str, int]
Problems = list[dict[str, str]]


def text(name: str) -> str:
    """A text field, with plain line ends, without control characters and without blanks around it."""
    return typed.words(name)


def number(name: str) -> int | None:
    """A whole number that can be an id; None for anything else."""
    given = request.form.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and 0 < len(given) < 16 else None


def officers_bid(ref: str) -> Row[Any]:
    """The bid of that reference in a fund that this person runs; 404 for any other."""
    return reach.fetch(ref, "officer")


def back_to(row: Row[Any], words: str) -> Response:
    """To the bid's page, with what was done."""
    flash(words)
    return redirect(url_for("staff.bid", ref=row.reference), 303)


def errors(problems: Problems | None) -> dict[str, str]:
    """The sentence for each field."""
    return {problem["field"]: problem["words"] for problem in problems or []}
