"""Several bids at once on their page: first how many, which, and what mail goes out; then all of them or none."""

import re

from tests.cast import Cast
from tests.services import world


def test_several_are_looked_at_and_then_ruled_out(cast: Cast) -> None:
    stage, code = cast.round(closed=False)
    bids = [world.submitted(stage, number) for number in range(3)]
    client, path = cast.client("officer"), f"/rounds-desk/{code}/several"
    listed = client.get("/bids", query_string={"round": code}).text
    ticks = re.findall(r'name="bid" value="([^"]+)"', listed)
    assert len(ticks) == 3
    assert 'name="bid"' not in client.get("/bids").text
    assert 'name="bid"' not in cast.client("chair").get("/bids", query_string={"round": code}).text
    look = client.get(path, query_string={"act": "rule_out", "bid": ticks}).text
    assert "<h1>Rule out 3 bids</h1>" in look
    assert "3 emails go out." in look
    assert "(the reason that you choose)" in look
    assert cast.state(bids[0]) == "submitted"
    given = {"act": "rule_out", "bid": ticks}
    assert client.post(path, data=given).status_code == 422
    assert client.post(path, data=given | {"reason": "twice"}).status_code == 303
    assert [cast.state(bid) for bid in bids] == ["ineligible"] * 3
    again = client.post(path, data=given | {"reason": "twice"})
    assert again.status_code == 409
    assert again.text.count("this bid was ruled out at") == 3
    assert client.get(path, query_string={"act": "lapse", "bid": ticks}).status_code == 404
    assert client.get(path, query_string={"act": "remind", "bid": "B-0000X:1"}).status_code == 404


def test_reminders_are_looked_at_and_sent(cast: Cast) -> None:
    stage, code = cast.round(closed=False)
    world.submitted(stage)
    client, path = cast.client("officer"), f"/rounds-desk/{code}/several"
    tick = re.findall(r'name="bid" value="([^"]+)"', client.get("/bids", query_string={"round": code}).text)
    look = client.get(path, query_string={"act": "remind", "bid": tick}).text
    assert "A bid is waiting for your word." in look
    assert "Cllr Margaret Oyelaran" in look
    done = client.post(path, data={"act": "remind", "bid": tick}, follow_redirects=True).text
    assert "One reminder is on its way." in done
    twice = client.post(path, data={"act": "remind", "bid": tick}, follow_redirects=True).text
    assert "They were all reminded today already" in twice
