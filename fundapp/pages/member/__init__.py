"""The member's room: write a bid, follow it, accept the award, report back."""

from flask import Blueprint

from fundapp.pages import frame
from fundapp.words.marks import N_

blueprint = Blueprint("member", __name__)

from fundapp.pages.member import (  # noqa: E402  (they hang their routes on it)
    after,  # noqa: F401
    autosave,  # noqa: F401
    award,  # noqa: F401
    bank,  # noqa: F401
    bid,  # noqa: F401
    copies,  # noqa: F401
    copying,  # noqa: F401
    files,  # noqa: F401
    form,  # noqa: F401
    kept,  # noqa: F401
    membership,  # noqa: F401
    place,  # noqa: F401
    proof,  # noqa: F401
    question,  # noqa: F401
    send,  # noqa: F401
    together,  # noqa: F401
)

frame.menu(N_("My bids"), "member.bids", "member")
