"""The command, for tests of what it does with backups."""

from tests.cli.terminal import bare

__all__ = ["bare"]
