"""The reviewer's room: the pile, one bid with its rubric, an interest declared, a bid handed back."""

from flask import Blueprint

from fundapp.pages import frame
from fundapp.words.marks import N_

blueprint = Blueprint("reviewer", __name__)

from fundapp.pages.reviewer import (  # noqa: E402  (they hang their routes on it)
    abstain,  # noqa: F401
    autosave,  # noqa: F401
    files,  # noqa: F401
    interest,  # noqa: F401
    interests,  # noqa: F401
    kept,  # noqa: F401
    pile,  # noqa: F401
    review,  # noqa: F401
)

frame.menu(N_("My pile"), "reviewer.pile", "reviewer")
