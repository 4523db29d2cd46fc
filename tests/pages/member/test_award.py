"""The award's own pages: its terms, its answer, a change of it."""

import hashlib
import re
from html import unescape

from fundapp.services import variations
from tests.cast import Cast, Made

LESS = variations.Change(150_000, "Fewer <b>weeks</b>.", "Keep receipts.")


def form(page: str, name: str) -> str:
    """A hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


def text_of(page: str) -> str:
    """The terms as a reader would copy them off the page: headings, and sentences numbered under each."""
    parts = re.findall(r'<h2>([^<]+)</h2><ol class="terms">(.*?)</ol>', page, re.S)
    told = []
    for heading, lines in parts:
        said = re.findall(r"<li>(.*?)</li>", lines, re.S)
        told.append("\n".join([heading, *(f"{number}. {line}" for number, line in enumerate(said, 1))]))
    return unescape("\n\n".join(told))


def signed(page: str, **others: str) -> dict[str, str]:
    """What the form sends once it is filled in."""
    given = {"seen": form(page, "seen"), "terms": form(page, "terms"), "agreed": "yes", "name": "Sunita Rao"}
    return {**given, "recipient": "charity", **others}


def test_the_terms_on_the_page_are_those_that_are_signed(cast: Cast) -> None:
    bid = cast.bid("awarded")
    client, path = cast.client("member"), f"/my-bids/{bid.reference}/award"
    page = client.get(path).text
    sha256 = hashlib.sha256(text_of(page).encode()).hexdigest()
    assert form(page, "terms") == sha256
    done = client.post(path, data=signed(page))
    assert (done.status_code, done.headers["Location"]) == (303, path)
    assert cast.value("SELECT terms_sha256 FROM award_answer") == sha256
    assert cast.value("SELECT recipient FROM award_answer") == "charity"
    after = client.get(path).text
    assert "You accepted it. It is yours." in after
    assert text_of(after) == text_of(page)
    cast.letters(bid)
    paper = client.get(f"/my-bids/{bid.reference}/acceptance")
    assert (paper.status_code, paper.data[:5]) == (200, b"%PDF-")
    assert f"/my-bids/{bid.reference}/acceptance" in client.get(f"/my-bids/{bid.reference}").text
    again = client.post(path, data=signed(page))
    assert again.status_code == 409
    assert cast.value("SELECT count(*) FROM award_answer") == 1


LACKS = (
    ({"agreed": ""}, "tick that you agree"),
    ({"name": "  "}, "Type your name, as you would sign it."),
    ({"name": "x" * 121}, "Shorten your name to 120 characters."),
    ({"recipient": "cousin"}, "Choose who will hold the money."),
)


def test_an_answer_that_lacks_something_is_refused_with_words(cast: Cast) -> None:
    bid = cast.bid("awarded")
    client, path = cast.client("member"), f"/my-bids/{bid.reference}/award"
    page = client.get(path).text
    for lacks, said in LACKS:
        answer = client.post(path, data=signed(page, **lacks))
        assert answer.status_code == 422
        assert said in answer.text
    for terms in ("", "0" * 64):
        answer = client.post(path, data=signed(page, terms=terms))
        assert answer.status_code == 409
        assert "The terms have changed since you opened the page." in answer.text
    assert cast.value("SELECT state FROM award") == "offered"
    assert cast.value("SELECT count(*) FROM award_answer") == 0


def test_turning_down_is_made_sure_of_and_may_say_why(cast: Cast) -> None:
    bid = cast.bid("awarded")
    client, path = cast.client("member"), f"/my-bids/{bid.reference}/award/turn-down"
    page = client.get(path).text
    assert "£2,000 goes back to the pot" in page
    assert client.post(path, data={"seen": "1", "reason": "x" * 2001}).status_code == 422
    done = client.post(path, data={"seen": form(page, "seen"), "reason": "Another fund\ngave it."})
    assert done.status_code == 303
    assert cast.state(bid.id) == "cancelled"
    assert cast.value("SELECT reason FROM award_answer") == "Another fund\ngave it."
    assert client.get(path).status_code == 404
    assert "You turned it down." in client.get(f"/my-bids/{bid.reference}/award").text


def proposed(cast: Cast) -> Made:
    """An accepted award, with a change that waits."""
    bid = cast.bid("accepted")
    variations.propose(cast.office, cast.actor("officer"), bid.id, LESS, cast.now)
    return bid


def test_a_change_is_seen_beside_the_award_and_agreed_to(cast: Cast) -> None:
    bid = proposed(cast)
    client, path = cast.client("member"), f"/my-bids/{bid.reference}/award/change"
    for page in ("/desk", f"/my-bids/{bid.reference}", f"/my-bids/{bid.reference}/award"):
        assert path in client.get(page).text, page
    page = client.get(path).text
    assert "£2,000 now; £1,500 if you agree." in page
    assert "Fewer &lt;b&gt;weeks&lt;/b&gt;." in page
    assert re.search(r"<ins>.*Keep receipts\..*</ins>", page, re.S)
    assert client.post(path, data={"seen": "3"}).status_code == 422
    assert client.post(path, data=signed(page, do="agree", name="")).status_code == 422
    assert client.post(path, data=signed(page, do="agree", terms="0" * 64)).status_code == 409
    done = client.post(path, data=signed(page, do="agree"))
    assert done.status_code == 303
    assert cast.value("SELECT amount_pence FROM award") == 150_000
    assert cast.value("SELECT terms_sha256 FROM award_answer WHERE answer = 'vary'") == form(page, "terms")
    assert path not in client.get(f"/my-bids/{bid.reference}/award").text
    assert "It was answered or taken back." in client.get(path).text
    cast.letters(bid)
    letter = client.get(f"/my-bids/{bid.reference}/letter")
    assert letter.headers["Content-Disposition"] == f'inline; filename="{bid.reference}-award.pdf"'


def test_a_change_may_be_turned_down(cast: Cast) -> None:
    bid = proposed(cast)
    client, path = cast.client("member"), f"/my-bids/{bid.reference}/award/change"
    seen = form(client.get(path).text, "seen")
    stale = client.post(path, data={"do": "keep", "seen": "2"})
    assert stale.status_code == 409
    assert (
        client.post(path, data={"do": "keep", "seen": seen, "reason": "We need it all."}).status_code == 303
    )
    assert cast.value("SELECT amount_pence FROM award") == 200_000
    assert cast.value("SELECT outcome FROM variation") == "kept"


def test_it_is_its_owners_alone(cast: Cast) -> None:
    bid = proposed(cast)
    for page in ("award", "award/turn-down", "award/change", "acceptance"):
        for other in ("member2", "officer", "treasurer"):
            assert cast.client(other).get(f"/my-bids/{bid.reference}/{page}").status_code == 404
