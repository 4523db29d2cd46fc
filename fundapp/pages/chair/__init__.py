"""The chair's room: rounds, the table, one bid, giving out, the release."""

from flask import Blueprint

from fundapp.pages import frame
from fundapp.words.marks import N_

blueprint = Blueprint("chair", __name__)

# They hang their routes on it.
from fundapp.pages.chair import (  # noqa: E402, F401
    assign,
    behind,
    bid,
    conflicts,
    deciding,
    disagreements,
    method,
    minutes,
    panel,
    readers,
    release,
    sittings,
    suggesting,
    table,
)

frame.menu(N_("Panel"), "chair.panel", "chair")
