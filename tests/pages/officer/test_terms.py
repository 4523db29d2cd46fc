"""A round is changed page by page; a change that people are mailed about is shown first."""

import re

import pytest

from fundapp.pages.officer.term_parts import PARTS
from tests.cast import Cast


def form(page: str) -> dict[str, str]:
    """Every field of a page's last form, as a browser would send it."""
    inputs = re.findall(r'<input[^>]*?name="([^"]+)"[^>]*?value="([^"]*)"', page)
    radios = set(re.findall(r'type="radio"[^>]*name="([^"]+)"', page))
    areas = re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?([^<]*)</textarea>', page)
    given = {name: value for name, value in inputs if name not in radios} | dict(areas)
    checked = re.findall(r'type="radio"[^>]*name="([^"]+)" value="([^"]*)" checked', page)
    assert {name for name, _value in checked} == radios
    given |= dict(checked)
    return {name: value.replace("&#39;", "'").replace("&amp;", "&") for name, value in given.items()}


@pytest.mark.parametrize("part", PARTS)
def test_saving_what_stands_changes_nothing(cast: Cast, part: str) -> None:
    _stage, code = cast.round(closed=False)
    client, path = cast.client("officer"), f"/rounds-desk/{code}/edit/{part}"
    page = client.get(path)
    assert page.status_code == 200
    answer = client.post(path, data=form(page.text), follow_redirects=True)
    assert "Nothing was different, so nothing was changed." in answer.text
    assert cast.value("SELECT count(*) FROM audit_event WHERE action = 'round.changed'") == 0


def test_money_is_changed_and_told_in_the_rounds_story(cast: Cast) -> None:
    _stage, code = cast.round(closed=False)
    client, path = cast.client("officer"), f"/rounds-desk/{code}/edit/money"
    given = form(client.get(path).text)
    answer = client.post(
        path, data=given | {"budget_pence": "12,000", "max_pence": "6000"}, follow_redirects=True
    )
    assert "It is changed. Nobody was emailed." in answer.text
    assert cast.value("SELECT budget_pence FROM round WHERE code = :code", code=code) == 1_200_000
    story = client.get(f"/rounds-desk/{code}").text
    assert "changed the round: its money, the most that a bid may ask for." in story
    again = client.post(path, data=given | {"budget_pence": "9,000"})
    assert again.status_code == 409
    assert "Somebody changed this round since you opened the page." in again.text
    assert 'value="12,000"' in again.text
    wrong = client.post(path, data=form(client.get(path).text) | {"budget_pence": "lots", "min_pence": "0"})
    assert wrong.status_code == 422
    assert '<a href="#budget_pence">“lots” cannot be read as an amount.' in wrong.text


def test_dates_are_moved_after_a_look_at_who_hears_of_it(cast: Cast) -> None:
    bid = cast.bid("draft")
    client, path = cast.client("officer"), f"/rounds-desk/{bid.code}/edit/dates"
    given = form(client.get(path).text)
    later = str(cast.now.date().replace(year=cast.now.year + 1, day=1))
    dates = dict.fromkeys(("closes_at", "endorse_by", "panel_by", "decide_by", "report_by"), later)
    look = client.post(path, data=given | dates)
    assert look.status_code == 200
    assert "One email goes out" in look.text
    assert "You have more time to write your bid." in look.text
    assert bid.reference in look.text
    assert cast.value("SELECT count(*) FROM outbox WHERE name = 'deadline_moved'") == 0
    done = client.post(path, data=form(look.text), follow_redirects=True)
    assert "It is changed. One email is on its way." in done.text
    assert str(cast.value("SELECT due_at FROM bid WHERE id = :id", id=bid.id)).startswith(later[:8])
    twice = client.post(path, data=form(look.text))
    assert twice.status_code == 409
    assert cast.value("SELECT count(*) FROM outbox WHERE name = 'deadline_moved'") == 1


def test_a_criterion_is_added_and_the_weights_must_add_up(cast: Cast) -> None:
    _stage, code = cast.round(closed=False)
    client, path = cast.client("officer"), f"/rounds-desk/{code}/edit/rubric"
    given = form(client.get(path).text) | {"label_5": "Value for money", "weight_5": "10"}
    wrong = client.post(path, data=given)
    assert wrong.status_code == 422
    assert "The weights add up to 110. Make them add up to 100." in wrong.text
    assert client.post(path, data=given | {"weight_0": "15"}).status_code == 303
    rubric = cast.value("SELECT rubric FROM round WHERE code = :code", code=code)
    assert '"id":"value_for_money"' in rubric
    assert '"id":"link"' in rubric


def test_nothing_of_a_released_round_is_offered(cast: Cast) -> None:
    bid = cast.bid("accepted")
    client, path = cast.client("officer"), f"/rounds-desk/{bid.code}/edit/words"
    page = client.get(path).text
    assert "so its terms stay as they were" in page
    assert '<button class="go"' not in page
    assert client.post(path, data=form(page) | {"title": "Another"}).status_code == 422
    assert client.get(f"/rounds-desk/{bid.code}/edit/nonsense").status_code == 404
