"""The door on both databases; whatever a test did, the record still verifies at its end."""

from tests.services.staged import office, stage

__all__ = ["office", "stage"]
