"""Triage: what is alike is shown with how much, and put aside with a note; nothing is decided by it."""

from tests.cast import Cast
from tests.services import world


def test_alike_bids_are_shown_and_put_aside(cast: Cast) -> None:
    stage, code = cast.round(closed=False)
    first, second = world.submitted(stage, 0), world.submitted(stage, 0)
    refs = [cast.value("SELECT reference FROM bid WHERE id = :id", id=bid) for bid in (first, second)]
    client = cast.client("officer")
    listed = client.get(f"/rounds-desk/{code}/triage").text
    assert "the very same words, the same name of the group, the same address" in listed
    assert f'value="{refs[0]}:2"' in listed
    page = client.get(f"/bids/{refs[0]}").text
    assert "It is like another bid." in page
    assert f'href="/bids/{refs[1]}"' in page
    assert "Look at it, or say that it is fine" not in cast.client("chair").get(f"/bids/{refs[0]}").text
    path = f"/bids/{refs[0]}/alike"
    assert "One bid is like this one" in client.get(path).text
    empty = client.post(path, data={"other": refs[1], "note": " "})
    assert empty.status_code == 422
    assert f'<a href="#note-{refs[1]}">Say in a few words why it is fine.</a>' in empty.text
    assert client.post(path, data={"other": "B-0000X", "note": "Fine."}).status_code == 422
    note = "Two <i>halves</i> of one hall."
    assert client.post(path, data={"other": refs[1], "note": note}).status_code == 303
    assert "Two &lt;i&gt;halves&lt;/i&gt; of one hall." in client.get(f"/bids/{refs[1]}/alike").text
    assert "It is like another bid." not in client.get(f"/bids/{refs[1]}").text
    assert "Nothing here to look at" in client.get(f"/rounds-desk/{code}/triage").text
    assert [cast.state(bid) for bid in (first, second)] == ["submitted", "submitted"]
