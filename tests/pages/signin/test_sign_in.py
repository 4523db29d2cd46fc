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


def test_it_says_how_to_get_an_account_and_a_new_password(cast: Cast) -> None:
    page = cast.client(None).get("/sign-in").text
    assert "Every member can have an account, and a new password when the old one is lost." in page
    assert page.count('href="mailto:help@communitiesfund.example"') == 2


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
