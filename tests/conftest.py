"""Fixtures for all tests; each kind stands in a file of its own."""

pytest_plugins = ["tests.databases", "tests.web", "tests.cast"]
