"""What anyone may see: the fund, its rounds, its awards, its rules; and whether the service is well."""

from flask import Blueprint

from fundapp.pages import frame
from fundapp.words.marks import N_

blueprint = Blueprint("public", __name__)

from fundapp.pages.public import fund, health, letters, log  # noqa: E402, F401  (they hang their routes on it)

frame.menu(N_("The fund"), "public.home", "signed_in")
