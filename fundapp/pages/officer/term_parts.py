"""The parts of a round that an officer changes: their boxes as they stand, and what was typed read back into columns."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from flask import request
from sqlalchemy import Row

from fundapp.domain import deadlines, money
from fundapp.pages import acting, typed
from fundapp.pages.officer import term_about, term_rubric
from fundapp.pages.officer.term_fields import Field, Read, slug
from fundapp.services import round_rules
from fundapp.words import refusals
from fundapp.words.marks import N_
from fundapp.words.tongue import gettext as _

#: Empty lines at the end of a list, to write more into.
SPARE: Final = 2
SIGNATORIES: Final = 2

#: Columns by their labels, in the order of the page.
DATES: Final[dict[str, str]] = {
    "opens_at": N_("First day"),
    "closes_at": N_("Last day"),
    "endorse_by": N_("Representatives answer by"),
    "panel_by": N_("The panel has read by"),
    "decide_by": N_("Everyone hears by"),
    "report_by": N_("Reports are due by"),
}
MONEY: Final[dict[str, str]] = {
    "budget_pence": N_("Money to give in all"),
    "min_pence": N_("The least that a bid may ask for"),
    "max_pence": N_("The most that a bid may ask for"),
}
NUMBERS: Final[dict[str, tuple[str, str]]] = {
    "grace_days": (N_("Days to change a bid that was sent back"), ""),
    "offer_days": (N_("Days to accept an award"), ""),
    "release_minutes": (N_("Minutes in which a release can be stopped"), ""),
    "reviews_needed": (N_("Readers of each bid"), ""),
    "disagreement_limit": (
        N_("How far readers may lie apart"),
        N_("In points out of five, such as 2 or 1.5. Beyond it the chair talks it over with them first."),
    ),
}


def _dates(row: Row[Any]) -> list[Field]:
    zone = acting.office().zone
    return [
        Field("date", name, _(label), getattr(row, name).astimezone(zone).date().isoformat())
        for name, label in DATES.items()
    ]


def _read_dates(row: Row[Any], read: Read) -> None:
    zone = acting.office().zone
    for name, label in DATES.items():
        on, before = typed.day(request.form.get(name, "")), getattr(row, name)
        if on is None:
            read.wrong(name, _("“%(label)s” needs a day that exists, such as 27 March 2027.", label=_(label)))
        elif on == before.astimezone(zone).date():
            read.given[name] = before  # the same day keeps its hour
        else:
            made = deadlines.opening_of if name == "opens_at" else deadlines.closing_of
            read.given[name] = made(on, zone)


def _money(row: Row[Any]) -> list[Field]:
    return [
        Field("money", name, _(label), money.pounds_short(getattr(row, name))[1:]) for name, label in MONEY.items()
    ]  # fmt: skip


def _read_money(row: Row[Any], read: Read) -> None:
    for name in MONEY:
        try:
            read.given[name] = money.parse_pounds(request.form.get(name, ""))
        except money.MoneyError as wrong:
            read.wrong(name, refusals.plain(wrong.code, wrong.params, acting.office().zone))


def _rules(row: Row[Any]) -> list[Field]:
    return [
        Field("number", name, _(label), _number(name, getattr(row, name)), _(hint) if hint else "")
        for name, (label, hint) in NUMBERS.items()
    ] + [
        Field(
            "choice", "blind", _("Does the panel read without names?"), "yes" if row.blind else "no",
            _(
                "Readers and chair see no names, places or files until the decisions are out. You confirm a masked copy of "
                "each bid. It stays as it is once the panel starts."
            ),
        )
    ]  # fmt: skip


def _number(name: str, value: int) -> str:
    if name != "disagreement_limit":
        return str(value)
    return f"{value / 100:g}"


def _read_rules(row: Row[Any], read: Read) -> None:
    for name in NUMBERS:
        text = typed.line(name)
        found = typed.whole(text)
        if name == "disagreement_limit":
            try:
                found = money.parse_pounds(text)  # points with two figures after the point, as pounds have
            except money.MoneyError:
                found = None
        if found is None:
            read.wrong(
                name,
                _(
                    "Give a number in figures, such as %(example)s.",
                    example=_number(name, getattr(row, name)),
                ),
            )
        else:
            read.given[name] = found
    if request.form.get("blind") in ("yes", "no"):
        read.given["blind"] = request.form["blind"] == "yes"


def _reasons(row: Row[Any]) -> list[Field]:
    return [
        Field("text", f"reason_{number}", _("Reason %(number)s", number=number + 1) if words else _("One more reason"), words)
        for number, words in enumerate([*row.reasons.values(), *[""] * SPARE])
    ]  # fmt: skip


def _read_reasons(row: Row[Any], read: Read) -> None:
    codes = list(row.reasons)
    taken = set(codes)
    found: dict[str, str] = {}
    for number in range(len(codes) + SPARE):
        words = typed.line(f"reason_{number}")[:300]
        if words:
            found[codes[number] if number < len(codes) else slug(words, taken)] = words
    read.given["reasons"] = found


def _signatories(row: Row[Any]) -> list[Field]:
    fields: list[Field] = []
    for number in range(SIGNATORIES):
        pairs = row.signatories or []
        name, title = pairs[number] if number < len(pairs) else ("", "")
        fields += [
            Field("text", f"name_{number}", _("Name") if number == 0 else _("Second name"), name),
            Field("text", f"role_{number}", _("Signs as") if number == 0 else _("Second signs as"), title,
                  _("Such as Chair of the panel.") if number == 0 else ""),
        ]  # fmt: skip
    return fields


def _read_signatories(row: Row[Any], read: Read) -> None:
    pairs = [
        [typed.line(f"name_{number}")[:120], typed.line(f"role_{number}")[:120]]
        for number in range(SIGNATORIES)
    ]
    read.given["signatories"] = [pair for pair in pairs if any(pair)] or None


@dataclass(frozen=True, slots=True)
class Part:
    """One page of a round's terms: what it is called, what it says first, its fields, and how they are read."""

    label: str
    lead: str
    columns: tuple[str, ...]
    fields: Callable[[Row[Any]], list[Field]]
    read: Callable[[Row[Any], Read], None]


PARTS: Final[dict[str, Part]] = {
    "words": Part(N_("What it is about"), N_("Title, what it funds and an example. It stands on the round’s page."),
                  ("title", "about"), term_about.words, term_about.read_words),
    "check": Part(N_("The questions before a bid"), N_("Four questions that tell people, before they sign in, if they can bid."),
                  ("about",), term_about.check, term_about.read_check),
    "dates": Part(N_("Dates"), N_("It opens at the beginning of its first day; every other day ends at 5pm."),
                  round_rules.DATES, _dates, _read_dates),
    "money": Part(N_("Money"), N_("What there is to give, and what one bid may ask for."), round_rules.MONEY, _money,
                  _read_money),
    "rules": Part(N_("Times and readers"), N_("How long people have, how many read each bid, and if they see names."),
                  (*round_rules.NUMBERS, "blind"), _rules, _read_rules),
    "rubric": Part(N_("What bids are scored by"), N_("The weights add up to 100. It stays as it is once the panel starts."),
                   ("rubric",), term_rubric.fields, term_rubric.read),
    "reasons": Part(N_("Why a bid may be ruled out"), N_("Applicants read these words when their bid is ruled out."),
                    ("reasons",), _reasons, _read_reasons),
    "signatories": Part(N_("Who signs the letters"), N_("Leave all of it empty and the fund’s own signatories sign."),
                        ("signatories",), _signatories, _read_signatories),
}  # fmt: skip

#: Where a page shows what is wrong with a column that has several fields.
FIRST_FIELD: Final = {"rubric": "weight_0", "reasons": "reason_0", "signatories": "name_0", "about": "lead"}
