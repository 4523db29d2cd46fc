"""What all who run the fund share: the list of bids, one bid whole, its letter and its documents."""

from flask import Blueprint

from fundapp.pages import frame
from fundapp.pages.addresses import refuse_unreadable
from fundapp.words.marks import N_

blueprint = Blueprint("staff", __name__)
blueprint.before_request(refuse_unreadable)

from fundapp.pages.staff import bid, bids, letter_bundles, papers, versions  # noqa: E402, F401  (they hang their routes on it)

frame.menu(N_("Bids"), "staff.bids", "officer", "chair", "treasurer", "auditor")
