"""Your membership: from the first visit to a bid that is sent, and every way in which it waits on the road."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from fundapp.audit.verify import verify
from fundapp.demo import projects
from fundapp.domain.membership import Marks
from fundapp.intake.members import MemberRow
from fundapp.jobs import handlers
from fundapp.jobs.deliver import deliver_due
from fundapp.queries.people import account_by_email
from fundapp.services import drafts, member_list, people
from fundapp.services.deed import Actor
from tests.cast import Cast, session_of

NAME, ADDRESS = "Wilhelmina Aske-Thorne", "wilhelmina@aske.example"
GIVEN = {"number": "a-123 4567", "local_party": "Netherdale CLP"}


def newcomer(cast: Cast, name: str = NAME, email: str = ADDRESS) -> tuple[Actor, FlaskClient]:
    """Somebody who signs in for the first time, and holds no role."""
    with cast.office.deed(cast.operator, cast.now) as deed:
        person = people.enter(deed, [people.Newcomer(name, email)])[0]
        people.open_account(deed, person, email, None)
        actor = people.actor(deed.conn, person)
    cast.people.persons[email], cast.people.tokens[email] = person, actor.token
    client = cast.app.test_client()
    with cast.office.db.read() as conn:
        account: Any = account_by_email(conn, email)
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = session_of(cast.office, account.id), True
    return actor, client


def the_list(cast: Cast, *members: tuple[str, str, str]) -> None:
    """A list of members of this service's own key."""
    marks = Marks(cast.app.extensions["settings"].secret_key)
    rows = [MemberRow(at, *one, "Netherdale CLP") for at, one in enumerate(members, 2)]
    member_list.bring_in(cast.office, cast.operator, marks, rows, cast.now)


def holds(cast: Cast) -> None:
    assert verify(cast.office.db, cast.office.recorder).problems == []


def test_from_the_first_visit_to_a_bid_that_is_sent(cast: Cast) -> None:
    stage, code = cast.round(closed=False)
    actor, client = newcomer(cast)
    desk = client.get("/desk").text
    assert "Begin: tell us your membership" in desk
    # Who asks to begin is asked for their membership first, and comes back to the round.
    led = client.post(f"/rounds/{code}/start", data={"key": "k1"})
    assert (led.status_code, led.location) == (303, f"/my-membership?next=/rounds/{code}")
    page = client.get(led.location).text
    assert "To begin a bid, tell us your membership first." in page
    assert f'name="next" value="/rounds/{code}"' in page
    told = client.post("/my-membership", data=GIVEN | {"next": f"/rounds/{code}"})
    assert (told.status_code, told.location) == (303, f"/rounds/{code}")
    begun = client.post(f"/rounds/{code}/start", data={"key": "k2"})
    ref = begun.location.split("/")[2]
    bid = cast.value("SELECT id FROM bid WHERE reference = :ref", ref=ref)
    answers = projects.answers(next(iter(projects.projects(1))), cast.people.areas, cast.people.holdings)
    drafts.save(cast.office, actor, bid, answers, 1, cast.now)
    # The draft may be written; what keeps it from being sent is said wherever one looks.
    why = "Your membership is not confirmed yet, so the bid cannot be sent. Go on writing: we tell you when it is."
    for path in ("/my-bids", f"/my-bids/{ref}/form", f"/my-bids/{ref}/check"):
        assert why in client.get(path).text, path
    check = client.get(f"/my-bids/{ref}/check").text
    assert f'href="/my-membership?next=/my-bids/{ref}/check"' in check
    assert "Send the bid" not in check
    refused = client.post(f"/my-bids/{ref}/submit", data={"seen": "0"})
    assert (refused.status_code, why in refused.text, cast.state(bid)) == (409, True, "draft")
    waiting = client.get("/my-membership").text
    assert "Waits for the fund’s officer" in waiting
    assert "Go on writing; you can send once it is confirmed." in waiting
    # The officer looks at it and confirms it.
    officer = cast.client("officer")
    assert "Look at a membership" in officer.get("/desk").text
    made = cast.value("SELECT id FROM membership WHERE number = 'A1234567'")
    assert (
        officer.post("/memberships", data={"pick": made, "source": "Rang the secretary"}).status_code == 303
    )
    assert "Look at a membership" not in officer.get("/desk").text
    assert why not in client.get(f"/my-bids/{ref}/form").text
    page = client.get(f"/my-bids/{ref}/check").text
    assert "Send the bid" in page
    seen = cast.value("SELECT version FROM bid WHERE id = :bid", bid=bid)
    assert client.post(f"/my-bids/{ref}/submit", data={"seen": seen}).status_code == 303
    assert cast.state(bid) == "submitted"
    assert "It is confirmed: you can send bids." in client.get("/my-membership").text
    holds(cast)
    settings = cast.app.extensions["settings"]
    deliver_due(cast.office.db, handlers.registry(cast.office, settings), "test")
    mails = [file.read_text() for file in sorted((settings.data / "mail").glob("*.eml"))]
    (mail,) = [mail for mail in mails if "Your membership is confirmed" in mail]
    assert f"<{ADDRESS}>" in mail
    assert stage.round


def test_the_list_confirms_at_once(cast: Cast) -> None:
    the_list(cast, ("A1234567", "ASKE THORNE, Wilhelmina", ""))
    _actor, client = newcomer(cast)
    page = client.post("/my-membership", data=GIVEN, follow_redirects=True).text
    assert "Your membership is confirmed." in page
    assert "It is confirmed: you can send bids." in page
    assert cast.value("SELECT count(*) FROM outbox WHERE name = 'membership_confirmed'") == 0
    again = client.post("/my-membership", data=GIVEN | {"number": "B222"})
    assert (again.status_code, "speak to the fund’s officer" in again.text) == (409, True)
    holds(cast)


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("number", "12", "That is not a membership number."), ("number", "", "That is not a membership number."),
        ("local_party", " ", "No local party is given."), ("local_party", "x" * 101, "Keep it to 100 characters."),
    ],
)  # fmt: skip
def test_what_is_mistyped_is_shown_again(cast: Cast, field: str, typed: str, words: str) -> None:
    _actor, client = newcomer(cast)
    answer = client.post("/my-membership", data=GIVEN | {field: typed})
    assert answer.status_code == 422
    assert f'<a href="#{field}">{words}' in answer.text or words in answer.text
    other = "local_party" if field == "number" else "number"
    assert f'value="{GIVEN[other]}"' in answer.text
    # Nobody becomes a member by a slip.
    assert client.post("/rounds/NONE/start").status_code == 404
    assert cast.value("SELECT count(*) FROM membership WHERE local_party = 'Netherdale CLP'") == 0


def test_turned_down_is_told_with_the_reason_as_text(cast: Cast) -> None:
    _actor, client = newcomer(cast)
    client.post("/my-membership", data=GIVEN)
    made = cast.value("SELECT id FROM membership WHERE number = 'A1234567'")
    officer = cast.client("officer")
    empty = officer.post(f"/memberships/{made}", data={"reason": " "})
    assert (empty.status_code, "No reason is given." in empty.text) == (422, True)
    reason = "No such number: is it <b>yours</b>?"
    assert officer.post(f"/memberships/{made}", data={"reason": reason}).status_code == 303
    page = client.get("/my-membership").text
    assert "No such number: is it &lt;b&gt;yours&lt;/b&gt;?" in page
    assert "<b>yours" not in page
    # They may still begin a bid, and give it again.
    _stage, code = cast.round(closed=False)
    assert client.post(f"/rounds/{code}/start", data={"key": "k"}).location.startswith("/my-bids/")
    assert client.post("/my-membership", data=GIVEN | {"number": "A1234568"}).status_code == 303
    assert "Waits for the fund’s officer" in client.get("/my-membership").text
    settings = cast.app.extensions["settings"]
    deliver_due(cast.office.db, handlers.registry(cast.office, settings), "test")
    mails = [file.read_text() for file in sorted((settings.data / "mail").glob("*.eml"))]
    (mail,) = [mail for mail in mails if "could not confirm your membership" in mail]
    assert "/my-membership" in mail
    holds(cast)


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/sign-out", "/rounds/../x",
     "/my-bids/../../x", "/rounds/A?x=//e", "/rounds/A\r\nSet-Cookie: x", "", "/people"],
)  # fmt: skip
def test_one_is_led_back_to_a_round_or_a_bid_and_nowhere_else(cast: Cast, target: str) -> None:
    _actor, client = newcomer(cast)
    page = client.get("/my-membership", query_string={"next": target}).text
    assert 'name="next"' not in page
    assert client.post("/my-membership", data=GIVEN | {"next": target}).location == "/my-membership"


def test_five_changes_a_day(cast: Cast) -> None:
    _actor, client = newcomer(cast)
    for number in range(5):
        assert client.post("/my-membership", data=GIVEN | {"number": f"A123456{number}"}).status_code == 303
    answer = client.post("/my-membership", data=GIVEN | {"number": "A1234569"})
    assert (answer.status_code, "Wait until tomorrow" in answer.text) == (409, True)


def test_local_parties_come_from_the_list_alone(cast: Cast) -> None:
    the_list(cast, ("Z1", "Nobody", ""), ("Z2", "Nobody Else", ""))
    _actor, client = newcomer(cast)
    _other, second = newcomer(cast, "Osric Penhallow", "osric@pen.example")
    second.post("/my-membership", data={"number": "C777", "local_party": "Osric’s back room"})
    page = client.get("/my-membership").text
    assert page.count("<option") == 1
    assert '<option value="Netherdale CLP">' in page
    assert "Osric" not in page


def test_who_only_backs_bids_is_not_asked_for_a_membership(cast: Cast) -> None:
    assert "membership is not confirmed" not in cast.client("councillor").get("/my-bids").text
    assert "membership is not confirmed" not in cast.client("member").get("/my-bids").text
    assert '"/my-membership"' in cast.client("member").get("/my-bids").text


def test_a_bid_sent_back_needs_no_second_look_at_the_membership(cast: Cast) -> None:
    bid = cast.bid("returned")
    assert (
        "membership"
        not in cast.client("member").get(f"/my-bids/{bid.reference}/check").text.partition("<main")[2]
    )
