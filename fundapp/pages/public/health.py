"""For whoever watches over the service: is it alive, is it ready, how does it do."""

import hmac
import ipaddress
from typing import Final

from flask import abort, current_app, jsonify, request
from flask.wrappers import Response

from config import Settings
from fundapp import metrics
from fundapp.pages.gate import gate
from fundapp.pages.public import blueprint
from fundapp.services import readiness
from fundapp.services.asked_once import AskedOnce

#: The format that Prometheus reads.
_TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"


@blueprint.get("/healthz")
@gate("anyone")
def healthz() -> tuple[str, int, dict[str, str]]:
    """Alive: the process answers."""
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}


@blueprint.get("/readyz")
@gate("anyone")
def readyz() -> tuple[Response, int]:
    """Ready: everything goes as it should, else 503 and what ails it. `?of=web`: whether this process can serve pages."""
    asked: AskedOnce[readiness.Readiness] = current_app.extensions["readiness"]
    found = asked.answer(readiness.PATIENCE) or readiness.NO_ANSWER
    good = found.web if request.args.get("of") == "web" else found.ready
    return jsonify(found.told()), 200 if good else 503


@blueprint.get("/metrics")
@gate("anyone")
def measured() -> tuple[str, int, dict[str, str]]:
    """Measures for Prometheus: for whoever has METRICS_TOKEN, without one for this machine alone; else there is no such page."""
    if not _may_measure():
        abort(404)
    asked: AskedOnce[list[metrics.Figure] | None] = current_app.extensions["figures"]
    found = asked.answer(readiness.PATIENCE)
    up = metrics.Figure(
        "fund_database_up", "Whether the database answers.", "gauge", [({}, float(found is not None))]
    )
    return metrics.of_requests() + metrics.exposition([up, *(found or [])]), 200, {"Content-Type": _TEXT}


def _may_measure() -> bool:
    settings: Settings = current_app.extensions["settings"]
    if settings.metrics_token is not None:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), settings.metrics_token.encode())
    # Behind a proxy everybody seems to come from this machine, or says so; then only a token tells them apart.
    try:
        near = ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
    return near and not any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"))
