"""Files of areas: what each row adds, and every bad row with its line, its column and what is wrong."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundapp.intake.areas import AreaFile, read_areas
from fundapp.intake.refusals import FileRefused, sentence

HEAD = "Ward,Ward code,Council,Council code,Region,Constituency,Constituency code\n"


def read(tmp_path: Path, text: str | bytes) -> AreaFile:
    path = tmp_path / "areas.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_areas(path)


def told(found: AreaFile) -> list[tuple[str, str, str, str | None]]:
    return [(place.kind, place.key, place.name, place.parent) for place in found.places]


def test_a_ward_brings_what_holds_it(tmp_path: Path) -> None:
    text = (
        "\ufeffWD24NM;WD24CD;LAD24NM;LAD24CD;RGN24NM;CTRY24NM;PCON24NM;PCON24CD;Colour\r\n"
        '"Llanfair-\ny-dŵr";w05000358;Ceredigion;W06000008;Mid;Wales;Preseli;W07000100;red\r\n'
        "Llanfair- y-dŵr;W05000358;Ceredigion;W06000008;;;Brecon;W07000101;\r\n"
    )
    found = read(tmp_path, text)
    assert found.problems == ()
    assert told(found) == [
        ("nation", "nation:wales", "Wales", None),
        ("region", "region:mid", "Mid", "nation:wales"),
        ("council", "W06000008", "Ceredigion", "region:mid"),
        ("constituency", "W07000100", "Preseli", "region:mid"),
        ("constituency", "W07000101", "Brecon", None),
        ("ward", "W05000358", "Llanfair- y-dŵr", "W06000008"),
    ]
    assert found.places[-1].constituencies == {"W07000100", "W07000101"}
    assert found.ignored == ("Colour",)


def test_a_council_without_a_code_is_the_one_that_has_one_elsewhere(tmp_path: Path) -> None:
    found = read(tmp_path, HEAD + "A,E05000001,Salford,,North West,,\nB,E05000002,Salford,E08000006,,,\n")
    assert told(found)[1:] == [
        ("council", "E08000006", "Salford", "region:north west"),
        ("ward", "E05000001", "A", "E08000006"),
        ("ward", "E05000002", "B", "E08000006"),
    ]


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        (",,,,,,", []),
        ("A,E05000001,Salford,E08000006,,,\n,,,,,,E14000001", [(3, "Constituency code", "area_without_name")]),
        (",E05000001,Salford,E08000006,,,", [(2, "Ward code", "area_without_name")]),
        ("A,,Salford,E08000006,,,", [(2, "Ward", "ward_without_code")]),
        ("A,E05000001,,,,,", [(2, "Council", "ward_without_council")]),
        ("A,E05%,Salford,E08000006,,,", [(2, "Ward code", "not_a_code")]),
        ("A,E08000006,Salford,E05000001,,,",
         [(2, "Council code", "code_of_another_kind"), (2, "Ward code", "code_of_another_kind")]),
        ("A,X1,Salford,X1,,,", [(2, "Ward code", "code_of_two_kinds")]),
        ("A,E05000001,Salford,E08000006,,,\nB,E05000001,Salford,E08000006,,,", [(3, "Ward", "area_of_two_names")]),
        ("A,E05000001,Salford,E08000006,,,\nA,E05000001,Bury,E08000007,,,", [(3, "Council", "area_in_two_areas")]),
        ("A,E05000001,Salford,E08000006,,,,,stray", [(2, "", "extra_cells")]),
        (f"{'A' * 201},E05000001,Salford,E08000006,,,", [(2, "Ward", "too_long")]),
        ("#REF!,E05000001,Salford,E08000006,,,", [(2, "Ward", "error_value")]),
    ],
)  # fmt: skip
def test_bad_rows(tmp_path: Path, rows: str, problems: list[tuple[int, str, str]]) -> None:
    if not problems:
        with pytest.raises(FileRefused, match="has headers but no areas"):
            read(tmp_path, HEAD + rows)
        return
    found = read(tmp_path, HEAD + rows)
    assert [(each.line, each.column, each.code) for each in found.problems] == problems
    for problem in found.problems:
        assert "%(" not in sentence(problem)


def test_a_row_that_names_no_area(tmp_path: Path) -> None:
    found = read(tmp_path, "Ward,Ward code,Notes\n,,a note\n")
    assert [sentence(each) for each in found.problems] == [
        "Line 2: it names no area. Give a ward with its code and its council, or take the row out."
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"), (b"x,y\n1,2\n", "Needed: ward, ward code, council, council code."),
        (HEAD.encode(), "has headers but no areas"), (b"Ward,Ward name\na,b\n", "mean the same"),
        (b'Ward,Ward code\n"a,b\n', "is broken"), (b"Ward\n\xff\n", "not UTF-8"), (b"\0", "not a spreadsheet"),
    ],
)  # fmt: skip
def test_whole_files_that_are_refused(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, content)
    assert words in str(refused.value)


CELLS = st.sampled_from(
    ["", "A", "B", "E05000001", "E08000006", "e05000002", "=1+1", "#REF!", "%", "\u202e", "  ", "x" * 300]
)


@given(st.lists(st.tuples(*[CELLS] * 7), min_size=1, max_size=8))
def test_whatever_a_file_holds_is_read_or_named(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]]
) -> None:
    text = HEAD + "".join(",".join(row) + "\n" for row in rows)
    if not any(cell.strip(" \u202e") for row in rows for cell in row):
        with pytest.raises(FileRefused, match="has headers but no areas"):
            read(tmp_path_factory.mktemp("none"), text)
        return
    found = read(tmp_path_factory.mktemp("any"), text)
    assert all("%(" not in sentence(problem) for problem in found.problems)
    keys = {place.key for place in found.places}
    assert len(keys) == len(found.places)
    for place in found.places:
        assert place.parent is None or place.parent in keys
        assert place.constituencies <= keys
