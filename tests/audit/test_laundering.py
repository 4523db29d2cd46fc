"""A row changed behind the service's back is not made right by the next honest change: that change is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, text

from fundapp.audit.record import RecordBroken
from fundapp.audit.verify import verify
from fundapp.demo.stage import Stage
from fundapp.services import people
from fundapp.services.case import Step
from fundapp.services.deed import Office
from fundapp.services.transition import fire, fire_many
from tests.services import world


def behind(office: Office, *statements: str, **values: Any) -> None:
    """Past the service: guards off, statements, guards on."""
    with office.db.engine.connect() as conn:
        trans = conn.begin()
        off(conn)
        raw: Any = conn.connection.driver_connection
        for statement in statements:
            for name, value in values.items():
                statement = statement.replace(f":{name}", str(value))
            assert raw.execute(statement).rowcount == 1, statement
        trans.commit()


def off(conn: Connection) -> None:
    """No trigger guards anything any more."""
    if conn.dialect.name == "sqlite":
        for (name,) in conn.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            conn.exec_driver_sql(f"DROP TRIGGER {name}")
    else:
        conn.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for table, name in conn.execute(text(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal"
        )).all():  # fmt: skip
            conn.exec_driver_sql(f"DROP TRIGGER {name} ON {table}")


def refused(office: Office, act: Callable[[], object], named: str) -> None:
    """The act is refused, nothing is written, and verifying still names the row."""
    before = world.everything(office)
    with pytest.raises(RecordBroken, match=named):
        act()
    assert world.everything(office) == before
    assert not verify(office.db, office.recorder, zone=office.zone).clean


@pytest.fixture
def stage(office: Office) -> Stage:
    """The cast, and no look at the record afterwards: these tests break it."""
    return world.stage_of(office)


@pytest.fixture
def office(database: Any) -> Office:
    """The service on each database."""
    return world.office_of(database)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE bid SET amount_pence = amount_pence + 1 WHERE id = :bid",
        "UPDATE bid SET title = 'Another' WHERE id = :bid",
        "UPDATE bid SET event_no = event_no - 1 WHERE id = :bid",
        "UPDATE bid SET event_no = 1 WHERE id = :bid",
    ],
)
def test_a_move_on_a_bid_that_was_changed(office: Office, stage: Stage, change: str) -> None:
    bid = world.submitted(stage)
    behind(office, change, bid=bid)
    refused(office, lambda: stage.endorse(bid), f"bid {bid} is not as the record says")


def test_a_round_with_more_money_than_it_was_given(office: Office, stage: Stage) -> None:
    behind(office, "UPDATE round SET budget_pence = 900000000 WHERE id = :round", round=stage.round)
    officer = stage.cast.actor("officer")
    refused(office, lambda: fire(office, officer, "round", "close", stage.round, stage.after), "round")


def test_a_role_that_somebody_gave_themselves(office: Office, stage: Stage) -> None:
    grant = next(
        row["id"] for row in world.rows(office, "role_grant")
        if row["person_id"] == stage.cast.persons["reviewer"]
    )  # fmt: skip
    behind(office, "UPDATE role_grant SET role = 'officer' WHERE id = :grant", grant=grant)

    def end() -> None:
        with office.deed(stage.cast.actor("officer"), stage.during) as deed:
            people.end_role(deed, grant)

    refused(office, end, f"role_grant {grant} is not as")


def test_an_older_state_of_a_row_brought_back_whole(office: Office, stage: Stage) -> None:
    """Every column as an earlier event left it, that event named: right by itself, and not the newest word."""
    bid = world.submitted(stage)
    kept = world.rows(office, "bid", id=bid)[0]
    fire(office, stage.cast.actor("member"), "bid", "withdraw", bid, stage.during)
    columns = ("state", "version", "event_no")
    sets = ", ".join(f"{name} = '{kept[name]}'" for name in columns)
    stored = {name: kept[name].strftime("%Y-%m-%dT%H:%M:%S.%fZ") for name in ("since", "due_at")}
    sets += f", since = '{stored['since']}', due_at = '{stored['due_at']}'"
    behind(office, f"UPDATE bid SET {sets} WHERE id = :bid", bid=bid)
    refused(office, lambda: stage.endorse(bid), f"bid {bid} is not as the record says")


def test_many_at_once(office: Office, stage: Stage) -> None:
    first, second = world.submitted(stage, 0), world.submitted(stage, 1)
    behind(office, "UPDATE bid SET title = 'Another' WHERE id = :bid", bid=second)

    steps = [Step("bid", "rule_out", bid, {"reason": "outside"}) for bid in (first, second)]
    officer = stage.cast.actor("officer")
    refused(
        office, lambda: fire_many(office, officer, steps, stage.during), f"bid {second} is not as the record"
    )
