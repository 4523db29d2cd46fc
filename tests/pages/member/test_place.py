"""Finding the ward, by name or postcode, and naming a representative whom nobody knows yet."""

import json
import re
from typing import Any

import pytest
from sqlalchemy import insert

from fundapp.models import Area, Postcode
from fundapp.queries import places
from fundapp.services import naming
from fundapp.services.drafts import NotWritable
from tests.cast import Cast
from tests.pages.councillor.test_aside import stand_aside

ADA = {"name": "Ada Byron", "office": "councillor", "email": "ada@example.org", "found": "The council’s page"}


def begun(cast: Cast, **answers: Any) -> tuple[Any, str]:
    """A client and the draft of a bid, with its ward chosen."""
    _stage, code = cast.round(closed=False)
    client = cast.client("member")
    ref = client.post(f"/rounds/{code}/start", data={"key": "k" * 32}).location.split("/")[2]
    ward = str(cast.people.areas["E05900012"])
    client.post(f"/my-bids/{ref}/form/area", data={"revision": "1", "area": ward})
    return client, ref


def answers(cast: Cast) -> dict[str, Any]:
    kept: Any = cast.value("SELECT answers FROM draft ORDER BY bid_id DESC LIMIT 1")
    found: dict[str, Any] = json.loads(kept) if isinstance(kept, str) else kept
    return found


def many_wards(cast: Cast) -> None:
    council = cast.people.areas["E06900001"]
    with cast.office.db.write() as conn:
        conn.execute(
            insert(Area),
            [
                {"kind": "ward", "code": f"E0591{n:04}", "name": f"Ward-y-dŵr {n}", "parent_id": council}
                for n in range(70)
            ],
        )
        conn.execute(insert(Postcode).values(code="MB11AA", area_id=cast.people.areas["E05900013"]))


def radios(page: str) -> list[str]:
    return re.findall(r'<input[^>]*type="radio"[^>]*value="(\d+)"', page)


def test_a_few_wards_are_listed_and_can_be_searched_too(cast: Cast) -> None:
    client, ref = begun(cast)
    page = client.get(f"/my-bids/{ref}/form/area").text
    assert page.count("<option") == 1 + len(cast.people.areas) - 4
    assert f'href="/my-bids/{ref}/place?question=area"' in page


def test_thousands_of_wards_are_not_sent(cast: Cast) -> None:
    many_wards(cast)
    client, ref = begun(cast)
    page = client.get(f"/my-bids/{ref}/form/area").text
    assert "<option" not in page
    assert "Chosen: Netherdale, Millbeck" in page
    assert f'<input type="hidden" name="area" value="{cast.people.areas["E05900012"]}">' in page
    wide = client.get(f"/my-bids/{ref}/place?words=millbeck").text
    assert len(radios(wide)) == 30
    assert "There are more. Add a word" in wide


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("netherdale", ["E05900012"]), ("  NETHER   mill ", ["E05900012"]), ("mb1 1aa", ["E05900013"]),
        ("ward y dwr 42", ["E05910042"]), ("LLANFAIR Y DWR", ["W05900021"]), ("hirfynydd", ["W05900022", "W05900021"]),
        ("100%", []), ("_", []), ("'; DROP TABLE area", []), ("zzz", []), ("MB9 9ZZ", []), ("x" * 300, []),
        ("mb1", []), ("Mb1 1a", []),
    ],
)  # fmt: skip
def test_a_ward_is_found(cast: Cast, words: str, found: list[str]) -> None:
    many_wards(cast)
    client, ref = begun(cast)
    answer = client.get(f"/my-bids/{ref}/place", query_string={"words": words})
    assert answer.status_code == 200
    with cast.office.db.read() as conn:
        codes = {str(row.id): row.code for row in conn.execute(Area.__table__.select())}
    assert [codes[each] for each in radios(answer.text)] == found
    if not found:
        assert (
            "We do not know which ward MB9 9ZZ is in" in answer.text
            if "MB9" in words
            else "Give the whole postcode, or the name" in answer.text
            if "b1" in words
            else "No ward or council we know" in answer.text
        )


def test_choosing_what_was_found_is_the_answer(cast: Cast) -> None:
    many_wards(cast)
    client, ref = begun(cast)
    page = client.get(f"/my-bids/{ref}/place?words=MB1+1AA").text
    (ward,) = radios(page)
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert f'action="/my-bids/{ref}/form/area"' in page
    assert (
        client.post(f"/my-bids/{ref}/form/area", data={**form, "area": ward, "go": "on"}).status_code == 303
    )
    assert answers(cast)["area"] == int(ward) == cast.people.areas["E05900013"]


def test_no_ward_no_representatives(cast: Cast) -> None:
    _stage, code = cast.round(closed=False)
    client = cast.client("member")
    ref = client.post(f"/rounds/{code}/start", data={"key": "k" * 32}).location.split("/")[2]
    page = client.get(f"/my-bids/{ref}/form/representative").text
    assert radios(page) == []
    assert "Say first which ward it is in" in page
    assert client.get(f"/my-bids/{ref}/name-representative").location.endswith("/form/area")


def test_naming_somebody_whom_nobody_knows(cast: Cast) -> None:
    client, ref = begun(cast)
    area = str(cast.people.areas["E05900012"])
    page = client.get(f"/my-bids/{ref}/name-representative").text
    assert [words for words in ("Netherdale (ward)", "Millbeck (council)", "North Vale (region)") if words in page] == [
        "Netherdale (ward)", "Millbeck (council)", "North Vale (region)",
    ]  # fmt: skip
    answer = client.post(f"/my-bids/{ref}/name-representative", data={**ADA, "area": area})
    assert answer.location == f"/my-bids/{ref}/form/representative"
    page = client.get(answer.location).text
    assert "They are named. We confirm their address before we write to them" in page
    holding = answers(cast)["representative"]
    assert f'value="{holding}" checked' in re.sub(r"\s+", " ", page)
    assert cast.value("SELECT source FROM office_holding WHERE id = :id", id=holding) is None
    # Whoever signs in with that address is not made a representative by an applicant's word.
    assert (
        cast.value(
            "SELECT count(*) FROM account a JOIN office_holding h ON h.person_id = a.person_id WHERE h.id = :id",
            id=holding,
        )
        == 0
    )


def test_whom_one_names_is_not_offered_to_others(cast: Cast) -> None:
    client, ref = begun(cast)
    area = str(cast.people.areas["E05900012"])
    client.post(f"/my-bids/{ref}/name-representative", data={**ADA, "area": area})
    other, second = begun(cast)
    assert "Ada Byron" not in other.get(f"/my-bids/{second}/form/representative").text
    other.post(f"/my-bids/{second}/name-representative", data={**ADA, "area": area})
    assert "Ada Byron" in other.get(f"/my-bids/{second}/form/representative").text
    assert cast.value("SELECT count(*) FROM person WHERE name = 'Ada Byron'") == 1


def test_somebody_in_the_directory_is_chosen_not_entered_again(cast: Cast) -> None:
    client, ref = begun(cast)
    council = str(cast.people.areas["E06900001"])
    people = cast.value("SELECT count(*) FROM person")
    given = {"name": "dominic ACHTERBERG", "office": "mayor", "area": council, "found": "I know him"}
    page = client.post(f"/my-bids/{ref}/name-representative", data=given, follow_redirects=True).text
    assert "We know them already: they are chosen." in page
    assert answers(cast)["representative"] == cast.people.holdings["mayor"]
    assert cast.value("SELECT count(*) FROM person") == people


def test_only_a_few_are_named_for_one_bid(cast: Cast) -> None:
    client, ref = begun(cast)
    area = str(cast.people.areas["E05900012"])
    for number in range(3):
        data = {**ADA, "name": f"Ada {number}", "email": f"ada{number}@example.org", "area": area}
        assert client.post(f"/my-bids/{ref}/name-representative", data=data).status_code == 303
    before = cast.value("SELECT count(*) FROM person")
    refused = client.post(f"/my-bids/{ref}/name-representative", data={**ADA, "area": area})
    assert refused.status_code == 422
    assert "You have named 3 people for this bid already" in refused.text
    assert cast.value("SELECT count(*) FROM person") == before


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": " "}, "Give their name."), ({"name": "A" * 201}, "The name is too long."),
        ({"office": "duke"}, "Choose the office"), ({"area": ""}, "Choose what they are elected for"),
        ({"area": "W05900021"}, "Choose what they are elected for"), ({"email": "nobody"}, "is not an email address"),
        ({"found": ""}, "Say where you found them"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    cast: Cast, wrong: dict[str, str], words: str
) -> None:
    client, ref = begun(cast)
    given = {**ADA, "area": str(cast.people.areas["E05900012"]), **wrong}
    before = cast.value("SELECT count(*) FROM person")
    answer = client.post(f"/my-bids/{ref}/name-representative", data=given)
    assert answer.status_code == 422
    assert words in answer.text
    assert "The council’s page" in answer.text or "found" in wrong
    assert cast.value("SELECT count(*) FROM person") == before


def test_a_bid_with_somebody_named_is_sent_and_waits_for_the_officer(cast: Cast) -> None:
    made = cast.bid("draft")
    client = cast.client("member")
    area = cast.people.areas["E05900011"]
    answer = client.post(f"/my-bids/{made.reference}/name-representative", data={**ADA, "area": str(area)})
    assert answer.status_code == 303
    page = client.get(f"/my-bids/{made.reference}/form/check").text
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert client.post(f"/my-bids/{made.reference}/submit", data=form).status_code == 303
    assert cast.value("SELECT state FROM bid WHERE id = :id", id=made.id) == "submitted"
    officer = cast.client("officer")
    assert made.reference in officer.get("/desk").text
    page = officer.get(f"/bids/{made.reference}/address").text
    assert "ada@example.org" in page
    assert "The council’s page" in page
    taken = officer.post(
        f"/bids/{made.reference}/address", data={"email": "member2@demo.example", "source": "The council"}
    )
    assert taken.status_code == 422
    assert "This address is known as that of Tomasz Wiśniewski" in taken.text
    done = officer.post(
        f"/bids/{made.reference}/address",
        data={"email": "ada@example.org", "source": "The council"},
        follow_redirects=True,
    )
    assert "One request leaves now" in done.text


def test_the_query_counts_stay(cast: Cast) -> None:
    many_wards(cast)
    with cast.office.db.read() as conn:
        assert places.few_wards(conn) is None
        assert places.postcodes_known(conn)
        assert [row.name for row in places.areas_over(conn, cast.people.areas["E05900012"])] == [
            "Netherdale", "Millbeck", "North Vale",
        ]  # fmt: skip


def _asked_instead(cast: Cast, reference: str) -> str:
    return f"/my-bids/{reference}/representative"


@pytest.mark.parametrize("aside", [False, True])
def test_somebody_unknown_is_named_for_a_bid_that_was_sent(cast: Cast, aside: bool) -> None:
    bid = cast.bid("submitted")
    if aside:
        stand_aside(cast, bid, "elsewhere")
    client = cast.client("member")
    assert (
        f'href="/my-bids/{bid.reference}/name-representative"'
        in client.get(_asked_instead(cast, bid.reference)).text
    )
    asked_before = "stood aside. Nobody has it now." if aside else "was asked. Their link stops working"
    assert asked_before in client.get(_asked_instead(cast, bid.reference)).text
    page = client.get(f"/my-bids/{bid.reference}/name-representative").text
    assert "You choose them on the next page" in page
    assert f'href="{_asked_instead(cast, bid.reference)}"' in page
    before = cast.value("SELECT count(*) FROM endorsement_request WHERE void_at IS NULL")
    area = str(cast.people.areas["E05900011"])
    answer = client.post(f"/my-bids/{bid.reference}/name-representative", data={**ADA, "area": area})
    holding = cast.value(
        "SELECT h.id FROM office_holding h JOIN person p ON p.id = h.person_id WHERE p.name = 'Ada Byron'"
    )
    assert answer.location == f"{_asked_instead(cast, bid.reference)}?named={holding}"
    assert cast.value("SELECT count(*) FROM endorsement_request WHERE void_at IS NULL") == before
    page = client.get(answer.location).text
    assert "nobody is asked yet" in page
    assert f'value="{holding}" checked' in re.sub(r"\s+", " ", page)
    page = client.post(
        _asked_instead(cast, bid.reference), data={"holding": str(holding)}, follow_redirects=True
    ).text
    assert "An officer checks their address, then asks them." in page
    assert "The fund’s officer checks the address of Cllr Ada Byron, then asks them." in page
    assert "It is with Cllr Ada Byron" not in page
    assert cast.value("SELECT holding_id FROM bid WHERE id = :bid", bid=bid.id) == holding
    assert "ada@example.org" in cast.client("officer").get(f"/bids/{bid.reference}/address").text


def test_nobody_is_named_for_a_bid_that_was_backed(cast: Cast) -> None:
    bid = cast.bid("endorsed")
    before = cast.value("SELECT count(*) FROM person")
    data = {**ADA, "area": str(cast.people.areas["E05900011"])}
    answer = cast.client("member").post(f"/my-bids/{bid.reference}/name-representative", data=data)
    assert answer.location == f"/my-bids/{bid.reference}"
    assert cast.value("SELECT count(*) FROM person") == before
    who = naming.Named("Ada Byron", "councillor", cast.people.areas["E05900011"], "", "The council")
    with pytest.raises(NotWritable):
        naming.name_unknown(cast.office, cast.actor("member"), bid.id, who, cast.now.date(), cast.now)
