"""A newcomer on a small phone: from the fund's first page to a bid that is in, over two evenings and a lost connection."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from fundapp.models import Bid, Draft, Membership
from fundapp.services import membership
from tests import handed
from tests.journeys.evenings import (
    ANSWERS,
    SUMMARY,
    TITLE,
    asked,
    fills_in,
    mail_to,
    opens_mail,
    says,
    writes_on,
)
from tests.journeys.walker import PHONE, Walker
from tests.journeys.world import CODE, World, attachment, raised
from tests.web import serving

pytestmark = pytest.mark.browser

ADDRESS, NAME = "oonagh@lanterns.example", "Oonagh Threlkeld-Bright"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A served fund with an open round whose form asks for files too."""
    with serving(tmp_path) as served:
        made = raised(served)
        handed.ask_for_files(served.office, made.cast.actor("officer"), made.stage.round, datetime.now(UTC))
        yield made


@contextmanager
def evening(browser: Any, world: World, script: bool, kept: Any = None) -> Iterator[tuple[Any, Walker]]:
    """One evening at the phone, with what its browser kept from the last."""
    context = browser.new_context(
        viewport={"width": PHONE, "height": 740}, locale="en-GB", java_script_enabled=script, has_touch=True,
        is_mobile=True, reduced_motion="reduce", storage_state=kept,
    )  # fmt: skip
    try:
        yield context, Walker(context.new_page(), world.served.url, script, script, expects_refusals=True)
    finally:
        context.close()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_from_the_first_page_to_a_bid_that_is_in(world: World, browser: Any, script: bool) -> None:
    with evening(browser, world, script) as (context, member):
        checks_whether_they_can_bid(member)
        comes_in_by_a_link(member, world)
        says_which_membership(member)
        member.press("Start a bid")
        member.press("Carry on")
        answered = writes_on(member, world, "summary")
        if script:
            loses_the_signal(context, member, world)
        else:
            fills_in(member, world, "summary")
        member.press("Save and go on")
        answered += ["summary", *writes_on(member, world, "organisation")]
        fills_in(member, world, "organisation")
        member.press("Save and come back later")
        member.reads("Saved. It is here whenever you come back.")
        kept = context.storage_state()
    with evening(browser, world, script, kept) as (_context, member):
        member.open("/my-bids")
        member.press(TITLE)
        member.press("Carry on")
        answered += ["organisation", *writes_on(member, world)]
        # What may stay empty is passed by on the way to the next thing that is missing.
        assert {*ANSWERS, "plans", "rules", "budget", "area"} - set(answered) == {"organisation_id"}
        assert member.page.url.endswith("/check"), "behind the last question"
        member.reads(TITLE, SUMMARY, "£1,250", "plans.pdf", "It can be sent when this is done:")
        is_confirmed(world)
        member.open(member.page.url)
        member.press("Send the bid")
        member.reads("It is sent. A receipt is on its way to you.", TITLE, "Margaret Oyelaran")
        with world.served.office.db.read() as conn:
            bid = conn.execute(select(Bid.state, Bid.reference, Bid.title)).one()
        assert (bid.state, bid.title) == ("submitted", TITLE)
        world.deliver()
        receipt = mail_to(world, ADDRESS, bid.reference)
        _name, paper = attachment(world.served, receipt)
        assert paper.startswith(b"%PDF-")
        button = opens_mail(member, receipt)
        with member.page.expect_navigation(wait_until="load"):
            button.click()
        member.look()
        member.reads(TITLE, "Margaret Oyelaran")


def checks_whether_they_can_bid(member: Walker) -> None:
    """The check: nothing answered, one thing in the way, nothing in the way."""
    member.open("/")
    member.press("Check first if you can bid")
    member.press("See if I can bid")
    member.reads("Say yes or no: Are you a member of the party?")
    for number in range(4):
        member.choose(f"answer_{number}", "no" if number == 2 else "yes")
    member.press("See if I can bid")
    member.reads("You cannot bid as it stands", "One thing stands in the way", "Instead:")
    member.press("Answer again")
    for number in range(4):
        member.choose(f"answer_{number}", "yes")
    member.press("See if I can bid")
    member.reads("You can bid")


def comes_in_by_a_link(member: Walker, world: World) -> None:
    """Asks for a link, finds it in the mail, gives a name, and is back where they wanted to be."""
    member.press("Sign in and start a bid")
    member.fill("email", ADDRESS)
    member.press("Send me a link")
    member.reads(f"A link is on its way to {ADDRESS}.")
    world.deliver()
    button = opens_mail(member, mail_to(world, ADDRESS))
    with member.page.expect_navigation(wait_until="load"):
        button.click()
    member.look()
    member.fill("name", NAME)
    member.press("Start as")
    assert member.page.url.endswith(f"/rounds/{CODE}")


def says_which_membership(member: Walker) -> None:
    """Asked for before the first bid; a slip is said, and kept to be mended."""
    member.press("Start a bid")
    member.press("Save and go on")
    member.fill("number", "K 765-4321")
    member.fill("local_party", "Millbeck CLP")
    member.press("Save and go on")
    assert member.page.url.endswith(f"/rounds/{CODE}")


def loses_the_signal(context: Any, member: Walker, world: World) -> None:
    """In the middle of an answer: what is typed goes on, is kept, and is saved when the signal is back."""
    assert asked(member) == "summary"
    half = len(SUMMARY) // 2
    box = member.page.locator('[name="summary"]')
    box.press_sequentially(SUMMARY[:half])
    says(member, "Saved at")
    context.set_offline(True)
    box.press_sequentially(SUMMARY[half:])
    says(member, "Not saved yet: no signal.")
    member.look()
    assert draft(world)["summary"] == SUMMARY[:half]
    context.set_offline(False)
    says(member, "Saved at")
    assert draft(world)["summary"] == SUMMARY


def draft(world: World) -> dict[str, Any]:
    """What the service has of the only bid."""
    with world.served.office.db.read() as conn:
        answers: dict[str, Any] = conn.execute(select(Draft.answers)).scalar_one()
    return answers


def is_confirmed(world: World) -> None:
    """The officer confirms the membership; until then it can be written, and not sent."""
    office = world.served.office
    with office.deed(world.cast.actor("officer"), datetime.now(UTC)) as deed:
        asks = select(Membership.id).where(Membership.number == "K7654321")
        membership.confirm(deed, [deed.conn.execute(asks).scalar_one()], "The branch secretary rang back")
