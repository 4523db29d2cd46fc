"""The record: is it whole, how far is it sealed and witnessed; and everything in it, searched."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from flask import g, render_template, request, url_for

from fundapp.domain import references
from fundapp.domain.deadlines import opening_of
from fundapp.pages import acting
from fundapp.pages.auditor import blueprint, drawn
from fundapp.pages.gate import funds_for, gate
from fundapp.pages.public.log import known, pictured
from fundapp.queries import events, record_search
from fundapp.queries import record as asks
from fundapp.queries import verifications as kept
from fundapp.queries.record_search import KINDS, Sought
from fundapp.services import verifications
from fundapp.words import acts
from fundapp.words.tongue import gettext as _

PAGE: Final = 50
#: What the search's fields are called in the address.
FIELDS: Final = ("subject", "kind", "what", "who", "since", "until")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed, what it means, and what of it could not be understood."""

    typed: dict[str, str]
    sought: Sought
    problems: list[dict[str, str]]

    @property
    def any(self) -> bool:
        """Whether anything was typed at all."""
        return any(self.typed.values())


@blueprint.get("/record")
@gate("auditor")
def record() -> str:
    """How whole, how far sealed, how far witnessed; then what happened, newest first, narrowed as asked."""
    asked = _asked()
    before = number("before")
    rows = (
        []
        if asked.problems
        else record_search.found(g.conn, asked.sought, before, PAGE + 1, funds_for("auditor"), g.person.id)
    )
    shown = rows[:PAGE]
    names = events.names_of(g.conn, {row.actor for row in shown})
    titles = asks.titles(g.conn, {row.subject for row in shown})
    last = kept.newest(g.conn, 20)
    broken = _broken(last[0], shown) if last else set()
    count, subjects = asks.sums(g.conn)
    points, drawing, marks = (0, None, []) if asked.any or before else pictured(g.conn)
    older = (
        {**{name: words for name, words in asked.typed.items() if words}, "before": rows[PAGE - 1].id}
        if len(rows) > PAGE
        else {}
    )
    return render_template(
        "auditor/record.html", items=drawn.items(shown, names, titles, broken), count=count, subjects=subjects, asked=asked,
        older=url_for("auditor.record", **older) if older else None, newest=asks.newest_checkpoint(g.conn),
        points=points, drawn=drawing, marks=marks, keys=bool(known()), last=last[0] if last else None,
        witnessed=next((row for row in last if row.found == 0 and row.counts["witnessed"] is not None), None),
        waits=bool(last) and verifications.waits(last[0], g.arrived), home=not (asked.any or before),
        kinds=_kinds(), acts=[("", _("Anything")), *((name, _(words)) for name, words, _actions in acts.GROUPS)],
    )  # fmt: skip


def _kinds() -> list[tuple[str, str]]:
    words = {
        "bid": _("Bids"),
        "round": _("Rounds"),
        "person": _("People"),
        "fund": _("Funds"),
        "log": _("The log itself"),
    }
    return [("", _("Everything")), *((kind, words[kind]) for kind in KINDS)]


def _asked() -> Asked:
    typed = {name: request.args.get(name, "").strip()[:200] for name in FIELDS}
    problems = []
    zone = acting.office().zone
    days: dict[str, date | None] = {}
    for name in ("since", "until"):
        try:
            days[name] = date.fromisoformat(typed[name]) if typed[name] else None
            if days[name] is not None and not 2000 <= days[name].year <= 9000:  # type: ignore[union-attr]
                raise ValueError
        except ValueError:
            days[name] = None
            problems.append({"field": f"filter-{name}", "words": _("Give the day as in 2027-03-08.")})
    since, until = days["since"], days["until"]
    actions = next((actions for name, _words, actions in acts.GROUPS if name == typed["what"]), ())
    sought = Sought(
        subject=meant(typed["subject"]) if typed["subject"] else "",
        kind=typed["kind"] if typed["kind"] in KINDS else "",
        actions=actions,
        actors=_actors(typed["who"]) if typed["who"] else None,
        since=opening_of(since, zone) if since else None,
        before=opening_of(until + timedelta(days=1), zone) if until else None,
    )
    return Asked(typed, sought, problems)


def _actors(words: str) -> tuple[str, ...]:
    """Whom a name means: people, or the service itself."""
    found = record_search.tokens_named(g.conn, words)
    return (*found, events.CLOCK_TOKEN) if _("The service").lower().startswith(words.lower()) else found


def _broken(last: Any, rows: list[Any]) -> set[tuple[str, Any]]:
    """Those events that a finding of the last verification names, or whose whole chain one names."""
    if not last.found:
        return set()
    named = {problem["where"] for problem in last.findings}
    return {
        (row.subject, row.number)
        for row in rows
        if row.subject in named or f"event {row.number} of {row.subject}" in named
    }


def number(name: str) -> int | None:
    """A whole number of the address; None for anything else."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def meant(words: str) -> str:
    """The subject that somebody means: `B-0142X` is bid 142; `round:3` is itself."""
    try:
        return f"bid:{references.bid_id(words)}"
    except references.ReferenceError_:
        return words.strip()[:40]
