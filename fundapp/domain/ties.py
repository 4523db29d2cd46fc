"""What ties people and bids together, as keys that are compared: people, groups, areas, local parties, households.

A person and a bid with a key in common are kept apart; from the kind of key and from what was said follows why.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from fundapp.domain import areas

#: Why a person is kept from a bid, in the order in which it is told. `declared` is of one bid, once it was opened.
REASONS: Final = (
    "own", "declared", "household", "person", "organisation", "donor", "local_party", "ward", "area",
)  # fmt: skip
#: What somebody says of a tie when they declare it. `lives` and `member` are of places and parties.
SAID: Final = ("knows", "works", "belongs", "gives", "other")

#: Words that say that a name is of a local party, and not of which.
_PARTY_WORDS: Final = frozenset(
    ("and", "association", "blp", "branch", "clp", "co", "constituency", "cooperative", "labour", "local", "lp", "op",
     "party", "the")
)  # fmt: skip
_POSTCODE: Final = re.compile(
    r"(?<![A-Z0-9])([A-Z]{1,2}[0-9][A-Z0-9]?)\s*([0-9][ABD-HJLNP-UW-Z]{2})(?![A-Z0-9])"
)
#: A house: its number, perhaps with a letter; a flat is told by its own number.
_NUMBER: Final = re.compile(r"(?<![\w])([0-9]{1,5}\s?[a-z]?)(?![\w])")
_FLAT: Final = re.compile(r"\b(?:flat|apartment|apt|unit|room)\s*([0-9]{1,4}\s?[a-z]?|[a-z])\b")


def person(number: int) -> str:
    """The key of a person."""
    return f"person:{number}"


def organisation(number: int) -> str:
    """The key of a group."""
    return f"organisation:{number}"


def area(number: int) -> str:
    """The key of a ward, or of what contains one."""
    return f"area:{number}"


def party(name: str) -> str | None:
    """The key of a local party; None for a name that says nothing of which ("CLP")."""
    plain = plain_party(name)
    return f"party:{plain}"[:120] if plain else None


def home(mark: str) -> str:
    """The key of a household, by the mark of its address under the service's key."""
    return f"home:{mark}"


def asked(round_id: int) -> str:
    """The key of having been asked before a round's first bid was opened. No bid is tied to it."""
    return f"round:{round_id}"


def kind_of(key: str) -> str:
    """person, organisation, area, party, home or round."""
    return key.partition(":")[0]


def number_of(key: str) -> int | None:
    """The id in a key that names a row; None in one that names words or a mark."""
    kind, _, rest = key.partition(":")
    return int(rest) if kind in ("person", "organisation", "area", "round") and rest.isdecimal() else None


def why_of(key: str, said: str) -> str | None:
    """The reason that follows from a declared tie; None where it keeps nobody apart."""
    kind = kind_of(key)
    if kind == "home":
        return "household"
    if kind == "party":
        return "local_party"
    if kind == "area":
        return "ward" if said == "lives" else "area"
    if kind in ("person", "organisation"):
        return "donor" if said == "gives" else kind
    return None


def plain_party(name: str) -> str:
    """The name of a local party as it is compared: "Leeds North Constituency Labour Party" and "LEEDS NORTH CLP" are
    "leeds north". Case, accents, signs, "&" and the words that only say what it is count for nothing. '' if no more is said.
    """
    words = _words(name.replace("&", " and "))
    kept = [word for word in words if word not in _PARTY_WORDS]
    return " ".join(kept)


def plain_address(*texts: str | None) -> str | None:
    """An address as it is compared: its postcode and the house, "LS3 1HH" and "12b"; None unless it has both.

    A postcode alone is a street of some fifteen households, and an address without one may be anywhere.
    """
    whole = " ".join(text for text in texts if text)
    found = [
        (match.start(), match.end(), "".join(match.groups()))
        for match in _POSTCODE.finditer(unicodedata.normalize("NFKC", whole).upper())
    ]
    codes = [each for each in found if areas.postcode(each[2])]
    if not codes:
        return None
    whole = unicodedata.normalize("NFKC", whole)
    # Capitals may be longer than what they stand for; then the places do not fit, and the address is left alone.
    if len(whole.upper()) != len(whole):
        whole = whole.upper()
    code = codes[-1][2]
    rest = "".join(_without(whole, codes)).casefold()
    house = _house(rest)
    return f"{code} {house}" if house else None


def _without(whole: str, codes: Iterable[tuple[int, int, str]]) -> Iterator[str]:
    start = 0
    for begins, ends, _code in codes:
        yield whole[start:begins]
        yield " , "
        start = ends
    yield whole[start:]


def _house(rest: str) -> str:
    """The house of an address without its postcode: flat and number, or its name where it has none; '' if neither."""
    flat = _FLAT.search(rest)
    left = rest[: flat.start()] + " " + rest[flat.end() :] if flat else rest
    number = _NUMBER.search(left)
    said = []
    if flat:
        said.append(f"flat {_shut(flat.group(1))}")
    if number:
        said.append(_shut(number.group(1)))
    if number or flat:
        return " ".join(said)
    # A house with a name stands on a line of its own before the street; a single line is a street, not a house.
    parts = [" ".join(_words(part)) for part in re.split(r"[,\n;]", left)]
    parts = [part for part in parts if part]
    return parts[0] if len(parts) > 1 else ""


def _shut(text: str) -> str:
    return "".join(text.split())


def _words(text: str) -> list[str]:
    """The words of a text without case, accents and apostrophes."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    letters = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return re.findall(r"[^\W_]+", re.sub(r"['’‘ʼ`]", "", letters))
