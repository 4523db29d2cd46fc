"""What nobody needs any more: contents swept from the storage every few hours, words that had their time every few minutes."""

import logging
from datetime import datetime, timedelta

from fundapp.services import documents, retention
from fundapp.services.deed import Office
from fundapp.storage import Files

log = logging.getLogger(__name__)

EVERY = timedelta(hours=6)
KEEPS_EVERY = timedelta(minutes=10)


class Sweeper:
    """Sweeps when it is called, but no more often than EVERY."""

    def __init__(self, office: Office, files: Files) -> None:
        self.office, self.files = office, files
        self.last: datetime | None = None

    def __call__(self, at: datetime) -> int:
        """How many contents were deleted."""
        if self.last is not None and at - self.last < EVERY:
            return 0
        self.last = at
        swept = documents.sweep(self.office, self.files, at)
        if swept:
            log.info("%d contents that nobody needs were deleted", swept)
        return swept


class Keeper:
    """Takes out what has had its time, a part each time, no more often than KEEPS_EVERY."""

    def __init__(self, office: Office, files: Files) -> None:
        self.office, self.files = office, files
        self.last: datetime | None = None

    def __call__(self, at: datetime) -> dict[str, int]:
        """How much went, by class."""
        if self.last is not None and at - self.last < KEEPS_EVERY:
            return {}
        self.last = at
        done = retention.run(self.office, self.files, at)
        if done:
            log.info(
                "had its time and went: %s", ", ".join(f"{name} {count}" for name, count in done.items())
            )
        return done
