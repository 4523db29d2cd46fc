"""Who is kept from which bid, and by what: each reason by itself, in every place that asks; on both databases."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event

from fundapp.database import Database
from fundapp.demo.stage import Stage
from fundapp.domain import ties
from fundapp.queries import apart, lists, panel, reading, table
from fundapp.services import marks, membership, people, roles
from fundapp.services import panel as panel_acts
from fundapp.services import ties as register
from fundapp.services.deed import Actor, Office
from fundapp.services.ties import Said
from fundapp.services.transition import fire
from tests.apart import joined
from tests.databases import RECORDER
from tests.services import world

SECRET = "5e" * 32
HOME = "12 Mill Lane\nMillbeck\nLS3 1HH"


@pytest.fixture
def office(database: Database) -> Office:
    """The service with a key of its own: households are known by it."""
    return Office(database, RECORDER, world.LONDON, SECRET, world.BANK_KEYS)


@dataclass
class House:
    """A bid of member2's that was backed, and a reviewer who is tied to nothing yet."""

    office: Office
    stage: Stage
    bid: int
    other: int
    row: dict[str, Any]

    @property
    def reader(self) -> int:
        return self.stage.cast.persons["reviewer4"]

    @property
    def actor(self) -> Actor:
        return self.stage.cast.actor("reviewer4")

    def say(self, key: str | None, why: str) -> None:
        """The reviewer declares a tie."""
        assert key is not None
        register.declare(self.office, self.actor, [Said(key, why, "as it is")], [], self.stage.during)

    def why(self, bid: int | None = None) -> frozenset[str] | None:
        """Why the reviewer is kept from a bid; None if they are not."""
        with self.office.db.read() as conn:
            return apart.conflicts(conn, [bid or self.bid], [self.reader]).get((bid or self.bid, self.reader))

    def everywhere(self) -> dict[str, bool]:
        """Whether the bid is kept from the reviewer, as each place has it."""
        with self.office.db.read() as conn:
            page = lists.page(conn, lists.Filters(None), self.reader, None, 50)
            found = lists.page(conn, lists.Filters(None, words=self.row["title"][:30]), self.reader, None, 50)
            rows = {row.id: row for row in panel.table(conn, self.stage.round, self.reader)}
            kept = panel.obstacles(conn, [self.bid], datetime.now(UTC)).conflicted
            return {
                "list": next(bool(row.hidden) for row in page if row.id == self.bid),
                "search": self.bid not in {row.id for row in found},
                "page": reading.stands_apart(conn, self.bid, self.reader),
                "pages": self.bid in reading.apart_from(conn, self.reader),
                "giving out": (self.bid, self.reader) in kept,
                # A bid that is not backed yet is on no table of the panel.
                "panel": bool(rows[self.bid].conflicted) if self.bid in rows else self.why() is not None,
                # Of those with a part in it the door has a rule of its own.
                "door": table.standings(conn, [self.bid], self.reader)[self.bid].conflicted
                or self.why() == frozenset({"own"}),
            }


@pytest.fixture
def house(office: Office, stage: Stage) -> House:
    """Both bids are by others than the reviewer, the second by somebody else, elsewhere."""
    bid = stage.draft({**world.project(0), "address": HOME}, member="member2")
    stage.submit(bid, "member2")
    stage.endorse(bid, world.project(0)["representative"])
    return House(office, stage, bid, world.submitted(stage, 1), world.one(office, "bid", id=bid))


def _join(house: House) -> None:
    joined(house.office, house.actor, house.bid, house.stage.during)


def _name(house: House) -> None:
    """The reviewer is the representative who is asked now."""
    with house.office.deed(house.stage.cast.actor("officer"), house.stage.during) as deed:
        holding = people.hold_office(
            deed, house.reader, office="mayor", area=house.stage.cast.areas["E06900001"],
            from_on=house.stage.opens_at.date(), to_on=None, email="r@demo.example", source="directory",
        )  # fmt: skip
    bid = world.submitted(house.stage, 0)
    fire(
        house.office, house.stage.cast.actor("member"), "bid", "name_endorser", bid, house.stage.during,
        {"holding_id": holding},
    )  # fmt: skip
    house.bid, house.row = bid, world.one(house.office, "bid", id=bid)


def _party(house: House) -> None:
    with house.office.deed(house.stage.cast.actor("officer"), house.stage.during) as deed:
        people.join(deed, house.reader, "R400001", "MILLBECK Constituency Labour Party", "the list")


def _ward(house: House) -> None:
    with house.office.deed(house.stage.cast.actor("officer"), house.stage.during) as deed:
        people.hold_office(
            deed, house.reader, office="councillor", area=house.row["area_id"],
            from_on=house.stage.opens_at.date(), to_on=None, email=None, source=None,
        )  # fmt: skip


def _group(house: House) -> str:
    return ties.organisation(house.row["organisation_id"])


#: By the parts that people have, what they belong to and hold.
PARTS: list[tuple[str, Callable[[House], Any], set[str]]] = [
    ("co-applicant", _join, {"own"}),
    ("representative named", _name, {"own"}),
    ("local party of a membership", _party, {"local_party"}),
    ("office in the ward", _ward, {"ward"}),
]


def _said(house: House) -> list[tuple[str, str, str]]:
    """(key, what is said of it, why they are kept apart) of everything that a reviewer may say."""
    persons = house.stage.cast.persons
    return [
        (ties.party("Millbeck") or "", "member", "local_party"),
        (ties.area(house.row["area_id"]), "lives", "ward"),
        (ties.area(house.stage.cast.areas["E06900001"]), "belongs", "area"),
        (marks.household(SECRET, "12 mill lane, LS31HH") or "", "lives", "household"),
        (_group(house), "belongs", "organisation"),
        (_group(house), "works", "organisation"),
        (_group(house), "gives", "donor"),
        (ties.person(persons["member2"]), "knows", "person"),
        (ties.person(persons["councillor"]), "knows", "person"),
    ]


def _kept(house: House) -> list[str]:
    return [place for place, kept in house.everywhere().items() if kept]


def _open(house: House) -> list[str]:
    return [place for place, kept in house.everywhere().items() if not kept]


@pytest.mark.parametrize(("act", "why"), [each[1:] for each in PARTS], ids=[each[0] for each in PARTS])
def test_each_part_keeps_apart_everywhere(house: House, act: Callable[[House], Any], why: set[str]) -> None:
    assert house.why() is None
    assert _kept(house) == []
    act(house)
    assert house.why() == why
    assert _open(house) == []


def test_each_tie_that_is_said_keeps_apart_everywhere_until_it_is_over(house: House) -> None:
    for key, said, why in _said(house):
        house.say(key, said)
        assert house.why() == {why}
        assert _open(house) == []
        (tie,) = (
            row for row in world.rows(house.office, "tie", person_id=house.reader) if row["ended_at"] is None
        )
        register.end(house.office, house.actor, tie["id"], house.stage.during)
        assert house.why() is None
        assert _kept(house) == []


def test_what_is_near_and_not_the_same_keeps_nobody_apart(house: House) -> None:
    for key, said in (
        (ties.party("Millbeck East"), "member"),
        (ties.area(house.stage.cast.areas["W05900022"]), "lives"),
        (marks.household(SECRET, "14 Mill Lane, LS3 1HH"), "lives"),
        (marks.household("other key", "12 Mill Lane, LS3 1HH"), "lives"),
        (ties.organisation(house.row["organisation_id"] + 100), "belongs"),
        (ties.person(house.stage.cast.persons["treasurer"]), "knows"),
    ):
        house.say(key, said)
        assert house.why() is None
    assert _kept(house) == []


def test_the_applicant_and_who_backed_it_are_kept_apart_by_their_part(house: House) -> None:
    persons = house.stage.cast.persons
    with house.office.db.read() as conn:
        found = apart.conflicts(conn, [house.bid])
    assert found == {
        (house.bid, persons["member2"]): frozenset({"own"}),
        (house.bid, persons["councillor"]): frozenset({"own"}),
    }


def test_no_address_can_be_read_from_a_mark(house: House) -> None:
    (home,) = (
        row["key"] for row in world.rows(house.office, "bid_mark", bid_id=house.bid) if "home" in row["key"]
    )
    assert "LS3" not in home.upper()
    assert len(home) == len("home:") + 64


def test_marks_follow_what_changes(house: House) -> None:
    office, stage = house.office, house.stage
    _party(house)
    assert house.why() == {"local_party"}
    # The reviewer's membership ends, and the applicant's is another.
    (theirs,) = world.rows(office, "membership", person_id=house.reader)
    with office.deed(stage.cast.actor("officer"), stage.during) as deed:
        membership.end(deed, theirs["id"])
    assert house.why() is None
    house.say(ties.party("Netherdale"), "member")
    (own,) = world.rows(office, "membership", person_id=stage.cast.persons["member2"])
    with office.deed(stage.cast.actor("officer"), stage.during) as deed:
        membership.end(deed, own["id"])
        people.join(deed, stage.cast.persons["member2"], "M222222", "Netherdale CLP", "the list")
    assert house.why() == {"local_party"}
    # Somebody who judges nothing any more has no marks.
    (grant,) = world.rows(office, "role_grant", person_id=house.reader)
    roles.end(office, stage.cast.actor("officer"), grant["id"], stage.during)
    assert world.rows(office, "person_mark", person_id=house.reader) == []
    roles.give(office, stage.cast.actor("officer"), house.reader, "chair", None, stage.during)
    assert house.why() == {"local_party"}


def test_a_tie_that_is_over_keeps_nobody_apart_and_stays_in_the_record(house: House) -> None:
    house.say(ties.area(house.row["area_id"]), "lives")
    (tie,) = world.rows(house.office, "tie", person_id=house.reader)
    register.end(house.office, house.actor, tie["id"], house.stage.during)
    assert house.why() is None
    (tie,) = world.rows(house.office, "tie", person_id=house.reader)
    assert tie["ended_at"] is not None
    with pytest.raises(LookupError):
        register.end(house.office, house.actor, tie["id"], house.stage.during)
    with pytest.raises(LookupError):
        register.end(house.office, house.stage.cast.actor("reviewer"), tie["id"], house.stage.during)


def test_saying_the_same_again_changes_nothing_and_other_words_are_said_anew(house: House) -> None:
    key = ties.organisation(house.row["organisation_id"])
    office, at = house.office, house.stage.during
    assert register.declare(office, house.actor, [Said(key, "belongs", "Its treasurer.")], [], at)[0] == 1
    assert register.declare(office, house.actor, [Said(key, "belongs", "Its treasurer.")], [], at)[0] == 0
    assert register.declare(office, house.actor, [Said(key, "gives", "A little.")], [], at)[0] == 1
    said = world.rows(office, "tie", person_id=house.reader)
    assert [(row["why"], row["ended_at"] is None) for row in said] == [("belongs", False), ("gives", True)]
    assert house.why() == {"donor"}


def test_a_turn_that_was_given_out_ends_when_a_tie_is_said(house: House) -> None:
    house.stage.assign([house.bid], ("reviewer", "reviewer4"))
    house.say(ties.area(house.row["area_id"]), "lives")
    turns = {
        row["person_id"]: row["ended_why"] for row in world.rows(house.office, "assignment", bid_id=house.bid)
    }
    assert turns == {house.stage.cast.persons["reviewer"]: None, house.reader: "interest"}


@pytest.mark.parametrize("act", ["assign", "start_panel"])
def test_what_nobody_noticed_is_found_when_the_panel_is_given_its_work(house: House, act: str) -> None:
    """Marks that went missing or stale: a bid was given out; the next work of the panel finds it."""
    house.stage.assign([house.bid], ("reviewer4",))
    with house.office.db.write() as conn:
        conn.exec_driver_sql("DELETE FROM bid_mark")
        conn.exec_driver_sql("DELETE FROM person_mark")
        conn.exec_driver_sql(
            f"INSERT INTO bid_mark (bid_id, key) VALUES ({house.other}, 'person:{house.reader}')"
        )
    _ward(house)
    with house.office.db.write() as conn:
        conn.exec_driver_sql("DELETE FROM person_mark")
    assert house.why() is None
    if act == "assign":
        house.stage.assign([house.bid], ("reviewer",))
    else:
        house.stage.start_panel()
    assert house.why() == {"ward"}
    assert house.why(house.other) is None
    turn = next(
        row
        for row in world.rows(house.office, "assignment", bid_id=house.bid)
        if row["person_id"] == house.reader
    )
    assert turn["ended_why"] == "interest"


def test_who_is_tied_to_a_bid_is_given_no_turn_at_it(house: House) -> None:
    house.say(ties.area(house.row["area_id"]), "lives")
    with pytest.raises(panel_acts.AssignRefused) as caught:
        house.stage.assign([house.bid], ("reviewer4",))
    assert [refusal.code for _bid, _person, refusal in caught.value.refusals] == ["kept_apart"]


def test_a_chair_who_is_tied_to_a_bid_concludes_and_decides_nothing(house: House) -> None:
    roles.give(
        house.office, house.stage.cast.actor("officer"), house.reader, "chair", None, house.stage.during
    )
    house.stage.start_panel()
    house.stage.assign([house.bid])
    for reviewer in ("reviewer", "reviewer2", "reviewer3"):
        house.stage.review(house.bid, reviewer, world.MARKS)
    house.say(ties.area(house.row["area_id"]), "lives")
    asked = [("conclude", {}), ("moderate", {})]
    for move, inputs in asked:
        refused = world.refusal_of(
            lambda move=move, inputs=inputs: fire(
                house.office, house.actor, "bid", move, house.bid, house.stage.after, inputs
            )
        )
        assert "interest_declared" in refused
    house.stage.conclude(house.bid)


def test_refusals_of_what_is_no_tie(house: House) -> None:
    for said, code in (
        (Said("round:1", "other"), "unknown_tie"),
        (Said("person:1", "knows", "x" * 401), "tie_too_long"),
    ):
        with pytest.raises(register.TieRefused) as caught:
            register.declare(house.office, house.actor, [said], [], house.stage.during)
        assert caught.value.code == code
    many = [Said(ties.person(number), "knows") for number in range(1, 502)]
    with pytest.raises(register.TieRefused):
        register.declare(house.office, house.actor, many, [], house.stage.during)


def test_a_refresh_that_finds_everything_as_it_was_writes_nothing(house: House) -> None:
    seen: list[str] = []
    with house.office.db.write() as conn:
        event.listen(house.office.db.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
        marks.refresh_bids(conn, SECRET, [house.bid, house.other])
        marks.refresh_judges(conn, house.stage.during, house.stage.during.date())
    assert len([sql for sql in seen if not sql.startswith("BEGIN")]) == 3
    assert not any(sql.lstrip().startswith(("INSERT", "DELETE")) for sql in seen)
