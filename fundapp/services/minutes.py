"""The minutes of a round's panel, made from its rows for whoever reads them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from fundapp.database import AnyRow
from fundapp.domain import calibration, money, scoring
from fundapp.domain.deadlines import civil_day
from fundapp.letters.minutes import (
    DeclaredInterest,
    GivenScore,
    HeldSitting,
    Left,
    MinutedBid,
    Minutes,
    Present,
)
from fundapp.letters.sender import Contact
from fundapp.models.base import canonical
from fundapp.queries import behind, people, reading, rounds
from fundapp.queries import minutes as asks
from fundapp.queries import sittings as sitting_asks
from fundapp.queries.blind import OVER, unnamed
from fundapp.services import papers, ranking, sittings
from fundapp.words import moments
from fundapp.words import sittings as said
from fundapp.words.tongue import gettext as _

#: Rounds whose decisions are out: what is said of them is no draft any more.
RELEASED: Final = OVER
_ORDER: Final[dict[str | None, int]] = {"award": 0, "decline": 1, None: 2}


def titles_of(conn: Connection, round_: AnyRow, bids: Mapping[int, AnyRow]) -> dict[int, str]:
    """What bids of a round are called beside their reference, to its panel: masked where it reads without names.

    Once such a round is released, its bids have their own titles again.
    """
    if not unnamed(round_):
        return {bid: row.title for bid, row in bids.items()}
    masked = sitting_asks.masked_titles(conn, round_.id)
    return {bid: masked.get(bid, "") for bid in bids}


def called(row: AnyRow | None, title: str, sum_pence: int) -> str:
    """`B-0142X: A kitchen`; `Another bid, £3,000` where the row is not to be seen."""
    if row is None:
        return str(_("Another bid, %(sum)s", sum=money.pounds_short(sum_pence)))
    return f"{row.reference}: {title}" if title else str(row.reference)


@dataclass(frozen=True, slots=True)
class _Told:
    """What is read for every bid, by bid."""

    scores: Mapping[int, Sequence[AnyRow]]
    aside: Mapping[int, Sequence[AnyRow]]
    ranked: Mapping[int, ranking.Placed]
    silent: Mapping[int, Sequence[AnyRow]]
    talks: Mapping[int, AnyRow]
    suggestions: Mapping[int, AnyRow]


def minutes_of(conn: Connection, round_: AnyRow, viewer: int, now: datetime, zone: ZoneInfo) -> Minutes:
    """The minutes of a round (a whole row of it) as this person may read them, as they stand now.

    A bid that they stand apart from is told as `another bid` with what it asked for, and nothing else of it.
    """
    fund = rounds.fund(conn, round_.fund_id)
    rows = {row.id: row for row in asks.bids(conn, round_.id)}
    apart = reading.apart_from(conn, viewer) & rows.keys()
    titles = titles_of(conn, round_, rows)
    blind = unnamed(round_)
    names = {
        bid: called(None if bid in apart else row, titles[bid], row.asked_pence) for bid, row in rows.items()
    }
    # Who reads as well sees what the others gave once their own scores are in.
    unsent = behind.unsent(conn, viewer, now)
    found = ranking.of_round(conn, round_)
    told = _Told(
        _by_bid([row for row in asks.reviews(conn, round_.id) if row.bid_id not in unsent]),
        _by_bid([row for row in asks.set_aside(conn, round_.id) if row.bid_id not in unsent]),
        {placed.bid: placed for placed in found.rows if placed.bid not in unsent} if found.calibrated else {},
        _by_bid(asks.without_score(conn, round_.id)),
        {bid: talk for bid, talk in asks.talks(conn, round_.id).items() if bid not in unsent},
        asks.suggestions(conn, round_.id),
    )
    head = asks.head(conn, round_.id)
    chains, events = asks.chains(conn, round_.id)
    awards = [row.amount_pence for row in rows.values() if row.outcome == "award"]
    terms = fund.terms if fund is not None else {}
    minuted = [_hidden(row, names[row.id]) for row in rows.values() if row.id in apart]
    seen = [row for row in rows.values() if row.id not in apart]
    seen.sort(key=lambda row: (_ORDER[row.outcome], -(_mean(told, row.id) or 0), row.id))
    shown = [_bid(row, names[row.id], titles[row.id], told, zone, named=not blind) for row in seen]
    return Minutes(
        fund_name=fund.name if fund is not None else "", round_title=round_.title, round_code=round_.code,
        dated=civil_day(now, zone), draft=round_.state not in RELEASED, budget_pence=round_.budget_pence,
        asked_pence=sum(row.asked_pence for row in rows.values()), awarded_pence=sum(awards), awards=len(awards),
        declines=sum(row.outcome == "decline" for row in rows.values()),
        undecided=sum(row.outcome is None for row in rows.values()),
        sittings=_sittings(conn, round_, names, now, zone),
        interests=tuple(
            DeclaredInterest(row.name, names[row.bid_id], moments.whole_day(civil_day(row.declared_at, zone)))
            for row in asks.interests(conn, round_.id)
        ),
        bids=(*shown, *minuted), hidden=len(minuted), without_names=blind,
        proof=_proof(head, chains, events),
        contact=Contact(tuple(terms.get("address", ())), terms.get("phone"), terms.get("email")),
        record_line=_("Record of round %(code)s: %(events)s events, %(hash)s", code=round_.code,
                      events=head.number, hash=head.hash),
        interval=calibration.INTERVAL if found.calibrated else 0,
    )  # fmt: skip


def tells(minutes: Minutes) -> str:
    """The SHA-256 of all that minutes say, but for the day that they were made and the state of the record then."""
    said = asdict(replace(minutes, dated=date.min, proof=(), record_line=None))
    return hashlib.sha256(canonical(said)).hexdigest()


def press(minutes: Minutes) -> bytes:
    """The minutes as PDF. Raises PressNotReady."""
    return papers.pressed("minutes", minutes)


def _by_bid(rows: Sequence[AnyRow]) -> dict[int, list[AnyRow]]:
    found: dict[int, list[AnyRow]] = {}
    for row in rows:
        found.setdefault(row.bid_id, []).append(row)
    return found


def _mean(told: _Told, bid: int) -> int | None:
    return scoring.mean([row.total for row in told.scores.get(bid, ())])


def _points(hundredths: int) -> str:
    # A range may reach a little below nought.
    sign = "\N{MINUS SIGN}" if hundredths < 0 else ""
    return f"{sign}{abs(hundredths) // 100}.{abs(hundredths) % 100:02}"


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(line.strip() for line in (text or "").splitlines() if line.strip())


def _hidden(row: AnyRow, name: str) -> MinutedBid:
    return MinutedBid(called=name, asked_pence=row.asked_pence)


def _bid(row: AnyRow, name: str, title: str, told: _Told, zone: ZoneInfo, *, named: bool) -> MinutedBid:
    mean = _mean(told, row.id)
    scores = [
        GivenScore(one.name, _points(one.total), str(_("revised")) if one.number > 1 else "")
        for one in told.scores.get(row.id, ())
    ]
    scores += [
        GivenScore(one.name, _points(one.total), _aside(one, zone), counts=False)
        for one in told.aside.get(row.id, ())
    ]
    scores += [
        GivenScore(one.name, None, str(_("abstained") if one.ended_why == "abstained" else _("dropped out")))
        for one in told.silent.get(row.id, ())
    ]
    talk = told.talks.get(row.id)
    placed = told.ranked.get(row.id)
    return MinutedBid(
        called=name, asked_pence=row.asked_pence, reference=row.reference, title=title,
        organisation=(row.organisation or "") if named else "", scores=tuple(scores),
        mean=_points(mean) if mean is not None else None, talk=_talk(talk, zone) if talk is not None else "",
        talk_words=_lines(talk.words) if talk is not None and talk.closed_at is not None else (),
        outcome=row.outcome, given_pence=row.amount_pence or 0, conditions=_lines(row.conditions),
        reason=_lines(row.reason), decided=_decided(row, zone),
        suggested=_suggested(row, told.suggestions.get(row.suggestion_id or 0)),
        **(_calibrated(placed) if placed is not None else {}),
    )  # fmt: skip


def _calibrated(placed: ranking.Placed) -> dict[str, str]:
    """Its calibrated score and the ends of its range, as they are printed; nothing for a bid that nobody has read."""
    if placed.calibrated is None or placed.low is None or placed.high is None:
        return {}
    return {
        "calibrated": _points(placed.calibrated), "low": _points(placed.low), "high": _points(placed.high)
    }  # fmt: skip


def _aside(row: AnyRow, zone: ZoneInfo) -> str:
    day = moments.whole_day(civil_day(row.ended_at, zone))
    if row.declared:
        return str(_("set aside: interest declared on %(day)s", day=day))
    return str(_("set aside: found to be tied to it on %(day)s", day=day))


def _talk(talk: AnyRow, zone: ZoneInfo) -> str:
    opened = _(
        "The totals lay %(spread)s points apart, and %(who)s had them talked over at %(when)s.",
        spread=_points(talk.spread), who=talk.opener, when=moments.moment(talk.opened_at, zone),
    )  # fmt: skip
    if talk.closed_at is None:
        return f"{opened} {_('The talk is still open.')}"
    closed = _(
        "%(who)s closed the talk at %(when)s:", who=talk.closer, when=moments.moment(talk.closed_at, zone)
    )
    return f"{opened} {closed}"


def _decided(row: AnyRow, zone: ZoneInfo) -> str:
    if row.outcome is None:
        return ""
    return str(
        _("Decided by %(who)s at %(when)s.", who=row.decider, when=moments.moment(row.decided_at, zone))
    )


def _suggested(row: AnyRow, suggestion: AnyRow | None) -> str:
    """What the suggestion had for a bid that its decision was held against; empty where there was none."""
    if suggestion is None:
        return ""
    awards: dict[Any, Any] = {bid: pence for bid, pence, *_rest in suggestion.result.get("awards", ())}
    number = suggestion.number
    if row.id not in awards:
        return str(_("Suggestion %(number)s had left it out.", number=number))
    sum_ = money.pounds(awards[row.id])
    return str(_("Suggestion %(number)s had put it at %(sum)s.", number=number, sum=sum_))


def _sittings(
    conn: Connection, round_: AnyRow, names: Mapping[int, str], now: datetime, zone: ZoneInfo
) -> tuple[HeldSitting, ...]:
    rows = sittings.standing(sitting_asks.of_round(conn, round_.id))
    seats = sitting_asks.seats(conn, round_.fund_id, round_.opens_at, now)
    everybody = people.names(conn, sorted({person for row in rows for person in row.present}))
    made = []
    for row in rows:
        parts = sittings.parts_at(seats, row)
        here = sorted(row.present, key=lambda person: (everybody.get(person, ""), person))
        left = {person: [bid for who, bid in row.left_for if who == person] for person in here}
        made.append(
            HeldSitting(
                row.number, moments.moment(row.held_at, zone), row.place,
                tuple(Present(everybody.get(one, ""), said.parts(parts.get(one, ()))) for one in here),
                tuple(
                    Left(everybody.get(one, ""), tuple(names[bid] for bid in bids if bid in names))
                    for one, bids in left.items() if any(bid in names for bid in bids)
                ),
                _lines(row.words), sitting_asks.corrects(row),
            )
        )  # fmt: skip
    return tuple(made)


def _proof(head: AnyRow, chains: int, events: int) -> tuple[str, ...]:
    return (
        str(
            _(
                "These minutes were made from the record of the round: %(number)s events, the last of which has the "
                "SHA-256 %(hash)s.",
                number=head.number,
                hash=head.hash,
            )
        ),
        str(
            _(
                "With the records of its bids there are %(events)s events in %(chains)s chains. An auditor can have "
                "the whole record checked at any time; whoever changes one word of it breaks its chain.",
                events=events,
                chains=chains,
            )
        ),
    )
