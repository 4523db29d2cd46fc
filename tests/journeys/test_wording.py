"""The officer rewords the award letter beside a real bid, and somebody at a counter checks it; no axe violations."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fundapp.demo.people import CAST, PASSWORD
from tests.journeys.walker import DESK, PHONE, sign_in, walking
from tests.journeys.world import World, raised
from tests.services.world import awarded, one, rows
from tests.web import serving

pytestmark = pytest.mark.browser


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A served fund, and an award that waits for its answer."""
    with serving(tmp_path) as served:
        made = raised(served)
        awarded(made.stage, 0)
        yield made


@pytest.mark.parametrize("script", [True, False])
def test_words_are_changed_before_ones_eyes_and_a_letter_is_checked(
    world: World, browser: Any, script: bool
) -> None:
    office = world.served.office
    email = next(part.email for part in CAST if part.key == "officer")
    with walking(browser, world.served.url, DESK if script else PHONE, script=script) as officer:
        officer.expects_refusals = True
        sign_in(officer, email, PASSWORD)
        officer.open("/wording")
        officer.press("Award letter")
        officer.reads("We are glad to tell you that the Communities Fund awards")
        opening = officer.page.locator("#text-opening")
        opening.fill("Good news for {nam}, about")
        if not script:
            officer.press("Look at it")
        officer.page.get_by_text("there is no {nam}. Did you mean {name}?").first.wait_for()
        opening.fill("Good news for ")
        if script:
            officer.page.get_by_role("button", name="Put {organisation} into Opening", exact=True).click()
            assert opening.input_value() == "Good news for {organisation}"
        else:
            opening.fill("Good news for {organisation}")
            officer.press("Look at it")
        letter = one(office, "letter")
        officer.page.locator(".seen-letter").get_by_text("Good news for").wait_for()
        officer.reads(f"Good news for {letter['facts']['organisation']}")
        officer.look()
        assert rows(office, "wording") == []
        officer.press("Keep these words")
        officer.reads("Version 1 stands.")
        officer.press("Every version")
        officer.press("Version 1")
        officer.reads("These words stand")
        officer.press("Every version")
        officer.press("Usual words")
        officer.press("Go back to these words")
        officer.reads("Version 2 stands.")
    assert [row["number"] for row in rows(office, "wording")] == [1, 2]
    with walking(browser, world.served.url, PHONE, script=script) as anyone:
        anyone.expects_refusals = True
        anyone.open("/")
        anyone.press("Check a letter")
        anyone.page.locator("#code").fill("k7qm 4txa 9weh")
        anyone.press("Check the code")
        anyone.reads("No letter of ours has this code.")
        anyone.page.locator("#code").fill(letter["code"].lower().replace("-", " "))
        anyone.press("Check the code")
        anyone.reads("We wrote a letter with this code", "It stands")
        anyone.press("Check the file too")
        anyone.page.locator("#letter").set_input_files(
            {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 of somebody else"}
        )
        anyone.press("Check the file")
        anyone.reads("This file is not one that we sent")
