"""Names and references as banks carry them: plain letters, figures and a few signs."""

import re
import unicodedata
from typing import Final

#: What stays as it is. Smaller than SWIFT's character set x: no sign with which a spreadsheet's formula begins but the
#: hyphen, and that never stands first. `&` is no part of x, but both the British schemes and XML carry it, and it stands
#: in many a group's name.
CARRIED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .,&/-'()")
#: The longest name in a file; banks cut where their own schemes do, at 18 to 70.
MOST_NAME: Final = 70

#: Letters that are no plain letter with a mark upon it.
_LETTERS: Final = str.maketrans(
    {
        "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ß": "ss",
        "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ı": "i", "ħ": "h", "Ħ": "H", "ŋ": "ng", "Ŋ": "NG",
        "ŧ": "t", "Ŧ": "T", "ə": "e", "Ə": "E",
    }
)  # fmt: skip
#: Signs that have a plain one beside them, or that are read as a word.
_SIGNS: Final = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "ʼ": "'", "ʻ": "'", "`": "'", "´": "'", "′": "'",
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "_": "-",
        ";": ",", ":": ",", "[": "(", "]": ")", "{": "(", "}": ")", "\\": "/",
        "+": " and ", "@": " at ",
    }
)  # fmt: skip
_SPACES: Final = re.compile(" +")


class NotCarried(ValueError):
    """A name that no bank carries. `letters` are those that have no plain form; empty if nothing at all would be left."""

    def __init__(self, letters: str) -> None:
        super().__init__(f"no bank carries {letters!r}")
        self.letters = letters


def carried(text: str) -> str:
    """The text in signs of CARRIED, at most MOST_NAME of them: Ŵyn O’Neill → Wyn O'Neill, Łódź → Lodz.

    Letters and figures are never dropped: marks are taken off them, and one that has no plain form (ж, 名) is refused,
    because a name with a letter missing is another's name. Signs, and whatever cannot be seen, become a space. Raises
    NotCarried.
    """
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS).translate(_SIGNS))
    # What a fraction or a full-width sign is made of may be a sign of its own.
    plain = plain.translate(_SIGNS)
    kept: list[str] = []
    refused: list[str] = []
    for sign in plain:
        kind = unicodedata.category(sign)
        if sign in CARRIED:
            kept.append(sign)
        elif kind[0] in "LN":
            refused.append(sign)
        elif kind[0] != "M" and kind != "Cf":
            kept.append(" ")
    if refused:
        raise NotCarried("".join(dict.fromkeys(refused)))
    found = _SPACES.sub(" ", "".join(kept)).lstrip(" -")[:MOST_NAME].rstrip()
    if not any(sign.isalnum() for sign in found):
        raise NotCarried("")
    return found
