"""Files that people handed in, sent to whoever may open them: to be kept, never shown by the browser itself."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO, Final
from urllib.parse import quote

from flask import Response, abort, current_app, g, render_template

from config import Settings
from fundapp.domain import documents as named
from fundapp.domain.keeping import NO_HASH
from fundapp.queries import letters as asks
from fundapp.storage import FileMissing, Files
from fundapp.words import files as words

_PIECE: Final = 64 * 1024


def storage() -> Files:
    """Where the service keeps what people hand in."""
    found: Files = current_app.extensions["files"]
    return found


def scanned() -> bool:
    """Whether a virus scanner looks at a file before anybody opens it."""
    settings: Settings = current_app.extensions["settings"]
    return settings.scanner_url is not None


#: What a person handed in is opened by itself, in no frame, and runs nothing.
_RUNS_NOWHERE: Final = (
    "default-src 'none'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; sandbox"
)


def signed() -> bool:
    """Whether letters are signed."""
    settings: Settings = current_app.extensions["settings"]
    return settings.letter_seal is not None


def send(row: Any, name: str = "") -> Response:
    """The file of a row of queries.documents.open_one, streamed, under another name if one is given; 404 if it is gone."""
    return kept(row, row.media_type, name or row.name)


def kept(row: Any, media_type: str, name: str, *, shown: bool = False) -> Response:
    """The kept content of a row (id, sha256, size), streamed under that name; 404 if it is gone.

    `shown`: the browser may show it itself, as it may of what the service made.
    """
    try:
        stream: BinaryIO = storage().open(row.sha256)
    except FileMissing:
        current_app.logger.error("the content %s of row %s is not kept", row.sha256, row.id)
        abort(404)
    response = Response(pieces(stream), content_type=media_type)
    response.call_on_close(stream.close)
    response.content_length = row.size
    response.headers["Content-Disposition"] = f'inline; filename="{name}"' if shown else disposition(name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    if not shown:
        response.headers["Content-Security-Policy"] = _RUNS_NOWHERE
    response.headers["Cache-Control"] = "no-store"
    return response


def letter(row: Any, reference: str) -> Response:
    """The kept file of a letter's row (id, kind) of the bid of that reference; 404 for none.

    A letter that was written a moment ago is made by the worker, never by a page: until then the answer is a page that
    says so (202). Who waits for longer than the clock's next minute waits for somebody to mend what hinders the worker.
    """
    if row is None:
        abort(404)
    file = asks.file_of(g.conn, row.id)
    if file is None:
        said = render_template("errors/letter_waits.html", reference=reference)
        return Response(said, 202, {"Retry-After": "5"}, content_type="text/html; charset=utf-8")
    if file.sha256 == NO_HASH:  # it went with what people had written
        abort(410)
    return kept(file, "application/pdf", f"{reference}-{row.kind}.pdf", shown=True)


def disposition(name: str) -> str:
    """An attachment under a name (RFC 6266): a plain shadow of it, and the whole percent-encoded."""
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in ".-_ ") else "_" for sign in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def pieces(stream: BinaryIO) -> Iterator[bytes]:
    """What a stream holds, piece by piece; it is closed behind the last."""
    with stream:
        while piece := stream.read(_PIECE):
            yield piece


def under(name: str, size: int, media_type: str = "") -> str:
    """`PDF, 118 KB`: what stands below a file's name."""
    return f"{words.kind(media_type, name)}, {words.size(size)}"


def listed(
    questions: Sequence[Mapping[str, Any]], answers: Mapping[str, Any], href: Callable[[int], str]
) -> list[dict[str, Any]]:
    """The files of a frozen version by question: {label, files: [{title, href, under}]}, for parts/documents.html.

    `href` makes the link of a document for whoever reads the page.
    """
    found = []
    for question in questions:
        if question["kind"] != "file":
            continue
        items = [
            {
                "title": entry["name"],
                "href": href(entry["document"]),
                "under": under(entry["name"], entry["size"]),
            }
            for entry in named.entries(answers.get(question["id"]))
        ]
        if items:
            found.append({"label": question["label"], "files": items})
    return found
