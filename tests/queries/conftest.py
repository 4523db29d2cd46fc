"""Questions asked of both databases."""

from tests.services.staged import office, stage

__all__ = ["office", "stage"]
