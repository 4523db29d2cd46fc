"""The treasurer's money: schedule, send in a run, confirm, fail, and ask to cancel."""

import csv
import io
from datetime import timedelta

import pytest

from fundapp.services.letter_facts import USUAL_PLAN
from fundapp.services.transition import fire
from tests.cast import Cast, Made

TWO = {
    "amount-1": "1,000", "due-1": "2027-03-01", "needs-1": "Bank details", "amount-2": "1000.00",
    "due-2": "2027-09-01", "needs-2": "",
}  # fmt: skip


def version(cast: Cast, bid: Made) -> str:
    """The version of the award's payments, as its page carries it."""
    award = cast.value("SELECT version FROM award WHERE bid_id = :bid", bid=bid.id)
    return str(
        award + cast.value("SELECT coalesce(sum(version), 0) FROM payment WHERE bid_id = :bid", bid=bid.id)
    )


def scheduled(cast: Cast, count: int = 1, approved: bool = False) -> list[int]:
    """Payments of one accepted award, by id; approved by the officer if asked for."""
    bid = cast.bid("accepted")
    made = bid.stage.pay(bid.id, (1,) * count, paid=0)
    if approved:
        for payment in made:
            fire(cast.office, cast.actor("officer"), "payment", "approve", payment, cast.now)
    return made


def test_an_accepted_award_waits_to_be_scheduled(cast: Cast) -> None:
    bid = cast.bid("accepted")
    client = cast.client("treasurer")
    page = client.get("/money").text
    assert f"/money/{bid.reference}" in page
    assert "£2,000.00" in page
    page = client.get(f"/money/{bid.reference}").text
    assert page.count('value="1,000.00"') == 2
    told = client.post(f"/money/{bid.reference}/schedule", data={**TWO, "seen": version(cast, bid)})
    assert told.status_code == 303
    assert cast.value("SELECT group_concat(amount_pence || ' ' || due_on || ' ' || state) FROM payment") == (
        "100000 2027-03-01 scheduled,100000 2027-09-01 scheduled"
    )


def test_a_second_press_schedules_nothing(cast: Cast) -> None:
    bid = cast.bid("accepted")
    client = cast.client("treasurer")
    half = {"amount-1": "500", "due-1": "2027-03-01", "seen": version(cast, bid)}
    assert client.post(f"/money/{bid.reference}/schedule", data=half).status_code == 303
    again = client.post(f"/money/{bid.reference}/schedule", data=half)
    assert again.status_code == 409
    assert "have changed since you opened the page" in again.text
    assert cast.value("SELECT count(*) FROM payment") == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"amount-2": "1,000.01"}, "only £2,000.00 of the award is not scheduled yet"),
        ({"due-1": "2027-02-30"}, "Payment 1: give the day it is due."),
        ({"due-2": "soon" * 500}, "Payment 2: give the day it is due."),
        ({"amount-1": "-5"}, "Payment 1: give more than nothing."),
        ({"amount-1": "a lot"}, "a lot"),
        ({"amount-1": "", "amount-2": "", "needs-1": ""}, "Give at least one payment"),
        ({"needs-1": "x" * 201}, "Payment 1: say what it waits for in 200 characters."),
    ],
)
def test_a_plan_that_cannot_be_comes_back(cast: Cast, change: dict[str, str], words: str) -> None:
    bid = cast.bid("accepted")
    data = {**TWO, **change, "seen": version(cast, bid)}
    answer = cast.client("treasurer").post(f"/money/{bid.reference}/schedule", data=data)
    assert answer.status_code == 422
    assert words in answer.text
    assert cast.value("SELECT count(*) FROM payment") == 0


def test_a_run_says_how_many_and_how_much_and_sends_them_once(cast: Cast) -> None:
    first, second = scheduled(cast, 2, approved=True)
    client = cast.client("treasurer")
    page = client.get("/money?until=2031-01-01").text
    assert "To send: 2 payments, £2,000.00" in page
    pressed = {"fund": str(cast.fund), "pay": [f"{first}:2", f"{second}:2"]}
    look = client.get("/money/runs/new", query_string=pressed).text
    assert "Send 2 payments, £2,000.00" in look
    assert "The Millbeck Communities Fund" in look
    assert "Send £2,000.00" in look
    sent = client.post("/money/run", data=pressed)
    assert (sent.status_code, sent.location) == (303, "/money/runs/1")
    assert cast.value("SELECT group_concat(state) FROM payment") == "sent,sent"
    again = client.post("/money/run", data=pressed)
    assert (again.status_code, again.location) == (303, "/money/runs/1"), "the same press is the same run"
    another = client.post("/money/run", data={**pressed, "pay": [f"{first}:2"]})
    assert another.status_code == 409
    assert 'role="alert"' in another.text
    assert cast.value("SELECT count(*) FROM payment_run") == 1


def test_the_pot_says_what_is_committed_and_how(cast: Cast) -> None:
    cast.bid("awarded")
    bid = cast.bid("accepted")
    given = {"amount-1": "500", "due-1": "2027-03-01", "seen": version(cast, bid)}
    client = cast.client("treasurer")
    assert client.post(f"/money/{bid.reference}/schedule", data=given).status_code == 303
    page = client.get("/money").text
    assert "£2,000.00 offered, not yet accepted" in page
    assert "£500.00 in one payment to come; £1,500.00 not scheduled yet" in page


@pytest.mark.parametrize(
    ("days", "said"),
    [(30, "It comes to the run on "), (14, "They can be sent to the bank now, in a run.")],
)
def test_approved_payments_say_when_they_can_be_sent(cast: Cast, days: int, said: str) -> None:
    bid = cast.bid("accepted")
    due = (cast.now.date() + timedelta(days=days)).isoformat()
    given = {"amount-1": "500", "due-1": due, "seen": version(cast, bid)}
    client = cast.client("treasurer")
    assert client.post(f"/money/{bid.reference}/schedule", data=given).status_code == 303
    fire(
        cast.office,
        cast.actor("officer"),
        "payment",
        "approve",
        cast.value("SELECT id FROM payment"),
        cast.now,
    )
    page = client.get("/money/payments?state=approved").text
    assert said in page
    asked = f"/money?until={due}#run" if days == 30 else "/money#run"
    assert f'href="{asked}"' in page


def test_an_unapproved_payment_keeps_the_whole_run_back(cast: Cast) -> None:
    first, second = scheduled(cast, 2)
    fire(cast.office, cast.actor("officer"), "payment", "approve", first, cast.now)
    pressed = {"fund": str(cast.fund), "pay": [f"{first}:2", f"{second}:1"]}
    assert cast.client("treasurer").post("/money/run", data=pressed).status_code == 409
    assert cast.value("SELECT group_concat(state) FROM payment ") == "approved,scheduled"
    assert cast.value("SELECT count(*) FROM payment_run") == 0


@pytest.mark.parametrize(
    "data",
    [{}, {"fund": "1"}, {"fund": "1", "pay": "x:y"}, {"fund": "1", "pay": "999:1"}, {"fund": "-1", "pay": "1:1"},
     {"fund": "9" * 40, "pay": "1:1"}, {"fund": "77", "pay": "1:2"}],
)  # fmt: skip
def test_a_run_of_nothing_known_is_a_sentence(cast: Cast, data: dict[str, str]) -> None:
    scheduled(cast, 1, approved=True)
    answer = cast.client("treasurer").post("/money/run", data=data)
    assert answer.status_code == 422
    assert "Look at the run as it stands now." in answer.text
    assert cast.value("SELECT state FROM payment") == "approved"


def test_sent_is_confirmed_or_comes_back_and_is_scheduled_anew(cast: Cast) -> None:
    first, second = scheduled(cast, 2, approved=True)
    client = cast.client("treasurer")
    client.post("/money/run", data={"fund": str(cast.fund), "pay": [f"{first}:2", f"{second}:2"]})
    late = (cast.now + timedelta(days=3)).date().isoformat()
    for wrong in ("", "yesterday", late, "0000-00-00"):
        told = client.post(f"/money/payments/{first}/confirm", data={"paid_on": wrong, "seen": "3"})
        assert told.status_code == 422
    today = cast.now.date().isoformat()
    assert (
        client.post(f"/money/payments/{first}/confirm", data={"paid_on": today, "seen": "3"}).status_code
        == 303
    )
    assert (
        client.post(f"/money/payments/{first}/confirm", data={"paid_on": today, "seen": "3"}).status_code
        == 409
    )
    assert client.post(f"/money/payments/{second}/fail", data={"reason": " ", "seen": "3"}).status_code == 422
    failed = client.post(f"/money/payments/{second}/fail", data={"reason": "No such account.", "seen": "3"})
    assert failed.status_code == 303
    page = client.get("/money").text
    assert "One payment came back" in page
    assert "No such account." in page
    again = client.post(f"/money/payments/{second}/reschedule", data={"due_on": "2027-05-01", "seen": "4"})
    assert again.status_code == 303
    assert (
        cast.value("SELECT group_concat(state) FROM (SELECT state FROM payment ORDER BY id)")
        == "paid,scheduled"
    )


def test_a_scheduled_payment_is_cancelled_and_its_money_is_free(cast: Cast) -> None:
    (payment,) = scheduled(cast)
    client = cast.client("treasurer")
    assert client.post(f"/money/payments/{payment}/cancel", data={"seen": "1"}).status_code == 303
    assert cast.value("SELECT state FROM payment") == "cancelled"
    assert "Schedule £2,000.00" in client.get(f"/money/{cast.value('SELECT reference FROM bid')}").text
    assert client.post(f"/money/payments/{payment}/approve", data={"seen": "1"}).status_code == 404


def test_cancelling_an_award_is_asked_for_with_a_reason(cast: Cast) -> None:
    bid = cast.bid("accepted")
    client = cast.client("treasurer")
    path = f"/money/{bid.reference}/cancel"
    seen = str(cast.value("SELECT version FROM bid"))
    assert client.post(path, data={"reason": "", "seen": seen}).status_code == 422
    told = client.post(path, data={"reason": "The group has <b>closed</b>.", "seen": seen})
    assert told.status_code == 303
    assert cast.state(bid.id) == "awarded"
    page = client.get(f"/money/{bid.reference}").text
    assert "An officer has been asked to cancel this award." in page
    assert "&lt;b&gt;closed" in page


def test_the_file_of_a_round_has_its_awards(cast: Cast) -> None:
    bid = cast.bid("accepted")
    client = cast.client("treasurer")
    answer = client.get(f"/money/awards.csv?round={bid.code}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="awards-{bid.code}.csv"'
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert len(rows) == 2
    assert bid.reference in rows[1]
    book = client.get(f"/money/awards.xlsx?round={bid.code}")
    assert book.data[:2] == b"PK"
    for path in ("/money/awards.pdf?round=" + bid.code, "/money/awards.csv?round=NO", "/money/awards.csv"):
        assert client.get(path).status_code == 404


def test_letters_are_listed_round_by_round(cast: Cast) -> None:
    bid = cast.bid("accepted")
    client = cast.client("treasurer")
    page = client.get(f"/money/letters?round={bid.code}").text
    assert f'/bids/{bid.reference}/letter">PDF for ' in page
    assert ">PDF</a>" not in page
    assert client.get("/money/letters?round=NO").status_code == 404


def test_what_is_not_theirs_is_not_there(cast: Cast) -> None:
    (payment,) = scheduled(cast)
    reference = cast.value("SELECT reference FROM bid")
    paths = (
        "/money",
        f"/money/{reference}",
        f"/money/payments/{payment}",
        "/money/letters",
        "/money/payments",
    )
    for path in paths:
        assert cast.client("treasurer").get(path).status_code == 200
        assert cast.client("member").get(path).status_code == 403
    for path in ("/money/B-0000X", "/money/payments/999", "/money/payments/" + "9" * 30):
        assert cast.client("treasurer").get(path).status_code == 404
    draft = cast.bid("draft")
    assert cast.client("treasurer").get(f"/money/{draft.reference}").status_code == 404


def test_an_empty_purse_says_so(cast: Cast) -> None:
    assert "No money yet" in cast.client("treasurer").get("/money").text


def test_what_is_offered_to_schedule_is_what_the_letter_says(cast: Cast) -> None:
    bid = cast.bid("accepted")
    page = cast.client("treasurer").get(f"/money/{bid.reference}").text
    for _label, _when, needs, _share in USUAL_PLAN:
        assert f'value="{needs}"' in page
