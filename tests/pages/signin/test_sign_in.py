"""Signing in: the same words whatever was wrong, and never to another host."""

import pytest

from fundapp.demo.people import PASSWORD
from tests.cast import Cast


def test_a_password_opens_the_desk(cast: Cast) -> None:
    client = cast.client(None)
    answer = client.post("/sign-in", data={"email": " Member@Demo.Example ", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (302, "/desk")
    assert "Sunita Rao" in client.get("/my-bids").text


@pytest.mark.parametrize(
    ("email", "password"),
    [("member@demo.example", "wrong"), ("nobody@demo.example", PASSWORD), ("", ""), ("' OR 1=1", "x" * 5000)],
)
def test_what_was_wrong_is_not_told(cast: Cast, email: str, password: str) -> None:
    answer = cast.client(None).post("/sign-in", data={"email": email, "password": password})
    assert answer.status_code == 422
    assert "The address and the password do not go together." in answer.text


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


def test_a_changed_session_key_ends_every_session(cast: Cast) -> None:
    from fundapp.services import passwords, people

    client = cast.client("member")
    account = cast.value("SELECT id FROM account WHERE email = 'member@demo.example'")
    new = passwords.hashed("another-good-password")
    with cast.office.db.write() as conn:
        people.change_password(conn, account, new)
    assert client.get("/my-bids").status_code == 302
