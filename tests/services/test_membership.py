"""Memberships on both databases: claimed, confirmed by the list or an officer, turned down, ended."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from fundapp.audit.verify import verify
from fundapp.demo.stage import Stage
from fundapp.domain.membership import Marks
from fundapp.intake.members import MemberRow
from fundapp.models import Account
from fundapp.models.base import Base
from fundapp.queries import member_list as list_asks
from fundapp.queries import memberships as asks
from fundapp.services import member_list, membership, people
from fundapp.services.deed import Actor, Office
from fundapp.services.people import PersonRefused
from tests.services import world

MARKS = Marks("a-secret-for-tests-only")
PERSON = "Wilhelmina Aske-Thorne"
ADDRESS = "wilhelmina@aske.example"


def newcomer(office: Office, name: str = PERSON, email: str | None = ADDRESS) -> Actor:
    """Somebody who has signed in for the first time."""
    with office.deed(people.operator(office, world.OPENS), world.OPENS) as deed:
        person = people.enter(deed, [people.Newcomer(name, email)])[0]
        if email:
            people.open_account(deed, person, email, None)
        return people.actor(deed.conn, person)


def claim(office: Office, who: Actor, number: str, party: str = "Netherdale CLP") -> membership.Claimed:
    assert who.person is not None
    with office.deed(who, world.OPENS) as deed:
        return membership.claim(deed, MARKS, who.person, number, party)


def listed(
    office: Office, *members: tuple[str, str, str], party: str = "Netherdale CLP"
) -> member_list.Listed:
    rows = [MemberRow(at, number, name, email, party) for at, (number, name, email) in enumerate(members, 2)]
    return member_list.bring_in(office, people.operator(office, world.OPENS), MARKS, rows, world.OPENS)


def refused(act: Any) -> str:
    with pytest.raises(PersonRefused) as caught:
        act()
    return caught.value.code


def standing(office: Office, who: Actor) -> Any:
    assert who.person is not None
    with office.db.read() as conn:
        return asks.newest(conn, who.person)


def act(office: Office, who: Actor, do: Any, *given: Any) -> Any:
    with office.deed(who, world.OPENS) as deed:
        return do(deed, *given)


def actions(found: world.Changed) -> list[str]:
    return [body["action"] for body in found.bodies]


def test_a_claim_waits_and_brings_the_role(office: Office, stage: Stage) -> None:
    who = newcomer(office)
    found = world.change(office, lambda: claim(office, who, " a 123-4567 ", " Netherdale   CLP "))
    assert found.counts == {"membership": 1, "role_grant": 1, "security_event": 1}
    assert actions(found) == ["membership.claimed", "role.given"]
    row, grant = found.added["membership"][0], found.added["role_grant"][0]
    assert (row["number"], row["local_party"]) == ("A1234567", "Netherdale CLP")
    assert (row["confirmed_at"], row["source"], row["ended_at"]) == (None, None, None)
    assert (grant["role"], grant["fund_id"], grant["granted_by"]) == ("member", None, None)
    # The same words again change nothing.
    again = world.change(office, lambda: claim(office, who, "A1234567", "Netherdale CLP"))
    assert (again.counts, again.bodies) == ({}, [])


@pytest.mark.parametrize(
    ("number", "party", "code"),
    [
        ("12", "Netherdale CLP", "bad_membership_number"), ("", "Netherdale CLP", "bad_membership_number"),
        ("A1234567", "  ", "no_local_party"), ("A1234567", "x" * 101, "local_party_too_long"),
    ],
)  # fmt: skip
def test_what_is_no_claim(office: Office, stage: Stage, number: str, party: str, code: str) -> None:
    who = newcomer(office)
    found = world.change(office, lambda: refused(lambda: claim(office, who, number, party)))
    assert refused(lambda: claim(office, who, number, party)) == code
    assert (found.counts, found.bodies) == ({}, [])


def test_a_claim_is_replaced_until_it_is_confirmed(office: Office, stage: Stage) -> None:
    who, officer = newcomer(office), stage.cast.actor("officer")
    first = claim(office, who, "A1234567").membership
    found = world.change(office, lambda: claim(office, who, "A1234568"))
    assert actions(found) == ["membership.claimed"]
    assert found.counts == {"membership": 1}
    assert found.changed["membership", first].keys() == {"ended_at"}
    second = standing(office, who)
    assert refused(lambda: act(office, officer, membership.confirm, [first], "Rang them.")) == (
        "membership_not_waiting"
    )
    done = world.change(
        office, lambda: act(office, officer, membership.confirm, [second.id], " Rang the CLP secretary. ")
    )
    assert (actions(done), done.effects) == (["membership.confirmed"], ["membership_confirmed"])
    row = standing(office, who)
    assert (row.source, row.confirmed_by) == ("Rang the CLP secretary.", officer.person)
    assert refused(lambda: claim(office, who, "A1234569")) == "membership_stands"
    assert refused(lambda: act(office, officer, membership.confirm, [second.id], "Twice.")) == (
        "membership_not_waiting"
    )
    assert refused(lambda: act(office, officer, membership.turn_down, second.id, "No.")) == (
        "membership_not_waiting"
    )


def test_five_changes_a_day(office: Office, stage: Stage) -> None:
    who = newcomer(office)
    for number in range(5):
        claim(office, who, f"A123456{number}")
    assert refused(lambda: claim(office, who, "A1234569")) == "too_many_claims"
    # What stands may be said again.
    assert claim(office, who, "A1234564").confirmed is False
    with office.db.read() as conn:
        newest = standing(office, who).claimed_at
        assert asks.claims_since(conn, who.person or 0, newest - timedelta(days=1)) == 5
        assert asks.claims_since(conn, who.person or 0, newest) == 0


def test_turned_down_with_a_reason_and_claimed_again(office: Office, stage: Stage) -> None:
    who, officer = newcomer(office), stage.cast.actor("officer")
    first = claim(office, who, "A1234567").membership
    for reason, code in (("  ", "say_why_turned_down"), ("x" * 1001, "reason_too_long")):
        assert refused(lambda: act(office, officer, membership.turn_down, first, reason)) == code  # noqa: B023
    done = world.change(office, lambda: act(office, officer, membership.turn_down, first, "No such number."))
    assert (actions(done), done.effects) == (["membership.turned_down"], ["membership_turned_down"])
    row = standing(office, who)
    assert (row.ended_why, row.ended_at is not None) == ("No such number.", True)
    # The role stays: they go on writing, and claim again.
    assert [grant["to_at"] for grant in world.rows(office, "role_grant", person_id=who.person)] == [None]
    assert claim(office, who, "A1234568").membership > first


def test_an_ended_membership_confirms_nothing(office: Office, stage: Stage) -> None:
    who, officer = newcomer(office), stage.cast.actor("officer")
    made = claim(office, who, "A1234567").membership
    assert refused(lambda: act(office, officer, membership.end, made)) == "membership_not_standing"
    act(office, officer, membership.confirm, [made], "Rang them.")
    done = world.change(office, lambda: act(office, officer, membership.end, made))
    assert (actions(done), done.effects) == (["membership.ended"], [])
    assert refused(lambda: act(office, officer, membership.end, made)) == "membership_not_standing"
    assert claim(office, who, "A1234567").confirmed is False


def test_nobody_confirms_their_own(office: Office, stage: Stage) -> None:
    officer = stage.cast.actor("officer")
    made = claim(office, officer, "A1234567").membership
    found = world.change(
        office, lambda: refused(lambda: act(office, officer, membership.confirm, [made], "It is me."))
    )
    assert refused(lambda: act(office, officer, membership.confirm, [made], "It is me.")) == "own_membership"
    assert refused(lambda: act(office, officer, membership.confirm, [made], "  ")) == "no_membership_source"
    assert found.counts == {}


def test_several_are_confirmed_together_or_none(office: Office, stage: Stage) -> None:
    officer = stage.cast.actor("officer")
    made = [
        claim(office, newcomer(office, f"Member {n}", f"m{n}@x.example"), f"B100{n}").membership
        for n in range(3)
    ]
    gone = [*made, 999_999]
    assert (
        refused(lambda: act(office, officer, membership.confirm, gone, "List.")) == "membership_not_waiting"
    )
    assert all(row["confirmed_at"] is None for row in world.rows(office, "membership") if row["id"] in made)
    assert act(office, officer, membership.confirm, [made[2], made[0], made[0]], "List.") == [
        made[0],
        made[2],
    ]


@pytest.mark.parametrize(
    ("line", "confirmed"),
    [
        (("A1234567", "Someone Else", ADDRESS.upper()), True), (("A1234567", "ASKE THORNE, Wilhelmina", ""), True),
        (("A1234567", "Wilhelmina Aske", "w@other.example"), False), (("A1234568", PERSON, ADDRESS), False),
    ],
)  # fmt: skip
def test_the_list_confirms_at_once(
    office: Office, stage: Stage, line: tuple[str, str, str], confirmed: bool
) -> None:
    listed(office, line)
    who = newcomer(office)
    found = world.change(office, lambda: claim(office, who, "A1234567"))
    assert ("membership.confirmed" in actions(found)) is confirmed
    assert found.effects == []
    row = standing(office, who)
    assert (row.confirmed_at is not None, row.source, row.confirmed_by) == (
        confirmed, "list" if confirmed else None, None,
    )  # fmt: skip


def test_an_address_that_is_not_confirmed_fits_nothing(office: Office, stage: Stage) -> None:
    listed(office, ("A1234567", "Someone Else", ADDRESS))
    who = newcomer(office, email=None)
    with office.db.write() as conn:
        conn.execute(
            insert(Account).values(
                person_id=who.person, email=ADDRESS, created_at=world.OPENS, confirmed_at=None
            )
        )  # fmt: skip
    assert claim(office, who, "A1234567").confirmed is False


def test_a_number_that_somebody_has_is_left_to_the_officer(office: Office, stage: Stage) -> None:
    listed(office, ("A1234567", PERSON, ADDRESS))
    first, second = newcomer(office), newcomer(office, PERSON, "other@aske.example")
    assert claim(office, first, "A1234567").confirmed is True
    assert claim(office, second, "A1234567").confirmed is False
    with office.db.read() as conn:
        held = asks.others_with(conn, ["A1234567"])["A1234567"]
        says = membership.list_says(conn, MARKS, [asks.by_id(conn, standing(office, second).id)])
    assert [(row.person_id, row.confirmed_at is not None) for row in held] == [
        (first.person, True),
        (second.person, False),
    ]
    assert [(one.knows_number, one.email_fits, one.name_fits) for one in says.values()] == [
        (True, False, True)
    ]
    assert membership.confirm_listed(office, stage.cast.actor("officer"), MARKS, world.OPENS) == 0
    # Once the first has ended, the list may confirm the second.
    act(office, stage.cast.actor("officer"), membership.end, standing(office, first).id)
    assert membership.confirm_listed(office, stage.cast.actor("officer"), MARKS, world.OPENS) == 1


def test_a_new_list_replaces_the_old_and_confirms_who_waits(office: Office, stage: Stage) -> None:
    waits, misses = newcomer(office), newcomer(office, "Osric Penhallow", "osric@pen.example")
    made = claim(office, waits, "A1234567").membership
    act(
        office,
        stage.cast.actor("officer"),
        membership.confirm,
        [claim(office, misses, "C777").membership],
        "Rang.",
    )
    already = len(
        [row for row in world.rows(office, "membership") if row["confirmed_at"] and not row["ended_at"]]
    )
    found = world.change(
        office, lambda: listed(office, ("A1234567", PERSON, ""), ("B222", "Old Member", "old@x.example"))
    )
    assert actions(found) == ["members.listed"]
    assert found.bodies[0]["params"] == {"listed": 2, "new": 2, "changed": 0, "gone": 0, "missing": already}
    assert found.counts == {"listed_member": 2}
    assert list_says_missing(office) == already
    done = world.change(
        office, lambda: membership.confirm_listed(office, stage.cast.actor("officer"), MARKS, world.OPENS)
    )
    assert (actions(done), done.effects) == (["membership.confirmed"], ["membership_confirmed"])
    assert done.changed["membership", made]["source"] == "list"
    same = world.change(
        office, lambda: listed(office, ("B222", "Old Member", "old@x.example"), ("A1234567", PERSON, ""))
    )
    assert (same.counts, same.bodies, same.touched()) == ({}, [], set())
    later = listed(office, ("B222", "Old Member", "new@x.example"), ("D444", "New Member", ""))
    assert (later.listed, later.new, later.changed, later.gone, later.missing) == (2, 1, 1, 1, already + 1)
    # Nobody's membership ends because a list lacks it.
    assert standing(office, waits).ended_at is None


def list_says_missing(office: Office) -> int:
    """How many confirmed members are not listed, read a few at a time."""
    found, after = 0, 0
    with office.db.read() as conn:
        while True:
            rows, onward = membership.not_listed(conn, MARKS, "", after, 2, most=1)
            found += len(rows)
            if onward is None:
                return found
            after = onward


def test_an_interrupted_list_leaves_the_old_one(office: Office, stage: Stage) -> None:
    listed(office, ("A1234567", PERSON, ADDRESS))
    before = world.everything(office)

    def broken() -> Any:
        yield MemberRow(2, "B222", "A", "", "P")
        raise RuntimeError("the disk is gone")

    for _ in range(2):
        with pytest.raises(RuntimeError):
            member_list.bring_in(office, people.operator(office, world.OPENS), MARKS, broken(), world.OPENS)
    assert world.everything(office) == before
    assert listed(office, ("B222", "A", "")).new == 1


def test_nothing_of_the_list_can_be_read_in_the_database(office: Office, stage: Stage) -> None:
    secrets = ["Q9876543", "Ermintrude", "Vasquez-Holm", "ermintrude@holm.example"]
    listed(office, ("Q9876543", "Ermintrude Vasquez-Holm", "ermintrude@holm.example"), party="Thornley CLP")
    whole = repr(world.everything(office)).casefold()
    assert [word for word in secrets if word.casefold() in whole] == []
    assert "thornley clp" in whole, "the local party alone is kept"
    with office.db.read() as conn:
        assert list_asks.local_parties(conn) == ["Thornley CLP"]


def test_local_parties_are_named_once_and_only_from_the_list(office: Office, stage: Stage) -> None:
    with office.db.read() as conn:
        assert list_asks.local_parties(conn) == []
        assert list_asks.there_is_one(conn) is False
    claim(office, newcomer(office), "A1234567", "Wilhelmina’s own house")
    for number, party in enumerate(("Thornley CLP", "Aber Branch", "Thornley CLP")):
        rows = [MemberRow(2, f"Z00{number}", "X", "", party)]
        member_list.bring_in(office, people.operator(office, world.OPENS), MARKS, rows, world.OPENS)
    many = [MemberRow(at, f"Y{at:04}", "X", "", f"Party {at % 7}") for at in range(2500)]
    said = member_list.bring_in(office, people.operator(office, world.OPENS), MARKS, many, world.OPENS)
    assert (said.listed, said.new, said.gone) == (2500, 2500, 1)
    with office.db.read() as conn:
        assert list_asks.local_parties(conn) == [f"Party {n}" for n in range(7)]
        assert list_asks.local_parties(conn, 3) == ["Party 0", "Party 1", "Party 2"]


def ids(rows: Sequence[Any]) -> list[int]:
    return [row.id for row in rows]


def test_the_queue_is_paged_oldest_first_and_searched(office: Office, stage: Stage) -> None:
    made = [
        claim(
            office, newcomer(office, f"Member {n}", f"m{n}@x.example"), f"B100{n}", f"Ward_{n} CLP"
        ).membership
        for n in range(5)
    ]
    found: list[int] = []
    with office.db.read() as conn:
        after = None
        while rows := asks.waiting(conn, "", after, 2):
            found += ids(rows)
            after = (rows[-1].claimed_at, rows[-1].id)
        assert found == made
        for words in ("MEMBER 3", "m3@X", "b1003", "ward_3"):
            assert ids(asks.waiting(conn, words, None, 9)) == [made[3]], words
        assert asks.waiting(conn, "ward%", None, 9) == []
        assert asks.waiting_in_all(conn, 0).many == 5
    record = verify(office.db, office.recorder)
    assert record.problems == []


def test_the_second_of_two_who_claim_one_number_at_once_waits(office: Office, stage: Stage) -> None:
    """Both fit the list; the line is locked by the first until it is done."""
    if office.db.dialect == "sqlite":
        pytest.skip("one writer at a time there")
    from concurrent.futures import ThreadPoolExecutor

    listed(office, ("A1234567", PERSON, ""))
    people_ = [newcomer(office, PERSON, f"p{n}@x.example") for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda who: claim(office, who, "A1234567").confirmed, people_))
    assert sorted(done) == [False] * 5 + [True]
    assert "incoming_member" not in Base.metadata.tables
