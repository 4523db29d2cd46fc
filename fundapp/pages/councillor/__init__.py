"""The representative's room: one question, answered in two minutes."""

from flask import Blueprint

from fundapp.pages import frame
from fundapp.words.marks import N_

blueprint = Blueprint("councillor", __name__)

from fundapp.pages.councillor import answer, copy, files, proof, requests  # noqa: E402, F401  (they hang their routes on it)

frame.menu(N_("Requests"), "councillor.requests", "no_role")
