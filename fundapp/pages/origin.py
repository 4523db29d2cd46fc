"""Where a change was sent from: a page of this service, or it is refused, token or not."""

import logging
from typing import Final
from urllib.parse import urlsplit

from flask import abort, current_app, request

log = logging.getLogger(__name__)

#: What a browser says of a form on a page of this very host, and of what nobody's page sent.
_AT_HOME: Final = frozenset({"same-origin", "none"})


def refuse_from_elsewhere() -> None:
    """400 for a POST that a browser says another site sent. Where it says nothing, the form's token stands alone.

    `Sec-Fetch-Site` cannot be written by a page; `Origin` is compared by host and port with where the request came
    to and with BASE_URL. A scheme is not compared: a proxy that ends TLS may not tell it.
    """
    if request.method != "POST":
        return
    site = request.headers.get("Sec-Fetch-Site", "")
    origin = request.headers.get("Origin", "")
    if (site and site not in _AT_HOME) or (origin and not _ours(origin)):
        log.warning("a form from elsewhere was refused", extra={"told": {"code": "origin_refused"}})
        abort(
            400
        )  # not as an expired page: nothing that another site typed is shown again with a token of ours


def _ours(origin: str) -> bool:
    try:
        host = urlsplit(origin).netloc.lower()
        home = urlsplit(current_app.extensions["settings"].base_url).netloc.lower()
    except ValueError:
        return False
    return host != "" and host in (request.host.lower(), home)
