"""A bid scored at a browser: marks and their words, two windows, lost signal, no script, and pages that shut nobody out."""

from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from sqlalchemy import select

from fundapp.demo.people import CAST, PASSWORD
from fundapp.demo.stage import Stage
from fundapp.models import Bid, Review, ReviewDraft
from tests.journeys.walker import DESK, PHONE, Walker, sign_in, walking
from tests.journeys.world import World, raised
from tests.services import world as things
from tests.web import PATIENCE, serving

pytestmark = pytest.mark.browser

LONG = "A weekly kitchen, seed library and cookery club for families"
CRITERIA = ("link", "wins", "new", "plan", "leaders")


@pytest.fixture
def before_readers(tmp_path: Path) -> Iterator[tuple[World, list[str]]]:
    """A served fund whose panel has two bids, the first with a title of 60 characters."""
    with serving(tmp_path) as served:
        world = raised(served)
        stage: Stage = world.stage
        bids = []
        for number in range(2):
            told = things.project(number) | ({"title": LONG} if number == 0 else {})
            bid = stage.draft(told)
            stage.submit(bid)
            stage.endorse(bid, told["representative"])
            bids.append(bid)
        stage.start_panel()
        stage.assign(bids)
        with served.office.db.read() as conn:
            references = list(conn.scalars(select(Bid.reference).where(Bid.id.in_(bids)).order_by(Bid.id)))
        yield world, references


def reader(walker: Walker, reference: str, key: str = "reviewer") -> None:
    """One of the readers, at a bid."""
    sign_in(walker, next(part.email for part in CAST if part.key == key), PASSWORD)
    walker.open(f"/pile/{reference}")


def says(walker: Walker, words: str) -> None:
    """The line beside the button comes to say this."""
    walker.page.locator(".keeping-line", has_text=words).wait_for(timeout=PATIENCE)


def comes(world: World, part: str, value: object) -> None:
    """What is begun comes to hold this."""
    until = monotonic() + PATIENCE / 1000
    while (found := [one[part] for one in given(world)]) != [value]:
        assert monotonic() < until, f"{part} is {found}, not {value!r}"
        sleep(0.05)


def given(world: World) -> list[dict[str, Any]]:
    """What is begun."""
    with world.served.office.db.read() as conn:
        return list(conn.scalars(select(ReviewDraft.given)))


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_scored_with_keys_saved_by_itself_and_sent(
    browser: Any, before_readers: tuple[World, list[str]], width: int
) -> None:
    world, (first, second) = before_readers
    assert len(LONG) == 60
    with walking(browser, world.served.url, width) as walker:
        reader(walker, first)
        page = walker.page
        page.locator("#score-link").focus()
        page.keyboard.press("Space")
        for _step in range(3):
            page.keyboard.press("ArrowRight")
        assert page.locator("#score-link-3").is_checked()
        page.keyboard.press("Tab")  # to the words of every mark
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.name") == "score-wins"
        assert "A group takes part in the planning" in page.locator("[data-anchor-said]").first.inner_text()
        assert page.locator("[data-whole]").inner_text() == "1 of 5 scored"
        page.locator('[name="comment"]').fill("Say who washes up.")
        says(walker, "Saved at")
        comes(world, "comment", "Say who washes up.")
        assert given(world) == [
            {"scores": {"link": 3}, "comment": "Say who washes up.", "note": "", "confidence": None}
        ]
        walker.expects_refusals = True
        walker.press("Finish and open the next")
        assert walker.status == 422
        for criterion in CRITERIA[1:]:
            walker.choose(f"score-{criterion}", 4)
        # 25 × 3/5 + 75 × 4/5 = 75 of 100
        assert page.locator("[data-whole]").inner_text() == "3.75 of 5"
        walker.press("Finish and open the next")
        assert page.url.endswith(second)
        walker.open(f"/pile/{first}")
        walker.reads("The other readers", "Nobody else has scored it yet.", "3.75 of 5")
        walker.open("/pile")
        walker.reads("1 of 2 scored.", "Scored")
    assert given(world) == []
    with world.served.office.db.read() as conn:
        assert conn.scalars(select(Review.total)).all() == [375]


def test_two_windows_lost_signal_and_the_way_back(
    browser: Any, before_readers: tuple[World, list[str]]
) -> None:
    world, (first, _second) = before_readers
    context = browser.new_context(
        viewport={"width": PHONE, "height": 740}, locale="en-GB", reduced_motion="reduce"
    )
    try:
        one = Walker(context.new_page(), world.served.url, axe=False, expects_refusals=True)
        reader(one, first)
        other = Walker(context.new_page(), world.served.url, expects_refusals=True)
        other.open(f"/pile/{first}")
        one.choose("score-link", 5)
        one.fill("note", "From the first window")
        comes(world, "note", "From the first window")
        says(one, "Saved at")
        other.choose("score-wins", 2)
        other.fill("note", "From the second window")
        says(other, "saved in another window")
        other.reads("Saved meanwhile, in another window:", "Link between party and community: 5 of 5")
        other.look()
        assert [one["note"] for one in given(world)] == ["From the first window"]
        other.page.get_by_role("button", name="Keep what I typed").click()
        says(other, "Saved at")
        comes(world, "note", "From the second window")
        context.set_offline(True)
        other.fill("note", "In the tunnel")
        says(other, "no signal")
        other.page.close()
        context.set_offline(False)
        back = Walker(context.new_page(), world.served.url, expects_refusals=True)
        back.open(f"/pile/{first}")
        back.page.get_by_role("button", name="Use it").wait_for(timeout=PATIENCE)
        back.reads("In the tunnel")
        back.look()
        back.page.get_by_role("button", name="Use it").click()
        says(back, "Saved at")
        comes(world, "note", "In the tunnel")
    finally:
        context.close()


def test_without_script_it_is_saved_by_a_button_and_every_word_can_be_read(
    browser: Any, before_readers: tuple[World, list[str]]
) -> None:
    world, (first, _second) = before_readers
    with walking(browser, world.served.url, PHONE, script=False) as walker:
        reader(walker, first)
        walker.page.locator(".marks-mean summary").first.click()
        walker.reads("It grows out of work that they share already")
        walker.choose("score-link", 2)
        walker.fill("comment", "Half done")
        walker.press("Save and come back later")
        walker.reads("Saved. It is here whenever you come back.", "Begun")
        walker.open(f"/pile/{first}")
        walker.reads(
            "Nobody else sees it until you send it.", "1 of 5 scored", "A group has agreed to help once"
        )
        walker.open(f"/pile/{first}/abstain")
        walker.fill("reason", "I cannot judge it.")
        walker.press("Hand it back")
        walker.reads("the chair sees why")
    assert given(world) == []
