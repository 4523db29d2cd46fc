"""The award letter says what was decided, and another program can read it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from fundapp.files import FileRefused
from fundapp.letters import paper
from fundapp.letters.award import Instalment
from fundapp.letters.checking import Check

from .letters import AWARD
from .reading import failures, fonts, reader, requires_poppler, words


@requires_poppler
def test_says_everything_on_one_page() -> None:
    pdf = paper.render("award", AWARD)
    text = words(pdf)
    for part in (
        "Communities Fund",
        "4 Tanner’s Row, Millbeck MB1 4AA",
        "Sunita Rao",
        "Netherdale, Millbeck MB3 7QT",
        "20 May 2027",
        "Spring 2027 round",
        "Bid B-0142X",
        "Dear Sunita Rao,",
        "the Communities Fund awards a grant to Millbeck Growers for",
        "From Allotment to Table",
        "Councillor Margaret Oyelaran backed it. The panel was moved",
        "£4,850.00",
        "four thousand, eight hundred and fifty pounds",
        "Second half 31 January 2028 a short note of how the first term went £2,425.00",
        "In all",
        "between 1 September 2027 and 31 July 2028.",
        "Return what is not spent.",
        "Tell us how it went by 31 August 2028.",
        "Accept by 5pm on Thursday 10 June 2027",
        "Helen Abernethy Chair of the panel",
        "0330 555 0142 · help@communitiesfund.example",
    ):
        assert part in text, part
    assert text.count("£4,850.00") == 2
    assert len(reader(pdf).pages) == 1
    assert "check code" not in text


def test_is_tagged_titled_and_in_its_language() -> None:
    pdf = paper.render("award", AWARD)
    assert failures(pdf) == []
    opened = reader(pdf)
    assert opened.metadata is not None
    assert opened.metadata.title == f"Award letter B-0142X: {AWARD.project_title}"
    assert opened.metadata.author == "Communities Fund"
    assert opened.trailer["/Root"]["/Lang"] == "en-GB"


@requires_poppler
def test_every_font_is_inside(tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    paper.write(AWARD, path)
    found = fonts(path)
    assert {re.sub(r"^[A-Z]{6}\+", "", str(font["name"])) for font in found} == {
        "Table-Serif",
        "Table-Serif-Italic",
        "Table-Serif-Semi-Bold",
    }
    assert all(font["embedded"] and font["unicode"] for font in found)


@requires_poppler
def test_leaves_out_what_is_not_known() -> None:
    bare = replace(
        AWARD,
        recipient_name=None,
        address_lines=(),
        payments=(),
        starts_on=None,
        ends_on=None,
        panel_words="",
        endorser_line=None,
        report_by=None,
        conditions=(),
        signatories=(),
    )
    pdf = paper.render("award", bare)
    text = words(pdf)
    assert "Dear friends at Millbeck Growers," in text
    assert "Spend it on what the bid describes." in text
    assert "How it is paid" not in text
    assert "None" not in text
    assert failures(pdf) == []


@requires_poppler
@pytest.mark.parametrize(
    ("starts_on", "ends_on", "sentence"),
    [
        (None, date(2028, 7, 31), "describes, by 31 July 2028."),
        (date(2027, 9, 1), None, "describes, from 1 September 2027 on."),
    ],
)
def test_one_date_alone(starts_on: date | None, ends_on: date | None, sentence: str) -> None:
    assert sentence in words(paper.render("award", replace(AWARD, starts_on=starts_on, ends_on=ends_on)))


@requires_poppler
def test_check_code_and_record_stand_only_when_there_are_some() -> None:
    check = Check("7K4M-2QXP-AB2D", "https://fund.example/check/7K4M-2QXP-AB2D", signed=False)
    text = words(paper.render("award", replace(AWARD, record_line="Record 163"), check=check))
    assert "enter the code at fund.example/check 7K4M-2QXP-AB2D Not digitally signed." in text
    assert "Record 163" in text


@requires_poppler
def test_a_long_letter_says_on_each_page_whose_it_is() -> None:
    pdf = paper.render("award", replace(AWARD, conditions=("Keep the receipts. " * 30,) * 12))
    pages = len(reader(pdf).pages)
    assert pages > 1
    text = words(pdf)
    assert text.count("Communities Fund, bid B-0142X") == pages - 1
    assert f"{pages}/{pages}" in text.replace(" ", "")
    assert failures(pdf) == []


def test_payments_must_add_up() -> None:
    with pytest.raises(ValueError, match="come to 1 pence, its award to 485000"):
        replace(AWARD, payments=(Instalment("All", "now", "nothing", 1),))


def test_the_same_letter_is_the_same_file() -> None:
    assert paper.render("award", AWARD) == paper.render("award", AWARD)
    assert paper.render("award", AWARD) != paper.render("award", replace(AWARD, organisation="Others"))


def test_a_missing_folder_is_a_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match=r"There is no folder .*nowhere\. Make it first"):
        paper.write(AWARD, tmp_path / "nowhere" / "letter.pdf")
    assert list(tmp_path.iterdir()) == []


def test_missing_fonts_are_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    gone = tmp_path / "TableSerif-Regular.woff2"
    monkeypatch.setattr(paper, "_FILES", {"fund:TableSerif-Regular.woff2": (gone, "font/woff2")})
    paper._press.cache_clear()
    try:
        with pytest.raises(paper.PressNotReady, match="Run make setup"):
            paper.render("award", AWARD)
    finally:
        paper._press.cache_clear()
