"""What the parts of a page promise: names, descriptions, roles and figures, whatever a page puts in them."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from fundapp.pages import drawings, formats

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
FIELDS = '{% from "parts/fields.html" import text, textarea, radios, rubric, checkbox, error_summary %}'


@pytest.fixture
def parts() -> Environment:
    """An environment as the app gives it, with the source's own words for a catalogue."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    env.globals["drawings"] = drawings
    formats.register(SimpleNamespace(jinja_env=env))  # type: ignore[arg-type]
    return env


def draw(parts: Environment, source: str, **given: object) -> str:
    """Render a scrap of template and fold its white space."""
    return re.sub(r"\s+", " ", parts.from_string(source).render(**given))


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("parts/*.html")), ids=lambda path: path.stem)
def test_every_part_loads_and_says_how_to_use_it(parts: Environment, path: Path) -> None:
    assert parts.get_template(f"parts/{path.name}").module is not None
    assert path.read_text(encoding="utf-8").startswith("{#")


@pytest.mark.parametrize(
    "path",
    sorted([*TEMPLATES.glob("parts/*.html"), *TEMPLATES.glob("errors/*.html"), TEMPLATES / "layout.html"]),
    ids=lambda path: path.stem,
)
def test_no_style_or_script_stands_in_the_markup(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", source) is None
    assert re.search(r"<script(?![^>]*\ssrc=)", source) is None


def test_a_field_to_mend_is_described_by_its_hint_and_error(parts: Environment) -> None:
    html = draw(parts, FIELDS + "{{ text('sum', 'How much?', 'x', 'In pounds.', 'Give an amount.') }}")
    assert 'aria-describedby="sum-hint sum-error" aria-invalid="true"' in html
    assert (
        html.index("<label") < html.index("In pounds.") < html.index("Give an amount.") < html.index("<input")
    )


def test_a_sound_field_claims_no_error(parts: Environment) -> None:
    html = draw(parts, FIELDS + "{{ text('sum', 'How much?', 'x') }}")
    assert "aria-invalid" not in html
    assert "aria-describedby" not in html


def test_what_people_type_is_escaped(parts: Environment) -> None:
    html = draw(
        parts, FIELDS + "{{ text('a', 'A', value) }}{{ textarea('b', 'B', value) }}", value='"><script>'
    )
    assert "<script>" not in html
    assert html.count("&lt;script&gt;") == 2


def test_the_summary_links_each_problem_to_its_box(parts: Environment) -> None:
    problems = [{"field": "sum", "words": "Give an amount"}, {"field": "answer", "words": "Choose one"}]
    source = FIELDS + (
        "{{ error_summary(problems) }}{{ text('sum', 'Sum') }}"
        "{{ radios('answer', 'Answer', [{'value': 'y', 'words': 'Yes'}, {'value': 'n', 'words': 'No'}]) }}"
    )
    html = draw(parts, source, problems=problems)
    assert "Two things to mend" in html
    for target in re.findall(r'href="#([^"]+)"', html):
        assert html.count(f' id="{target}"') == 1


def test_rubric_offers_six_marks_and_nought_can_be_chosen(parts: Environment) -> None:
    html = draw(parts, FIELDS + "{{ rubric('need', 'Need', 'Is it there?', 'none', 'beyond doubt', 0) }}")
    assert re.findall(r'type="radio"[^>]*value="(\d)"( checked)?', html) == [
        ("0", " checked"),
        *[(str(mark), "") for mark in range(1, 6)],
    ]


def test_rubric_without_a_mark_chooses_none(parts: Environment) -> None:
    assert " checked" not in draw(parts, FIELDS + "{{ rubric('need', 'Need') }}")


def test_journey_names_the_stage_in_hand_once(parts: Environment) -> None:
    stages = [
        {"name": "Submitted", "kind": "done", "note": "8 March"},
        {"name": "Endorsement", "kind": "you", "note": "With you"},
        {"name": "Review", "kind": "todo"},
    ]
    html = draw(
        parts,
        '{% from "parts/journey.html" import journey %}{{ journey(stages) }}',
        stages=stages,
    )
    assert html.count("<li") == 3
    assert re.findall(r'class="stage is-(\w+)"( aria-current="step")?', html) == [
        ("done", ""),
        ("you", ' aria-current="step"'),
        ("todo", ""),
    ]


def test_the_pot_says_every_figure_in_pounds_and_pence(parts: Environment) -> None:
    html = draw(parts, '{% from "parts/pot.html" import pot %}{{ pot(1147500, 4797500, 55005) }}')
    assert re.findall(r"£[\d,.]+", html) == ["£60,000.05", "£11,475.00", "£47,975.00", "£550.05"]


def test_two_pots_on_a_page_do_not_share_a_pattern(parts: Environment) -> None:
    html = draw(
        parts, '{% from "parts/pot.html" import pot %}{{ pot(1, 1, 1) }}{{ pot(1, 1, 1, id="last") }}'
    )
    assert sorted(re.findall(r'<pattern id="([^"]+)"', html)) == ["last-hatch", "pot-hatch"]


def ranked(rank: int, below: bool) -> dict[str, object]:
    """One row of a ranking."""
    words = {"title": f"Bid {rank}", "href": "#", "chance": "9 in 10", "asks": "£1", "total": "£1"}
    return {"rank": rank, "score": 70.0, "raw": 71.0, "low": 65.0, "high": 75.0, "below": below, **words}


@pytest.mark.parametrize(
    ("below", "after"), [([False, True, True], 1), ([False, False, False], 3), ([True, True, True], 0)]
)
def test_the_money_ends_in_one_place(parts: Environment, below: list[bool], after: int) -> None:
    html = draw(
        parts,
        '{% from "parts/scores.html" import ranking %}{{ ranking("Bids", rows, 50, 90, 68.0, ends) }}',
        rows=[ranked(number + 1, under) for number, under in enumerate(below)],
        ends={"heading": "The money ends here", "sum": "£1", "rest": ""},
    )
    before, line, _rest = html.partition("The money ends here")
    assert line
    assert html.count("the-line") == 1
    assert before.count('class="rank"') == after


def test_the_link_above_a_broken_event_fails(parts: Environment) -> None:
    items = [
        {"kind": kind, "number": number, "words": "", "under": ""}
        for kind, number in [("event", 7), ("broken", 6), ("event", 5)]
    ]
    html = draw(parts, '{% from "parts/chain.html" import chain %}{{ chain(items) }}', items=items)
    assert re.findall(r'<li class="([^"]+)"', html) == ["link-event link-fails", "link-broken", "link-event"]


def test_only_the_first_thing_on_the_desk_is_red(parts: Environment) -> None:
    item = {"title": "Score", "due_words": "Due", "due_kind": "you", "href": "#", "action_words": "Open"}
    html = draw(parts, '{% from "parts/desk.html" import desk %}{{ desk(items) }}', items=[item, item, item])
    assert re.findall(r'<a class="(\w+)"', html) == ["go", "quiet", "quiet"]


def test_what_is_next_keeps_no_room_for_dates_where_there_are_none(parts: Environment) -> None:
    source = '{% from "parts/next.html" import what_next %}{{ what_next(items) }}'
    dated = [{"when": "Friday 26 March", "words": "It closes."}, {"when": "", "words": "Then it is read."}]
    html = draw(parts, source, items=dated)
    assert "<dt>Friday 26 March</dt><dd>It closes.</dd>" in html
    assert "<dd>Then it is read.</dd>" in html
    html = draw(parts, source, items=dated[1:])
    assert "<p>Then it is read.</p>" in html
    assert "<dt>" not in html
