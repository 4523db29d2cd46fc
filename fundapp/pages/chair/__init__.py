"""The chair's room: rounds, the table, one bid, giving out, the release."""

from flask import Blueprint

from fundapp.pages import frame
from fundapp.words.marks import N_

blueprint = Blueprint("chair", __name__)

from fundapp.pages.chair import assign, bid, deciding, method, panel, release, suggesting, table  # noqa: E402, F401  (they hang their routes on it)

frame.menu(N_("Panel"), "chair.panel", "chair")
