"""The auditor's room: the record, read, verified and taken away."""

from flask import Blueprint

from fundapp.pages import frame
from fundapp.pages.addresses import refuse_unreadable
from fundapp.words.marks import N_

blueprint = Blueprint("auditor", __name__)
blueprint.before_request(refuse_unreadable)

from fundapp.pages.auditor import file, record, seals, subject, verifying  # noqa: E402, F401  (they hang their routes on it)

frame.menu(N_("The record"), "auditor.record", "auditor")
