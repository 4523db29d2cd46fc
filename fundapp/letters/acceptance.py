"""What the countersigned copy of an accepted award says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fundapp.letters.sender import Contact, Signatory
from fundapp.letters.worded import Said, said


@dataclass(frozen=True)
class Part:
    """One heading of the terms, and its sentences in order."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class AcceptanceLetter:
    """The terms that somebody agreed to, with what they typed for a signature. Every text is plain, never markup.

    `terms` are the parts as they were shown, and `terms_sha256` the hash of their text in hex; ValueError if it is not.
    `changed`: the terms are those of a changed award. `letter_dated` is the day of the letter that sets them, `signed_at` a
    moment in words, to the second. `holder` says who will hold the money, empty where it was not asked; `law` are paragraphs
    on what election law asks of them, if it does.
    `words` are its passages as its facts record them; the usual ones where None.
    """

    reference: str
    project_title: str
    organisation: str
    recipient_name: str | None
    address_lines: tuple[str, ...]
    fund_name: str
    round_title: str
    amount_pence: int
    dated: date
    changed: bool
    terms: tuple[Part, ...]
    terms_sha256: str
    letter_dated: date
    name_typed: str
    signed_at: str
    holder: str
    signatories: tuple[Signatory, ...]
    contact: Contact
    check_code: str | None = None
    record_line: str | None = None
    words: Mapping[str, Any] | None = None
    law: tuple[str, ...] = ()
    said: Said = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "said", said("acceptance", self.words, vars(self)))
        if len(self.terms_sha256) != 64 or not set(self.terms_sha256) <= set("0123456789abcdef"):
            raise ValueError(f"The acceptance of {self.reference} needs the SHA-256 of its terms, in hex.")
