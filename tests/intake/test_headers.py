"""Headers are known by what they mean, however they are spelt."""

import pytest

from fundapp.intake.headers import understand


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        ("title", "title"),
        ("  PROJECT_TITLE ", "title"),
        ("project-title:", "title"),
        ("Organisation Name", "organisation"),
        ("organization", "organisation"),
        ("Recipient Org:Name", "organisation"),
        ("Recipient Org:0:Name", "organisation"),
        ("recipientOrganization/0/name", "organisation"),
        ("amount_gbp", "amount"),
        ("Amount (£)", "amount"),
        ("amountAwarded", "amount"),
        ("Recipient Org:Identifier", "organisation_id"),
        ("grant id", "identifier"),
        ("ＷＡＲＤ", "ward"),
        ("Planned Dates:Start Date", "starts_on"),
        ("end", "ends_on"),
    ],
)
def test_spellings(header: str, meaning: str) -> None:
    assert understand(["x", header]).at == {meaning: 1}


@pytest.mark.parametrize(
    "header",
    ["", "Recipient Org:Description", "Recipient Org:1:Name", "Recipient Ind:Name", "Amount Disbursed", "0"],
)
def test_what_means_nothing_here(header: str) -> None:
    assert understand([header]).at == {}


def test_what_was_asked_for_goes_before_what_was_given() -> None:
    found = understand(["Amount Awarded", "Amount", "Amount Applied For"])
    assert (found.at, found.twice) == ({"amount": 2}, ())
    assert found.ignored == ("Amount Awarded", "Amount")
    assert understand(["Amount Awarded", "Amount"]).at == {"amount": 1}


def test_two_columns_of_one_meaning() -> None:
    assert understand(["Title", "amount", "Project title"]).twice == ("Title", "Project title")


def test_missing_columns() -> None:
    assert understand(["summary", "amount"]).missing == ("title", "organisation")
