"""The treasurer's room: the money, awards and their payments, letters, files."""

from flask import Blueprint

from fundapp.pages import frame
from fundapp.words.marks import N_

blueprint = Blueprint("treasurer", __name__)

from fundapp.pages.treasurer import (  # noqa: E402  (they hang their routes on it)
    award,  # noqa: F401
    bank,  # noqa: F401
    files,  # noqa: F401
    flags,  # noqa: F401
    income,  # noqa: F401
    money,  # noqa: F401
    owed,  # noqa: F401
    payer,  # noqa: F401
    payment,  # noqa: F401
    runs,  # noqa: F401
    sources,  # noqa: F401
    statement,  # noqa: F401
)

frame.menu(N_("The money"), "treasurer.money", "treasurer")
