"""The auditor's room: the record, read, verified and taken away."""

from flask import Blueprint

from fundapp.pages import frame
from fundapp.words.marks import N_

blueprint = Blueprint("auditor", __name__)

from fundapp.pages.auditor import file, record  # noqa: E402, F401  (they hang their routes on it)

frame.menu(N_("The record"), "auditor.record", "auditor")
