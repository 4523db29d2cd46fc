"""The boxes of a round's terms, what was typed into them, and what is wrong with it."""

import re
from dataclasses import dataclass
from typing import Any, Final

from fundapp.pages import typed
from fundapp.pages.officer.forms import Problems

#: The longest text of one box.
LONGEST: Final = 2000
#: Kinds that are no boxes.
SILENT: Final = frozenset({"head", "fold", "unfold"})


@dataclass(frozen=True, slots=True)
class Field:
    """One box: `kind` is head, text, area, date, money, number, choice; fold and unfold begin and end a part that unfolds."""

    kind: str
    name: str
    label: str
    value: str = ""
    hint: str = ""


@dataclass(slots=True)
class Read:
    """What was typed, as columns, and what is wrong with it."""

    given: dict[str, Any]
    problems: Problems

    def wrong(self, field: str, words: str) -> None:
        """One thing to mend."""
        self.problems.append({"field": field, "words": words})


def lines(name: str) -> list[str]:
    """A box of many lines as a list, without the empty ones."""
    return [" ".join(line.split()) for line in typed.words(name)[:LONGEST].split("\n") if line.strip()]


def slug(words: str, taken: set[str]) -> str:
    """A code for something new, made of its words, that nothing else has."""
    stem = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")[:24] or "more"
    code, number = stem, 2
    while code in taken:
        code, number = f"{stem}_{number}", number + 1
    taken.add(code)
    return code
