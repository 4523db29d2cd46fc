"""The treasurer's room: the money, awards and their payments, letters, files."""

from flask import Blueprint

from fundapp.pages import frame
from fundapp.words.marks import N_

blueprint = Blueprint("treasurer", __name__)

from fundapp.pages.treasurer import award, bank, files, income, money, payer, payment, runs  # noqa: E402, F401  (they hang their routes on it)

frame.menu(N_("The money"), "treasurer.money", "treasurer")
