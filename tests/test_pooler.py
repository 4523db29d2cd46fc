"""Behind a pooler that lends connections by transaction: nothing of the service lives longer than one."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from sqlalchemy import text

from fundapp.audit.verify import verify
from fundapp.database import Database
from fundapp.demo import projects
from tests.cast import over
from tests.databases import PostgresServer, url_of
from tests.fleet.processes import Fleet
from tests.fleet.visitor import Visitor
from tests.fleet.waiting import SHARED_KEYS, free_port, wait_for

pytestmark = pytest.mark.postgres


@pytest.mark.parametrize("prepares", [True, False])
def test_without_the_setting_statements_stay_prepared_and_with_it_none(
    postgres_database: Database, prepares: bool
) -> None:
    database = Database(url_of(postgres_database), prepares=prepares)
    with database.read() as conn:
        for number in range(12):
            conn.execute(text("SELECT name FROM person WHERE id = :id"), {"id": number})
        standing = conn.execute(text("SELECT count(*) FROM pg_prepared_statements")).scalar_one()
    database.close()
    assert (standing > 0) is prepares


@contextmanager
def pgbouncer(program: str, server: str) -> Iterator[str]:
    """The URL of the same database through PgBouncer, which has four connections to lend."""
    parts, port = urlsplit(server), free_port()
    host, name = parse_qs(parts.query)["host"][0], parts.path.strip("/")
    folder = Path(tempfile.mkdtemp(prefix="fundapp-pooler-"))
    folder.chmod(0o755)
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\n{name} = host={host} dbname={name} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
        f"listen_port = {port}\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 4\nmax_client_conn = 200\n"
        "unix_socket_dir =\nlogfile =\npidfile =\n"
    )
    # It refuses to run as root, who may be the one to run the tests, as in a container.
    command = [program, str(folder / "pgbouncer.ini")] + (["-u", "nobody"] if os.geteuid() == 0 else [])
    if os.geteuid() == 0:
        Path(host).chmod(0o755)
    log = (folder / "log").open("wb")
    process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}/{name}"
    finally:
        process.terminate()
        process.wait(30)
        log.close()
        shutil.rmtree(folder)


def test_two_webs_and_two_workers_behind_pgbouncer(
    postgres_server: PostgresServer, postgres_database: Database, tmp_path: Path
) -> None:
    program = os.environ.get("PGBOUNCER") or shutil.which("pgbouncer")
    if program is None:
        pytest.skip("PgBouncer is not installed: apt-get install pgbouncer, or name it with PGBOUNCER=/path")
    direct = url_of(postgres_database)
    with pgbouncer(program, direct) as url:
        wait_for(lambda: _answers(url), "PgBouncer")
        with contextmanager(over)(postgres_database, tmp_path / "town", **SHARED_KEYS) as town:
            stage, _code = town.round(closed=False)
            project = next(iter(projects.projects(1)))
            bids = [stage.draft(project) for _ in range(8)]
            # The queue listens for nudges, which lasts longer than a transaction: it goes past the pooler.
            environ = {"DATABASE_PREPARES": "0"}
            with Fleet(tmp_path / "fleet", url, queue_url=direct, environ=environ) as fleet:
                one, other = fleet.webs
                member = Visitor()
                member.sign_in(one, other, fleet.post, "member@demo.example")

                def press(number: int) -> int:
                    at, then = fleet.webs[number % 2], fleet.webs[(number + 1) % 2]
                    reference = town.value("SELECT reference FROM bid WHERE id = :b", b=bids[number])
                    path, own = f"/my-bids/{reference}", Visitor()
                    own.cookies = dict(member.cookies)
                    for _ in range(10):  # often enough for statements to be prepared, if any were
                        page = own.get(at, f"{path}/check")
                    return own.send(then, f"{path}/submit", {}, page=page).status

                with ThreadPoolExecutor(8) as crowd:
                    assert list(crowd.map(press, range(8))) == [303] * 8
                wait_for(lambda: len(fleet.post.to("councillor@demo.example")) == 8, "eight mails")
                said = "".join(ship.said() for ship in fleet.running)
                assert "prepared statement" not in said
                assert '"level":"error"' not in said, said
            assert verify(town.office.db, town.office.recorder).problems == []


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.Error:
        return False
    return True
