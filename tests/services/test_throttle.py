"""Throttles on both databases: how many, how long, whose; and nobody is locked out by anybody else."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from fundapp.models import Throttle
from fundapp.services import entrances, passwords, people, sign_in_links, throttle
from fundapp.services.deed import Office
from fundapp.services.throttle import KEPT, LIMITS, Visitor, give_back, spend
from tests.services import world

KEY = "k" * 32
NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)
EMAIL = "olive@fund.example"
GOOD = "lantern orchard pebble quay"

HOME = Visitor("192.0.2.1/32", "192.0.2.0/24", "Firefox on Linux")
EVIL = Visitor("198.51.100.7/32", "198.51.100.0/24", "")
#: The owner's own browser, at the very place that the tries come from.
KNOWN = Visitor("198.51.100.7/32", "198.51.100.0/24", "Firefox on Linux", "1f2e")


def tries(office: Office, kind: str, at: datetime, count: int, *of: str) -> list[datetime | None]:
    with office.db.write() as conn:
        return [spend(conn, KEY, kind, at, *of) for _ in range(count)]


@pytest.mark.parametrize("kind", LIMITS)
def test_so_many_and_no_more_until_the_window_ends(office: Office, kind: str) -> None:
    most, window = LIMITS[kind]
    assert tries(office, kind, NOW, most, "a") == [None] * most
    assert tries(office, kind, NOW + window - TICK, 2, "a") == [NOW + window] * 2
    assert tries(office, kind, NOW, 1, "b") == [None]
    assert tries(office, kind, NOW + window, most + 1, "a") == [None] * most + [NOW + 2 * window]


def test_what_is_given_back_was_not_spent(office: Office) -> None:
    most = LIMITS["factor"][0]
    for _ in range(3 * most):
        assert tries(office, "factor", NOW, 1, "a") == [None]
        with office.db.write() as conn:
            give_back(conn, KEY, "factor", "a")
    with office.db.write() as conn:
        give_back(conn, KEY, "factor", "a")
        assert conn.execute(select(Throttle.count)).scalar_one() == 0


def test_marks_tell_nothing_and_old_ones_go(office: Office) -> None:
    tries(office, "link_address", NOW, 1, EMAIL)
    with office.db.read() as conn:
        (mark,) = conn.execute(select(Throttle.mark)).scalars().all()
    assert len(mark) == 64
    assert "olive" not in mark
    assert throttle.forget_old(office, NOW + KEPT) == 0
    assert throttle.forget_old(office, NOW + KEPT + TICK) == 1


def ask(office: Office, visitor: Visitor, email: str = EMAIL) -> datetime | None:
    return sign_in_links.ask(office, KEY, visitor, email, None, NOW)


def test_five_links_an_hour_for_one_address_from_one_place(office: Office) -> None:
    assert [ask(office, EVIL) for _ in range(5)] == [None] * 5
    assert ask(office, EVIL) == NOW + timedelta(hours=1)
    # The owner elsewhere, and in a browser that is known, is not held up.
    assert ask(office, HOME) is None
    assert ask(office, KNOWN) is None


def test_thirty_links_an_hour_from_one_place(office: Office) -> None:
    answers = [ask(office, EVIL, f"a{number}@b.example") for number in range(31)]
    assert answers == [None] * 30 + [NOW + timedelta(hours=1)]
    assert ask(office, HOME) is None
    assert ask(office, KNOWN) is None


def test_a_swarm_does_not_keep_the_owner_out(office: Office) -> None:
    swarm = [Visitor(f"host {number}", f"network {number}", "") for number in range(25)]
    assert [ask(office, one) for one in swarm] == [None] * 20 + [NOW + timedelta(hours=1)] * 5
    assert ask(office, KNOWN) is None


def enter(office: Office, visitor: Visitor, password: str) -> str:
    try:
        found = entrances.by_password(office, KEY, visitor, EMAIL, password, NOW)
    except entrances.TooOften:
        return "too often"
    return "in" if found else "wrong"


def test_wrong_passwords_count_against_where_they_come_from(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The hash itself is slow by design; what is tested here is the counting.
    monkeypatch.setattr(passwords, "matches", lambda stored, given: stored == given)
    stage = world.stage_of(office)
    with office.deed(stage.cast.actor("officer"), NOW) as deed:
        person = people.enter(deed, [people.Newcomer("Olive Officer", EMAIL)])[0]
        people.open_account(deed, person, EMAIL, GOOD)
    most = LIMITS["password"][0]
    assert [enter(office, EVIL, "guess") for _ in range(most + 1)] == ["wrong"] * most + ["too often"]
    assert enter(office, EVIL, GOOD) == "too often"
    assert enter(office, HOME, GOOD) == "in"
    assert enter(office, KNOWN, GOOD) == "in"
    assert ask(office, EVIL) is None
    # Who signs in rightly, however often, is never held up.
    assert [enter(office, HOME, GOOD) for _ in range(2 * most)] == ["in"] * 2 * most
    # A known browser has guesses of its own, and they end too.
    assert [enter(office, KNOWN, "guess") for _ in range(most + 1)] == ["wrong"] * most + ["too often"]


def test_one_place_tries_no_more_than_so_many_accounts(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "matches", lambda stored, given: False)
    most = LIMITS["password_host"][0]
    for number in range(most):
        assert entrances.by_password(office, KEY, EVIL, f"a{number}@b.example", "guess", NOW) is None
    with pytest.raises(entrances.TooOften) as often:
        entrances.by_password(office, KEY, EVIL, "another@b.example", "guess", NOW)
    assert often.value.again_at == NOW + timedelta(hours=1)


def test_links_that_ended_long_ago_are_forgotten(office: Office) -> None:
    ask(office, HOME)
    ended = NOW + timedelta(minutes=15)
    assert sign_in_links.forget_old(office, ended + timedelta(days=30)) == 0
    assert sign_in_links.forget_old(office, ended + timedelta(days=30) + TICK) == 1
