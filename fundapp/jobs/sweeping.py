"""Contents that nobody needs any more, swept from the storage every few hours."""

import logging
from datetime import datetime, timedelta

from fundapp.services import documents
from fundapp.services.deed import Office
from fundapp.storage import Files

log = logging.getLogger(__name__)

EVERY = timedelta(hours=6)


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
