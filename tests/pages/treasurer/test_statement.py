"""The bank's statement on its page: shown first, marked by one press, and nothing new the second time."""

import io
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from fundapp.pages.treasurer import statement
from tests.cast import Cast
from tests.pages.treasurer.test_runs import sent
from tests.services.world import LONDON


def give(client: FlaskClient, content: str, name: str = "march.csv", **more: str) -> TestResponse:
    data = {"file": (io.BytesIO(content.encode()), name), **more}
    return client.post("/money/statement", data=data, content_type="multipart/form-data")


def of_today(cast: Cast, *lines: str) -> str:
    """A statement of the day on which the payments were sent."""
    day = cast.now.astimezone(LONDON).date()
    return "\n".join(["Date,Description,Amount", *(f"{day},{line}" for line in lines)])


def hidden(page: str) -> dict[str, str]:
    """What the form that marks carries."""
    return dict(re.findall(r'<input type="hidden" name="(fund|name|sha256|seal)" value="([^"]*)"', page))


def ticks(page: str, *, checked: bool) -> list[str]:
    """The marks of the boxes that are ticked, or are not."""
    return re.findall(rf'name="act" value="([0-9a-f]+)"{" checked" if checked else ">"}', page)


def test_what_the_bank_did_is_shown_then_marked_by_one_press(cast: Cast) -> None:
    first, second, third = sent(cast, 3)
    client = cast.client("treasurer")
    assert "/money/statement" in client.get("/money/runs").text
    assert "/money/statement" in client.get("/money/runs/1").text
    reference = cast.value("SELECT reference FROM bid")
    amount, last = (
        cast.value("SELECT amount_pence FROM payment WHERE id = :id", id=each) / 100
        for each in (first, third)
    )
    content = of_today(
        cast, f"FPS {reference}-1,-{amount:.2f}", f"{reference}-2,-1.00", f"Returned {reference}-3,{last:.2f}",
        "Coffee <b>for</b> us,-3.20", "Gift of a friend,25.00",
    )  # fmt: skip
    page = give(client, content)
    assert page.status_code == 200
    for words in (
        "One payment was made", "One came back", "Our reference, and another amount", "Gift of a friend",
        "One line that is no payment of ours", "Coffee &lt;b&gt;for&lt;/b&gt; us",
    ):  # fmt: skip
        assert words in page.text, words
    assert cast.value("SELECT group_concat(state) FROM payment") == "sent,sent,sent", "looking marks nothing"
    assert cast.value("SELECT count(*) FROM bank_line") == 0
    (paid,), (back,) = ticks(page.text, checked=True), ticks(page.text, checked=False)
    pressed = {**hidden(page.text), "act": [paid, back]}
    done = client.post("/money/statement/apply", data=pressed)
    assert (done.status_code, done.location) == (303, "/money/runs")
    said = client.get("/money/runs").text
    assert "5 lines are on record. One payment is marked as paid. One payment is marked as failed." in said
    assert (
        cast.value("SELECT group_concat(state) FROM (SELECT state FROM payment ORDER BY id)")
        == "paid,sent,failed"
    )
    assert cast.value("SELECT paid_on FROM payment WHERE id = :id", id=first) == str(
        cast.now.astimezone(LONDON).date()
    )
    again = client.post("/money/statement/apply", data=pressed)
    assert (again.status_code, "Something changed since you looked" in again.text) == (409, True)
    page = give(client, content).text
    assert ("Nothing is new" in page, "All 5 lines of this file came in before." in page) == (True, True)
    assert 'name="act"' not in page
    assert "Gift of a friend" in client.get("/money/statement").text, "what is income is still to be recorded"
    assert cast.value("SELECT count(*) FROM payment WHERE state = 'sent' AND id = :id", id=second) == 1


def test_bad_rows_are_named_and_nothing_is_kept(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client = cast.client("treasurer")
    page = give(client, "Date,Description,Amount\n31/02/2026,x,5\n01/02/2026,<i>,lots\n")
    assert page.status_code == 422
    assert "march.csv has 2 problems. Nothing was taken in" in page.text
    assert "Line 2, column &#39;Date&#39;: &#39;31/02/2026&#39; is not a date." in page.text
    assert "Line 3, column &#39;Amount&#39;: &#39;lots&#39; is not an amount." in page.text
    assert "lacks a column for: date" in give(client, "When,Amount\n1,2\n").text
    none = client.post("/money/statement", data={})
    assert (none.status_code, "Choose the bank’s file." in none.text) == (422, True)
    monkeypatch.setattr(statement, "MOST_BYTES", 100)
    big = give(client, "Date,Amount\n" + "x" * 100)
    assert (big.status_code, "larger than 1 MB" in big.text) == (422, True)
    seal = {"fund": str(cast.fund), "seal": "0" * 64, "sha256": "f" * 64}
    gone = client.post("/money/statement/apply", data=seal)
    assert (gone.status_code, "Give it again." in gone.text) == (409, True)
    assert client.post("/money/statement/apply", data={"fund": "9", "seal": "0" * 64}).status_code == 422


def test_money_in_is_found_to_be_what_was_recorded_by_one_press(cast: Cast) -> None:
    sent(cast, 1)
    client = cast.client("treasurer")
    content = of_today(cast, "Gift of a friend,25.00")
    client.post("/money/statement/apply", data=hidden(give(client, content).text))
    day = cast.now.astimezone(LONDON).date().isoformat()
    gift = {
        "source": "new",
        "name": "Zoë O’Neill",
        "who": "individual",
        "kind": "donation",
        "amount": "25",
        "day": day,
    }
    assert client.post("/money/in", data=gift).status_code == 303
    page = client.get("/money/statement").text
    assert "Recorded: from Zoë O’Neill" in page
    (address, income) = re.findall(
        r'action="(/money/statement/lines/[0-9]+)".*?name="income" value="([0-9]+)"', page
    )[0]
    done = client.post(address, data={"income": income})
    assert (done.status_code, done.location) == (303, "/money/statement#in")
    page = client.get("/money/statement").text
    assert ("It is on record that this line is that money." in page, "Gift of a friend" in page) == (
        True,
        False,
    )
    assert client.post(address, data={"income": income}).status_code == 409
