"""Bank details at the pages: given, looked at, changed by two people, never shown in full but to who pays."""

import re
from pathlib import Path

import pytest

from fundapp.services import modulus_table
from tests.cast import Cast
from tests.domain.test_modulus import WEIGHTS

GIVEN = {
    "holder_name": "Cymdeithas Tŷ’r Bont & O’Neill", "kind": "business", "sort_code": "08-99-99", "account": "6637 4958",
}  # fmt: skip
#: The numbers in every writing that a page could show them in.
WHOLE = ("66374958", "6637 4958", "089999", "08-99-99")


def shown(page: str) -> bool:
    return any(number in page for number in WHOLE)


def seen(page: str) -> str:
    (found,) = set(re.findall(r'name="seen" value="(\d+)"', page))
    return str(found)


def test_given_looked_at_changed_and_confirmed(cast: Cast) -> None:
    bid = cast.bid("accepted")
    member, officer, treasurer = (cast.client(key) for key in ("member", "officer", "treasurer"))
    own, money, change = (
        f"/my-bids/{bid.reference}/bank",
        f"/money/{bid.reference}/bank",
        f"/bank-changes/{bid.reference}",
    )
    # What is typed is shown once more in full to who typed it, and nothing is sent by that.
    look = member.post(f"{own}/change", data=GIVEN)
    assert look.status_code == 200
    assert "08-99-99" in look.text
    assert "We could not check this number." in look.text
    assert cast.value("SELECT count(*) FROM payee") == 1
    mended = member.post(f"{own}/change", data={**GIVEN, "step": "mend"})
    assert 'value="08-99-99"' in mended.text
    wrong = member.post(f"{own}/change", data={**GIVEN, "kind": "", "sort_code": "08-99", "account": "12345"})
    assert wrong.status_code == 422
    assert [
        words in wrong.text for words in ("Choose whose account", "six digits like", "six to eight digits")
    ] == [True] * 3
    assert member.post(f"{own}/change", data={**GIVEN, "step": "send"}).status_code == 303
    page = member.get(own).text
    assert ("ending 4958" in page, "08-99-••" in page, shown(page)) == (True, True, False)
    again = member.post(f"{own}/change", data={**GIVEN, "step": "send"})
    assert (again.status_code, "A change of these bank details is under way" in again.text) == (409, True)
    # The officer compares ends, writes how they made sure, and sees no number.
    assert f"/bank-changes/{bid.reference}" in officer.get("/bank-changes").text
    assert "Make sure of a change of bank details" in officer.get("/desk").text
    page = officer.get(change).text
    assert ("ending 4958" in page, "O’Neill" in page, shown(page)) == (True, True, False)
    said = {"do": "confirm", "seen": seen(page)}
    assert "Write how you made sure" in officer.post(change, data=said).text
    assert officer.post(change, data={**said, "reason": "Rang 01632 960142."}).status_code == 303
    assert officer.post(change, data={**said, "reason": "Twice."}).status_code == 409
    # While it waits the treasurer still sees what stands; the applicant can take the change back.
    page = treasurer.get(money).text
    assert ("A change is under way" in page, "30-96-••" in page) == (True, True)
    assert member.post(f"{own}/take-back", data={"seen": seen(member.get(own).text)}).status_code == 303
    assert "The applicant took it back." in member.get(own).text
    assert member.post(f"{own}/take-back").status_code == 409
    assert officer.get("/bank-changes").text.count(bid.reference) == 0


def test_the_treasurer_looks_on_record_and_notes_what_the_bank_said(cast: Cast) -> None:
    bid = cast.bid("accepted")
    treasurer = cast.client("treasurer")
    page = f"/money/{bid.reference}/bank"
    whole = f"{10_000_000 + bid.id:08}"
    masked = treasurer.get(page).text
    assert whole not in masked
    events = "SELECT count(*) FROM audit_event WHERE action = 'payee.seen'"
    assert cast.value(events) == 0
    full = treasurer.post(f"{page}/look")
    assert (full.status_code, whole in full.text, "30-96-34" in full.text) == (200, True, True)
    assert full.headers["Cache-Control"] == "no-store"
    assert cast.value(events) == 1
    assert whole not in treasurer.get(page).text
    assert cast.value("SELECT count(*) FROM audit_event WHERE body LIKE :whole", whole=f"%{whole}%") == 0
    # The staff's story tells of it; the applicant's does not.
    words = "looked at the bank details in full"
    assert words in cast.client("officer").get(f"/bids/{bid.reference}").text
    assert words not in cast.client("member").get(f"/my-bids/{bid.reference}").text
    for key in ("officer", "chair", "auditor", "member", "reviewer"):
        assert cast.client(key).post(f"{page}/look").status_code == 403
    assert treasurer.post(f"{page}/answer", data={}).status_code == 422
    assert treasurer.post(f"{page}/answer", data={"answer": "close", "seen": seen(masked)}).status_code == 303
    assert "The name nearly matches" in treasurer.get(page).text


@pytest.mark.parametrize(
    ("account", "says"),
    [("66374958", "check digit fits"), ("66374959", "does not fit: look at the statement again"), ("", "could not check")],
)  # fmt: skip
def test_the_operators_table_is_asked(cast: Cast, tmp_path: Path, account: str, says: str) -> None:
    bid = cast.bid("accepted")
    table = tmp_path / "valacdos.txt"
    table.write_text(WEIGHTS.strip())
    folder = cast.office.bank_weights
    assert folder is not None
    if account:
        modulus_table.bring_in(folder, table, None)
    page = f"/my-bids/{bid.reference}/bank/change"
    given = {**GIVEN, "account": account or "66374958"}
    assert says in cast.client("member").post(page, data=given).text
    assert cast.client("member").post(page, data={**given, "step": "send"}).status_code == 303
    known = {"66374958": "passes", "66374959": "fails", "": "unknown"}[account]
    assert cast.value("SELECT checked FROM payee WHERE state = 'asked'") == known


def test_nobody_is_asked_before_the_award_is_accepted(cast: Cast) -> None:
    bid = cast.bid("awarded")
    member = cast.client("member")
    assert member.get(f"/my-bids/{bid.reference}/bank").status_code == 404
    assert member.post(f"/my-bids/{bid.reference}/bank", data={**GIVEN, "step": "send"}).status_code == 404
    assert cast.value("SELECT count(*) FROM payee") == 0


def test_the_funds_account_is_typed_twice_by_two(cast: Cast) -> None:
    treasurer, officer = cast.client("treasurer"), cast.client("officer")
    page = f"/money/accounts/{cast.fund}"
    assert "No account is set" in treasurer.get(page).text
    own = {"holder_name": "Communities Fund", "sort_code": "08 99 99", "account": "66374958"}
    assert treasurer.post(page, data=own).status_code == 303
    waits = treasurer.get(page).text
    assert ("another person confirms it" in waits, shown(waits)) == (True, False)
    assert "Confirm the account that the fund pays from" in officer.get("/desk").text
    form = officer.get(page).text
    assert not shown(form)
    again = {"seen": seen(form), "again_sort_code": "089999", "again_account": "66374959"}
    assert "These are not the numbers that were set" in officer.post(f"{page}/confirm", data=again).text
    assert officer.post(f"{page}/confirm", data={**again, "again_account": "66374958"}).status_code == 303
    assert "We pay from the account ending 4958." in officer.get(page).text


def test_where_none_were_given_nothing_can_be_taken_back(cast: Cast) -> None:
    bid = cast.bid("submitted")
    assert cast.client("member").post(f"/my-bids/{bid.reference}/bank/take-back").status_code == 404
