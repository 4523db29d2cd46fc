"""People, how they sign in, the roles they are given and the offices they hold."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, insert

from fundapp.models import Account, Area, Membership, OfficeHolding, Person, RoleGrant
from fundapp.queries import directory
from fundapp.queries import people as asks
from fundapp.services import security
from fundapp.services.deed import Actor, Deed, Office
from workflows.roles import GRANTED

#: The person on whose word the commands of the operator act: an officer of every fund, with no way to sign in.
OPERATOR_TOKEN: Final = "operator"


class PersonRefused(ValueError):
    """An address, name or role that cannot be used. `code` says why; `params` fill its sentence."""

    def __init__(self, code: str, /, **params: Any) -> None:
        self.code, self.params = code, params
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A person to be entered: a name, an address to write to, whether they agree to be named."""

    name: str
    email: str | None = None
    show_name: bool = True


def enter(deed: Deed, newcomers: Sequence[Newcomer], *, token: str | None = None) -> list[int]:
    """Enter people; each begins a chain of their own. Their ids in order."""
    ids = list(
        deed.conn.execute(
            insert(Person).returning(Person.id, sort_by_parameter_order=True),
            [
                {
                    "token": token or secrets.token_hex(16), "name": clean_name(n.name), "email": n.email,
                    "show_name": n.show_name, "created_at": deed.now,
                }
                for n in newcomers
            ],
        ).scalars()
    )  # fmt: skip
    deed.begin([f"person:{person}" for person in ids])
    return ids


def clean_name(name: str) -> str:
    """A name without stray spaces; raises PersonRefused for an empty or overlong one."""
    words = " ".join(name.split())
    if not words:
        raise PersonRefused("no_name")
    if len(words) > 200:
        raise PersonRefused("name_too_long", limit=200)
    return words


def clean_email(address: str) -> str:
    """An address in the form it is kept in: trimmed, lower case. Raises PersonRefused if it is none."""
    text = address.strip().lower()
    local, at, domain = text.rpartition("@")
    wrong = not at or not local or "." not in domain or len(text) > 320
    if wrong or any(c.isspace() or c in '<>,;"\\' or not c.isprintable() for c in text):
        raise PersonRefused("not_an_email", address=address[:100])
    if domain.startswith((".", "-")) or domain.endswith((".", "-")) or ".." in text:
        raise PersonRefused("not_an_email", address=address[:100])
    return text


def give_role(deed: Deed, person: int, role: str, fund: int | None = None, *, by_rule: bool = False) -> int:
    """Give a role, for one fund or all; the id of the grant. A role that stands already is left as it is.

    `by_rule`: nobody gives it, it comes with what the person did.
    """
    if role not in GRANTED:
        raise PersonRefused("unknown_role", role=role, roles=GRANTED)
    standing = asks.standing_grant(deed.conn, person, role, fund, deed.now)
    if standing is not None:
        return standing
    subject = f"person:{person}"
    grant = deed.put(
        subject,
        RoleGrant,
        {
            "person_id": person, "role": role, "fund_id": fund, "from_at": deed.now, "to_at": None,
            "granted_by": None if by_rule else deed.actor.person,
        },
    )  # fmt: skip
    deed.note(subject, "role.given", params={"role": role, "fund": fund})
    security.note(deed.conn, person, "role_given", deed.now, role=role)
    return grant


def end_role(deed: Deed, grant: int) -> None:
    """End a role that stands. Raises PersonRefused if it has ended already."""
    row = asks.grant(deed.conn, grant)
    if row is None or row.to_at is not None:
        raise PersonRefused("role_not_standing")
    deed.change(row.home, RoleGrant, grant, {"to_at": deed.now})
    deed.note(row.home, "role.ended", params={"role": row.role, "fund": row.fund_id})
    security.note(deed.conn, row.person_id, "role_ended", deed.now, role=row.role)


def open_account(deed: Deed, person: int, email: str, password_hash: str | None) -> int:
    """A way to sign in. `password_hash` is made before the deed begins: hashing is slow. Raises PersonRefused."""
    if asks.account_by_email(deed.conn, email) is not None:
        raise PersonRefused("email_taken", address=email)
    added = insert(Account).values(
        person_id=person, email=email, password_hash=password_hash, confirmed_at=deed.now, created_at=deed.now,
    )  # fmt: skip
    account = int(deed.conn.execute(added.returning(Account.id)).scalar_one())
    deed.note(f"person:{person}", "account.opened")
    return account


def join(deed: Deed, person: int, number: str, local_party: str, source: str) -> int:
    """A membership, confirmed by whoever enters it on the word of `source`; its id."""
    subject = f"person:{person}"
    membership = deed.put(
        subject,
        Membership,
        {
            "person_id": person, "number": number, "local_party": local_party, "claimed_at": deed.now,
            "confirmed_at": deed.now, "confirmed_by": deed.actor.person, "source": source, "ended_at": None,
        },
    )  # fmt: skip
    deed.note(subject, "membership.confirmed")
    return membership


def hold_office(
    deed: Deed,
    person: int,
    *,
    office: str,
    area: int,
    from_on: date,
    to_on: date | None,
    email: str | None,
    source: str | None,
    party: str | None = None,
) -> int:
    """An elected office. Without a `source` no link leaves for its address."""
    subject = f"person:{person}"
    holding = deed.put(
        subject,
        OfficeHolding,
        {
            "person_id": person, "office": office, "area_id": area, "party": party, "from_on": from_on, "to_on": to_on,
            "email": email, "source": source, "confirmed_by": deed.actor.person if source else None,
        },
    )  # fmt: skip
    deed.note(subject, "office.entered", params={"office": office})
    return holding


def confirm_address(deed: Deed, holding: int, email: str, source: str) -> None:
    """An officer confirms a representative's address against a source that is put on record."""
    row = asks.holding(deed.conn, holding)
    if row is None:
        raise PersonRefused("no_such_office")
    if not source.strip():
        raise PersonRefused("no_source")
    address = clean_email(email)
    if not row.source:
        # Entered on an applicant's word. Were it somebody we know, the two would pass for two people on one bid.
        known = directory.people_by_address(deed.conn, [address]).get(address)
        if known is not None and known[0] != row.person_id:
            raise PersonRefused("address_known_as", name=known[1])
    deed.change(
        row.home,
        OfficeHolding,
        holding,
        {"email": address, "source": source.strip(), "confirmed_by": deed.actor.person},
    )
    deed.note(row.home, "office.address_confirmed")


def areas(conn: Connection, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Areas by code, made where they are new: rows of {kind, code, name, parent} (a code), parents before children."""
    known = asks.areas_by_code(conn, [row["code"] for row in rows])
    for row in rows:
        if row["code"] not in known:
            parent = known.get(row["parent"]) if row.get("parent") else None
            added = insert(Area).values(
                kind=row["kind"], code=row["code"], name=row["name"], parent_id=parent
            )
            known[row["code"]] = int(conn.execute(added.returning(Area.id)).scalar_one())
    return known


def actor(conn: Connection, person: int, identified: str = "sign_in") -> Actor:
    """A person as an actor."""
    return Actor(person, asks.token(conn, person), identified)


def operator(office: Office, now: datetime) -> Actor:
    """Who the operator's commands act as; entered, with an officer's role, the first time."""
    with office.db.read() as conn:
        known = asks.by_token(conn, OPERATOR_TOKEN)
    if known is None:
        with office.deed(Actor(None, OPERATOR_TOKEN, "command"), now) as deed:
            known = asks.by_token(deed.conn, OPERATOR_TOKEN)
            if known is None:
                known = enter(
                    deed, [Newcomer("The operator of this service", show_name=False)], token=OPERATOR_TOKEN
                )[0]
                give_role(deed, known, "officer")
    return Actor(known, OPERATOR_TOKEN, "command")
