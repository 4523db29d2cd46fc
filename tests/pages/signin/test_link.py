"""Mailed links: used once, by whoever reads that mail; every other use is refused with a page that helps."""

import logging
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text, update

from fundapp.models import Account, Base, Outbox, Person, SecurityEvent, SignInLink, SignInSession
from fundapp.services import people
from tests.cast import Cast
from tests.pages.signin.letterbox import Letters, ask

MEMBER = "member@demo.example"


def change_links(cast: Cast, **values: Any) -> None:
    with cast.office.db.write() as conn:
        conn.execute(update(SignInLink).values(**values))


def test_a_link_signs_in_once_and_leads_where_it_was_asked_for(cast: Cast, letters: Letters) -> None:
    ask(cast.client(None), " Member@Demo.Example ", next="/my-bids?from=2")
    path = letters.link(MEMBER)
    client = cast.client(None)
    page = client.get(path)
    assert page.status_code == 200
    assert "Sign in as m…@demo.example" in page.text
    assert MEMBER not in page.text
    answer = client.post(path)
    assert (answer.status_code, answer.location) == (303, "/my-bids?from=2")
    assert "Sunita Rao" in client.get("/my-bids").text
    again = cast.client(None)
    for answer in (again.get(path), again.post(path)):
        assert answer.status_code == 410
        assert "This link has been used" in answer.text
        assert "It goes to m…@demo.example" in answer.text
    assert again.get("/desk").status_code == 302


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_who_only_opens_it_changes_nothing(cast: Cast, letters: Letters, method: str) -> None:
    path = letters.asked(MEMBER)
    before = [cast.value(f"SELECT count(*) FROM {table}") for table in Base.metadata.tables]
    for _ in range(3):
        getattr(cast.client(None), method)(path)
    assert [cast.value(f"SELECT count(*) FROM {table}") for table in Base.metadata.tables] == before
    assert cast.value("SELECT used_at FROM sign_in_link") is None
    assert cast.client(None).post(path).status_code == 303


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\tevil",
        "desk",
        "/" + "a" * 2000,
    ],
)
def test_a_link_leads_nowhere_else(cast: Cast, letters: Letters, target: str) -> None:
    path = letters.asked(MEMBER, next=target)
    assert cast.client(None).post(path).location == "/desk"


def test_the_words_are_the_same_whoever_is_known(cast: Cast, letters: Letters) -> None:
    ask(cast.client(None), "first@demo.example")  # the first link of all has its table's numbers to begin
    pages, statements = [], []
    for email in (MEMBER, "nobody@demo.example"):
        client = cast.client(None)
        seen: list[str] = []

        def heard(*given: Any, seen: list[str] = seen) -> None:
            seen.append(given[2])

        event.listen(cast.office.db.engine, "before_cursor_execute", heard)
        ask(client, email)
        event.remove(cast.office.db.engine, "before_cursor_execute", heard)
        statements.append(seen)
        pages.append(client.get("/sign-in/sent").text.replace(email, "X"))
    token = re.compile(r'name="csrf_token" value="[^"]+"')
    assert token.sub("", pages[0]) == token.sub("", pages[1])
    assert statements[0] == statements[1]


def test_a_newer_link_kills_the_older(cast: Cast, letters: Letters) -> None:
    old = letters.asked(MEMBER)
    new = letters.asked(MEMBER)
    assert old != new
    dead = cast.client(None).post(old)
    assert (dead.status_code, "This link has been replaced" in dead.text) == (410, True)
    assert cast.client(None).post(new).status_code == 303


def test_a_link_of_somebody_else_stays(cast: Cast, letters: Letters) -> None:
    mine = letters.asked(MEMBER)
    letters.asked("member2@demo.example")
    assert cast.client(None).post(mine).status_code == 303


def test_an_old_link_says_so_and_one_press_mends_it(cast: Cast, letters: Letters) -> None:
    path = letters.asked(MEMBER, next="/my-bids")
    change_links(cast, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    client = cast.client(None)
    for dead in (client.get(path), client.post(path)):
        assert (dead.status_code, "This link is too old" in dead.text) == (410, True)
    assert client.get("/desk").status_code == 302
    answer = client.post(f"{path}/again")
    assert (answer.status_code, answer.location) == (303, "/sign-in/sent")
    assert "m…@demo.example" in client.get("/sign-in/sent").text
    assert client.post(letters.link(MEMBER)).location == "/my-bids"


def test_a_link_works_for_fifteen_minutes(cast: Cast, letters: Letters) -> None:
    letters.asked(MEMBER)
    with cast.office.db.read() as conn:
        made, ends = conn.execute(select(SignInLink.made_at, SignInLink.expires_at)).one()
    assert ends - made == timedelta(minutes=15)


@pytest.mark.parametrize("token", ["a" * 32, "a" * 31, "é" * 32, "A" * 32, "%27%20OR%201=1", "a" * 5000])
def test_an_unknown_link_is_helped(cast: Cast, token: str) -> None:
    client = cast.client(None)
    for answer in (client.get(f"/sign-in/link/{token}"), client.post(f"/sign-in/link/{token}")):
        assert answer.status_code == 404
        assert "We do not know this link" in answer.text
        assert 'href="/sign-in"' in answer.text


def test_an_altered_link_is_none(cast: Cast, letters: Letters) -> None:
    path = letters.asked(MEMBER)
    altered = path[:-1] + ("a" if path[-1] != "a" else "b")
    assert cast.client(None).post(altered).status_code == 404
    assert cast.client(None).post(path).status_code == 303


def test_no_token_stands_anywhere(cast: Cast, letters: Letters, caplog: pytest.LogCaptureFixture) -> None:
    """Not in the database, not in the outbox before or after, not in a log."""
    caplog.set_level(logging.DEBUG)
    ask(cast.client(None), MEMBER)
    with cast.office.db.read() as conn:
        args = conn.execute(select(Outbox.args).where(Outbox.name == "sign_in")).scalar_one()
        link = conn.execute(select(SignInLink.id)).scalar_one()
    assert args == {"link": link}
    path = letters.link(MEMBER)
    client = cast.client(None)
    client.post(path)
    with client.session_transaction() as session:
        key = session["_user_id"]
    kept = ""
    with cast.office.db.read() as conn:
        for table in Base.metadata.tables:
            kept += repr(conn.execute(text(f'SELECT * FROM "{table}"')).all())
    for secret in (path.rpartition("/")[2], key):
        assert secret not in kept
        assert secret not in caplog.text


def test_a_mail_that_is_tried_again_carries_the_same_link(cast: Cast, letters: Letters) -> None:
    first = letters.asked(MEMBER)
    with cast.office.db.write() as conn:
        link = conn.execute(select(SignInLink.id)).scalar_one()
        conn.execute(
            update(Outbox)
            .where(Outbox.name == "sign_in")
            .values(done_at=None, args={"link": link}, attempts=0)
        )
    assert set(letters.links(MEMBER)) == {first}


def test_a_dead_link_is_not_mailed(cast: Cast, letters: Letters) -> None:
    ask(cast.client(None), MEMBER)
    ask(cast.client(None), MEMBER)
    assert len(letters.to(MEMBER)) == 1


@pytest.mark.parametrize("email", ["", "nonsense", "a@b", "a b@c.example", "<a@b.example>"])
def test_what_is_no_address_is_said_so(cast: Cast, email: str) -> None:
    answer = cast.client(None).post("/sign-in", data={"email": email})
    assert answer.status_code == 422
    # Once in the summary, once at the box.
    assert answer.text.count("Give your email address, such as name@example.org.") == 2


def test_a_stranger_starts_an_account_by_their_address(cast: Cast, letters: Letters) -> None:
    path = letters.asked("nadia@allotments.example", next="/my-bids")
    assert "Nobody has an account with this address yet." in letters.to("nadia@allotments.example")[0].text
    client = cast.client(None)
    assert "Start as n…@allotments.example" in client.get(path).text
    nameless = client.post(path, data={"name": "  "})
    assert (nameless.status_code, nameless.text.count("Give your name.")) == (422, 2)
    assert client.post(path, data={"name": "x" * 201}).status_code == 422
    answer = client.post(path, data={"name": " Nadia  Osei "})
    assert (answer.status_code, answer.location) == (303, "/my-bids")
    with cast.office.db.read() as conn:
        found = conn.execute(
            select(Person.id, Person.name, Person.email)
            .join(Account)
            .where(Account.email == "nadia@allotments.example")
        ).one()
        kinds = (
            conn.execute(select(SecurityEvent.kind).where(SecurityEvent.person_id == found.id))
            .scalars()
            .all()
        )
    assert (found.name, found.email) == ("Nadia Osei", "nadia@allotments.example")
    assert kinds == ["account_opened", "signed_in_link"]
    assert cast.value("SELECT count(*) FROM role_grant WHERE person_id = :person", person=found.id) == 0
    assert "Nadia Osei" in client.get("/desk").text
    # The second time the same address is known.
    second = letters.asked("nadia@allotments.example")
    assert "Sign in as n…@allotments.example" in cast.client(None).get(second).text


def test_two_presses_open_one_account(cast: Cast, letters: Letters) -> None:
    path = letters.asked("nadia@allotments.example")
    assert [cast.client(None).post(path, data={"name": "Nadia"}).status_code for _ in range(2)] == [303, 410]
    assert cast.value("SELECT count(*) FROM account WHERE email = 'nadia@allotments.example'") == 1


def test_strangers_are_written_to_three_times_a_day(cast: Cast, letters: Letters) -> None:
    for _ in range(4):
        ask(cast.client(None), "stranger@elsewhere.example")
        letters.deliver()
    assert len(letters.to("stranger@elsewhere.example")) == 3


def test_an_address_that_takes_no_mail_fills_no_desk(cast: Cast, letters: Letters) -> None:
    ask(cast.client(None), "zoë@nowhere.example")
    letters.deliver()
    assert cast.value("SELECT count(*) FROM outbox WHERE failed_at IS NOT NULL") == 0


def test_signing_in_by_a_link_ends_the_session_that_was_there(cast: Cast, letters: Letters) -> None:
    path = letters.asked("member2@demo.example")
    client = cast.client("member")
    with client.session_transaction() as session:
        before = session["_user_id"]
    client.post(path)
    assert "Tomasz Wiśniewski" in client.get("/desk").text
    thief = cast.client(None)
    with thief.session_transaction() as session:
        session["_user_id"] = before
    assert thief.get("/desk").status_code == 302


def test_a_new_browser_is_told_by_mail(cast: Cast, letters: Letters) -> None:
    first = cast.client(None)
    first.post(letters.asked(MEMBER, first))
    assert [mail.subject for mail in letters.to(MEMBER)] == ["Your link to sign in to the Communities Fund"]
    first.post("/sign-out")
    first.post(letters.asked(MEMBER, first))  # the same browser, known by its cookie
    assert all("new browser" not in mail.subject for mail in letters.to(MEMBER))
    other = cast.client(None)
    firefox = "Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0"
    other.post(letters.asked(MEMBER), headers={"User-Agent": firefox})
    told = [mail for mail in letters.to(MEMBER) if mail.subject == "A new browser signed in to your account"]
    assert len(told) == 1
    assert "in Firefox on Android." in told[0].text
    with cast.office.db.read() as conn:
        browsers = conn.execute(select(SignInSession.browser).order_by(SignInSession.id)).scalars().all()
    assert browsers[-1] == "Firefox on Android"


def test_a_forged_cookie_makes_no_browser_known(cast: Cast, letters: Letters) -> None:
    cast.client(None).post(letters.asked(MEMBER))
    client = cast.client(None)
    client.set_cookie("known", '{"id": "x", "of": []}.forged')
    client.post(letters.asked(MEMBER))
    assert [mail.subject for mail in letters.to(MEMBER)].count("A new browser signed in to your account") == 1


def test_an_invitation_signs_in_for_seven_days_and_dies_with_its_role(cast: Cast, letters: Letters) -> None:
    officer = cast.client("officer")
    data = {"name": "Pia Lund", "email": "pia@audit.example", "role": "auditor", "fund": str(cast.fund)}
    answer = officer.post("/people/add", data=data)
    assert answer.status_code == 303
    page = officer.get(answer.location).text
    assert "They have never signed in." in page
    assert "Send the invitation again" in page
    first = letters.link("pia@audit.example")
    assert officer.post(f"{answer.location}/invite").status_code == 303
    second = letters.link("pia@audit.example")
    assert cast.client(None).post(first).status_code == 410
    opened = cast.client(None).get(second).text
    assert "You are asked to be auditor of the Communities Fund." in opened
    with cast.office.db.read() as conn:
        made, ends, grant = conn.execute(
            select(SignInLink.made_at, SignInLink.expires_at, SignInLink.grant_id).where(
                SignInLink.void_at.is_(None)
            )
        ).one()
    assert ends - made == timedelta(days=7)
    with cast.office.deed(cast.actor("officer"), cast.now) as deed:
        people.end_role(deed, grant)
    dead = cast.client(None).post(second)
    assert (dead.status_code, "This invitation has ended" in dead.text) == (410, True)
    assert cast.client(None).post(f"{second}/again").status_code == 410
    assert "They have never signed in." not in officer.get(answer.location).text


def test_who_came_in_by_an_invitation_is_not_invited_again(cast: Cast, letters: Letters) -> None:
    officer = cast.client("officer")
    data = {"name": "Pia Lund", "email": "pia@audit.example", "role": "auditor", "fund": str(cast.fund)}
    location = officer.post("/people/add", data=data).location
    client = cast.client(None)
    assert client.post(letters.link("pia@audit.example")).location == "/desk"
    assert client.get("/record").status_code == 200
    assert "They have never signed in." not in officer.get(location).text
    refused = officer.post(f"{location}/invite")
    assert refused.status_code == 409


def test_a_representative_is_known_by_the_address_of_their_office(cast: Cast, letters: Letters) -> None:
    """They have never signed in; the directory knows where they are written to. No second person is made of them."""
    from fundapp.services import people

    area = next(iter(cast.people.areas.values()))
    with cast.office.deed(cast.operator, cast.now) as deed:
        person = people.enter(deed, [people.Newcomer("Iolo Fairweather")])[0]
        people.hold_office(
            deed, person, office="councillor", area=area, from_on=cast.now.date(), to_on=None,
            email="iolo@council.example", source="directory",
        )  # fmt: skip
    before = cast.value("SELECT count(*) FROM person")
    path = letters.asked("iolo@council.example")
    client = cast.client(None)
    page = client.get(path)
    assert "Sign in as i…@council.example" in page.text
    assert 'name="name"' not in page.text
    assert client.post(path).status_code == 303
    assert cast.value("SELECT count(*) FROM person") == before
    assert cast.value("SELECT person_id FROM account WHERE email = 'iolo@council.example'") == person
    assert "Nobody has asked you yet" in client.get("/requests").text


def test_an_office_whose_address_nobody_confirmed_makes_nobody_known(cast: Cast, letters: Letters) -> None:
    from fundapp.services import people

    area = next(iter(cast.people.areas.values()))
    with cast.office.deed(cast.operator, cast.now) as deed:
        person = people.enter(deed, [people.Newcomer("Iolo Fairweather")])[0]
        people.hold_office(
            deed, person, office="councillor", area=area, from_on=cast.now.date(), to_on=None,
            email="iolo@council.example", source=None,
        )  # fmt: skip
    path = letters.asked("iolo@council.example")
    assert cast.client(None).post(path, data={"name": "Somebody Else"}).status_code == 303
    assert cast.value("SELECT person_id FROM account WHERE email = 'iolo@council.example'") != person


@pytest.mark.parametrize("key", ["chair", "treasurer", "member"])
def test_the_address_of_an_office_is_no_second_way_into_an_account(
    cast: Cast, letters: Letters, key: str
) -> None:
    """Any officer can change it: it must not lead to what its holder decides, pays or writes."""
    from fundapp.services import people

    area, person = next(iter(cast.people.areas.values())), cast.person(key)
    with cast.office.deed(cast.operator, cast.now) as deed:
        people.hold_office(
            deed, person, office="councillor", area=area, from_on=cast.now.date(), to_on=None,
            email="old@council.example", source="directory",
        )  # fmt: skip
    holding = cast.value("SELECT id FROM office_holding WHERE person_id = :person", person=person)
    changed = cast.client("officer").post(
        f"/directory/{person}/offices/{holding}/address",
        data={"email": "evil@attacker.example", "source": "The council"},
    )
    assert changed.status_code == 303
    path = letters.asked("evil@attacker.example")
    assert cast.client(None).post(path, data={"name": "Somebody Else"}).status_code == 303
    assert cast.value("SELECT person_id FROM account WHERE email = 'evil@attacker.example'") != person


def test_a_row_that_somebody_invents_signs_nobody_in(cast: Cast, letters: Letters) -> None:
    """With the database but not the service's key, a link of one's own making leads nowhere."""
    from fundapp.queries.links import sha256_of

    letters.asked(MEMBER)
    token = "b" * 32
    change_links(cast, token_sha256=sha256_of(token))
    for answer in (
        cast.client(None).get(f"/sign-in/link/{token}"),
        cast.client(None).post(f"/sign-in/link/{token}"),
    ):
        assert answer.status_code == 404
    assert cast.value("SELECT count(*) FROM sign_in_session WHERE how = 'link'") == 0
