"""The register of what is kept, as rows for people to read."""

from collections.abc import Iterator
from typing import Final

from fundapp.domain.keeping import CLASSES, NUMBERED, Class
from fundapp.domain.register import TABLES
from fundapp.words.tongue import gettext as _

HEAD: Final = (
    "table",
    "column",
    "class",
    "what",
    "personal",
    "whose",
    "why",
    "how long",
    "at the end",
    "in my data",
)
_ENDS: Final = {
    "blank": "the words are overwritten",
    "delete": "the row is deleted",
    "stay": "looked for by name",
}
_WHOSE: Final = {"bid": "who bids", "self": "the person"}


def rows() -> Iterator[tuple[str, ...]]:
    """A line for each column, headed by HEAD."""
    yield HEAD
    for name, kept in sorted(TABLES.items()):
        record = CLASSES[kept.record]
        for column in sorted(kept.columns):
            words = kept.words.get(column)
            whose = (
                "; ".join(_WHOSE.get(relation, relation.lstrip("@")) for relation in words.about)
                if words
                else ""
            )
            if words is None:
                end = "stays" if kept.end != "delete" else "the row is deleted"
            else:
                end = _ENDS[kept.end]
                if kept.end == "blank" and words.leaves is NUMBERED:
                    end += " with a number"
            given = "no" if not kept.to else "left out" if column in kept.back else "yes"
            yield (
                name, column, kept.record, kept.what, "yes" if words else "no", whose, record.why, record.how_long, end,
                given,
            )  # fmt: skip


def classes() -> list[tuple[Class, str]]:
    """Every class that tells of people, in the order in which they meet it, with what it holds in a sentence."""
    found = []
    for name, record in CLASSES.items():
        kinds = [str(_(kept.what)) for kept in TABLES.values() if kept.record == name]
        if name not in ("fund", "places"):
            words = ", ".join(kinds)
            found.append((record, words[:1].upper() + words[1:] + "."))
    return found
