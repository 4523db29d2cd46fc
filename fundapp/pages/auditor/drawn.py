"""Events as the record's pages draw them, and where a finding leads. What somebody tampered with is shown, not trusted."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from flask import url_for
from markupsafe import Markup, escape

from fundapp.audit import spot
from fundapp.pages import formats
from fundapp.words import history
from fundapp.words.tongue import gettext as _

#: Signs shown of each end of a hash.
_ENDS: Final = 4
_SUBJECT: Final = re.compile(r"\b(?:bid|round|fund|person):[0-9]{1,18}\b")


def items(
    rows: list[Any], names: Mapping[str, str], titles: Mapping[str, str], broken: Collection[tuple[str, Any]]
) -> list[dict[str, Any]]:
    """Events for `templates/parts/chain.html`; on the whole record each names its subject.

    `broken` holds (subject, number) of those that do not hold; on one chain the subject is empty.
    """
    told = []
    for row in rows:
        subject = getattr(row, "subject", "")
        words, under, recorded = _told(row, names)
        flag = _("does not hold") if (subject, row.number) in broken else ""
        told.append(
            {
                "kind": "broken" if flag else "event", "number": row.number, "words": words, "under": under,
                "code": short(row.hash), "flag": flag, "subject": subject, "title": titles.get(subject, subject),
                "recorded": recorded,
            }
        )  # fmt: skip
    return told


def _told(row: Any, names: Mapping[str, str]) -> tuple[str, str, str]:
    """(the event as a sentence, when, as what and by what right, the rows it recorded); a body that is none has no words."""
    body = spot.body_of(row.body)
    try:
        if body is None:
            raise ValueError("no event")
        at = datetime.fromisoformat(body["at"])
        words = history.tell(row.action, body, names.get(row.actor) or str(_("Somebody who was erased")))
        role = f", {body['role'].replace('_', ' ')}" if body.get("role") else ""
        right = " " + str(_("by %(row)s", row=_row(*body["under"]))) if body.get("under") else ""
        rows = ", ".join(_row(table, number) for table, number, _made in body.get("rows") or ())
        recorded = str(_("Recorded: %(rows)s", rows=rows)) if rows else ""
        return words, f"{formats.short_moment(at)} · {row.action}{role}{right}", recorded
    except (ValueError, KeyError, TypeError, AttributeError):
        return str(_("What this event said cannot be read any more.")), str(row.action), ""


def _row(table: object, number: object) -> str:
    return f"{str(table).replace('_', ' ')} {number}"


def linked(sentence: str) -> Markup:
    """A finding with each subject in it leading to its chain."""
    told, at = Markup(""), 0
    for found in _SUBJECT.finditer(sentence):
        address = url_for("auditor.subject", subject=found.group())
        told += escape(sentence[at : found.start()]) + Markup('<a href="{}">{}</a>').format(
            address, found.group()
        )
        at = found.end()
    return told + escape(sentence[at:])


def short(text: object) -> str:
    """Both ends of a hash."""
    return f"{str(text)[:_ENDS]}…{str(text)[-_ENDS:]}" if text else ""
