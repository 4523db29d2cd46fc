"""A bid written on a phone over several evenings: lost signal, two windows, an ended session, keys alone, no script."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from fundapp.demo.people import CAST, PASSWORD
from fundapp.models import CoApplicant, Draft, Round
from fundapp.queries import bids
from fundapp.services import drafts
from tests.journeys.walker import PHONE, Walker, sign_in
from tests.journeys.world import World, raised
from tests.web import PATIENCE, serving

pytestmark = pytest.mark.browser

FIRST = "On Thursdays we cook by the lock."
MORE = " Everybody from the boats eats at one table, and the café lends its ovens ✿."


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A served fund with an open round."""
    with serving(tmp_path) as served:
        yield raised(served)


@contextmanager
def phone(
    browser: Any, world: World, kept: Any = None, *, script: bool = True
) -> Iterator[tuple[Any, Walker]]:
    """A phone's browser with what it kept from the last time, and a window in it."""
    context = browser.new_context(
        viewport={"width": PHONE, "height": 740}, locale="en-GB", java_script_enabled=script, has_touch=True,
        is_mobile=True, reduced_motion="reduce", storage_state=kept,
    )  # fmt: skip
    try:
        yield context, window(context, world, script=script)
    finally:
        context.close()


def window(context: Any, world: World, *, script: bool = True) -> Walker:
    """One more window of a browser. What is refused or lost on the way is what these tests are about."""
    return Walker(context.new_page(), world.served.url, axe=script, script=script, expects_refusals=True)


def signed_in(walker: Walker, key: str = "member") -> None:
    """One of the cast, through the sign-in page."""
    sign_in(walker, next(part.email for part in CAST if part.key == key), PASSWORD)


def begun(world: World) -> tuple[int, str]:
    """A bid of the member's with no answer in it."""
    office = world.served.office
    bid = drafts.start(office, world.cast.actor("member"), world.stage.round, world.stage.during)
    with office.db.read() as conn:
        row = bids.by_id(conn, bid)
    assert row is not None
    return bid, row.reference


def answer(world: World, bid: int, question: str = "summary") -> Any:
    """What the service has."""
    with world.served.office.db.read() as conn:
        answers = conn.execute(select(Draft.answers).where(Draft.bid_id == bid)).scalar_one()
    return answers.get(question)


def says(walker: Walker, words: str) -> None:
    """The line beside the button comes to say this."""
    try:
        walker.page.locator(".keeping-line", has_text=words).wait_for(timeout=PATIENCE)
    except Exception as late:
        raise AssertionError(f"{words!r} is not said: {walker.complaints}\n{walker.words()}") from late


def kept_here(walker: Walker) -> int:
    """How many texts the browser keeps."""
    return int(walker.page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('fund:')).length"))


def types(walker: Walker, text: str, question: str = "summary") -> None:
    """Typed at the end of the box, key by key."""
    box = walker.page.locator(f'[name="{question}"]')
    box.focus()
    box.press("Control+End")
    box.press_sequentially(text)


def test_a_signal_lost_in_the_middle_loses_nothing(world: World, browser: Any) -> None:
    """Two evenings: saved by itself, the signal goes, typing goes on, the window is closed; the text is there."""
    bid, ref = begun(world)
    with phone(browser, world) as (context, member):
        signed_in(member)
        member.open(f"/my-bids/{ref}/form/summary")
        types(member, FIRST)
        says(member, "Saved at")
        member.look()
        assert answer(world, bid) == FIRST
        assert kept_here(member) == 0
        context.set_offline(True)
        types(member, MORE)
        says(member, "Not saved yet: no signal. It is kept on this phone and saved when the signal is back.")
        member.look()
        member.page.get_by_role("button", name="Save and go on").click()
        member.page.wait_for_timeout(300)
        assert member.page.url.endswith("/form/summary")
        assert member.page.locator('[name="summary"]').input_value() == FIRST + MORE
        member.page.close()
        context.set_offline(False)
        kept = context.storage_state()
    assert answer(world, bid) == FIRST
    with phone(browser, world, kept) as (_context, member):
        for page in ("form", "check"):
            member.open(f"/my-bids/{ref}/{page}")
            member.reads("You typed something on this phone that is not saved yet.")
        member.page.locator("[data-keeping-list] a").click()
        assert member.page.url.endswith(f"/my-bids/{ref}/form/summary")
    with phone(browser, world, kept) as (_context, member):
        member.open(f"/my-bids/{ref}/form/summary")
        member.page.locator(".keeping-kept").wait_for(timeout=PATIENCE)
        member.look()
        member.reads("You typed this on this phone and it was not saved yet:", FIRST + MORE)
        member.page.get_by_role("button", name="Use it").click()
        says(member, "Saved at")
        assert member.page.locator(".keeping-kept").count() == 0
        assert kept_here(member) == 0
        assert answer(world, bid) == FIRST + MORE
        member.press("Save and go on")
        member.open(f"/my-bids/{ref}/form/summary")
        assert member.page.locator(".keeping-kept").count() == 0
        assert member.page.locator('[name="summary"]').input_value() == FIRST + MORE


def test_the_signal_comes_back_while_the_page_is_open(world: World, browser: Any) -> None:
    """What waited is saved by itself, and the button goes on."""
    bid, ref = begun(world)
    with phone(browser, world) as (context, member):
        signed_in(member)
        member.open(f"/my-bids/{ref}/form/summary")
        context.set_offline(True)
        types(member, FIRST)
        says(member, "Not saved yet: no signal.")
        context.set_offline(False)
        says(member, "Saved at")
        assert answer(world, bid) == FIRST
        assert kept_here(member) == 0
        types(member, MORE)
        member.press("Save and go on")
        assert answer(world, bid) == FIRST + MORE
        assert kept_here(member) == 0


def test_a_window_closed_at_once_has_saved(world: World, browser: Any) -> None:
    """Closed in the middle of a word: what was typed is with the service, or shown on return."""
    _bid, ref = begun(world)
    with phone(browser, world) as (context, member):
        signed_in(member)
        member.open(f"/my-bids/{ref}/form/summary")
        types(member, FIRST)
        member.page.close(run_before_unload=False)
        back = window(context, world)
        back.open(f"/my-bids/{ref}/form/summary")
        back.page.wait_for_timeout(500)
        typed = back.page.locator('[name="summary"]').input_value() == FIRST
        assert typed or FIRST in back.words()


def test_another_person_on_the_phone_never_sees_it(world: World, browser: Any) -> None:
    """Text that is kept on a device is its writer's: the next person there finds nothing of it."""
    bid, ref = begun(world)
    joins(world, bid, "member2")
    with phone(browser, world) as (context, member):
        signed_in(member)
        member.open(f"/my-bids/{ref}/form/summary")
        context.set_offline(True)
        types(member, FIRST)
        says(member, "Not saved yet")
        member.page.close()
        context.set_offline(False)
        context.clear_cookies()
        other = window(context, world)
        signed_in(other, "member2")
        other.open(f"/my-bids/{ref}/form/summary")
        other.page.wait_for_timeout(500)
        assert FIRST not in other.words()
        assert other.page.locator(".keeping-kept").count() == 0
        assert kept_here(other) == 1
        context.clear_cookies()
        signed_in(other)
        other.open(f"/my-bids/{ref}/form/summary")
        other.page.locator(".keeping-kept").wait_for(timeout=PATIENCE)
        other.reads(FIRST)


def test_two_windows_show_both_and_overwrite_nothing(world: World, browser: Any) -> None:
    """Phone and laptop on one answer: the second is shown both, and what it chooses is kept."""
    bid, ref = begun(world)
    with phone(browser, world) as (context, one):
        signed_in(one)
        one.open(f"/my-bids/{ref}/form/summary")
        two = window(context, world)
        two.open(f"/my-bids/{ref}/form/summary")
        types(one, "From the first window.")
        says(one, "Saved at")
        types(two, "From the second.")
        says(two, "Both stand above")
        two.look()
        two.reads("Saved meanwhile, in another window:", "From the first window.")
        assert two.page.locator('[name="summary"]').input_value() == "From the second."
        types(two, " Still typing.")
        two.page.wait_for_timeout(2500)
        assert answer(world, bid) == "From the first window."
        two.page.get_by_role("button", name="Keep what I typed").click()
        says(two, "Saved at")
        assert answer(world, bid) == "From the second. Still typing."
        types(one, " And more.")
        says(one, "Both stand above")
        one.press("Take the other")
        assert one.page.locator('[name="summary"]').input_value() == "From the second. Still typing."
        assert kept_here(one) == 0


def test_an_ended_session_keeps_the_words(world: World, browser: Any) -> None:
    """Signed out meanwhile: said beside the button; sending keeps the words; after signing in they are saved."""
    bid, ref = begun(world)
    with phone(browser, world) as (context, member):
        signed_in(member)
        member.open(f"/my-bids/{ref}/form/summary")
        context.clear_cookies()
        types(member, FIRST)
        says(member, "You were signed out meanwhile. What you typed is kept on this phone.")
        member.look()
        member.press("Save and go on")
        member.reads("You were signed out while you wrote")
        assert member.page.locator("#kept-words").input_value() == FIRST
        other = window(context, world)
        signed_in(other)
        member.press("Send it again")
        if "open for a long time" in member.words():
            member.press("Send it again")
        assert answer(world, bid) == FIRST


def test_signing_in_again_in_another_window_is_enough(world: World, browser: Any) -> None:
    """The page that waited saves by itself when somebody comes back to it."""
    bid, ref = begun(world)
    with phone(browser, world) as (context, member):
        signed_in(member)
        member.open(f"/my-bids/{ref}/form/summary")
        context.clear_cookies()
        types(member, FIRST)
        says(member, "You were signed out meanwhile")
        other = window(context, world)
        signed_in(other)
        other.page.close()
        member.page.evaluate("window.dispatchEvent(new Event('focus'))")
        says(member, "Saved at")
        assert answer(world, bid) == FIRST
        member.press("Save and go on")


def test_a_browser_that_keeps_nothing_says_so_and_saves(world: World, browser: Any) -> None:
    """Private mode or a full phone: said plainly, and the service has it all the same."""
    bid, ref = begun(world)
    with phone(browser, world) as (context, member):
        context.add_init_script(
            "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"
        )
        signed_in(member)
        member.open(f"/my-bids/{ref}/form/summary")
        says(member, "This browser keeps nothing by itself.")
        member.look()
        types(member, FIRST)
        says(member, "Saved at")
        assert answer(world, bid) == FIRST


def test_what_cannot_be_read_is_kept_and_said(world: World, browser: Any) -> None:
    """An amount in words: the phone keeps it, the line says why, the button brings the page's own words."""
    bid, ref = begun(world)
    with phone(browser, world) as (_context, member):
        signed_in(member)
        member.open(f"/my-bids/{ref}/form/amount_pence")
        types(member, "lots", "amount_pence")
        says(member, "It is kept on this phone until it can be read.")
        member.look()
        member.press("Save and go on")
        member.reads("One thing to mend")
        assert member.page.locator('[name="amount_pence"]').input_value() == "lots"
        member.fill("amount_pence", "1,250.00")
        member.press("Save and go on")
        assert answer(world, bid, "amount_pence") == 125_000
        assert kept_here(member) == 0


def test_after_the_deadline_nothing_is_saved_and_nothing_lost(world: World, browser: Any) -> None:
    """The round closes while somebody types: said beside the button, and the words are shown to be copied."""
    bid, ref = begun(world)
    with phone(browser, world) as (_context, member):
        signed_in(member)
        member.open(f"/my-bids/{ref}/form/summary")
        closes(world)
        types(member, FIRST)
        says(member, "Not saved: It could be changed until")
        member.look()
        member.press("Save and go on")
        member.reads("This was not saved", "It could be changed until")
        assert member.page.locator("#kept-words").input_value() == FIRST
        assert answer(world, bid) is None
        member.press("See the bid as it is saved")


def test_keys_alone_write_an_answer(world: World, browser: Any) -> None:
    """No mouse and no touch: from the address to the box, typed, saved, on to the next question."""
    bid, ref = begun(world)
    with phone(browser, world) as (_context, member):
        signed_in(member)
        member.open(f"/my-bids/{ref}/form/summary")
        tabs_to(member, "summary")
        member.page.keyboard.type(FIRST)
        says(member, "Saved at")
        tabs_to(member, "go")
        with member.page.expect_navigation(wait_until="load", timeout=PATIENCE):
            member.page.keyboard.press("Enter")
        member.look()
        assert member.page.url.endswith("/form/people")
        assert answer(world, bid) == FIRST


def test_without_script_nothing_is_lost_either(world: World, browser: Any) -> None:
    """No script: an ended session and another window show the words again, and they are saved in the end."""
    bid, ref = begun(world)
    with phone(browser, world, script=False) as (context, member):
        signed_in(member)
        member.open(f"/my-bids/{ref}/form/summary")
        member.fill("summary", FIRST)
        context.clear_cookies()
        member.press("Save and go on")
        member.reads("You were signed out while you wrote")
        assert member.page.locator("#kept-words").input_value() == FIRST
        other = window(context, world, script=False)
        signed_in(other)
        other.open(f"/my-bids/{ref}/form/summary")
        for _press in range(2):
            if answer(world, bid) is None:
                member.press("Send it again")
        assert answer(world, bid) == FIRST
        other.fill("summary", "From the other window.")
        other.press("Save and go on")
        other.reads("Saved meanwhile, in another window:", FIRST)
        assert other.page.locator('[name="summary"]').input_value() == "From the other window."
        other.press("Save and go on")
        assert answer(world, bid) == "From the other window."


def tabs_to(walker: Walker, name: str) -> None:
    """Tab until the box or button of that name has the focus, and the focus can be seen."""
    for _step in range(40):
        walker.page.keyboard.press("Tab")
        if walker.page.evaluate("document.activeElement.name") == name:
            outline = walker.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none"
            return
    raise AssertionError(f"no key leads to {name} on {walker.page.url}")


def joins(world: World, bid: int, key: str) -> None:
    """Somebody else bids in it, too."""
    values = {"bid_id": bid, "person_id": world.cast.persons[key]}
    with world.served.office.db.write() as conn:
        conn.execute(insert(CoApplicant).values(**values))


def closes(world: World) -> None:
    """The round's time is over, as if its last minute had just passed."""
    row = world.stage.round
    with world.served.office.deed(world.cast.actor("officer"), world.stage.during) as deed:
        deed.change(f"round:{row}", Round, row, {"closes_at": datetime.now(UTC) - timedelta(seconds=1)})
        deed.note(f"round:{row}", "round.changed", role="officer")
