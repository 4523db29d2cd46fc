"""What somebody typed, shown again on the page that says why it could not be saved; for every room that saves as one types."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
from flask import Blueprint, current_app, g, render_template, request, url_for
from flask_wtf.csrf import CSRFError, generate_csrf
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

#: Fields that carry the page and not the answer.
CARRIED: Final = frozenset({"csrf_token", "revision", "before", "whose", "go", "seen", "look"})
#: More fields than any page has.
MOST_FIELDS: Final = 200

_LINE = re.compile(r"(.+)-([0-9]+)")


def whose() -> str:
    """A mark for the signed-in person: text kept on a device is shown to nobody else there. Opaque, always the same."""
    if g.get("person") is None:
        return ""
    named = f"kept on a device for {g.person.id}".encode()
    return hmac.new(str(current_app.secret_key).encode(), named, hashlib.sha256).hexdigest()[:16]


def mark(written: Any) -> str:
    """The mark of what a page showed as saved, by which a save in another window is noticed."""
    return hashlib.sha256(orjson.dumps(written, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


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


@dataclass(frozen=True, slots=True)
class Room:
    """The pages of a room where people write: what becomes of their words when a request fails.

    `page` is the endpoint whose form it is, `autosave` the one that saves as they type; `unseen` are fields with ids
    or codes, which nobody could read, so they go along unseen. `told` are fields that say nothing without their name:
    those that begin so are told as `name: value`.
    """

    blueprint: Blueprint
    page: str
    autosave: str
    unseen: frozenset[str] = frozenset()
    told: tuple[str, ...] = ()

    def install(self) -> None:
        """Hang it round the room's requests."""
        self.blueprint.url_value_preprocessor(self._room_for_words)
        self.blueprint.context_processor(self._kept)
        self.blueprint.before_request(self._signed_out)
        self.blueprint.register_error_handler(CSRFError, self._expired)

    def words(self, pairs: list[tuple[str, str]]) -> str:
        """What a person typed of these fields, as one text to read and to copy; the cells of a budget line on one line."""
        lines: dict[str, list[str]] = {}
        for name, value in pairs:
            if name in CARRIED or name in self.unseen or not value.strip():
                continue
            typed = value.replace("\r\n", "\n").replace("\0", "").strip()
            prefix = next((told for told in self.told if name.startswith(told)), None)
            if prefix is not None:
                lines.setdefault(name, []).extend((name.removeprefix(prefix), typed))
                continue
            numbered = _LINE.fullmatch(name)
            lines.setdefault(f"line {numbered[2]}" if numbered else name, []).append(typed)
        return "\n".join(": ".join(parts) for parts in lines.values())

    def show(self, why: str, reason: str = "", bid: Any = None) -> str:
        """What was typed, why it is not saved (`signed_out`, `expired` or `closed`), and what to do."""
        target = self._target()
        return render_template(
            "errors/typed_kept.html", why=why, reason=reason, bid=bid, again=target,
            sign_in=url_for("signin.sign_in", next=target),
        )  # fmt: skip

    def _target(self) -> str:
        return url_for(self.page, **(request.view_args or {}))

    def _asked(self) -> bool:
        """Whether this request carries what was written on the page."""
        return request.method == "POST" and request.endpoint == self.page

    def _room_for_words(self, endpoint: str | None, values: Any) -> None:
        """They may be as long as a request may, so that what is too long to keep is read and comes back in its box."""
        if endpoint == self.page:
            request.max_form_memory_size = current_app.config["MAX_CONTENT_LENGTH"]

    def _kept(self) -> dict[str, Any]:
        """Whose page it is; for the pages of errors what was typed, and the fields to send it again."""
        if not self._asked() or ours() is False:
            return {"whose": whose()}
        pairs = fields()
        return {
            "whose": whose(),
            "kept_words": self.words(pairs),
            "kept_fields": pairs if ours() else [],
            "kept_nothing": not pairs,
            "again": self._target(),
        }

    def _signed_out(self) -> Response | tuple[Any, int] | None:
        """What comes after the session ended is kept on the page that asks to sign in again."""
        if g.person is not None or request.method != "POST":
            return None
        if request.endpoint == self.autosave:
            return self._sign_in_first(), 401
        if self._asked() and ours() is not False:
            return self.show("signed_out"), 401
        return None

    def _sign_in_first(self) -> dict[str, Any]:
        return {"signed_out": True, "sign_in": url_for("signin.sign_in", next=self._target())}

    def _expired(self, error: CSRFError) -> tuple[Any, int]:
        """A form whose token has ended with its session."""
        if request.endpoint == self.autosave and ours():
            if g.person is None:
                return self._sign_in_first(), 401
            return {"expired": True, "csrf_token": generate_csrf()}, 400
        if self._asked() and ours() is not False:
            return self.show("signed_out" if g.person is None else "expired"), 400
        return render_template("errors/400.html", expired=True), 400
