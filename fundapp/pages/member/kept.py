"""What somebody typed, shown again on the page that says why it could not be saved."""

import hashlib
import hmac
import re
from typing import Any, Final
from urllib.parse import urlsplit

from flask import current_app, g, render_template, request, url_for
from flask_wtf.csrf import CSRFError, generate_csrf
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from fundapp.pages.member import blueprint

#: Fields that carry the page and not the answer.
CARRIED: Final = frozenset({"csrf_token", "revision", "before", "whose", "go", "seen", "look"})
#: Answers that are ids or codes: nobody could read them, so they go along unseen.
CHOSEN: Final = frozenset({"area", "representative", "declarations"})
#: More fields than any question has.
MOST_FIELDS: Final = 200

_LINE = re.compile(r"(.+)-([0-9]+)")


def whose() -> str:
    """A mark for the signed-in person: text kept on a device is shown to nobody else there. Opaque, always the same."""
    if g.get("person") is None:
        return ""
    named = f"kept on a device for {g.person.id}".encode()
    return hmac.new(str(current_app.secret_key).encode(), named, hashlib.sha256).hexdigest()[:16]


def ours() -> bool | None:
    """Whether a page of this service sent the form; None where the browser does not tell.

    Words from elsewhere are never shown back: a stranger could put a text into a member's hands with a button
    under it that saves it.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    sender = request.headers.get("Origin") or request.headers.get("Referer")
    if sender is None:
        return None
    base: Any = current_app.extensions["settings"].base_url
    return urlsplit(sender).netloc in (request.host, urlsplit(base).netloc)


def fields() -> list[tuple[str, str]]:
    """(name, value) of what was posted, without the token; empty where it is more than a request may hold."""
    try:
        form = request.form
    except RequestEntityTooLarge:
        return []
    pairs = [(name, value) for name, value in form.items(multi=True) if name != "csrf_token"]
    return pairs[:MOST_FIELDS]


def words(pairs: list[tuple[str, str]]) -> str:
    """What a person typed of these fields, as one text to read and to copy; the cells of a budget line on one line."""
    lines: dict[str, list[str]] = {}
    for name, value in pairs:
        if name in CARRIED or name in CHOSEN or not value.strip():
            continue
        numbered = _LINE.fullmatch(name)
        lines.setdefault(f"line {numbered[2]}" if numbered else name, []).append(
            value.replace("\r\n", "\n").replace("\0", "").strip()
        )
    return "\n".join(": ".join(parts) for parts in lines.values())


def _asked() -> bool:
    """Whether this request carries the answer to a question."""
    return request.method == "POST" and request.endpoint == "member.question"


@blueprint.url_value_preprocessor
def _room_for_words(endpoint: str | None, values: Any) -> None:
    """An answer may be as long as a request may, so that what is too long to keep is read and comes back in its box."""
    if endpoint == "member.question":
        request.max_form_memory_size = current_app.config["MAX_CONTENT_LENGTH"]


@blueprint.context_processor
def _kept() -> dict[str, Any]:
    """Whose page it is; for the pages of errors what was typed, and the fields to send it again."""
    if not _asked() or ours() is False:
        return {"whose": whose()}
    pairs = fields()
    return {
        "whose": whose(),
        "kept_words": words(pairs),
        "kept_fields": pairs if ours() else [],
        "kept_nothing": not pairs,
        "again": url_for("member.question", **(request.view_args or {})),
    }


@blueprint.before_request
def _signed_out() -> Response | tuple[Any, int] | None:
    """An answer that comes after the session ended is kept on the page that asks to sign in again."""
    if g.person is not None or request.method != "POST":
        return None
    if request.endpoint == "member.autosave":
        return _sign_in_first(), 401
    if _asked() and ours() is not False:
        return page("signed_out"), 401
    return None


def _sign_in_first() -> dict[str, Any]:
    target = url_for("member.question", **(request.view_args or {}))
    return {"signed_out": True, "sign_in": url_for("signin.sign_in", next=target)}


@blueprint.errorhandler(CSRFError)
def _expired(error: CSRFError) -> tuple[Any, int]:
    """A form whose token has ended with its session."""
    if request.endpoint == "member.autosave" and ours():
        if g.person is None:
            return _sign_in_first(), 401
        return {"expired": True, "csrf_token": generate_csrf()}, 400
    if _asked() and ours() is not False:
        return page("signed_out" if g.person is None else "expired"), 400
    return render_template("errors/400.html", expired=True), 400


def page(why: str, reason: str = "", bid: Any = None) -> str:
    """What was typed, why it is not saved (`signed_out`, `expired` or `closed`), and what to do."""
    target = url_for("member.question", **(request.view_args or {}))
    return render_template(
        "member/kept.html", why=why, reason=reason, bid=bid, again=target,
        sign_in=url_for("signin.sign_in", next=target),
    )  # fmt: skip
