"""The passages of a letter, filled: what its facts record of them, and how they stand on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from markupsafe import Markup, escape

from fundapp.domain import wording
from fundapp.domain.money import pounds, pounds_words
from fundapp.letters.glyphs import drawable
from fundapp.letters.typed import breakable, clean

#: Placeholders that a letter's facts hold as they are, by their names there.
_AS_THEY_ARE = {
    "project": "project_title", "organisation": "organisation", "reference": "reference", "fund": "fund_name",
    "round": "round_title", "accept_by": "accept_by", "report_by": "report_by",
}  # fmt: skip
_DAYS = {"dated": "dated", "replaced_day": "replaces", "letter_day": "letter_dated"}


class Paragraph:
    """One paragraph: words of the wording, and what was filled in, which stands in a <bdi> of its own."""

    __slots__ = ("pieces",)

    def __init__(self, pieces: Sequence[Sequence[str]]) -> None:
        self.pieces = tuple((piece[0], len(piece) > 1) for piece in pieces)

    def __html__(self) -> str:
        return "".join(
            Markup("<bdi>{}</bdi>").format(breakable(drawable(clean(words))))
            if filled
            else escape(_between(words))
            for words, filled in self.pieces
        )

    def __str__(self) -> str:
        return "".join(clean(words) if filled else _between(words) for words, filled in self.pieces)


Said = dict[str, tuple[Paragraph, ...]]


def values(facts: Mapping[str, Any]) -> dict[str, str]:
    """What each placeholder stands for in a letter of these facts; those that it has nothing for are left out.

    Days are dates, or text such as 2027-05-20. A letter to nobody by name calls its organisation.
    """
    found = {name: str(facts[fact]) for name, fact in _AS_THEY_ARE.items() if facts.get(fact)}
    found |= {name: _day(facts[fact]) for name, fact in _DAYS.items() if facts.get(fact)}
    found["name"] = str(facts.get("recipient_name") or facts["organisation"])
    if facts.get("amount_pence") is not None:
        found |= {
            "amount": pounds(facts["amount_pence"]),
            "amount_in_words": pounds_words(facts["amount_pence"]),
        }
    return found


def record(kind: str, texts: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, list[list[list[str]]]]:
    """The passages that a letter of these facts says, filled, as its facts keep them: paragraphs of pieces.

    A piece is [words], or [what was filled in, its placeholder]. What fills a placeholder is never read for others.
    Raises LookupError where a letter has nothing for a placeholder.
    """
    known = values(facts)
    whole = wording.complete(kind, texts)
    changed = bool(facts.get("replaces") or facts.get("changed"))
    return {
        place: [
            [[known[piece.words], piece.words] if piece.filled else [piece.words] for piece in paragraph]
            for paragraph in wording.parse(whole[passage])
        ]
        for place, passage in wording.places(kind, changed=changed).items()
    }


def said(kind: str, words: Mapping[str, Any] | None, letter: Mapping[str, Any]) -> Said:
    """The passages of a letter as they stand on paper: as recorded, or the usual ones filled from the letter itself."""
    passages = words["passages"] if words is not None else record(kind, wording.usual(kind), letter)
    return {
        place: tuple(Paragraph(pieces) for pieces in paragraphs) for place, paragraphs in passages.items()
    }


def _between(words: str) -> str:
    """Words made fit for paper that keep their distance from what stands beside them."""
    before, after = words[:1].isspace(), words[-1:].isspace()
    text = drawable(clean(words))
    return f"{' ' if before else ''}{text}{' ' if after and text else ''}"


def _day(day: date | str) -> str:
    from babel.dates import format_date

    given = date.fromisoformat(day) if isinstance(day, str) else day
    return format_date(given, "d\u00a0MMMM y", locale="en_GB")
