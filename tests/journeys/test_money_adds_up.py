"""Every page about money adds up to the pot: the figures are read off the pages, in a browser, after every move."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from fundapp.database import upgrade
from fundapp.demo.people import PASSWORD
from fundapp.demo.seed import Seeded, seed
from fundapp.services.transition import fire
from tests.journeys.walker import PHONE, Walker, sign_in, walking
from tests.web import Served, serving

pytestmark = pytest.mark.browser

#: The cells of a table with this caption, row by row, each with the words under them left out.
ROWS = """caption => [...document.querySelectorAll('table')]
  .filter(table => !caption || table.caption.textContent.trim().startsWith(caption))
  .flatMap(table => [...table.tBodies[0].rows].map(row => [...row.cells].map(cell => {
    const copy = cell.cloneNode(true); copy.querySelectorAll('.under, .cell-label').forEach(one => one.remove());
    return copy.textContent.trim() + (cell.textContent.includes('struck out') ? ' (struck out)' : '') })))"""

BAR = "() => [...document.querySelectorAll('.pot-key dt + dd')].map(one => one.textContent)"
HREFS = "part => [...document.querySelectorAll('a')].map(a => a.getAttribute('href')).filter(href => href.includes(part))"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Seeded]]:
    """The demo: rounds in every state, awards offered, accepted, paid in part and complete."""
    with serving(tmp_path_factory.mktemp("sums")) as served:
        upgrade(served.office.db)
        yield served, seed(served.office, 53, datetime.now(UTC))


def pence(words: str) -> int:
    """The sum that stands in these words, to the penny."""
    found = re.search(r"(-?)£([\d,]+)\.(\d\d)", words)
    assert found, f"no sum in {words!r}"
    return int(found[1] + found[2].replace(",", "") + found[3])


class Treasurer(Walker):
    """A treasurer who adds up."""

    def rows(self, path: str, caption: str = "") -> list[list[str]]:
        """The rows of the tables of a list, over all its pages."""
        found: list[list[str]] = []
        while path:
            self.open(path)
            found += self.page.evaluate(ROWS, caption)
            older = self.page.evaluate(HREFS, "after=") + self.page.evaluate(HREFS, "before=")
            path = older[-1] if older else ""
        return found

    def sum_of(self, path: str, caption: str = "") -> int:
        """What the last column of a list comes to."""
        return sum(pence(row[-1]) for row in self.rows(path, caption) if "struck out" not in row[0])

    def adds_up(self) -> dict[str, int]:
        """Read every money page; they all say the same. The pot's figures, in pence."""
        self.open("/money")
        came, paid, committed, free = (pence(words) for words in self.page.evaluate(BAR))
        assert came == paid + committed + free
        *by_round, together = self.page.evaluate(ROWS, "The pot by round")
        columns = [sum(pence(row[at]) for row in by_round) for at in range(1, 6)]
        assert columns == [pence(words) for words in together[1:]]
        assert columns == [came, paid, columns[2], columns[3], free]
        sent, promised = columns[2:4]
        assert committed == sent + promised
        assert all(pence(r[1]) == sum(map(pence, r[2:])) for r in by_round), by_round
        assert came == self.sum_of("/money/in", "Money in")
        assert {state: self.sum_of(f"/money/payments?state={state}") for state in ("paid", "sent")} == {
            "paid": paid,
            "sent": sent,
        }
        assert self.of_awards() == (paid + sent, promised)
        assert self.of_runs() == sent
        return {"came": came, "paid": paid, "sent": sent, "promised": promised, "free": free}

    def of_awards(self) -> tuple[int, int]:
        """What left, and what is promised and has not left: from each award's own page."""
        self.open("/money/letters")
        codes = self.page.evaluate("() => [...document.querySelectorAll('select option')].map(o => o.value)")
        left = promised = 0
        for code in codes:
            for _title, state, _letter, amount in self.rows(f"/money/letters?round={code}", "Awards of"):
                left, promised = left, promised + (pence(amount) if state in ("Offered", "Accepted") else 0)
            self.open(f"/money/letters?round={code}")
            for path in sorted(set(self.page.evaluate(HREFS, "/money/B-"))):
                self.open(path)
                gone = sum(
                    pence(row[-1])
                    for row in self.page.evaluate(ROWS, "Payments of this award")
                    if len(row) == 4 and row[2] in ("Paid", "Sent; confirm it")
                )
                left += gone
                said = self.page.locator("main").inner_text()
                if "is paid." in said:
                    promised -= gone
        return left, promised

    def of_runs(self) -> int:
        """What the runs still have with the bank: from each run's own page, whose lines come to its total."""
        self.open("/money/runs")
        waiting = 0
        for path in sorted(set(self.page.evaluate(HREFS, "/money/runs/"))):
            self.open(path)
            if not re.search(r"/money/runs/\d+$", path):
                continue
            *lines, total = self.page.evaluate(ROWS, "Payments of this run")
            assert sum(pence(line[-1]) for line in lines) == pence(total[-1])
            waiting += sum(pence(line[-1]) for line in lines if line[3] == "With the bank")
        return waiting


def one(served: Served, statement: str) -> Any:
    """One value from the database."""
    with served.office.db.read() as conn:
        return conn.execute(text(statement)).scalar()


def test_every_money_page_adds_up_to_the_pot_after_every_move(
    demo: tuple[Served, Seeded], browser: Any
) -> None:
    """Money comes, is sent, is paid, comes back, is cancelled: at each step all pages agree."""
    served, _seeded = demo
    with walking(browser, served.url, PHONE, axe=False) as plain:
        treasurer = Treasurer(plain.page, plain.url, axe=False)
        sign_in(treasurer, "treasurer@demo.example", PASSWORD)
        first = treasurer.adds_up()
        assert min(first.values()) > 0, "the demo shows every part of the pot"

        treasurer.open("/money/in")
        treasurer.choose("source", "new")
        for name, words in (("name", "Aled ap Siôn"), ("amount", "1,234.56"), ("day", "2026-11-02")):
            treasurer.fill(name, words)
        treasurer.choose("who", "individual")
        treasurer.choose("kind", "donation")
        treasurer.press("Record it")
        came = treasurer.adds_up()
        assert came == {**first, "came": first["came"] + 123_456, "free": first["free"] + 123_456}

        treasurer.open("/money")
        treasurer.press("Look at the run")
        total = pence(treasurer.page.locator("h1").inner_text())
        treasurer.press("Send £")
        sent = treasurer.adds_up()
        assert sent == {**came, "sent": came["sent"] + total, "promised": came["promised"] - total}

        payment, amount = one(served, "SELECT min(id) FROM payment WHERE state = 'sent'"), 0
        amount = one(served, f"SELECT amount_pence FROM payment WHERE id = {payment}")
        treasurer.open(f"/money/payments/{payment}")
        treasurer.press("Mark £")
        paid = treasurer.adds_up()
        assert paid == {**sent, "sent": sent["sent"] - amount, "paid": sent["paid"] + amount}

        payment = one(served, "SELECT min(id) FROM payment WHERE state = 'sent'")
        amount = one(served, f"SELECT amount_pence FROM payment WHERE id = {payment}")
        treasurer.open(f"/money/payments/{payment}")
        treasurer.page.get_by_text("It came back", exact=True).first.click()
        treasurer.fill("reason", "No such account")
        treasurer.press("Mark it failed")
        back = treasurer.adds_up()
        assert back == {**paid, "sent": paid["sent"] - amount, "promised": paid["promised"] + amount}

        cancelled = cancels_an_award_paid_in_part(*demo, treasurer)
        after = treasurer.adds_up()
        assert after == {
            **back, "promised": back["promised"] - cancelled, "free": back["free"] + cancelled,
        }  # fmt: skip


def cancels_an_award_paid_in_part(served: Served, seeded: Seeded, treasurer: Treasurer) -> int:
    """The treasurer asks, an officer confirms; what had not left is free again: how much that is, in pence."""
    bid = one(
        served,
        "SELECT award.bid_id FROM award JOIN payment ON payment.award_id = award.id"
        " WHERE award.state = 'accepted' AND payment.state = 'paid' ORDER BY award.id LIMIT 1",
    )
    left = one(
        served, f"SELECT sum(amount_pence) FROM payment WHERE bid_id = {bid} AND state IN ('paid', 'sent')"
    )
    treasurer.open(f"/money/{one(served, f'SELECT reference FROM bid WHERE id = {bid}')}")
    treasurer.page.get_by_text("Ask to cancel this award").first.click()
    treasurer.fill("reason", "The hall was sold.")
    treasurer.press("Ask to cancel it")
    fire(served.office, seeded.cast.actor("officer"), "bid", "confirm_cancel", bid, datetime.now(UTC))
    return int(one(served, f"SELECT amount_pence FROM award WHERE bid_id = {bid}")) - int(left)
