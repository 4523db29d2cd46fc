"""`fundapp import-members`: all or nothing, nothing twice, and nothing of the list to be read afterwards."""

import sqlite3

from tests.cli.terminal import Terminal


def write(terminal: Terminal, content: str, name: str = "list.csv") -> str:
    path = terminal.folder / name
    path.write_text(content, encoding="utf-8")
    return str(path)


def lines(terminal: Terminal) -> int:
    with sqlite3.connect(terminal.folder / "data" / "fundapp.db") as conn:
        return int(conn.execute("SELECT count(*) FROM listed_member").fetchone()[0])


def test_a_list_comes_in_once(ready: Terminal) -> None:
    file = write(
        ready, "\ufeffNumber,Name,Email,CLP\nA1234567,Sunita Rao,s@rao.example,Netherdale CLP\nB222,T,,X\n"
    )
    before = ready.counts()
    assert (
        ready.done("import-members", file, "--dry-run") == "2 members could be listed. Nothing was changed.\n"
    )
    assert (lines(ready), ready.counts()) == (0, before)
    assert ready.done("import-members", file) == (
        "2 members listed: 2 new, 0 changed, 0 not listed any more. Only fingerprints are kept.\n"
    )
    assert lines(ready) == 2
    after = ready.counts()
    assert after[3] == before[3] + 1, "one event"
    assert ready.done("import-members", file) == (
        "0 new, nothing changed: all 2 members of the file are listed already.\n"
    )
    assert ready.counts() == after
    newer = write(ready, "Number,Name,CLP\nA1234567,Sunita Rao,Thornley CLP\n")
    assert "1 member listed: 0 new, 1 changed, 1 not listed any more." in ready.done("import-members", newer)
    ready.holds()


def test_nothing_of_a_list_with_a_bad_row_comes_in(ready: Terminal) -> None:
    good = write(ready, "Number,Name,CLP\nA1234567,Sunita Rao,Netherdale CLP\n")
    ready.done("import-members", good)
    before = ready.counts()
    bad = write(
        ready, "Number,Name,CLP\nA1234568,Tom Ash,Netherdale CLP\nA1234568,Ann Ash,Netherdale CLP\n,x,\n"
    )
    said = ready.refused("import-members", bad).splitlines()
    assert [line.partition(":")[0] for line in said[:3]] == [
        "Line 3, column 'Number'", "Line 4, column 'Number'", "Line 4, column 'CLP'",
    ]  # fmt: skip
    assert said[3] == "3 problems in list.csv. Nothing was taken in: mend the file and try again."
    assert ready.refused("import-members", str(ready.folder / "none.csv"))
    assert ready.refused("import-members", code=2)
    assert (lines(ready), ready.counts()) == (1, before)


def test_five_thousand_members_and_not_one_of_them_in_the_database(ready: Terminal) -> None:
    rows = "".join(
        f"Q{at:07},Zebedee Quartermain{at},zebedee{at}@quartermain.example,Netherdale CLP\n"
        for at in range(5000)
    )
    said = ready.done("import-members", write(ready, "number,name,email,clp\n" + rows))
    assert said.startswith("5,000 members listed: 5,000 new, ")
    with sqlite3.connect(ready.folder / "data" / "fundapp.db") as conn:
        assert conn.execute("SELECT count(DISTINCT number_mark) FROM listed_member").fetchone()[0] == 5000
    for file in (ready.folder / "data").rglob("*"):
        if file.is_file():
            held = file.read_bytes().lower()
            assert [word for word in (b"zebedee", b"quartermain", b"q0000007") if word in held] == [], (
                file.name
            )
    ready.holds()
