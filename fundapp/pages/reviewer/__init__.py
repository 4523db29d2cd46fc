"""The reviewer's room: the pile, one bid with its rubric, an interest declared."""

from flask import Blueprint

from fundapp.pages import frame
from fundapp.words.marks import N_

blueprint = Blueprint("reviewer", __name__)

from fundapp.pages.reviewer import files, interest, interests, pile, review  # noqa: E402, F401  (they hang their routes on it)

frame.menu(N_("My pile"), "reviewer.pile", "reviewer")
