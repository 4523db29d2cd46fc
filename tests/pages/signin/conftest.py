"""The letterbox of whoever signs in."""

from tests.pages.signin.letterbox import letters

__all__ = ["letters"]
