"""Signing in and out, and what people see and change of their own way in."""

from flask import Blueprint

blueprint = Blueprint("signin", __name__)

from fundapp.pages.signin import account, ask, confirm, factor, link, own_data, password  # noqa: E402, F401  (they hang their routes on it)
