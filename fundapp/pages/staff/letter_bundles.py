"""A round's letters in one file: asked for here, made by the worker, fetched here when it is there."""

from typing import Any

from flask import Response, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from fundapp.pages import acting, downloads
from fundapp.pages.gate import funds_for, gate, held_roles
from fundapp.pages.staff import blueprint
from fundapp.queries import letters as asks
from fundapp.queries import rounds
from fundapp.services import letter_bundles as made
from fundapp.services.minutes_papers import is_kept, waits
from fundapp.words import files as words
from fundapp.words.tongue import gettext as _

#: Who sends letters out.
SENDERS = ("treasurer", "officer")
_MEDIA = {"zip": ("application/zip", "zip"), "print": ("application/pdf", "pdf")}


@blueprint.get("/rounds/<code>/all-letters")
@gate(*SENDERS)
def all_letters(code: str) -> str:
    """How many letters there are, and each bundle of them: to be asked for, being made, or to be fetched."""
    row, letters, kept_back = _fetch(code)
    bundles = {}
    for kind in made.KINDS:
        bundle = asks.bundle(g.conn, made.tells(kind, row.id, letters))
        kept = is_kept(downloads.storage(), bundle)
        state = "kept" if kept else "waits" if waits(bundle, g.arrived) else "open"
        under = words.size(bundle.size) if kept and bundle is not None else ""
        bundles[kind] = {"state": state, "row": bundle, "under": under}
    return render_template(
        "staff/all_letters.html", round=row, count=len(letters), kept_back=kept_back, bundles=bundles,
        done=sum(letter.sha256 is not None for letter in letters),
        signed=downloads.signed(), back=_back(row),
    )  # fmt: skip


def _back(row: Any) -> tuple[str, str]:
    if "officer" in held_roles():
        return url_for("officer.round", code=row.code), row.title
    return url_for("treasurer.letters", round=row.code), _("Letters and awards")


@blueprint.post("/rounds/<code>/all-letters")
@gate(*SENDERS)
def bundle_letters(code: str) -> BaseResponse:
    """Have one made; asking twice makes it once."""
    row, letters, _kept_back = _fetch(code)
    kind = request.form.get("kind", "")
    if kind not in made.KINDS or not letters:
        abort(404)
    acting.end_reading()
    made.ask(acting.office(), downloads.storage(), row.id, kind, letters, g.person.id, g.arrived)
    acting.nudge()
    return redirect(url_for("staff.all_letters", code=row.code), 303)


@blueprint.get("/rounds/<code>/all-letters/<kind>")
@gate(*SENDERS)
def letter_bundle(code: str, kind: str) -> BaseResponse:
    """The letters in one file, sent a piece at a time; where it is not made yet, the page that says so."""
    row, letters, _kept_back = _fetch(code)
    if kind not in made.KINDS:
        abort(404)
    bundle = asks.bundle(g.conn, made.tells(kind, row.id, letters))
    if not is_kept(downloads.storage(), bundle):
        flash(_("This file is not made yet, or the letters have changed since."))
        return redirect(url_for("staff.all_letters", code=row.code), 303)
    return _sent(bundle, kind, row.code)


def _sent(bundle: Any, kind: str, code: str) -> Response:
    media_type, ending = _MEDIA[kind]
    return downloads.kept(bundle, media_type, f"{code}-letters.{ending}")


def _fetch(code: str) -> tuple[Any, list[Any], int]:
    """A round of theirs, the letters that they may have, and how many are kept from them; 404 for any other round."""
    row: Any = rounds.by_code(g.conn, code)
    funds = funds_for(*SENDERS)
    if row is None or (funds is not None and row.fund_id not in funds):
        abort(404)
    return row, *made.of(g.conn, row.id, g.person.id)
