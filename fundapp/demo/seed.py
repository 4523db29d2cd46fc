"""Demo data of any size, made by the real services: a round that is open, one with its panel, one that is paid."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from fundapp.demo import people as cast_room
from fundapp.demo import stage as stages
from fundapp.demo.people import Cast
from fundapp.demo.projects import projects
from fundapp.domain.deadlines import closing_of, opening_of
from fundapp.intake.bids import BidRow, content_key
from fundapp.queries import rounds as asks
from fundapp.services import people, rounds
from fundapp.services.deed import Actor, Office
from fundapp.services.taking_in import take_in
from fundapp.services.transition import fire

#: Bids that are taken through their lives one by one; more than these come in as from a file.
LIVED = 60
CODES = ("AUTUMN-26", "WINTER-26", "SPRING-27")


@dataclass(frozen=True, slots=True)
class Seeded:
    """What the seed made."""

    bids: int
    cast: Cast


def is_empty(office: Office) -> bool:
    """Whether there is no round yet."""
    with office.db.read() as conn:
        return not asks.all_of(conn)


def seed(office: Office, count: int, now: datetime, say: stages.Said = lambda words: None) -> Seeded:
    """`count` bids in three rounds. Raises RoundRefused if the demo's rounds stand already."""
    with office.db.read() as conn:
        if asks.by_code(conn, CODES[0]) is not None:
            raise rounds.RoundRefused("code_taken", code=CODES[0])
    operator = people.operator(office, now)
    fund = rounds.found(office, operator, "communities", "Communities Fund", now)
    cast = cast_room.enter(office, operator, fund, now)
    lived = min(count, LIVED)
    past, panel = max(1, lived * 3 // 10), max(1, lived * 3 // 10)
    current = max(1, lived - past - panel)
    titles = list(projects(past + panel + current))
    say(f"A round that is paid: {past} bids")
    _paid(_round(office, operator, cast, fund, 0, now, 80, 9), titles[:past])
    say(f"A round with its panel: {panel} bids")
    _reading(_round(office, operator, cast, fund, 1, now, 60, 1), titles[past : past + panel])
    say(f"A round that is open: {current} bids")
    open_stage = _round(office, operator, cast, fund, 2, now, 14, -28)
    # What has happened in it lies in the days that have passed, not in the middle of the whole round.
    _open(replace(open_stage, closes_at=now), titles[past + panel :])
    if count > LIVED:
        say(f"{count - LIVED} more, as from a file")
        _from_file(office, operator, count - LIVED, now)
    return Seeded(count, cast)


def _round(
    office: Office,
    by: Actor,
    cast: Cast,
    fund: int,
    number: int,
    now: datetime,
    opened_ago: int,
    closed_ago: int,
) -> stages.Stage:
    zone = office.zone
    opens = opening_of((now - timedelta(days=opened_ago)).astimezone(zone).date(), zone)
    closes = closing_of((now - timedelta(days=closed_ago)).astimezone(zone).date(), zone)
    if closed_ago > 0:
        closes = min(closes, now - timedelta(hours=12))
    titles = ("Autumn 2026", "Winter 2026", "Spring 2027")
    return stages.build(
        office, by, cast, fund, CODES[number], titles[number], opens, closes,
        budget_pence=(4_000_000, 4_000_000, 6_000_000)[number], now=now,
    )  # fmt: skip


def _all_endorsed(stage: stages.Stage, titles: list[dict[str, object]]) -> list[int]:
    made = []
    for project in titles:
        bid = stage.draft(project)
        stage.submit(bid)
        stage.endorse(bid, str(project["representative"]))
        made.append(bid)
    return made


def _paid(stage: stages.Stage, titles: list[dict[str, object]]) -> None:
    """Every end that a bid can come to: paid and reported, accepted, on offer, refused, declined."""
    bids = _all_endorsed(stage, titles)
    stage.start_panel()
    stage.assign(bids)
    free, awarded = 4_000_000, []
    for number, bid in enumerate(bids):
        for reviewer, marks in (
            ("reviewer", (4, 4, 3, 4, 5)),
            ("reviewer2", (3, 4, 3, 4, 4)),
            ("reviewer3", (5, 4, 4, 4, 4)),
        ):
            stage.review(bid, reviewer, marks)
        stage.conclude(bid)
        amount = int(str(titles[number]["amount_pence"]))
        if number % 4 == 3 or amount > free:
            stage.decide(bid, "decline")
        else:
            stage.decide(bid, "award", amount)
            free -= amount
            awarded.append(bid)
    stage.release()
    for number, bid in enumerate(awarded):
        if number % 5 == 4:
            continue  # still on offer
        stage.accept(bid)
        if number % 5 == 3:
            continue  # accepted, nothing scheduled
        stage.pay(bid, paid=None if number % 5 < 2 else 1)
        if number % 5 == 0:
            stage.report(bid)
            stage.finish(bid)
        elif number % 5 == 1:
            stage.report(bid)


def _reading(stage: stages.Stage, titles: list[dict[str, object]]) -> None:
    """A panel at work: some read by all, some by two, some by nobody, some decided."""
    bids = _all_endorsed(stage, titles)
    stage.start_panel()
    stage.assign(bids)
    marks = (
        (5, 4, 4, 4, 5),
        (4, 4, 3, 4, 4),
        (4, 5, 4, 3, 4),
        (2, 2, 3, 2, 1),
        (5, 5, 4, 5, 4),
        (1, 3, 2, 2, 2),
    )
    readers = ("reviewer", "reviewer2", "reviewer3")
    for number, bid in enumerate(bids):
        read = (3, 3, 2, 1, 3, 0)[number % 6]
        for place, reader in enumerate(readers[3 - read :]):
            stage.review(bid, reader, marks[(number + place) % 6])
        if read == 3 and number % 6 != 4:
            stage.conclude(bid)


def _open(stage: stages.Stage, titles: list[dict[str, object]]) -> None:
    """A round in its middle: drafts, bids that wait for backing, backed ones, one sent back, one withdrawn."""
    owners = ("member", "member2", "member3")
    for number, project in enumerate(titles):
        owner = owners[number % 3]
        bid = stage.draft(project, owner)
        if number % 6 == 0:
            continue
        stage.submit(bid, owner)
        representative = str(project["representative"])
        if number % 6 in (1, 2):
            continue
        if number % 12 == 5:
            words = {"reason": "Who opens the hall when the caretaker is away?"}
            fire(
                stage.office,
                stage.cast.actor(representative, "link"),
                "bid",
                "send_back",
                bid,
                stage.during,
                words,
            )
        elif number % 12 == 11:
            fire(stage.office, stage.cast.actor(owner), "bid", "withdraw", bid, stage.during)
        else:
            stage.endorse(bid, representative)


def _from_file(office: Office, operator: Actor, count: int, now: datetime) -> None:
    rows = [
        BidRow(
            line=number + 2, source_key=content_key(p["title"], p["organisation"], p["amount_pence"], ""),
            title=p["title"], summary="Taken in from a file.", organisation=p["organisation"], organisation_id=None,
            charity_number=None, company_number=None, amount_pence=p["amount_pence"], postcode=None, town=None,
            ward=None, ward_code=p["ward"], council=None, council_code=None, region=None, programme=None, starts_on=None,
            ends_on=None,
        )
        for number, p in enumerate(projects(count))
    ]  # fmt: skip
    take_in(office, operator, CODES[2], rows, "demo", "demo data", now)
