"""For whoever watches over the service: is it alive, is it ready."""

from flask import g, jsonify
from flask.wrappers import Response

from fundapp import outbox
from fundapp.database import DatabaseUnusable
from fundapp.pages.gate import gate
from fundapp.pages.public import blueprint
from fundapp.schema import standing

#: Seconds that a due effect may wait before the worker counts as behind.
LATE = 900


@blueprint.get("/healthz")
@gate("anyone")
def healthz() -> tuple[str, int, dict[str, str]]:
    """Alive: the process answers."""
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}


@blueprint.get("/readyz")
@gate("anyone")
def readyz() -> tuple[Response, int]:
    """Ready: the database answers, its schema serves this code, the worker keeps up."""
    try:
        migrated, lag = standing(g.conn).serves, outbox.lag(g.conn, g.arrived)
    except DatabaseUnusable:
        return jsonify(database=False), 503
    good = migrated and lag < LATE
    return jsonify(
        database=True, migrated=migrated, worker_lag_seconds=round(lag), ready=good
    ), 200 if good else 503
