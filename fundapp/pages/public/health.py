"""For whoever watches over the service: is it alive, is it ready, how does it do, whom to tell of a weakness."""

import hmac
import ipaddress
from datetime import UTC, timedelta
from typing import Final

from flask import abort, current_app, g, jsonify, request, url_for
from flask.wrappers import Response

from config import Settings
from fundapp import metrics
from fundapp.pages.gate import gate
from fundapp.pages.public import blueprint
from fundapp.services import readiness
from fundapp.services.asked_once import AskedOnce
from fundapp.services.rounds import FUND_TERMS

#: The format that Prometheus reads.
_TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"
_PLAIN: Final = "text/plain; charset=utf-8"
#: How long the words of /.well-known/security.txt stand; less than a year, as RFC 9116 advises.
_TOLD_FOR: Final = timedelta(days=182)


@blueprint.get("/healthz")
@gate("anyone")
def healthz() -> tuple[str, int, dict[str, str]]:
    """Alive: the process answers."""
    return "ok\n", 200, {"Content-Type": _PLAIN}


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


@blueprint.get("/.well-known/security.txt")
@gate("anyone")
def security_txt() -> tuple[str, int, dict[str, str]]:
    """Whom to tell of a weakness (RFC 9116). It ends in half a year, counted anew each day."""
    settings: Settings = current_app.extensions["settings"]
    ends = g.arrived.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + _TOLD_FOR
    told = {
        "Contact": f"mailto:{FUND_TERMS['email']}",
        "Expires": f"{ends:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages": "en",
        "Canonical": settings.base_url.rstrip("/") + url_for("public.security_txt"),
    }
    return "".join(f"{name}: {said}\n" for name, said in told.items()), 200, {"Content-Type": _PLAIN}


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
