"""The builder of a round's form: what an officer does with it, what is refused, and the applicant's pages shown ahead."""

import re
from html import unescape
from typing import Any

import pytest

from fundapp.demo.stage import Stage
from fundapp.domain.form_building import sections_of
from fundapp.domain.forms import FUND_QUESTIONS
from fundapp.queries import forms as asks
from tests.cast import Cast


@pytest.fixture
def open_round(cast: Cast) -> tuple[Stage, str]:
    """A round that takes bids, and its code."""
    return cast.round(closed=False)


def questions(cast: Cast, stage: Stage) -> list[dict[str, Any]]:
    with cast.office.db.read() as conn:
        found: list[dict[str, Any]] = asks.newest(conn, stage.round).questions
    return found


def number(cast: Cast, stage: Stage) -> int:
    with cast.office.db.read() as conn:
        return int(asks.newest(conn, stage.round).number)


def post(cast: Cast, path: str, **data: Any) -> Any:
    return cast.client("officer").post(path, data=data)


def words(page: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


YES_NO = {
    "label": "Will children take part?",
    "help": "Anyone under 18.",
    "section": "case",
    "required": "yes",
}


def add(cast: Cast, code: str, kind: str, **data: Any) -> Any:
    return post(cast, f"/rounds-desk/{code}/form/add?kind={kind}", **data)


def children(cast: Cast, stage: Stage, code: str) -> str:
    """A yes-or-no question in the form; its id."""
    assert add(cast, code, "yes_no", **YES_NO).status_code == 303
    return str(next(q["id"] for q in questions(cast, stage) if q["kind"] == "yes_no"))


KINDS = [
    ("words", {"max_length": "60"}, {"max_length": 60}),
    ("text", {"max_words": "80"}, {"max_words": 80}),
    ("number", {"least": "-5", "most": "1,000"}, {"least": -5, "most": 1000}),
    ("pence", {}, {}),
    ("day", {}, {}),
    ("yes_no", {}, {}),
    ("file", {"most_files": "2"}, {"most_files": 2}),
]


@pytest.mark.parametrize(("kind", "data", "kept"), KINDS)
def test_a_question_of_each_kind(
    cast: Cast, open_round: tuple[Stage, str], kind: str, data: dict[str, str], kept: dict[str, int]
) -> None:
    stage, code = open_round
    client, path = cast.client("officer"), f"/rounds-desk/{code}/form/add?kind={kind}"
    assert client.get(path).status_code == 200
    answer = client.post(path, data={"label": "How so?", "section": "money", **data})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/rounds-desk/{code}/form")
    (made,) = [q for q in questions(cast, stage) if q not in FUND_QUESTIONS]
    assert re.fullmatch("q[0-9a-f]{10}", made.pop("id"))
    assert made == {
        "kind": kind,
        "label": "How so?",
        "help": "",
        "section": "money",
        "required": False,
        **kept,
    }
    assert "“How so?” is in the form." in words(client.get(f"/rounds-desk/{code}/form"))


def test_a_list_and_what_hangs_on_it(cast: Cast, open_round: tuple[Stage, str]) -> None:
    stage, code = open_round
    lines = "By bus\r\n\r\n  On   foot \nBy boat"
    add(
        cast,
        code,
        "choice",
        label="How do they come?",
        section="+",
        new_section="Getting there",
        options=lines,
    )
    chosen = next(q for q in questions(cast, stage) if q["kind"] == "choice")
    assert [chosen["options"][code_] for code_ in chosen["order"]] == ["By bus", "On foot", "By boat"]
    bus, _foot, boat = chosen["order"]
    page = cast.client("officer").get(f"/rounds-desk/{code}/form/add?kind=words")
    assert f'name="when-{chosen["id"]}" value="{bus}"' in page.text
    ticks = {f"when-{chosen['id']}": [bus, boat]}
    add(cast, code, "words", label="Which line?", section="Getting there", max_length="40", **ticks)
    line = questions(cast, stage)[-3]
    assert (line["label"], line["section"]) == ("Which line?", "Getting there")
    assert line["when"] == {"question": chosen["id"], "is": sorted([bus, boat])}
    shown = words(cast.client("officer").get(f"/rounds-desk/{code}/form"))
    assert "Asked if “How do they come?” is answered: By bus or By boat" in shown
    # Taking an answer out that another question waits for is refused, with a sentence, and nothing is lost of it.
    path = f"/rounds-desk/{code}/form/question/{chosen['id']}"
    answer = post(cast, path, label="How do they come?", section="Getting there", options="By bus\nOn foot")
    assert answer.status_code == 422
    assert "Which line? It depends on an answer that is no longer offered." in words(answer)
    # Other words for an answer keep it the same answer.
    post(cast, path, label="How do they come?", section="Getting there", options="By tram\nOn foot\nBy boat")
    again = next(q for q in questions(cast, stage) if q["kind"] == "choice")
    assert (again["options"][bus], again["order"]) == ("By tram", chosen["order"])


@pytest.mark.parametrize(
    ("kind", "data", "field", "said"),
    [
        ("words", {"label": ""}, "label", "Write the question."),
        ("words", {"label": "x" * 201}, "label", "The question has 201 characters and there is room for 200. Shorten it."),
        ("words", {"section": "nowhere"}, "section", "Choose the part of the form that it stands in, or name a new one."),
        ("words", {"max_length": "many"}, "max_length", "Give a whole number from 1 to 500."),
        ("text", {"max_words": "2001"}, "max_words", "Give a whole number from 1 to 2000."),
        ("number", {"least": "5", "most": "4"}, "most", "The least is more than the most. Change one of the two."),
        ("choice", {"options": "Only one"}, "options", "Give at least 2 answers to choose from, each on a line of its own."),
        ("choice", {"options": "A\na"}, "options", "Two of the answers to choose from are the same. Change one."),
        ("words", {"section": "+", "new_section": "x" * 61}, "new_section",
         "The part’s name has 61 characters and there is room for 60. Shorten it."),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_said_beside_its_box(
    cast: Cast, open_round: tuple[Stage, str], kind: str, data: dict[str, str], field: str, said: str
) -> None:
    stage, code = open_round
    usual = {
        "label": "Well?",
        "section": "money",
        "max_length": "9",
        "max_words": "9",
        "least": "1",
        "most": "9",
    }
    answer = add(cast, code, kind, **{**usual, "help": "What I wrote stays.", **data})
    assert answer.status_code == 422
    assert f'<a href="#{field}">' in answer.text
    assert said in words(answer)
    assert "What I wrote stays." in answer.text
    assert f'id="{field}"' in answer.text
    assert number(cast, stage) == 1


def test_everything_that_is_wrong_is_said_at_once(cast: Cast, open_round: tuple[Stage, str]) -> None:
    _stage, code = open_round
    answer = add(cast, code, "number", label="", section="", least="ten", most="9")
    assert re.findall(r'<li><a href="#([a-z_]+)">', answer.text) == ["label", "least", "section"]


def test_a_condition_is_of_one_question(cast: Cast, open_round: tuple[Stage, str]) -> None:
    stage, code = open_round
    first = children(cast, stage, code)
    add(cast, code, "yes_no", **{**YES_NO, "label": "And elders?"})
    second = next(q["id"] for q in questions(cast, stage) if q["label"] == "And elders?")
    ticks = {f"when-{first}": "yes", f"when-{second}": "no"}
    answer = add(cast, code, "words", label="Well?", section="backing", max_length="9", **ticks)
    assert answer.status_code == 422
    assert "Tick answers of one question only." in words(answer)


def test_moving_and_renaming(cast: Cast, open_round: tuple[Stage, str]) -> None:
    stage, code = open_round
    path = f"/rounds-desk/{code}/form"
    assert post(cast, path, down="title", seen="1").status_code == 303
    assert [q["id"] for q in questions(cast, stage)][:2] == ["summary", "title"]
    assert post(cast, path, section_up="money", seen="2").status_code == 303
    assert sections_of(questions(cast, stage)) == ["project", "group", "money", "case", "backing"]
    assert post(cast, f"{path}/part?part=case", name="Why here, why now", seen="3").status_code == 303
    assert "Why here, why now" in words(cast.client("officer").get(path))
    for name, said in (
        ("", "Give it a name of at most 60 characters."),
        ("the money", "Another part of the form"),
    ):
        answer = post(cast, f"{path}/part?part=project", name=name, seen="4")
        assert (answer.status_code, said in words(answer)) == (422, True)
    assert cast.client("officer").get(f"{path}/part?part=nowhere").status_code == 404
    assert post(cast, path, sideways="title").status_code == 404
    assert number(cast, stage) == 4


def test_who_arranges_an_older_form_is_told(cast: Cast, open_round: tuple[Stage, str]) -> None:
    _stage, code = open_round
    post(cast, f"/rounds-desk/{code}/form", down="title", seen="1")
    answer = post(cast, f"/rounds-desk/{code}/form", down="title", seen="1")
    assert answer.status_code == 409
    assert "The form was changed meanwhile" in words(answer)
    gone = post(cast, f"/rounds-desk/{code}/form", up="gone", seen="2")
    assert gone.status_code == 409


def test_taking_away_and_putting_back(cast: Cast, open_round: tuple[Stage, str]) -> None:
    stage, code = open_round
    path = f"/rounds-desk/{code}/form/question/people/take-away"
    stage.draft({**next(iter(cast_projects())), "representative": "councillor"})
    page = words(cast.client("officer").get(path))
    assert "One draft is being written." in page
    assert "can be put back later" in page
    assert post(cast, path, seen="1").status_code == 303
    assert "people" not in [q["id"] for q in questions(cast, stage)]
    assert post(cast, f"/rounds-desk/{code}/form", put_back="people", seen="2").status_code == 303
    assert "people" in [q["id"] for q in questions(cast, stage)]


def cast_projects() -> Any:
    from fundapp.demo import projects

    return projects.projects(1)


@pytest.mark.parametrize("name", ["title", "party_link"])
def test_what_comes_with_every_form_stays(cast: Cast, open_round: tuple[Stage, str], name: str) -> None:
    stage, code = open_round
    path = f"/rounds-desk/{code}/form/question/{name}"
    assert "Every form of this fund asks this." in words(cast.client("officer").get(f"{path}/take-away"))
    assert post(cast, f"{path}/take-away", seen="1").status_code == 409
    assert 'name="required"' not in cast.client("officer").get(path).text
    before = next(q for q in FUND_QUESTIONS if q["id"] == name)
    limits = {key: str(before[key]) for key in ("max_words", "max_length") if key in before}
    data = {"label": "In our words?", "help": "", "section": before["section"], **limits}
    assert post(cast, path, **data).status_code == 303
    assert next(q for q in questions(cast, stage) if q["id"] == name)["label"] == "In our words?"


def test_a_question_that_others_hang_on_stays(cast: Cast, open_round: tuple[Stage, str]) -> None:
    stage, code = open_round
    decider = children(cast, stage, code)
    add(
        cast,
        code,
        "words",
        label="Who looks after them?",
        section="case",
        max_length="80",
        **{f"when-{decider}": "yes"},
    )
    path = f"/rounds-desk/{code}/form/question/{decider}/take-away"
    assert "Other questions depend on it." in words(cast.client("officer").get(path))
    assert post(cast, path, seen="3").status_code == 409


def test_a_form_is_copied(cast: Cast, open_round: tuple[Stage, str]) -> None:
    stage, code = open_round
    children(cast, stage, code)
    other, other_code = cast.round(closed=False)
    page = cast.client("officer").get(f"/rounds-desk/{other_code}/form/copy")
    assert f'value="{stage.round}"' in page.text
    assert post(cast, f"/rounds-desk/{other_code}/form/copy", seen="1").status_code == 422
    assert post(cast, f"/rounds-desk/{other_code}/form/copy", source=stage.round, seen="1").status_code == 303
    assert questions(cast, other) == questions(cast, stage)
    assert post(cast, f"/rounds-desk/{other_code}/form/copy", source=stage.round, seen="1").status_code == 409


def test_a_frozen_form_says_since_when_and_offers_nothing(cast: Cast) -> None:
    bid = cast.bid("submitted")
    path = f"/rounds-desk/{bid.code}/form"
    page = cast.client("officer").get(path)
    assert f"when {bid.reference} was sent. One bid answers these questions" in words(page)
    assert 'name="up"' not in page.text
    assert "Add a question" not in page.text
    for address, data in (
        (path, {"down": "title", "seen": "1"}),
        (f"{path}/add?kind=pence", {"label": "Well?", "section": "money"}),
        (f"{path}/question/people", {"label": "Who?", "section": "project", "max_length": "9"}),
        (f"{path}/question/people/take-away", {"seen": "1"}),
        (f"{path}/part?part=money", {"name": "Pounds", "seen": "1"}),
    ):
        answer = post(cast, address, **data)
        assert answer.status_code in (409, 422), address
        assert "The form stays as it is, because a bid of this round was sent" in words(answer), address
    assert number(cast, bid.stage) == 1


def test_only_officers_of_the_fund_open_it(cast: Cast, open_round: tuple[Stage, str]) -> None:
    _stage, code = open_round
    for page in ("", "/add", "/copy", "/preview", "/preview/title", "/question/title", "/part?part=money"):
        assert cast.client("officer").get(f"/rounds-desk/{code}/form{page}").status_code == 200
        assert cast.client("chair").get(f"/rounds-desk/{code}/form{page}").status_code == 403
    assert cast.client("officer").get("/rounds-desk/NO-SUCH/form").status_code == 404
    assert f"/rounds-desk/{code}/form" in cast.client("officer").get(f"/rounds-desk/{code}").text


def test_the_preview_is_the_applicants_page_and_keeps_nothing(
    cast: Cast, open_round: tuple[Stage, str]
) -> None:
    stage, code = open_round
    decider = children(cast, stage, code)
    add(
        cast,
        code,
        "words",
        label="Who looks after them?",
        section="case",
        max_length="80",
        **{f"when-{decider}": "yes"},
    )
    client = cast.client("officer")
    preview = f"/rounds-desk/{code}/form/preview"
    shown = client.get(preview)
    assert "Preview: nothing that you type here is kept." in words(shown)
    assert "Will children take part?" in shown.text
    assert "Who looks after them?" not in shown.text
    assert "/my-bids/" not in re.sub(r"<header.*?</header>", "", shown.text, flags=re.S)
    after_yes = client.post(f"{preview}/{decider}", data={decider: "yes"}).headers["Location"]
    asked_next = client.get(after_yes)
    assert "Who looks after them?" in asked_next.text
    assert "Asked if “Will children take part?” is answered: Yes." in words(asked_next)
    after_no = client.post(f"{preview}/{decider}", data={decider: "no"}).headers["Location"]
    assert "amount_pence" in after_no
    wrong = client.post(f"{preview}/amount_pence", data={"amount_pence": "lots"})
    assert wrong.status_code == 422
    later = client.post(f"{preview}/title", data={"title": "A table", "go": "later"})
    assert later.headers["Location"] == preview
    lines = client.post(f"{preview}/budget", data={"go": "lines"}).headers["Location"]
    assert client.get(lines).text.count('name="what-') == 10
    assert client.get(f"{preview}/gone").status_code == 404
    assert cast.value("SELECT count(*) FROM draft") == 0
