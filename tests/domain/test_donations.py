"""What election law asks of donations, at every limit to the penny and to the day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundapp.domain import donations, pot, recipients, thresholds
from fundapp.domain.donations import Duty, Gift, duties

CAME = date(2027, 3, 1)
FOUND = {"outcome": "permissible", "checked_on": CAME}


def test_every_limit_is_dated_and_sourced() -> None:
    assert {name: thresholds.on(name, CAME) for name in thresholds.THRESHOLDS} == {
        "check_over_pence": 50_000, "report_over_pence": 1_118_000, "report_again_over_pence": 223_000, "days": 30,
    }  # fmt: skip
    for name, lines in thresholds.THRESHOLDS.items():
        assert [line.since for line in lines] == sorted({line.since for line in lines})
        assert all("Schedule 7, paragraph" in line.source for line in lines)
        assert thresholds.lowest(name) <= thresholds.on(name, date(1999, 1, 1)) == lines[0].amount


def test_a_new_limit_holds_from_its_day_and_leaves_what_came_before(monkeypatch: pytest.MonkeyPatch) -> None:
    old = thresholds.THRESHOLDS["check_over_pence"]
    new = (*old, thresholds.Threshold(date(2028, 1, 1), 100_000, "An order"))
    monkeypatch.setattr(thresholds, "THRESHOLDS", {**thresholds.THRESHOLDS, "check_over_pence": new})
    assert [donations.over(50_001, day) for day in (date(2027, 12, 31), date(2028, 1, 1))] == [True, False]
    assert [recipients.over(100_000, day) for day in (date(2027, 12, 31), date(2028, 1, 1))] == [True, False]
    assert thresholds.lowest("check_over_pence") == 50_000


@pytest.mark.parametrize(("pence", "asked"), [(49_999, False), (50_000, False), (50_001, True)])
def test_a_donation_over_the_limit_is_checked_within_thirty_days(pence: int, asked: bool) -> None:
    """The day it came is the first of the thirty: "beginning with the date when the donation is received"."""
    due = [Duty("check", 1, 7, pence, date(2027, 3, 30))] if asked else []
    assert duties([Gift(1, 7, pence, CAME)], ()) == due
    assert duties([Gift(1, 7, pence, CAME, **FOUND)], ()) == []


def test_what_may_not_be_kept_goes_back_and_is_reported() -> None:
    kept = Gift(1, 7, 2_000_000, CAME, "impermissible", CAME)
    assert duties([kept], ()) == [Duty("return", 1, 7, 2_000_000, date(2027, 3, 30))]
    back = Gift(1, 7, 2_000_000, CAME, "impermissible", CAME, date(2027, 3, 10))
    assert duties([back], ()) == [Duty("report_impermissible", 1, 7, 2_000_000, date(2027, 4, 8))]
    assert duties([back], {1}) == []


def test_a_sources_year_is_added_up() -> None:
    first, second = Gift(1, 7, 1_000_000, CAME, **FOUND), Gift(2, 7, 118_000, CAME, **FOUND)
    assert duties([first, second], ()) == [], "exactly the limit is not over it"
    over = Gift(2, 7, 118_001, CAME, **FOUND)
    assert duties([first, over], ()) == [Duty("report", 2, 7, 1_118_001, date(2027, 3, 30))]
    other_source, other_year = (
        Gift(2, 8, 118_001, CAME, **FOUND),
        Gift(0, 7, 1_000_000, date(2026, 12, 31), **FOUND),
    )
    assert duties([first, other_source], ()) == []
    assert duties([other_year, Gift(2, 7, 118_001, CAME, **FOUND)], ()) == []
    new_years_eve = Gift(0, 7, 1_000_000, date(2027, 12, 31), **FOUND)
    new_year = Gift(2, 7, 118_001, date(2028, 1, 1), "permissible", date(2028, 1, 1))
    assert duties([new_years_eve, new_year], ()) == [], "each year begins at nothing"
    assert duties([new_years_eve, Gift(2, 7, 118_001, date(2027, 12, 31), **FOUND)], ()) != []
    small = [Gift(3 + n, 7, 50_000, CAME) for n in range(10)]
    assert duties([first, *small], ()) == [], "500 pounds and less are no donations"


def test_after_a_report_each_further_sum_is_reported() -> None:
    first = Gift(1, 7, 1_118_001, CAME, **FOUND)
    later = CAME + timedelta(days=60)
    at_limit = Gift(2, 7, 223_000, later, "permissible", later)
    assert duties([first, at_limit], {1}) == []
    over = Gift(2, 7, 223_001, later, "permissible", later + timedelta(days=5))
    assert duties([first, over], {1}) == [Duty("report", 2, 7, 223_001, later + timedelta(days=34))]
    assert [duty.gift for duty in duties([first, over], ())] == [1, 2]
    assert duties([first, over], {2}) == [], "the later report covers the year so far"


PENCE = st.integers(0, 10_000_000)
ROUNDS = st.integers(1, 4)


@given(PENCE, st.dictionaries(ROUNDS, PENCE), st.dictionaries(ROUNDS, st.tuples(PENCE, PENCE, PENCE)))
def test_the_pot_balances(general: int, own: dict[int, int], taken: dict[int, tuple[int, int, int]]) -> None:
    found = pot.balance(general, own, taken)
    for share in found.rounds.values():
        assert share.earmarked + share.drawn == share.paid + share.sent + share.promised + share.free
        assert not (share.drawn and share.free)
    assert found.came == general + sum(own.values())
    assert found.came == sum(found.total(part) for part in ("paid", "sent", "promised")) + found.free
    left = {one: paid + sent for one, (paid, sent, _promised) in taken.items()}
    nothing_promised = pot.balance(general, own, {one: (p, s, 0) for one, (p, s, _) in taken.items()})
    for one, share in nothing_promised.rounds.items():
        assert pot.available(general, own, left, one) == nothing_promised.spare + share.free
