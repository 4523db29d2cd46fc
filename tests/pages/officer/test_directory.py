"""The directory's pages: who is in office, every bid that hangs on one person, files whose differences come first."""

import io
import re
from datetime import date
from typing import Any

import pytest

from fundapp.demo import projects
from fundapp.pages.officer import bringing_in, directory
from tests.cast import Cast

HEAD = "name,office,party,ward_code,email,from,to\n"
ADA = "Ada Byron,councillor,Green,E05900012,ada@example.org,2024-05-02,2028-05-04\n"


def give(client: Any, text: str, kind: str = "representatives", **more: str) -> Any:
    data = {"kind": kind, "file": (io.BytesIO(text.encode()), "list.csv"), **more}
    return client.post("/directory/bring-in", data=data)


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def test_the_list_is_searched_and_goes_by_pages(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "PAGE", 2)
    client = cast.client("officer")
    page = client.get("/directory").text
    names = re.findall(r'class="clamped" href="/directory/\d+">([^<]+)<', page)
    assert names == ["Mayor Dominic Achterberg", "Cllr Eluned Price"]
    more = re.search(r'href="([^"]+)" rel="next"', page)
    assert more is not None
    rest = client.get(more[1].replace("&amp;", "&")).text
    assert re.findall(r'class="clamped" href="/directory/\d+">([^<]+)<', rest) == ["Cllr Margaret Oyelaran"]
    assert 'rel="next"' not in rest
    for words, found in (
        ("llanfair dwr", 1),
        ("MILLBECK", 2),
        ("councillor2@", 1),
        ("oyelaran east", 1),
        ("100%", 0),
        ("_", 0),
    ):
        page = client.get("/directory", query_string={"words": words}).text
        assert page.count('class="clamped"') == found, words
    assert "No address waits to be confirmed" in client.get("/directory?tab=to_confirm").text
    assert "No term has ended" in client.get("/directory?tab=ended").text


def test_areas(cast: Cast) -> None:
    client = cast.client("officer")
    page = client.get("/directory/areas").text
    assert page.count('role="rowheader"') == len(cast.people.areas)
    assert client.get("/directory/areas?words=e05900011").text.count('role="rowheader"') == 1
    assert "No area answers to this" in client.get("/directory/areas?words=nowhere").text


def test_every_bid_that_hangs_on_one_person(cast: Cast) -> None:
    stage, _code = cast.round(closed=False)
    made = [stage.draft(next(iter(projects.projects(1)))) for _number in range(3)]
    for bid in made[:2]:
        stage.submit(bid)
    stage.endorse(made[0])
    client = cast.client("officer")
    page = client.get(f"/directory/{cast.person('councillor')}").text
    assert "One bid waits for their answer." in page
    assert page.count('href="/bids/B-') == 2, "drafts hang on nobody yet"
    listed = client.get("/directory?words=oyelaran").text
    assert re.search(r'class="as-sum">1\s*<', listed)
    assert client.get(f"/directory/{cast.person('chair')}").status_code == 404, "they hold no office"


def test_a_term_is_ended(cast: Cast) -> None:
    client = cast.client("officer")
    person, holding = cast.person("mayor"), cast.people.holdings["mayor"]
    where = f"/directory/{person}/offices/{holding}/end"
    assert client.post(where, data={"ends": "2025-01-31"}).status_code == 303
    assert str(cast.value("SELECT to_on FROM office_holding WHERE id = :id", id=holding)) == "2025-01-31"
    assert "Mayor Dominic Achterberg" in client.get("/directory?tab=ended").text
    early = client.post(where, data={"ends": "2020-01-01"})
    assert early.status_code == 409
    assert "before its start" in early.text
    assert client.post(where, data={"ends": "soon"}).status_code == 422
    assert (
        client.post(
            f"/directory/{cast.person('councillor')}/offices/{holding}/end", data={"ends": "2025-01-31"}
        ).status_code
        == 404
    )


def test_a_term_keeps_what_was_answered_under_it(cast: Cast) -> None:
    cast.bid("endorsed")
    holding = cast.people.holdings["councillor"]
    answer = cast.client("officer").post(
        f"/directory/{cast.person('councillor')}/offices/{holding}/end", data={"ends": "2024-06-01"}
    )
    assert answer.status_code == 409
    assert "They answered a bid on" in answer.text


def test_an_address_is_changed_with_its_source(cast: Cast) -> None:
    cast.bid("submitted")
    client = cast.client("officer")
    where = f"/directory/{cast.person('councillor')}/offices/{cast.people.holdings['councillor']}/address"
    assert "councillor@demo.example" in client.get(where).text
    assert client.post(where, data={"email": "new@example.org", "source": ""}).status_code == 422
    assert client.post(where, data={"email": "new@", "source": "The council"}).status_code == 422
    done = client.post(
        where, data={"email": "new@example.org", "source": "The council"}, follow_redirects=True
    )
    assert "One request leaves now" in done.text
    assert "new@example.org" in done.text


def test_differences_are_shown_then_applied(cast: Cast) -> None:
    client = cast.client("officer")
    before = cast.value("SELECT count(*) FROM office_holding")
    page = give(
        client, HEAD + ADA + "Margaret Oyelaran,councillor,Co-op,E05900011,councillor@demo.example,,\n"
    ).text
    assert cast.value("SELECT count(*) FROM office_holding") == before
    assert "party: Labour → Co-op" in page
    assert "Ada Byron, Netherdale" in page
    assert "Apply: 1 new, 1 changed" in page
    done = client.post("/directory/bring-in/apply", data=hidden(page), follow_redirects=True)
    assert "Done: 1 new, 1 changed." in done.text
    assert cast.value("SELECT source FROM office_holding WHERE email = 'ada@example.org'") == "directory"
    again = give(client, HEAD + ADA)
    assert "Nothing changes" in again.text
    assert "Apply" not in again.text


def test_differences_that_moved_are_shown_anew(cast: Cast) -> None:
    client = cast.client("officer")
    first, second = give(client, HEAD + ADA).text, give(client, HEAD + ADA.replace("Green", "Labour")).text
    assert client.post("/directory/bring-in/apply", data=hidden(first)).status_code == 303
    late = client.post("/directory/bring-in/apply", data=hidden(second))
    assert late.status_code == 409
    assert "The directory changed since you looked" in late.text
    assert "party: Green → Labour" in late.text
    assert cast.value("SELECT party FROM office_holding WHERE email = 'ada@example.org'") == "Green"
    assert client.post("/directory/bring-in/apply", data=hidden(late.text)).status_code == 303
    assert cast.value("SELECT party FROM office_holding WHERE email = 'ada@example.org'") == "Labour"


def test_what_was_not_shown_is_not_applied(cast: Cast) -> None:
    client = cast.client("officer")
    form = hidden(give(client, HEAD + ADA).text)
    for wrong, status in (
        ({"seal": "0" * 64}, 409), ({"seal": "x"}, 400), ({"sha256": "../../etc/passwd"}, 409), ({"sha256": "0" * 64}, 409),
        ({"kind": "people"}, 400), ({"kind": "areas"}, 409),
    ):  # fmt: skip
        assert client.post("/directory/bring-in/apply", data={**form, **wrong}).status_code == status, wrong
    assert cast.value("SELECT count(*) FROM office_holding WHERE email = 'ada@example.org'") == 0


@pytest.mark.parametrize(
    ("text", "more", "words"),
    [
        ("", {}, "is empty"), (HEAD, {}, "has headers but no representatives"), ("x,y\n1,2\n", {}, "no row of headers"),
        (HEAD + "A,duke,,E05999999,no-mail,2024-13-02,\n", {}, "list.csv has 3 problems"),
        (HEAD + "A,councillor,,E05900012,,,\n", {}, "nothing says since when they are in office"),
        (HEAD + ADA, {"start": "soon"}, "Choose a day"), (HEAD + ADA, {"kind": "people"}, "Choose what the file holds"),
        (HEAD + "<script>alert(1)</script>,councillor,,E0,,,\n", {}, "no ward &#39;E0&#39; is in the directory"),
    ],
)  # fmt: skip
def test_files_that_are_refused(cast: Cast, text: str, more: dict[str, str], words: str) -> None:
    answer = give(cast.client("officer"), text, **more)
    assert answer.status_code == 422
    assert words in answer.text
    assert "<script>alert" not in answer.text


def test_no_file_or_too_large_a_file(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client = cast.client("officer")
    assert "Choose a file." in client.post("/directory/bring-in", data={"kind": "areas"}).text
    monkeypatch.setattr(bringing_in, "MOST_BYTES", 40)
    assert "larger than 2 MB" in give(client, HEAD + ADA).text
    monkeypatch.setattr(bringing_in, "MOST_BYTES", 4000)
    monkeypatch.setattr(bringing_in, "MOST_ROWS", 1)
    assert "has more than 1 rows" in give(client, HEAD + ADA + ADA).text


def test_areas_come_in_by_the_page(cast: Cast) -> None:
    client = cast.client("officer")
    text = "ward,ward_code,council,council_code\n"
    text += "Elmet & Wood,E05900031,Millbeck,E06900001\nNether Dale,E05900012,Millbeck,E06900001\n"
    page = give(client, text, "areas").text
    assert "name: Netherdale → Nether Dale" in page
    assert client.post("/directory/bring-in/apply", data=hidden(page)).location == "/directory/areas"
    assert cast.value("SELECT name FROM area WHERE code = 'E05900012'") == "Nether Dale"
    assert cast.value("SELECT key FROM area WHERE code = 'E05900012'") == "nether dale"


def test_a_day_for_all_rows(cast: Cast) -> None:
    client = cast.client("officer")
    page = give(client, HEAD + "A B,councillor,,E05900012,,,\n", start="2024-05-02").text
    assert hidden(page)["start"] == "2024-05-02"
    assert client.post("/directory/bring-in/apply", data=hidden(page)).status_code == 303
    asked = "SELECT from_on FROM office_holding h JOIN person p ON p.id = h.person_id WHERE p.name = 'A B'"
    assert str(cast.value(asked)) == date(2024, 5, 2).isoformat()
