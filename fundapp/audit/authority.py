"""Whether the actor of an event held, at that moment, the role they acted in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, select

from fundapp.audit.chains import Claim
from fundapp.audit.findings import Report
from fundapp.audit.stored import raw
from fundapp.database import among
from fundapp.models import Assignment, Bid, Membership, OfficeHolding, Person, RoleGrant
from fundapp.models.base import Base
from workflows.roles import CLOCK

#: A deadline is held against the arrival of a request: a move may be recorded this much after.
ARRIVAL_SLACK = timedelta(minutes=5)

_PEOPLE = Base.metadata.tables[Person.__tablename__]


@dataclass(slots=True)
class Right:
    """A row that gives a role: to whom (tokens), which (None: the table's own), where, from when to when.

    `begins` and `ends` are stored text, moments or days; `scope` is `fund`, `bid` or None with its id.
    """

    tokens: tuple[str, ...]
    role: str | None
    scope: tuple[str, Any] | None
    begins: Any = None
    ends: Any = None


#: The part that a table's rows give, for those that name no role of their own.
PARTS = {
    "bid": "applicant",
    "office_holding": "representative",
    "assignment": "assigned_reviewer",
    "membership": "member",
}


@dataclass(slots=True)
class Authority:
    """Checks claims in sets. `zone` is the fund's: days of office are days there."""

    conn: Connection
    zone: ZoneInfo
    report: Report

    def check(self, claims: Sequence[Claim], funds: Mapping[Any, Any]) -> None:
        """Names every claim that does not hold. `funds`: the fund of each subject whose row was read already."""
        wanted: dict[str, set[int]] = {}
        for claim in claims:
            if claim.under is not None:
                wanted.setdefault(claim.under[0], set()).add(claim.under[1])
        rights = {
            (table, row_id): right
            for table, ids in wanted.items()
            for row_id, right in self._rights(table, ids).items()
        }
        unread = {claim.subject for claim in claims} - funds.keys()
        if unread:
            funds = {**funds, **self._funds(unread)}
        for claim in claims:
            found = self._judge(claim, rights, funds)
            if found is not None:
                table, row = claim.under or (None, None)
                where = f"event {claim.number} of {claim.subject}"
                self.report.find(where, found, actor=claim.actor, role=claim.role, table=table, row=row,
                                 at=claim.at)  # fmt: skip

    def _judge(
        self, claim: Claim, rights: Mapping[tuple[str, int], Right], funds: Mapping[Any, Any]
    ) -> str | None:
        if claim.role == CLOCK or claim.actor == CLOCK:
            right_one = claim.role == CLOCK and claim.actor == CLOCK and claim.under is None
            return None if right_one else "role_missing"
        if claim.under is None:
            return "role_missing"
        right = rights.get(claim.under)
        if right is None:
            return "role_unknown"
        if claim.actor not in right.tokens:
            return "role_of_another"
        if claim.role != (right.role or PARTS[claim.under[0]]):
            return "role_other"
        if right.scope is not None:
            kind, scope_id = right.scope
            place = funds.get(claim.subject) if kind == "fund" else claim.subject
            if place != (scope_id if kind == "fund" else f"{kind}:{scope_id}"):
                return "role_elsewhere"
        return None if self._covers(right, claim.at) else "role_not_then"

    def _covers(self, right: Right, at: str) -> bool:
        if right.begins is None:
            return True
        if not isinstance(right.begins, str) or not (right.ends is None or isinstance(right.ends, str)):
            return False
        if len(right.begins) > 10:
            return right.begins <= at and (right.ends is None or at <= right.ends)
        try:
            moment = datetime.fromisoformat(at)
        except ValueError:
            return False
        days = {
            (moment - slack).astimezone(self.zone).date().isoformat()
            for slack in (timedelta(), ARRIVAL_SLACK)
        }
        return any(right.begins <= day and (right.ends is None or day <= right.ends) for day in days)

    def _rights(self, table: str, ids: Iterable[int]) -> dict[int, Right]:
        rows = self._rows(table, sorted(ids))
        if table == "role_grant":
            return {
                row.id: Right((row.token,), row.role, None if row.fund_id is None else ("fund", row.fund_id),
                              row.from_at, row.to_at)
                for row in rows
            }  # fmt: skip
        if table == "office_holding":
            return {row.id: Right((row.token,), None, None, row.from_on, row.to_on) for row in rows}
        if table == "assignment":
            return {
                row.id: Right((row.token,), None, ("bid", row.bid_id), row.assigned_at, row.ended_at)
                for row in rows
            }
        if table == "membership":
            return {row.id: Right((row.token,), None, None, row.claimed_at, row.ended_at) for row in rows}
        if table == "bid":
            return {row.id: Right((row.token,), None, ("bid", row.id)) for row in rows}
        return {}

    def _funds(self, subjects: Iterable[str]) -> dict[str, Any]:
        """The fund of each subject that has one."""
        ids: dict[str, list[int]] = {"bid": [], "round": [], "fund": []}
        for subject in subjects:
            kind, _, number = subject.partition(":")
            if kind in ids and number.isdecimal() and len(number) < 16:
                ids[kind].append(int(number))
        funds: dict[str, Any] = {f"fund:{number}": number for number in ids["fund"]}
        for kind in ("bid", "round"):
            table = Base.metadata.tables[kind]
            found = select(table.c.id, table.c.fund_id).where(among(self.conn, table.c.id, ids[kind]))
            funds.update({f"{kind}:{row.id}": row.fund_id for row in self.conn.execute(found)})
        return funds

    def _rows(self, table: str, ids: Sequence[int]) -> Sequence[Any]:
        """The rows of one kind with the token of their person, everything else as it is stored."""
        kinds = {model.__tablename__: (model, person, names) for model, person, names in _KINDS}
        if table not in kinds:
            return ()
        _, person, names = kinds[table]
        source = Base.metadata.tables[table]
        columns = [raw(source.c[name], self.conn.dialect.name) for name in ("id", *names)]
        statement: Select[Any] = select(_PEOPLE.c.token, *columns).select_from(
            source.join(_PEOPLE, _PEOPLE.c.id == source.c[person])
        )
        return self.conn.execute(statement.where(among(self.conn, source.c.id, ids))).all()


_KINDS: tuple[tuple[type[Any], str, tuple[str, ...]], ...] = (
    (RoleGrant, "person_id", ("role", "fund_id", "from_at", "to_at")),
    (OfficeHolding, "person_id", ("from_on", "to_on")),
    (Assignment, "person_id", ("bid_id", "assigned_at", "ended_at")),
    (Bid, "applicant_id", ()),
    (Membership, "person_id", ("claimed_at", "ended_at")),
)
