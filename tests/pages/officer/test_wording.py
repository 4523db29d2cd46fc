"""The officer edits the words of letters, sees them on a real bid, and goes back to older ones."""

import re

import pytest

from fundapp.domain import wording
from fundapp.services import people
from tests.cast import Cast

PATH = "/wording/1/award"


def typed(kind: str = "award", **texts: str) -> dict[str, str]:
    """The page's form."""
    return {f"text-{name}": text for name, text in (wording.usual(kind) | texts).items()}


def plain(page: str) -> str:
    return " ".join(re.sub(r"</?(bdi|ins|del)>", "", page).split())


def test_words_are_looked_at_kept_compared_and_gone_back_to(cast: Cast) -> None:
    made = cast.bid("offered")
    client = cast.client("officer")
    assert 'href="/wording"' in client.get("/rounds-desk").text
    assert f'href="{PATH}"' in client.get("/wording").text
    first = plain(client.get(PATH).text)
    assert made.reference in first
    assert "We are glad to tell you that the Communities Fund awards a grant to" in first
    form = typed(opening="Well done, {name}! <em>For</em>", closing="See you at {fund}.") | {"seen": "0"}
    looked = client.post(PATH, data=form)
    assert looked.status_code == 200
    page = plain(looked.text)
    assert re.search(r"Well done, [^{]+! &lt;em&gt;For&lt;/em&gt;</p>", page)
    assert "See you at Communities Fund." in page
    assert cast.value("SELECT count(*) FROM wording") == 0
    assert "Well done, " in client.post(f"{PATH}/look", data=form | {"bid": made.reference}).text
    changed = plain(client.post(f"{PATH}/look", data=form | {"changed": "yes"}).text)
    assert "This letter replaces that of" in changed
    assert client.post(PATH, data=form | {"go": "keep"}).status_code == 303
    assert client.post(PATH, data=form | {"go": "keep"}).status_code == 409
    versions = client.get(f"{PATH}/versions").text
    assert "Version 1" in versions
    assert "Opening; Closing" in versions
    one = plain(client.get(f"{PATH}/versions/1").text)
    assert "These words stand" in one
    assert "Go back to these words" not in one
    usual = client.get(f"{PATH}/versions/0").text
    assert "Go back to these words" in usual
    assert client.post(f"{PATH}/versions/0", data={"seen": "1"}).status_code == 303
    assert cast.value("SELECT count(*) FROM wording") == 2
    assert "The words that stand are the same, word for word." in client.get(f"{PATH}/versions/0").text
    assert (
        client.get(f"{PATH}/versions/3").status_code
        == client.get(f"{PATH}/versions/9999999999999").status_code
        == 404
    )
    assert "version 2 of the award letter" in plain(cast.client("auditor").get("/record/fund:1").text)


def test_faults_say_which_placeholder_is_wrong_and_what_is_meant(cast: Cast) -> None:
    cast.bid("offered")
    client = cast.client("officer")
    form = typed(opening="For {organization} {", closing="On {letter_day}", what_next="Soon.") | {"seen": "0"}
    for go, status in (("keep", 422), ("look", 200)):
        page = client.post(PATH, data=form | {"go": go})
        assert page.status_code == status
        for words in (
            "Opening: there is no {organization}. Did you mean {organisation}?",
            "Opening: a { is not closed at “{”.",
            "Closing: {letter_day} has no meaning here.",
            "What to do now lacks {accept_by}: without it the letter does not say until when the offer stands.",
        ):
            assert words in page.text
        assert "For {organization} {" in page.text
        assert "Mend what is listed above" in page.text
    wrong = client.post(f"{PATH}/look", data=form)
    assert (wrong.status_code, "Did you mean {organisation}?" in wrong.text) == (422, True)
    assert cast.value("SELECT count(*) FROM wording") == 0


@pytest.mark.parametrize("kind", wording.KINDS)
def test_before_there_is_a_letter_a_bid_lends_what_it_asks_for(cast: Cast, kind: str) -> None:
    made = cast.bid("submitted")
    page = plain(cast.client("officer").get(f"/wording/1/{kind}").text)
    assert made.reference in page
    assert "Dear " in page
    asked = cast.value("SELECT amount_pence FROM bid WHERE id = :bid", bid=made.id)
    assert (f"£{asked / 100:,.2f}" in page) == (kind != "feedback")


def test_without_bids_there_are_words_to_edit_all_the_same(cast: Cast) -> None:
    page = cast.client("officer").get(PATH).text
    assert "Once a bid has been sent" in page
    assert cast.client("officer").post(f"{PATH}/look", data=typed()).status_code == 200


def test_who_applies_does_not_see_their_own_bid_here(cast: Cast) -> None:
    made = cast.bid("offered")
    with cast.office.deed(cast.operator, cast.now) as deed:
        people.give_role(deed, cast.person("member"), "officer", cast.fund)
    member, officer = cast.client("member"), cast.client("officer")
    for path in (PATH, f"{PATH}?bid={made.reference}"):
        assert made.reference in officer.get(path).text
        page = member.get(path)
        assert page.status_code == 200
        assert made.reference not in page.text
        assert "Once a bid has been sent" in page.text
    form = typed() | {"bid": made.reference}
    assert made.reference not in member.post(f"{PATH}/look", data=form).text
    assert made.reference in officer.post(f"{PATH}/look", data=form).text
    assert officer.get("/wording/2/award").status_code == officer.get("/wording/1/nothing").status_code == 404
