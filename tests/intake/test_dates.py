"""Dates are read for certain or not at all."""

from datetime import date

import pytest

from fundapp.intake.dates import parse_date


@pytest.mark.parametrize(
    "text",
    [
        "2027-09-01", "2027-9-1", "2027-09-01T00:00:00Z", "2027-09-01 10:30", "2027-09-01T10:30:00+01:00",
        "01/09/2027", "1/9/2027", "1.9.2027", "01-09-2027", "1 September 2027", "1st September 2027",
        "1 Sep 2027", "01-Sep-2027", "1 sept. 2027", "1st of SEPTEMBER, 2027",
    ],
)  # fmt: skip
def test_read(text: str) -> None:
    assert parse_date(text) == date(2027, 9, 1)


@pytest.mark.parametrize(
    "text",
    [
        "", "soon", "2027", "09/2027", "01/09/27", "09/13/2027", "31/02/2027", "2027-02-29", "01/09-2027",
        "46266", "1 Septembre 2027", "September 2027", "0027-09-01", "1899-12-31", "2200-01-01",
        "2027-09-01x", "٠١/٠٩/٢٠٢٧",
    ],
)  # fmt: skip
def test_not_read(text: str) -> None:
    assert parse_date(text) is None


def test_days_of_leap_years_and_the_first_and_last_year() -> None:
    assert parse_date("29 Feb 2028") == date(2028, 2, 29)
    assert (parse_date("1900-01-01"), parse_date("2199-12-31")) == (date(1900, 1, 1), date(2199, 12, 31))
