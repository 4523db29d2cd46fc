"""The representative's two minutes: from the mail to an answer in under six clicks, on a small phone."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from fundapp.demo.people import CAST, PASSWORD
from fundapp.models import Bid, Endorsement
from tests.journeys.evenings import mail_to, opens_mail
from tests.journeys.walker import PHONE, Walker, sign_in
from tests.journeys.world import World, raised
from tests.services.world import project
from tests.web import serving

pytestmark = pytest.mark.browser

WORDS = "I have eaten there twice. Half of the street came, and they asked me to bring the other half."

#: Told to us from every page: a press of a finger or mouse, and every key but those that type into a box.
PRESSES = """
addEventListener('pointerdown', event => { if (event.isTrusted) pressed('pointer'); }, true);
addEventListener('keydown', event => {
  const typing = event.target.matches && event.target.matches('textarea, input:not([type=radio], [type=checkbox])');
  if (event.isTrusted && !(typing && event.key.length === 1)) pressed(event.key);
}, true);
"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A served fund, and a bid that was sent to its representative."""
    with serving(tmp_path) as served:
        made = raised(served)
        made.stage.submit(made.stage.draft(project()))
        made.deliver()
        yield made


@contextmanager
def counting(browser: Any, world: World, script: bool = True) -> Iterator[tuple[Walker, list[str]]]:
    """A phone, and every press on it."""
    context = browser.new_context(
        viewport={"width": PHONE, "height": 740}, locale="en-GB", has_touch=True, is_mobile=True,
        java_script_enabled=script, reduced_motion="reduce",
    )  # fmt: skip
    presses: list[str] = []
    try:
        if script:
            context.expose_function("pressed", lambda what: presses.append(what))
            context.add_init_script(PRESSES)
        yield Walker(context.new_page(), world.served.url, script, script), presses
    finally:
        context.close()


def address_of(key: str) -> str:
    """Where one of the cast is written to."""
    return next(part.email for part in CAST if part.key == key)


def opens(walker: Walker, world: World, key: str) -> None:
    """Press the button in the newest mail."""
    button = opens_mail(walker, mail_to(world, address_of(key)))
    with walker.page.expect_navigation(wait_until="load"):
        button.click()
    walker.look()


def bid_now(world: World) -> Any:
    """The only bid, and what was answered last."""
    with world.served.office.db.read() as conn:
        bid: Any = conn.execute(select(Bid.state, Bid.reference, Bid.holding_id)).one()
        answers = conn.execute(
            select(Endorsement.answer, Endorsement.statement).order_by(Endorsement.id)
        ).all()
    return bid, [tuple(each) for each in answers]


def test_backed_in_under_six(world: World, browser: Any) -> None:
    """The mail's button, the answer, the box, the tick, the button: five, with a statement."""
    with counting(browser, world) as (councillor, presses):
        opens(councillor, world, "councillor")
        councillor.reads("Will you back this bid?", "Sunita Rao of Millbeck Growers")
        councillor.page.get_by_text("I back it", exact=True).click()
        councillor.page.get_by_label("Why, in two or three sentences").click()
        councillor.page.keyboard.type(WORDS)
        councillor.page.locator("label", has_text="Neither I, my family nor my employer").click()
        councillor.press("Send my backing")
        councillor.reads("Your backing is with the bid.")
        assert presses == ["pointer"] * 5
        assert len(presses) < 6
    bid, answers = bid_now(world)
    assert (bid.state, answers) == ("endorsed", [("endorse", WORDS)])


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_not_my_area_and_somebody_else_is_asked(world: World, browser: Any, script: bool) -> None:
    """Stood aside in three presses; the applicant's mail leads to the page that names another, who is asked at once."""
    with counting(browser, world, script) as (councillor, presses):
        opens(councillor, world, "councillor")
        councillor.page.get_by_text("It is not my area", exact=True).click()
        councillor.press("Stand aside" if script else "Send my answer")
        councillor.reads("You have stood aside")
        if script:
            assert presses == ["pointer"] * 3
    bid, answers = bid_now(world)
    assert (bid.state, bid.holding_id, answers) == ("submitted", None, [("elsewhere", "")])
    world.deliver()
    with counting(browser, world, script) as (member, _presses):
        sign_in(member, address_of("member"), PASSWORD)
        opens(member, world, "member")
        member.press("Name another representative")
        assert world.stage.cast.holdings["councillor"] != world.stage.cast.holdings["mayor"]
        member.choose("holding", world.cast.holdings["mayor"])
        member.press("Ask them")
        member.reads("Dominic Achterberg")
    assert bid_now(world)[0].holding_id == world.cast.holdings["mayor"]
    world.deliver()
    with counting(browser, world, script) as (mayor, presses):
        opens(mayor, world, "mayor")
        mayor.reads("Will you back this bid?", "Dominic Achterberg")
        mayor.choose("answer", "endorse")
        mayor.fill("words", WORDS)
        mayor.choose("no_interest", "yes")
        mayor.press("Send my")
        mayor.reads("Your backing is with the bid.")
    bid, answers = bid_now(world)
    assert (bid.state, answers) == ("endorsed", [("elsewhere", ""), ("endorse", WORDS)])
