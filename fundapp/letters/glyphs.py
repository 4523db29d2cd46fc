"""Which characters the fonts of this machine can draw, and what each drawn shape reads as."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from functools import cache
from typing import Any

# Drawn by the serif that letters bring along, so nothing has to be asked.
_OWN = re.compile("[\x20-\x7e\xa0-\u017f\u2013\u2014\u2018-\u201e\u2020-\u2022\u2026\u20ac]*")

# A wish to draw the character before in another way; it has no shape of its own.
_VARIATION = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")

_STAND_IN = "\ufffd"

# Invisible and joins what is beside it, so that a word stays one word when it is copied or read out.
_NOTHING = b"<2060>"


def drawable(text: str) -> str:
    """The text with U+FFFD, or ? failing that, for every character that no font on this machine can draw.

    An empty box would say less, and PDF/UA-1 (clause 7.21.8) forbids it.
    """
    if _OWN.fullmatch(text):
        return text
    known = _drawn_characters()
    if not known:
        return text
    stand_in = _STAND_IN if ord(_STAND_IN) in known else "?"
    text = _VARIATION.sub("", text)
    return "".join(
        one if ord(one) in known or unicodedata.category(one) == "Cf" else stand_in for one in text
    )


def mend_maps(document: Any, pdf: Any) -> None:
    """Give a reading to shapes that WeasyPrint leaves without one, in its last step before the file.

    Where several shapes make one character, as a Bengali vowel written before its consonant, one of them
    carries the characters and the others an empty reading, which PDF/UA-1 (clause 7.21.7) does not take.
    """
    for thing in pdf.objects:
        lines = getattr(thing, "stream", None)
        if not lines or b"begincmap" not in lines:
            continue
        thing.stream = [
            line[:-2] + _NOTHING if isinstance(line, bytes) and line.endswith(b" <>") else line
            for line in lines
        ]


@cache
def _drawn_characters() -> frozenset[int]:
    """Every code point in some font that fontconfig lists; empty when it cannot be asked."""
    try:
        asked = subprocess.run(
            ["fc-list", ":scalable=true", "charset"], capture_output=True, text=True, timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return frozenset()
    known: set[int] = set()
    for line in set(asked.stdout.splitlines()):
        for span in line.partition("=")[2].split():
            first, _, last = span.partition("-")
            known.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(known)
