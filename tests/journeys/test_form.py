"""A form is built on a phone, looked at as an applicant, and answered: every kind of question, with axe on every page."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fundapp.demo.people import CAST, PASSWORD
from fundapp.queries import forms as asks
from tests.journeys.walker import DESK, PHONE, Walker, sign_in, walking
from tests.journeys.world import CODE, World, raised
from tests.web import serving

pytestmark = pytest.mark.browser

FORM = f"/rounds-desk/{CODE}/form"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A served fund with an open round that nobody has bid in."""
    with serving(tmp_path) as served:
        yield raised(served)


def signed_in(walker: Walker, key: str) -> None:
    sign_in(walker, next(part.email for part in CAST if part.key == key), PASSWORD)


def id_of(world: World, label: str) -> str:
    with world.served.office.db.read() as conn:
        questions = asks.newest(conn, world.stage.round).questions
    return next(str(question["id"]) for question in questions if question["label"] == label)


def adds(officer: Walker, kind: str, label: str, **boxes: str) -> None:
    """A question through the builder's own pages."""
    officer.open(FORM)
    officer.press("Add a question")
    officer.press(kind)
    officer.fill("label", label)
    for name, text in boxes.items():
        officer.fill(name, text)
    officer.choose("section", "case")
    officer.press("Keep the question")
    officer.reads(f"“{label}” is in the form.")


def builds(officer: Walker, world: World) -> None:
    """Questions of each kind, one that hangs on another, moved, renamed, and one mistake."""
    signed_in(officer, "officer")
    officer.open(f"/rounds-desk/{CODE}")
    officer.press("The form that it asks")
    adds(officer, "A whole number", "How many boats?", least="1", most="400")
    adds(officer, "One of a list", "How do they come?", options="By boat\nOn foot")
    adds(officer, "Yes or no", "Will children take part?")
    adds(officer, "Files", "Quotes and letters", most_files="2")
    officer.open(f"{FORM}/add?kind=text")
    officer.choose("section", "+")
    officer.fill("new_section", "Keeping everybody safe on and beside the water, day and night")
    officer.choose(f"when-{id_of(world, 'Will children take part?')}", "yes")
    officer.expects_refusals = officer.script
    officer.press("Keep the question")
    officer.reads(
        "Write the question.", "The part’s name has 61 characters and there is room for 60. Shorten it."
    )
    officer.fill("label", "Who looks after them?")
    officer.fill("new_section", "Keeping everybody safe")
    officer.press("Keep the question")
    officer.reads("Keeping everybody safe", "Asked if “Will children take part?” is answered: Yes")
    officer.press("Up Keeping everybody safe")
    officer.press("Rename Keeping everybody safe")
    officer.fill("name", "Safe on the water")
    officer.press("Rename it")
    officer.press("Take away Who is it for, and about how many people?")
    officer.press("Take it away")
    officer.press("Put back Who is it for, and about how many people?")
    officer.press("Copy a form")
    officer.open(f"{FORM}/question/title")


def previews(officer: Walker, world: World) -> None:
    """The applicant's pages, which follow the answers and keep none."""
    officer.open(FORM)
    officer.press("Preview it as an applicant")
    officer.reads("Preview: nothing that you type here is kept.")
    officer.open(f"{FORM}/preview/{id_of(world, 'Will children take part?')}")
    officer.choose(id_of(world, "Will children take part?"), "yes")
    officer.press("Save and go on")
    officer.press("All parts of this bid")
    officer.reads("Safe on the water", "Who looks after them?")


def answers(member: Walker, world: World) -> None:
    """Each kind on its own page; the sums add up while they are written."""
    signed_in(member, "member")
    member.open(f"/rounds/{CODE}")
    member.press("Start a bid")
    tasks = member.page.url
    member.open(f"{tasks}/{id_of(world, 'How many boats?')}")
    member.fill(id_of(world, "How many boats?"), "a lot")
    member.press("Save and go on")
    member.reads("Give a whole number from 1 to 400, in figures.")
    member.fill(id_of(world, "How many boats?"), "40")
    member.press("Save and go on")
    member.choose(id_of(world, "How do they come?"), next(iter(options(world))))
    member.press("Save and go on")
    member.reads("Will children take part?")
    member.choose(id_of(world, "Will children take part?"), "yes")
    member.press("Save and come back later")
    member.reads("Who looks after them?")
    member.open(f"{tasks}/{id_of(world, 'Will children take part?')}")
    member.choose(id_of(world, "Will children take part?"), "no")
    member.press("Save and come back later")
    assert "Who looks after them?" not in member.words()
    member.open(f"{tasks}/amount_pence")
    member.fill("amount_pence", "1,500")
    member.press("Save and go on")
    member.fill("pounds-1", "1,200.50")
    if member.script:
        member.reads("£1,200.50", "£299.50 still to place of the £1,500 you ask for")
        member.fill("pounds-2", "400")
        member.reads("£100.50 more than the £1,500 you ask for")
    member.fill("pounds-2", "299.50")
    member.fill("what-1", "Hall")
    member.fill("what-2", "Tea")
    if member.script:
        member.reads("Exactly the £1,500 you ask for")
    member.press("Save and go on")
    member.fill("who-1", "The boat club")
    member.fill("pounds-1", "250")
    member.choose("certain-1", "yes")
    member.press("Save and go on")
    member.open(f"{tasks}/summary")
    member.fill("summary", "word " * 152)
    if member.script:
        member.reads("152 of 150 words: 2 too many")
    member.press("Save and go on")
    member.open(tasks.replace("/form", "/check"))
    member.reads("The boat club: £250, certain", "By boat", "40")


def options(world: World) -> dict[str, str]:
    """The options of the list, in their order."""
    with world.served.office.db.read() as conn:
        questions = asks.newest(conn, world.stage.round).questions
    found = next(each for each in questions if each["kind"] == "choice")
    return {code: found["options"][code] for code in found["order"]}


@pytest.mark.parametrize(
    ("width", "script"),
    [
        pytest.param(PHONE, True, id="phone"),
        pytest.param(DESK, True, id="desk"),
        pytest.param(PHONE, False, id="no script"),
    ],
)
def test_a_form_is_built_and_answered(world: World, browser: Any, width: int, script: bool) -> None:
    with walking(browser, world.served.url, width, script=script) as officer:
        builds(officer, world)
        previews(officer, world)
    with walking(browser, world.served.url, width, script=script) as member:
        member.expects_refusals = True
        answers(member, world)
