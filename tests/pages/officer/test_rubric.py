"""What bids are scored by: scale, words for marks, order, a look as a reader, and every refusal."""

import json
from html import unescape
from typing import Any

import pytest

from fundapp.services import round_rules, round_terms
from fundapp.services.fund_rubric import FUND_RUBRIC
from tests.cast import Cast
from tests.pages.officer.test_terms import form


def opened(cast: Cast) -> tuple[Any, str, dict[str, str], str]:
    """An officer at the page: the client, its path, what a browser would send, the round's code."""
    _stage, code = cast.round(closed=False)
    client, path = cast.client("officer"), f"/rounds-desk/{code}/edit/rubric"
    return client, path, form(client.get(path).text), code


def rubric(cast: Cast, code: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        cast.value("SELECT rubric FROM round WHERE code = :code", code=code)
    )
    return found


def test_the_funds_own_has_words_for_every_mark() -> None:
    assert sum(criterion["weight"] for criterion in FUND_RUBRIC) == 100
    for criterion in FUND_RUBRIC:
        assert list(criterion["anchors"]) == list("012345")
        assert criterion["guidance"]
    assert len({words for criterion in FUND_RUBRIC for words in criterion["anchors"].values()}) == 30


def test_scale_words_order_and_a_criterion_less_or_more(cast: Cast) -> None:
    client, path, given, code = opened(cast)
    given |= {
        "top_0": "3", "anchors_0": "0: None\n 3 – All of it\n\n1. Some", "guidance_0": "Look twice.\nThen again.",
        "keep_2": "no", "place_4": "1", "label_5": "Care for the place", "weight_5": "15", "top_5": "10",
    }  # fmt: skip
    assert client.post(path, data=given).status_code == 303
    found = rubric(cast, code)
    assert [criterion["id"] for criterion in found] == [
        "leaders",
        "link",
        "wins",
        "plan",
        "care_for_the_place",
    ]
    assert found[1]["top"] == 3
    assert found[1]["anchors"] == {"0": "None", "1": "Some", "3": "All of it"}
    assert found[1]["guidance"] == "Look twice.\nThen again."
    assert found[4]["top"] == 10
    assert found[0] == FUND_RUBRIC[4]
    # down the list, after what stood there
    given = form(client.get(path).text) | {"place_0": "3"}
    assert client.post(path, data=given).status_code == 303
    assert [criterion["id"] for criterion in rubric(cast, code)][:3] == ["link", "wins", "leaders"]


#: What an officer types, where it is told, and what is said.
REFUSED: list[tuple[dict[str, str], str, str]] = [
    ({"label_0": ""}, "label_0", "Give this criterion a name."),
    ({"weight_0": "0"}, "weight_0", "Every criterion needs a name and a weight of at least 1."),
    ({"weight_0": "many"}, "weight_0", "needs a weight in whole figures"),
    ({"weight_0": "24"}, "weight_0", "The weights add up to 99. Make them add up to 100."),
    ({"top_1": "0"}, "top_1", "A scale ends at a whole mark from 1 to 10, such as 5."),
    ({"top_1": "11"}, "top_1", "A scale ends at a whole mark from 1 to 10, such as 5."),
    ({"top_1": "3.5"}, "top_1", "A scale ends at a whole mark from 1 to 10, such as 5."),
    ({"top_1": "3"}, "anchors_1", "There are words for the mark 4, and the scale ends at 3."),
    ({"anchors_2": "6: Beyond"}, "anchors_2", "There are words for the mark 6, and the scale ends at 5."),
    ({"anchors_2": "Good"}, "anchors_2", "“Good” does not begin with a mark."),
    ({"anchors_2": "3:"}, "anchors_2", "“3:” does not begin with a mark."),
    ({"anchors_2": "3: One\n3: Two"}, "anchors_2", "There are words for the mark 3 twice."),
    ({"anchors_2": "w" * 4001}, "anchors_2", "Shorten it to 4,000 characters."),
    ({"guidance_2": "w" * 2001}, "guidance_2", "Shorten it to 2,000 characters."),
    ({"place_3": "first"}, "place_3", "Give its place as a whole number"),
    ({f"keep_{number}": "no" for number in range(5)}, "weight_0", "The round has no criteria to score by."),
]


def test_each_refusal_opens_its_criterion_and_keeps_what_was_typed(cast: Cast) -> None:
    client, path, given, code = opened(cast)
    for typed, field, words in REFUSED:
        answer = client.post(path, data=given | typed)
        assert answer.status_code == 422, typed
        page = unescape(answer.text)
        assert words in page
        assert f'<a href="#{field}">' in page
        assert page.count('<details class="more fold" open>') == 1
        for name, value in typed.items():
            if not name.startswith("keep"):
                assert value in page, name
    assert rubric(cast, code) == FUND_RUBRIC


def test_seen_as_a_reader_before_anything_is_saved(cast: Cast) -> None:
    client, path, given, code = opened(cast)
    typed = given | {
        "label_0": "At least 50% <local>",
        "top_0": "7",
        "anchors_0": "7: All of it",
        "go": "preview",
    }
    answer = client.post(path, data=typed)
    assert answer.status_code == 200
    seen = answer.text[answer.text.index("As a reader sees it") :].partition("<form")[0]
    assert "At least 50% &lt;local&gt;" in seen
    assert seen.count('name="preview-link"') == 8
    assert "<dt>7</dt><dd>All of it</dd>" in seen
    assert 'name="label_0" value="At least 50% &lt;local&gt;"' in answer.text
    assert rubric(cast, code) == FUND_RUBRIC


def test_once_the_panel_starts_it_stays_with_a_sentence(cast: Cast) -> None:
    bid = cast.panel(1)[0]
    client, path = cast.client("officer"), f"/rounds-desk/{bid.code}/edit/rubric"
    page = client.get(path).text
    assert "Readers score by these now, so they stay as they are" in page
    assert '<button class="go"' not in page
    refused = client.post(path, data=form(page) | {"label_0": "Another"})
    assert refused.status_code == 422
    assert "The panel is at work by these criteria, so they stay." in refused.text
    assert rubric(cast, bid.code) == FUND_RUBRIC


def test_the_service_holds_the_scale_whatever_the_page_read(cast: Cast) -> None:
    stage, code = cast.round(closed=False)
    version = cast.value("SELECT version FROM round WHERE code = :code", code=code)
    one = {**FUND_RUBRIC[0], "weight": 100}
    for flaw, refused in (
        ({"top": 0}, "scale_out_of_bounds"), ({"top": 11}, "scale_out_of_bounds"), ({"top": "5"}, "scale_out_of_bounds"),
        ({"top": True}, "scale_out_of_bounds"), ({"top": 4}, "anchor_off_scale"),
        ({"anchors": {"6": "Beyond"}}, "anchor_off_scale"), ({"anchors": {"3": " "}}, "anchor_off_scale"),
        ({"anchors": {"03": "Three"}}, "anchor_off_scale"),
    ):  # fmt: skip
        given = {"rubric": [one | flaw]}
        with pytest.raises(round_rules.TermsRefused) as caught:
            round_terms.change(cast.office, cast.actor("officer"), stage.round, given, stage.during, version)
        assert [refusal.code for _, refusal in caught.value.refusals] == [refused]
