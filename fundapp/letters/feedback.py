"""What a letter to a declined bid says: the answer first, why, and what can be done next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fundapp.letters.sender import Contact, Signatory
from fundapp.letters.worded import Said, said


@dataclass(frozen=True)
class FeedbackLetter:
    """A feedback letter's words. Every text is what somebody typed: plain, never markup.

    `recipient_name` None writes to the organisation. `round_words` is a whole sentence about the round, as
    'The panel read 31 bids and could back 12.' `strengths` and `reasons` are the panel's sentences for the
    applicant, never a reviewer's private notes. `next_steps` say what the applicant can do now.
    `words` are its passages as its facts record them; the usual ones where None.
    """

    reference: str
    project_title: str
    organisation: str
    recipient_name: str | None
    address_lines: tuple[str, ...]
    fund_name: str
    round_title: str
    dated: date
    round_words: str | None
    strengths: tuple[str, ...]
    reasons: tuple[str, ...]
    next_steps: tuple[str, ...]
    signatories: tuple[Signatory, ...]
    contact: Contact
    check_code: str | None = None
    record_line: str | None = None
    words: Mapping[str, Any] | None = None
    said: Said = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "said", said("feedback", self.words, vars(self)))
