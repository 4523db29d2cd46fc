"""Hostile words through every file that goes out: whole, the same when read back, and a formula nowhere. EXPORTS=100000 words."""

import contextlib
import csv
import io
import json
import os
import random
import re
import time
import unicodedata
import zipfile
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest
from lxml import etree

from fundapp.domain import bank_text
from fundapp.exports import awards, flags, own_data, pain001, payments, ranking
from fundapp.exports.payments import Account, Line, Run, Unfit
from tests.effort import REPEATABLE
from tests.house.fuzzing import HOSTILE, MARK

COUNT = int(os.environ.get("EXPORTS", 400))
SIGNS = "=+-@\t\r\n\x00＝＋－＠|%'\"<>&;,\u200b\u202e\u2028\ufeff\ufffe\ud800\x1b\x7f\x85éŁж名½"
DAY = date(2027, 5, 20)
#: What makes a program calculate when a cell begins with it.
FORMULA = re.compile("[\\s\u200b\ufeff]*[=+\\-@＝＋－＠]")


@cache
def words() -> tuple[str, ...]:
    """As many as asked for: known ones, and ones drawn anew each time under more effort."""
    seed = int(os.environ.get("FUZZ_SEED", "1" if REPEATABLE else random.SystemRandom().randrange(10**9)))
    dice = random.Random(seed)
    print(f"\nEXPORTS={COUNT} FUZZ_SEED={seed}")
    found = [*HOSTILE, *(f"{sign}1+1" for sign in SIGNS), *(f"{sign}{MARK}" for sign in HOSTILE)]
    while len(found) < COUNT:
        text = "".join(
            dice.choice(SIGNS) if dice.random() < 0.5 else chr(dice.choice((dice.randrange(128), dice.randrange(0x3000))))
            for _ in range(dice.randrange(1, 25))
        )  # fmt: skip
        found.append(dice.choice(HOSTILE) + text if dice.random() < 0.2 else text)
    return tuple(found[:COUNT])


@pytest.fixture(autouse=True)
def rate(request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    """Says how long so many words took, where somebody reads along."""
    began = time.perf_counter()
    yield
    print(f"{request.node.name}: {COUNT:,} words in {time.perf_counter() - began:.1f} s")


def no_formula(cells: list[str], texts: list[str]) -> None:
    """The cells are the texts, each either as it was or with the mark in front that keeps it from being a formula."""
    for cell, text in zip(cells, texts, strict=True):
        clean = re.sub("[\ud800-\udfff\ufffe\uffff]", "\ufffd", text)
        assert cell in (clean, f"'{clean}"), text
        assert not FORMULA.match(cell), text


def award(text: str) -> awards.AwardRow:
    return awards.AwardRow(
        text, text, text, text, text, 485_001, 500_000, text, DAY, None, DAY, text, text, text, text, text, 7
    )


AWARD_TEXTS = [place for place, (_, kind, _) in enumerate(awards.COLUMNS) if kind == "text"]


def test_awards_as_csv() -> None:
    stream = io.StringIO(newline="")
    assert awards.write_csv(map(award, words()), stream) == COUNT
    stream.getvalue().encode()
    read = list(csv.reader(io.StringIO(stream.getvalue(), newline="")))[1:]
    assert len(read) == COUNT
    for place in AWARD_TEXTS:
        no_formula([row[place] for row in read], list(words()))
    assert {row[5] for row in read} == {"4850.01"}


def test_awards_as_a_workbook(tmp_path: Path) -> None:
    file = tmp_path / "awards.xlsx"
    assert awards.write_xlsx(map(award, words()), file) == COUNT
    with zipfile.ZipFile(file) as packed:
        for name in packed.namelist():
            if name.endswith((".xml", ".rels")):
                with packed.open(name) as part:  # well-formed, and no cell with a formula or a link
                    for _, element in etree.iterparse(part, events=("end",)):
                        assert etree.QName(element).localname not in ("f", "hyperlink")
                        element.clear()
    book = openpyxl.load_workbook(file, read_only=True)
    seen = 0
    for row, text in zip(book.worksheets[0].iter_rows(min_row=2), words(), strict=True):
        seen += 1
        for place in AWARD_TEXTS:
            cell = row[place]
            assert cell.data_type != "f", text
            if text.isprintable() and text:
                assert cell.value == text
    assert seen == COUNT
    book.close()


def test_flags_and_a_ranking() -> None:
    stream = io.StringIO(newline="")
    flags.write_csv(
        (flags.Flag(w, w, w, w, w, w, 1, 2, DAY, w, True, w) for w in words()),
        stream,
    )
    read = list(csv.reader(io.StringIO(stream.getvalue(), newline="")))[1:]
    for place in (0, 1, 2, 3, 4, 5, 9, 11):
        no_formula([row[place] for row in read], list(words()))

    @dataclass
    class Row:
        title: str
        reference: str = "B-0142X"
        rank: int | None = 1
        raw: int | None = 391
        calibrated: int | None = None
        low: int | None = None
        high: int | None = None
        chance: int | None = 65
        reviews: int = 3
        asks: int = 1
        running: int | None = None

    stream = io.StringIO(newline="")
    ranking.write_csv(map(Row, words()), stream)
    stream.getvalue().encode()
    read = list(csv.reader(io.StringIO(stream.getvalue(), newline="")))[1:]
    no_formula([row[2] for row in read], list(words()))


def run_of(names: list[str]) -> Run:
    lines = tuple(
        Line(number, "B-0142X", Account(name, "000105", "00000123"), number, f"B-0142X-{number}")
        for number, name in enumerate(names, 1)
    )
    made = datetime(2027, 5, 20, 9, 30, tzinfo=UTC)
    return Run(1, 7, made, DAY, Account("The Fund", "089999", "00374999"), lines)


def test_the_files_of_a_bank() -> None:
    """A name is carried in plain signs or refused; and what was never made plain comes into no file at all."""
    carried = []
    for text in words():
        with contextlib.suppress(bank_text.NotCarried):
            carried.append(bank_text.carried(text))
        if set(text) - bank_text.CARRIED or not text:
            for write in (payments.csv_bytes, pain001.document):
                with pytest.raises(Unfit):
                    write(run_of([text]))
    assert len(carried) > COUNT / 20
    for start in range(0, len(carried), 1000):
        names = carried[start : start + 1000]
        run = run_of(names)
        neutral = payments.csv_bytes(run).decode("ascii")
        assert not [sign for sign in neutral if unicodedata.category(sign) == "Cc" and sign not in "\r\n"]
        read = list(csv.reader(io.StringIO(neutral, newline="")))[1:]
        assert [row[3] for row in read] == names
        assert not [cell for row in read for cell in row if FORMULA.match(cell)]
        document = pain001.document(run)
        tree = etree.fromstring(document)
        found = tree.findall(".//p:Cdtr/p:Nm", {"p": pain001.NAMESPACE})
        assert [one.text for one in found] == names
        assert not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", document)


class Read(HTMLParser):
    """The texts of a page's <dd>, and every tag that it met."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.said: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._inside = tag == "dd"
        if self._inside:
            self.said.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.said[-1] += data


def test_what_is_held_of_a_person() -> None:
    """Half signs cannot be stored in the first place; whatever can comes back as it was, and files stay in their folder."""
    texts = [re.sub("[\ud800-\udfff]", "\ufffd", text) for text in words()]
    sheet = own_data.Sheet("bid", MARK, MARK, MARK, ({"said": text} for text in texts))
    contents = (own_data.Content(f"files/{text}", [b"x"]) for text in texts[:2000])
    data = b"".join(own_data.stream(MARK, "today", "Read me.", [sheet], contents))
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert [row["said"] for row in json.loads(packed.read("data/bid.json"))] == texts
        page = packed.read("summary.html").decode()
        names = packed.namelist()
    assert MARK not in page
    reader = Read()
    reader.feed(page)
    reader.close()
    assert reader.tags <= {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "h1",
        "p",
        "h2",
        "dl",
        "dt",
        "dd",
    }
    assert reader.said == [text for text in texts if text]
    assert len({name.lower() for name in names}) == len(names) == min(COUNT, 2000) + 3
    for name in names[3:]:
        assert "\\" not in name
        assert ".." not in name.split("/")
        assert not any(unicodedata.category(sign) == "Cc" for sign in name)
