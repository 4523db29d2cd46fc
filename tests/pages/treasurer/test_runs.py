"""The treasurer's runs: chosen, looked at, sent once; files for the bank; paid together, or come back one by one."""

import csv
import io
from datetime import timedelta

import pytest
from lxml import etree

from fundapp.pages import acting
from fundapp.pages.treasurer import reach
from fundapp.services.transition import fire
from tests.cast import Cast
from tests.pages.treasurer.test_money import TWO, scheduled, version


def sent(cast: Cast, count: int = 2) -> list[int]:
    """Payments of one award that went in the first run."""
    made = scheduled(cast, count, approved=True)
    pressed = {"fund": str(cast.fund), "pay": [f"{payment}:2" for payment in made]}
    assert cast.client("treasurer").post("/money/run", data=pressed).status_code == 303
    return made


def test_the_day_for_the_bank(cast: Cast) -> None:
    (payment,) = scheduled(cast, 1, approved=True)
    client = cast.client("treasurer")
    due = cast.value("SELECT due_on FROM payment")
    pressed = {"fund": str(cast.fund), "pay": f"{payment}:2"}
    assert f'value="{due}"' in client.get("/money/runs/new", query_string=pressed).text
    wrong = client.post("/money/run", data={**pressed, "pay_on": "soon"})
    assert (wrong.status_code, "Give the day for the bank to pay" in wrong.text) == (422, True)
    early = client.post("/money/run", data={**pressed, "pay_on": cast.now.date().isoformat()})
    assert (early.status_code, "Not all of these payments are due by then." in early.text) == (409, True)
    assert client.post("/money/run", data={**pressed, "pay_on": due}).status_code == 303
    assert cast.value("SELECT pay_on FROM payment_run") == due


def test_a_run_has_its_totals_and_its_files(cast: Cast) -> None:
    sent(cast)
    client = cast.client("treasurer")
    page = client.get("/money/runs/1").text
    for words in (
        "Run 1: £2,000.00",
        "2 payments",
        cast.value("SELECT sha256 FROM payment_run"),
        "account ending 4567",
    ):
        assert words in page
    assert "309634" not in page, "no sort code stands on a page"
    assert "Run 1" in client.get("/money/runs").text
    files = [client.post(f"/money/runs/1/file/{kind}") for kind in ("csv", "pain001", "csv", "pain001")]
    assert [file.headers["Cache-Control"] for file in files] == ["no-store"] * 4
    assert (files[0].data, files[1].data) == (files[2].data, files[3].data)
    rows = list(csv.DictReader(io.StringIO(files[0].text)))
    assert sum(int(row["Amount (pence)"]) for row in rows) == 200_000
    assert etree.fromstring(files[1].data).findtext(".//{*}GrpHdr/{*}CtrlSum") == "2000.00"
    assert files[0].headers["Content-Disposition"].startswith('attachment; filename="run-1-')
    assert cast.value("SELECT count(*) FROM audit_event WHERE action = 'run.exported'") == 4
    assert client.get("/money/runs/1/file/csv").status_code == 405
    assert cast.client("treasurer").get("/money/runs/9").status_code == 404


def test_some_are_paid_and_one_came_back(cast: Cast) -> None:
    first, second, third = sent(cast, 3)
    client = cast.client("treasurer")
    today = cast.now.date()
    paid = {"pay": [f"{first}:3", f"{second}:3"], "paid_on": today.isoformat()}
    for change, words in (
        ({"pay": []}, "Choose the payments that the bank has made."),
        ({"paid_on": (today + timedelta(days=2)).isoformat()}, "cannot have been paid on a day to come"),
        ({"paid_on": "yesterday"}, "Give the day, such as"),
    ):
        answer = client.post("/money/runs/1/confirm", data={**paid, **change})
        assert (answer.status_code, words in answer.text) == (422, True)
    assert client.post("/money/runs/1/confirm", data=paid).status_code == 303
    assert client.post("/money/runs/1/confirm", data=paid).status_code == 409
    assert cast.value("SELECT group_concat(state) FROM payment") == "paid,paid,sent"
    wrong = client.post("/money/runs/1/fail", data={"pay": f"{third}:3", "reason": ""})
    assert (wrong.status_code, "Say what the bank told you" in wrong.text) == (422, True)
    came = client.post("/money/runs/1/fail", data={"pay": f"{third}:3", "reason": "No such account"})
    assert (came.status_code, came.location) == (303, f"/money/payments/{third}")
    page = client.get("/money/runs/1").text
    assert ("No such account" in page, "Run 1: £2,000.00" in page) == (True, True)
    again = {"due_on": today.isoformat(), "seen": "4"}
    assert client.post(f"/money/payments/{third}/reschedule", data=again).status_code == 303
    page = client.get("/money/runs/1").text
    assert ("It goes again, in another run." in page, "£2,000.00" in page) == (True, True)


def test_a_payment_of_another_run_is_not_confirmed_here(cast: Cast) -> None:
    (one,) = sent(cast, 1)
    (other,) = scheduled(cast, 1, approved=True)
    client = cast.client("treasurer")
    client.post("/money/run", data={"fund": str(cast.fund), "pay": f"{other}:2"})
    data = {"pay": f"{one}:3", "paid_on": cast.now.date().isoformat(), "reason": "Mixed up"}
    for act in ("confirm", "fail"):
        answer = client.post(f"/money/runs/2/{act}", data=data)
        assert (answer.status_code, "no longer in this run" in answer.text) == (409, True)
    assert cast.value("SELECT state FROM payment WHERE id = :one", one=one) == "sent"


def test_an_overdue_report_holds_the_payment_wherever_it_stands(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    bid = cast.bid("accepted")
    (payment,) = bid.stage.pay(bid.id, (1,), paid=0)
    fire(cast.office, cast.actor("officer"), "payment", "approve", payment, cast.now)
    later = cast.now + timedelta(days=900)
    monkeypatch.setattr(reach, "today", later.date)
    monkeypatch.setattr(acting, "arrival", lambda: later)
    client = cast.client("treasurer")
    words = "It waits for Sunita Rao to send it."
    until = cast.value("SELECT due_on FROM payment")
    page = client.get(f"/money?until={until}").text
    assert ("One payment is held" in page, words in page, "To send:" in page) == (True, True, False)
    for path in (f"/money/payments/{payment}", f"/money/{bid.reference}"):
        assert words in client.get(path).text
    assert "A payment is held by an overdue report" in client.get("/desk").text
    pressed = {"fund": str(cast.fund), "pay": f"{payment}:2"}
    assert "Send £" not in client.get("/money/runs/new", query_string=pressed).text
    answer = client.post("/money/run", data=pressed)
    assert (
        answer.status_code,
        f"{bid.reference}, payment 1: The project’s report is overdue" in answer.text,
    ) == (409, True)


def test_a_plan_is_changed_line_by_line(cast: Cast) -> None:
    bid = cast.bid("accepted")
    client = cast.client("treasurer")
    client.post(f"/money/{bid.reference}/schedule", data={**TWO, "seen": version(cast, bid)})
    fire(cast.office, cast.actor("officer"), "payment", "approve", 1, cast.now)
    path = f"/money/{bid.reference}/plan"
    assert client.get(path).text.count('value="1,000.00"') == 2
    seen = version(cast, bid)
    more = {
        **TWO,
        "amount-2": "400",
        "milestone-2": "report",
        "amount-3": "600",
        "due-3": "2027-10-01",
        "seen": seen,
    }
    too_much = client.post(path, data={**more, "amount-3": "600.01"})
    assert (too_much.status_code, "only £2,000.00 of the award is not sent yet" in too_much.text) == (
        422,
        True,
    )
    wrong = client.post(path, data={**more, "milestone-2": "moon"})
    assert (wrong.status_code, "Payment 2: choose when it is paid." in wrong.text) == (422, True)
    assert client.post(path, data=more).status_code == 303
    assert client.post(path, data=more).status_code == 303, "pressed twice, nothing more is changed"
    states = "SELECT group_concat(number || ' ' || state || ' ' || amount_pence || ' ' || milestone, ', ') FROM payment"
    assert cast.value(states) == (
        "1 approved 100000 , 2 cancelled 100000 , 3 scheduled 40000 report, 4 scheduled 60000 "
    ), "what was not changed keeps its approval"
    assert (
        "Held until the final report is accepted. Sunita Rao sends it by"
        in client.get(f"/money/{bid.reference}").text
    )
