"""A bank's statement: held against the payments that were sent, then what it tells is put on record, all of it or none."""

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from fundapp.domain import bank_text, deadlines, reconcile, references
from fundapp.domain.reconcile import ACTS, Expected, Found, Marked
from fundapp.intake.statement import Statement
from fundapp.models import BankLine
from fundapp.models.base import canonical
from fundapp.queries import locks, reading
from fundapp.queries import statements as asks
from fundapp.services import warrants
from fundapp.services.case import Step
from fundapp.services.deed import Actor, Deed, Office
from fundapp.services.runs import RunRefused
from fundapp.services.transition import NotThere, Refused, carry, hindered
from workflows.grammar import Refusal

#: The kinds whose words are kept: those of our own payments, and money in, which is yet to be recorded as income. Of a
#: line that is nothing of ours only the day, the sum and the mark are kept.
_WORDS_KEPT: Final = frozenset(
    {"paid", "likely", "returned", "late", "twice", "amount", "known", "early", "in"}
)
_MOST_REASON: Final = 500


class StatementMoved(Exception):
    """What the statement would do is no longer what was looked at: nothing was done."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A statement held against what is known. `lines` are the new ones by place; `before`: how many came in before.

    `found` says what each new line is, by its mark; `payments` are the rows of `queries.statements` that it names.
    """

    lines: tuple[Marked, ...]
    before: int
    found: Mapping[str, Found]
    payments: Mapping[int, Any] = field(repr=False)

    @property
    def certain(self) -> frozenset[str]:
        """The marks of the lines that are certain to be payments of ours."""
        return frozenset(mark for mark, found in self.found.items() if found.kind == "paid")

    @property
    def seal(self) -> str:
        """The same as long as the same would be done: the new lines, what they are, and the payments as they stand."""
        whole = [
            [each.mark, found.kind, found.payment, self.payments[found.payment].version if found.payment else None]
            for each in sorted(self.lines, key=lambda each: each.mark)
            if (found := self.found[each.mark])
        ]  # fmt: skip
        return hashlib.sha256(canonical({"lines": whole})).hexdigest()


@dataclass(frozen=True, slots=True)
class Brought:
    """What bringing a statement in did: lines put on record, payments marked paid, payments marked failed."""

    lines: int
    paid: int
    failed: int


def compare(
    conn: Connection, office: Office, person: int | None, fund: int, statement: Statement
) -> Compared:
    """What each new line of a statement is, for this person; nothing is changed. Bids in which they have a part are others'."""
    lines = reconcile.marked(statement.lines)
    before = asks.known(conn, fund, [each.mark for each in lines])
    new = tuple(each for each in lines if each.mark not in before)
    named = {
        references.bid_id(name.rpartition("-")[0])
        for each in new
        for name in reconcile.references(each.line.words)
    }
    rows = {row.id: row for row in asks.with_the_bank(conn, fund)}
    rows |= {row.id: row for row in asks.of_bids(conn, fund, sorted(named))}
    apart = reading.apart_from(conn, person) if person is not None and rows else frozenset()
    expected = [
        Expected(
            row.id, f"{row.reference}-{row.number}", row.amount_pence, _payee(row), row.state,
            deadlines.civil_day(row.sent_at, office.zone) if row.sent_at is not None else None, row.bid_id in apart,
        )
        for row in rows.values()
    ]  # fmt: skip
    return Compared(new, len(before), reconcile.match(new, expected), rows)


def bring_in(
    office: Office,
    actor: Actor,
    fund: int,
    statement: Statement,
    arrived: datetime,
    *,
    chosen: Collection[str] | None = None,
    seal: str | None = None,
) -> Brought:
    """Put a statement's new lines on record, and mark the chosen payments paid or failed; all of it or nothing.

    `chosen` are marks of lines to act on, by default the certain ones. A line that could be acted on and was not chosen is
    left for the next time, and so is another treasurer's. `seal` is that of what was looked at. Raises NotThere,
    StatementMoved, RunRefused, Refused (also for whoever is no treasurer of the fund); ValueError for a statement with
    problems.
    """
    if statement.problems:
        raise ValueError("a statement with bad rows is not taken in")
    with office.deed(actor, arrived) as deed:
        row = locks.fund(deed.conn, fund)
        if row is None:
            raise NotThere(f"fund {fund}")
        # The fund's chain comes before its rounds and bids in the order of locks.
        deed.entry(row.home)
        warrant = warrants.of(deed, "treasurer").need(fund, Step("payment", "confirm", None))
        said = compare(deed.conn, office, actor.person, fund, statement)
        if seal is not None and said.seal != seal:
            raise StatementMoved
        acted = said.certain if chosen is None else frozenset(chosen) & said.found.keys()
        kept = [each for each in said.lines if _kept(said.found[each.mark], each.mark in acted)]
        if not kept:
            return Brought(0, 0, 0)
        paid, failed = _steps(said, kept)
        _hold(deed, said, [*paid, *failed])
        refused = [each for steps in (paid, failed) if steps for each in hindered(deed, steps)]
        if refused:
            raise RunRefused(refused)
        rows = [(row.home, _row(fund, statement, each, said.found[each.mark], deed)) for each in kept]
        deed.put_many(BankLine, rows)
        params = {"lines": len(kept), "paid": len(paid), "failed": len(failed)}
        deed.note(row.home, "statement.brought_in", role=warrant.role, under=warrant.under, params=params)
        carry(deed, [*paid, *failed])
        return Brought(len(kept), len(paid), len(failed))


def match_income(office: Office, actor: Actor, line: int, income: int, arrived: datetime) -> None:
    """Put on record that a line of a statement is money that is recorded already.

    Raises NotThere; Refused for whoever is no treasurer of the fund, for a line that is some already, and for money of
    another amount or day, or that another line is.
    """
    step = Step("bank_line", "match", line)
    with office.deed(actor, arrived) as deed:
        seen = asks.line(deed.conn, line)
        row = locks.fund(deed.conn, seen.fund_id) if seen is not None else None
        found = asks.line(deed.conn, line)
        if row is None or found is None:
            raise NotThere(f"line {line} of a statement")
        deed.entry(row.home)
        warrant = warrants.of(deed, "treasurer").need(row.id, step)
        if found.is_income:
            raise Refused(step, [Refusal("line_is_income", {}, "not_now")])
        if income not in {one.id for one in asks.alike(deed.conn, [line]).get(line, ())}:
            raise Refused(step, [Refusal("not_this_money", {})])
        deed.change(row.home, BankLine, line, {"income_id": income})
        params = {"amount_pence": found.amount_pence}
        deed.note(row.home, "statement.matched", role=warrant.role, under=warrant.under, params=params)


def counted(said: Compared) -> Counter[str]:
    """How many of the new lines are of each kind."""
    return Counter(found.kind for found in said.found.values())


def _kept(found: Found, acted: bool) -> bool:
    return acted if found.kind in ACTS else found.kind != "theirs"


def _steps(said: Compared, kept: list[Marked]) -> tuple[list[Step], list[Step]]:
    """Payments to confirm and payments to fail, each in order of id."""
    paid, failed = [], []
    for each in kept:
        found = said.found[each.mark]
        if found.payment is None or found.kind not in ACTS:
            continue
        seen = said.payments[found.payment].version
        if found.kind == "returned":
            reason = f"Came back on {each.line.booked_on.isoformat()}: {each.line.words}"[:_MOST_REASON]
            failed.append(Step("payment", "fail", found.payment, {"reason": reason}, seen))
        else:
            inputs = {"paid_on": each.line.booked_on}
            paid.append(Step("payment", "confirm", found.payment, inputs, seen))
    return sorted(paid, key=_number), sorted(failed, key=_number)


def _number(step: Step) -> int:
    return step.id or 0


def _hold(deed: Deed, said: Compared, steps: list[Step]) -> None:
    """Lock the bids of both moves in one order of id, rounds first: each move by itself would begin anew."""
    bids = sorted({said.payments[_number(step)].bid_id for step in steps})
    if len(bids) > 1:
        rounds = set(locks.rounds_of_bids(deed.conn, bids).values())
        locks.rounds(deed.conn, sorted(rounds), exclusive=False)
        locks.bids(deed.conn, bids)


def _row(fund: int, statement: Statement, each: Marked, found: Found, deed: Deed) -> dict[str, Any]:
    return {
        "fund_id": fund, "mark": each.mark, "file_sha256": statement.sha256, "line": each.line.line,
        "booked_on": each.line.booked_on, "amount_pence": each.line.pence,
        "words": each.line.words if found.kind in _WORDS_KEPT else "", "payment_id": found.payment, "income_id": None,
        "brought_by": deed.actor.person, "brought_at": deed.now,
    }  # fmt: skip


def _payee(row: Any) -> str:
    """The payee's name as the bank had it."""
    try:
        return bank_text.carried(row.holder_name or "")
    except bank_text.NotCarried:
        return str(row.holder_name or "")
