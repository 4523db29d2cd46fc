"""The other readers' scores after one's own, a bid handed back, and a pile of several rounds."""

import re
from html import unescape

from sqlalchemy import event

from tests.cast import Cast
from tests.pages.reviewer.test_saving import HALF


def test_the_others_are_shown_once_ones_own_scores_are_in_and_without_names(cast: Cast) -> None:
    bid = cast.panel(1)[0]
    bid.stage.review(bid.id, "reviewer2", (1, 2, 1, 2, 1))
    bid.stage.review(bid.id, "reviewer3", (5, 5, 5, 5, 5))
    bid.stage.review(bid.id, "reviewer2", (2, 2, 2, 2, 2))
    client = cast.client("reviewer")
    before = client.get(f"/pile/{bid.reference}").text
    assert "The other readers" not in before
    assert "2.00 of 5" not in before
    client.post(f"/pile/{bid.reference}/autosave", data=HALF)  # begun is not in
    assert "The other readers" not in client.get(f"/pile/{bid.reference}").text
    bid.stage.review(bid.id, "reviewer", (4, 4, 4, 4, 4))
    page = unescape(client.get(f"/pile/{bid.reference}").text)
    others = page[page.index("The other readers") :]
    assert re.findall(r"<h3>(Reader \d)</h3>\s*<p><strong>([\d.]+ of 5)", others) == [
        ("Reader 2", "2.00 of 5"),  # the newest of theirs, in the order in which they first came
        ("Reader 3", "5.00 of 5"),
    ]
    assert "Helps to win" in others
    assert "Imran Siddiqui" not in page
    assert "Beatrice Fennimore" not in page


def test_handed_back_on_its_page_and_told_to_the_chair_alone(cast: Cast) -> None:
    first, second = cast.panel(2)
    client, path = cast.client("reviewer"), f"/pile/{first.reference}/abstain"
    assert path in client.get(f"/pile/{first.reference}").text
    for reason, words in (("  ", "Say in a few words why"), ("w" * 1001, "Shorten it to 1,000 characters.")):
        answer = client.post(path, data={"reason": reason})
        assert answer.status_code == 422
        assert words in answer.text
        assert reason.strip() in answer.text
    told = client.post(path, data={"reason": "Beyond me: I know no <bees>."})
    assert (told.status_code, told.location) == (303, "/pile")
    pile = client.get("/pile").text
    assert first.reference in pile  # the sentence that says so
    assert f"/pile/{first.reference}" not in pile
    assert f"/pile/{second.reference}" in pile
    assert "set aside" not in pile  # it is no interest
    assert client.get(path).status_code == 404
    chair = cast.client("chair").get(f"/panel/{first.code}/{first.reference}").text
    assert "Ruth Calloway handed it back without scores." in chair
    assert "Beyond me: I know no &lt;bees&gt;." in chair
    assert "Still to read: Beatrice Fennimore, Imran Siddiqui" in chair
    other = cast.client("reviewer2").get(f"/pile/{first.reference}").text
    assert "Beyond me" not in other
    story = cast.client("chair").get(f"/bids/{first.reference}").text
    assert "Ruth Calloway handed it back without scores." in story
    assert "handed it back" not in cast.client("member").get(f"/my-bids/{first.reference}").text


def test_scores_that_are_in_stand_and_the_page_says_so(cast: Cast) -> None:
    bid = cast.panel(1)[0]
    bid.stage.review(bid.id, "reviewer", (4, 4, 4, 4, 4))
    client, path = cast.client("reviewer"), f"/pile/{bid.reference}/abstain"
    assert path not in client.get(f"/pile/{bid.reference}").text
    assert "Your scores stand" in client.get(path).text
    answer = client.post(path, data={"reason": "Too late"})
    assert answer.status_code == 409
    assert "Too late" in answer.text
    assert cast.value("SELECT count(*) FROM assignment WHERE ended_at IS NOT NULL") == 0


def test_several_rounds_stand_apart_with_what_is_begun_and_the_way_on(cast: Cast) -> None:
    one, two, three = cast.panel(3)
    other = cast.panel(1)[0]
    one.stage.review(one.id, "reviewer", (4, 4, 4, 4, 4))
    client = cast.client("reviewer")
    client.post(f"/pile/{two.reference}/autosave", data=HALF)
    page = client.get("/pile").text
    assert re.findall(r'<h2 class="section">(Round \d)</h2>', page) == ["Round 1", "Round 2"]
    assert "1 of 4 scored." in page
    assert "1 of 3 scored." in page
    assert "0 of 1 scored." in page
    order = [page.index(f'"/pile/{bid.reference}">') for bid in (three, one)]
    assert order == sorted(order)  # in its round what is unread comes first
    at = page.rindex(f"/pile/{two.reference}")
    assert "Begun" in page[at : at + 900]
    middle = client.get(f"/pile/{two.reference}").text
    around = middle[middle.index("Other bids in your pile") :]
    assert f"/pile/{one.reference}" in around
    assert f"/pile/{three.reference}" in around
    assert f"/pile/{other.reference}" not in around


def test_a_bids_page_asks_as_much_whatever_the_pile(cast: Cast) -> None:
    counts = []
    for count in (1, 6):
        bids = cast.panel(count)
        for key in ("reviewer", "reviewer2", "reviewer3")[: 1 + count // 3]:
            bids[0].stage.review(bids[0].id, key, (4, 4, 4, 4, 4))
        asked: list[str] = []
        client, engine = cast.client("reviewer"), cast.office.db.engine

        def ask(*args: object, into: list[str] = asked) -> None:
            into.append(str(args[2]))

        event.listen(engine, "before_cursor_execute", ask)
        assert client.get(f"/pile/{bids[0].reference}").status_code == 200
        event.remove(engine, "before_cursor_execute", ask)
        counts.append(len([sql for sql in asked if sql.lstrip().upper().startswith("SELECT")]))
    assert counts[1] <= counts[0] + 1  # the marks of the others, once there are others
