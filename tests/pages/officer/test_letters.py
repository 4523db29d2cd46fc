"""Letters of a panel that reads without names: an officer reads them before they go out, and who decides does not."""

import io
from typing import Any

from pypdf import PdfReader

from fundapp.demo import projects
from fundapp.queries import rounds as round_asks
from fundapp.services import panel, round_terms
from fundapp.services.transition import fire
from tests import masks
from tests.cast import Cast, Made


def unnamed(cast: Cast) -> list[Made]:
    """Two bids that were read without names, the first of them decided."""
    stage, code = cast.round()
    with cast.office.db.read() as conn:
        row: Any = round_asks.by_id(conn, stage.round)
    round_terms.change(
        cast.office, cast.actor("officer"), stage.round, {"blind": True}, stage.during, row.version
    )
    made = []
    for _number in range(2):
        bid = stage.draft(next(iter(projects.projects(1))))
        stage.submit(bid)
        stage.endorse(bid)
        made.append(cast._kept(stage, code, bid))
    stage.start_panel()
    stage.assign([bid.id for bid in made])
    for bid in made:
        masks.confirm(cast.office, cast.actor("officer"), bid.id, stage.after)
        for reader in ("reviewer", "reviewer2", "reviewer3"):
            stage.review(bid.id, reader, (4, 4, 3, 4, 5))
        stage.conclude(bid.id)
    stage.decide(made[0].id, "award", 100_000)
    return made


def test_an_officer_reads_every_letter_once_all_is_decided(cast: Cast) -> None:
    first, second = unnamed(cast)
    at = f"/rounds/{first.code}/letters"
    officer, chair = cast.client("officer"), cast.client("chair")
    page = officer.get(at).text
    assert "One bid is still to be decided." in page
    assert first.reference not in page
    assert officer.get(f"{at}/{first.reference}").status_code == 404
    second.stage.decide(second.id, "decline")
    page = officer.get(at).text
    title = cast.value("SELECT title FROM bid WHERE id = :bid", bid=first.id)
    assert (first.reference in page, second.reference in page, title in page) == (True, True, True)
    letter = officer.get(f"{at}/{first.reference}")
    assert (letter.status_code, letter.mimetype) == (200, "application/pdf")
    pages = PdfReader(io.BytesIO(letter.data)).pages
    assert "Sunita Rao" in " ".join(" ".join(one.extract_text() for one in pages).split())
    # Who decides is led there by nothing, and let in nowhere.
    for path in (at, f"{at}/{first.reference}"):
        assert chair.get(path).status_code == 403
    assert chair.get(f"/panel/{first.code}/{first.reference}/letter").status_code == 404
    released = chair.get(f"/panel/{first.code}/release").text
    assert "an officer, who judges none of them, reads every letter" in released
    assert title not in released
    fire(cast.office, cast.actor("chair"), "round", "release", first.stage.round, first.stage.after)
    assert officer.get(f"{at}/{second.reference}").status_code == 200
    panel.declare(cast.office, cast.actor("officer"), second.id, "My cousin.", first.stage.after)
    assert officer.get(f"{at}/{second.reference}").status_code == 404
    page = officer.get(at).text
    assert (second.reference in page, "for another officer" in page) == (False, True)


def test_letters_of_a_panel_with_names_are_the_chairs(cast: Cast) -> None:
    bid = cast.bid("reviewed")
    bid.stage.decide(bid.id, "award", 100_000)
    assert cast.client("officer").get(f"/rounds/{bid.code}/letters").status_code == 404
    assert cast.client("chair").get(f"/panel/{bid.code}/{bid.reference}/letter").status_code == 200
