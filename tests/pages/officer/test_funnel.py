"""A round's page: how far its bids have come, where they left, what is stuck; every number leads to its bids."""

import html
import re

from sqlalchemy import event

from fundapp.queries import funnel, lists
from fundapp.services.transition import fire
from tests.cast import Cast
from tests.services import world


def test_every_number_is_that_of_the_list_behind_it(cast: Cast) -> None:
    """In words and in the address: what is counted is what is listed."""
    stage, code = cast.round(closed=False)
    made = [stage.draft(world.project(number)) for number in range(6)]
    for bid in made[1:]:
        stage.submit(bid)
    stage.endorse(made[1], world.project(1)["representative"])
    stage.send_back(made[2], world.project(2)["representative"])
    fire(cast.office, cast.actor("officer"), "bid", "rule_out", made[3], stage.during, {"reason": "twice"})
    with cast.office.db.read() as conn:
        found = funnel.figures(conn, stage.round)
        for only, (count, _pence) in found.items():
            rows = lists.page(conn, lists.Filters(None, round_id=stage.round, only=only), 0, None, 50)
            assert len(rows) == count, only
        assert (found["begun"][0], found["sent"][0], found["backed"][0]) == (6, 5, 1)
        assert (found["silent"][0], found["ineligible"][0]) == (1, 1)
        assert found["sent"][1] == sum(world.project(number)["amount_pence"] for number in range(1, 6))
    client = cast.client("officer")
    page = client.get(f"/rounds-desk/{code}").text
    hrefs = {html.unescape(href) for href in re.findall(r'href="(/bids\?[^"]+)"', page)}
    assert len(hrefs) >= 7
    for href in hrefs:
        listed = client.get(href)
        assert listed.status_code == 200
        assert "No bid answers this" not in listed.text, href
    assert client.get("/bids?only=nonsense&holding=x").status_code == 200


def test_the_page_asks_as_much_of_a_large_round_as_of_a_small_one(cast: Cast) -> None:
    asked: list[str] = []
    event.listen(cast.office.db.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    client = cast.client("officer")
    counts = []
    for size in (1, 4):
        bids = cast.endorsed(size)
        client.get(f"/rounds-desk/{bids[0].code}")
        asked.clear()
        client.get(f"/rounds-desk/{bids[0].code}")
        counts.append(len(asked))
    assert counts[0] == counts[1]
