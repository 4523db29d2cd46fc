"""A fixed cast and bids in any state, made by the real services, with a signed-in client for each of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from fundapp.database import Database
from fundapp.demo import people as cast_room
from fundapp.demo import projects
from fundapp.demo.people import Cast as People
from fundapp.demo.stage import Stage, build
from fundapp.queries.people import account_by_email
from fundapp.services import letters, people, rounds, sessions
from fundapp.services.deed import Actor, Office
from fundapp.services.transition import fire
from tests.web import app_over, office_of

#: What every round of the cast has to give, in pence.
BUDGET = 1_000_000


@dataclass(frozen=True)
class Made:
    """A bid that the cast took to a state: its id, its reference, its round."""

    id: int
    reference: str
    stage: Stage
    code: str


@dataclass
class Cast:
    """Everybody, in a fund with as many rounds as a test asks for."""

    app: Flask
    office: Office
    people: People
    fund: int
    operator: Actor
    now: datetime
    _rounds: int = field(default=0)

    def actor(self, key: str) -> Actor:
        """One of them, acting."""
        return self.people.actor(key)

    def person(self, key: str) -> int:
        """One of them, by id."""
        return self.people.persons[key]

    def client(self, key: str | None) -> FlaskClient:
        """A client signed in as one of them; None for nobody."""
        client = self.app.test_client()
        if key is not None:
            email = next(part.email for part in cast_room.CAST if part.key == key)
            with self.office.db.read() as conn:
                account: Any = account_by_email(conn, email)
            with client.session_transaction() as session:
                session["_user_id"] = session_of(self.office, account.id)
        return client

    def round(self, *, closed: bool = True, **terms: Any) -> tuple[Stage, str]:
        """A round that closed yesterday, or one in its middle, and its code."""
        self._rounds += 1
        code = f"ROUND-{self._rounds}"
        closes = self.now + timedelta(days=-1 if closed else 20)
        opens = self.now - timedelta(days=30)
        stage = build(
            self.office, self.operator, self.people, self.fund, code, f"Round {self._rounds}", opens, closes,
            budget_pence=terms.pop("budget_pence", BUDGET), now=self.now, **terms,
        )  # fmt: skip
        return stage, code

    def endorsed(self, count: int = 1, *, closed: bool = True, **terms: Any) -> list[Made]:
        """Bids that the same councillor backed, in a round of their own."""
        stage, code = self.round(closed=closed, **terms)
        return [self._kept(stage, code, self._backed(stage)) for _number in range(count)]

    def panel(self, count: int = 1, *, assigned: bool = True, **terms: Any) -> list[Made]:
        """Backed bids of a round whose panel is at work; three reviewers have them unless told otherwise."""
        made = self.endorsed(count, **terms)
        made[0].stage.start_panel()
        if assigned:
            made[0].stage.assign([bid.id for bid in made])
        return made

    def bid(self, state: str, **terms: Any) -> Made:
        """A bid in that state, alone in its round; `accepted` is an award that was accepted."""
        if state in ("draft", "submitted", "returned", "withdrawn", "not_endorsed"):
            stage, code = self.round(closed=False, **terms)
            made = self._kept(stage, code, stage.draft(next(iter(projects.projects(1)))))
            if state != "draft":
                stage.submit(made.id)
            reason = {"reason": "Who opens the hall when the caretaker is away?"}
            if state in ("returned", "not_endorsed"):
                move = "send_back" if state == "returned" else "refuse"
                fire(
                    self.office,
                    self.people.actor("councillor", "link"),
                    "bid",
                    move,
                    made.id,
                    stage.during,
                    reason,
                )
            if state == "withdrawn":
                fire(self.office, self.actor("member"), "bid", "withdraw", made.id, stage.during)
            return made
        made = self.panel(**terms)[0]
        if state == "endorsed":
            return made
        stage = made.stage
        for reviewer in ("reviewer", "reviewer2", "reviewer3"):
            stage.review(made.id, reviewer, (4, 4, 3, 4, 5))
        stage.conclude(made.id)
        if state == "reviewed":
            return made
        stage.decide(made.id, "decline" if state == "declined" else "award", 200_000)
        stage.release()
        if state in ("accepted", "reported"):
            stage.accept(made.id)
        if state == "reported":
            stage.pay(made.id)
            stage.report(made.id)
            stage.finish(made.id)
        return made

    def letters(self, bid: Made) -> None:
        """The letters of a bid's round made, as the worker makes them."""
        settings, files = self.app.extensions["settings"], self.app.extensions["files"]
        letters.make_missing(letters.cabinet(self.office, settings, files), bid.stage.round)

    def value(self, sql: str, **params: Any) -> Any:
        """One value from the database as it stands."""
        with self.office.db.read() as conn:
            return conn.execute(text(sql), params).scalar()

    def state(self, bid: int) -> str:
        """The state that a bid is in."""
        return str(self.value("SELECT state FROM bid WHERE id = :bid", bid=bid))

    def _backed(self, stage: Stage) -> int:
        bid = stage.draft(next(iter(projects.projects(1))))
        stage.submit(bid)
        stage.endorse(bid)
        return bid

    def _kept(self, stage: Stage, code: str, bid: int) -> Made:
        return Made(bid, self.value("SELECT reference FROM bid WHERE id = :bid", bid=bid), stage, code)


def session_of(office: Office, account: int, **given: Any) -> str:
    """The key of a new session of an account: what the cookie of whoever is signed in carries."""
    with office.db.write() as conn:
        # In an hour, so that however long a test takes no look at the session is due.
        return sessions.begin(
            conn, account, "link", "Firefox on Linux", datetime.now(UTC) + timedelta(hours=1), **given
        )


@pytest.fixture
def cast(sqlite_database: Database, tmp_path: Path) -> Iterator[Cast]:
    """The cast over a fresh SQLite database, before any round."""
    yield from over(sqlite_database, tmp_path)


def over(database: Database, folder: Path, **environ: str) -> Iterator[Cast]:
    """The cast over a fresh database of either kind, with the service's files in that folder."""
    app = app_over(
        folder / "data", DATABASE_URL=database.url.render_as_string(hide_password=False), **environ
    )
    app.config["WTF_CSRF_ENABLED"] = False
    office = office_of(app)
    now = datetime.now(UTC)
    operator = people.operator(office, now)
    fund = rounds.found(office, operator, "communities", "Communities Fund", now)
    entered = cast_room.enter(office, operator, fund, now)
    yield Cast(app, office, entered, fund, operator, now)
    office.db.close()
