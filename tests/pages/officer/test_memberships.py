"""The officer's memberships: what waits, what the list says, confirming several, ending one."""

import re

from fundapp.domain.membership import Marks
from fundapp.services import membership
from tests.cast import Cast
from tests.pages.member.test_membership import NAME, holds, newcomer, the_list


def claim(cast: Cast, number: str, name: str, email: str, party: str = "Netherdale CLP") -> int:
    actor, _client = newcomer(cast, name, email)
    marks = Marks(cast.app.extensions["settings"].secret_key)
    with cast.office.deed(actor, cast.now) as deed:
        return membership.claim(deed, marks, actor.person or 0, number, party).membership


def test_what_the_list_says_stands_beside_each(cast: Cast) -> None:
    officer = cast.client("officer")
    assert "No membership waits" in officer.get("/memberships").text
    assert "No list of members was brought in yet" in officer.get("/memberships").text
    unknown = claim(cast, "K1000001", NAME, "a@x.example")
    assert "No list yet" in officer.get("/memberships").text
    the_list(cast, ("K1000002", "Somebody Else", "e@x.example"), ("K1000003", "Held Twice", ""))
    differs = claim(cast, "K1000002", "Tom Ash", "b@x.example", "Thornley CLP")
    first = claim(cast, "K1000003", "Held Twice", "c@x.example")
    second = claim(cast, "K1000003", "Held Twice", "d@x.example")
    page = officer.get("/memberships").text
    cells = dict(re.findall(r'id="pick-(\d+)".*?<td role="cell" class="as-state">(.*?)</td>', page, re.S))
    assert cells.keys() == {str(unknown), str(differs), str(second)}
    assert "Number not on the list" in cells[str(unknown)]
    assert "On the list, with another name and address" in cells[str(differs)]
    assert "The list says: Netherdale CLP" in cells[str(differs)]
    assert "On the list, with this name" in cells[str(second)]
    assert f'href="/memberships/{first}">Held Twice</a>, confirmed' in cells[str(second)]
    assert "Confirmed by" in officer.get(f"/memberships/{first}").text
    missing = officer.get("/memberships?show=missing").text
    assert "Sunita Rao" in missing
    assert "Held Twice" not in missing
    assert "confirmed members were not on it" in page


def test_several_are_confirmed_after_one_look(cast: Cast) -> None:
    officer = cast.client("officer")
    made = [claim(cast, f"B10000{n}", f"Member {n}", f"m{n}@x.example") for n in range(5)]
    waiting = "SELECT count(*) FROM membership WHERE confirmed_at IS NULL AND ended_at IS NULL"
    look = officer.get("/memberships", query_string={"pick": made[:4]}).text
    assert "Confirm 4 memberships" in look
    assert "This emails Member 0, Member 1, Member 2 and one more." in look
    assert cast.value(waiting) == 5
    assert officer.post("/memberships", data={}).status_code == 422
    empty = officer.post("/memberships", data={"pick": made[:2], "source": "  "})
    assert (empty.status_code, "It does not say how you know." in empty.text) == (422, True)
    assert 'name="pick" value="' + str(made[1]) in empty.text
    stale = officer.post("/memberships", data={"pick": [*made[:2], 99999], "source": "Rang"})
    assert (stale.status_code, cast.value(waiting)) == (409, 5)
    assert officer.post("/memberships", data={"pick": made[:4], "source": "Rang the CLP"}).status_code == 303
    assert cast.value(waiting) == 1
    assert cast.value("SELECT count(*) FROM outbox WHERE name = 'membership_confirmed'") == 4
    assert "None of these waits any more" in officer.get(f"/memberships?pick={made[0]}").text
    holds(cast)


def test_nobody_looks_at_their_own(cast: Cast) -> None:
    officer = cast.client("officer")
    assert officer.post("/my-membership", data={"number": "O777", "local_party": "X"}).status_code == 303
    made = cast.value("SELECT id FROM membership WHERE number = 'O777'")
    page = officer.get("/memberships").text
    assert "Your own: another officer looks at it." in page
    assert f'id="pick-{made}"' not in page
    assert officer.post("/memberships", data={"pick": made, "source": "It is me"}).status_code == 409
    assert "Ask another officer" in officer.get(f"/memberships/{made}").text
    assert officer.post(f"/memberships/{made}", data={"reason": "x"}).status_code == 409


def test_the_list_goes_on_page_after_page_and_is_searched(cast: Cast) -> None:
    officer = cast.client("officer")
    for number in range(27):
        claim(cast, f"C{number:06}", f"Member {number:02}", f"c{number}@x.example")
    first = officer.get("/memberships").text
    assert re.findall(r"Member \d\d</label>", first) == [f"Member {n:02}</label>" for n in range(25)]
    more = re.search(r'href="([^"]*)" rel="next"', first)
    assert more
    second = officer.get(more[1].replace("&amp;", "&")).text
    assert re.findall(r"Member \d\d</label>", second) == ["Member 25</label>", "Member 26</label>"]
    assert "To the beginning" in second
    found = officer.get("/memberships?words=c000013").text
    assert re.findall(r"Member \d\d</label>", found) == ["Member 13</label>"]
    assert "Nobody answers to this" in officer.get("/memberships?words=%25").text
    for after in (
        "x",
        "2027-01-01_5",
        "2027-01-01T00:00:00Z_",
        "_",
        "9" * 40,
        "2027-01-01T00:00:00Z_" + "9" * 30,
    ):
        assert officer.get("/memberships", query_string={"after": after}).status_code == 200
        assert (
            officer.get("/memberships", query_string={"after": after, "show": "confirmed"}).status_code == 200
        )


def test_a_membership_is_ended(cast: Cast) -> None:
    officer = cast.client("officer")
    person = cast.person("member")
    made = cast.value("SELECT id FROM membership WHERE person_id = :person", person=person)
    assert f'href="/memberships/{made}"' in officer.get(f"/people/{person}").text
    assert "Sunita Rao" in officer.get("/memberships?show=confirmed&words=sunita").text
    assert officer.post(f"/memberships/{made}", data={"do": "end"}).status_code == 303
    assert officer.post(f"/memberships/{made}", data={"do": "end"}).status_code == 409
    assert "Ended on" in officer.get(f"/people/{person}").text
    page = cast.client("member").get("/my-membership").text
    assert "to send a bid, give your membership again" in page
    assert officer.get("/memberships/99999999999999999999").status_code == 404
    holds(cast)
