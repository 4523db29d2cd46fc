"""An officer's pages of masked copies: the list, one copy beside what was sent, and the next."""

import re

from sqlalchemy import event

from tests import masks
from tests.cast import Cast
from tests.services.test_masking import blinded


def form(page: str) -> dict[str, str]:
    """What a browser would send of the page's form, untouched: hidden fields and texts."""
    hidden = dict(re.findall(r'type="hidden" name="(version|number)" value="(\d+)"', page))
    areas = re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?([^<]*)</textarea>', page)
    return hidden | {name: words.replace("&#39;", "'").replace("&amp;", "&") for name, words in areas}


def test_what_is_masked_stands_beside_what_was_sent_and_the_next_follows(cast: Cast) -> None:
    first, second = blinded(cast, 2)
    officer = cast.client("officer")
    desk = officer.get("/desk").text
    assert "Confirm 2 masked copies" in desk
    listed = officer.get(f"/rounds/{first.code}/masked").text
    assert "0 of 2 confirmed." in listed
    page = officer.get(f"/bids/{first.reference}/masked").text
    assert '<mark>Millbeck<span class="masked-as"> a place</span></mark>' in page
    assert "in Upper [place], [place] and the [place] estate" in page
    answer = officer.post(f"/bids/{first.reference}/masked", data=form(page))
    assert (answer.status_code, answer.location) == (303, f"/bids/{second.reference}/masked")
    page = officer.get(answer.location).text
    answer = officer.post(f"/bids/{second.reference}/masked", data=form(page))
    assert (answer.status_code, answer.location) == (303, f"/rounds/{first.code}/masked")
    done = officer.get(answer.location).text
    assert "2 of 2 confirmed." in done
    assert "Copy 1 confirmed" in done
    assert "masked cop" not in officer.get("/desk").text
    assert f"/rounds/{first.code}/masked" in officer.get(f"/rounds-desk/{first.code}").text


def test_a_known_word_that_stands_is_named_and_ticked(cast: Cast) -> None:
    (bid,) = blinded(cast)
    officer, path = cast.client("officer"), f"/bids/{bid.reference}/masked"
    typed = {
        **form(officer.get(path).text),
        "text-title": "A table in Millbeck",
        "text-people": "<b>Forty</b>",
    }
    answer = officer.post(path, data=typed)
    assert answer.status_code == 422
    assert "Title still says “Millbeck”." in answer.text
    assert '<label for="purpose-1">“Millbeck” stands there on purpose</label>' in answer.text
    assert "&lt;b&gt;Forty&lt;/b&gt;" in answer.text
    assert cast.value("SELECT count(*) FROM masked_copy") == 0
    assert officer.post(path, data={**typed, "purpose": "Millbeck"}).status_code == 303
    assert cast.value("SELECT title FROM masked_copy") == "A table in Millbeck"
    # What was confirmed stands in the boxes when it is opened again, to be made better.
    page = officer.get(path).text
    assert "A table in Millbeck</textarea>" in page
    assert 'name="number" value="1"' in page


def test_a_copy_that_somebody_confirmed_meanwhile_is_shown_as_it_stands(cast: Cast) -> None:
    (bid,) = blinded(cast)
    officer, path = cast.client("officer"), f"/bids/{bid.reference}/masked"
    typed = {**form(officer.get(path).text), "text-title": "Mine"}
    masks.confirm(cast.office, cast.actor("officer"), bid.id, bid.stage.after, title="Theirs")
    answer = officer.post(path, data=typed)
    assert answer.status_code == 409
    assert "somebody confirmed a copy meanwhile" in answer.text
    assert "Theirs</textarea>" in answer.text
    empty = officer.post(path, data={**form(answer.text), "text-title": " "})
    assert (empty.status_code, "A text is empty or too long" in empty.text) == (409, True)


def test_who_is_no_officer_of_it_finds_nothing(cast: Cast) -> None:
    (bid,) = blinded(cast)
    for who in ("chair", "reviewer", "treasurer", "member"):
        assert cast.client(who).get(f"/bids/{bid.reference}/masked").status_code == 403
    named = cast.panel(1)[0]
    assert cast.client("officer").get(f"/bids/{named.reference}/masked").status_code == 404
    assert cast.client("officer").get(f"/rounds/{named.code}/masked").status_code == 404


def test_the_public_page_says_it_and_a_round_with_names_does_not(cast: Cast) -> None:
    stage, code = cast.round(closed=False)
    officer, path = cast.client("officer"), f"/rounds-desk/{code}/edit/rules"
    assert "The panel reads without names." not in cast.client(None).get(f"/rounds/{code}").text
    page = officer.get(path).text
    given = dict(re.findall(r'<input[^>]*?name="([^"]+)"[^>]*?value="([^"]*)"', page))
    assert officer.post(path, data={**given, "blind": "yes"}).status_code == 303
    assert "The panel reads without names." in cast.client(None).get(f"/rounds/{code}").text
    assert cast.value("SELECT blind FROM round WHERE id = :round", round=stage.round)


def test_the_list_takes_as_many_queries_whatever_its_size(cast: Cast) -> None:
    made = blinded(cast, 6)
    asked: list[str] = []
    event.listen(cast.office.db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    assert cast.client("officer").get(f"/rounds/{made[0].code}/masked").status_code == 200
    assert sum(sql.lstrip().upper().startswith("SELECT") for sql in asked) <= 9
