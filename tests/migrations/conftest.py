"""The command, for tests of what it says of the schema."""

from tests.cli.terminal import bare, ready

__all__ = ["bare", "ready"]
