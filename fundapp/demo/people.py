"""The invented cast of the demo: who they are, what they do, and how they sign in."""

from dataclasses import dataclass, field
from datetime import date, datetime

from fundapp.queries import people as asks
from fundapp.services import passwords, people
from fundapp.services.deed import Actor, Office

#: The one password of every demo account; printed when they are made.
PASSWORD = "millbeck-table-8"


@dataclass(frozen=True, slots=True)
class Part:
    """One person of the cast: a key, a name, an address, the roles given."""

    key: str
    name: str
    email: str
    roles: tuple[str, ...]


CAST: tuple[Part, ...] = (
    Part("member", "Sunita Rao", "member@demo.example", ("member",)),
    Part("member2", "Tomasz Wiśniewski", "member2@demo.example", ("member",)),
    Part("member3", "Angharad Llŷr-Prosser", "member3@demo.example", ("member",)),
    Part("councillor", "Margaret Oyelaran", "councillor@demo.example", ()),
    Part("councillor2", "Eluned Price", "councillor2@demo.example", ()),
    Part("mayor", "Dominic Achterberg", "mayor@demo.example", ()),
    Part("reviewer", "Ruth Calloway", "reviewer@demo.example", ("reviewer",)),
    Part("reviewer2", "Imran Siddiqui", "reviewer2@demo.example", ("reviewer",)),
    Part("reviewer3", "Beatrice Fennimore", "reviewer3@demo.example", ("reviewer",)),
    Part("reviewer4", "Callum Drysdale", "reviewer4@demo.example", ("reviewer",)),
    Part("chair", "Helen Abernethy", "chair@demo.example", ("chair",)),
    Part("treasurer", "Joseph Adeyemi-Clarke", "treasurer@demo.example", ("treasurer",)),
    Part("officer", "Kirsty Maclennan", "officer@demo.example", ("officer",)),
    Part("auditor", "Noor Haddad", "auditor@demo.example", ("auditor",)),
)

REGIONS = (("REGION-NORTH-VALE", "North Vale"), ("REGION-SOUTH-SHORE", "South Shore"))
COUNCILS = (
    ("E06900001", "Millbeck", "REGION-NORTH-VALE"),
    ("W06900002", "Cwm Hirfynydd", "REGION-SOUTH-SHORE"),
)
WARDS = (
    ("E05900011", "Millbeck East", "E06900001"),
    ("E05900012", "Netherdale", "E06900001"),
    ("E05900013", "Thornley Cross", "E06900001"),
    ("W05900021", "Llanfair-y-dŵr", "W06900002"),
    ("W05900022", "Aberwenfa", "W06900002"),
)
OFFICES = (
    ("councillor", "councillor", "E05900011"),
    ("councillor2", "councillor", "W05900021"),
    ("mayor", "mayor", "E06900001"),
)


@dataclass(slots=True)
class Cast:
    """The cast as entered: persons by key, areas by code, office holdings by key."""

    persons: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    areas: dict[str, int] = field(default_factory=dict)
    holdings: dict[str, int] = field(default_factory=dict)

    def actor(self, key: str, identified: str = "sign_in") -> Actor:
        """One of them as an actor."""
        return Actor(self.persons[key], self.tokens[key], identified)

    def name(self, key: str) -> str:
        """One of them by name."""
        return next((part.name for part in CAST if part.key == key), key)


def enter(office: Office, by: Actor, fund: int | None, now: datetime, *, with_accounts: bool = True) -> Cast:
    """Enter the whole cast: people, accounts, roles, areas and offices."""
    password = passwords.hashed(PASSWORD) if with_accounts else None
    cast = Cast()
    with office.deed(by, now) as deed:
        newcomers = [people.Newcomer(part.name, part.email) for part in CAST]
        for part, person in zip(CAST, people.enter(deed, newcomers), strict=True):
            cast.persons[part.key] = person
            for role in part.roles:
                people.give_role(deed, person, role, fund if role != "member" else None)
            if with_accounts:
                people.open_account(deed, person, part.email, password)
            if "member" in part.roles:
                people.join(deed, person, f"A{person:07}", "Millbeck CLP", "the membership list")
        rows = [{"kind": "region", "code": code, "name": name} for code, name in REGIONS]
        rows += [{"kind": "council", "code": c, "name": n, "parent": p} for c, n, p in COUNCILS]
        rows += [{"kind": "ward", "code": c, "name": n, "parent": p} for c, n, p in WARDS]
        cast.areas = people.areas(deed.conn, rows)
        for key, title, area in OFFICES:
            cast.holdings[key] = people.hold_office(
                deed,
                cast.persons[key],
                office=title,
                area=cast.areas[area],
                from_on=date(2024, 5, 2),
                to_on=date(2032, 5, 6),
                email=next(part.email for part in CAST if part.key == key),
                source="directory",
                party="Labour",
            )
        for key, person in cast.persons.items():
            cast.tokens[key] = asks.token(deed.conn, person)
    return cast


def sign_ins() -> list[tuple[str, str]]:
    """(role or part, address) of the accounts worth trying, in the order of a bid's life."""
    shown = ("member", "councillor", "reviewer", "chair", "treasurer", "officer", "auditor")
    return [(part.key, part.email) for part in CAST if part.key in shown]
