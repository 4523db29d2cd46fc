"""Payment runs: made once, with what they hold written down; their files made from that, the same every time."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection

from fundapp.domain import bank_text, deadlines
from fundapp.exports import pain001, payments
from fundapp.exports.payments import Account, Line, Run
from fundapp.models import PaymentRun
from fundapp.models.base import canonical, iso
from fundapp.queries import awards, locks
from fundapp.queries import payers as payer_asks
from fundapp.queries import runs as asks
from fundapp.services import bank_details, checkpoints, payers, warrants
from fundapp.services.case import Step
from fundapp.services.deed import Actor, Office
from fundapp.services.transition import Done, NotThere, Refused, carry, fire_many, hindered
from workflows.grammar import Refusal

#: The files that a run can be had as, with their media types.
FORMATS: Final[Mapping[str, str]] = {"csv": "text/csv; charset=us-ascii", "pain001": "application/xml"}
#: Payments that one run may hold.
MOST: Final = 200


class RunRefused(Refused):
    """A run that cannot be made: `refused` says of each payment that stands in its way why. Nothing was done."""

    def __init__(self, refused: Sequence[Refused]) -> None:
        self.refused = tuple(refused)
        super().__init__(self.refused[0].step, [why for each in self.refused for why in each.refusals])


class RunDiffers(RuntimeError):
    """What a run was made of is no longer what its row says: no file is made of it."""


@dataclass(frozen=True, slots=True)
class File:
    """A run as a bank's file: its name, its media type, its bytes, and what they come to."""

    name: str
    media_type: str
    content: bytes
    payments: int
    total_pence: int


def send(
    office: Office,
    actor: Actor,
    fund: int,
    chosen: Sequence[tuple[int, int]],
    arrived: datetime,
    pay_on: date | None = None,
) -> tuple[int, list[Done]]:
    """The treasurer sends approved payments, (id, version seen) each, in one run; the run's number and the moves.

    `pay_on`: the day for the bank to pay, by default the first on which all of them are due. Raises Refused (RunRefused
    names every payment that stands in the way), NotThere, NoBankKey, Forgotten; ValueError without any payment or with
    more than MOST: an empty run would be anybody's to make.
    """
    if not 0 < len(chosen) <= MOST or len({payment for payment, _seen in chosen}) != len(chosen):
        raise ValueError("a run has at least one payment, each once, and no more than a person looks through")
    with office.deed(actor, arrived) as deed:
        row = locks.fund(deed.conn, fund)
        if row is None:
            raise NotThere(f"fund {fund}")
        # The fund's chain comes before its rounds and bids in the order of locks.
        deed.entry(row.home)
        today = deadlines.civil_day(deed.now, deed.zone)
        due = [found.due_on for found in asks.chosen(deed.conn, [payment for payment, _seen in chosen])]
        day = max([today, *due]) if pay_on is None else pay_on
        steps = [
            Step("payment", "send", payment, {"pay_on": day}, seen=seen) for payment, seen in sorted(chosen)
        ]
        if day < today:
            raise Refused(steps[0], [Refusal("run_too_early", {"first": today})])
        refused = hindered(deed, steps)
        if refused:
            raise RunRefused(refused)
        rows = asks.chosen(deed.conn, [step.id for step in steps if step.id is not None])
        if any(found.fund_id != fund for found in rows):
            raise NotThere(f"a payment of fund {fund}")
        payer = payer_asks.newest_confirmed(deed.conn, fund)
        if payer is None:
            raise Refused(steps[0], [Refusal("no_payer", {})])
        lines = [[found.id, found.payee_id, found.amount_pence, _reference(found)] for found in rows]
        # Whatever could not stand in a bank's file is found now, not when the payments are said to be sent.
        _plain(steps[0], payers.account_of(deed.conn, office.bank_keys, payer))
        accounts = bank_details.accounts(deed.conn, office.bank_keys, [found.payee_id for found in rows])
        for step, found in zip(steps, rows, strict=True):
            _plain(step, accounts[found.payee_id])
        number = awards.runs(deed.conn, fund) + 1
        made = {
            "fund_id": fund, "number": number, "made_by": deed.actor.person, "made_at": deed.now, "payer_id": payer.id,
            "pay_on": day, "payments": len(rows), "total_pence": sum(found.amount_pence for found in rows), "lines": lines,
            "sha256": _sha256(fund, number, day, payer, lines, {found.payee_id: found for found in rows}),
        }  # fmt: skip
        run = deed.put(row.home, PaymentRun, made)
        deed.note(row.home, "run.made", role="treasurer", params={"payments": len(rows), "number": number})
        checkpoints.ask(deed, f"run:{fund}:{number}")
        return number, carry(deed, steps, {"run_id": run})


def confirm(
    office: Office,
    actor: Actor,
    run: int,
    chosen: Sequence[tuple[int, int]],
    paid_on: date,
    arrived: datetime,
) -> list[Done]:
    """The bank paid these payments of a run, (id, version seen) each, on that day; all of them or none.

    Raises Refused, NotThere (one of them stands in another run, or in none), ValueError for none.
    """
    if not chosen:
        raise ValueError("no payment was chosen")
    with office.db.read() as conn:
        standing = asks.of_payments(conn, [payment for payment, _seen in chosen])
    if any(standing.get(payment, (None, 0))[0] != run for payment, _seen in chosen):
        raise NotThere(f"a payment of run {run}")
    steps = [
        Step("payment", "confirm", payment, {"paid_on": paid_on}, seen) for payment, seen in sorted(chosen)
    ]
    return fire_many(office, actor, steps, arrived)


def made_already(conn: Connection, person: int, chosen: Sequence[tuple[int, int]]) -> int | None:
    """The run that this very request of this person made before: all of its payments, as they then stood, went in it."""
    standing = asks.of_payments(conn, [payment for payment, _seen in chosen])
    found = {
        standing.get(payment, (None, 0)) == (standing_run(standing), seen + 1) for payment, seen in chosen
    }
    run = standing_run(standing)
    if found != {True} or run is None:
        return None
    row = asks.by_id(conn, run)
    return run if row is not None and row.made_by == person and row.payments == len(chosen) else None


def standing_run(standing: Mapping[int, tuple[int | None, int]]) -> int | None:
    """The one run in which all of these payments stand; None if they are in none or in several."""
    runs = {run for run, _version in standing.values()}
    return runs.pop() if len(runs) == 1 else None


def file_of(office: Office, actor: Actor, run: int, kind: str, arrived: datetime, role: str | None) -> File:
    """A run as a bank's file, and the event that it was taken out: it holds bank details. The bytes are the same every time.

    `role` is what the actor does it as; None for the operator. Raises NotThere, Refused, RunDiffers, NoBankKey, Forgotten,
    KeyError for a format that is none.
    """
    media_type = FORMATS[kind]
    with office.deed(actor, arrived) as deed:
        row = asks.by_id(deed.conn, run)
        if row is None:
            raise NotThere(f"run {run}")
        # Whoever runs the service takes it out by the command, and needs no role for it.
        warrant = warrants.of(deed, role).need(row.fund_id, Step("run", "export", run)) if role else None
        found = assembled(deed.conn, office, row)
        content = payments.csv_bytes(found) if kind == "csv" else pain001.document(found)
        params = {"number": row.number, "format": kind}
        under = warrant.under if warrant else None
        deed.note(row.fund_home, "run.exported", role=role, under=under, params=params)
        checkpoints.ask(deed, f"file:{run}:{iso(deed.now)}")
    name = f"run-{row.number}-{row.pay_on.isoformat()}.{'csv' if kind == 'csv' else 'xml'}"
    return File(name, media_type, content, len(found.lines), found.total_pence)


def assembled(conn: Connection, office: Office, row: Any) -> Run:
    """A run, a row of `queries.runs`, with its bank details in the open. Raises RunDiffers if it is not what its row says."""
    payees = asks.payees(conn, [payee for _payment, payee, _pence, _reference in row.lines])
    bids = asks.members(conn, [payment for payment, *_rest in row.lines])
    payer = asks.payer(conn, row.payer_id)
    if payer is None:
        raise RunDiffers(f"run {row.number} has no account to pay from")
    sums = (len(row.lines), sum(pence for _payment, _payee, pence, _reference in row.lines))
    now = _sha256(row.fund_id, row.number, row.pay_on, payer, row.lines, payees)
    if now != row.sha256 or sums != (row.payments, row.total_pence):
        raise RunDiffers(f"run {row.number}")
    accounts = bank_details.accounts(conn, office.bank_keys, list(payees))
    lines = tuple(
        Line(payment, bids[payment].reference, _account(accounts[payee]), pence, reference)
        for payment, payee, pence, reference in row.lines
    )
    paying = _account(payers.account_of(conn, office.bank_keys, payer))
    return Run(row.fund_id, row.number, row.made_at, row.pay_on, paying, lines)


def _reference(row: Any) -> str:
    """What the payee reads on their statement: the bid's reference and the payment's number."""
    return f"{row.reference}-{row.number}"


def _plain(step: Step, found: bank_details.Account) -> None:
    """Raises RunRefused if a bank cannot be told whose account it is."""
    try:
        _account(found)
    except bank_text.NotCarried as wrong:
        raise RunRefused(
            [
                Refused(
                    step, [Refusal("name_not_carried", {"name": found.holder_name, "letters": wrong.letters})]
                )
            ]
        ) from None


def _account(found: bank_details.Account) -> Account:
    """An account as a bank's file has it. Raises NotCarried."""
    return Account(bank_text.carried(found.holder_name), found.sort_code, found.account)


def _sha256(
    fund: int,
    number: int,
    pay_on: date,
    payer: Any,
    lines: Sequence[Sequence[Any]],
    payees: Mapping[int, Any],
) -> str:
    """The hash of a run's lines, in hex: who is paid how much from which account, on what day.

    Accounts go in as they lie encrypted. Their few digits in the open would be found from the hash by trying; the
    encrypted text opens to nothing else, and stays as it is when the service's key is changed.
    """
    whole = {
        "fund": fund, "run": number, "pay_on": pay_on.isoformat(),
        "payer": [payer.id, bank_text.carried(payer.holder_name), payer.sealed],
        "lines": [
            [payment, payee, bank_text.carried(payees[payee].holder_name), payees[payee].sealed, pence, reference]
            for payment, payee, pence, reference in lines
        ],
    }  # fmt: skip
    return hashlib.sha256(canonical(whole)).hexdigest()
