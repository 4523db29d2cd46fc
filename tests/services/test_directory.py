"""The directory from files: compared row by row, all or nothing, and nothing twice."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from fundapp.demo.stage import Stage
from fundapp.intake.areas import AreaFile, read_areas
from fundapp.intake.refusals import sentence
from fundapp.intake.representatives import RepresentativeFile, read_representatives
from fundapp.models import Area, AuditEvent, OfficeHolding, Outbox, Person, WardConstituency
from fundapp.queries import people as asks
from fundapp.services import areas, directory, people
from fundapp.services.deed import Actor, Office
from fundapp.services.differences import Differences, DirectoryRefused
from tests.services import world

NOW = datetime(2026, 2, 1, 12, 0, tzinfo=UTC)
HEAD = "name,office,party,council,ward,ward_code,email,from,to\n"
AREAS = "ward,ward_code,council,council_code,region,constituency,constituency_code\n"
OYELARAN = "Margaret Oyelaran,councillor,Labour,Millbeck,Millbeck East,E05900011,councillor@demo.example,2024-05-02,2032-05-06\n"


class Files:
    """Texts as files that were read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def areas(self, rows: str, head: str = AREAS) -> AreaFile:
        path = self.folder / "areas.csv"
        path.write_bytes((head + rows).encode())
        return read_areas(path)

    def people(self, rows: str, head: str = HEAD) -> RepresentativeFile:
        path = self.folder / "people.csv"
        path.write_bytes((head + rows).encode())
        return read_representatives(path)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def operator(office: Office) -> Actor:
    return people.operator(office, NOW)


def bring(office: Office, file: RepresentativeFile, **terms: Any) -> Differences:
    return directory.bring_in(office, operator(office), file, NOW, **terms)


def refused(office: Office, file: RepresentativeFile) -> list[tuple[int, str]]:
    before = count(office)
    with pytest.raises(DirectoryRefused) as found:
        bring(office, file)
    assert count(office) == before, "nothing is taken in"
    assert all("%(" not in sentence(problem) for problem in found.value.problems)
    return [(problem.line, problem.code) for problem in found.value.problems]


def count(office: Office) -> list[int]:
    with office.db.read() as conn:
        return [
            conn.execute(select(func.count()).select_from(model)).scalar_one()
            for model in (Area, Person, OfficeHolding, AuditEvent, Outbox)
        ]


def held(office: Office, name: str) -> list[tuple[Any, ...]]:
    asked = (
        select(
            OfficeHolding.office, Area.code, OfficeHolding.party, OfficeHolding.from_on, OfficeHolding.to_on,
            OfficeHolding.email, OfficeHolding.source,
        )
        .join(Person, Person.id == OfficeHolding.person_id)
        .join(Area, Area.id == OfficeHolding.area_id)
        .where(Person.name == name)
        .order_by(OfficeHolding.id)
    )  # fmt: skip
    with office.db.read() as conn:
        return [tuple(row) for row in conn.execute(asked)]


def changes(said: Differences) -> list[tuple[str, str, str]]:
    return [field for change in said.changed for field in change.fields]


def test_areas_are_brought_in_once(office: Office, stage: Stage, files: Files) -> None:
    file = files.areas(
        "Elmet,E05900031,Millbeck,E06900001,North Vale,Vale North,E14900001\n"
        "Oakham,E05900032,Millbeck,E06900001,,Vale North,E14900001\n"
        "Oakham,E05900032,Millbeck,E06900001,,Vale South,E14900002\n"
    )
    said = areas.bring_in(office, operator(office), file, NOW)
    assert said.new == [
        "Vale North (E14900001)",
        "Vale South (E14900002)",
        "Elmet (E05900031)",
        "Oakham (E05900032)",
    ]
    assert (changes(said), said.unchanged) == ([], 2)
    assert sorted(said.missing) == [
        "Millbeck East (E05900011)",
        "Netherdale (E05900012)",
        "Thornley Cross (E05900013)",
    ]
    with office.db.read() as conn:
        above = {row.name for row in conn.execute(select(Area.name).where(Area.code == "E06900001"))}
        assert above == {"Millbeck"}
        assert conn.execute(select(func.count()).select_from(WardConstituency)).scalar_one() == 3
    before = count(office)
    again = areas.bring_in(office, operator(office), file, NOW)
    assert (again.nothing, again.unchanged, count(office)) == (True, 6, before)


def test_a_ward_that_is_renamed_and_moved(office: Office, stage: Stage, files: Files) -> None:
    first = files.areas("Elmet,E05900031,Millbeck,E06900001,,Vale North,E14900001\n")
    areas.bring_in(office, operator(office), first, NOW)
    file = files.areas("Elmet & Wood,E05900031,Cwm Hirfynydd,W06900002,,Vale South,E14900002\n")
    with office.db.read() as conn:
        looked = areas.compare(conn, file)
    assert changes(looked) == [
        ("name", "Elmet", "Elmet & Wood"), ("within", "Millbeck", "Cwm Hirfynydd"),
        ("constituency", "Vale North", "Vale South"),
    ]  # fmt: skip
    with pytest.raises(DirectoryRefused) as moved:
        areas.bring_in(office, operator(office), file, NOW, seal="another")
    assert moved.value.moved
    said = areas.bring_in(office, operator(office), file, NOW, seal=looked.seal)
    assert changes(said) == changes(looked)
    with office.db.read() as conn:
        assert areas.compare(conn, file).nothing


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("Elmet,E05900031,Nowhere,,,,\n", "council_without_code"),
        ("Elmet,E05900031,Millbeck,E06900001,,Nowhere,\n", "constituency_without_code"),
        ("Millbeck,REGION-NORTH-VALE,Millbeck,E06900001,,,\n", "code_known_as_another_kind"),
    ],
)
def test_areas_that_do_not_fit(office: Office, stage: Stage, files: Files, row: str, code: str) -> None:
    before = count(office)
    with pytest.raises(DirectoryRefused) as found:
        areas.bring_in(office, operator(office), files.areas(row), NOW)
    assert [problem.code for problem in found.value.problems] == [code]
    assert count(office)[0] == before[0]


def test_representatives_are_brought_in_once(office: Office, stage: Stage, files: Files) -> None:
    file = files.people(
        OYELARAN
        + "Zoë O’Neill,councillor,Green,Millbeck,Netherdale,,zoe@example.org,2 May 2024,\n"
        + "Zoe O'Neill,mayor,,Millbeck,,,ZOE@example.org,02/05/2024,2028-05-04\n"
        + "No Address,councillor,,,,e05900013,,2024-05-02,\n"
    )
    said = bring(office, file)
    assert said.new == ["Zoë O’Neill, Netherdale", "Zoe O'Neill, Millbeck", "No Address, Thornley Cross"]
    assert (changes(said), said.unchanged, said.missing) == ([], 1, ["Dominic Achterberg, Millbeck"])
    start, end = date(2024, 5, 2), date(2028, 5, 4)
    assert held(office, "Zoë O’Neill") == [
        ("councillor", "E05900012", "Green", start, None, "zoe@example.org", "directory"),
        ("mayor", "E06900001", None, start, end, "zoe@example.org", "directory"),
    ], "one address, one person"
    assert held(office, "No Address") == [("councillor", "E05900013", None, start, None, None, None)]
    before = count(office)
    again = bring(office, file)
    assert (again.nothing, again.unchanged, count(office)) == (True, 4, before)


def test_who_signs_in_with_the_address_is_the_person(office: Office, stage: Stage, files: Files) -> None:
    with office.deed(operator(office), NOW) as deed:
        people.open_account(deed, stage.cast.persons["member"], "sunita@example.org", None)
    said = bring(office, files.people("S Rao,councillor,,,,E05900012,sunita@example.org,2024-05-02,\n"))
    assert [problem.code for problem in said.remarks] == ["known_by_address"]
    assert [row[1] for row in held(office, "Sunita Rao")] == ["E05900012"]
    assert held(office, "S Rao") == []


def test_what_changes_is_said_and_changed(office: Office, stage: Stage, files: Files) -> None:
    row = (
        "Margaret Oyelaran-Hall,councillor,Co-op,,,E05900011,councillor@demo.example,2024-05-03,2028-05-04\n"
    )
    said = bring(office, files.people(row))
    assert changes(said) == [
        ("name", "Margaret Oyelaran", "Margaret Oyelaran-Hall"), ("party", "Labour", "Co-op"),
        ("from_on", "2024-05-02", "2024-05-03"), ("to_on", "2032-05-06", "2028-05-04"),
    ]  # fmt: skip
    assert held(office, "Margaret Oyelaran-Hall") == [
        (
            "councillor",
            "E05900011",
            "Co-op",
            date(2024, 5, 3),
            date(2028, 5, 4),
            "councillor@demo.example",
            "directory",
        )
    ]
    assert bring(office, files.people(row)).nothing
    empty = files.people("Margaret Oyelaran-Hall,councillor,,,,E05900011,,,\n")
    assert bring(office, empty).nothing, "an empty cell changes nothing"


def test_a_new_address_is_written_to(office: Office, stage: Stage, files: Files) -> None:
    bid = world.submitted(stage)
    said = bring(office, files.people(OYELARAN.replace("councillor@demo", "new@demo")))
    assert (changes(said), said.mails) == ([("email", "councillor@demo.example", "new@demo.example")], 1)
    with office.db.read() as conn:
        asked = conn.execute(
            select(Outbox.key).where(Outbox.name == "endorsement_request", Outbox.bid_id == bid)
        ).scalars()
        assert len(set(asked)) == 2, "asked when it was sent, and again at the new address"


def test_an_address_that_waited_for_an_officer_is_confirmed(
    office: Office, stage: Stage, files: Files
) -> None:
    with office.deed(operator(office), NOW) as deed:
        person = people.enter(deed, [people.Newcomer("Ada Byron", "ada@example.org")])[0]
        people.hold_office(
            deed, person, office="councillor", area=stage.cast.areas["E05900012"], from_on=date(2024, 5, 2), to_on=None,
            email="ada@example.org", source=None,
        )  # fmt: skip
    said = bring(office, files.people("Ada Byron,councillor,,,,E05900012,ada@example.org,,\n"))
    assert changes(said) == [("confirmed", "", "ada@example.org")]
    assert [row[6] for row in held(office, "Ada Byron")] == ["directory"]


def test_terms_one_after_another(office: Office, stage: Stage, files: Files) -> None:
    later = OYELARAN.replace("2024-05-02,2032-05-06", "2032-05-06,2036-05-01")
    said = bring(office, files.people(later))
    assert (len(said.new), changes(said)) == (1, [])
    assert [row[3:5] for row in held(office, "Margaret Oyelaran")] == [
        (date(2024, 5, 2), date(2032, 5, 6)), (date(2032, 5, 6), date(2036, 5, 1)),
    ]  # fmt: skip
    assert bring(office, files.people(later)).nothing
    assert bring(office, files.people(OYELARAN + later)).nothing


def test_a_re_election_keeps_the_first_day(office: Office, stage: Stage, files: Files) -> None:
    row = OYELARAN.replace("2024-05-02,2032-05-06", "2028-05-04,2036-05-01")
    assert changes(bring(office, files.people(row))) == [("to_on", "2032-05-06", "2036-05-01")]
    assert bring(office, files.people(row)).nothing


def test_a_term_keeps_the_days_on_which_it_was_answered_under(
    office: Office, stage: Stage, files: Files
) -> None:
    world.endorsed(stage, 0)
    row = OYELARAN.replace("2032-05-06", "2025-01-01")
    assert refused(office, files.people(row)) == [(2, "term_leaves_answer_out")]


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        (",councillor,Labour,X,Y,E05999999,no-mail,2024-13-02,2020-01-01\n",
         [(2, "no_name"), (2, "unreadable_date"), (2, "unknown_area"), (2, "not_an_email")]),
        ("A,councillor,,,,E05900012,,,\n", [(2, "no_start")]),
        ("A,councillor,,,,E06900001,,2024-05-02,\n", [(2, "unknown_area")]),
        ("A,councillor,,Millbeck,,,,2024-05-02,\n", [(2, "no_place_for_office")]),
        ("A,councillor,,Cwm Hirfynydd,Netherdale,,,2024-05-02,\n", [(2, "unknown_area")]),
        ("A,councillor,,Cwm Hirfynydd,,E05900012,,2024-05-02,\n", [(2, "other_council")]),
        ("A,mayor,,Nowhere,,,,2024-05-02,\n", [(2, "unknown_area")]),
        ("A,councillor,,,,E05900012,,2024-05-02,\nCllr a,councillor,,,,E05900012,a@x.org,2025-05-02,\n",
         [(3, "representative_twice")]),
        ("A,councillor,,,,E05900012,a@x.org,2024-05-02,\nB,councillor,,,,E05900013,a@x.org,2024-05-02,\n",
         [(3, "address_of_another")]),
        ("Margaret Oyelaran,councillor,,,,E05900011,,,2020-01-01\n", [(2, "term_ends_before_start")]),
    ],
)  # fmt: skip
def test_bad_rows(
    office: Office, stage: Stage, files: Files, rows: str, problems: list[tuple[int, str]]
) -> None:
    operator(office)
    assert refused(office, files.people(rows)) == problems


def test_hostile_words_are_words(office: Office, stage: Stage, files: Files) -> None:
    name = "=cmd|' /C calc'!A0 <script>alert(1)</script>"
    bring(office, files.people(f'"{name}",councillor,"%(x)s",,,E05900012,,2024-05-02,\n'))
    assert [row[2] for row in held(office, name)] == ["%(x)s"]


def test_a_first_day_for_all_rows(office: Office, stage: Stage, files: Files) -> None:
    file = files.people("Ada Byron,councillor,,,,E05900012,,,\n")
    bring(office, file, start=date(2024, 5, 2))
    assert [row[3] for row in held(office, "Ada Byron")] == [date(2024, 5, 2)]


def test_an_mp_covers_the_wards_of_the_constituency(office: Office, stage: Stage, files: Files) -> None:
    row = "Netherdale,E05900012,Millbeck,E06900001,,Vale North,E14900001\n"
    areas.bring_in(office, operator(office), files.areas(row), NOW)
    bring(office, files.people("Ada Byron,mp,vale north,2024-07-04\n", "name,office,constituency,from\n"))
    with office.db.read() as conn:
        found = {
            code: [each.name for each in asks.representatives(conn, stage.cast.areas[code], date(2026, 2, 1))]
            for code in ("E05900012", "E05900013")
        }
    assert found == {"E05900012": ["Ada Byron", "Dominic Achterberg"], "E05900013": ["Dominic Achterberg"]}


def test_more_than_one_chunk(
    office: Office, stage: Stage, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "_CHUNK", 3)
    rows = "".join(f"Rep {n},councillor,,,,E0590001{n % 3 + 1},r{n}@x.org,2024-05-02,\n" for n in range(11))
    steps: list[tuple[int, int]] = []
    bring(office, files.people(rows), told=lambda done, whole: steps.append((done, whole)))
    assert steps == [(3, 11), (6, 11), (9, 11), (11, 11), (11, 11)]
    said = bring(office, files.people(rows.replace("x.org", "y.org")))
    assert (len(said.changed), said.unchanged) == (11, 0)
    assert bring(office, files.people(rows.replace("x.org", "y.org"))).nothing
