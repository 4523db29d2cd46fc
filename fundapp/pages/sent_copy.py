"""A bid's frozen copy as it reads: its answers in the form's order, its budget as lines."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import Response, abort, request
from sqlalchemy import Connection, Row

from fundapp.domain import documents as named
from fundapp.domain import forms, money
from fundapp.pages import downloads, formats
from fundapp.queries import blind, documents, reading
from fundapp.words import forms as form_words
from fundapp.words import states
from fundapp.words.tongue import gettext as _

#: Said elsewhere on the page, or of no use to who scores.
_LEFT_OUT = frozenset({"title", "organisation", "amount_pence", "representative", "declarations", "address"})
#: The rooms in which nothing is read but the masked copy, where the panel reads without names.
_PANEL = frozenset({"reviewer", "chair"})
_SHORT = frozenset({"words", "day", "area", "pence", "number", "choice", "yes_no"})


def copy_of(conn: Connection, bid: int, href: Callable[[int], str]) -> dict[str, Any] | None:
    """{number, frozen_at, facts: [(label, words)], texts: [{label, paragraphs}], lists, files, budget, asked}.

    `lists` [{label, lines}] is other funding, a line for each; `files` as downloads.listed gives it, with the links that
    `href` makes of a document for whoever reads; `budget` is [{what, pence}]. None for a bid of which nothing was frozen.
    In the panel's rooms, where it reads without names, it is the masked copy with `masked` true; `waits` is true while
    no officer has confirmed one, and all else is empty.
    """
    masked = _read_without_names(conn, bid)
    row = blind.copy(conn, bid) if masked else reading.frozen(conn, bid)
    if row is None:
        return (
            {"masked": True, "waits": True, "texts": [], "facts": [], "lists": [], "files": []}
            if masked
            else None
        )
    facts: list[tuple[str, str]] = []
    texts: list[dict[str, Any]] = []
    lists: list[dict[str, Any]] = []
    for question in row.questions:
        answer = row.answers.get(question["id"])
        if question["id"] in _LEFT_OUT or not forms.fits(question["kind"], answer) or forms.is_empty(answer):
            continue
        if question["kind"] == "text":
            texts.append({"label": question["label"], "paragraphs": paragraphs(str(answer))})
        elif question["kind"] in _SHORT:
            facts.append((str(_(question["label"])), _short(conn, question, answer)))
        elif question["kind"] == "funding":
            lists.append({"label": question["label"], "lines": form_words.lines(question, answer)})
    if not texts and row.answers.get("summary"):  # taken in from a file: its form may be another
        texts.append(
            {"label": _("What they want to do"), "paragraphs": paragraphs(str(row.answers["summary"]))}
        )
    return {
        "number": row.number, "frozen_at": row.frozen_at, "facts": facts, "texts": texts, "lists": lists,
        "files": downloads.listed(row.questions, row.answers, href),
        "budget": row.answers.get("budget") or [], "asked": row.amount_pence, "masked": masked, "waits": False,
    }  # fmt: skip


def _read_without_names(conn: Connection, bid: int) -> bool:
    return request.blueprint in _PANEL and blind.masked(conn, bid)


def cleared_file(conn: Connection, bid: Any, document: int) -> Response:
    """A file that an officer has cleared for a panel that reads without names, under a name that tells nothing; else 404.

    `bid`: a row of reading.with_round.
    """
    row = blind.copy(conn, bid.id)
    entry = (
        next((each for each in named.named(row.answers) if each["document"] == document), None)
        if row
        else None
    )
    found = documents.open_one(conn, bid.id, document)
    if row is None or entry is None or document not in row.cleared or found is None:
        abort(404)
    return downloads.send(found, f"{bid.reference} {entry['name']}")


def _short(conn: Connection, question: Mapping[str, Any], answer: Any) -> str:
    kind = question["kind"]
    if kind == "pence":
        return money.pounds_short(answer)
    if kind in ("number", "choice", "yes_no"):
        return ", ".join(form_words.lines(question, answer))
    if kind == "area":
        return reading.area_name(conn, answer)
    if kind == "day":
        try:
            return formats.day(date.fromisoformat(answer))
        except (TypeError, ValueError):
            return str(answer)
    return str(answer)


def paragraphs(text: str) -> list[str]:
    """What was typed, cut where lines are empty."""
    return [part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]


def backing_of(conn: Connection, bid: int) -> Row[Any] | None:
    """Who backs it and what they say; None while nobody does, and where the panel reads without names."""
    if _read_without_names(conn, bid):
        return None
    return reading.backing(conn, bid)


def backer(row: Row[Any]) -> str:
    """`Cllr Margaret Oyelaran, Millbeck East`."""
    return str(_("%(name)s, %(area)s", name=states.titled(row.name, row.office), area=row.area))
