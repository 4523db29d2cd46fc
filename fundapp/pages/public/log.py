"""The sealed log as anyone may see it: how far it reaches, its checkpoints and keys, and proofs held against it."""

from collections.abc import Mapping
from typing import Any, Final

from flask import Response, abort, current_app, g, make_response, render_template, request
from sqlalchemy import Connection

from config import Settings
from fundapp.audit.checker import NAME, checker
from fundapp.audit.keys import SealKeyUnusable
from fundapp.audit.record import RecordBroken
from fundapp.audit.sealed import StoredTree
from fundapp.audit.standalone.findings import Unreadable
from fundapp.audit.standalone.notes import Key
from fundapp.audit.standalone.proofs import read_proof
from fundapp.pages import acting, proved
from fundapp.pages.gate import gate
from fundapp.pages.hashed import Brief
from fundapp.pages.public import blueprint
from fundapp.queries import record as asks
from fundapp.services import checkpoints, proofs
from fundapp.words.tongue import gettext as _

#: Checkpoints that the picture marks, and those of them that its table lists.
MARKS: Final = 60
#: Sealing comes a minute after the event: an answer may be that old.
_BRIEFLY: Final = "public, max-age=60"
#: What is signed of a size never changes.
_LONG: Final = "public, max-age=86400, immutable"
_TEXT: Final = {"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"}

Plain = tuple[str, int, dict[str, str]]


def _cached(how: str, headers: Mapping[str, str] = _TEXT) -> dict[str, str]:
    """Headers of what anybody may be given from a cache; an answer that may carry somebody's cookie is kept by none."""
    return dict(headers) if request.cookies else {**headers, "Cache-Control": how}


def known() -> tuple[Key, ...]:
    """The public keys of the log, the present one first; none where nothing is signed."""
    settings: Settings = current_app.extensions["settings"]
    try:
        return checkpoints.known_keys(settings) or ()
    except SealKeyUnusable as trouble:
        current_app.logger.error("%s", trouble)
        return ()


def pictured(conn: Connection) -> tuple[int, Any, list[Any]]:
    """(how many checkpoints there are, the drawing of the log's growth or None, the marks as rows (size, at))."""
    from fundapp.pages import drawings

    count, marks = asks.growth(conn, MARKS)
    points = [(row.at.timestamp(), row.size) for row in marks]
    return count, drawings.grown(points) if points else None, marks


@blueprint.get("/log")
@gate("anyone")
def log() -> str:
    """What the log is, how far it is sealed, and how anybody checks."""
    count, drawn, marks = pictured(g.conn)
    return render_template(
        "public/log.html",
        newest=asks.newest_checkpoint(g.conn),
        count=count,
        drawn=drawn,
        marks=marks,
        keys=known(),
    )


@blueprint.get("/log/checkpoint")
@gate("anyone")
def log_checkpoint() -> Plain:
    """The newest checkpoint, as it was signed."""
    row = asks.newest_checkpoint(g.conn)
    if row is None:
        abort(404)
    return row.note, 200, _cached(_BRIEFLY)


@blueprint.get("/log/checkpoint/<int:size>")
@gate("anyone")
def log_checkpoint_of(size: int) -> Plain:
    """The checkpoint over that many events."""
    row = asks.checkpoint(g.conn, size) if size < 1 << 62 else None
    if row is None:
        abort(404)
    return row.note, 200, _cached(_LONG)


@blueprint.get("/log/keys")
@gate("anyone")
def log_keys() -> Plain:
    """The public keys, the present one first, a line each."""
    return "".join(f"{key.text}\n" for key in known()), 200, _cached(_BRIEFLY)


@blueprint.get("/log/consistency/<int:old>/<int:new>")
@gate("anyone")
def log_consistency(old: int, new: int) -> Plain:
    """The hashes by which the log of `old` events is shown to be the beginning of that of `new`: base64, one a line.

    Between sizes that checkpoints were signed over, RFC 9162; 404 for any other.
    """
    from base64 import b64encode

    if not 0 < old <= new < 1 << 62:
        abort(404)
    if asks.checkpoint(g.conn, old) is None or asks.checkpoint(g.conn, new) is None:
        abort(404)
    try:
        path = StoredTree(g.conn).consistency(old, new)
    except RecordBroken as broken:
        current_app.logger.error("%s", broken)
        abort(503)
    return "".join(f"{b64encode(step).decode()}\n" for step in path), 200, _cached(_LONG)


@blueprint.get("/log/checker")
@gate("anyone")
def log_checker() -> Response:
    """The program that checks without us, as one file."""
    response = make_response(checker())
    response.headers["Content-Type"] = "application/octet-stream"
    response.headers["Content-Disposition"] = f'attachment; filename="{NAME}"'
    response.headers.update(_cached(_BRIEFLY, {}))
    return response


@blueprint.route("/log/check", methods=["GET", "POST"])
@gate("anyone")
def check_proof() -> str | tuple[str, int]:
    """A proof as a file, held against the log: it is read in memory and kept nowhere."""
    if request.method == "GET":
        return _form()
    upload: Any = request.files.get("proof")
    given = upload.stream if upload is not None else None
    if not isinstance(given, Brief) or not given.size:
        return _form(_("Choose the proof first: a file that ends in .tlog-proof.")), 422
    if given.size > Brief.MOST:
        return _form(
            _("This file is too large to be a proof of ours. Choose the one that ends in .tlog-proof.")
        ), 422
    try:
        proof = read_proof(given.getvalue().decode())
    except (Unreadable, ValueError, RecursionError):
        return _form(
            _("This file is no proof. Choose the one that ends in .tlog-proof, as you saved it.")
        ), 422
    try:
        found = proofs.read(g.conn, known(), proof)
    except RecordBroken as broken:
        current_app.logger.error("%s", broken)
        abort(503)
    day = asks.checkpoint(g.conn, proof.checkpoint.size) if not found.findings else None
    return render_template(
        "public/proof_read.html", found=found, told=proved.told(found), opened=proved.opened(found), sealed=day,
        zone=acting.office().zone,
    )  # fmt: skip


def _form(error: str = "") -> str:
    problems = [{"field": "proof", "words": error}] if error else None
    return render_template("public/check_proof.html", problems=problems, error=error, checker=NAME)
