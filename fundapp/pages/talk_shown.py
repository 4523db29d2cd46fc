"""The marks of a bid's readers for a page: by criterion with their spread, and by reader with what they changed."""

from collections.abc import Mapping, Sequence
from typing import Any

from fundapp.domain import scoring
from fundapp.queries.talk import Voice
from fundapp.words.tongue import gettext as _


def by_criterion(
    rubric: Sequence[Mapping[str, Any]], voices: Sequence[Voice], person: int | None = None
) -> list[dict[str, Any]]:
    """For `spreads` of templates/parts/scores.html: a line for each criterion; `person` is shown as You."""
    tops = scoring.tops(rubric)
    lines = []
    for criterion in rubric:
        name = criterion["id"]
        given = [(voice, voice.now.marks[name]) for voice in voices if name in voice.now.marks]
        marks = [mark for _voice, mark in given]
        lines.append(
            {
                "label": _(criterion["label"]), "marks": marks, "highest": tops[name],
                "under": _("of %(top)s", top=tops[name]),
                "words": ", ".join(_mark(voice, name, mark, person) for voice, mark in given) or _("no marks yet"),
            }
        )  # fmt: skip
    return lines


def by_reader(voices: Sequence[Voice], person: int | None = None) -> list[dict[str, Any]]:
    """Every reader: {name, you, now, total, path: what they gave first, then, and when; before: the earlier words; kept;
    aside_at, declared: when their scores were set aside}.
    """
    return [
        {
            "name": _("You") if voice.person == person else voice.name, "you": voice.person == person,
            "now": voice.now, "total": points(voice.now.total), "kept": voice.kept,
            "aside_at": voice.aside_at, "declared": voice.declared,
            "path": [(points(was.total), then.given_at) for was, then in _changes(voice)],
            "before": [was for was in voice.sent[:-1] if _words(was) not in (_words(voice.now), ("", ""))],
        }
        for voice in voices
    ]  # fmt: skip


def points(hundredths: int) -> str:
    """Hundredths of a point as they are read: 2.40."""
    return f"{hundredths / 100:.2f}"


def _mark(voice: Voice, criterion: str, mark: int, person: int | None) -> str:
    name = _("You") if voice.person == person else voice.name
    earlier = [was.marks[criterion] for was in voice.sent[:-1] if criterion in was.marks]
    if earlier and earlier[0] != mark:
        return _("%(name)s\u00a0%(mark)s (first\u00a0%(was)s)", name=name, mark=mark, was=earlier[0])
    return _("%(name)s\u00a0%(mark)s", name=name, mark=mark)


def _changes(voice: Voice) -> list[tuple[Any, Any]]:
    pairs = zip(voice.sent, voice.sent[1:], strict=False)
    return [(was, then) for was, then in pairs if was.marks != then.marks]


def _words(sent: Any) -> tuple[str, str]:
    return sent.comment, sent.note
