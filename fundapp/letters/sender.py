"""Who a letter comes from: the fund's address, how to reach a person, who signs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Contact:
    """Where the fund is found; each part as people write it, and left out when empty."""

    address_lines: tuple[str, ...] = ()
    phone: str | None = None
    email: str | None = None
    web: str | None = None


@dataclass(frozen=True)
class Signatory:
    """Who signs, and as what: ('Helen Abernethy', 'Chair of the panel')."""

    name: str
    title: str
