"""A bid copied into another round: what goes along, what stays behind, and once only."""

import html
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundapp.audit.verify import verify
from fundapp.domain import copying
from fundapp.domain.forms import FUND_QUESTIONS
from tests.cast import Cast, Made
from tests.pages.member.test_writing import answers

KINDS = (
    "words",
    "text",
    "pence",
    "day",
    "choice",
    "area",
    "representative",
    "declarations",
    "file",
    "budget",
)
questions = st.lists(
    st.fixed_dictionaries(
        {"id": st.sampled_from("abcdefgh"), "kind": st.sampled_from(KINDS), "label": st.text(max_size=5)}
    ),
    unique_by=lambda question: question["id"],
)
given_answers = st.dictionaries(
    st.sampled_from("abcdefgh"),
    st.sampled_from(["words", 5, ["true"], [{"what": "x", "pence": 1}], "", None, []]),
)


@given(questions, given_answers, questions)
def test_what_goes_along_is_asked_for_alike_and_nothing_is_forgotten(
    then: list[dict[str, Any]], kept: dict[str, Any], now: list[dict[str, Any]]
) -> None:
    along, behind = copying.carried(then, kept, now)
    kinds = {question["id"]: question["kind"] for question in then}
    for name, answer in along.items():
        assert answer == kept[name]
        assert next(q["kind"] for q in now if q["id"] == name) == kinds[name]
        assert kinds[name] not in ("representative", "declarations", "file")
    full = {q["id"] for q in then if kept.get(q["id"]) not in (None, "", [], {})}
    assert full == set(along) | {question["id"] for question in behind}
    assert not set(along) & {question["id"] for question in behind}


def test_a_choice_goes_along_while_it_is_offered() -> None:
    then = [{"id": "size", "kind": "choice", "label": "Size", "options": {"s": "Small", "l": "Large"}}]
    now = [{"id": "size", "kind": "choice", "label": "Size", "options": {"s": "Small"}}]
    assert copying.carried(then, {"size": "s"}, now) == ({"size": "s"}, [])
    assert copying.carried(then, {"size": "l"}, now) == ({}, then)


def copied(cast: Cast, bid: Made, code: str, key: str = "k", who: str = "member") -> Any:
    """The button of the page that copies."""
    return cast.client(who).post(f"/my-bids/{bid.reference}/copy", data={"round": code, "key": key})


@pytest.mark.parametrize("state", ["draft", "withdrawn", "not_endorsed", "declined", "submitted"])
def test_a_bid_in_any_state_is_copied(cast: Cast, state: str) -> None:
    bid = cast.bid(state)
    before = answers(cast, bid)
    _stage, code = cast.round(closed=False)
    page = cast.client("member").get(f"/my-bids/{bid.reference}/copy").text
    assert f'value="{code}"' in page
    answer = copied(cast, bid, code)
    assert answer.status_code == 303
    new = cast.value("SELECT max(id) FROM bid")
    found = answers(cast, Made(new, "", bid.stage, code))
    assert found == {k: v for k, v in before.items() if k not in ("declarations", "representative") and v}
    assert cast.state(new) == "draft"
    assert cast.value("SELECT round_id FROM bid WHERE id = :new", new=new) != bid.stage.round
    assert answers(cast, bid) == before
    assert cast.state(bid.id) == state
    shown = cast.client("member").get(answer.location)
    assert shown.status_code == 200
    found_all = verify(cast.office.db, cast.office.recorder)
    assert found_all.problems == []


def test_what_stays_behind_is_said(cast: Cast) -> None:
    bid = cast.bid("draft")
    _stage, code = cast.round(closed=False)
    client = cast.client("member")
    page = client.get(f"/my-bids/{bid.reference}/copy").text
    left = "Left behind: “Which elected representative will you ask to back it?”, “What you declare”."
    assert left in html.unescape(page)
    shown = client.post(
        f"/my-bids/{bid.reference}/copy", data={"round": code, "key": "k"}, follow_redirects=True
    )
    assert f"Copied from {bid.reference}." in shown.text
    assert "“What you declare”" in shown.text
    assert "“What will you do?”" not in shown.text


def test_a_double_click_copies_once(cast: Cast) -> None:
    bid = cast.bid("withdrawn")
    _stage, code = cast.round(closed=False)
    first, second, other = copied(cast, bid, code), copied(cast, bid, code), copied(cast, bid, code, "k2")
    assert first.location == second.location != other.location


def test_a_closed_round_takes_no_copy(cast: Cast) -> None:
    bid = cast.bid("declined")
    assert "No round is open now" in cast.client("member").get(f"/my-bids/{bid.reference}/copy").text
    before = cast.value("SELECT count(*) FROM bid")
    for code in (bid.code, "NONE", ""):
        answer = copied(cast, bid, code)
        assert answer.status_code == 422
        assert "Choose one of the rounds that are open now." in answer.text
    assert cast.value("SELECT count(*) FROM bid") == before


def test_nobody_copies_anothers_bid(cast: Cast) -> None:
    bid = cast.bid("withdrawn")
    _stage, code = cast.round(closed=False)
    before = cast.value("SELECT count(*) FROM bid")
    assert copied(cast, bid, code, who="member2").status_code == 404
    assert copied(cast, bid, code, who="councillor").status_code == 403
    assert cast.value("SELECT count(*) FROM bid") == before


def test_the_funds_own_form_leaves_behind_promises_and_the_name_alone() -> None:
    whole = {question["id"]: "words" for question in FUND_QUESTIONS}
    _along, behind = copying.carried(FUND_QUESTIONS, whole, FUND_QUESTIONS)
    assert [question["id"] for question in behind] == ["representative", "declarations"]
