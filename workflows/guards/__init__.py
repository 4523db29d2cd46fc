"""Every guard of the policy. Importing this enters them all."""

from workflows.guards import form, money, panel, paying, people, timing

__all__ = ["form", "money", "panel", "paying", "people", "timing"]
