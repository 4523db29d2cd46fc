"""An applicant takes home the proof that their bid was backed; a stranger's machine believes it, and no other file."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fundapp.demo.people import PASSWORD
from fundapp.demo.projects import projects
from fundapp.services import checkpoints
from tests.journeys.walker import DESK, HEIGHT, PHONE, Walker, sign_in
from tests.journeys.world import raised
from tests.web import beside, serving

pytestmark = pytest.mark.browser


def test_backing_is_proved_away_from_the_service(browser: Any, tmp_path: Path) -> None:
    with serving(tmp_path / "service") as served:
        world = raised(served)
        bid = world.stage.draft(next(iter(projects(1))))
        world.stage.submit(bid)
        world.stage.endorse(bid)
        sealer = checkpoints.sealer(served.office, served.settings)
        assert sealer is not None
        beside(sealer.seal)
        context = browser.new_context(
            viewport={"width": PHONE, "height": HEIGHT}, locale="en-GB", accept_downloads=True
        )
        try:
            walker = Walker(context.new_page(), served.url)
            page = walker.page
            sign_in(walker, "member@demo.example", PASSWORD)
            walker.open("/my-bids")
            page.locator("main a[href^='/my-bids/B-']").first.click()
            page.get_by_role("link", name="Download proofs of what was recorded").click()
            walker.reads("Prove it", "backed it.")
            line = page.locator(".story li").filter(has_text="backed it.")
            with page.expect_download() as coming:
                line.get_by_role("link", name="Download the proof").click()
            proof = tmp_path / "event.tlog-proof"
            coming.value.save_as(proof)
            # Whoever gets it needs no account: the page says whether it holds, and has the checker.
            walker.open("/log/check")
            with page.expect_download() as coming:
                page.get_by_role("link", name="Download the checker").click()
            checker = tmp_path / "checker.pyz"
            coming.value.save_as(checker)
            page.set_input_files("#proof", str(proof))
            walker.press("Check it")
            walker.reads("The proof holds", "backed it.", "I back it")
            walker.at(DESK)
            walker.look()
            walker.open("/log")
            keys = tmp_path / "keys.txt"
            keys.write_text(page.request.get(f"{served.url}/log/keys").text())
        finally:
            context.close()

    # The service is gone. The file is still worth something.
    def checked(file: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", str(checker), str(file), "--key", str(keys)]
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)

    good = checked(proof)
    assert good.returncode == 0, good.stderr
    assert "sealed events" in good.stdout
    held = proof.read_bytes()
    for place in (held.index(b"extra ") + 60, held.index(b"\n\n") - 4, held.rindex(b"\n") - 20):
        flipped = tmp_path / "flipped.tlog-proof"
        flipped.write_bytes(held[:place] + bytes([held[place] ^ 1]) + held[place + 1 :])
        assert checked(flipped).returncode != 0, place
