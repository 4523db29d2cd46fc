"""The table of decisions, a set suggested beside it, why not this one, and the letters before the release."""

import json
import re
from typing import Any

import pytest
from sqlalchemy import event

from fundapp.services import panel
from fundapp.services.transition import fire
from tests.cast import Cast, Made

MARKS = ((5, 5, 5, 5, 5), (4, 4, 4, 4, 4), (3, 3, 3, 3, 3), (2, 2, 2, 2, 2))


def read(cast: Cast, count: int, *, close: int | None = None, **terms: Any) -> list[Made]:
    """Bids that three people read, best first; the first `close` of them (all unless told) with their reviews closed."""
    made = cast.panel(count, **terms)
    for number, bid in enumerate(made):
        for reviewer in ("reviewer", "reviewer2", "reviewer3"):
            bid.stage.review(bid.id, reviewer, MARKS[min(number, 3)])
        if close is None or number < close:
            bid.stage.conclude(bid.id)
    return made


def form(rows: dict[str, tuple[str, str, str]], seen: int = 0, **more: str) -> dict[str, Any]:
    """The table as a browser sends it: reference to (outcome, amount, feedback)."""
    given: dict[str, Any] = {"bid": list(rows)} | more
    for ref, (outcome, amount, feedback) in rows.items():
        given |= {f"outcome-{ref}": outcome, f"amount-{ref}": amount, f"feedback-{ref}": feedback}
        given |= {f"seen-{ref}": str(seen), f"conditions-{ref}": "", f"reason-{ref}": "Talked over."}
    return given


def test_many_decisions_are_recorded_in_one_act(cast: Cast) -> None:
    made = read(cast, 3, close=2)
    client, code = cast.client("chair"), made[0].code
    page = client.get(f"/panel/{code}/decide").text
    order = [page.index(f">{bid.reference}") for bid in made]
    assert order == sorted(order)
    assert f"outcome-{made[2].reference}" not in page
    assert "its reviews are in, but not closed" in page
    rows = {
        made[0].reference: ("award", "1,500.50", ""),
        made[1].reference: ("decline", "", "Warm, but too dear."),
    }
    answer = client.post(f"/panel/{code}/decide", data=form(rows))
    assert answer.status_code == 303
    with cast.office.db.read() as conn:
        kept = conn.exec_driver_sql(
            "SELECT outcome, amount_pence, feedback, reason, version FROM decision ORDER BY bid_id"
        ).all()
    assert [tuple(row) for row in kept] == [
        ("award", 150_050, "", "Talked over.", 1),
        ("decline", 0, "Warm, but too dear.", "Talked over.", 1),
    ]
    again = client.post(f"/panel/{code}/decide", data=form(rows, seen=1))
    assert again.status_code == 422
    assert "Nothing was changed" in again.text
    assert "£1,500.50" in client.get(f"/panel/{code}/decide").text


def test_what_is_wrong_is_named_and_nothing_is_recorded(cast: Cast) -> None:
    made = read(cast, 2)
    client, code = cast.client("chair"), made[0].code
    one, two = (bid.reference for bid in made)
    answer = client.post(
        f"/panel/{code}/decide", data=form({one: ("award", "lots", ""), two: ("decline", "", "")})
    )
    assert answer.status_code == 422
    assert f'href="#amount-{one}"' in answer.text
    assert f'href="#feedback-{two}"' in answer.text
    dear = form({one: ("award", "9,999", ""), two: ("decline", "", "No.")})
    answer = client.post(f"/panel/{code}/decide", data=dear)
    assert answer.status_code == 409
    assert f'href="#amount-{one}"' in answer.text
    assert cast.value("SELECT count(*) FROM decision") == 0
    # Two that are wrong are named in the order of the page, whatever the order in which the bids were made.
    late = form({two: ("award", "9,999", ""), one: ("award", "9,999", "")})
    answer = client.post(f"/panel/{code}/decide", data=late).text
    assert answer.index(f'href="#amount-{two}"') < answer.index(f'href="#amount-{one}"')
    both = form({one: ("award", "1,000", ""), "B-9999X": ("award", "1,000", "")})
    assert client.post(f"/panel/{code}/decide", data=both).status_code == 409
    assert cast.value("SELECT count(*) FROM decision") == 0


def test_a_row_that_another_chair_changed_is_named_and_the_rest_waits(cast: Cast) -> None:
    made = read(cast, 2)
    client, code = cast.client("chair"), made[0].code
    made[0].stage.decide(made[0].id, "award", 100_000)
    one, two = (bid.reference for bid in made)
    answer = client.post(
        f"/panel/{code}/decide",
        data=form({one: ("award", "900", ""), two: ("decline", "", "Not this time.")}),
    )
    assert answer.status_code == 409
    assert f"{one}: What you were changing was changed meanwhile" in answer.text
    assert two + ":" not in answer.text
    assert "Not this time." in answer.text
    assert cast.value("SELECT count(*) FROM decision") == 1
    # The row shows what stands now, so that sending it again changes only what was typed since.
    assert f'name="seen-{one}" value="1"' in answer.text


def test_awards_of_one_act_fit_the_money_together(cast: Cast) -> None:
    made = read(cast, 2, budget_pence=300_000)
    client, code = cast.client("chair"), made[0].code
    one, two = (bid.reference for bid in made)
    answer = client.post(
        f"/panel/{code}/decide", data=form({one: ("award", "2,000", ""), two: ("award", "1,500", "")})
    )
    assert answer.status_code == 409
    assert "£500 too much" in answer.text
    assert cast.value("SELECT count(*) FROM decision") == 0


def test_a_set_is_suggested_kept_taken_over_and_stays_with_the_decisions(cast: Cast) -> None:
    made = read(cast, 3)
    client, code = cast.client("chair"), made[0].code
    answer = client.post(f"/panel/{code}/suggest", data={"bar": "3", "partial": ""})
    assert answer.status_code == 303
    assert answer.location == f"/panel/{code}/decide?suggestion=1"
    terms = json.loads(cast.value("SELECT terms FROM suggestion"))
    assert (terms["least_score"], terms["rules"], terms["partial"]) == (300, [], None)
    awards = json.loads(cast.value("SELECT result FROM suggestion"))["awards"]
    assert sum(pence for _bid, pence in awards) <= terms["budget_pence"]
    page = client.get(f"/panel/{code}/decide?suggestion=1").text
    assert "No set within these terms is worth more." in page
    assert page.count("/why/1/") == 3
    taken = client.get(f"/panel/{code}/decide?suggestion=1&take=yes").text
    assert len(re.findall(r'<option value="award" selected', taken)) == len(awards)
    assert cast.value("SELECT count(*) FROM decision") == 0
    ref = made[0].reference
    client.post(f"/panel/{code}/decide", data=form({ref: ("award", "1,000", "")}, suggestion="1"))
    assert cast.value("SELECT suggestion_id FROM decision") == cast.value("SELECT id FROM suggestion")


def test_floors_that_cannot_be_met_and_terms_that_cannot_be_read_come_back(cast: Cast) -> None:
    made = read(cast, 2)
    client, code = cast.client("chair"), made[0].code
    for given, words in (
        ({"bar": "7"}, "points from 0 to 5"),
        ({"bar": "", "limit-amount-1": "300"}, "Choose whom this limit is about"),
        ({"bar": "", "limit-who-1": "organisation:", "limit-side-1": "least_pence", "limit-amount-1": "3"}, "only a cap"),
        ({"bar": "", "limit-who-1": "organisation:", "limit-side-1": "most_awards", "limit-amount-1": "x"}, "whole number"),
        ({"bar": "", "limit-who-1": "organisation:", "limit-side-1": "most_pence", "limit-amount-1": "x"}, "x"),
    ):  # fmt: skip
        answer = client.post(f"/panel/{code}/suggest", data=given)
        assert (answer.status_code, words in answer.text) == (422, True), given
    regions = re.findall(r'value="(region:[^"]+)"', client.get(f"/panel/{code}/decide").text)
    if regions:
        floor = {
            "bar": "",
            "limit-who-1": regions[0],
            "limit-side-1": "least_awards",
            "limit-amount-1": "9",
        }
        answer = client.post(f"/panel/{code}/suggest", data=floor)
        assert answer.status_code == 422
        assert "can be reached there" in answer.text
    assert cast.value("SELECT count(*) FROM suggestion") == 0


def test_why_not_names_what_a_bid_would_displace(cast: Cast) -> None:
    made = read(cast, 3, budget_pence=600_000)
    client, code = cast.client("chair"), made[0].code
    client.post(f"/panel/{code}/suggest", data={"bar": "", "partial": ""})
    chosen = {bid for bid, _pence in json.loads(cast.value("SELECT result FROM suggestion"))["awards"]}
    assert 0 < len(chosen) < 3
    for bid in made:
        page = client.get(f"/panel/{code}/why/1/{bid.reference}")
        assert page.status_code == 200
        assert ("It is in the set" in page.text) is (bid.id in chosen)
        assert ("What it would displace" in page.text) is (bid.id not in chosen)
    assert client.get(f"/panel/{code}/why/2/{made[0].reference}").status_code == 404
    fire(cast.office, cast.actor("chair"), "bid", "reopen", made[0].id, made[0].stage.after)
    made[0].stage.review(made[0].id, "reviewer", (1, 1, 1, 1, 1))
    assert "have changed since" in client.get(f"/panel/{code}/why/1/{made[1].reference}").text


def test_a_bid_kept_from_the_chair_is_another_bid_everywhere(cast: Cast) -> None:
    made = read(cast, 2)
    panel.declare(cast.office, cast.actor("chair"), made[0].id, "My sister.", cast.now)
    client, code, ref = cast.client("chair"), made[0].code, made[0].reference
    client.post(f"/panel/{code}/suggest", data={"bar": "", "partial": ""})
    for path in ("decide", "decide?suggestion=1", f"why/1/{made[1].reference}"):
        page = client.get(f"/panel/{code}/{path}")
        assert page.status_code == 200
        assert ref not in page.text
    assert "another bid, £" in client.get(f"/panel/{code}/decide?suggestion=1").text
    assert client.get(f"/panel/{code}/why/1/{ref}").status_code == 404
    assert client.get(f"/panel/{code}/{ref}/letter").status_code == 404
    answer = client.post(f"/panel/{code}/decide", data=form({ref: ("award", "100", "")}))
    assert answer.status_code == 409
    assert cast.value("SELECT count(*) FROM decision") == 0


@pytest.mark.parametrize("outcome", ["award", "decline"])
def test_a_letter_reads_before_the_release_as_it_is_sent_after(
    cast: Cast, outcome: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fundapp.services import papers

    seen: list[Any] = []
    monkeypatch.setattr(papers, "rendered", lambda facts, kind: seen.append((kind, facts)) or b"%PDF-")
    (made,) = read(cast, 1)
    client = cast.client("chair")
    path = f"/panel/{made.code}/{made.reference}/letter"
    assert client.get(path).status_code == 404
    made.stage.decide(made.id, outcome, 150_000 if outcome == "award" else None)
    assert client.get(path).content_type == "application/pdf"
    assert cast.value("SELECT count(*) FROM letter") == 0
    assert path in client.get(f"/panel/{made.code}/release").text
    made.stage.release()
    facts = json.loads(cast.value("SELECT facts FROM letter"))
    kind, previewed = seen[0]
    assert kind == cast.value("SELECT kind FROM letter")
    # Its day, until when to accept, and the code by which it is checked are known once it is written.
    late = ("dated", "accept_by", "check_code")
    for words in (previewed, facts):
        words["words"]["passages"].pop("what_next", None)
    assert {k: v for k, v in previewed.items() if k not in late} == {
        k: v for k, v in facts.items() if k not in late
    }
    assert {*previewed, "check_code"} == set(facts)
    assert client.get(path).status_code == 404


def test_the_table_takes_as_many_queries_whatever_its_size(cast: Cast) -> None:
    client = cast.client("chair")
    counts = []
    for size in (1, 4):
        code = read(cast, size)[0].code
        statements: list[str] = []
        listen = lambda *args, statements=statements: statements.append(args[2])  # noqa: E731
        event.listen(cast.office.db.engine, "before_cursor_execute", listen)
        assert client.get(f"/panel/{code}/decide").status_code == 200
        event.remove(cast.office.db.engine, "before_cursor_execute", listen)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_the_pages_say_so_where_nothing_can_be_decided(cast: Cast) -> None:
    made = cast.endorsed(1)
    made[0].stage.start_panel()
    client = cast.client("chair")
    page = client.get(f"/panel/{made[0].code}/decide").text
    assert "Suggest a set" not in page
    assert "0 of 3 reviews are in" in page
    assert "Record these decisions" not in page
    assert client.post(f"/panel/{made[0].code}/suggest", data={"bar": ""}).status_code == 409


def test_a_decision_changed_on_the_bids_own_page_keeps_its_reason_and_its_suggestion(cast: Cast) -> None:
    made = read(cast, 2)
    client, code, ref = cast.client("chair"), made[0].code, made[0].reference
    client.post(f"/panel/{code}/suggest", data={"bar": "", "partial": ""})
    client.post(f"/panel/{code}/decide", data=form({ref: ("award", "1,000", "Well made.")}, suggestion="1"))
    changed = {"outcome": "award", "amount": "900", "conditions": "", "feedback": "Well made.", "seen": "1"}
    assert client.post(f"/panel/{code}/{ref}/decide", data=changed).status_code == 303
    with cast.office.db.read() as conn:
        row = conn.exec_driver_sql("SELECT amount_pence, reason, suggestion_id, version FROM decision").one()
    assert tuple(row) == (90_000, "Talked over.", cast.value("SELECT id FROM suggestion"), 2)


def test_what_a_set_is_worth_does_not_tell_the_score_of_a_bid_kept_from_the_chair(cast: Cast) -> None:
    made = read(cast, 2)
    client, code = cast.client("chair"), made[0].code
    client.post(f"/panel/{code}/suggest", data={"bar": "", "partial": ""})
    assert "Worth " in client.get(f"/panel/{code}/decide?suggestion=1").text
    panel.declare(cast.office, cast.actor("chair"), made[0].id, "My sister.", cast.now)
    page = client.get(f"/panel/{code}/decide?suggestion=1").text
    assert "another bid, £" in page
    assert "Worth " not in page
