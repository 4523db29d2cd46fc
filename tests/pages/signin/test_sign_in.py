"""Signing in: the same words whatever was wrong, and never to another host."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from fundapp.demo.people import PASSWORD
from fundapp.models import SignInSession
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
