"""Letters set on paper: templates and WeasyPrint to a tagged PDF that fetches nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from fundapp.letters.award import AwardLetter
from fundapp.letters.feedback import FeedbackLetter

Letter = AwardLetter | FeedbackLetter
TemplateName = Literal["award", "feedback"]


def render(name: TemplateName, letter: Letter) -> bytes:
    """The letter as PDF/UA-1."""
    raise NotImplementedError


def write(letter: Letter, path: Path) -> None:
    """The letter as a PDF file, whole or not at all."""
    raise NotImplementedError
