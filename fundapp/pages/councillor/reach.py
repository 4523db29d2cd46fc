"""What a mailed link opens, and why one that was good opens nothing any more."""

from typing import Any, Final

from flask import abort, current_app, g, render_template, request, url_for

from fundapp.queries import links as asks
from fundapp.queries import messages
from fundapp.services import links

#: Ends of a bid that a representative has no part in: their request is void, for a reason worth saying.
_ENDED: Final = {"lapsed": "late", "withdrawn": "withdrawn", "ineligible": "ended", "cancelled": "ended"}


def by_link(token: str) -> Any:
    """The request that this link was mailed for; None for a link that was not mailed from here."""
    asked = asks.request_of(g.conn, token)
    key = current_app.extensions["settings"].secret_key
    if asked is None or not links.is_ours(key, asked.id, asked.effect_key, token):
        return None
    return asked


def standing(token: str) -> Any:
    """The request of a link that can still be answered; 404 for an unknown link, 410 for a dead one."""
    asked = by_link(token)
    if asked is None:
        abort(404)
    if why_dead(asked):
        abort(410)
    return asked


def why_dead(asked: Any) -> str:
    """`answered`, `late`, `withdrawn`, `ended`, `void` or `moved`; empty for a request that stands.

    `moved`: the link went to an address that the directory no longer has for this office. Whoever reads the mail of that
    address answers for nobody. A request that was not reached by a link has no `sent_to`.
    """
    if asked.answered_at is not None:
        return "answered"
    if asked.void_at is not None:
        return _ENDED.get(asked.state, "void")
    return "moved" if getattr(asked, "sent_to", asked.email) != asked.email else ""


def dead(asked: Any, why: str) -> tuple[str, int]:
    """The page of a link that opens nothing any more: what became of it, and what to do."""
    about = messages.about(g.conn, asked.bid_id) if asked is not None else None
    return render_template(
        "councillor/dead.html", why=why, asked=asked, about=about, proof=_proof(asked)
    ), 410 if asked else 404


def _proof(asked: Any) -> str:
    """Where the proof of their own answer is to be had; empty for nobody, and at an address that is not theirs any more."""
    if asked is None or getattr(asked, "sent_to", asked.email) != asked.email:
        return ""
    if asks.answer_to(g.conn, asked) is None:
        return ""
    token = (request.view_args or {}).get("token")
    if token:
        return url_for("councillor.answer_proof", token=token)
    return url_for("councillor.request_proof", ref=asked.reference)
