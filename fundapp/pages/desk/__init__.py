"""The desk: what waits for whoever is signed in, across all their roles."""

from flask import Blueprint

from fundapp.pages import frame
from fundapp.words.marks import N_

blueprint = Blueprint("desk", __name__)

from fundapp.pages.desk import page  # noqa: E402, F401  (it hangs its route on it)

frame.menu(N_("My desk"), "desk.desk", "signed_in")
