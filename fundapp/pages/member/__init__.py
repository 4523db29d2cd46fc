"""The member's room: write a bid, follow it, accept the award, report back."""

from flask import Blueprint

from fundapp.pages import frame
from fundapp.words.marks import N_

blueprint = Blueprint("member", __name__)

from fundapp.pages.member import after, bid, copies, files, form, question, send, together  # noqa: E402, F401  (they hang their routes on it)

frame.menu(N_("My bids"), "member.bids", "member")
