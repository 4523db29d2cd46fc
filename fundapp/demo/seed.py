"""Demo data of any size, made by the real services: rounds that are open, closed, before their panel and paid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from fundapp.demo import nameless, sights
from fundapp.demo import people as cast_room
from fundapp.demo import stage as stages
from fundapp.demo.people import Cast
from fundapp.demo.projects import OWN_QUESTIONS, dated, projects
from fundapp.domain import form_building
from fundapp.domain import ties as domain_ties
from fundapp.domain.deadlines import closing_of, opening_of
from fundapp.intake.bids import BidRow, content_key
from fundapp.queries import rounds as asks
from fundapp.services import bank_details, forms, incomes, payers, people, rounds, ties
from fundapp.services.deed import Actor, Office
from fundapp.services.taking_in import take_in
from fundapp.services.transition import fire
from fundapp.storage import Files

#: Bids that are taken through their lives one by one; more than these come in as from a file.
LIVED = 60
CODES = ("AUTUMN-26", "WINTER-26", "SPRING-27", "DOORSTEP-26", "FIRST-26")
TITLES = ("Autumn 2026", "Winter 2026", "Spring 2027", "Doorstep grants 2026", "First bids 2026")
#: What each round has to give, in pence.
BUDGETS = (4_000_000, 2_600_000, 6_000_000, 600_000, 400_000)
#: A round that is planned: code, title, pence.
PLANNED = ("SUMMER-27", "Summer 2027", 5_000_000)
#: Bids of a round that waits for its panel to start, and how many bids there must be for that round.
SMALL, SMALL_FROM = 3, 40
#: How many bids there must be for a round that is read without names.
NAMELESS_FROM = 50
#: Bids of a panel whose readers lie far apart, by their number: one is talked over, one has been, of one nobody is asked.
TALKED_OVER, TALK_SETTLED, NOT_TALKED_OVER = 3, 4, 6
#: How many points less than the best the bids of the round that is paid are worth, one after another.
LESS_WORTH = (0, 1, 0, 1, 0, 0, 1, 2, 1)
#: Pence of a panel's money that the seed leaves for what is still to be decided.
KEPT_FREE = 800_000
#: Answers that a draft just begun does not have.
NOT_YET = ("leaders", "new_approach", "budget", "representative", "declarations")


@dataclass(frozen=True, slots=True)
class Seeded:
    """What the seed made."""

    bids: int
    cast: Cast


def is_empty(office: Office) -> bool:
    """Whether there is no round yet."""
    with office.db.read() as conn:
        return not asks.all_of(conn)


def seed(
    office: Office,
    count: int,
    now: datetime,
    say: stages.Said = lambda words: None,
    files: Files | None = None,
) -> Seeded:
    """`count` bids in up to five rounds; with `files` to keep them in, the sights of the open round too.

    Raises RoundRefused if the demo's rounds stand already.
    """
    with office.db.read() as conn:
        if asks.by_code(conn, CODES[0]) is not None:
            raise rounds.RoundRefused("code_taken", code=CODES[0])
    operator = people.operator(office, now)
    fund = rounds.found(office, operator, "communities", "Communities Fund", now)
    cast = cast_room.enter(office, operator, fund, now)
    _account(office, cast, fund, now)
    lived = min(count, LIVED)
    nameless_bids = len(nameless.BIDS) if lived >= NAMELESS_FROM else 0
    lived -= nameless_bids
    small = SMALL if lived >= SMALL_FROM else 0
    past, panel = max(1, lived * 3 // 10), max(1, lived * 3 // 10)
    current = max(1, lived - past - panel - small)
    todo = projects(past + panel + current + small)
    today = now.astimezone(office.zone).date()
    say(f"A round that is paid: {past} bids")
    titles = [dated(project, today, 0, 8) for project in islice(todo, past)]
    _paid(_round(office, operator, cast, fund, 0, now, 80, 9), titles)
    _donations(office, cast, fund, now)
    say(f"A round with its panel: {panel} bids")
    titles = [dated(project, today, 2, 7) for project in islice(todo, panel)]
    _reading(_round(office, operator, cast, fund, 1, now, 60, 1), titles)
    if small:
        say(f"A round that waits for its panel to start: {small} bids")
        titles = [dated(project, today, 2, 7) for project in islice(todo, small)]
        closed_stage = _round(office, operator, cast, fund, 3, now, 45, 2)
        _all_endorsed(closed_stage, titles)
        closed_stage.close()
    if nameless_bids:
        say(f"A round that is read without names: {nameless_bids} bids")
        nameless.play(_round(office, operator, cast, fund, 4, now, 40, 3), today)
    say(f"A round that is open: {current} bids")
    titles = [dated(project, today, 4, 7) for project in islice(todo, current)]
    open_stage = _round(office, operator, cast, fund, 2, now, 14, -28)
    forms.change(office, cast.actor("officer"), open_stage.round, _with_own_questions, None, now)
    # What has happened in it lies in the days that have passed, not in the middle of the whole round.
    _open(replace(open_stage, closes_at=now), titles, files if small else None)
    _planned(office, operator, cast, fund, open_stage.round, now)
    if count > LIVED:
        say(f"{count - LIVED} more, as from a file")
        _from_file(office, operator, count - LIVED, now)
    return Seeded(count, cast)


def _account(office: Office, cast: Cast, fund: int, now: datetime) -> None:
    """The account that the fund pays from, set by one and confirmed by another. Its numbers are a published example."""
    account = bank_details.Account("Communities Fund", "business", "089999", "66374958")
    payer = payers.propose(office, cast.actor("treasurer"), fund, account, now)
    payers.confirm(office, cast.actor("officer"), fund, payer, account.sort_code, account.account, now)


def _donations(office: Office, cast: Cast, fund: int, now: datetime) -> None:
    """Money for any round: one gift to be checked in time, one that was checked and is to be reported."""
    treasurer, today = cast.actor("treasurer"), now.astimezone(office.zone).date()
    person = incomes.Giver("Rhiannon Vaughan-Price", "individual")
    incomes.record(
        office, treasurer, fund, incomes.Came(person, "donation", 75_000, today - timedelta(days=22)), now
    )
    union = incomes.Giver("Millbeck Weavers’ Union", "union")
    came = incomes.Came(union, "donation", 1_250_000, today - timedelta(days=9), "Congress collection")
    gift = incomes.record(office, treasurer, fund, came, now)
    found = incomes.Check(
        "permissible", "On the register of trade unions, looked up", today - timedelta(days=7)
    )
    incomes.check(office, treasurer, gift, found, now)


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
    made = stages.build(
        office, by, cast, fund, CODES[number], TITLES[number], opens, closes,
        budget_pence=BUDGETS[number], now=now,
    )  # fmt: skip
    return replace(made, own_words=True)


def _planned(office: Office, by: Actor, cast: Cast, fund: int, last: int, now: datetime) -> None:
    """The round that comes next: its form is the last one's, and can still be changed."""
    code, title, budget = PLANNED
    day = (now + timedelta(days=40)).astimezone(office.zone).date()
    terms = {
        "code": code, "title": title, "opens_at": opening_of(day, office.zone), "budget_pence": budget,
        "closes_at": closing_of(day + timedelta(days=45), office.zone), "min_pence": 25_000, "max_pence": 500_000,
    }  # fmt: skip
    planned = rounds.plan(office, by, fund, terms, now)
    forms.copy(office, cast.actor("officer"), planned, last, 1, now)


def _with_own_questions(form: Sequence[Mapping[str, Any]]) -> form_building.Questions:
    whole = [dict(question) for question in form]
    for question in OWN_QUESTIONS:
        whole = form_building.add(whole, question)
    return whole


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
    free, awarded = BUDGETS[0], []
    for number, bid in enumerate(bids):
        less = LESS_WORTH[number % len(LESS_WORTH)] + (number % 4 == 3)
        for place, (reviewer, marks) in enumerate(
            (
                ("reviewer", (4, 4, 3, 4, 5)),
                ("reviewer2", (3, 4, 3, 4, 4)),
                ("reviewer3", (5, 4, 4, 4, 4)),
            )
        ):
            given = (mark - less + _stray(number, place, at) for at, mark in enumerate(marks))
            stage.review(bid, reviewer, tuple(min(max(mark, 0), 5) for mark in given))
        stage.conclude(bid)
        amount = int(str(titles[number]["amount_pence"]))
        if number % 4 == 3 or amount > free:
            stage.decide(bid, "decline")
        else:
            stage.decide(bid, "award", amount)
            free -= amount
            awarded.append(bid)
    stage.sit("reviewer", "reviewer2", "reviewer3")
    stage.release()
    for number, bid in enumerate(awarded):
        if number % 5 == 4:
            continue  # still on offer
        # Each fifth from the third is a party's: what election law asks about its award is shown.
        stage.accept(bid, recipient="local_party" if number % 5 == 2 else "group")
        if number % 5 == 3:
            continue  # accepted, nothing scheduled
        if number in (0, 1) or number % 5 == 0:
            stage.pay(bid)
            stage.report(bid)
        elif number % 5 == 1:
            stage.pay(bid, paid=0, approved=1)  # waits for a run
        else:
            # The next payment waits for an officer; the one before it for a run, or it is with the bank.
            going = number % 10 // 5
            stage.pay(bid, paid=going, approved=1 - going, confirmed=False)
        if number % 5 == 0:
            stage.finish(bid)


def _stray(number: int, place: int, at: int) -> int:
    """By how much one mark strays from what the reader gives on the whole: nobody marks like a ruler."""
    return (1, -1, 0, 0, 0, -1, 1, 0, 0)[(number * 7 + place * 4 + at * 5) % 9]


def _reading(stage: stages.Stage, titles: list[dict[str, object]]) -> None:
    """A panel near its end: one reviewer still has some to read, the chair some to decide; the others are decided."""
    bids = _all_endorsed(stage, titles)
    stage.start_panel()
    # One of the panel lives where some of the bids are, and said so before anybody read.
    home = ties.Said(domain_ties.area(stage.cast.areas["E05900013"]), "lives")
    ties.declare(stage.office, stage.cast.actor("reviewer4"), [home], [stage.round], stage.after)
    stage.assign(bids)
    marks = (
        (5, 4, 4, 4, 5),
        (4, 4, 3, 4, 4),
        (4, 5, 4, 3, 4),
        (2, 2, 3, 2, 1),
        (5, 5, 4, 5, 4),
        (3, 3, 4, 3, 4),
        (1, 3, 2, 2, 2),
    )
    free = BUDGETS[1]
    for number, bid in enumerate(bids):
        if number in (TALKED_OVER, TALK_SETTLED, NOT_TALKED_OVER):
            sights.far_apart(stage, bid, talked=number != NOT_TALKED_OVER, settled=number == TALK_SETTLED)
            continue
        unread = number % 7 == 1
        for place, reader in enumerate(("reviewer2", "reviewer3", "reviewer")):
            if not (unread and reader == "reviewer"):
                given = marks[number % 7]
                stage.review(bid, reader, tuple(max(0, mark - (number + place) % 3 // 2) for mark in given))
        if unread:
            continue
        stage.conclude(bid)
        amount = int(str(titles[number]["amount_pence"]))
        # What is left undecided is kept free, so that the chair can still say yes to some of it.
        if number % 5 == 4:
            continue
        if number % 7 in (3, 6) or amount > free - KEPT_FREE:
            stage.decide(bid, "decline")
        else:
            stage.decide(bid, "award", amount)
            free -= amount
    stage.sit("reviewer", "reviewer2")


def _open(stage: stages.Stage, titles: list[dict[str, object]], files: Files | None) -> None:
    """A round in its middle: drafts, bids that wait for backing, backed ones, one sent back, one withdrawn."""
    members = ("member", "member2", "member3")
    if files is not None:
        sights.newcomer(stage)
        sights.postcodes(stage, titles)
    # Those that wait for backing come last, so that the newest mails are requests that can still be answered.
    for number, project in sorted(enumerate(titles), key=lambda numbered: numbered[0] % 6 in (1, 2)):
        seen = number if files is not None else -1
        owner = sights.OWNERS.get(seen, members[number % 3])
        begun = number % 12 == 0 and seen != sights.WAITS_FOR_MEMBERSHIP
        bid = stage.draft(project, owner, without=NOT_YET if begun else ())
        if seen == sights.READ_TOGETHER:
            sights.read_together(stage, bid, owner, "member2")
        if number % 6 == 0:
            continue
        if seen == sights.NAMED_BY_APPLICANT:
            sights.name_unknown(stage, bid, owner, stage.cast.areas[str(project["ward"])])
        stage.submit(bid, owner)
        representative = str(project["representative"])
        if files is not None and seen == sights.ASKED_AGAIN:
            sights.ask_again(stage, bid, owner, representative, files)
        if seen == sights.STOOD_ASIDE:
            sights.stand_aside(stage, bid, representative)
        if number % 6 in (1, 2):
            continue
        if number % 12 == 5:
            stage.send_back(bid, representative)
        elif number % 12 == 11:
            fire(stage.office, stage.cast.actor(owner), "bid", "withdraw", bid, stage.during)
        else:
            stage.endorse(bid, representative)


def _from_file(office: Office, operator: Actor, count: int, now: datetime) -> None:
    rows = [
        BidRow(
            line=number + 2, source_key=content_key(p["title"], p["organisation"], p["amount_pence"], ""),
            title=p["title"], summary=p["summary"], organisation=p["organisation"], organisation_id=None,
            charity_number=None, company_number=None, amount_pence=p["amount_pence"], postcode=None, town=None,
            ward=None, ward_code=p["ward"], council=None, council_code=None, region=None, programme=None, starts_on=None,
            ends_on=None,
        )
        for number, p in enumerate(projects(count))
    ]  # fmt: skip
    take_in(office, operator, CODES[2], rows, "demo", "demo data", now)
