"""Every guard of the policy. Importing this enters them all."""

from workflows.guards import form, money, panel, people, timing

__all__ = ["form", "money", "panel", "people", "timing"]
