"""Questions of every kind on an applicant's pages, and those that are asked only after some answers."""

import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from fundapp.domain import form_building as building
from fundapp.pages.kept import mark
from fundapp.services import forms
from tests.cast import Cast, Made
from tests.domain.test_forms import question

OWN = [
    question("number", "number", section="Numbers", least=-3, most=1200),
    question("choice", "choice", section="Numbers"),
    question("agreed", "yes_no", section="Numbers", required=False),
    question("why", "words", section="Numbers", when={"question": "agreed", "is": ["no"]}),
    question("quotes", "file", section="Numbers", required=False),
    question("spent", "pence", section="Numbers", required=False),
]


@pytest.fixture
def bid(cast: Cast) -> Made:
    """A whole draft of a round whose form asks these too."""
    made = cast.bid("draft")
    for each in OWN:
        edit = lambda form, each=each: building.add(form, each)  # noqa: E731
        forms.change(cast.office, cast.actor("officer"), made.stage.round, edit, None, made.stage.during)
    return made


def answers(cast: Cast, bid: Made) -> dict[str, Any]:
    import orjson

    found: dict[str, Any] = orjson.loads(
        cast.value("SELECT answers FROM draft WHERE bid_id = :bid", bid=bid.id)
    )
    return found


def save(client: FlaskClient, bid: Made, name: str, **data: str) -> Any:
    page = client.get(f"/my-bids/{bid.reference}/form/{name}").text
    found = re.search(r'name="revision" value="(\d+)"', page)
    data |= {"revision": found[1] if found else "1", "before": mark(None)}
    return client.post(f"/my-bids/{bid.reference}/form/{name}", data=data)


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("number", "1,200", 1200),
        ("number", " -3 ", -3),
        ("number", "0", 0),
        ("number", "", None),
        ("choice", "a", "a"),
        ("agreed", "no", "no"),
        ("agreed", "yes", "yes"),
        ("spent", "£12.50", 1250),
    ],
)
def test_what_is_kept(cast: Cast, bid: Made, name: str, typed: str, kept: Any) -> None:
    client = cast.client("member")
    assert save(client, bid, name, **{name: typed}).status_code == 303
    assert answers(cast, bid).get(name) == kept
    page = client.get(f"/my-bids/{bid.reference}/form/{name}").text
    if name in ("choice", "agreed"):
        assert re.search(rf'value="{typed}" checked', page)
    elif kept is not None:
        assert re.search(rf'name="{name}" value="({kept}|12.50)"', page)


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("number", "ten", "Give a whole number from -3 to 1,200, in figures."),
        ("number", "1.5", "Give a whole number from -3 to 1,200, in figures."),
        ("number", "٣", "Give a whole number from -3 to 1,200, in figures."),
        ("choice", "By bus", "Choose one of the answers."),
        ("agreed", "maybe", "Choose one of the answers."),
    ],
)
def test_what_is_not_kept_and_why(cast: Cast, bid: Made, name: str, typed: str, said: str) -> None:
    answer = save(cast.client("member"), bid, name, **{name: typed})
    assert answer.status_code == 422
    assert said in words(answer.text)
    assert name not in answers(cast, bid)


def test_beyond_its_limits_it_is_kept_and_said(cast: Cast, bid: Made) -> None:
    client = cast.client("member")
    save(client, bid, "number", number="1201")
    check = words(client.get(f"/my-bids/{bid.reference}/check").text)
    assert "“Question number?” needs a whole number from -3 to 1200." in check


def test_other_money_in_lines(cast: Cast, bid: Made) -> None:
    client = cast.client("member")
    lines = {
        "who-1": "Parish council",
        "pounds-1": "250",
        "certain-1": "yes",
        "who-3": "Raffle",
        "pounds-3": "75.50",
    }
    save(client, bid, "other_funding", **lines)
    assert answers(cast, bid)["other_funding"] == [
        {"who": "Parish council", "pence": 25_000, "certain": True},
        {"who": "Raffle", "pence": 7_550, "certain": False},
    ]
    page = client.get(f"/my-bids/{bid.reference}/form/other_funding").text
    assert "£325.50" in page
    assert page.count(" checked") == 1
    tasks = words(client.get(f"/my-bids/{bid.reference}/form").text)
    assert "2 lines, £325.50 in all" in tasks
    check = words(client.get(f"/my-bids/{bid.reference}/check").text)
    assert "Parish council: £250, certain Raffle: £75.50, not certain yet" in check
    wrong = save(client, bid, "other_funding", **{"who-2": "Raffle", "pounds-2": "lots"})
    assert (wrong.status_code, 'href="#pounds-1"' in wrong.text) == (422, True)


def test_a_question_appears_and_goes_with_the_answer_it_hangs_on(cast: Cast, bid: Made) -> None:
    client = cast.client("member")
    tasks, why = f"/my-bids/{bid.reference}/form", f"/my-bids/{bid.reference}/form/why"
    assert why not in client.get(tasks).text
    to = save(client, bid, "agreed", agreed="no").headers["Location"]
    assert to == why
    assert why in client.get(tasks).text
    assert "Answer “Question why?”" in words(client.get(f"/my-bids/{bid.reference}/check").text)
    save(client, bid, "why", why="The hall is shut.")
    to = save(client, bid, "agreed", agreed="yes").headers["Location"]
    assert to.endswith("/quotes")
    assert why not in client.get(tasks).text
    assert "The hall is shut." not in client.get(f"/my-bids/{bid.reference}/check").text
    away = client.get(why)
    assert (away.status_code, away.headers["Location"]) == (303, tasks)
    # A change of mind, and back again: what was typed is there.
    save(client, bid, "agreed", agreed="no")
    assert "The hall is shut." in client.get(why).text


def test_what_is_saved_where_nothing_is_asked_any_more_is_not_lost(cast: Cast, bid: Made) -> None:
    """The question was open in one window while its condition went in another."""
    client = cast.client("member")
    save(client, bid, "agreed", agreed="yes")
    save(client, bid, "why", why="Typed meanwhile")
    assert answers(cast, bid)["why"] == "Typed meanwhile"


def test_what_is_saved_after_its_question_was_taken_away_is_not_lost(cast: Cast, bid: Made) -> None:
    away = lambda form: building.take_away(form, "spent")  # noqa: E731
    forms.change(cast.office, cast.actor("officer"), bid.stage.round, away, None, bid.stage.during)
    client = cast.client("member")
    assert client.get(f"/my-bids/{bid.reference}/form/spent").status_code == 404
    answer = save(client, bid, "spent", spent="9")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/my-bids/{bid.reference}/form")
    assert answers(cast, bid)["spent"] == 900
    assert save(client, bid, "never-asked", x="9").status_code == 404


def test_a_refused_sending_names_the_rounds_own_questions(cast: Cast, bid: Made) -> None:
    answer = cast.client("member").post(f"/my-bids/{bid.reference}/submit", data={"seen": "1"})
    assert answer.status_code == 409
    said = words(answer.text)
    assert "2 questions still need an answer, or a different one: Question number?; Question choice?" in said


def test_everybody_reads_the_answers_in_words(cast: Cast, bid: Made) -> None:
    client = cast.client("member")
    for name, typed in (
        ("number", "1200"),
        ("choice", "b"),
        ("agreed", "no"),
        ("why", "The hall"),
        ("spent", "7.50"),
    ):
        save(client, bid, name, **{name: typed})
    save(client, bid, "agreed", agreed="yes")
    assert client.post(f"/my-bids/{bid.reference}/submit", data={"seen": "1"}).status_code == 303
    mine = words(client.get(f"/my-bids/{bid.reference}/sent/1").text)
    desk = words(cast.client("officer").get(f"/bids/{bid.reference}").text)
    for page in (mine, desk):
        assert "On foot" in page
        assert "£7.50" in page
        assert "Millbeck Town Council: £500, not certain yet" in page
        assert "The hall" not in page
    assert "1,200" in desk


def test_words_are_counted_without_script_too(cast: Cast, bid: Made) -> None:
    client = cast.client("member")
    save(client, bid, "summary", summary="one two  three\nfour")
    page = client.get(f"/my-bids/{bid.reference}/form/summary").text
    assert "4 of 150 words</span>" in page
    save(client, bid, "summary", summary="word " * 152)
    page = client.get(f"/my-bids/{bid.reference}/form/summary").text
    assert "152 of 150 words: 2 too many</span>" in page


def test_who_reads_along_meets_only_what_is_asked(cast: Cast, bid: Made) -> None:
    client, path = cast.client("member"), f"/my-bids/{bid.reference}"
    for page in ("together", "read"):
        answer = client.get(f"{path}/{page}")
        assert answer.status_code == 200
    assert 'id="q-agreed"' in answer.text
    assert 'id="q-why"' not in answer.text
    save(client, bid, "agreed", agreed="no")
    assert 'id="q-why"' in client.get(f"{path}/read").text
