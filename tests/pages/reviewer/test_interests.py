"""What somebody is tied to, said before they read: asked once a round, ticked by name, withdrawn again."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, insert

from fundapp.domain import ties
from fundapp.models import BidMark, Organisation
from fundapp.services import ties as register
from fundapp.services.transition import fire
from tests.cast import Cast

PAGE = "/pile/interests"


def groups(cast: Cast, bid: int, count: int) -> None:
    """So many more groups among what the round's bids are tied to."""
    with cast.office.db.write() as conn:
        for number in range(count):
            name = f"{chr(65 + number % 26)}{'é' if number % 2 else 'e'}lm Street Gardeners {number:03}"
            made = insert(Organisation).values(name=name, created_at=cast.now).returning(Organisation.id)
            organisation = conn.execute(made).scalar_one()
            conn.execute(insert(BidMark).values(bid_id=bid, key=ties.organisation(organisation)))


def key_of(page: str, name: str) -> str:
    """The key of the box beside a name."""
    found = re.search(rf'value="([^"]+)"><label for="[^"]+">{re.escape(name)}</label>', page)
    assert found is not None, name
    return found[1]


def test_the_first_bid_of_a_round_opens_once_they_were_asked(cast: Cast) -> None:
    stage, code = cast.round()
    first, second = (cast._kept(stage, code, cast._backed(stage)) for _ in range(2))
    stage.close()
    fire(cast.office, cast.actor("officer"), "round", "start_panel", stage.round, stage.after)
    stage.assign([first.id, second.id])
    client = cast.client("reviewer")
    assert "Before you read" in client.get("/pile").text
    led = client.get(f"/pile/{first.reference}")
    assert (led.status_code, led.location) == (302, f"{PAGE}?next={first.reference}")
    page = client.get(led.location)
    assert "I am tied to none of these" in page.text
    assert first.reference not in page.text.replace(f'name="next" value="{first.reference}"', "").replace(
        f"next={first.reference}", ""
    )
    done = client.post(PAGE, data={"do": "none", "next": first.reference})
    assert done.location == f"/pile/{first.reference}"
    assert client.get(f"/pile/{first.reference}").status_code == 200
    assert client.get(f"/pile/{second.reference}").status_code == 200
    assert "Before you read" not in client.get("/pile").text
    said = cast.value("SELECT count(*) FROM tie WHERE person_id = :p", p=cast.person("reviewer"))
    assert said == 1
    client.post(PAGE, data={"do": "none"})
    assert cast.value("SELECT count(*) FROM tie WHERE person_id = :p", p=cast.person("reviewer")) == 1


def test_names_are_by_the_alphabet_and_tied_to_no_bid(cast: Cast) -> None:
    bid = cast.panel(2)[0]
    page = cast.client("reviewer").get(PAGE).text
    organisation = cast.value(
        "SELECT name FROM organisation JOIN bid ON organisation_id = organisation.id WHERE bid.id = :bid",
        bid=bid.id,
    )
    title = cast.value("SELECT title FROM bid WHERE id = :bid", bid=bid.id)
    for name in ("Sunita Rao", "Margaret Oyelaran", organisation, "Millbeck"):
        assert page.count(f">{name}</label>") == 1  # once, in however many bids
    assert title not in page
    assert bid.reference not in page
    people = re.findall(r'value="person:\d+"><label for="[^"]+">([^<]+)<', page)
    assert people == sorted(people)


def test_what_is_ticked_is_said_and_hides_the_bids_at_once(cast: Cast) -> None:
    bid = cast.panel(1)[0]
    client = cast.client("reviewer")
    page = client.get(PAGE).text
    key = key_of(page, "Sunita Rao")
    asked = client.post(PAGE, data={"do": "ticked", "key": key})
    assert asked.status_code == 200
    assert "I know them: family, friend, quarrel" in asked.text
    unsaid = client.post(PAGE, data={"do": "said", "key": key})
    assert unsaid.status_code == 422
    assert "Say how you are tied to Sunita Rao." in unsaid.text
    done = client.post(
        PAGE, data={"do": "said", "key": key, f"why-{key}": "knows", f"words-{key}": "My sister."},
        follow_redirects=True,
    )  # fmt: skip
    assert "One bid is hidden from you by what you are tied to." in done.text
    assert "My sister." in done.text
    assert client.get(f"/pile/{bid.reference}").status_code == 404
    assert (
        cast.value("SELECT ended_why FROM assignment WHERE person_id = :p", p=cast.person("reviewer"))
        == "interest"
    )
    pile = client.get("/pile").text
    assert "One bid is set aside" in pile
    assert bid.reference not in pile
    # Over again: the tie is withdrawn, the turn stays ended.
    tie = cast.value("SELECT id FROM tie WHERE key = :key", key=key)
    assert client.post(f"{PAGE}/{tie}/end").status_code == 303
    assert client.get(f"/pile/{bid.reference}").status_code == 404
    assert "My sister." not in client.get(PAGE).text
    assert cast.value("SELECT words FROM tie WHERE id = :tie", tie=tie) == "My sister."


def test_nobody_else_ends_a_tie_and_nothing_unknown_is_ticked(cast: Cast) -> None:
    cast.panel(1)
    register.declare(
        cast.office,
        cast.actor("reviewer"),
        [register.Said("organisation:99", "gives")],
        [],
        datetime.now(UTC),
    )
    tie = cast.value("SELECT id FROM tie WHERE key = 'organisation:99'")
    assert cast.client("reviewer2").post(f"{PAGE}/{tie}/end").status_code == 404
    assert (
        cast.client("reviewer").post(PAGE, data={"do": "ticked", "key": "organisation:12345"}).status_code
        == 422
    )
    said = cast.client("reviewer").post(
        PAGE, data={"do": "said", "key": "person:99999", "why-person:99999": "knows"}
    )
    assert said.status_code == 303
    assert cast.value("SELECT count(*) FROM tie WHERE key = 'person:99999'") == 0


def test_where_they_live(cast: Cast) -> None:
    bid = cast.panel(1)[0]
    client = cast.client("reviewer")
    ward = cast.value(
        "SELECT area.name FROM area JOIN bid ON area_id = area.id WHERE bid.id = :bid", bid=bid.id
    )
    assert client.post(PAGE, data={"do": "live", "place": "Nowhere at all"}).status_code == 422
    assert client.post(PAGE, data={"do": "live", "place": ""}).status_code == 422
    several = client.post(PAGE, data={"do": "live", "place": "Millbeck"})
    assert several.status_code == 200
    assert 'name="ward"' in several.text
    done = client.post(
        PAGE, data={"do": "live", "place": ward, "house": "99 Salt Row, LS3 1HH"}, follow_redirects=True
    )
    assert "One bid is hidden" in done.text or done.text.count("hidden from you by") == 1
    assert "My address, kept so that nobody can read it" in done.text
    assert cast.value("SELECT count(*) FROM tie WHERE words LIKE '%Salt Row%' OR key LIKE '%LS3%'") == 0
    assert client.get(f"/pile/{bid.reference}").status_code == 404


def test_a_local_party_is_said_where_no_membership_says_it(cast: Cast) -> None:
    cast.panel(1)
    client = cast.client("reviewer")
    assert client.post(PAGE, data={"do": "party", "party": "CLP"}).status_code == 422
    done = client.post(PAGE, data={"do": "party", "party": "Millbeck"}, follow_redirects=True)
    assert "One bid is hidden" in done.text


@pytest.mark.parametrize("narrow", ["", "?letter=E", "?words=elm+street+3", "?words=zzzz"])
def test_three_hundred_names_are_shown_by_letter_and_searched(cast: Cast, narrow: str) -> None:
    bid = cast.panel(1)[0]
    groups(cast, bid.id, 320)
    client = cast.client("reviewer")
    asked: list[str] = []
    event.listen(cast.office.db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    page = client.get(f"{PAGE}{narrow}").text
    shown = re.findall(r'name="key" value="organisation:\d+"><label for="[^"]+">([^<]+)<', page)
    if narrow == "?words=zzzz":
        assert "No name has these words." in page
    elif narrow == "?words=elm+street+3":
        assert 0 < len(shown) < 200
        assert all("3" in name for name in shown)
    else:
        letter = "E" if narrow else "A"
        assert shown
        assert {name[0] for name in shown} == {letter}
        assert 'aria-label="Names by their first letter"' in page
    assert len([sql for sql in asked if sql.startswith("SELECT")]) <= 14


def test_a_long_name_and_hostile_words_stand_as_they_are(cast: Cast) -> None:
    bid = cast.panel(1)[0]
    name = "<b>Friends</b> of the Old Lock Keeper’s Cottage & its Garden CIO"
    with cast.office.db.write() as conn:
        made = insert(Organisation).values(name=name, created_at=cast.now).returning(Organisation.id)
        key = ties.organisation(conn.execute(made).scalar_one())
        conn.execute(insert(BidMark).values(bid_id=bid.id, key=key))
    client = cast.client("reviewer")
    assert "<b>Friends" not in client.get(PAGE).text
    asked = client.post(PAGE, data={"do": "ticked", "key": key}).text
    assert "&lt;b&gt;Friends" in asked


def test_the_chair_uses_the_same_page_and_others_do_not(cast: Cast) -> None:
    cast.panel(1)
    assert cast.client("chair").get(PAGE).status_code == 200
    assert cast.client("member").get(PAGE).status_code == 403
