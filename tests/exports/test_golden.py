"""Every table that people take out, held against a file that was looked at; and hostile words through all of them at once.

The bank's two files have theirs in test_payments.py.
"""

import csv
import io
import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from fundapp.exports import awards, ranking
from tests.exports.test_awards import ROW
from tests.exports.test_payments import FORMULA, GOLDEN, HOSTILE, NAMES
from tests.exports.test_ranking import Row

#: What stands in a title or a name as people write it, leading zeros and what looks like sums and dates among it.
WORDS = (
    *NAMES,
    "0012 Scouts",
    "1/2 Price Café",
    "2027-05-20",
    "TRUE",
    "-5 °C: ŵyn ŷd",
    'Ysgol ŵ, "Llŷn"; Łódź',
)
SIXTY = "Cymdeithas Gymunedol Llanfair-y-dŵr a Chwm Hirfynydd, Ŵyl 27"

AWARDS = [
    replace(
        ROW, reference=f"B-{number:04}X", title=title, organisation=SIXTY, applicant_name=NAME, amount_pence=pence,
        paid_pence=pence - 1, organisation_id="00123456", ward="Llanfair-y-dŵr", starts_on=date(2027, 2, 28), round_code="0042",
    )
    for number, (title, pence) in enumerate(zip(WORDS, (1, 100, 101, 485_001, 99_999_999_999, 10, 7, 20, 33, 50, 5, 9, 8, 3),
                                                strict=True), 1)
    for NAME in ["Siân O’Neill-Llŷr" if number % 2 else "N'Golo D'Arcy-Gżegżółka"]
]  # fmt: skip
RANKED = [Row(rank=number, title=title, running=number * 485_001) for number, title in enumerate(WORDS, 1)]


def written(write: Any, rows: Any) -> str:
    """What a CSV writer makes of rows."""
    stream = io.StringIO(newline="")
    write(rows, stream)
    return stream.getvalue()


def cells_of(path: Path) -> list[str]:
    """A workbook's cells, a line each: where, of which type, in which format, and what."""
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    return [
        f"{cell.coordinate}\t{cell.data_type}\t{cell.number_format}\t"
        f"{cell.value.isoformat() if isinstance(cell.value, datetime) else cell.value}"
        for row in sheet.iter_rows() for cell in row if cell.value is not None
    ]  # fmt: skip


def test_sixty_letters_are_sixty() -> None:
    assert len(SIXTY) == 60


@pytest.mark.parametrize(
    ("name", "made"),
    [("awards.csv", lambda: written(awards.write_csv, AWARDS)), ("ranking.csv", lambda: written(ranking.write_csv, RANKED))],
)  # fmt: skip
def test_a_csv_is_as_it_was(name: str, made: Any) -> None:
    assert made().encode() == (GOLDEN / name).read_bytes()


def test_the_workbook_is_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "awards.xlsx"
    awards.write_xlsx(AWARDS, path)
    assert "\n".join(cells_of(path)) + "\n" == (GOLDEN / "awards.xlsx.txt").read_text("utf-8")


def test_no_hostile_words_are_a_formula_in_any_table(tmp_path: Path) -> None:
    """In every text column of every table; what they were is still there to read."""
    texts = (
        "reference", "title", "organisation", "organisation_id", "applicant_name", "award_state", "ward", "council", "region",
        "fund", "round_code",
    )  # fmt: skip
    rows = [replace(ROW, **dict.fromkeys(texts, words)) for words in HOSTILE]
    path = tmp_path / "awards.xlsx"
    awards.write_xlsx(rows, path)
    with zipfile.ZipFile(path) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
        assert not [name for name in parts.namelist() if "rels" in name and b"hyperlink" in parts.read(name)]
    book = openpyxl.load_workbook(path, read_only=True)
    assert {cell.data_type for row in book.active.iter_rows() for cell in row} <= {"s", "n", "d"}
    book.close()
    for write, given in (
        (awards.write_csv, rows),
        (ranking.write_csv, [Row(reference="B-0142X", title=words) for words in HOSTILE]),
    ):
        back = list(csv.reader(io.StringIO(written(write, given), newline="")))
        assert len(back) == len(HOSTILE) + 1
        for words, cells in zip(HOSTILE, back[1:], strict=True):
            assert awards.safe_cell(words) in cells
            assert not [cell for cell in cells if FORMULA.match(cell)], ascii(words)
