"""A small fund with a bid in every state and everybody round it: what the route matrix is asked about."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, update

from fundapp.demo import account
from fundapp.demo import people as cast_room
from fundapp.demo.people import Cast
from fundapp.domain.membership import Marks
from fundapp.intake.statement import read_statement
from fundapp.models import (
    Outbox,
    RoleGrant,
    Round,
    SignInLink,
    SignInSession,
)
from fundapp.queries import apart as apart_asks
from fundapp.queries.people import account_by_email
from fundapp.queries.sessions import sha256_of
from fundapp.services import (
    incomes,
    membership,
    panel,
    people,
    roles,
    rounds,
    sign_in_links,
    sittings,
    statements,
    ties,
)
from fundapp.services.deed import Actor, Office
from fundapp.services.throttle import Visitor
from fundapp.storage import Files
from tests.cast import session_of
from tests.house.parish_rounds import Maker

#: Who asks, in the order of the table's columns: what the table calls them, and their key in the cast.
ASKING: Final[dict[str, str | None]] = {
    "nobody": None,
    "owner": "member",
    "other": "member2",
    "named": "councillor",
    "other_rep": "councillor2",
    "assigned": "reviewer",
    "conflicted": "reviewer2",
    "chair": "chair",
    "chair_apart": "chair2",
    "treasurer": "treasurer",
    "officer": "officer",
    "auditor": "auditor",
    "elsewhere": "elsewhere",
}

#: Staff of another fund holds every role there, and none here.
ELSEWHERE: Final = ("reviewer", "chair", "treasurer", "officer", "auditor")


@dataclass(slots=True)
class Parish:
    """The things by name, each with what fills its address; the keys of sessions by who is signed in."""

    things: dict[str, dict[str, Any]] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)


def settle(office: Office, secret_key: str, store: Files) -> Parish:
    """The whole parish on an empty, migrated database, made by the real services."""
    now = datetime.now(UTC)
    operator = people.operator(office, now)
    fund = rounds.found(office, operator, "communities", "Communities Fund", now)
    second = rounds.found(office, operator, "seaside", "Seaside Fund", now)
    cast = cast_room.enter(office, operator, fund, now, with_accounts=False)
    parish = Parish()
    _accounts(office, operator, cast, fund, second, parish, now)
    account.pays_from(office, cast, fund, now)
    treasurer = cast.actor("treasurer")
    source = incomes.add_source(office, treasurer, fund, "Millbeck Communities Trust", "own", now)
    came = incomes.Came(source, "transfer", 4_000_000, now.date(), "For the fund")
    incomes.record(office, treasurer, fund, came, now)
    gift = incomes.Came(source, "donation", 60_000, date(2026, 1, 2), "A gift")
    parish.things["source"] = {"source": source}
    parish.things["income"] = {"income": incomes.record(office, treasurer, fund, gift, now)}
    told = read_statement(b"Date,Description,Amount\n2026-01-05,A gift,600.00", now.date(), "january.csv")
    statements.bring_in(office, treasurer, fund, told, now)
    parish.things["bank_line"] = {"line": 1, **parish.things["income"]}
    maker = Maker(office, operator, cast, fund, now, parish.things)
    maker.open_round(secret_key, store)
    maker.panel_round(store)
    maker.blind_round(store)
    maker.talking_round()
    maker.releasing_round()
    maker.paid_round(store)
    _interests(office, cast, parish, now)
    _sitting(office, cast, parish, now)
    person = cast.persons["reviewer4"]
    with office.db.write() as conn:
        grant = int(conn.execute(select(RoleGrant.id).where(RoleGrant.person_id == person)).scalar_one())
        effect = int(conn.execute(select(Outbox.id).order_by(Outbox.id)).scalars().first() or 0)
        given_up = {"failed_at": now, "last_error": "The mail server was not there.", "attempts": 8}
        conn.execute(update(Outbox).where(Outbox.id == effect).values(**given_up))
    parish.things["person"] = {"person": person, "grant": grant}
    parish.things["reader"] = {"person": person, "code": "PANEL-1"}
    holder = cast.persons["mayor"]
    parish.things["holder"] = {"person": holder, "holding": cast.holdings["mayor"]}
    parish.things["membership"] = {"membership": _membership(office, cast, now)}
    parish.things["stuck"] = {"effect": effect}
    parish.things["nothing"] = {}
    parish.things["wording"] = {"fund": fund, "kind": "award", "number": 0}
    parish.things["tie"] = {"tie": _tie(office, cast, now)}
    _ways_in(office, operator, secret_key, fund, parish, now)
    return parish


def _ways_in(
    office: Office, operator: Actor, secret_key: str, fund: int, parish: Parish, now: datetime
) -> None:
    """Two links that the owner asked for, the older one dead; the owner's session; somebody invited."""
    email = "member@signs-in.example"
    for _ in range(2):
        sign_in_links.ask(office, secret_key, Visitor("here", "here", ""), email, None, now)
    invited = roles.welcome(
        office, secret_key, operator, "Pia Lund", "pia@signs-in.example", "auditor", fund, now
    )
    with office.db.read() as conn:
        rows = conn.execute(
            select(SignInLink.id, SignInLink.email, SignInLink.made_at)
            .where(SignInLink.email == email)
            .order_by(SignInLink.id)
        ).all()
        own = conn.execute(
            select(SignInSession.id).where(SignInSession.key_sha256 == sha256_of(parish.accounts["member"]))
        ).scalar_one()
    old, new = (sign_in_links.make_token(secret_key, row.id, row.email, row.made_at) for row in rows)
    parish.things |= {
        "old_link": {"token": old}, "link": {"token": new}, "owners_session": {"number": own}, "invited": {"person": invited},
    }  # fmt: skip


def _accounts(
    office: Office, operator: Actor, cast: Cast, fund: int, second: int, parish: Parish, now: datetime
) -> None:
    with office.deed(operator, now) as deed:
        made = people.enter(
            deed,
            [
                people.Newcomer("Gwen Ashworth", "chair2@demo.example"),
                people.Newcomer("Ola Brandt", "e@demo.example"),
            ],
        )
        for key, person in zip(("chair2", "elsewhere"), made, strict=True):
            cast.persons[key] = person
            cast.tokens[key] = people.actor(deed.conn, person).token
        people.give_role(deed, cast.persons["chair2"], "chair", fund)
        for role in ELSEWHERE:
            people.give_role(deed, cast.persons["elsewhere"], role, second)
        for key, person in cast.persons.items():
            people.open_account(deed, person, f"{key}@signs-in.example", None)
    for key in cast.persons:
        with office.db.read() as conn:
            row = account_by_email(conn, f"{key}@signs-in.example")
        assert row is not None
        parish.accounts[key] = session_of(office, row.id)


def _membership(office: Office, cast: Cast, now: datetime) -> int:
    """One that waits for an officer."""
    with office.deed(cast.actor("reviewer4"), now) as deed:
        claimed = membership.claim(
            deed, Marks("parish"), cast.persons["reviewer4"], "R4000001", "Millbeck CLP"
        )
    return claimed.membership


def _tie(office: Office, cast: Cast, now: datetime) -> int:
    """Something that a reviewer said beforehand and that keeps them from no bid here."""
    ties.declare(office, cast.actor("reviewer"), [ties.Said("organisation:9999", "gives")], [], now)
    with office.db.read() as conn:
        rows = apart_asks.standing_ties(conn, cast.persons["reviewer"])
    return next(int(row.id) for row in rows if row.key == "organisation:9999")


def _interests(office: Office, cast: Cast, parish: Parish, now: datetime) -> None:
    """One reviewer and one chair have an interest in every bid that the table names."""
    for thing in parish.things.values():
        if "bid" in thing:
            for key in ("reviewer2", "chair2"):
                panel.declare(office, cast.actor(key), thing["bid"], "My sister keeps its accounts.", now)


def _sitting(office: Office, cast: Cast, parish: Parish, now: datetime) -> None:
    """An evening of the panel at work: the day of the round's middle, and the chair's number for a form."""
    with office.db.read() as conn:
        row = conn.execute(select(Round.id, Round.opens_at).where(Round.code == "PANEL-1")).one()
    at = row.opens_at + timedelta(days=3)
    held = sittings.Held(at, "The hall", (cast.persons["chair"],))
    number = sittings.record(office, cast.actor("chair"), row.id, held, now)
    day = at.astimezone(office.zone).date().isoformat()
    parish.things["sitting"] = {
        "code": "PANEL-1", "number": number, "day": day, "chair": cast.persons["chair"],
    }  # fmt: skip
