"""What a round's bids are scored by: each criterion's boxes, folded, and what was typed read back into criteria."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import request
from sqlalchemy import Row

from fundapp.domain.scoring import TOP
from fundapp.pages import typed
from fundapp.pages.officer.term_fields import LONGEST, Field, Read, slug
from fundapp.services.round_rules import HIGHEST_TOP
from fundapp.words.tongue import gettext as _

#: Empty criteria at the end, to write more into.
SPARE: Final = 2
_BLANK: Final[dict[str, Any]] = {"label": "", "describe": "", "low": "", "high": "", "weight": ""}
_ANCHOR = re.compile(r"([0-9]{1,2})\s*[:.)–—-]\s*(\S.*)")


def fields(row: Row[Any]) -> list[Field]:
    """The boxes of every criterion, and of some that are still to be written."""
    found: list[Field] = []
    count = len(row.rubric)
    for number, criterion in enumerate([*row.rubric, *[_BLANK] * SPARE]):
        known, top = number < count, criterion.get("top", TOP)
        found += [
            Field("fold", f"criterion_{number}",
                  _("%(criterion)s: weight %(weight)s, 0 to %(top)s", criterion=criterion["label"],
                    weight=criterion["weight"], top=top) if known else _("One more criterion")),
            Field("text", f"label_{number}", _("Name"), criterion["label"]),
            Field("text", f"describe_{number}", _("What readers look at"), criterion["describe"]),
            Field("area", f"guidance_{number}", _("How to judge it"), criterion.get("guidance", ""),
                  _("Readers can unfold it. Leave it empty if there is nothing to add.")),
            Field("number", f"weight_{number}", _("Weight, of 100"), str(criterion["weight"])),
            Field("number", f"top_{number}", _("The highest mark"), str(top),
                  _("A scale begins at 0 and ends at 1 to %(most)s.", most=HIGHEST_TOP)),
            Field("text", f"low_{number}", _("The lowest mark means"), criterion["low"]),
            Field("text", f"high_{number}", _("The highest mark means"), criterion["high"]),
            Field("area", f"anchors_{number}", _("What single marks mean"), _lines(criterion.get("anchors", {})),
                  _("A line for each mark that you want to explain, such as “3: They plan it together”.")),
            Field("number", f"place_{number}", _("Its place in the list"), str(number + 1)),
        ]  # fmt: skip
        if known:
            found.append(Field("choice", f"keep_{number}", _("Keep this criterion?"), "yes"))
        found.append(Field("unfold", f"end_{number}", ""))
    return found


def _lines(anchors: Mapping[str, str]) -> str:
    return "\n".join(
        f"{mark}: {words}" for mark, words in sorted(anchors.items(), key=lambda pair: int(pair[0]))
    )


def read(row: Row[Any], into: Read) -> None:
    """What was typed, as the rubric in the order that was asked for."""
    found: list[tuple[tuple[int, int, int], dict[str, Any]]] = []
    taken = {criterion["id"] for criterion in row.rubric}
    for number in range(len(row.rubric) + SPARE):
        before = row.rubric[number] if number < len(row.rubric) else None
        parts = {part: typed.line(f"{part}_{number}")[:300] for part in ("label", "describe", "low", "high")}
        guidance, weight = typed.words(f"guidance_{number}"), typed.line(f"weight_{number}")
        if before is not None and request.form.get(f"keep_{number}") == "no":
            continue
        if not any(parts.values()) and not guidance and weight in ("", "0"):
            continue
        criterion: dict[str, Any] = {
            "id": before["id"] if before else "",
            **parts,
            "weight": _weight(number, weight, parts, into),
        }
        if not parts["label"]:
            into.wrong(f"label_{number}", _("Give this criterion a name."))
        if len(guidance) > LONGEST:
            into.wrong(f"guidance_{number}", _("Shorten it to %(most)s characters.", most=f"{LONGEST:,}"))
        top = _top(number, into)
        extra = {"top": top, "guidance": guidance, "anchors": _anchors(number, top, into)}
        usual = {"top": TOP, "guidance": "", "anchors": {}}
        # What is as usual and was never said stays unsaid, so that saving what stands changes nothing.
        criterion |= {
            part: said for part, said in extra.items() if said != usual[part] or (before and part in before)
        }
        if not criterion["id"]:
            criterion["id"] = slug(parts["label"], taken)
        found.append((_place(number, into), criterion))
    into.given["rubric"] = [criterion for _place, criterion in sorted(found, key=lambda pair: pair[0])]


def _weight(number: int, text: str, parts: Mapping[str, str], into: Read) -> int:
    found = typed.whole(text)
    if found is None:
        into.wrong(
            f"weight_{number}",
            _("“%(label)s” needs a weight in whole figures, such as 20.", label=parts["label"]),
        )
    return found or 0


def _top(number: int, into: Read) -> int:
    text = typed.line(f"top_{number}")
    found = typed.whole(text) if text else TOP
    if found is None or not 1 <= found <= HIGHEST_TOP:
        into.wrong(
            f"top_{number}",
            _("A scale ends at a whole mark from 1 to %(most)s, such as 5.", most=HIGHEST_TOP),
        )
        return TOP
    return found


def _anchors(number: int, top: int, into: Read) -> dict[str, str]:
    name = f"anchors_{number}"
    text = typed.words(name)
    if len(text) > 2 * LONGEST:
        into.wrong(name, _("Shorten it to %(most)s characters.", most=f"{2 * LONGEST:,}"))
        return {}
    found: dict[str, str] = {}
    for line in (" ".join(each.split()) for each in text.split("\n")):
        if not line:
            continue
        read_line = _ANCHOR.fullmatch(line)
        if read_line is None:
            into.wrong(
                name,
                _(
                    "“%(line)s” does not begin with a mark. Write it like “3: They plan it together”.",
                    line=line,
                ),
            )
            return {}
        mark = int(read_line[1])
        if mark > top:
            into.wrong(
                name,
                _(
                    "There are words for the mark %(mark)s, and the scale ends at %(top)s.",
                    mark=mark,
                    top=top,
                ),
            )
            return {}
        if str(mark) in found:
            into.wrong(
                name, _("There are words for the mark %(mark)s twice. Make one line of them.", mark=mark)
            )
            return {}
        found[str(mark)] = read_line[2]
    return found


def _place(number: int, into: Read) -> tuple[int, int, int]:
    """Where it goes: before whatever stands there if it moves up, after it if it moves down."""
    text = typed.line(f"place_{number}")
    found = typed.whole(text) if text else number + 1
    if found is None:
        into.wrong(f"place_{number}", _("Give its place as a whole number, such as 1."))
        found = number + 1
    moved = (found > number + 1) - (found < number + 1)
    return found, moved, number


def folds(shown: Sequence[Field], errors: Mapping[str, str]) -> frozenset[str]:
    """The criteria that stand open, because there is something to mend in them."""
    found, current = set(), ""
    for field in shown:
        if field.kind == "fold":
            current = field.name
        if errors.get(field.name):
            found.add(current)
    return frozenset(found)
