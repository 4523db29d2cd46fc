"""How a letter says where anyone learns whether it is real: an address, a code, and a QR code of both."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """What stands beside the signatures. `address` is the page of the check code, whole: https://…/check/ABCD-EFGH-JKLM.

    `signed`: whether the file will carry a digital signature.
    """

    code: str
    address: str
    signed: bool

    @property
    def where(self) -> str:
        """The address as people type it, without the code."""
        return self.address.partition("://")[2].rpartition("/")[0]


def qr_path(address: str) -> tuple[int, str]:
    """(modules on a side, path of the dark ones for SVG) of an address's QR code, without its quiet zone."""
    import segno

    runs = []
    rows = segno.make(address, error="m", micro=False).matrix
    for top, row in enumerate(rows):
        left = 0
        while left < len(row):
            width = 0
            while left + width < len(row) and row[left + width]:
                width += 1
            if width:
                runs.append(f"M{left} {top}h{width}v1h-{width}z")
            left += width or 1
    return len(rows), "".join(runs)
