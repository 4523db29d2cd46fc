"""No mouse and no touch: a whole bid written and sent, and backed, with Tab, Space, Enter, arrows and typing alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from fundapp.demo.people import CAST
from fundapp.models import Bid, Endorsement
from tests.journeys.evenings import ANSWERS, DECLARED, LINES, TITLE, WARD, asked, mail_to, opens_mail
from tests.journeys.walker import PHONE, Walker
from tests.journeys.world import CODE, World, raised
from tests.web import PATIENCE, serving

pytestmark = pytest.mark.browser

MEMBER, COUNCILLOR = "member@demo.example", "councillor@demo.example"
BACKING = "They asked every boat before they asked me. I will hold a lantern myself."

#: What has the focus: its name, value, words, kind, where it is on the page, and whether a ring is drawn around it.
FOCUSED = """() => {
  const it = document.activeElement;
  if (!it || it === document.body) return null;
  const ringed = element => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  };
  const label = it.labels && it.labels[0];
  const box = it.getBoundingClientRect();
  return {
    tag: it.tagName, id: it.id, name: it.name || '', value: it.value || '', type: it.type || '',
    words: (it.innerText || (label && label.innerText) || '').trim(),
    // The calendar inside a box for a day has the browser's own ring; the box itself is then not in focus.
    ring: ringed(it) || Boolean(label && ringed(label)) || (it.type === 'date' && !it.matches(':focus')),
    seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    top: box.top + scrollY, left: box.left, inside: Boolean(it.closest('main')), column: it.closest('form') !== null,
  };
}"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A served fund with an open round."""
    with serving(tmp_path) as served:
        yield raised(served)


@dataclass
class Keys:
    """Somebody at a keyboard. Wherever the focus goes, it can be seen, and it goes down the page."""

    walker: Walker
    stops: int = 0
    pages: list[str] = field(default_factory=list)

    def focused(self) -> dict[str, Any] | None:
        """What has the focus."""
        found: dict[str, Any] | None = self.walker.page.evaluate(FOCUSED)
        return found

    def tab(self) -> dict[str, Any] | None:
        """One stop further; None behind the last of the page."""
        before = self.focused()
        self.walker.page.keyboard.press("Tab")
        now = self.focused()
        if now is None:
            return None
        self.stops += 1
        where = f"{now['tag']} {now['name'] or now['words'][:40]!r} on {self.walker.page.url}"
        assert now["ring"], f"no ring around {where}"
        assert now["seen"], f"out of sight: {where}"
        if before and before["inside"] and now["inside"] and before["id"] != "main":
            down = now["top"] >= before["top"] - 2 or now["left"] > before["left"]
            assert down, f"the focus jumps up, from {before['words'][:40] or before['name']!r} to {where}"
        return now

    def into_the_page(self) -> None:
        """By the first link of every page, past the menu; a browser that was sent on from there is there already."""
        if self.walker.page.url.endswith("#main"):
            return
        first = self.tab()
        assert first is not None
        assert first["words"] == "Skip to the page itself", first
        self.walker.page.keyboard.press("Enter")
        self.walker.page.wait_for_function("document.activeElement.id === 'main'", timeout=PATIENCE)

    def to(self, *, name: str = "", words: str = "") -> dict[str, Any]:
        """Tab on until that box or button has the focus."""
        for _stop in range(60):
            now = self.tab()
            if now is None:
                break
            if (name and now["name"] == name) or (words and now["words"].startswith(words)):
                return now
        raise AssertionError(f"no key leads to {name or words!r} on {self.walker.page.url}")

    def press(self, *, name: str = "", words: str = "", key: str = "Enter") -> None:
        """Tab to a button or link, press it, and look at the page that comes."""
        self.to(name=name, words=words)
        with self.walker.page.expect_navigation(wait_until="load", timeout=PATIENCE):
            self.walker.page.keyboard.press(key)
        self.walker.look()
        self.pages.append(self.walker.page.url)

    def types(self, name: str, text: str) -> None:
        """Tab to a box, and type into it."""
        box = self.to(name=name)
        if box["type"] != "date":
            self.walker.page.keyboard.type(text)
            return
        # Day or month first, as the machine's own language has it: whoever sees it the wrong way round goes back.
        year, month, day = text.split("-")
        for order in (month + day + year, day + month + year):
            self.walker.page.keyboard.type(order)
            now = self.focused()
            if now is not None and now["value"] == text:
                return
            for _part in range(2):
                self.walker.page.keyboard.press("ArrowLeft")
        raise AssertionError(f"{text} cannot be typed into {name}")

    def picks(self, name: str, value: str) -> None:
        """Tab to a group or a list, and go through it by arrows."""
        now = self.to(name=name)
        if now["tag"] == "INPUT" and now["value"] == value:
            self.walker.page.keyboard.press("Space")
            return
        for _step in range(40):
            self.walker.page.keyboard.press("ArrowDown")
            found = self.focused()
            assert found is not None
            if found["value"] == value:
                return
        raise AssertionError(f"no arrow leads to {name}={value} on {self.walker.page.url}")


@contextmanager
def keyboard(browser: Any, world: World) -> Iterator[Keys]:
    """A window as wide as a small phone, with a keyboard at it."""
    context = browser.new_context(
        viewport={"width": PHONE, "height": 740}, locale="en-GB", reduced_motion="reduce"
    )
    try:
        # A year that is half typed is no day yet: it is saved when it is whole.
        yield Keys(Walker(context.new_page(), world.served.url, expects_refusals=True))
    finally:
        context.close()


def presses_in_mail(keys: Keys, world: World, address: str) -> None:
    """The button in the newest mail, by Tab and Enter."""
    opens_mail(keys.walker, mail_to(world, address)).focus()
    with keys.walker.page.expect_navigation(wait_until="load", timeout=PATIENCE):
        keys.walker.page.keyboard.press("Enter")
    keys.walker.look()


def answers(keys: Keys, world: World, question: str) -> None:
    """One question by keys, from the top of its page."""
    keys.into_the_page()
    if question in ANSWERS:
        keys.types(question, ANSWERS[question])
    elif question == "area":
        keys.picks("area", str(world.cast.areas[WARD]))
    elif question == "representative":
        keys.picks("representative", str(world.cast.holdings["councillor"]))
    elif question == "declarations":
        for _statement in DECLARED:
            keys.to(name="declarations")
            keys.walker.page.keyboard.press("Space")
    elif question == "budget":
        for number, (what, pounds) in enumerate(LINES, 1):
            keys.types(f"what-{number}", what)
            keys.types(f"pounds-{number}", pounds)
    else:
        assert question == "other_funding", question
    keys.press(words="Save and go on")


def test_a_bid_is_written_sent_and_backed(world: World, browser: Any) -> None:
    """From the address of the service to the receipt, and from the mail to the backing."""
    assert any(part.email == COUNCILLOR for part in CAST)
    with keyboard(browser, world) as keys:
        member = keys.walker
        member.open(f"/sign-in?next=/rounds/{CODE}")
        keys.into_the_page()
        keys.types("email", MEMBER)
        with member.page.expect_navigation(wait_until="load", timeout=PATIENCE):
            member.page.keyboard.press("Enter")
        world.deliver()
        presses_in_mail(keys, world, MEMBER)
        keys.into_the_page()
        keys.press(words="Sign in as", key="Space")
        keys.into_the_page()
        keys.press(words="Start a bid")
        keys.into_the_page()
        keys.press(words="Carry on")
        done: list[str] = []
        while (question := asked(member)) is not None:
            assert question not in done, member.words()
            answers(keys, world, question)
            done.append(question)
        assert set(done) >= {*ANSWERS, "area", "budget", "representative", "declarations"}
        assert "/check" in member.page.url, "behind the last question"
        member.reads(TITLE, "£1,250", "1 October 2027")
        keys.into_the_page()
        keys.press(words="Send the bid")
        member.reads("It is sent. A receipt is on its way to you.")
        assert keys.stops > 100
    world.deliver()
    with keyboard(browser, world) as keys:
        presses_in_mail(keys, world, COUNCILLOR)
        keys.into_the_page()
        keys.picks("answer", "endorse")
        keys.types("words", BACKING)
        keys.to(name="no_interest")
        keys.walker.page.keyboard.press("Space")
        keys.press(words="Send my backing")
        keys.walker.reads("Your backing is with the bid.")
    with world.served.office.db.read() as conn:
        assert conn.execute(select(Bid.state, Bid.title)).one() == ("endorsed", TITLE)
        assert conn.execute(select(Endorsement.answer, Endorsement.statement)).one() == ("endorse", BACKING)
