"""Fixtures for all tests; each kind stands in a file of its own."""

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.databases", "tests.web", "tests.cast"]

# A busy machine is no fault of the code: no test measures time.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
