"""One browser plays every role, from a member's first word to the auditor's last look."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from fundapp.audit.verify import verify
from fundapp.demo.people import CAST, PASSWORD
from fundapp.models import Assignment, Award, Bid, Payment, Report
from tests.databases import PostgresServer
from tests.journeys.walker import DESK, PHONE, Walker, sign_in, walking
from tests.journeys.world import CODE, World, attachment, raised
from tests.web import serving

pytestmark = pytest.mark.browser

TITLE = "Table on the towpath: Ŷstwyll suppers for boaters & neighbours"
SUMMARY = "Every second Friday, boaters and neighbours cook by the lock and eat at one long table."
AMOUNT = "£3,200"

#: What is typed, in the form's order.
ANSWERS: dict[str, str] = {
    "title": TITLE,
    "summary": SUMMARY,
    "people": "60 people on 25 boats and in 20 houses",
    "area": "E05900011",
    "starts_on": "2027-09-03",
    "ends_on": "2028-06-30",
    "organisation": "Millbeck Lock Suppers",
    "organisation_id": "",
    "address": "Lock Cottage, 2 Wharf Lane\nMillbeck MB2 5TT",
    "party_link": "The branch runs the rota with the boaters; two of its members cook at every supper.",
    "helps_win": "The towpath sees who laid the table, and sixty doors are opened to us each month.",
    "new_approach": "Nobody has asked boaters and houses to the same table here.",
    "leaders": "Two boaters lead; four neighbours learn to run an evening and keep the accounts.",
    "amount_pence": "3,200",
}


@pytest.fixture(
    params=[
        pytest.param(("sqlite", DESK, True), id="sqlite, desk"),
        pytest.param(("postgres", PHONE, True), id="postgres, phone", marks=pytest.mark.postgres),
    ]
)
def setting(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[World, int, bool]]:
    """A served world, how wide the window is, whether axe looks at every page."""
    kind, width, axe = request.param
    environ: dict[str, str] = {}
    if kind == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        name = server.create()
        environ["DATABASE_URL"] = server.database_url(name)
    with serving(tmp_path, **environ) as served:
        yield raised(served), width, axe
    if kind == "postgres":
        server.drop(name)


def test_a_bid_lives_its_whole_life(setting: tuple[World, int, bool], browser: Any) -> None:
    """From draft to reported; at the end the record holds."""
    world, width, axe = setting

    def window() -> AbstractContextManager[Walker]:
        return walking(browser, world.served.url, width, axe=axe)

    with window() as member:
        ref = writes_a_bid(member, world)
    backs_it(window, world, ref)
    starts_the_panel(window, world)
    reads_and_scores(window, world, ref)
    decides_and_releases(window, world, ref)
    accepts(window, world, ref)
    gives_bank_details(window, world, ref)
    pays(window, world, ref)
    reports(window, world, ref)
    verifies(window, world, ref)


def test_a_bid_is_sent_and_backed_without_script(tmp_path: Path, browser: Any) -> None:
    """No page needs JavaScript."""
    with serving(tmp_path) as served:
        world = raised(served)
        with walking(browser, served.url, PHONE, script=False) as member:
            ref = writes_a_bid(member, world)
        backs_it(lambda: walking(browser, served.url, PHONE, script=False), world, ref)


def signed_in(walker: Walker, key: str) -> None:
    """One of the cast, through the sign-in page."""
    sign_in(walker, next(part.email for part in CAST if part.key == key), PASSWORD)


def state_of(world: World, ref: str) -> str:
    """The bid's state in the database."""
    with world.served.office.db.read() as conn:
        return str(conn.execute(select(Bid.state).where(Bid.reference == ref)).scalar_one())


def writes_a_bid(member: Walker, world: World) -> str:
    """A member starts from the first page, answers one question after another, checks and sends."""
    member.open("/")
    signed_in(member, "member")
    member.open(f"/rounds/{CODE}")
    member.press("Start")
    found = re.search(r"/my-bids/([^/]+)/form", member.page.url)
    assert found, member.page.url
    ref = found[1]
    for question, answer in ANSWERS.items():
        member.open(f"/my-bids/{ref}/form/{question}")
        if question == "area":
            member.choose("area", world.cast.areas[answer])
        else:
            member.fill(question, answer)
        member.press("Save and go on")
    fills_the_budget(member, ref)
    member.open(f"/my-bids/{ref}/form/representative")
    member.choose("representative", world.cast.holdings["councillor"])
    member.press("Save and go on")
    member.open(f"/my-bids/{ref}/form/declarations")
    for statement in ("true", "lawful", "report"):
        member.choose("declarations", statement)
    member.press("Save and go on")
    member.open(f"/my-bids/{ref}/form")
    member.reads("Every part is done")
    member.open(f"/my-bids/{ref}/check")
    member.reads(TITLE, SUMMARY, AMOUNT, "Margaret Oyelaran")
    assert state_of(world, ref) == "draft"
    member.press("Send the bid")
    assert state_of(world, ref) == "submitted"
    member.open(f"/my-bids/{ref}")
    member.reads(TITLE, "Margaret Oyelaran")
    return ref


def fills_the_budget(member: Walker, ref: str) -> None:
    """Two lines; the first try does not add up, and the check says so."""
    member.open(f"/my-bids/{ref}/form/budget")
    member.fill("what-1", "Food and fuel")
    member.fill("pounds-1", "2,000")
    member.press("Save and go on")
    member.open(f"/my-bids/{ref}/check")
    assert "Margaret Oyelaran" not in member.words()
    member.open(f"/my-bids/{ref}/form/budget")
    member.fill("what-2", "Tables & benches <that fold>")
    member.fill("pounds-2", "1,200.00")
    member.press("Save and go on")


def backs_it(window: Any, world: World, ref: str) -> None:
    """The councillor opens the link in the mail, reads, and backs it; the link is then used up."""
    world.deliver()
    mail = world.mail("councillor", "")
    link = re.search(r"http://\S+/answer/[a-z2-7]{32}", mail.text)
    assert link, mail.text
    with window() as councillor:
        councillor.open(link[0])
        councillor.reads(TITLE, AMOUNT)
        assert state_of(world, ref) == "submitted"
        councillor.choose("answer", "endorse")
        councillor.fill("words", "I have eaten at this table. It brings boats and houses together.")
        councillor.choose("no_interest", "yes")
        councillor.press("Send my")
        assert state_of(world, ref) == "endorsed"
        councillor.open(link[0], status=410)
    with window() as member:
        signed_in(member, "member")
        member.open(f"/my-bids/{ref}")
        member.reads("Margaret Oyelaran")


def starts_the_panel(window: Any, world: World) -> None:
    """The clock closes the round, the officer starts its panel."""
    assert world.passes(hours=2).closed == 1
    with window() as officer:
        signed_in(officer, "officer")
        officer.open(f"/rounds-desk/{CODE}")
        officer.press("Start the panel")
        officer.open("/bids")
        officer.reads(TITLE)


def reads_and_scores(window: Any, world: World, ref: str) -> None:
    """The chair gives the bid to three, and each of them scores it."""
    with window() as chair:
        signed_in(chair, "chair")
        chair.open(f"/panel/{CODE}/assign")
        chair.press("Give out this plan")
    with world.served.office.db.read() as conn:
        readers = [world.key_of(person) for person in conn.scalars(select(Assignment.person_id))]
    assert len(set(readers)) == 3
    for place, reader in enumerate(readers):
        with window() as reviewer:
            signed_in(reviewer, reader)
            reviewer.open("/pile")
            reviewer.press(TITLE)
            # Before the first bid of a round opens, they say what they are tied to.
            reviewer.reads("What you are tied to")
            reviewer.press("I am tied to none of these")
            reviewer.reads(SUMMARY)
            for number, criterion in enumerate(("link", "wins", "new", "plan", "leaders")):
                reviewer.choose(f"score-{criterion}", 3 + (number + place) % 3)
            reviewer.fill("comment", "The long table convinces. Say who keeps the key of the lock cottage.")
            reviewer.press("Finish")
            reviewer.reads("Your scores")


def decides_and_releases(window: Any, world: World, ref: str) -> None:
    """The chair closes the reviews, stages an award, releases; the clock publishes when the window is over."""
    with window() as chair:
        signed_in(chair, "chair")
        chair.open(f"/panel/{CODE}/{ref}")
        chair.press("Close its reviews")
        chair.choose("outcome", "award")
        chair.fill("conditions", "Tell us the day of the first supper.")
        chair.fill("feedback", "The panel was moved by the long table.")
        chair.press("Record this decision")
        chair.press("Look through the release")
        chair.reads(TITLE, "£3,200")
        chair.press("Release one decision")
    assert state_of(world, ref) == "reviewed"
    assert world.passes(minutes=5).published == 0
    assert world.passes(minutes=11).published == 1
    assert state_of(world, ref) == "awarded"


def accepts(window: Any, world: World, ref: str) -> None:
    """The award letter is in the mail, and on the page; the member accepts."""
    world.deliver()
    mail = world.mail("member", "Good news about your bid")
    name, letter = attachment(world.served, mail)
    assert letter.startswith(b"%PDF-"), name
    with window() as member:
        signed_in(member, "member")
        member.open("/demo/mail")
        member.open(f"/demo/mail/{mail.id}")
        member.open(f"/my-bids/{ref}")
        paper = member.page.request.get(f"{world.served.url}/my-bids/{ref}/letter")
        assert paper.status == 200
        assert paper.headers["content-type"] == "application/pdf"
        assert paper.body().startswith(b"%PDF-")
        member.open(f"/my-bids/{ref}/award")
        member.reads(AMOUNT, "Tell us the day of the first supper.")
        member.choose("recipient", "group")
        member.choose("agreed", "yes")
        member.fill("name", "Sunita Rao")
        member.press("Accept the award")
        world.deliver()
        paper = member.page.request.get(f"{world.served.url}/my-bids/{ref}/acceptance")
        assert paper.body().startswith(b"%PDF-")
    with world.served.office.db.read() as conn:
        assert conn.execute(select(Award.state)).scalars().all() == ["accepted"]


def gives_bank_details(window: Any, world: World, ref: str) -> None:
    """The member types the group's account, looks at it once more, and sends it; from then on it is masked."""
    with window() as member:
        signed_in(member, "member")
        member.open(f"/my-bids/{ref}/bank")
        member.fill("holder_name", "Millbeck Lock Suppers")
        member.choose("kind", "business")
        member.fill("sort_code", "30-96-34")
        member.fill("account", "12345678")
        member.press("Check what I typed")
        member.reads("Is this right?", "30-96-34", "12345678")
        member.press("Send my bank details")
        member.reads("We have your bank details")
        assert "12345678" not in member.words()


def pays(window: Any, world: World, ref: str) -> None:
    """The treasurer schedules two payments, the officer approves them, the treasurer sends, takes out and confirms."""
    today = datetime.now(UTC).date()
    with window() as treasurer:
        signed_in(treasurer, "treasurer")
        treasurer.open("/money")
        treasurer.press("Millbeck Lock Suppers")
        for number, days in ((1, 3), (2, 9)):
            treasurer.fill(f"due-{number}", (today + timedelta(days=days)).isoformat())
            treasurer.choose(f"milestone-{number}", "")
        treasurer.press("Schedule these payments")
    assert payment_states(world) == ["scheduled", "scheduled"]
    with window() as officer:
        signed_in(officer, "officer")
        officer.open("/payments")
        officer.press("Look at the chosen ones")
        officer.reads("2 payments", "£3,200")
        officer.press("Approve £3,200")
    assert payment_states(world) == ["approved", "approved"]
    with window() as treasurer:
        signed_in(treasurer, "treasurer")
        treasurer.open("/money")
        treasurer.press("Look at the run")
        treasurer.reads("2 payments", "£3,200")
        treasurer.press("Send £3,200")
        assert payment_states(world) == ["sent", "sent"]
        treasurer.reads("2 payments wait for you", "£3,200")
        with treasurer.page.expect_download() as taken:
            treasurer.page.get_by_role("button", name="Download as CSV").click()
        written = Path(taken.value.path()).read_text(encoding="utf-8-sig")
        assert written.count("12345678") == 2, written
        treasurer.press("Mark the chosen ones paid")
        treasurer.open("/money")
    assert payment_states(world) == ["paid", "paid"]


def payment_states(world: World) -> list[str]:
    """How the payments stand, in order."""
    with world.served.office.db.read() as conn:
        return list(conn.execute(select(Payment.state).order_by(Payment.id)).scalars())


def reports(window: Any, world: World, ref: str) -> None:
    """The member tells how it went; the officer accepts the report and closes the bid."""
    with window() as member:
        signed_in(member, "member")
        member.open(f"/my-bids/{ref}/report")
        member.fill("story", "Twenty suppers, one long table, and a lock-keeper who now bakes.")
        member.fill("learned", "Ask the boaters first; they know who is hungry.")
        member.fill("people", "71")
        member.fill("spent", "3,200")
        member.press("Send the report")
    with world.served.office.db.read() as conn:
        assert conn.execute(select(Report.state)).scalars().all() == ["filed"]
    with window() as officer:
        signed_in(officer, "officer")
        officer.open(f"/bids/{ref}/report")
        officer.reads("Twenty suppers")
        officer.press("Accept the report")
        officer.open(f"/bids/{ref}/report")
        officer.press(f"Close {ref}")
    assert state_of(world, ref) == "reported"
    world.deliver()


def verifies(window: Any, world: World, ref: str) -> None:
    """The auditor has the whole record checked: it holds, on the page and by the command's own code."""
    with window() as auditor:
        signed_in(auditor, "auditor")
        auditor.open("/record")
        auditor.press("Verify now")
        auditor.reads("Verified: nothing has been changed")
        auditor.open(f"/bids/{ref}")
        auditor.reads(TITLE)
    found = verify(world.served.office.db, world.served.office.recorder)
    assert found.problems == []
    assert found.events > 25
