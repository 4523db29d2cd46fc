"""Giving bids out and the panel's seats, as a chair sees them."""

import re
from datetime import UTC, datetime

from sqlalchemy import event

from fundapp.services import panel, seats
from tests.cast import Cast
from tests.pages.chair.test_round import seal_in


def test_a_plan_that_moved_is_refused_and_the_new_one_shown(cast: Cast) -> None:
    bid = cast.panel(1, assigned=False)[0]
    client, path = cast.client("chair"), f"/panel/{bid.code}/assign"
    shown = seal_in(client.get(path).text)
    bid.stage.assign([bid.id], ("reviewer2",))
    answer = client.post(path, data={"readers": "3", "seal": shown})
    assert answer.status_code == 409
    assert "Something has changed since this plan was shown" in answer.text
    assert seal_in(answer.text) != shown
    assert cast.value("SELECT count(*) FROM assignment") == 1
    for data in ({}, {"seal": ""}, {"readers": "x"}):
        assert client.post(path, data=data).status_code == 422
    assert client.post(path, data={"seal": "0" * 64}).status_code == 409
    assert cast.value("SELECT count(*) FROM assignment") == 1


def test_a_plan_says_why_and_what_to_relax(cast: Cast) -> None:
    bid = cast.panel(1, assigned=False)[0]
    chair = cast.actor("chair")
    for key in ("reviewer", "reviewer2"):
        panel.declare(cast.office, cast.actor(key), bid.id, "My sister keeps its books.", datetime.now(UTC))
    area = cast.value("SELECT area_id FROM bid WHERE id = :bid", bid=bid.id)
    seats.set_seat(
        cast.office, chair, bid.stage.round, cast.person("reviewer3"), None, (), (area,), bid.stage.after
    )
    client, path = cast.client("chair"), f"/panel/{bid.code}/assign"
    page = client.get(path).text
    assert "2 readings are planned" in page
    assert "For one reading nobody is free" in page
    assert f"{bid.reference}: only 2 more people may read it, 1 too few." in page
    assert re.search(r"Beatrice Fennimore\s*<span class=\"small muted\">near<", page)
    assert "evens the load" in page
    # A chair with an interest sees that there is a bid, and never which.
    panel.declare(cast.office, chair, bid.id, "I was their teacher.", datetime.now(UTC))
    hidden = client.get(path).text
    assert bid.reference not in hidden
    assert "Another bid, £" in hidden
    assert "another bid: only 2 more people may read it" in hidden


def test_the_plan_takes_as_many_queries_whatever_its_size(cast: Cast) -> None:
    client = cast.client("chair")
    counts = []
    for size in (1, 5):
        code = cast.panel(size, assigned=False)[0].code
        asked: list[str] = []
        listen = lambda *args, asked=asked: asked.append(args[2])  # noqa: E731
        event.listen(cast.office.db.engine, "before_cursor_execute", listen)
        for path in ("assign", "readers", f"readers/{cast.person('reviewer')}"):
            assert client.get(f"/panel/{code}/{path}").status_code == 200
        event.remove(cast.office.db.engine, "before_cursor_execute", listen)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_seat_is_set_and_shown(cast: Cast) -> None:
    bid = cast.panel(1)[0]
    person, client = cast.person("reviewer"), cast.client("chair")
    path = f"/panel/{bid.code}/readers"
    area = cast.value("SELECT area_id FROM bid WHERE id = :bid", bid=bid.id)
    name = cast.value("SELECT name FROM area WHERE id = :area", area=area)
    form = {"most": "7", "other_themes": "Food banks, youth", "regions": [str(area), "999999", "x"]}
    assert client.post(f"{path}/{person}", data=form).location == path
    page = client.get(path).text
    for words in ("7", "food banks, youth", name, "0 of 1"):
        assert words in page
    for wrong in ("-1", "x", "99999", "7.5"):
        answer = client.post(f"{path}/{person}", data={"most": wrong})
        assert answer.status_code == 422
        assert "The limit is not a number from 0 to 9999" in answer.text
    assert client.get(f"{path}/{cast.person('auditor')}").status_code == 404


def test_a_reader_leaves_and_what_is_freed_is_shown_first(cast: Cast) -> None:
    made = cast.panel(2)
    made[0].stage.review(made[0].id, "reviewer", (4, 4, 3, 4, 5))
    person, client = cast.person("reviewer"), cast.client("chair")
    path = f"/panel/{made[0].code}/readers/{person}"
    page = client.get(f"{path}/leave").text
    assert "One bid that they have not read is free" in page
    assert made[1].reference in page
    assert made[0].reference not in page
    assert "The one review that they gave stays" in page
    assert cast.value("SELECT count(*) FROM assignment WHERE ended_at IS NOT NULL") == 0
    told = client.post(f"{path}/leave")
    assert (told.status_code, told.location) == (303, f"/panel/{made[0].code}/assign")
    assert "one bid is free for somebody else" in client.get(told.location).text
    again = client.post(f"{path}/leave")
    assert again.status_code == 409
    assert "has left this panel" in again.text
    assert client.post(f"{path}/return").location == path
    assert cast.value("SELECT count(*) FROM panel_seat WHERE left_at IS NULL") == 1


def test_one_reading_is_moved_and_one_added_by_hand(cast: Cast) -> None:
    bid, other = cast.panel(2)
    here, there, client = cast.person("reviewer"), cast.person("reviewer4"), cast.client("chair")
    path = f"/panel/{bid.code}/readers/{here}"
    moved = client.post(f"{path}/move", data={"bid": bid.id, "to": there})
    assert (moved.status_code, moved.location) == (303, path)
    standing = "SELECT count(*) FROM assignment WHERE bid_id = :bid AND person_id = :who AND ended_at IS NULL"
    assert cast.value(standing, bid=bid.id, who=here) == 0
    assert cast.value(standing, bid=bid.id, who=there) == 1
    for data in ({}, {"bid": "x", "to": there}, {"bid": bid.id, "to": there}, {"bid": other.id, "to": here}):
        assert client.post(f"{path}/move", data=data).status_code == 422
    taken = client.post(f"{path}/move", data={"bid": other.id, "to": cast.person("reviewer2")})
    assert taken.status_code == 409
    assert "has this bid to read already" in taken.text
    given = client.post(f"{path}/give", data={"reference": f" {bid.reference.lower()} "})
    assert given.status_code == 303
    assert cast.value(standing, bid=bid.id, who=here) == 1
    for reference in ("", "B-9999", "\x00"):
        assert client.post(f"{path}/give", data={"reference": reference}).status_code == 422
    panel.declare(cast.office, cast.actor("reviewer4"), other.id, "A cousin runs it.", datetime.now(UTC))
    refused = client.post(f"/panel/{bid.code}/readers/{there}/give", data={"reference": other.reference})
    assert refused.status_code == 409
    assert "has an interest in the bid" in refused.text
