"""On PostgreSQL the service is a role that cannot change the record: it works so, and the doctor says when it is not so."""

import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import text

from fundapp.audit.rights import wrong
from fundapp.database import upgrade
from tests.cli.terminal import Terminal
from tests.databases import Roles, closing_database
from tests.lives import a_life

pytestmark = pytest.mark.postgres


def test_a_life_of_a_bid_under_the_role_of_the_service(roles: Roles) -> None:
    with closing_database(roles.url(roles.service), roles.url(roles.owner)) as database:
        upgrade(database)
        with database.read() as conn:
            assert wrong(conn) == []
        a_life(database)
        for statement in (
            "UPDATE audit_event SET body = ''",
            "DELETE FROM audit_event",
            "TRUNCATE audit_event",
            "ALTER TABLE audit_event DISABLE TRIGGER ALL",
            "DELETE FROM bid",
            "DROP TRIGGER audit_event_delete ON audit_event",
            "UPDATE schema_floor SET revision = '0001'",
            "CREATE TABLE audit_mine (id int)",
            f"SET ROLE {roles.owner}",
        ):
            with (
                pytest.raises(InsufficientPrivilege, match=r"permission denied|must be owner"),
                database.write() as conn,
            ):
                conn.connection.driver_connection.execute(statement)  # type: ignore[union-attr]


#: What somebody gives the service's role, and what is said of it.
GIVEN = [
    ("ALTER ROLE {service} SUPERUSER", "is {service} on the database, a superuser"),
    ("GRANT {owner} TO {service}", "which owns its tables or may act as their owner"),
    ("ALTER TABLE bid OWNER TO {service}", "which owns its tables or may act as their owner"),
    ("ALTER ROLE {service} CREATEROLE", "{service} may make roles: `ALTER ROLE {service} NOCREATEROLE`"),
    ("GRANT CREATE ON SCHEMA public TO PUBLIC", "{service} may make tables and functions in public"),
    ("GRANT UPDATE ON audit_event TO {service}", "more than it should (UPDATE on audit_event)"),
    ("GRANT UPDATE (body) ON audit_event TO PUBLIC", "more than it should (UPDATE on audit_event)"),
    ("GRANT DELETE ON bid, award TO {service}", "more than it should (DELETE on award; DELETE on bid)"),
    ("GRANT TRIGGER ON audit_head TO PUBLIC", "more than it should (TRIGGER on audit_head)"),
    (
        "GRANT pg_write_all_data TO {service}",
        "more than it should (DELETE, UPDATE on audit_checkpoint;",
    ),
    ("GRANT SET ON PARAMETER session_replication_role TO {service}", "{service} may pass by foreign keys"),
    ("REVOKE INSERT ON outbox FROM {service}", "less than it needs (INSERT on outbox)"),
]


def test_each_right_too_many_or_too_few_is_a_sentence(roles: Roles) -> None:
    names = {"service": roles.service, "owner": roles.owner}
    with closing_database(roles.url(roles.service), roles.url(roles.owner)) as database:
        upgrade(database)
    with closing_database(roles.server.database_url(roles.name)) as superuser:
        for given, sentence in GIVEN:
            with superuser.engine.connect() as conn:  # all of it is rolled back
                for statement in (given, "SET LOCAL SESSION AUTHORIZATION {service}"):
                    conn.exec_driver_sql(statement.format(**names))
                (said,) = wrong(conn)
            assert sentence.format(**names) in said


def test_the_doctor_says_it(roles: Roles, bare: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", roles.url(roles.service))
    monkeypatch.setenv("DATABASE_OWNER_URL", roles.url(roles.owner))
    bare.done("db", "upgrade")
    mine = f"ok    The service is {roles.service} there, which may add to the record and not change it."
    assert mine in bare.say("doctor").out
    with closing_database(roles.url(roles.owner)) as owner, owner.write() as conn:
        conn.execute(text(f"GRANT DELETE ON audit_event TO {roles.service}"))
    said = bare.say("doctor")
    assert said.code == 1
    assert "mend  The service's role" in said.out
    assert mine not in said.out


def test_the_doctor_says_when_the_service_owns_its_tables(
    roles: Roles, bare: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", roles.url(roles.owner))
    bare.done("db", "upgrade")
    said = bare.say("doctor")
    assert said.code == 1
    assert f"mend  The service is {roles.owner} on the database, which owns its tables" in said.out
    assert (
        "name it in DATABASE_URL and the owner in DATABASE_OWNER_URL, and run `fundapp db upgrade`"
        in said.out
    )
