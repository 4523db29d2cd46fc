"""The second factor: each code once, recovery codes once, nothing to see before it, nothing typed lost."""

import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyotp
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text, update

from fundapp.database import Database
from fundapp.demo.people import PASSWORD
from fundapp.models import Account, Base, SecondFactor, SignInSession
from fundapp.services import factors, roles
from fundapp.services.sealing import Unsealable
from tests.cast import Cast, over
from tests.pages.signin.letterbox import Letters

NOW = "/account/second-factor/confirm?next=/desk"


@pytest.fixture
def strict(sqlite_database: Database, tmp_path: Path) -> Iterator[Cast]:
    """The cast where the guarded roles must have a second factor."""
    yield from over(sqlite_database, tmp_path, SECOND_FACTOR="required")


def code_at(secret: str, steps: int = 0) -> str:
    """What the app shows, so many half minutes from now."""
    return pyotp.TOTP(secret).at(datetime.now(UTC) + timedelta(seconds=30 * steps))


def set_up(client: FlaskClient) -> tuple[str, list[str]]:
    """Set it up as a person does: (the secret, the recovery codes)."""
    assert client.post("/account/second-factor/start").status_code == 303
    page = client.get("/account/second-factor").text
    secret = re.search(r'<code class="factor-secret">([A-Z2-7 ]+)</code>', page)
    assert secret
    told = secret[1].replace(" ", "")
    page = client.post("/account/second-factor/set", data={"code": code_at(told, -1)}).text
    codes = re.findall(r"<code>([a-z2-7]{4}(?:-[a-z2-7]{4}){5})</code>", page)
    assert len(set(codes)) == 10
    return told, codes


def signed_in(cast: Cast, key: str) -> FlaskClient:
    """A new session in another browser, in which no second factor was given."""
    return cast.client(key)


def waits(client: FlaskClient) -> bool:
    """Whether the second factor stands in the way."""
    answer = client.get("/desk")
    return answer.status_code == 302 and urlsplit(answer.location).path == "/account/second-factor/confirm"


def test_a_code_lets_this_session_in_and_no_other(cast: Cast, letters: Letters) -> None:
    first = cast.client("treasurer")
    secret, _ = set_up(first)
    assert first.get("/money").status_code == 200
    assert "A second step was set up" in [mail.subject for mail in letters.to("treasurer@demo.example")]
    one, other = signed_in(cast, "treasurer"), signed_in(cast, "treasurer")
    assert waits(one)
    answer = one.post(NOW, data={"factor_code": code_at(secret)})
    assert (answer.status_code, answer.location) == (303, "/desk")
    assert one.get("/money").status_code == 200
    assert waits(other)
    # The same code again, within its half minute.
    again = other.post(NOW, data={"factor_code": code_at(secret)})
    assert (again.status_code, "each works once" in again.text) == (422, True)
    assert waits(other)


def test_the_key_from_before_the_second_step_opens_nothing_after_it(cast: Cast) -> None:
    first = cast.client("treasurer")
    secret = set_up(first)[0]
    client, thief = signed_in(cast, "treasurer"), cast.client(None)
    with client.session_transaction() as session, thief.session_transaction() as copied:
        copied.update(session)
    assert waits(thief)
    assert client.post(NOW, data={"factor_code": code_at(secret)}).status_code == 303
    assert client.get("/money").status_code == 200
    answer = thief.get("/money")
    assert (answer.status_code, urlsplit(answer.location).path) == (302, "/sign-in")
    assert first.get("/money").status_code == 200


@pytest.mark.parametrize("steps", [-3, 3])
def test_an_old_or_early_code_is_refused(cast: Cast, steps: int) -> None:
    secret, _ = set_up(cast.client("treasurer"))
    client = signed_in(cast, "treasurer")
    assert client.post(NOW, data={"factor_code": code_at(secret, steps)}).status_code == 422
    assert waits(client)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "1" * 5000])
def test_what_is_no_code_is_refused(cast: Cast, code: str) -> None:
    set_up(cast.client("treasurer"))
    client = signed_in(cast, "treasurer")
    assert client.post(NOW, data={"factor_code": code}).status_code == 422
    assert waits(client)


def test_a_recovery_code_works_once(cast: Cast, letters: Letters) -> None:
    _, codes = set_up(cast.client("treasurer"))
    one, other = signed_in(cast, "treasurer"), signed_in(cast, "treasurer")
    # As somebody types it from paper.
    typed = codes[3].upper().replace("-", " ").replace("O", "0").replace("L", "1")
    assert one.post(NOW, data={"factor_recovery": typed}).status_code == 303
    assert one.get("/money").status_code == 200
    refused = other.post(NOW, data={"factor_recovery": codes[3]})
    assert (refused.status_code, "it was used before" in refused.text) == (422, True)
    assert other.post(NOW, data={"factor_recovery": codes[4]}).status_code == 303
    assert [mail.subject for mail in letters.to("treasurer@demo.example")].count(
        "A recovery code was used"
    ) == 2
    assert "8 recovery codes are left." in one.get("/account").text


def test_the_recovery_code_of_somebody_else_is_none(cast: Cast) -> None:
    set_up(cast.client("treasurer"))
    _, theirs = set_up(cast.client("officer"))
    client = signed_in(cast, "treasurer")
    assert client.post(NOW, data={"factor_recovery": theirs[0]}).status_code == 422


def test_a_session_guesses_five_times_and_the_owner_elsewhere_goes_on(cast: Cast) -> None:
    owner = cast.client("treasurer")
    secret, _ = set_up(owner)
    owner_again = signed_in(cast, "treasurer")
    known = owner.get_cookie("known")
    assert known
    owner_again.set_cookie("known", known.value)
    thief = signed_in(cast, "treasurer")
    answers = [thief.post(NOW, data={"factor_code": "000000"}).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    blocked = thief.post(NOW, data={"factor_code": code_at(secret)})
    assert (blocked.status_code, "Try again after" in blocked.text) == (429, True)
    assert int(blocked.headers["Retry-After"]) > 0
    # New sessions do not give a thief new guesses for ever.
    more = [
        signed_in(cast, "treasurer").post(NOW, data={"factor_code": "000000"}).status_code for _ in range(20)
    ]
    assert more[-1] == 429
    assert owner_again.post(NOW, data={"factor_code": code_at(secret)}).status_code == 303
    assert "A wrong code was given for your second step" in owner_again.get("/account").text


def test_a_known_browser_guesses_no_longer_by_signing_in_anew(cast: Cast) -> None:
    """Whoever sits at a browser that was left behind, and has the password, has twenty guesses in an hour."""
    browser = cast.client("treasurer")
    secret, _ = set_up(browser)
    enter = {"address": "treasurer@demo.example", "password": "millbeck-table-8"}
    answers = []
    for _session in range(5):
        browser.post("/sign-out")
        assert browser.post("/sign-in", data=enter).status_code == 303
        answers += [browser.post(NOW, data={"factor_code": "000000"}).status_code for _ in range(5)]
    assert answers == [422] * 20 + [429] * 5
    # The owner, elsewhere, goes on.
    elsewhere = signed_in(cast, "treasurer")
    assert elsewhere.post(NOW, data={"factor_code": code_at(secret)}).status_code == 303


def test_a_member_who_set_one_must_give_it(cast: Cast) -> None:
    set_up(cast.client("member"))
    client = signed_in(cast, "member")
    assert waits(client)
    for path in ("/account", "/account/password", "/my-bids"):
        assert urlsplit(client.get(path).location).path == "/account/second-factor/confirm"
    for path in ("start", "set", "codes", "remove"):
        answer = client.post(f"/account/second-factor/{path}", data={"code": "000000"})
        assert answer.status_code in (302, 403), path
    assert cast.value("SELECT confirmed_at IS NOT NULL FROM second_factor")
    # The way out is always open.
    assert client.post("/sign-out").status_code == 302


def test_no_way_in_leads_past_it(cast: Cast, letters: Letters) -> None:
    """A password that was lost is no loss of the second step: the mailed link that stands in for it asks for it too."""
    set_up(cast.client("member"))
    for form in ({"address": "member@demo.example", "password": PASSWORD}, None):
        client = cast.client(None)
        answer = (
            client.post("/sign-in", data=form) if form else client.post(letters.asked("member@demo.example"))
        )
        assert answer.status_code == 303
        assert waits(client)
        assert urlsplit(client.get("/account/password").location).path == "/account/second-factor/confirm"


def test_whoever_decides_gives_it_every_twelve_hours(cast: Cast) -> None:
    client = cast.client("treasurer")
    set_up(client)
    for hours, closed in ((11.9, False), (12.1, True)):
        before = datetime.now(UTC) - timedelta(hours=hours)
        with cast.office.db.write() as conn:
            conn.execute(update(SignInSession).values(second_factor_at=before))
        assert waits(client) is closed
    member = cast.client("member")
    set_up(member)
    with cast.office.db.write() as conn:
        conn.execute(update(SignInSession).values(second_factor_at=datetime.now(UTC) - timedelta(days=13)))
    assert not waits(member)


@pytest.mark.parametrize("key", ["treasurer", "chair", "officer", "auditor"])
def test_where_it_is_required_nothing_is_seen_without(strict: Cast, key: str) -> None:
    client = strict.client(key)
    for path in ("/desk", "/bids", "/account", "/account/password"):
        answer = client.get(path)
        assert urlsplit(answer.location).path == "/account/second-factor", path
    answer = client.post("/people/add", data={"name": "X", "email": "x@y.example", "role": "officer"})
    assert (answer.status_code, "Nothing was done yet." in answer.text) == (403, True)
    set_up(client)
    assert client.get("/desk").status_code == 200


@pytest.mark.parametrize("key", ["member", "reviewer", "councillor"])
def test_it_is_not_required_of_others(strict: Cast, key: str) -> None:
    assert strict.client(key).get("/desk").status_code == 200


def test_a_role_that_was_just_given_needs_it_at_once(strict: Cast) -> None:
    client = strict.client("member")
    roles.give(strict.office, strict.operator, strict.person("member"), "treasurer", strict.fund, strict.now)
    assert urlsplit(client.get("/money").location).path == "/account/second-factor"


def test_what_was_typed_is_not_lost(cast: Cast) -> None:
    client = cast.client("officer")
    secret, _ = set_up(client)
    with cast.office.db.write() as conn:
        conn.execute(update(SignInSession).values(second_factor_at=datetime.now(UTC) - timedelta(days=1)))
    typed = {"name": "Pia <Lund>", "email": "pia@audit.example", "role": "auditor", "fund": str(cast.fund)}
    held = client.post("/people/add", data=typed)
    assert (held.status_code, "nothing that you typed is lost" in held.text) == (403, True)
    assert "Pia &lt;Lund&gt;" in held.text
    assert cast.value("SELECT count(*) FROM person WHERE name = 'Pia <Lund>'") == 0
    assert 'action="/account/second-factor/confirm?next=/people/add"' in held.text
    wrong = client.post(
        "/account/second-factor/confirm?next=/people/add",
        data={**typed, "factor_code": "000000", "factor_again": "yes"},
    )
    assert (wrong.status_code, "Pia &lt;Lund&gt;" in wrong.text) == (422, True)
    onward = client.post(
        "/account/second-factor/confirm?next=/people/add",
        data={**typed, "factor_code": code_at(secret, 1), "factor_again": "yes"},
    )
    # The browser sends the very same form on.
    assert (onward.status_code, onward.location) == (307, "/people/add")
    assert client.post("/people/add", data=typed).status_code == 303
    assert cast.value("SELECT count(*) FROM person WHERE name = 'Pia <Lund>'") == 1


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_it_leads_nowhere_else(cast: Cast, target: str) -> None:
    secret, _ = set_up(cast.client("officer"))
    client = signed_in(cast, "officer")
    answer = client.post(
        "/account/second-factor/confirm", query_string={"next": target}, data={"factor_code": code_at(secret)}
    )
    assert answer.location == "/desk"


def test_new_codes_kill_the_old_and_removing_asks_for_a_code(cast: Cast, letters: Letters) -> None:
    client = cast.client("treasurer")
    secret, old = set_up(client)
    assert client.post("/account/second-factor/codes", data={"code": "000000"}).status_code == 422
    page = client.post("/account/second-factor/codes", data={"code": code_at(secret)}).text
    new = re.findall(r"<code>([a-z2-7-]{29})</code>", page)
    assert len(new) == 10
    assert not set(new) & set(old)
    other = signed_in(cast, "treasurer")
    assert other.post(NOW, data={"factor_recovery": old[0]}).status_code == 422
    assert client.post("/account/second-factor/remove", data={"code": "000000"}).status_code == 422
    assert client.post("/account/second-factor/remove", data={"code": code_at(secret, 1)}).status_code == 303
    assert (
        cast.value("SELECT count(*) FROM second_factor")
        == cast.value("SELECT count(*) FROM recovery_code")
        == 0
    )
    assert other.get("/desk").status_code == 200
    subjects = {mail.subject for mail in letters.to("treasurer@demo.example")}
    assert subjects >= {"New recovery codes were made", "Your second step was removed"}


def test_whoever_finds_a_session_open_makes_no_way_in_of_it(cast: Cast) -> None:
    """A first second step or a first password is for who signed in a moment ago; else they sign in once more."""
    with cast.office.db.write() as conn:
        conn.execute(update(Account).values(password_hash=None))
    for path, form in (
        ("/account/second-factor/start", {}),
        ("/account/password", {"new": "lantern orchard pebble quay"}),
    ):
        client = cast.client("member")
        with cast.office.db.write() as conn:
            conn.execute(update(SignInSession).values(made_at=datetime.now(UTC) - timedelta(minutes=16)))
        answer = client.post(path, data=form)
        assert (answer.status_code, urlsplit(answer.location).path) == (303, "/sign-in")
        assert client.get("/account").status_code == 302
    assert cast.value("SELECT count(*) FROM second_factor") == 0
    assert cast.value("SELECT count(*) FROM account WHERE password_hash IS NOT NULL") == 0


def test_starting_again_does_not_touch_one_that_stands(cast: Cast) -> None:
    client = cast.client("treasurer")
    set_up(client)
    before = cast.value("SELECT secret_sealed FROM second_factor")
    client.post("/account/second-factor/start")
    assert cast.value("SELECT secret_sealed FROM second_factor") == before
    assert client.get("/account/second-factor/picture.svg").status_code == 404


def test_the_picture_holds_the_secret_and_no_script(cast: Cast) -> None:
    client = cast.client("treasurer")
    client.post("/account/second-factor/start")
    picture = client.get("/account/second-factor/picture.svg")
    assert (picture.status_code, picture.mimetype) == (200, "image/svg+xml")
    assert picture.headers["Cache-Control"] == "no-store"
    assert "<script" not in picture.text
    assert " style=" not in picture.text
    assert picture.text.lstrip().startswith(("<?xml", "<svg"))


def test_no_secret_stands_anywhere(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret, codes = set_up(cast.client("treasurer"))
    kept = ""
    with cast.office.db.read() as conn:
        for table in Base.metadata.tables:
            kept += repr(conn.execute(text(f'SELECT * FROM "{table}"')).all())
    for told in (secret, *codes, *(code.replace("-", "") for code in codes)):
        assert told not in kept
        assert told not in caplog.text


def test_a_secret_opens_for_its_owner_and_key_only(cast: Cast) -> None:
    key = cast.app.extensions["settings"].secret_key
    factors.start(cast.office, key, cast.person("treasurer"), cast.now)
    with cast.office.db.read() as conn:
        row: Any = conn.execute(select(SecondFactor.person_id, SecondFactor.secret_sealed)).one()
    assert re.fullmatch(r"[A-Z2-7]{32}", factors.secret_of(key, row))
    with pytest.raises(Unsealable):
        factors.secret_of(key + "x", row)
    moved = type("Row", (), {"person_id": cast.person("member"), "secret_sealed": row.secret_sealed})
    with pytest.raises(Unsealable):
        factors.secret_of(key, moved)
