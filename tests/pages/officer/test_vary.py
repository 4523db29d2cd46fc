"""An officer proposes a change of an award, sees it beside the award, and may take it back."""

import re

from tests.cast import Cast, Made

TYPED = {
    "amount": "1,500", "conditions": "Keep receipts.\nTell the press.", "starts_on": "", "ends_on": "2099-03-31",
    "reason": "Fewer weeks.", "do": "check",
}  # fmt: skip


def path_of(bid: Made) -> str:
    return f"/bids/{bid.reference}/vary"


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="(\d+)"', page)
    assert found is not None
    return found[1]


def test_a_change_is_checked_then_proposed_then_taken_back(cast: Cast) -> None:
    bid = cast.bid("accepted")
    client, path = cast.client("officer"), path_of(bid)
    assert path in client.get(f"/bids/{bid.reference}").text
    page = client.get(path).text
    assert "It is £2,000.00 now, and can only become less." in page
    sure = client.post(path, data={**TYPED, "seen": seen(page)})
    assert sure.status_code == 200
    assert "As it would be" in sure.text
    assert cast.value("SELECT count(*) FROM variation") == 0
    assert client.post(path, data={**TYPED, "seen": seen(page), "do": "again"}).text.count("1,500") == 1
    done = client.post(path, data={**TYPED, "seen": seen(sure.text), "do": "propose"})
    assert done.status_code == 303
    assert cast.value("SELECT amount_pence FROM variation") == 150_000
    assert cast.value("SELECT conditions FROM variation") == "Keep receipts.\nTell the press."
    assert "A change to £1,500.00 waits" in cast.client("treasurer").get(f"/money/{bid.reference}").text
    waiting = client.get(path).text
    assert "A change waits for its answer" in waiting
    again = client.post(path, data={**TYPED, "seen": seen(waiting), "do": "propose"})
    assert again.status_code == 409
    assert client.post(path, data={"seen": seen(waiting), "do": "take_back"}).status_code == 303
    assert cast.value("SELECT outcome FROM variation") == "taken_back"
    assert client.post(path, data={"seen": seen(waiting), "do": "take_back"}).status_code == 409


def test_an_award_that_is_over_is_not_changed(cast: Cast) -> None:
    """Nor shown as it would be: the page says why not, whatever was typed."""
    bid = cast.bid("reported")
    client, path = cast.client("officer"), path_of(bid)
    page = client.get(path)
    assert page.status_code == 200
    for do in ("check", "", "{}<b>"):
        answer = client.post(path, data={**TYPED, "do": do})
        assert (answer.status_code, "As it would be" in answer.text) == (200, False)
    assert client.post(path, data={**TYPED, "do": "propose"}).status_code == 409
    assert cast.value("SELECT count(*) FROM variation") == 0


READ_STRICTLY = (
    ({"amount": "lots"}, 'href="#amount"'),
    ({"amount": "0"}, "Give more than nothing."),
    ({"amount": "2,000.01"}, "An award can only be lowered. Give £2,000.00 or less."),
    ({"ends_on": "soon"}, "Give a day, like 2027-03-31."),
    ({"starts_on": "2099-04-01"}, "The last day is before the first."),
    ({"reason": ""}, "Say why. The applicant decides by it."),
    ({"conditions": "x" * 2001}, "Shorten this to 2,000 characters."),
    ({"amount": "2000", "conditions": "", "ends_on": ""}, "This is the award as it stands."),
)


def test_a_change_is_read_strictly(cast: Cast) -> None:
    bid = cast.bid("accepted")
    client = cast.client("officer")
    for typed, said in READ_STRICTLY:
        for do in ("check", "propose"):
            answer = client.post(path_of(bid), data={**TYPED, **typed, "do": do, "seen": "2"})
            assert answer.status_code == 422
            assert said in answer.text
    assert cast.value("SELECT count(*) FROM variation") == 0


def test_nobody_else_changes_an_award_and_no_offer_is_changed(cast: Cast) -> None:
    offered, accepted = cast.bid("awarded"), cast.bid("accepted")
    assert cast.client("treasurer").get(path_of(accepted)).status_code == 403
    assert cast.client("officer").get(f"/bids/{cast.bid('endorsed').reference}/vary").status_code == 404
    page = cast.client("officer").get(path_of(offered)).text
    assert '<form method="post" novalidate>' not in page
    assert cast.client("officer").post(path_of(offered), data={**TYPED, "do": "propose"}).status_code == 409
