"""What people typed, made fit for paper: the words stay, what paper cannot carry goes."""

from __future__ import annotations

import re

# XML and PDF carry no control characters, no half surrogates and no non-characters.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\ufff9-\ufffb]"
)

# Embeddings, overrides and isolates (Unicode Annex 9) that reach past the text that holds them. Each text is
# isolated anyway, and the marks 200E, 200F and 061C order their neighbours without reaching further.
_REACHING = re.compile("[\u202a-\u202e\u2066-\u2069]")

_BREAKS = re.compile("[\t\n\r\x85\u2028\u2029]+")


# A word longer than any name or address may break every 40 characters, where else WeasyPrint, which looks for
# the best break again for every line, takes minutes over it.
_LONG_WORD = re.compile(r"\S{200,}")
_PIECE = re.compile(r"(\S{40})(?=\S)")
_MAY_BREAK = "\u200b"


def breakable(text: str) -> str:
    """The text with places to break inside every word of 200 characters and more."""
    return _LONG_WORD.sub(lambda word: _PIECE.sub(rf"\1{_MAY_BREAK}", word[0]), text)


def clean(text: str) -> str:
    """The text in one run, without controls, broken characters and direction overrides."""
    return _BREAKS.sub(" ", _REACHING.sub("", _UNPRINTABLE.sub("", text))).strip()
