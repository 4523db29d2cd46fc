"""The chair decides at a phone: mends what is wrong, has a set suggested, takes it over, reads a letter; no axe violations."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fundapp.demo.people import CAST, PASSWORD
from tests.journeys.walker import PHONE, Walker, sign_in, walking
from tests.journeys.world import World, raised
from tests.services.world import reviewed, rows
from tests.web import serving

pytestmark = pytest.mark.browser


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A served fund, and three bids whose reviews are closed."""
    with serving(tmp_path) as served:
        made = raised(served)
        reviewed(made.stage, 0, 1, 2)
        yield made


@pytest.mark.parametrize("script", [True, False])
def test_three_bids_decided_on_a_phone(world: World, browser: Any, script: bool) -> None:
    refs = [row["reference"] for row in rows(world.served.office, "bid")]
    email = next(part.email for part in CAST if part.key == "chair")
    code = rows(world.served.office, "round")[0]["code"]
    with walking(browser, world.served.url, PHONE, script=script) as chair:
        chair.expects_refusals = True
        sign_in(chair, email, PASSWORD)
        chair.open(f"/panel/{code}/decide")
        chair.page.locator(f"[id='outcome-{refs[0]}']").select_option("award")
        chair.page.locator(f"[id='amount-{refs[0]}']").fill("1,000")
        if script:
            chair.reads("The fields below give £1,000 of £20,000: £19,000 left")
            chair.page.locator(f"[id='amount-{refs[0]}']").fill("much")
            chair.reads("£20,000 left")
        else:
            chair.page.locator(f"[id='amount-{refs[0]}']").fill("much")
        chair.page.locator(f"[id='outcome-{refs[1]}']").select_option("decline")
        _emptied(chair, refs[1])
        chair.press("Record these decisions")
        chair.reads("Two things to mend", f"{refs[1]}: Tell them why")
        assert rows(world.served.office, "decision") == []
        chair.page.locator("summary", has_text="Suggest a set").click()
        chair.look()
        chair.press("Work the set out")
        chair.reads("Suggestion 1", "3 awards", "No set within these terms is worth more.")
        chair.press("Take it over into the table")
        chair.press("Record these decisions")
        chair.reads("3 decisions are recorded.", "Every bid is decided.")
        decided = rows(world.served.office, "decision")
        assert [row["outcome"] for row in decided] == ["award"] * 3
        assert {row["suggestion_id"] for row in decided} == {rows(world.served.office, "suggestion")[0]["id"]}
        chair.page.get_by_role("link", name=f"Why? {refs[0]}").click()
        chair.look()
        chair.reads("It is in the set")
        chair.open(f"/panel/{code}/release")
        letter = chair.page.request.get(f"{world.served.url}/panel/{code}/{refs[0]}/letter")
        assert (letter.status, letter.headers["content-type"]) == (200, "application/pdf")
        assert letter.body().startswith(b"%PDF-")
    assert rows(world.served.office, "letter") == []


def _emptied(chair: Walker, ref: str) -> None:
    chair.page.locator("summary", has_text=f"Words: conditions, feedback, reason {ref}").click()
    chair.page.locator(f"[id='feedback-{ref}']").fill("")
