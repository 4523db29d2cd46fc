"""One's own data: what is held, and all of it to take away, for whoever signed in a moment ago."""

from datetime import UTC, datetime
from tempfile import TemporaryFile
from typing import Any

from flask import Response, g, render_template

from fundapp.domain.keeping import CLASSES
from fundapp.pages import acting, downloads
from fundapp.pages.gate import gate
from fundapp.pages.signin import blueprint, visits
from fundapp.services import own_account, own_data


@blueprint.get("/account/data")
@gate("signed_in")
def data() -> str:
    """What is held of them, by kind, and the way to have it."""
    return _page()


@blueprint.post("/account/data")
@gate("signed_in")
def take_data() -> Any:
    """All of it, as a ZIP. Whoever signed in long ago signs in again first."""
    now = datetime.now(UTC)
    if not _fresh(now):
        return _page(), 409
    acting.end_reading()
    own_data.note(acting.office(), acting.actor(), g.person.id, "self", now)
    return zipped(g.person.id, now)


@blueprint.post("/account/data/sign-in-again")
@gate("signed_in")
def sign_in_again() -> Any:
    """End this session and come back here with a new one."""
    acting.end_reading()
    return visits.sign_in_again("signin.data")


def zipped(person: int, now: datetime) -> Response:
    """The download: put together in a file without a name first, so that no slow line keeps the database waiting."""
    day = now.astimezone(acting.office().zone).date().isoformat()
    file = TemporaryFile()  # noqa: SIM115  (it is closed with the answer)
    try:
        for piece in own_data.packed(acting.office(), downloads.storage(), person, now):
            file.write(piece)
        size = file.tell()
        file.seek(0)
    except BaseException:
        file.close()
        raise
    response = Response(downloads.pieces(file), content_type="application/zip")
    response.call_on_close(file.close)
    response.content_length = size
    response.headers["Content-Disposition"] = downloads.disposition(f"my-data-{day}.zip")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def by_class(person: int, *, own: bool) -> list[tuple[Any, list[tuple[str, int]]]]:
    """What there is of a person, or what of it they are given (`own`), by class: (class, [(what, how many)])."""
    found: dict[str, list[tuple[str, int]]] = {}
    for record, what, count in own_data.held(g.conn, person, own=own):
        found.setdefault(record, []).append((what, count))
    return [(CLASSES[record], kinds) for record, kinds in found.items()]


def _fresh(now: datetime) -> bool:
    return own_account.is_fresh(g.session, now)


def _page() -> str:
    return render_template(
        "signin/data.html", held=by_class(g.person.id, own=True), fresh=_fresh(datetime.now(UTC))
    )
