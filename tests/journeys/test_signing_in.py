"""Signing in as people do it: a link from the mail, a second step, a lost telephone, on a phone and on a desk."""

from pathlib import Path
from typing import Any

import pyotp
import pytest

from fundapp.jobs.deliver import deliver_due
from fundapp.jobs.handlers import registry
from tests.journeys.seeded import signing_in_links
from tests.journeys.walker import DESK, PHONE, Walker, walking
from tests.journeys.world import raised
from tests.web import Served, serving

pytestmark = pytest.mark.browser

PASSWORD = "lantern orchard pebble quay"


def newest_link(served: Served) -> str:
    """The link that was just asked for."""
    deliver_due(served.office.db, registry(served.office, served.settings), "journey")
    return signing_in_links(served.mail)[0]


def signs_out(walker: Walker) -> None:
    if walker.page.viewport_size["width"] < 992:
        walker.page.locator("summary", has_text="Menu").click()
    walker.press("Sign out", exact=True)


@pytest.mark.parametrize(("width", "script"), [(PHONE, True), (DESK, True), (PHONE, False)])
def test_from_an_address_to_a_second_step_and_back_in(
    tmp_path: Path, browser: Any, width: int, script: bool
) -> None:
    with serving(tmp_path) as served, walking(browser, served.url, width, script=script) as walker:
        raised(served)
        walker.expects_refusals = True
        walker.open("/my-bids")
        walker.reads("Sign in by email")
        walker.fill("email", "not an address")
        walker.press("Send me a link")
        walker.reads("One thing to mend")
        walker.fill("email", "nadia@allotments.example")
        walker.press("Send me a link")
        walker.reads("A link is on its way to nadia@allotments.example.")
        link = newest_link(served)
        walker.open(link)
        walker.press("Start as")
        walker.reads("Give your name.")
        walker.fill("name", "Nadia Osei")
        walker.press("Start as")
        assert walker.page.url.endswith("/my-bids"), "where she wanted to go"
        walker.open(link, status=410)
        walker.reads("This link has been used", "It goes to n…@allotments.example")
        walker.open("/sign-in/link/" + "a" * 32, status=404)

        walker.open("/account")
        walker.reads("You started this account", "Chrome on")
        walker.press("Set a password")
        walker.fill("new", "password1234")
        walker.press("Set a password")
        walker.reads("It is made of common words")
        walker.fill("new", PASSWORD)
        walker.press("Set a password")
        walker.reads("Your password is set.")

        walker.press("Set up a second step")
        walker.press("Set it up")
        assert walker.page.locator("img.factor-picture").count() == 1
        secret = str(walker.page.locator(".factor-secret").text_content()).replace(" ", "")
        walker.fill("code", "000000")
        walker.press("Set it up")
        walker.reads("This code does not fit.")
        walker.fill("code", pyotp.TOTP(secret).now())
        walker.press("Set it up")
        codes = walker.page.locator(".factor-codes code").all_text_contents()
        assert len(codes) == 10
        walker.press("I have kept them")
        walker.open("/account/second-factor")
        walker.reads("10 recovery codes are left.")

        signs_out(walker)
        walker.page.get_by_text("Sign in with a password").click()
        walker.fill("address", "nadia@allotments.example")
        walker.fill("password", PASSWORD)
        walker.press("Sign in", exact=True)
        walker.reads("Your second step")
        walker.page.get_by_text("Telephone not at hand?").click()
        walker.fill("factor_recovery", "none of mine")
        walker.press("Use this code")
        walker.reads("This is none of your recovery codes")
        walker.fill("factor_recovery", codes[0])
        walker.press("Use this code")
        walker.open("/account")
        walker.reads("A recovery code was used", "9 recovery codes are left.")
