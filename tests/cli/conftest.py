"""The fixtures of the commands' tests."""

from tests.cli.terminal import bare, ready, seeded

__all__ = ["bare", "ready", "seeded"]
