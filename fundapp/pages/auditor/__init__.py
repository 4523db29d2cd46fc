"""The auditor's room: the record in words, verified on demand."""

from flask import Blueprint

from fundapp.pages import frame
from fundapp.words.marks import N_

blueprint = Blueprint("auditor", __name__)

from fundapp.pages.auditor import record  # noqa: E402, F401  (it hangs its routes on it)

frame.menu(N_("The record"), "auditor.record", "auditor", "officer")
