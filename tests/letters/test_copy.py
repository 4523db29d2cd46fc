"""The copy of a bid on paper says exactly what was frozen, and carries the bytes that its hash is of."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from fundapp.domain import forms
from fundapp.letters import paper
from fundapp.letters.copy import Answered, BidCopy, CostLine, NamedFile, rows_of
from fundapp.letters.paper import Enclosed

from .letters import CONTACT
from .reading import failures, reader, requires_poppler, words

ANSWERS = {"title": "From Allotment to Table", "amount_pence": 485_000, "summary": "A kitchen.\nEvery week."}
FROZEN = datetime(2027, 3, 26, 17, 2, 31, 250_000, tzinfo=UTC)
QUOTE = "c" * 64
COPY = BidCopy(
    reference="B-0142X", project_title="From Allotment to Table", organisation="Millbeck Growers",
    place="Millbeck East", fund_name="Communities Fund", round_title="Spring 2027 round", amount_pence=485_000,
    version_number=2, frozen_at="17:02:31 on Friday 26 March 2027 (GMT)", dated=date(2027, 3, 26),
    answers=(
        Answered("What will you do?", ("A kitchen.", "Every week.")),
        Answered("What will it be spent on?",
                 costs=(CostLine("Hire of the hall", 120_000), CostLine("A cook", 365_000))),
        Answered("Charity or company number"),
        Answered("Your quotes", files=(NamedFile("hall.pdf", "48 kB", QUOTE),)),
    ),
    sha256=forms.sha256_of(ANSWERS), file="B-0142X-copy-2.json", contact=CONTACT,
)  # fmt: skip
ENCLOSED = Enclosed(COPY.file, "The answers of this copy", forms.copy_bytes(ANSWERS), FROZEN)


@requires_poppler
def test_says_all_that_was_frozen_in_the_order_of_the_form() -> None:
    pdf = paper.render("copy", COPY, ENCLOSED)
    text, sha = words(pdf), COPY.sha256
    place = -1
    for part in (
        "Communities Fund", "Millbeck Growers", "Millbeck East", "Spring 2027 round", "Bid B-0142X", "Copy 2",
        "frozen at 17:02:31 on Friday 26 March 2027 (GMT).", "From Allotment to Table", "£4,850.00",
        "four thousand, eight hundred and fifty pounds", "What will you do? A kitchen. Every week.",
        "What will it be spent on? For Amount Hire of the hall £1,200.00 A cook £3,650.00 In all £4,850.00",
        "Charity or company number No answer was given.", f"Your quotes hall.pdf, 48 kB SHA-256 {QUOTE}",
        "The mark of this copy", f"1 {sha[:4]} {sha[4:8]} {sha[8:12]} {sha[12:16]} 2 {sha[16:20]}",
        "sha256sum B-0142X-copy-2.json", sha,
    ):  # fmt: skip
        found = text.find(part, place + 1)
        assert found > place, part
        place = found
    count = len(reader(pdf).pages)
    assert [f"{n}/{count}" in text.replace(" ", "") for n in range(1, count + 1)] == [True] * count


def test_is_tagged_titled_and_always_the_same_bytes() -> None:
    pdf = paper.render("copy", COPY, ENCLOSED)
    assert failures(pdf) == []
    opened = reader(pdf)
    assert opened.metadata is not None
    assert opened.metadata.title == "Copy 2 of bid B-0142X: From Allotment to Table"
    assert paper.render("copy", COPY, ENCLOSED) == pdf
    assert paper.render("copy", replace(COPY, version_number=3), ENCLOSED) != pdf


def test_whoever_has_the_pdf_can_work_out_its_mark() -> None:
    files = reader(paper.render("copy", COPY, ENCLOSED)).attachments
    assert list(files) == ["B-0142X-copy-2.json"]
    (content,) = files["B-0142X-copy-2.json"]
    assert (
        content
        == b'{"amount_pence":485000,"summary":"A kitchen.\\nEvery week.","title":"From Allotment to Table"}'
    )
    assert hashlib.sha256(content).hexdigest() == COPY.sha256


def test_a_hash_reads_as_four_rows_of_four_groups() -> None:
    rows = rows_of(COPY.sha256)
    assert [[len(group) for group in row] for row in rows] == [[4] * 4] * 4
    assert "".join(group for row in rows for group in row) == COPY.sha256
    with pytest.raises(ValueError, match="needs the SHA-256"):
        replace(COPY, sha256="9F86")


@requires_poppler
def test_what_people_typed_stays_text() -> None:
    hostile = (
        '<b>&amp;</b> {{ 7*7 }} {% raise %} </bdi><!-- %(name)s "><img src="file:///etc/passwd">'
        '<link rel=attachment href="file:///etc/passwd">'
    )
    names = ("محمد اقبال", "রহিমা বেগম", "王小明", "Łucja")
    answers = (
        Answered(hostile, (hostile, *names, "x" * 5000)), Answered("Costs", costs=(CostLine(hostile, 1),)),
        Answered("Files", files=(NamedFile(hostile, "1 kB", QUOTE),)),
    )  # fmt: skip
    pdf = paper.render("copy", replace(COPY, answers=answers, organisation=hostile), ENCLOSED)
    assert failures(pdf) == []
    text = words(pdf)
    assert text.replace(" ", "").count(hostile.replace(" ", "")) == 5
    assert "\ufffd" not in text
    assert list(reader(pdf).attachments) == [COPY.file]
