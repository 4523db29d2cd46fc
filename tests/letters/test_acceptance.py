"""The countersigned copy: the terms as they were shown, who signed them, and their mark; a changed award's letter."""

from dataclasses import replace
from datetime import date

import pytest

from fundapp.letters import paper
from fundapp.letters.acceptance import AcceptanceLetter, Part
from fundapp.letters.checking import Check

from .letters import AWARD
from .reading import failures, requires_poppler, words

MARK = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
NAME = "Perpetua Siân Wołoszczuk-O’Hanrahanrahanrahan of Upper Wetherfold"
COPY = AcceptanceLetter(
    reference="B-0142X", project_title="A bench for <every> bus stop & shelter", organisation="Wetherfold Walkers",
    recipient_name="Perpetua Quill", address_lines=("3 Ford Lane",), fund_name="Communities Fund",
    round_title="Spring 2027", amount_pence=242_550, dated=date(2027, 6, 1), changed=False,
    terms=(
        Part("What is awarded", ("The Communities Fund awards £2,425.50.",)),
        Part("What you agree to", ("Spend it on benches.", "Keep receipts & <notes>.")),
    ),
    terms_sha256=MARK, letter_dated=date(2027, 5, 20), name_typed=NAME,
    signed_at="17:02:31 on Tuesday 1 June 2027 (BST)", holder="A local party", signatories=AWARD.signatories,
    contact=AWARD.contact, check_code="ABCD-EFGH-JKMN",
    law=("The money goes to a local party. Check that we may <give>.", "This is a help, and not legal advice."),
)  # fmt: skip


@requires_poppler
def test_it_says_what_was_agreed_by_whom_and_its_mark() -> None:
    pdf = paper.render(
        "acceptance", COPY, check=Check("ABCD-EFGH-JKMN", "https://fund.example/check/ABCD-EFGH-JKMN", True)
    )
    text = words(pdf)
    parts = (
        "Dear Perpetua Quill,", "our letter of 20 May 2027 for", "A bench for <every> bus stop & shelter",
        "What is awarded", "awards £2,425.50.", "What you agree to", "Spend it on benches.", "Keep receipts & <notes>.",
        "Agreed for the project", NAME,
        "17:02:31 on Tuesday 1 June 2027 (BST)", "Who will hold the money: A local party.",
        "What election law asks of you", "Check that we may <give>.", "This is a help, and not legal advice.",
        " ".join(MARK[start : start + 4] for start in range(0, 64, 4)), "Agreed for the fund", "ABCD-EFGH-JKMN",
    )  # fmt: skip
    places = [text.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)
    assert failures(pdf) == []


@requires_poppler
def test_a_changed_awards_papers_name_what_they_replace() -> None:
    letter = words(paper.render("award", replace(AWARD, replaces=date(2027, 5, 20))))
    assert "This letter replaces that of 20 May 2027: the award is changed, as you have agreed." in letter
    assert "Accept by" not in letter
    copy = words(paper.render("acceptance", replace(COPY, changed=True, holder="", law=())))
    assert "Thank you for agreeing to the change." in copy
    assert "Who will hold the money" not in copy
    assert "election law" not in copy


def test_a_mark_is_a_hash() -> None:
    with pytest.raises(ValueError, match="B-0142X"):
        replace(COPY, terms_sha256="9F86")
