"""Every page of the demo, for everybody who may open it, on a phone and on a desk, with the longest words on it."""

from collections.abc import Iterator
from typing import Any

import pytest

from fundapp.database import upgrade
from fundapp.demo.people import PASSWORD
from tests.journeys.seeded import LONG_NAME, LONG_TITLE, LOOKERS, NO_PAGES, Ground, grown
from tests.journeys.walker import DESK, HEIGHT, PHONE, sign_in, walking
from tests.web import serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """The seeded service, listening."""
    with serving(tmp_path_factory.mktemp("pages")) as served:
        upgrade(served.office.db)
        yield grown(served)


def test_the_words_are_as_long_as_they_say() -> None:
    """A name of 60 characters, a title of 200."""
    assert len(LONG_NAME) == 60
    assert len(LONG_TITLE) == 200


def test_every_page_can_be_reached(ground: Ground) -> None:
    """Every GET route but downloads is found by following links, by somebody."""
    pages = {
        rule.endpoint for rule in ground.served.app.url_map.iter_rules() if "GET" in (rule.methods or ())
    } - NO_PAGES
    assert pages - ground.kinds == set()


@pytest.mark.parametrize("who", LOOKERS)
def test_pages_of(ground: Ground, browser: Any, who: str) -> None:
    """Sound at both widths: axe finds nothing, nothing scrolls sideways, no script complains."""
    with walking(browser, ground.served.url, PHONE) as walker:
        if LOOKERS[who] is not None:
            sign_in(walker, f"{LOOKERS[who]}@demo.example", PASSWORD)
        faults = []
        for path in ground.paths[who]:
            try:
                walker.expects_refusals = path in ground.not_yet
                walker.page.set_viewport_size({"width": PHONE, "height": HEIGHT})
                walker.open(path, status=409 if path in ground.not_yet else 200)
                walker.at(DESK)
            except AssertionError as fault:
                faults.append(str(fault))
            walker.complaints.clear()
        assert faults == [], "\n\n".join(faults)


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_pages_of_errors(ground: Ground, browser: Any, width: int) -> None:
    """What is not there, what is not theirs, and a form that came back are as sound as any page."""
    with walking(browser, ground.served.url, width) as walker:
        walker.expects_refusals = True
        walker.open("/no-such-page", status=404)
        walker.open("/answer/abcdefghijklmnopqrstuvwxyz234567", status=404)
        walker.open("/sign-in")
        walker.page.get_by_text("Sign in with a password").click()
        walker.fill("address", "nobody@demo.example")
        walker.fill("password", "wrong")
        walker.press("Sign in", exact=True)
        walker.reads("do not go together")
        sign_in(walker, "member@demo.example", PASSWORD)
        walker.open("/money", status=403)
