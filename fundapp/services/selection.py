"""Suggesting a set of awards to the chair, and keeping what was suggested."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from fractions import Fraction
from math import ceil, floor
from typing import Any

from sqlalchemy import Connection

from fundapp.database import AnyRow
from fundapp.domain.candidates import Candidate, Part, Rule, Terms
from fundapp.domain.selection import Chosen, best_set
from fundapp.models import Suggestion
from fundapp.queries import suggestions as asks
from fundapp.queries import themes as theme_asks
from fundapp.services import ranking, warrants
from fundapp.services.case import Step
from fundapp.services.deed import Actor, Office
from fundapp.services.ranking import Ranking

#: Values are kept in millionths of a hundredth of a point: whole numbers, as the record asks for.
_FINE = 1_000_000


@dataclass(frozen=True, slots=True)
class Field:
    """The bids that a set is sought among, best first, with the words for their groups; all of it the panel's alone.

    `ranking` is that of the whole table, which they were taken from.
    """

    candidates: tuple[Candidate, ...]
    rows: Mapping[int, AnyRow]
    regions: Mapping[str, str]
    themes: Mapping[str, str]
    unread: int
    ranking: Ranking

    @property
    def titles(self) -> dict[int, str]:
        """What each bid of the table is called before the panel."""
        return {placed.bid: placed.title for placed in self.ranking.rows}


def field(conn: Connection, round_row: AnyRow) -> Field:
    """Every bid of a round that may still be awarded and has a score, in rank order; `unread` counts those without.

    The score is the calibrated one; where the method fell back it is the raw mean.
    """
    rows = {row.id: row for row in asks.standing(conn, round_row.id)}
    themes = theme_asks.of_bids(conn, round_row.id, asks.OPEN)
    ranked = ranking.of_round(conn, round_row)
    found: list[Candidate] = []
    for placed in ranked.rows:
        row = rows.get(placed.bid)
        score = placed.calibrated if placed.calibrated is not None else placed.raw
        if row is not None and score is not None:
            body = str(row.organisation_id) if row.organisation_id is not None else None
            theme = min(themes.get(row.id, ()), default=None)  # of several the first
            found.append(Candidate(row.id, score, row.amount_pence, row.region_code, theme, body))
    regions = {row.region_code: row.region for row in rows.values() if row.region_code}
    words = theme_asks.words(conn, round_row.id) if themes else {}
    return Field(tuple(found), rows, regions, words, len(rows) - len(found), ranked)


def suggest(
    office: Office,
    actor: Actor,
    round_row: AnyRow,
    terms: Terms,
    arrived: datetime,
    *,
    found: tuple[Field, Chosen] | None = None,
) -> tuple[int, Chosen]:
    """The best set under the terms, kept in the round's record; (its number, the set).

    It decides nothing, and nobody outside the panel sees it. It is worked out before anything is locked; `found` is a set
    worked out already. Raises Refused for who neither chairs nor runs the round's fund, and what `best_set` raises.
    """
    if found is None:
        with office.db.read() as conn:
            here = field(conn, round_row)
        found = here, best_set(here.candidates, terms)
    here, chosen = found
    with office.deed(actor, arrived) as deed:
        head = warrants.hold_round(deed, round_row.id)
        step = Step("round", "suggest", round_row.id)
        warrant = warrants.of(deed, "chair", "officer").need(head.fund_id, step)
        number = asks.count(deed.conn, round_row.id) + 1
        values = {
            "round_id": round_row.id, "number": number, "terms": written(terms), "result": result(here, chosen),
            "made_by": actor.person, "made_at": deed.now,
        }  # fmt: skip
        deed.put(head.subject, Suggestion, values)
        deed.note(
            head.subject, "set.suggested", role=warrant.role, under=warrant.under, params={"number": number}
        )
    return number, chosen


def written(terms: Terms) -> dict[str, Any]:
    """Terms as they are kept: {budget_pence, least_score, rules, partial}."""
    rules = [{k: v for k, v in asdict(rule).items() if v is not None} for rule in terms.rules]
    partial = asdict(terms.part) if terms.part is not None else None
    return {
        "budget_pence": terms.budget_pence,
        "least_score": terms.bar,
        "rules": rules,
        "partial": partial,
    }


def read(terms: Mapping[str, Any]) -> Terms:
    """Kept terms as they were sought under."""
    partial = terms["partial"]
    return Terms(
        terms["budget_pence"], terms["least_score"], tuple(Rule(**rule) for rule in terms["rules"]),
        Part(**partial) if partial else None,
    )  # fmt: skip


def result(here: Field, chosen: Chosen) -> dict[str, Any]:
    """A set as it is kept: awards, scores of all that it was chosen among, and value and bound in millionths."""
    return {
        "awards": [list(award) for award in chosen.awards],
        "scores": [[bid.id, bid.score, bid.ask_pence] for bid in here.candidates],
        "value": floor(chosen.value * _FINE),
        "bound": max(ceil(chosen.bound * _FINE), floor(chosen.value * _FINE)),
        "proven": chosen.proven,
    }


def kept(row: AnyRow) -> Chosen:
    """A kept set."""
    awards = tuple((bid, pence) for bid, pence in row.result["awards"])
    return Chosen(
        awards, Fraction(row.result["value"], _FINE), row.result["bound"] / _FINE, row.result["proven"]
    )


def unchanged(row: AnyRow, here: Field) -> bool:
    """Whether the bids and scores are still those that a kept set was chosen among."""
    now = [[bid.id, bid.score, bid.ask_pence] for bid in here.candidates]
    return bool(row.result["scores"] == now)
