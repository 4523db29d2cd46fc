"""How gunicorn serves the web service: `gunicorn -c python:fundapp.serving fundapp.wsgi:app --bind …`.

The settings are read before any process begins: what is missing is said in sentences, and nothing starts.
"""

import sys
from typing import Any

from gunicorn.glogging import Logger

from config import BadSettings, Settings
from fundapp import logs, metrics

try:
    _settings = Settings.from_environment()
except BadSettings as wrong:
    sys.exit("\n".join(wrong.problems))


class logger_class(Logger):
    """The server's own words, in the form of all the others."""

    def setup(self, cfg: Any) -> None:
        """See gunicorn.glogging.Logger.setup."""
        super().setup(cfg)
        logs.install(_settings.log_format, _settings.log_level)


loglevel = _settings.log_level
worker_class = "gthread"
workers = 2
threads = 4
#: Longer than any page takes, letters of a round included: those are made by the worker.
timeout = 60
graceful_timeout = 30
keepalive = 5
#: Longer than the longest address of a page; a request beyond that is no browser's.
limit_request_line = 4094
#: Each request has its line already, from the service itself.
accesslog = None


def pre_fork(server: Any, worker: Any) -> None:
    """Gives a process the slot in which it counts: in the server, which begins one after another."""
    worker.counts_in = metrics.BOARD.free({other.counts_in for other in server.WORKERS.values()})


def post_fork(server: Any, worker: Any) -> None:
    """Has it count there."""
    metrics.BOARD.take(worker.counts_in)
