"""The terms of an award as one text: shown on the page, agreed to by its hash, printed in the countersigned copy."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from fundapp.domain import money
from fundapp.domain.changes import spans
from fundapp.letters.typed import clean
from fundapp.queries import awards, letters, locks, paying
from fundapp.services import letter_facts
from fundapp.services.case import Case, Step
from fundapp.services.deed import Deed
from fundapp.words.moments import date_words
from fundapp.words.tongue import gettext as _


@dataclass(frozen=True, slots=True)
class Part:
    """One heading of the terms with its sentences, each one line without controls."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """All that somebody agrees to."""

    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The whole as plain text: headings, and under each its sentences, numbered; an empty line between parts."""
        return "\n\n".join(
            "\n".join([part.heading, *(f"{number}. {line}" for number, line in enumerate(part.lines, 1))])
            for part in self.parts
        )

    @property
    def sha256(self) -> str:
        """The SHA-256 of the text in UTF-8, in hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def terms_of(facts: Mapping[str, Any]) -> Terms:
    """The terms that an award letter of these facts sets. What was typed is made fit for paper first."""
    total = facts["amount_pence"]
    granted = _(
        "The %(fund)s awards %(sum)s (%(words)s) to %(organisation)s for “%(title)s”, bid %(reference)s.",
        fund=facts["fund_name"], sum=money.pounds(total), words=money.pounds_words(total),
        organisation=facts["organisation"], title=facts["project_title"], reference=facts["reference"],
    )  # fmt: skip
    conditions = [_spent(_day(facts["starts_on"]), _day(facts["ends_on"])), *facts["conditions"]]
    if facts["report_by"]:
        conditions.append(_("Tell us how it went by %(date)s.", date=facts["report_by"]))
    parts = [
        (_("What is awarded"), [granted]),
        (_("How it is paid"), [_paid(line) for line in facts["payments"]]),
        (_("What you agree to"), conditions),
    ]
    return Terms(
        tuple(
            Part(str(heading), tuple(clean(str(line)) for line in lines)) for heading, lines in parts if lines
        )
    )


def standing(conn: Connection, bid: int) -> Terms | None:
    """The terms of a bid's newest award letter; None without one."""
    row = letters.newest(conn, bid)
    return terms_of(row.facts) if row is not None and row.kind == "award" else None


def waiting(deed: Deed, bid: int) -> Terms | None:
    """The terms as the change that waits for a bid's applicant would make them; None where none waits."""
    award, variation = awards.of_bid(deed.conn, bid), paying.variations(deed.conn, [bid]).get(bid)
    if award is None or award.state != "accepted" or variation is None:
        return None
    return proposed(deed, award, variation)


def proposed(deed: Deed, award: Any, variation: Any) -> Terms:
    """The terms as they would be with a variation; made as its letter would be. `deed` is only looked through.

    Raises LookupError for an award without its bid or letter.
    """
    found = locks.bid_in_round(deed.conn, award.bid_id, exclusive=False, asking=True)
    if found is None:
        raise LookupError(f"award {award.id} has no bid")
    bid, owner = found
    changes = {
        name: getattr(variation, name) for name in ("amount_pence", "conditions", "starts_on", "ends_on")
    }
    case = Case(Step("award", "vary", award.id), deed.actor, bid.home, award, bid, owner, changes=changes)
    return terms_of(letter_facts.varied(deed, case))


#: A sentence in pieces: the words, and whether the other side lacks them.
Pieces = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """One heading of two sets of terms, each side's sentences in pieces."""

    heading: str
    now: tuple[Pieces, ...]
    then: tuple[Pieces, ...]


def beside(now: Terms, then: Terms) -> list[Pair]:
    """The terms as they are and as they would be, part by part, in the order of the first."""
    sides = [{part.heading: part.lines for part in side.parts} for side in (now, then)]
    headings = dict.fromkeys(part.heading for part in (*now.parts, *then.parts))
    return [
        Pair(heading, *_compared(sides[0].get(heading, ()), sides[1].get(heading, ())))
        for heading in headings
    ]


def _compared(was: tuple[str, ...], now: tuple[str, ...]) -> tuple[tuple[Pieces, ...], tuple[Pieces, ...]]:
    """Both sides in pieces. Sentences that one side lacks are compared in order, as far as both have some."""
    gone, new = [line for line in was if line not in now], [line for line in now if line not in was]
    before: dict[str, Pieces] = {line: ((line, True),) for line in gone}
    after: dict[str, Pieces] = {line: ((line, True),) for line in new}
    for one, other in zip(gone, new, strict=False):
        found = spans(one, other)
        before[one] = tuple((span.words, span.kind == "gone") for span in found if span.kind != "new")
        after[other] = tuple((span.words, span.kind == "new") for span in found if span.kind != "gone")
    return (
        tuple(before.get(line, ((line, False),)) for line in was),
        tuple(after.get(line, ((line, False),)) for line in now),
    )


def _spent(start: date | None, end: date | None) -> str:
    if start and end:
        return str(
            _(
                "Spend it on what the bid describes, between %(start)s and %(end)s.",
                start=date_words(start),
                end=date_words(end),
            )
        )
    if end:
        return str(_("Spend it on what the bid describes, by %(end)s.", end=date_words(end)))
    if start:
        return str(_("Spend it on what the bid describes, from %(start)s on.", start=date_words(start)))
    return str(_("Spend it on what the bid describes."))


def _paid(line: Mapping[str, Any]) -> str:
    given = {"label": line["label"], "sum": money.pounds(line["amount_pence"]), "when": line["when"]}
    if line["needs"]:
        return str(
            _(
                "%(label)s: %(sum)s, %(when)s. What we need first: %(needs)s.",
                **given,
                needs=line["needs"].rstrip("."),
            )
        )
    return str(_("%(label)s: %(sum)s, %(when)s.", **given))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
