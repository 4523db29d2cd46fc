"""A panel of five reads twelve bids, from the first reading given out to the letters: by browser, on a desk and a phone."""

import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from fundapp.audit.verify import verify
from fundapp.demo import stage as stages
from fundapp.demo.people import CAST, PASSWORD
from fundapp.demo.projects import projects
from fundapp.mail.kept import read_folder
from fundapp.models import Award, Bid, Decision, Letter, Moderation, Review, Sitting
from fundapp.queries import panel_play
from fundapp.queries import people as people_queries
from fundapp.services import passwords, people
from tests.journeys.walker import DESK, PHONE, Walker, sign_in, walking
from tests.journeys.world import World, raised
from tests.web import serving

pytestmark = pytest.mark.browser

BIDS, READERS = 12, ("reviewer", "reviewer2", "reviewer3", "reviewer4", "reviewer5")
TITLE, PANEL = "The table by the weir", "WEIR-27"
#: The criteria of the fund's own rubric.
CRITERIA = ("link", "wins", "new", "plan", "leaders")
#: The bid, counted from nought, on which the readers lie far apart, and the one that is declined beside every third.
APART = 0
#: Who hands a bid back without scores.
HANDS_BACK = "reviewer2"
FIFTH = ("Oona Fairbrother", "reviewer5@demo.example")


@pytest.fixture(params=[pytest.param(DESK, id="desk"), pytest.param(PHONE, id="phone")])
def setting(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[World, int]]:
    """A served world with a fifth reader, twelve backed bids and their panel begun; how wide the window is."""
    with serving(tmp_path) as served:
        yield begun(raised(served)), request.param


def begun(world: World) -> World:
    """A round that closed an hour ago, its twelve bids backed, its panel started by the officer."""
    office, cast = world.served.office, world.cast
    now = datetime.now(UTC)
    operator = people.operator(office, now)
    hashed = passwords.hashed(PASSWORD)
    with office.deed(operator, now) as deed:
        person = people.enter(deed, [people.Newcomer(*FIFTH)])[0]
        people.give_role(deed, person, "reviewer", world.stage.fund)
        people.open_account(deed, person, FIFTH[1], hashed)
        token = people_queries.token(deed.conn, person)
    stage = stages.build(
        office, operator, cast, world.stage.fund, PANEL, TITLE, now - timedelta(days=40),
        now - timedelta(hours=1), budget_pence=6_000_000, now=now,
    )  # fmt: skip
    for project in islice(projects(BIDS), BIDS):
        bid = stage.draft(project)
        stage.submit(bid)
        stage.endorse(bid, project["representative"])
    stage.start_panel()
    # Known to the stage from here on: the others said what they are tied to as the panel began, the fifth is asked.
    cast.persons["reviewer5"], cast.tokens["reviewer5"] = person, token
    return World(world.served, stage)


def test_a_panel_of_five_reads_twelve_bids(setting: tuple[World, int], browser: Any) -> None:
    """From the first reading given out to one letter for each bid; at the end the record holds.

    On the phone every score and decision is made in the browser; on the desk the first of each person, and the rest
    of their evening goes by the services.
    """
    world, width = setting
    with ExitStack() as windows:
        known: dict[str, Walker] = {}

        def window(who: str) -> Walker:
            if who not in known:
                known[who] = windows.enter_context(walking(browser, world.served.url, width, axe=False))
                signed_in(known[who], who)
                known[who].axe = True
            return known[who]

        at_most = BIDS if width == PHONE else 1
        gives_out(window("chair"), 3)
        handed_back = hands_one_back(window(HANDS_BACK), world)
        for place, reader in enumerate(READERS):
            if reader == "reviewer5":  # the others of the cast said so when the panel began
                says_what_they_are_tied_to(window(reader))
                declares_an_interest(window(reader))
            reads_the_pile(window(reader), world, place, at_most)
        finds_other_readers(window("chair"), world, handed_back)
        for place, reader in enumerate(READERS):
            if unread(world, reader):
                reads_the_pile(window(reader), world, place, at_most)
        refs = [ref for (ref,) in rows(world, Bid.reference, Bid.round_id == world.stage.round)]
        opens_the_talk(window("chair"), world, refs[APART])
        changes_scores(window(reader_of(world, refs[APART])), refs[APART])
        closes_the_talk(window("chair"), refs[APART])
        decides(window("chair"), world, refs, at_most)
        records_a_sitting(window("chair"), world)
        releases(window("chair"), world)
        hears(world, refs)
        reads_the_minutes(window("auditor"), world, refs)
    assert verify(world.served.office.db, world.served.office.recorder).problems == []


def signed_in(walker: Walker, key: str) -> None:
    """One of the cast, through the sign-in page."""
    address = next((part.email for part in CAST if part.key == key), FIFTH[1])
    sign_in(walker, address, PASSWORD)


def rows(world: World, *asked: Any) -> list[Any]:
    """Rows of one or more columns where the last argument holds, in order of bids."""
    *columns, where = asked
    with world.served.office.db.read() as conn:
        return list(conn.execute(select(*columns).where(where).order_by(columns[0])))


def gives_out(chair: Walker, readers: int) -> None:
    """The chair looks at the plan, and gives it out."""
    chair.open(f"/panel/{PANEL}")
    chair.press("Give bids to readers")
    chair.reads(f"{BIDS * readers} readings are planned.")
    chair.press("Give out this plan")
    chair.reads(f"{BIDS * readers} readings given out.")


def unread(world: World, reader: str) -> list[int]:
    """The bids that a reader has and has not scored."""
    with world.served.office.db.read() as conn:
        readings = panel_play.to_read(conn, world.stage.round)
    return [bid for person, bid in readings if person == world.cast.persons[reader]]


def says_what_they_are_tied_to(reviewer: Walker) -> None:
    """Once a round, before the first bid is opened."""
    reviewer.open("/pile")
    reviewer.press("Say what I am tied to")
    reviewer.press("I am tied to none of these")


def declares_an_interest(reviewer: Walker) -> None:
    """The first bid of the pile is their neighbours': it leaves the pile."""
    reviewer.open("/pile")
    reviewer.press("Read B-")
    reviewer.press("I know these people")
    reviewer.fill("reason", "We keep the same allotment.")
    reviewer.press("Declare it")
    reviewer.reads("Your interest is recorded.")


def reads_the_pile(reviewer: Walker, world: World, place: int, at_most: int) -> None:
    """The bids of the pile, one after another as the pages lead; axe looks at the first, and at the pile when it is read."""
    reviewer.open("/pile")
    reviewer.press("Read B-")
    for _turn in range(at_most):
        found = re.search(r"/pile/(B-[^/?#]+)$", reviewer.page.url)
        if not found:
            break
        first = unscored(world, bid_of(world, found[1]))
        for at, criterion in enumerate(CRITERIA):
            reviewer.choose(f"score-{criterion}", mark(ordinal(world, found[1]), first, at))
        reviewer.fill("comment", "The long table convinces. Say who keeps the key.")
        reviewer.axe = False
        reviewer.press("Finish")
    for bid in unread(world, READERS[place]):
        number = [one for (one,) in rows(world, Bid.id, Bid.round_id == world.stage.round)].index(bid)
        first = unscored(world, bid)
        marks = tuple(mark(number, first, at) for at in range(len(CRITERIA)))
        world.stage.review(bid, READERS[place], marks)
    reviewer.axe = True
    reviewer.open("/pile")
    reviewer.reads("All of them are scored.")


def unscored(world: World, bid: int) -> bool:
    """Whether nobody has scored it yet."""
    return not rows(world, Review.id, Review.bid_id == bid)


def mark(bid: int, first: bool, criterion: int) -> int:
    """What the reader gives: alike on every bid but one, where the first of its readers sees nothing in it."""
    if bid == APART:
        return 0 if first else 5
    return 2 + (bid + criterion) % 3


def ordinal(world: World, ref: str) -> int:
    """Which bid of the round that is, counted from nought."""
    refs = [one for (one,) in rows(world, Bid.reference, Bid.round_id == world.stage.round)]
    return refs.index(ref)


def hands_one_back(reviewer: Walker, world: World) -> str:
    """One bid of the pile is beyond them: it goes back with a reason, and leaves the pile. Its reference."""
    bid = next(bid for bid in unread(world, HANDS_BACK) if bid not in unread(world, "reviewer5"))
    ((ref,),) = rows(world, Bid.reference, Bid.id == bid)
    reviewer.open(f"/pile/{ref}")
    reviewer.press("Hand it back without scores")
    reviewer.fill("reason", "I cannot read plans of drains.")
    reviewer.press("Hand it back")
    reviewer.reads(f"You handed {ref} back.")
    assert bid not in unread(world, HANDS_BACK)
    return str(ref)


def finds_other_readers(chair: Walker, world: World, handed_back: str) -> None:
    """Two bids lack a reader: one of three knows the people of one, one handed one back. The plan names two others."""
    chair.open(f"/panel/{PANEL}/{handed_back}")
    chair.reads("handed it back without scores. I cannot read plans of drains.")
    chair.open(f"/panel/{PANEL}/assign")
    chair.reads("2 bids lack readers: 2 readings are planned.")
    chair.press("Give out this plan")
    waiting = {reader: unread(world, reader) for reader in READERS}
    assert sum(len(bids) for bids in waiting.values()) == 2
    bid = bid_of(world, handed_back)
    (taker,) = (reader for reader, bids in waiting.items() if bid in bids)
    assert taker != HANDS_BACK


def reader_of(world: World, ref: str) -> str:
    """Who gave that bid the lowest total."""
    found = rows(world, Review.total, Review.person_id, Review.bid_id == bid_of(world, ref))
    return world.key_of(found[0][1])


def bid_of(world: World, ref: str) -> int:
    """A bid by its reference."""
    return int(rows(world, Bid.id, Bid.reference == ref)[0][0])


def opens_the_talk(chair: Walker, world: World, ref: str) -> None:
    """The chair compares, and finds one bid on which the readers lie far apart."""
    chair.open(f"/panel/{PANEL}")
    chair.reads("How each of us marks")
    chair.open(f"/panel/{PANEL}/{ref}")
    chair.reads("points apart.")
    chair.press("Ask them")
    assert rows(world, Moderation.closed_at, Moderation.bid_id == bid_of(world, ref)) == [(None,)]


def changes_scores(reviewer: Walker, ref: str) -> None:
    """Whoever had seen nothing in it has read its second page now."""
    reviewer.open(f"/pile/{ref}")
    for criterion in CRITERIA:
        reviewer.choose(f"score-{criterion}", 4)
    reviewer.press("Send changed scores")


def closes_the_talk(chair: Walker, ref: str) -> None:
    """The chair says how it ended."""
    chair.open(f"/panel/{PANEL}/{ref}")
    chair.fill("reason", "One of us had missed the second page, and has read it now.")
    chair.press("Close the talk")


def declined(refs: list[str], ref: str) -> bool:
    """Every third bid is declined."""
    return refs.index(ref) % 3 == 2


def decides(chair: Walker, world: World, refs: list[str], at_most: int) -> None:
    """Each bid: its reviews are closed, its decision recorded. Axe looks at the first of each kind of page."""
    for number, ref in enumerate(refs):
        if number >= max(at_most, 3):
            bid = bid_of(world, ref)
            world.stage.conclude(bid)
            world.stage.decide(bid, "decline" if declined(refs, ref) else "award", 50_000)
            continue
        chair.axe = number == 0
        chair.open(f"/panel/{PANEL}/{ref}")
        chair.press("Close its reviews")
        chair.choose("outcome", "decline" if declined(refs, ref) else "award")
        chair.fill("feedback", "The panel read it with care.")
        chair.press("Record this decision")
    chair.axe = True
    assert len(rows(world, Decision.id, Decision.round_id == world.stage.round)) == BIDS


def records_a_sitting(chair: Walker, world: World) -> None:
    """Who met last night, and that one of them left the room."""
    chair.open(f"/panel/{PANEL}")
    chair.press("Sittings and minutes")
    chair.press("Record a sitting")
    last_night = (datetime.now(UTC) - timedelta(hours=20)).astimezone(world.served.office.zone)
    chair.fill("day", last_night.date().isoformat())
    chair.fill("time", f"{last_night:%H:%M}")
    chair.fill("place", "The weir house")
    for key in ("chair", *READERS):
        chair.choose("present", world.cast.persons[key])
    chair.press("Put it on record")
    chair.reads("Helen Abernethy, chair", f"{FIFTH[0]}, for one bid")
    (found,) = rows(world, Sitting.number, Sitting.left_for, Sitting.round_id == world.stage.round)
    assert [person for person, _bid in found.left_for] == [world.cast.persons["reviewer5"]]


def releases(chair: Walker, world: World) -> None:
    """Released, called back once, released again; the clock publishes when the window is over."""
    for again in (False, True):
        chair.open(f"/panel/{PANEL}/release")
        chair.choose("read", "yes")
        chair.press(f"Release {BIDS} decisions")
        chair.reads("Nothing has been sent yet")
        assert world.passes(minutes=5).published == 0
        if not again:
            chair.press("Stop the release")
            chair.reads("The release is stopped.")
            assert world.passes(minutes=30).published == 0
    assert rows(world, Letter.id, Letter.id > 0) == rows(world, Award.id, Award.id > 0) == []
    assert world.passes(minutes=11).published == 1
    assert world.passes(minutes=12).published == 0


def hears(world: World, refs: list[str]) -> None:
    """Exactly one letter for each bid on record, and one mail with it."""
    letters = rows(
        world, Bid.reference, Letter.kind, Letter.number,
        (Letter.bid_id == Bid.id) & (Bid.round_id == world.stage.round),
    )  # fmt: skip
    kinds = {ref: "feedback" if declined(refs, ref) else "award" for ref in refs}
    assert sorted(letters) == sorted((ref, kind, 1) for ref, kind in kinds.items())
    world.deliver()
    subjects = {"award": "Good news about your bid {}", "feedback": "The decision on your bid {}"}
    wanted = Counter(subjects[kind].format(ref) for ref, kind in kinds.items())
    told = [mail for mail in read_folder(world.served.mail, 1000) if mail.subject.endswith(tuple(refs))]
    with_letter = [mail for mail in told if mail.attachments]
    assert Counter(mail.subject for mail in with_letter) == wanted
    assert {len(mail.attachments) for mail in with_letter} == {1}


def reads_the_minutes(auditor: Walker, world: World, refs: list[str]) -> None:
    """The auditor opens the sitting, and has the minutes made: no draft any more, and every bid in them."""
    auditor.open(f"/panel/{PANEL}/sittings")
    auditor.reads("The weir house")
    auditor.press("Minutes", exact=True)
    auditor.press("Make the minutes")
    auditor.reads("Being made")
    world.deliver()
    auditor.press("Look again")
    auditor.reads("Nothing in them has changed since.", "Open the minutes (PDF)")
    paper = auditor.page.request.get(f"{auditor.url}/panel/{PANEL}/minutes.pdf")
    assert (paper.status, paper.headers["content-type"]) == (200, "application/pdf")
    sheets = PdfReader(io.BytesIO(paper.body()))
    assert sheets.metadata is not None
    assert sheets.metadata.title == f"Minutes of the panel: {TITLE}"
    text = "".join(sheet.extract_text() for sheet in sheets.pages)
    assert all(ref in text for ref in refs)
    assert "had missed the second page" in " ".join(text.split())
    assert "same allotment" not in text
