"""Files of representatives: what public lists call their columns, and every bad cell named."""

from datetime import date
from pathlib import Path

import pytest

from fundapp.intake.refusals import FileRefused, sentence
from fundapp.intake.representatives import RepresentativeFile, read_representatives

HEAD = "name,office,party,council,ward,ward_code,email,from,to\n"


def read(tmp_path: Path, text: str) -> RepresentativeFile:
    path = tmp_path / "reps.csv"
    path.write_bytes(text.encode())
    return read_representatives(path)


def test_a_full_row(tmp_path: Path) -> None:
    found = read(
        tmp_path, HEAD + "Rep O’Neill,councillor,Labour,Salford,Kersal,e05000770,R@Example.org,2024-05-02,\n"
    )
    (row,) = found.rows
    assert found.problems == ()
    assert (row.line, row.name, row.office, row.party, row.email) == (
        2,
        "Rep O’Neill",
        "councillor",
        "Labour",
        "R@Example.org",
    )
    assert (row.from_on, row.to_on) == (date(2024, 5, 2), None)
    assert row.places == {"ward": ("Kersal", "E05000770"), "council": ("Salford", "")}


def test_a_list_of_another_make(tmp_path: Path) -> None:
    text = (
        "Councillor name;Political group;Division;Authority;E-mail address;Elected on;Term of office ends\r\n"
        'Cllr.  Siân\tLlŷr;Plaid;"Aber\nWen";Gwynedd;s@x.org;2 May 2024;02/05/2028\r\n'
    )
    (row,) = read(tmp_path, text).rows
    assert (row.name, row.office, row.party) == ("Siân Llŷr", "councillor", "Plaid")
    assert (row.from_on, row.to_on) == (date(2024, 5, 2), date(2028, 5, 2))
    assert row.places == {"ward": ("Aber Wen", ""), "council": ("Gwynedd", "")}
    halves = read(
        tmp_path, "First name,Surname,Post,Constituency\nAda,Byron,Member of Parliament,Bury South\n"
    )
    assert [(row.name, row.office) for row in halves.rows] == [("Ada Byron", "mp")]


@pytest.mark.parametrize(
    ("words", "office"),
    [("Cllr", "councillor"), ("MAYOR", "mayor"), ("M.P", ""), ("AS", "ms"), ("MSP", "msp"), ("mla", "mla"), ("PCC", "pcc"),
     ("Directly-elected Mayor", "mayor"), ("duke", ""), ("leader", "")],
)  # fmt: skip
def test_offices(tmp_path: Path, words: str, office: str) -> None:
    found = read(tmp_path, f"name,office,ward\nA,{words},B\n")
    assert found.rows[0].office == office
    assert [each.code for each in found.problems] == ([] if office else ["unknown_office"])


def test_every_bad_cell_is_named(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        HEAD
        + ",duke,Labour,X,Y,E05%,no-mail,2024-13-02,2020-01-01\nA,mp,,,,,,2024-05-02,2020-01-01\nB,,,,,,,,\n",
    )
    assert [(each.line, each.column, each.code) for each in found.problems] == [
        (2, "name", "no_name"),
        (2, "office", "unknown_office"),
        (2, "from", "unreadable_date"),
        (2, "ward_code", "not_a_code"),
        (3, "to", "term_ends_before_start"),
        (4, "office", "no_office"),
    ]
    assert all("%(" not in sentence(each) for each in found.problems)
    assert len(found.rows) == 3, "bad rows stay, so that the directory can say what else is wrong with them"


def test_columns_that_must_be_there(tmp_path: Path) -> None:
    for text in ("ward,email\na,b\n", "name,email\na,b\n", "party\nx\n"):
        with pytest.raises(FileRefused, match="lacks a column"):
            read(tmp_path, text)
