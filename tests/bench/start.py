"""What it costs to be there: imports, memory of a web process, the schema on an empty database."""

import os
import subprocess
import sys

from fundapp.database import upgrade
from tests.bench import grounds
from tests.bench.measure import Line, interleaved, seconds
from tests.bench.plan import Plan

#: The libraries that the web service stands on.
BARE = (
    "import flask, flask_babel, flask_bootstrap, flask_login, flask_wtf, sqlalchemy, sqlalchemy.orm, psycopg,"
    " transitions, orjson, huey, argon2, babel.dates, sqlalchemy.dialects.postgresql, sqlalchemy.dialects.sqlite"
)
OURS = "import fundapp.app"
_TELL = "; import sys; print('weasyprint' in sys.modules)"
_SERVE = """
import sys
from fundapp.app import create_app
app = create_app()
client = app.test_client()
for _ in range(20):
    client.get('/'); client.get('/sign-in')
# Not `ru_maxrss`: that counts what the parent held before this program was started.
peak = next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM:'))
print(peak, 'weasyprint' in sys.modules)
"""


def run(plan: Plan) -> list[Line]:
    """Processes of their own, so that nothing is imported already."""
    turns = 3 if plan.quick else 7
    ours, bare = interleaved(turns, lambda _: _timed(OURS), lambda _: _timed(BARE))
    plain = _timed("pass")
    environment = {
        **os.environ,
        "FUNDAPP_DATA": str(plan.folder),
        "DATABASE_URL": f"sqlite:///{plan.folder}/web.db",
    }
    office = grounds.office(environment["DATABASE_URL"])
    making = {"SQLite": seconds(lambda: upgrade(office.db))}
    office.db.close()
    kilobytes, heavy = _python(_SERVE, environment).split()
    lines = [
        Line(
            "imports of the web service", "ms", (ours - plain) * 1000, (bare - plain) * 1000, 1.3, "at_most"
        ),
        Line("memory of a web process", "MB", int(kilobytes) / 1024, target=90, sense="at_most"),
        Line("WeasyPrint imported by the web", "", int(heavy == "True"), target=0, sense="at_most"),
    ]
    with grounds.both(plan.server, plan.folder) as kinds:
        for kind, url in kinds[1:]:
            empty = grounds.office(url)
            making[kind] = seconds(lambda empty=empty: upgrade(empty.db))
            empty.db.close()
    lines += [Line(f"{kind}: schema on an empty database", "s", took, target=5, sense="at_most")
              for kind, took in making.items()]  # fmt: skip
    return lines


def _timed(words: str) -> float:
    return seconds(lambda: _python(words + _TELL, dict(os.environ)))


def _python(words: str, environment: dict[str, str]) -> str:
    ran = subprocess.run(
        [sys.executable, "-c", words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if ran.returncode:
        raise RuntimeError(f"the service could not be started: {ran.stderr.strip().splitlines()[-1]}")
    return ran.stdout
