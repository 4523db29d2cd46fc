"""A representative's own answer as a proof: that it was recorded, and in which words."""

from functools import partial
from typing import Any

from flask import abort, g, url_for
from werkzeug.wrappers import Response

from fundapp.pages import proved
from fundapp.pages.councillor import blueprint, reach
from fundapp.pages.gate import gate
from fundapp.pages.public.log import known
from fundapp.queries import links as asks
from fundapp.services import proofs


@blueprint.get("/answer/<token>/proof")
@gate("anyone")
def answer_proof(token: str) -> Response:
    """Behind the link that was answered with, as long as its address is still theirs."""
    asked = reach.by_link(token)
    if asked is None or asked.sent_to != asked.email:
        abort(404)
    return _proof(asked, url_for("councillor.answer", token=token))


@blueprint.get("/requests/<ref>/proof")
@gate("signed_in")
def request_proof(ref: str) -> Response:
    """The same for those who sign in."""
    asked = asks.request_for(g.conn, ref.upper(), g.person.id)
    if asked is None:
        abort(404)
    return _proof(asked, url_for("councillor.request", ref=asked.reference))


def _proof(asked: Any, back: str) -> Response:
    row, keys = asks.answer_to(g.conn, asked), known()
    if row is None or not keys:
        abort(404)
    return proved.download(
        partial(proofs.of_answer, g.conn, keys, asked.bid_id, row), f"{asked.reference}-answer", back
    )
