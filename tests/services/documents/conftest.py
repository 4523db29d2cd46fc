"""A draft to hand files in to, on both databases."""

from tests.services.documents.filed import add, bid, files

__all__ = ["add", "bid", "files"]
