"""One's own account: where one is signed in, what happened, and ending sessions."""

import re

from fundapp.services import roles, security
from tests.cast import Cast
from tests.pages.signin.letterbox import Letters


def numbers(page: str) -> list[str]:
    """The sessions that can be ended from the page."""
    return re.findall(r'action="/account/sessions/([0-9]+)/end"', page)


def test_the_name_in_the_head_leads_there(cast: Cast) -> None:
    client = cast.client("member")
    assert re.search(r'<a class="person" href="/account">.*Sunita Rao</span></a>', client.get("/desk").text)
    assert "Your account" in client.get("/account").text


def test_one_session_is_ended_and_the_others_go_on(cast: Cast) -> None:
    here, phone, tablet = (cast.client("member") for _ in range(3))
    ids = numbers(here.get("/account").text)
    assert len(ids) == 2
    lost = max(ids, key=int)  # the tablet came last
    assert here.post(f"/account/sessions/{lost}/end").status_code == 303
    assert (tablet.get("/account").status_code, phone.get("/account").status_code) == (302, 200)
    page = here.get("/account").text
    assert len(numbers(page)) == 1
    assert "You signed out one browser." in page


def test_everywhere_else_is_ended_at_once(cast: Cast) -> None:
    here, phone, tablet = (cast.client("member") for _ in range(3))
    assert here.post("/account/sessions/end-others").status_code == 303
    assert "2 other browsers are signed out." in here.get("/account").text
    assert [client.get("/account").status_code for client in (here, phone, tablet)] == [200, 302, 302]
    here.post("/account/sessions/end-others")
    assert "You are signed in nowhere else." in here.get("/account").text


def test_nobody_ends_the_session_of_somebody_else(cast: Cast) -> None:
    member, other = cast.client("member"), cast.client("member2")
    second = cast.client("member")
    theirs = numbers(member.get("/account").text)[0]
    assert other.post(f"/account/sessions/{theirs}/end").status_code == 404
    assert other.post("/account/sessions/99999999999999999999/end").status_code == 404
    assert second.get("/account").status_code == 200


def test_what_happened_is_told_in_words(cast: Cast, letters: Letters) -> None:
    client = cast.client(None)
    client.post(
        letters.asked("reviewer4@demo.example"),
        headers={"User-Agent": "Mozilla/5.0 (iPhone) Version/17 Safari/600"},
    )
    roles.give(cast.office, cast.operator, cast.person("reviewer4"), "treasurer", cast.fund, cast.now)
    told = client.get("/account").text
    assert "You signed in by a mailed link, in Safari on iPhone." in told
    assert "You were given the role of treasurer." in told
    assert "You were given the role of panel member." in told
    grant = cast.value("SELECT max(id) FROM role_grant")
    roles.end(cast.office, cast.operator, grant, cast.now)
    assert "Your role of treasurer ended." in client.get("/account").text


def test_what_happened_is_shown_a_page_at_a_time(cast: Cast) -> None:
    with cast.office.db.write() as conn:
        for number in range(45):
            security.note(
                conn, cast.person("member"), "signed_in_password", cast.now, browser=f"Browser {number}"
            )
    client = cast.client("member")
    seen: list[str] = []
    path = "/account"
    while path:
        page = client.get(path).text
        seen += re.findall(r"Browser [0-9]+", page)
        older = re.search(r'href="(/account\?before=[0-9]+)#events"', page)
        path = older[1] if older else ""
    assert seen == [f"Browser {number}" for number in reversed(range(45))]
