"""Real processes race for a throttle, a link, a code: on both databases each counts once."""

from collections import Counter
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pyotp
import pytest
from sqlalchemy import func, select, update

from fundapp.models import Account, RecoveryCode, SecondFactor, SignInLink, SignInSession, Throttle
from fundapp.services import factors, people, sessions, sign_in_links
from fundapp.services.deed import Office
from fundapp.services.throttle import LIMITS, Visitor
from tests.effort import times
from tests.races.conftest import Racers
from tests.races.racers import Try
from tests.services import world

pytestmark = pytest.mark.race

KEY = "k" * 32
NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
FEW = times(5)
HERE = Visitor("", "", "")


def test_tries_at_once_are_all_counted(office: Office, racers: Racers) -> None:
    world.stage_of(office)
    most = LIMITS["factor"][0]
    answers = racers.at_once(Try("spend", ("factor", NOW, 20)), Try("spend", ("factor", NOW, 20)))
    # Zero allowed is told as done.
    assert sum(0 if told.won is True else told.won for told in answers) == most
    with office.db.read() as conn:
        assert conn.execute(select(Throttle.count)).scalars().all() == [40]


def test_one_link_pressed_twice_at_once(office: Office, racers: Racers) -> None:
    world.stage_of(office)
    for number in range(FEW):
        email = f"nadia{number}@allotments.example"
        sign_in_links.ask(office, KEY, Visitor(email, email, ""), email, None, NOW)
        with office.db.read() as conn:
            row = conn.execute(
                select(SignInLink.id, SignInLink.made_at).where(SignInLink.email == email)
            ).one()
        press = Try("use_link", (sign_in_links.make_token(KEY, row.id, email, row.made_at), NOW))
        won = [told.won for told in racers.at_once(press, press)]
        assert sorted(one.startswith("dead: used") for one in won) == [False, True]
        with office.db.read() as conn:
            accounts = select(func.count()).select_from(Account).where(Account.email == email)
            assert conn.execute(accounts).scalar_one() == 1


@pytest.mark.parametrize("recovery", [False, True])
def test_one_code_given_twice_at_once(office: Office, racers: Racers, recovery: bool) -> None:
    person, session = _with_account(office)
    factors.start(office, KEY, person, NOW)
    with office.db.read() as conn:
        row: Any = conn.execute(select(SecondFactor.person_id, SecondFactor.secret_sealed)).one()
    totp = pyotp.TOTP(factors.secret_of(KEY, row))
    codes = factors.confirm(office, KEY, HERE, session, totp.at(NOW), NOW)
    for number in range(FEW):
        with office.db.write() as conn:
            conn.execute(update(Throttle).values(count=0))
            conn.execute(update(SecondFactor).values(last_step=0))
        code = codes[number] if recovery else totp.at(NOW)
        give = Try("give_code", (session, code, NOW, recovery))
        assert Counter(told.won for told in racers.at_once(give, give)) == {"taken": 1, "refused: wrong": 1}
    with office.db.read() as conn:
        used = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.used_at.is_not(None))
        assert conn.execute(used).scalar_one() == (FEW if recovery else 0)


def _with_account(office: Office) -> tuple[int, Any]:
    """Somebody with a session."""
    stage = world.stage_of(office)
    with office.deed(stage.cast.actor("officer"), NOW) as deed:
        person = people.enter(deed, [people.Newcomer("Pia Lund", "pia@audit.example")])[0]
        account = people.open_account(deed, person, "pia@audit.example", None)
        sessions.begin(deed.conn, account, "link", "", NOW)
    with office.db.read() as conn:
        number = conn.execute(select(SignInSession.id)).scalar_one()
    return person, SimpleNamespace(id=number, person_id=person, account_id=account, email="pia@audit.example")
