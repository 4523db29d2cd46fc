"""Signing in: the same words whatever was wrong, and never to another host."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from fundapp.demo.people import PASSWORD
from fundapp.models import Person, RoleGrant, SignInSession
from fundapp.services.people import end_role
from tests.cast import Cast


def test_a_password_opens_the_desk(cast: Cast) -> None:
    client = cast.client(None)
    answer = client.post("/sign-in", data={"email": " Member@Demo.Example ", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/desk")
    assert "Sunita Rao" in client.get("/my-bids").text


@pytest.mark.parametrize(
    ("email", "password"),
    [("member@demo.example", "wrong"), ("nobody@demo.example", PASSWORD), ("' OR 1=1", "x" * 5000)],
)
def test_what_was_wrong_is_not_told(cast: Cast, email: str, password: str) -> None:
    answer = cast.client(None).post("/sign-in", data={"email": email, "password": password})
    assert answer.status_code == 422
    assert "The address and the password do not go together." in answer.text


@pytest.mark.parametrize(
    ("email", "password", "says"),
    [
        ("", "", ["Give your email address.", "Give your password."]),
        (" ", "x", ["Give your email address."]),
        ("member@demo.example", "", ["Give your password."]),
    ],
)
def test_what_was_left_empty_is_named(cast: Cast, email: str, password: str, says: list[str]) -> None:
    answer = cast.client(None).post("/sign-in", data={"email": email, "password": password})
    assert answer.status_code == 422
    for words in ("Give your email address.", "Give your password."):
        # Once in the summary, once at its own box.
        assert answer.text.count(words) == (2 if words in says else 0)
    assert "do not go together" not in answer.text


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_signing_in_leads_nowhere_else(cast: Cast, target: str) -> None:
    answer = cast.client(None).post(
        "/sign-in", data={"email": "member@demo.example", "password": PASSWORD, "next": target}
    )
    assert answer.location == "/desk"


def test_signing_out_ends_the_session(cast: Cast) -> None:
    client = cast.client("member")
    assert client.get("/my-bids").status_code == 200
    client.post("/sign-out")
    assert client.get("/my-bids").status_code == 302


def test_a_copied_cookie_is_dead_after_signing_out(cast: Cast) -> None:
    client, thief = cast.client("member"), cast.client(None)
    with client.session_transaction() as session, thief.session_transaction() as copied:
        copied.update(session)
    assert thief.get("/my-bids").status_code == 200
    client.post("/sign-out")
    assert thief.get("/my-bids").status_code == 302


def test_signing_in_makes_a_new_key_and_keeps_nothing_of_what_was_there(cast: Cast) -> None:
    client = cast.client(None)
    with client.session_transaction() as session:
        session["_user_id"], session["planted"] = "a-key-that-somebody-else-knows", "yes"
    client.post("/sign-in", data={"email": "member@demo.example", "password": PASSWORD})
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session["_user_id"] != "a-key-that-somebody-else-knows"
        key = session["_user_id"]
    kept = cast.value("SELECT key_sha256 FROM sign_in_session")
    assert kept == hashlib.sha256(key.encode()).hexdigest()


@pytest.mark.parametrize(
    ("key", "idle", "status"),
    [
        ("member", timedelta(days=14, minutes=-1), 200), ("member", timedelta(days=14, minutes=1), 302),
        ("officer", timedelta(hours=12, minutes=-1), 200), ("officer", timedelta(hours=12, minutes=1), 302),
    ],
)  # fmt: skip
def test_a_session_that_nobody_used_is_over(cast: Cast, key: str, idle: timedelta, status: int) -> None:
    client = cast.client(key)
    with cast.office.db.write() as conn:
        conn.execute(update(SignInSession).values(seen_at=datetime.now(UTC) - idle))
    assert client.get("/desk").status_code == status


@pytest.mark.parametrize(
    ("key", "age", "status"),
    [
        ("member", timedelta(days=90, minutes=-1), 200), ("member", timedelta(days=90, minutes=1), 302),
        ("officer", timedelta(days=7, minutes=-1), 200), ("officer", timedelta(days=7, minutes=1), 302),
    ],
)  # fmt: skip
def test_a_session_has_a_longest_life_used_or_not(cast: Cast, key: str, age: timedelta, status: int) -> None:
    client = cast.client(key)
    with cast.office.db.write() as conn:
        conn.execute(update(SignInSession).values(made_at=datetime.now(UTC) - age))
    assert client.get("/desk").status_code == status


def test_a_session_in_hand_dies_with_its_person(cast: Cast) -> None:
    """However the row of the session itself stands."""
    client, other = cast.client("member"), cast.client("officer")
    assert client.get("/desk").status_code == 200
    with cast.office.db.write() as conn:
        conn.execute(
            update(Person).where(Person.id == cast.person("member")).values(erased_at=datetime.now(UTC))
        )
    assert client.get("/desk").status_code == 302
    assert client.post("/account/sessions/end").status_code in (302, 404, 405)
    assert other.get("/desk").status_code == 200


def test_a_session_in_hand_loses_what_an_ended_role_opened(cast: Cast) -> None:
    client = cast.client("treasurer")
    assert client.get("/money").status_code == 200
    asked = select(RoleGrant.id).where(RoleGrant.person_id == cast.person("treasurer"))
    with cast.office.deed(cast.operator, datetime.now(UTC)) as deed:
        for grant in deed.conn.execute(asked).scalars().all():
            end_role(deed, grant)
    assert client.get("/money").status_code in (403, 404)


def test_signing_out_clears_what_a_browser_stored_of_its_own(cast: Cast) -> None:
    assert cast.client("member").post("/sign-out").headers["Clear-Site-Data"] == '"cache"'


def test_a_form_from_elsewhere_wrong_passwords_and_a_reached_limit_are_lines_of_the_log(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    """Each by its code, without a word of who it was; a limit once, however long somebody goes on."""
    client = cast.client(None)
    asked = {"email": "member@demo.example", "password": "not this one"}
    assert client.post("/sign-in", data=asked, headers={"Origin": "https://evil.example"}).status_code == 400
    for number in range(13):
        client.post("/sign-in", data=asked | {"email": "nobody@demo.example"} if number == 0 else asked)
    told = [getattr(record, "told", {}) for record in caplog.records]
    assert [one for one in told if "code" in one] == [
        {"code": "origin_refused"},
        *[{"code": "wrong_password"}] * 11,
        {"code": "limit_reached", "limit": "password"},
    ]
    assert "demo.example" not in caplog.text
    assert "evil.example" not in caplog.text


def test_a_session_is_looked_at_anew_every_ten_minutes(cast: Cast) -> None:
    client = cast.client("member")
    client.get("/desk")  # the first page brings the token of its forms
    for minutes, written in ((9, False), (11, True)):
        before = datetime.now(UTC) - timedelta(minutes=minutes)
        with cast.office.db.write() as conn:
            conn.execute(update(SignInSession).values(seen_at=before))
        answer = client.get("/desk")
        assert answer.status_code == 200
        with cast.office.db.read() as conn:
            seen = conn.execute(select(SignInSession.seen_at)).scalar_one()
        assert (seen > before) is written
        assert ("Set-Cookie" in answer.headers) is written
