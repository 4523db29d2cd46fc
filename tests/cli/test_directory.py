"""The directory on the terminal: files that come in, come again, and are refused."""

import csv

import pytest

from tests.cli.terminal import Terminal
from tests.cli.test_commands import REAL, write

AREAS = "ward,ward_code,council,council_code,region\nKersal,E05000770,Salford,E08000006,North West\n"
PEOPLE = "name,office,party,council,ward,ward_code,email,from,to\n"
ROW = "Ada Byron,councillor,Labour,Salford,Kersal,E05000770,ada@example.org,2024-05-02,2028-05-04\n"


def test_areas_and_representatives(ready: Terminal) -> None:
    areas, reps = write(ready, "areas.csv", AREAS), write(ready, "reps.csv", PEOPLE + ROW)
    assert ready.done("import-areas", areas, "--dry-run") == (
        "3 areas would be new, 0 would be changed, 0 as before.\nNothing was changed.\n"
    )
    assert "unknown" not in ready.refused("import-representatives", reps)
    assert ready.done("import-areas", areas) == "3 areas new, 0 changed, 0 as before.\n"
    assert (
        ready.done("import-areas", areas)
        == "0 new, nothing changed: the directory has all 3 areas of the file already.\n"
    )
    assert ready.done("import-representatives", reps) == "1 representative new, 0 changed, 0 as before.\n"
    before = ready.counts()
    again = "0 new, nothing changed: the directory has all 1 representative of the file already.\n"
    assert ready.done("import-representatives", reps) == again
    other = write(ready, "other.csv", PEOPLE + ROW.replace("ada@", "new@"))
    assert ready.done("import-representatives", other, "--dry-run") == (
        "Line 2: Ada Byron, Kersal: address: ada@example.org → new@example.org\n"
        "0 representatives would be new, 1 would be changed, 0 as before.\nNothing was changed.\n"
    )
    assert ready.counts() == before
    third = write(
        ready, "third.csv", PEOPLE + ROW.replace("Ada Byron", "Mary Shelley").replace("ada@", "mary@")
    )
    assert "In the directory but not in this file: Ada Byron, Kersal\n" in ready.done(
        "import-representatives", third
    )
    ready.holds()


def test_bad_rows_are_named_and_nothing_comes_in(ready: Terminal) -> None:
    areas = write(ready, "areas.csv", AREAS + "Bold,,Salford,E08000006,\n,,,,\nBold,E05000771,Bury,,\n")
    assert ready.refused("import-areas", areas).splitlines() == [
        "Line 3, column 'ward': the ward 'Bold' has no code. Give its official code, like E05000770.",
        "Line 5, column 'council': the council 'Bury' has no code, and none of that name is known. Give its official code, "
        "like E08000006.",
        "2 problems in areas.csv. Nothing was taken in: mend the file and try again.",
    ]
    bad = write(ready, "bad.csv", PEOPLE + ",councillor,Labour,X,Y,E05999999,no-mail,2024-13-02,2020-01-01\n")
    for options in ((), ("--dry-run",)):
        lines = ready.refused("import-representatives", bad, *options).splitlines()
        assert [line.split(":")[0] for line in lines[:-1]] == [
            "Line 2, column 'name'", "Line 2, column 'from'", "Line 2, column 'ward_code'", "Line 2, column 'email'",
        ]  # fmt: skip
        assert lines[-1] == "4 problems in bad.csv. Nothing was taken in: mend the file and try again."


@pytest.mark.parametrize("command", ["import-areas", "import-representatives"])
def test_files_that_cannot_be_read(ready: Terminal, command: str) -> None:
    assert "There is no file nowhere.csv" in ready.refused(command, "nowhere.csv")
    assert "is empty" in ready.refused(command, write(ready, "empty.csv", ""))
    assert "has headers but no" in ready.refused(command, write(ready, "head.csv", "name,ward,ward_code\n"))
    assert "no row of headers" in ready.refused(command, write(ready, "odd.csv", "x,y\n1,2\n"))
    assert ready.refused(command, code=2)


def test_the_real_wards(ready: Terminal) -> None:
    with REAL.open(newline="") as stream:
        rows = {row["ward_code"]: row for row in csv.DictReader(stream) if row["ward_code"]}
    columns = ("ward", "ward_code", "council", "council_code", "region")
    lines = [
        ",".join(columns),
        *(",".join(f'"{row[column]}"' for column in columns) for row in rows.values()),
    ]
    reps = ["name,office,ward_code,email,from"]
    reps += [f"Rep {n},councillor,{code},r{n}@example.org,2024-05-02" for n, code in enumerate(rows)]
    areas, people = write(ready, "areas.csv", "\n".join(lines)), write(ready, "reps.csv", "\n".join(reps))
    assert ready.done("import-areas", areas).endswith(" areas new, 0 changed, 0 as before.\n")
    assert ready.done("import-areas", areas).startswith("0 new, nothing changed")
    assert (
        ready.done("import-representatives", people)
        == f"{len(rows)} representatives new, 0 changed, 0 as before.\n"
    )
    assert ready.done("import-representatives", people).startswith("0 new, nothing changed")
    ready.holds()


def test_postcodes(ready: Terminal) -> None:
    ready.done("import-areas", write(ready, "areas.csv", AREAS))
    file = write(ready, "pc.csv", "pcds,osward\nM7 4QR,E05000770\nM7 4QS,E05000770\nZZ1 1ZZ,E05999999\n")
    left_out = "1 postcode left out: their ward is not in the directory, such as E05999999.\n"
    assert ready.done("import-postcodes", file) == left_out + "2 postcodes new, 0 changed, 0 as before.\n"
    again = "0 new, nothing changed: 2 postcodes of the file stand there already.\n"
    assert ready.done("import-postcodes", file) == left_out + again
    none = write(ready, "none.csv", "pcds,osward\nZZ1 1ZZ,E05999999\n")
    said = ready.say("import-postcodes", none)
    assert (said.code, said.err) == (
        1, "No postcode of the file could be taken in. Bring in the areas first, and check the columns.\n",
    )  # fmt: skip
    odd = ready.say(
        "import-postcodes", write(ready, "odd.csv", "pcds,osward\nM7 4QR,E05000770\nnone,E05000770\n")
    )
    assert (odd.code, odd.err) == (0, "Line 3: 'none' is not a postcode. It was left out.\n")
    assert "There is no file" in ready.refused("import-postcodes", "nowhere.csv")
    assert "lacks a column" in ready.refused("import-postcodes", write(ready, "bad.csv", "pcds\nM7 4QR\n"))
    ready.holds()
