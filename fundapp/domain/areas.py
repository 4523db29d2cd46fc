"""Official codes of areas, names of places and postcodes, in the one form in which they are compared."""

import re
import unicodedata
from typing import Final

#: What an official code says that its area is, by its first three characters (ONS register of geographic codes).
KINDS: Final[dict[str, frozenset[str]]] = {
    "ward": frozenset({"E05", "W05", "S13", "N08", "N10"}),
    "council": frozenset({"E06", "E07", "E08", "E09", "W06", "S12", "N09"}),
    "constituency": frozenset({"E14", "W07", "S14", "N05", "N06", "W09", "W10", "S16", "S17"}),
    "region": frozenset({"E12", "E47", "E23", "W15"}),
    "nation": frozenset({"E92", "W92", "S92", "N92"}),
}
_CODE: Final = re.compile(r"[A-Z0-9](?:[A-Z0-9-]{0,18}[A-Z0-9])?")
_OFFICIAL: Final = re.compile(r"[A-Z][0-9]{8}")
# BS7666: outward A9 A9A A99 AA9 AA9A AA99, inward 9AA without C I K M O V; and Girobank's GIR 0AA.
_POSTCODE: Final = re.compile(r"(?:[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][ABD-HJLNP-UW-Z]{2}|GIR0AA)")
_BEGINNING = re.compile(r"[A-Z]{1,2}[0-9][0-9A-Z]?([0-9][A-Z]?)?")
_MARKS: Final = {"’": "", "'": "", "‘": "", "`": "", "&": " and ", "-": " ", "–": " ", ".": " ", ",": " "}
_SMALL: Final = str.maketrans(_MARKS)


def area_code(text: str) -> str | None:
    """A code in capitals without spaces; None if it cannot be a code: 2 to 20 letters, figures and hyphens."""
    code = "".join(text.upper().split())
    return code if len(code) > 1 and _CODE.fullmatch(code) else None


def kind_of_code(code: str) -> str | None:
    """ward, council, constituency, region or nation, as an official code says; None where it does not say."""
    if not _OFFICIAL.fullmatch(code.upper()):
        return None
    return next((kind for kind, starts in KINDS.items() if code[:3].upper() in starts), None)


def made_up_code(kind: str, name: str) -> str:
    """The code of a region or nation that a file names without one: REGION-NORTH-WEST, at most 20 characters."""
    return f"{kind.upper()}-{name.upper().replace(' ', '-')}"[:20]


def name_key(name: str) -> str:
    """A name as it is compared: without case, accents, apostrophes, hyphens and double spaces; '&' is 'and'."""
    plain = unicodedata.normalize("NFKD", name.translate(_SMALL).casefold())
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).split())


def postcode(text: str) -> str | None:
    """A UK postcode in capitals without a space ('ls3 1hh' is LS31HH); None if it cannot be one."""
    code = "".join(sign for sign in text.upper() if not sign.isspace())
    return code if code.isascii() and _POSTCODE.fullmatch(code) else None


def begins_postcode(text: str) -> bool:
    """Whether it is the beginning of a postcode, such as "LS3" or "ls3 1", which lies in many wards."""
    return _BEGINNING.fullmatch("".join(text.upper().split())) is not None


def shown_postcode(code: str) -> str:
    """A normal postcode as people write it: LS3 1HH."""
    return f"{code[:-3]} {code[-3:]}"
