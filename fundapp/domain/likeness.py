"""What makes two bids alike: marks of what groups are known by, and of near-same texts.

Marks are hashes of normalised values, so that nothing personal is kept twice. Texts are compared by their shingles, a
sketch of minimal hashes, and bands of it: A. Z. Broder, "On the resemblance and containment of documents" (1997); for
bands, Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", chapter 3.
"""

import hashlib
import re
import struct
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, Final

#: Words of a shingle. Three: of a text in which every tenth word is another, more than half of the shingles stand.
SHINGLE: Final = 3
PERMUTATIONS: Final = 32
BAND: Final = 2
#: A text of fewer words is like too many others.
FEWEST_WORDS: Final = 20
#: A pair that was found is measured by its pairs of words: what stays of them says plainest how much was changed.
PAIR: Final = 2
#: From this resemblance on, in hundredths, two texts are worth a look. Where every tenth word is another, 66 stand;
#: bids that share what a party says everywhere come to about 60.
ALIKE: Final = 65

#: Two digests of 64 bytes hold a number of 32 bits for each permutation.
_NUMBERS: Final = struct.Struct(f"<{PERMUTATIONS}I")
_LEGAL: Final = frozenset(("the", "ltd", "limited", "cic", "cio", "plc", "llp", "inc"))
_POSTCODE: Final = re.compile(r"\b([A-Z]{1,2}[0-9][A-Z0-9]?)\s*([0-9][A-Z]{2})\b")
#: Answers that are no part of what the project is.
_NOT_TEXT: Final = frozenset(
    ("organisation", "organisation_id", "address", "postcode", "phone", "starts_on", "ends_on", "programme")
)


def plain(text: str) -> str:
    """Letters and figures of any script in lower case, without accents, one blank between words."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    kept = (c if c.isalnum() else " " for c in apart if not unicodedata.combining(c))
    # An apostrophe is no end of a word: the tenants' hall, the tenants hall.
    return " ".join("".join(kept).split())


def name(text: str) -> str:
    """The name of a group without its legal form: "The Millbeck Growers Ltd." is "millbeck growers"."""
    words = plain(text.replace("&", " and ").replace("’", "").replace("'", "")).split()
    return " ".join(word for word in words if word not in _LEGAL) or " ".join(words)


def official(text: str) -> str:
    """An official number without signs and leading noughts: GB-CHC-01168381 is GBCHC1168381."""
    parts = re.findall(r"[A-Z]+|[0-9]+", text.upper())
    return "".join(part.lstrip("0") if part.isdigit() else part for part in parts)


def phone(text: str) -> str:
    """The figures of a telephone number as dialled in the UK: +44 330 555 0142 is 03305550142; empty under nine figures."""
    figures = "".join(c for c in text.replace("(0)", "") if c in "0123456789")
    if figures.startswith("0044"):
        figures = "0" + figures[4:]
    elif figures.startswith("44") and len(figures) > 10:
        figures = "0" + figures[2:]
    return figures if len(figures) >= 9 else ""


def postcode(text: str) -> str:
    """The last UK postcode in a text, without its blank; empty if there is none."""
    found = _POSTCODE.findall(text.upper())
    return "".join(found[-1]) if found else ""


def bank(sort_code: str, account: str) -> str:
    """A bank account by its figures; empty unless both have as many as they must (6 and 8)."""
    figures = ["".join(c for c in text if c in "0123456789") for text in (sort_code, account)]
    return "".join(figures) if [len(part) for part in figures] == [6, 8] else ""


def text_of(answers: Mapping[str, Any]) -> str:
    """What a bid says in its own words, in the order of its questions' names."""
    said = (
        str(answers[key]) for key in sorted(answers) if key not in _NOT_TEXT and isinstance(answers[key], str)
    )
    return plain(" ".join(said))


def shingles(text: str, size: int = SHINGLE) -> frozenset[str]:
    """Every run of so many words of a plain text; empty for a short one."""
    words = text.split()
    if len(words) < FEWEST_WORDS:
        return frozenset()
    return frozenset(" ".join(words[start : start + size]) for start in range(len(words) - size + 1))


def resemblance(one: frozenset[str], other: frozenset[str]) -> int:
    """How much of two texts' shingles is common to both, in hundredths, rounded down (Broder's r)."""
    together = len(one | other)
    return len(one & other) * 100 // together if together else 0


def bands(found: frozenset[str]) -> list[str]:
    """The marks of a text: each stands for BAND of its PERMUTATIONS minima. Like texts are likely to share one."""
    if not found:
        return []
    minima = [min(drawn) for drawn in zip(*map(_sketch, found), strict=True)]
    return [
        _mark("text", f"{start}:{minima[start : start + BAND]}") for start in range(0, PERMUTATIONS, BAND)
    ]


def _sketch(shingle: str) -> tuple[int, ...]:
    """Where a shingle stands in each of PERMUTATIONS orders. For ever the same: old marks go on meeting new ones."""
    said = shingle.encode()
    return _NUMBERS.unpack(
        b"".join(hashlib.blake2b(said, person=person).digest() for person in (b"likeness 1a", b"likeness 1b"))
    )


def marks(answers: Mapping[str, Any]) -> set[tuple[str, str]]:
    """(kind, mark) of everything by which a bid's answers can be found to be like another's."""
    return {(kind, _mark(kind, value)) for kind, value in _known(answers) if value} | {
        ("text", band) for band in bands(shingles(text_of(answers)))
    }


def _known(answers: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    def said(key: str) -> str:
        value = answers.get(key)
        return value if isinstance(value, str) else ""

    yield "official", official(said("organisation_id"))
    yield "name", name(said("organisation"))
    yield "address", plain(said("address"))
    yield "postcode", postcode(said("postcode")) or postcode(said("address"))
    yield "phone", phone(said("phone"))
    yield "bank", bank(said("sort_code"), said("account_number"))


def _mark(kind: str, value: str) -> str:
    return hashlib.sha256(f"likeness 1\n{kind}\n{value}".encode()).hexdigest()[:32]
