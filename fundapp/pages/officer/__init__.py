"""The officer's room: moves on bids, payments to approve, rounds, people, and what is stuck."""

from flask import Blueprint

from fundapp.pages import frame
from fundapp.pages.addresses import refuse_unreadable
from fundapp.words.marks import N_

blueprint = Blueprint("officer", __name__)
blueprint.before_request(refuse_unreadable)

from fundapp.pages.officer import (  # noqa: E402, F401  (they hang their routes on it)
    bank_changes,
    bringing_in,
    closing,
    directory,
    form,
    form_preview,
    form_question,
    held,
    letters,
    masked,
    memberships,
    moves,
    payments,
    people,
    representative,
    retention,
    rounds,
    several,
    stuck,
    terms,
    triage,
    vary,
    wording,
    written,
)

frame.menu(N_("Rounds"), "officer.rounds", "officer")
frame.menu(N_("Payments"), "officer.payments", "officer")
frame.menu(N_("People"), "officer.people", "officer")
frame.menu(N_("Members"), "officer.memberships", "officer")
frame.menu(N_("Directory"), "officer.representatives", "officer")
