"""Files in quarantine: shown to the virus scanner, then set free, or refused with their bytes deleted."""

from collections.abc import Callable
from datetime import UTC, datetime

from config import Settings
from fundapp.intake.scanner import Scanner, ScannerUnusable
from fundapp.outbox import Effect
from fundapp.queries import documents as asks
from fundapp.services import documents
from fundapp.services.deed import Office
from fundapp.storage import FileMissing, open_storage


def scanning(office: Office, settings: Settings) -> Callable[[Effect], None]:
    """The handler of `scan_document`. It raises ScannerUnusable, and the file waits on, until a scanner has judged it."""
    files = open_storage(settings.storage_url)

    def scan(effect: Effect) -> None:
        with office.db.read() as conn:
            row = asks.with_giver(conn, effect.args["document"])
        if row is None or row.state != "waiting" or row.removed_at is not None:
            return
        if settings.scanner_url is None:
            # The file was given while there was a scanner: a worker without one must not wave it through.
            raise ScannerUnusable(
                "A file waits for the virus scanner and none is set. Set SCANNER_URL for the worker too."
            )
        try:
            content = files.open(row.sha256)
        except FileMissing:
            documents.refuse(office, files, row.id, "lost", datetime.now(UTC))
            return
        with content:
            found = Scanner(settings.scanner_url).scan(content)
        now = datetime.now(UTC)
        if found:
            documents.refuse(office, files, row.id, f"infected: {found}", now)
        else:
            documents.found_clean(office, row.id, now)

    return scan
