"""The story of a bid: every action has words, and the panel's work is told once it is released."""

import json
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, update

from fundapp.audit.seal import BEGUN, ROTATED
from fundapp.database import Database, database_now
from fundapp.models import Area, Person
from fundapp.queries.events import Named, events_of, names_of
from fundapp.services import people
from fundapp.services.deed import CLOCK, Actor, Office
from fundapp.words import history
from tests.databases import RECORDER
from tests.words.code import calls, text
from workflows import LIVES

ZONE = ZoneInfo("Europe/London")
NAMES = {"a": Named("Sunita Rao"), "r": Named("Margaret Oyelaran", "councillor"), "p": Named("Peter Panel"),
         "o": Named("Olive Officer")}  # fmt: skip


def event(
    number: int,
    action: str,
    actor: str,
    role: str | None,
    params: dict[str, Any] | None = None,
    came: str | None = None,
) -> SimpleNamespace:
    """An event as it is read back."""
    body = {"role": role, "params": params or {}, "move": {"life": "bid", "from": came}}
    at = datetime(2027, 3, 8, 21, 41, tzinfo=UTC) + timedelta(days=number - 1)
    return SimpleNamespace(number=number, at=at, actor=actor, action=action, body=json.dumps(body), hash="")


LIFE = [
    event(1, "bid.start", "a", "member"),
    event(2, "bid.submit", "a", "applicant", {"version": 1}),
    event(3, "bid.endorse", "r", "representative"),
    event(4, "assigned", "o", "officer"),
    event(5, "interest.declared", "p", "reviewer"),
    event(6, "bid.review", "p", "assigned_reviewer", {"number": 1}),
    event(7, "bid.conclude", "p", "chair", {"moderated": True}),
    event(8, "bid.reopen", "p", "chair"),
    event(9, "bid.decide", "p", "chair"),
]


def words(audience: str, released: bool, viewer: str | None = None, rows: list[Any] = LIFE) -> list[str]:
    """What is told, newest first."""
    told = history.story(rows, NAMES, viewer, audience, ZONE, released)  # type: ignore[arg-type]
    return [item["words"] for item in told]


def test_every_action_that_services_put_on_record_has_words() -> None:
    moves = {f"{life.name}.{move.name}" for life in LIVES.values() for move in life.moves}
    noted = {
        action
        for name, node in calls("fundapp")
        if name in ("note", "note_many", "note_each") and (action := text(node, 1))
    }
    assert len(noted) >= 10
    # What happens to the log itself is written by the sealer, below every deed.
    assert set(history.TOLD) == moves | noted | {BEGUN, ROTATED}
    assert set(history.TOLD) >= history.STAGED | history.INSIDE


def test_before_the_release_an_applicant_hears_nothing_of_the_panel() -> None:
    assert words("applicant", False, "a") == [
        "Cllr Margaret Oyelaran backed it.",
        "You sent the bid.",
        "You began a draft.",
    ]
    assert words("applicant", False, "a") == words("applicant", False, "a", LIFE[:3])
    assert words("public", False) == [
        "Cllr Margaret Oyelaran backed it.",
        "The applicant sent the bid.",
        "The applicant began a draft.",
    ]


def test_after_it_nobody_on_the_panel_is_named_to_outsiders() -> None:
    told = words("applicant", True, "a")
    assert told[:6] == [
        "The panel recorded the decision.",
        "The panel opened its reviews again.",
        "The panel closed its reviews once they were talked over.",
        "A panel member read and scored it.",
        "A panel member declared an interest and will not see it again.",
        "The fund’s officer gave it to reviewers to read.",
    ]
    for audience in ("applicant", "public"):
        assert not [line for line in words(audience, True) if "Peter" in line or "Olive" in line]


def test_staff_read_everything_with_names() -> None:
    assert words("staff", False) == [
        "Peter Panel recorded the decision.",
        "Peter Panel opened its reviews again.",
        "Peter Panel closed its reviews once they were talked over.",
        "Peter Panel read and scored it.",
        "Peter Panel declared an interest and will not see it again.",
        "Olive Officer gave it to reviewers to read.",
        "Cllr Margaret Oyelaran backed it.",
        "Sunita Rao sent the bid.",
        "Sunita Rao began a draft.",
    ]


def test_when_it_was_is_told_to_people_and_to_machines() -> None:
    assert history.story(LIFE[:1], NAMES, "a", "applicant", ZONE, False) == [
        {"when": "Mon 8 March, 9.41pm", "iso": "2027-03-08T21:41:00+00:00", "words": "You began a draft."}
    ]


SAID: dict[str, SimpleNamespace] = {
    "Olive Officer took the bid in from a file, line 12.": event(
        1, "bid.take_in", "o", "officer", {"line": 12}
    ),
    "Olive Officer took the bid in from a file or from paper.": event(1, "bid.take_in", "o", "officer"),
    "Sunita Rao sent the bid again, as a changed version.": event(
        1, "bid.submit", "a", "applicant", {"version": 2}
    ),
    "Sunita Rao asked a different representative to back it.": event(
        1, "bid.name_endorser", "a", "applicant", {"voided": 3}
    ),
    "Olive Officer recorded that the representative backed it in writing.": event(
        1, "bid.endorse", "o", "officer"
    ),
    "Olive Officer recorded that the representative decided in writing not to back it.": event(
        1, "bid.refuse", "o", "officer"
    ),
    "Peter Panel changed their scores.": event(1, "bid.review", "p", "assigned_reviewer", {"number": 2}),
    "The panel awarded it £4,850.": event(1, "bid.award", "clock", "clock", {"amount_pence": 485000}),
    "Olive Officer agreed to a change; the award is now £4,000.50.": event(
        1, "award.vary", "o", "officer", {"amount_pence": 400050}
    ),
    "The bid lapsed: the round closed before it was sent.": event(
        1, "bid.lapse", "clock", "clock", came="draft"
    ),
    "The bid lapsed: nobody backed it in time.": event(1, "bid.lapse", "clock", "clock", came="submitted"),
    "The bid lapsed: it was not sent again in time.": event(
        1, "bid.lapse", "clock", "clock", came="returned"
    ),
    "The applicant withdrew the bid.": event(1, "bid.withdraw", "gone", "applicant"),
    "A way to sign in was opened.": event(1, "account.opened", "gone", None),
    "Olive Officer took away a second step that its owner had lost.": event(
        1, "second_factor.forgotten", "o", None
    ),
    "Olive Officer signed this person out everywhere.": event(1, "sessions.ended", "o", None),
    "Olive Officer gave the role of chair.": event(1, "role.given", "o", None, {"role": "chair"}),
    "Something was put on record.": event(1, "bid.dance", "o", None),
}


@pytest.mark.parametrize("said", SAID)
def test_what_one_event_says(said: str) -> None:
    assert words("staff", False, None, [SAID[said]]) == [said]


@pytest.mark.parametrize("action", sorted(history.TOLD))
def test_every_sentence_is_whole(action: str) -> None:
    said = words(
        "staff", False, None, [event(1, action, "o", "officer", {"amount_pence": 100, "role": "chair"})]
    )[0]
    assert "%(" not in said
    assert said[0].isupper()
    assert said.endswith(".")


def test_the_asking_to_cancel_stays_inside() -> None:
    row = event(1, "bid.ask_cancel", "o", "treasurer")
    assert words("applicant", True, "a", [row]) == []
    assert words("staff", True, None, [row]) == ["Olive Officer asked for the award to be cancelled."]


def test_events_and_names_come_out_of_the_database(database: Database) -> None:
    office = Office(database, RECORDER, ZONE, bank_keys=(bytes(32),))
    with database.write() as conn:
        now = database_now(conn)
    operator = people.operator(office, now)
    with office.deed(operator, now) as deed:
        deed.conn.execute(insert(Area).values(id=1, kind="ward", code="W1", name="Millbeck"))
        person, other, erased = people.enter(
            deed,
            [
                people.Newcomer("Margaret Oyelaran"),
                people.Newcomer("Ann Example"),
                people.Newcomer("Al Gone"),
            ],
        )
        for office_name, year in (("councillor", 2019), ("msp", 2023)):
            people.hold_office(
                deed, person, office=office_name, area=1, from_on=date(year, 5, 1), to_on=None, email=None,
                source=None,
            )  # fmt: skip
        deed.conn.execute(update(Person).where(Person.id == erased).values(erased_at=now))
        tokens = [people.actor(deed.conn, one).token for one in (person, other, erased)]
    with database.read() as conn:
        rows = events_of(conn, f"person:{person}")
        known = names_of(conn, [*tokens, "clock", "nobody", tokens[0]])
        assert [(row.number, row.action) for row in rows] == [(1, "office.entered"), (2, "office.entered")]
        assert json.loads(rows[0].body)["params"] == {"office": "councillor"}
        assert [row.number for row in events_of(conn, f"person:{person}", after=1)] == [2]
        assert [row.number for row in events_of(conn, f"person:{person}", limit=1)] == [1]
        assert events_of(conn, "person:999999") == []
    assert known == {tokens[0]: "Margaret Oyelaran", tokens[1]: "Ann Example", CLOCK.token: "The service"}
    assert (known[tokens[0]].office, known[tokens[1]].office) == ("msp", None)
    told = history.story(rows, names_of_operator(database, operator), None, "staff", ZONE, False)
    assert [item["words"] for item in told] == ["The operator of this service entered an elected office."] * 2


def names_of_operator(database: Database, operator: Actor) -> dict[str, Named]:
    """The operator's name by token."""
    with database.read() as conn:
        return names_of(conn, [operator.token])


def test_a_talk_is_told_inside_and_after_the_release_without_a_name() -> None:
    rows = [
        event(1, "bid.moderate", "p", "chair"),
        event(2, "bid.review", "r", "assigned_reviewer", {"number": 2, "kept": True}),
        event(3, "bid.review", "r", "assigned_reviewer", {"number": 3}),
        event(4, "bid.settle", "p", "chair"),
        event(5, "readers.reminded", "p", "chair", {"count": 2}),
    ]
    assert words("staff", False, None, rows) == [
        "Peter Panel had readers reminded of the bids that they have yet to read.",
        "Peter Panel closed the talk about its scores.",
        "Margaret Oyelaran changed their scores.",
        "Margaret Oyelaran looked at it again and kept their scores.",
        "Peter Panel asked its readers to talk over their scores.",
    ]
    for audience in ("applicant", "public"):
        assert words(audience, False, "a", rows) == []
        assert words(audience, True, "a", rows) == [
            "The panel closed the talk about its scores.",
            "A panel member changed their scores.",
            "A panel member looked at it again and kept their scores.",
            "The panel asked its readers to talk over their scores.",
        ]
