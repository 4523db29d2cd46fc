"""One person at a browser: opens pages, fills forms, presses buttons, and looks hard at every page on the way."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar

from config import ROOT
from tests.web import PATIENCE

#: WCAG 2.2 AA, as axe names its rules.
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")

#: Widths in CSS pixels: a small phone, and a screen on a desk.
PHONE, DESK = 360, 1280
HEIGHT = 900

#: Where every run keeps a picture of each kind of page that a walker saw, named by path, width and status.
SCREENS = ROOT / "build" / "screens"

#: What differs between two pages of one kind: references, round codes, tokens, ids, numbers.
_OWN = (
    (re.compile(r"\bB-[0-9]{4,}[A-Z0-9]\b"), "REF"),
    (re.compile(r"(?<=/rounds/)[^/]+|(?<=/panel/)[^/]+|(?<=/rounds-desk/)(?!(?:new|add)\b)[^/]+"), "ROUND"),
    (re.compile(r"\b[a-z2-7]{32}\b"), "TOKEN"),
    (re.compile(r"\bq-[0-9a-f]+\b"), "QUESTION"),
    (re.compile(r"(?<=/)[0-9][A-Za-z0-9.-]*"), "N"),
)


@dataclass
class Walker:
    """A person's browser window. What it finds wrong with a page fails the test there and then."""

    page: Any
    url: str
    axe: bool = True
    script: bool = True
    visited: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    #: A browser complains of every answer of 400 and above; where one is asked for, that is no fault.
    expects_refusals: bool = False
    status: int = 0
    #: The kinds of page that this run has a picture of already.
    pictured: ClassVar[set[str]] = set()
    #: What axe has found nothing in: pages built alike, at a width, however other their words are.
    sound: ClassVar[set[tuple[int, str]]] = set()

    def __post_init__(self) -> None:
        self.page.on("response", self._came)
        self.page.set_default_timeout(PATIENCE)
        self.page.set_default_navigation_timeout(PATIENCE)
        self.page.on(
            "console", lambda said: self._complain("console", said.text) if said.type == "error" else None
        )
        self.page.on("pageerror", lambda error: self._complain("script", str(error)))

    def _came(self, response: Any) -> None:
        if response.request.is_navigation_request() and response.frame == self.page.main_frame:
            self.status = response.status

    def _complain(self, kind: str, words: str) -> None:
        if self.expects_refusals and "Failed to load resource" in words:
            return
        self.complaints.append(f"{self.page.url}: {kind}: {words}")

    def open(self, path: str, status: int = 200) -> None:
        """Open a path of the service, or a whole address, and look at the page."""
        self.expects_refusals = self.expects_refusals or status >= 400
        answer = self.page.goto(path if path.startswith("http") else self.url + path, wait_until="load")
        found = answer.status if answer is not None else None
        assert found == status, f"{path} answered {found}:\n{self.words()[:1000]}"
        self.look()

    def press(self, name: str, *, exact: bool = False) -> None:
        """Press the button or link of that name, and look at the page that comes."""
        button = self.page.get_by_role("button", name=name, exact=exact).locator("visible=true")
        if button.count() == 0:
            button = self.page.get_by_role("link", name=name, exact=exact).locator("visible=true")
        assert button.count() > 0, (
            f"nothing named {name!r} to press on {self.page.url}:\n{self.words()[:3000]}"
        )
        with self.page.expect_navigation(wait_until="load", timeout=PATIENCE):
            button.first.click()
        self.look()

    def fill(self, name: str, text: str) -> None:
        """Write into the box of that name."""
        self.page.locator(f'[name="{name}"]').first.fill(text)

    def choose(self, name: str, value: str | int) -> None:
        """Choose an answer of a group, tick a box, or pick from a list."""
        box = self.page.locator(f'select[name="{name}"]')
        if box.count():
            box.first.select_option(str(value))
            return
        # A person presses the words beside the box; the box itself may be drawn by its label.
        found = self.page.locator(f'input[name="{name}"][value="{value}"]').first
        assert found.count(), f"no {name}={value} on {self.page.url}"
        found.check(force=True)

    def at(self, width: int) -> None:
        """Look at the same page at another width."""
        self.page.set_viewport_size({"width": width, "height": HEIGHT})
        self.look()

    def words(self) -> str:
        """What stands on the page."""
        text: str = self.page.locator("main").inner_text()
        return text

    def reads(self, *words: str) -> None:
        """These words stand on the page."""
        said = " ".join(self.words().split())
        for one in words:
            assert one in said, f"{one!r} is not on {self.page.url}:\n{self.words()[:3000]}"

    def look(self) -> None:
        """The page is sound: a heading, nothing sideways, nobody shut out, no script in trouble."""
        page = self.page
        self.visited.append(page.url)
        self.keep()
        assert page.locator("h1").count() == 1, f"{page.url} has {page.locator('h1').count()} main headings"
        if not self.script:
            return
        sideways = page.evaluate(SIDEWAYS)
        assert not sideways, f"{page.url} scrolls sideways at {page.viewport_size['width']} px: {sideways}"
        built = (page.viewport_size["width"], page.evaluate(BUILT))
        if self.axe and built not in self.sound:
            found = violations(page)
            assert found == [], f"{page.url} at {page.viewport_size['width']} px:\n" + "\n".join(found)
            self.sound.add(built)
        assert self.complaints == [], "\n".join(self.complaints)

    def keep(self) -> None:
        """A picture of the whole page in `build/screens`, once a run for each kind of page, width and status."""
        width = self.page.viewport_size["width"]
        name = f"{kind_of(self.page.url, self.url)}-{width}-{self.status}{'' if self.script else '-no-script'}.png"
        if name in self.pictured:
            return
        self.pictured.add(name)
        SCREENS.mkdir(parents=True, exist_ok=True)
        part = SCREENS / f"{name}.{os.getpid()}.part"
        part.write_bytes(picture(self.page))
        part.replace(SCREENS / name)


def picture(page: Any) -> bytes:
    """A picture of the whole page, as a PNG. Raises what the browser says of it."""
    from playwright.sync_api import Error

    try:
        taken: bytes = page.screenshot(full_page=True, animations="disabled")
    except Error as refused:
        # A busy Chromium refuses a picture now and then, and takes the very same one when asked again.
        if "Unable to capture screenshot" not in refused.message:
            raise
        page.wait_for_timeout(500)
        taken = page.screenshot(full_page=True, animations="disabled")
    return taken


def kind_of(address: str, service: str) -> str:
    """Which kind of page an address is, as the name of a file: two bids' pages are one kind."""
    path = address.removeprefix(service).partition("?")[0].partition("#")[0]
    for own, word in _OWN:
        path = own.sub(word, path)
    return re.sub(r"[^A-Za-z0-9-]+", "_", path).strip("_") or "first"


#: The elements that stick out at the right, if the page can be scrolled sideways.
SIDEWAYS = """() => {
  const root = document.scrollingElement;
  if (root.scrollWidth <= innerWidth) return '';
  const out = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1);
  return root.scrollWidth + ' px: ' + out.slice(0, 5).map(e => e.tagName + '.' + e.className).join(', ');
}"""


#: How a page is built, its words left out: each element in order with what axe judges it by, but for how often a thing
#: that comes many times (a row, a card) comes. Names that differ by a number only count as one.
BUILT = """() => {
  const JUDGED = /^(class|role|type|style|lang|scope|tabindex|aria-(hidden|current|expanded|live|invalid))$/;
  const said = e => {
    const own = [...e.attributes].filter(a => !['value', 'href', 'src', 'action', 'nonce', 'content', 'datetime', 'd',
      'x', 'y', 'x1', 'x2', 'y1', 'y2', 'cx', 'cy', 'width', 'height', 'points', 'transform'].includes(a.name))
      .map(a => a.name + '=' + (JUDGED.test(a.name) ? a.value : a.value ? '+' : ''));
    const words = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) ? 'w' : '';
    return e.tagName + '[' + own.sort().join(' ').replace(/[0-9]+/g, '#') + ']' + words;
  };
  const built = e => {
    const within = [...e.children].map(built).filter((one, place, all) => one !== all[place - 1]);
    return said(e) + (within.length ? '(' + within.join(',') + ')' : '');
  };
  return built(document.documentElement);
}"""


def violations(page: Any) -> list[str]:
    """What axe finds on a page, a line for each rule with the first elements that break it."""
    from axe_playwright_python.sync_playwright import Axe

    options = {"runOnly": {"type": "tag", "values": list(WCAG)}, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: "
        + "; ".join(json.dumps(node["html"])[:200] for node in one["nodes"][:3])
        for one in found
    ]


@contextmanager
def walking(
    browser: Any, url: str, width: int = DESK, *, axe: bool = True, script: bool = True
) -> Iterator[Walker]:
    """A window of its own, with nobody signed in."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHT},
        locale="en-GB",
        java_script_enabled=script,
        reduced_motion="reduce",
    )
    try:
        yield Walker(context.new_page(), url, axe and script, script)
    finally:
        context.close()


def sign_in(walker: Walker, email: str, password: str) -> None:
    """Through the sign-in page, as a person does."""
    walker.open("/sign-in")
    walker.page.get_by_text("Sign in with a password").click()
    walker.fill("address", email)
    walker.fill("password", password)
    walker.press("Sign in", exact=True)
