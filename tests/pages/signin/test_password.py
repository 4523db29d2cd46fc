"""Passwords of one's own: weak ones refused in words, the old one asked for, nothing of them kept in the clear."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text, update

from fundapp.demo.people import PASSWORD
from fundapp.models import Base, SignInSession
from fundapp.services import passwords
from tests.cast import Cast
from tests.pages.signin.letterbox import Letters

GOOD = "lantern orchard pebble quay"
MEMBER = "member@demo.example"


def signs_in(cast: Cast, password: str) -> bool:
    answer = cast.client(None).post("/sign-in", data={"address": MEMBER, "password": password})
    return answer.status_code == 303


def older(cast: Cast) -> None:
    """Every session began an hour ago: nobody came in by a link just now."""
    with cast.office.db.write() as conn:
        conn.execute(update(SignInSession).values(made_at=datetime.now(UTC) - timedelta(hours=1)))


def test_the_old_one_is_asked_for_and_every_other_browser_signed_out(cast: Cast, letters: Letters) -> None:
    client, other = cast.client("member"), cast.client("member")
    older(cast)
    assert 'name="current"' in client.get("/account/password").text
    wrong = client.post("/account/password", data={"current": "not it", "new": GOOD})
    assert (wrong.status_code, "This is not the password that you have now." in wrong.text) == (422, True)
    assert client.post("/account/password", data={"new": GOOD}).status_code == 422
    assert signs_in(cast, PASSWORD)
    answer = client.post("/account/password", data={"current": PASSWORD, "new": GOOD})
    assert (answer.status_code, answer.location) == (303, "/account")
    assert "every other browser is signed out" in client.get("/account").text
    assert other.get("/account").status_code == 302
    assert (signs_in(cast, PASSWORD), signs_in(cast, GOOD)) == (False, True)
    assert [mail.subject for mail in letters.to(MEMBER) if "password" in mail.subject] == [
        "Your password was changed"
    ]


def test_who_came_by_a_link_just_now_need_not_know_it(cast: Cast, letters: Letters) -> None:
    client = cast.client(None)
    client.post(letters.asked(MEMBER))
    assert 'name="current"' not in client.get("/account/password").text
    assert client.post("/account/password", data={"new": GOOD}).status_code == 303
    assert signs_in(cast, GOOD)


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("short", "Use at least 10 characters."),
        ("x" * 201, "Use no more than 200 characters."),
        ("password12345", "It is made of common words or names"),
        ("sunitarao1234", "It is made of your name or address"),
        ("abcdefghijkl", "It follows a pattern"),
        ("aaaaaaaaaaaaaa", "It follows a pattern"),
    ],
)
def test_a_weak_one_is_refused_and_says_why(cast: Cast, password: str, says: str) -> None:
    client = cast.client("member")
    with cast.office.db.write() as conn:
        conn.execute(update(SignInSession).values(made_at=datetime.now(UTC)))
    answer = client.post("/account/password", data={"new": password})
    assert answer.status_code == 422
    assert answer.text.count(says) == 2
    assert password not in answer.text
    assert signs_in(cast, PASSWORD)


def test_an_empty_one_is_asked_for(cast: Cast) -> None:
    client = cast.client("member")
    older(cast)
    answer = client.post("/account/password", data={})
    assert answer.status_code == 422
    assert "Two things to mend" in answer.text


@pytest.mark.parametrize(
    "password", [GOOD, "Tr0ub4dour&3xtra-goose", "ещё-один-длинный-пароль", "🐝" * 5 + "kvass77"]
)
def test_a_good_one_is_none_of_these(password: str) -> None:
    assert passwords.weakness(password, ("Sunita Rao", MEMBER)) is None


def test_it_is_held_against_exactly_what_was_typed(cast: Cast) -> None:
    """Two hundred characters, spaces at both ends: none is cut off, turned small, or let go at the end."""
    longest = " Lantern orchard " + "".join(chr(0x3A9 + number % 97) for number in range(182)) + " "
    assert len(longest) == passwords.LONGEST
    answer = cast.client("member").post("/account/password", data={"current": PASSWORD, "new": longest})
    assert answer.status_code == 303
    for wrong in (longest[:-1], longest.strip(), longest.lower(), longest + "x", longest[:72]):
        assert not signs_in(cast, wrong)
    assert signs_in(cast, longest)


def test_every_common_one_that_is_long_enough_is_refused() -> None:
    """Of the thirty thousand that zxcvbn knows. They are fewer than three thousand, which is said in the register."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    common = [word for word in FREQUENCY_LISTS["passwords"] if len(word) >= passwords.SHORTEST]
    assert len(common) == 1090
    assert [word for word in common if passwords.weakness(word) is None] == []
    assert passwords.weakness("communities fund 2026", ("Sunita Rao", MEMBER, "Communities Fund")) == "yours"


def test_no_password_stands_anywhere(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = cast.client("member")
    older(cast)
    client.post("/account/password", data={"current": PASSWORD, "new": GOOD})
    assert signs_in(cast, GOOD)
    kept = ""
    with cast.office.db.read() as conn:
        for table in Base.metadata.tables:
            kept += repr(conn.execute(text(f'SELECT * FROM "{table}"')).all())
    for secret in (GOOD, PASSWORD):
        assert secret not in kept
        assert secret not in caplog.text
