"""Every request as whoever runs the service sees it: a number, a line in the log, a count; never what somebody typed."""

import logging
import secrets
import time
from typing import Final

from flask import Flask, current_app, g, request
from werkzeug.wrappers import Response

from fundapp import logs
from fundapp.metrics import BOARD

log = logging.getLogger(__name__)

HEADER: Final = "X-Request-ID"

#: Asked every few seconds by machines: worth a line only when the answer is no.
_QUIET: Final = frozenset({"public.healthz", "public.readyz", "public.measured", "static"})


def install(app: Flask) -> None:
    """Hang it around an app, before anything else: it begins first and ends last."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        g.story = logs.begin(_number())

    @app.teardown_request
    def over(error: BaseException | None) -> None:
        logs.end()

    @app.after_request
    def end(response: Response) -> Response:
        story = g.get("story")
        if story is None:
            return response
        response.headers[HEADER] = story.request_id
        seconds = time.perf_counter() - g.began
        route = request.url_rule.rule if request.url_rule is not None else "none"
        method = request.environ["REQUEST_METHOD"]
        method = method if method in _METHODS else "other"
        BOARD.request(route, method, response.status_code, seconds)
        bad = response.status_code >= 500
        if bad or request.endpoint not in _QUIET:
            told = {
                "method": method, "route": route, "status": response.status_code, "ms": round(seconds * 1000, 1),
                "statements": story.statements,
            }  # fmt: skip
            person = g.get("person")
            if person is not None:
                told["person"] = person.token
            log.log(logging.ERROR if bad else logging.INFO, "request", extra={"told": told})
        return response


_METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"})


def number() -> str:
    """The number of the request that is being answered: people say it on the telephone, and the log has it."""
    return logs.request_id() or ""


def _number() -> str:
    """The trusted proxy's number for it, else a new one."""
    if current_app.config["TRUSTED_PROXIES"]:
        given = request.headers.get(HEADER, "")
        if logs.REQUEST_ID.fullmatch(given):
            return given
    # In groups, to be said on the telephone.
    made = secrets.token_hex(6)
    return f"{made[:4]}-{made[4:8]}-{made[8:]}"
