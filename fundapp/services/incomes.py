"""Money that came in, put on record."""

from dataclasses import dataclass
from datetime import date, datetime

from fundapp.database import AnyRow
from fundapp.models import DonationReport, Income, Permissibility, Source
from fundapp.queries import locks
from fundapp.queries import pot as asks
from fundapp.services import warrants
from fundapp.services.case import Step
from fundapp.services.deed import Actor, Deed, Office
from fundapp.services.transition import NotThere, Refused
from workflows.grammar import Refusal


@dataclass(frozen=True, slots=True)
class Came:
    """What came in: `kind` donation, transfer or returned; `round` None is general money; `bid` of what is returned."""

    source: int
    kind: str
    amount_pence: int
    received_on: date
    words: str = ""
    round: int | None = None
    bid: int | None = None


def add_source(
    office: Office,
    actor: Actor,
    fund: int,
    name: str,
    kind: str,
    at: datetime,
    *,
    official_id: str | None = None,
    address: str = "",
) -> int:
    """Somebody whom money comes from; their id."""
    with office.deed(actor, at) as deed:
        home = _fund(deed, fund)
        values = {"fund_id": fund, "name": name, "kind": kind, "official_id": official_id, "address": address}
        made = deed.put(home, Source, values)
        deed.note(home, "source.added", role="treasurer")
        return made


def record(office: Office, actor: Actor, fund: int, came: Came, at: datetime) -> int:
    """Money in; its id. The fund is held, so that no run pays out meanwhile.

    Raises NotThere for another fund's source, Refused for another fund's round or for money returned without its bid.
    """
    with office.deed(actor, at) as deed:
        home = _fund(deed, fund)
        source = asks.source(deed.conn, came.source)
        if source is None or source.fund_id != fund:
            raise NotThere(f"source {came.source}")
        step = Step("income", "record")
        if came.round is not None and not asks.round_of(deed.conn, fund, came.round):
            raise Refused(step, [Refusal("no_such_round", {})])
        if came.bid is not None and not asks.bid_of(deed.conn, fund, came.bid):
            raise NotThere(f"bid {came.bid}")
        if (came.kind == "returned") != (came.bid is not None):
            raise Refused(step, [Refusal("returned_without_bid", {})])
        made = deed.put(
            home,
            Income,
            {
                "fund_id": fund, "round_id": came.round, "source_id": came.source, "kind": came.kind,
                "amount_pence": came.amount_pence, "received_on": came.received_on, "words": came.words, "bid_id": came.bid,
                "recorded_by": deed.actor.person, "recorded_at": deed.now, "voided_by": None, "voided_at": None,
                "void_reason": "",
            },
        )  # fmt: skip
        deed.note(home, "income.recorded", role="treasurer", params={"amount_pence": came.amount_pence})
        return made


def void(
    office: Office, actor: Actor, income: int, reason: str, at: datetime, role: str = "treasurer"
) -> None:
    """Strike out money that never came in, or was recorded wrongly: another person than who recorded it, with a reason.

    Raises NotThere, Refused. What was paid from it stays paid, so the pot may stand below nothing until it is put right.
    """
    with office.deed(actor, at) as deed:
        home, row = _held(deed, income, "treasurer", "officer")
        step = Step("income", "void", income)
        if row.voided_at is not None:
            raise Refused(step, [Refusal("struck_out_already", {}, "not_now")])
        if not reason.strip():
            raise Refused(step, [Refusal("give_the_reason", {})])
        if deed.actor.person is None or row.recorded_by == deed.actor.person:
            raise Refused(step, [Refusal("recorded_it_yourself", {}, "not_yours")])
        struck = {"voided_by": deed.actor.person, "voided_at": deed.now, "void_reason": reason.strip()}
        deed.change(home, Income, income, struck)
        deed.note(home, "income.voided", role=role, params={"amount_pence": row.amount_pence})


@dataclass(frozen=True, slots=True)
class Check:
    """What a look at who gave came to: `outcome` permissible or impermissible, how it was found, and the day it went back."""

    outcome: str
    words: str
    checked_on: date
    returned_on: date | None = None


def check(office: Office, actor: Actor, income: int, found: Check, at: datetime) -> int:
    """The check of a donation, on record; its id. A later one stands in its place. Raises NotThere, Refused."""
    with office.deed(actor, at) as deed:
        home, row = _donation(deed, income, "check")
        if not found.words.strip():
            raise Refused(Step("income", "check", income), [Refusal("give_the_reason", {})])
        values = {
            "fund_id": row.fund_id, "income_id": income, "outcome": found.outcome, "words": found.words.strip(),
            "checked_on": found.checked_on, "checked_by": deed.actor.person, "recorded_at": deed.now,
            "returned_on": found.returned_on,
        }  # fmt: skip
        made = deed.put(home, Permissibility, values)
        deed.note(home, "donation.checked", role="treasurer")
        return made


def report(office: Office, actor: Actor, income: int, reported_on: date, words: str, at: datetime) -> int:
    """That a source's donations up to this one were reported to the Electoral Commission; its id. Raises NotThere, Refused."""
    with office.deed(actor, at) as deed:
        home, row = _donation(deed, income, "report")
        values = {
            "fund_id": row.fund_id, "source_id": row.source_id, "income_id": income, "year": row.received_on.year,
            "reported_on": reported_on, "words": words.strip(), "recorded_by": deed.actor.person,
            "recorded_at": deed.now,
        }  # fmt: skip
        made = deed.put(home, DonationReport, values)
        deed.note(home, "donation.reported", role="treasurer")
        return made


def _donation(deed: Deed, income: int, move: str) -> tuple[str, AnyRow]:
    home, row = _held(deed, income)
    if row.kind != "donation" or row.voided_at is not None:
        raise Refused(Step("income", move, income), [Refusal("no_donation", {}, "not_now")])
    return home, row


def _held(deed: Deed, income: int, *roles: str) -> tuple[str, AnyRow]:
    """A row of money in as it stands once its fund is held, by whoever holds one of these roles in it."""
    row = asks.income(deed.conn, income)
    if row is None:
        raise NotThere(f"income {income}")
    home = _fund(deed, row.fund_id, *roles, step=Step("income", "change", income))
    again = asks.income(deed.conn, income)
    if again is None:
        raise NotThere(f"income {income}")
    return home, again


def _fund(deed: Deed, fund: int, *roles: str, step: Step | None = None) -> str:
    """The fund's chain, held. Its money is its treasurer's: raises Refused, of that step, for whoever has none of the roles."""
    row = locks.fund(deed.conn, fund)
    if row is None:
        raise NotThere(f"fund {fund}")
    warrants.of(deed, *(roles or ("treasurer",))).need(fund, step or Step("income", "record", parent=fund))
    return str(row.home)
