"""The wording of letters: which passages a kind has, the placeholders each may use, and what is wrong with a text.

A text is plain: paragraphs with an empty line between them, and `{placeholders}` that stand for what differs from letter
to letter. It is parsed into pieces and never formatted, so that nothing in it or in what fills it is ever a command.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

#: What every letter can say. Each always has a value, so that no sentence is left with a hole.
ANYWHERE: Final = ("project", "organisation", "name", "reference", "fund", "round", "dated")

#: The longest passage, in characters.
LONGEST: Final = 1500
#: No fund has more versions of its words than this.
MOST_VERSIONS: Final = 10**6
#: So many characters of a text are shown around what is wrong with it.
_NEAR: Final = 24

_BRACE: Final = re.compile(r"[{}]")
_BLANKS: Final = re.compile(r"[^\S\n]+")
_BETWEEN: Final = re.compile(r"\n{2,}")


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage of a letter: its usual text, the placeholders it may use beside ANYWHERE, those it may not lack.

    An `optional` one may be empty and is then left out of the letter.
    """

    name: str
    usual: str
    also: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    optional: bool = False

    @property
    def placeholders(self) -> tuple[str, ...]:
        """All that may stand in it."""
        return (*ANYWHERE, *self.also)


_SUM: Final = ("amount", "amount_in_words")
_OFFER: Final = (*_SUM, "accept_by", "report_by")

KINDS: Final[dict[str, tuple[Passage, ...]]] = {
    "award": (
        Passage("opening", "We are glad to tell you that the {fund} awards a grant to {organisation} for", _OFFER),
        Passage("before_terms", "", _OFFER, optional=True),
        Passage(
            "what_next",
            "Accept by {accept_by}: sign in, open your bid, and type your name under the terms. If we do not"
            " hear from you by then the award lapses and the money goes back to the pot.",
            _OFFER, ("accept_by",),
        ),
        Passage("closing", "", _OFFER, optional=True),
        Passage(
            "changed_opening",
            "This letter replaces that of {replaced_day}: the award is changed, as you have agreed.\n\n"
            "The {fund} awards a grant to {organisation} for",
            (*_SUM, "report_by", "replaced_day"), ("replaced_day",),
        ),
        Passage(
            "changed_next",
            "Nothing: it stands as you agreed to it. Please keep this letter with the copy of the terms that came with it.",
            (*_SUM, "report_by", "replaced_day"),
        ),
    ),
    "feedback": (
        Passage(
            "opening",
            "Thank you for the bid that {organisation} sent to the {round}. We are sorry that we cannot give it a grant"
            " this time:",
        ),
        Passage("before_reasons", "", optional=True),
        Passage(
            "closing",
            "Reply to the email that brought this letter if anything in it is unclear or wrong. A person reads it.",
        ),
    ),
    "acceptance": (
        Passage(
            "opening",
            "Thank you for accepting. This is your copy of the terms that you agreed to, signed for the fund too. They are"
            " those of our letter of {letter_day} for",
            (*_SUM, "letter_day"), ("letter_day",),
        ),
        Passage(
            "changed_opening",
            "Thank you for agreeing to the change. This is your copy of the terms as they now stand, signed for the fund"
            " too. They are those of our letter of {letter_day} for",
            (*_SUM, "letter_day"), ("letter_day",),
        ),
        Passage("closing", "", (*_SUM, "letter_day"), optional=True),
    ),
}  # fmt: skip
#: What a letter about an award that was changed says in the place of another passage.
_CHANGED: Final[dict[str, dict[str, str]]] = {
    "award": {"opening": "changed_opening", "what_next": "changed_next"},
    "acceptance": {"opening": "changed_opening"},
}
#: Every placeholder of any letter.
KNOWN: Final = tuple(
    dict.fromkeys(name for passages in KINDS.values() for each in passages for name in each.placeholders)
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text: words as they were written, or a placeholder (then `words` is its name)."""

    words: str
    filled: bool = False


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is wrong with a passage: its name, a code, and what the sentence about it says.

    Codes: empty; too_long (length, limit); lacking (placeholder); unknown (given, meant or None); not_here (given);
    nameless, unclosed and stray (near: the words around it).
    """

    passage: str
    code: str
    params: Mapping[str, Any]


def passages(kind: str) -> dict[str, Passage]:
    """The passages of a kind of letter by name, in the order of the letter. Raises KeyError for no kind."""
    return {each.name: each for each in KINDS[kind]}


def usual(kind: str) -> dict[str, str]:
    """The words that a kind of letter is set in until somebody edits them."""
    return {each.name: each.usual for each in KINDS[kind]}


def places(kind: str, *, changed: bool) -> dict[str, str]:
    """The places of a letter where passages stand, each with the name of its passage; `changed` is of a changed award."""
    instead = _CHANGED.get(kind, {})
    return {
        name: instead.get(name, name) if changed else name
        for name in passages(kind)
        if name not in instead.values()
    }


def complete(kind: str, texts: Mapping[str, Any]) -> dict[str, str]:
    """Kept texts with the usual one for each passage that did not exist when they were kept; what is no passage is left out."""
    return {name: str(texts.get(name, text)) for name, text in usual(kind).items()}


def tidy(text: str) -> str:
    """A text as it is kept: single blanks, no blanks around lines, one empty line at most between paragraphs."""
    lines = [
        _BLANKS.sub(" ", line).strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    ]
    return _BETWEEN.sub("\n\n", "\n".join(lines)).strip()


def parse(text: str) -> tuple[tuple[Piece, ...], ...]:
    """A text as paragraphs of pieces; a line end within a paragraph is a blank. Raises ValueError for one that is unsound.

    Joined, the pieces are the text again.
    """
    found = []
    for paragraph in tidy(text).split("\n\n"):
        pieces, wrong = _read(paragraph)
        if wrong:
            raise ValueError(f"a text that was never checked: {wrong[0][0]}")
        if pieces:
            found.append(tuple(Piece(piece.words.replace("\n", " "), piece.filled) for piece in pieces))
    return tuple(found)


def complaints(kind: str, texts: Mapping[str, str]) -> tuple[Complaint, ...]:
    """Everything that keeps these texts from being a wording of the kind, in the order of the letter; nothing for a sound one.

    Raises KeyError if a passage is missing.
    """
    found: list[Complaint] = []
    for passage in KINDS[kind]:
        found += _of_one(passage, tidy(texts[passage.name]))
    return tuple(found)


def _of_one(passage: Passage, text: str) -> list[Complaint]:
    if not text:
        return [] if passage.optional else [Complaint(passage.name, "empty", {})]
    found = []
    if len(text) > LONGEST:
        found.append(Complaint(passage.name, "too_long", {"length": len(text), "limit": LONGEST}))
    pieces, wrong = _read(text)
    found += [Complaint(passage.name, code, {"near": near}) for code, near in wrong]
    given = [piece.words for piece in pieces if piece.filled]
    for name in dict.fromkeys(given):
        if name in passage.placeholders:
            continue
        if name in KNOWN:
            found.append(Complaint(passage.name, "not_here", {"given": name}))
        else:
            found.append(Complaint(passage.name, "unknown", {"given": name, "meant": meant(name, passage)}))
    if not wrong:
        found += [
            Complaint(passage.name, "lacking", {"placeholder": name})
            for name in passage.needs
            if name not in given
        ]
    return found


def meant(given: str, passage: Passage) -> str | None:
    """The placeholder of the passage that somebody most likely meant; None where nothing is near."""
    plain = re.sub(r"[\s-]+", "_", given.strip()).casefold()
    near = get_close_matches(plain, passage.placeholders, n=1, cutoff=0.6)
    return near[0] if near else None


def _read(text: str) -> tuple[tuple[Piece, ...], list[tuple[str, str]]]:
    """(pieces, [(code, words near it)]): a brace that is wrong stands among the pieces as words."""
    pieces: list[Piece] = []
    wrong: list[tuple[str, str]] = []
    at = 0
    while (opened := _BRACE.search(text, at)) is not None:
        begins = opened.start()
        if text[begins] == "}":
            wrong.append(("stray", _around(text, begins)))
            _add(pieces, text[at : begins + 1])
            at = begins + 1
            continue
        closed = _BRACE.search(text, begins + 1)
        if closed is None or text[closed.start()] == "{" or "\n" in text[begins : closed.start()]:
            wrong.append(("unclosed", _around(text, begins)))
            _add(pieces, text[at : begins + 1])
            at = begins + 1
            continue
        _add(pieces, text[at:begins])
        name = text[begins + 1 : closed.start()]
        if name.strip():
            pieces.append(Piece(name, filled=True))
        else:
            wrong.append(("nameless", _around(text, begins)))
            _add(pieces, text[begins : closed.end()])
        at = closed.end()
    _add(pieces, text[at:])
    return tuple(pieces), wrong


def _add(pieces: list[Piece], words: str) -> None:
    if words and pieces and not pieces[-1].filled:
        pieces[-1] = Piece(pieces[-1].words + words)
    elif words:
        pieces.append(Piece(words))


def _around(text: str, at: int) -> str:
    """The words from a place on, on its line."""
    line = text[at:].split("\n", 1)[0]
    return line if len(line) <= _NEAR else line[:_NEAR] + "…"
