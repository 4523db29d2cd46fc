"""Money that came in, put on record."""

from dataclasses import dataclass
from datetime import date, datetime

from fundapp.database import AnyRow
from fundapp.domain.areas import name_key
from fundapp.models import DonationReport, Income, Permissibility, Source
from fundapp.queries import locks, owing
from fundapp.queries import pot as asks
from fundapp.services import warrants
from fundapp.services.case import Step
from fundapp.services.deed import Actor, Deed, Office
from fundapp.services.transition import NotThere, Refused
from workflows.grammar import Refusal


@dataclass(frozen=True, slots=True)
class Giver:
    """Somebody new whom money comes from; `kind` is one of the model's."""

    name: str
    kind: str
    official_id: str | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class Came:
    """What came in: `kind` donation, transfer or returned; `round` None is general money; `bid` of what is returned.

    `source` is the id of one that stands, or somebody new.
    """

    source: int | Giver
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
    """Somebody whom money comes from; their id, or the id of who stands in the list under that name already."""
    with office.deed(actor, at) as deed:
        home = _fund(deed, fund)
        known = _named(deed, fund, name)
        return int(known.id) if known else _enter(deed, home, fund, Giver(name, kind, official_id, address))


def record(office: Office, actor: Actor, fund: int, came: Came, at: datetime) -> int:
    """Money in, and who it is from if they are new; its id. The fund is held, so that no run pays out meanwhile.

    Raises NotThere for another fund's source, Refused for another fund's round, for money returned without its bid, for
    somebody new whose name stands already, and for what is recorded already (its id is in the refusal).
    """
    with office.deed(actor, at) as deed:
        home = _fund(deed, fund)
        step = Step("income", "record")
        if came.round is not None and not asks.round_of(deed.conn, fund, came.round):
            raise Refused(step, [Refusal("no_such_round", {})])
        if came.bid is not None and not asks.bid_of(deed.conn, fund, came.bid):
            raise NotThere(f"bid {came.bid}")
        if (came.kind == "returned") != (came.bid is not None):
            raise Refused(step, [Refusal("returned_without_bid", {})])
        return _put(deed, home, fund, came, step)


def record_return(
    office: Office, actor: Actor, bid: int, pence: int, received_on: date, words: str, at: datetime
) -> int:
    """What came back of a cancelled award, as money of its round again; its id.

    Raises NotThere without an award, Refused where nothing is owed back, or less than that.
    """
    with office.db.read() as conn:
        seen = owing.award(conn, bid)
    if seen is None:
        raise NotThere(f"the award of bid {bid}")
    with office.deed(actor, at) as deed:
        home = _fund(deed, seen.fund_id)
        step = Step("income", "return", bid)
        award = owing.award(deed.conn, bid) or seen
        left = owing.of_bid(deed.conn, bid).left
        source = _named(deed, award.fund_id, award.organisation or award.title)
        giver: int | Giver = source.id if source else Giver(award.organisation or award.title, "other")
        came = Came(giver, "returned", pence, received_on, words, award.round_id, bid)
        _refuse_again(deed, award.fund_id, came, step)
        if award.state != "cancelled" or not left:
            raise Refused(step, [Refusal("nothing_owed", {}, "not_now")])
        if pence > left:
            raise Refused(step, [Refusal("more_than_owed", {"amount_pence": pence, "left_pence": left})])
        return _put(deed, home, award.fund_id, came, step)


def _put(deed: Deed, home: str, fund: int, came: Came, step: Step) -> int:
    source = _refuse_again(deed, fund, came, step)
    if source is None and isinstance(came.source, Giver):
        source = _enter(deed, home, fund, came.source)
    made = deed.put(
        home,
        Income,
        {
            "fund_id": fund, "round_id": came.round, "source_id": source, "kind": came.kind,
            "amount_pence": came.amount_pence, "received_on": came.received_on, "words": came.words, "bid_id": came.bid,
            "recorded_by": deed.actor.person, "recorded_at": deed.now, "voided_by": None, "voided_at": None,
            "void_reason": "",
        },
    )  # fmt: skip
    deed.note(home, "income.recorded", role="treasurer", params={"amount_pence": came.amount_pence})
    return made


def _refuse_again(deed: Deed, fund: int, came: Came, step: Step) -> int | None:
    """The id of its source, None of somebody new. The same sum of the same day and note from the same source is the same.

    A form that is sent twice finds what its first sending recorded. Two gifts that are alike differ by their note.
    """
    if isinstance(came.source, Giver):
        known = _named(deed, fund, came.source.name)
    else:
        known = asks.source(deed.conn, came.source)
        if known is None or known.fund_id != fund:
            raise NotThere(f"source {came.source}")
    if known is None:
        return None
    again = asks.alike(
        deed.conn, known.id, came.kind, came.amount_pence, came.received_on, came.words, came.round, came.bid
    )
    if again is not None:
        raise Refused(step, [Refusal("recorded_already", {"income": again}, "not_now")])
    if isinstance(came.source, Giver):
        # Two entries for one source would part what election law adds up.
        raise Refused(step, [Refusal("source_stands", {"name": known.name})])
    return int(known.id)


def _named(deed: Deed, fund: int, name: str) -> AnyRow | None:
    """The fund's source of that name, whatever its capitals and spaces."""
    wanted = name_key(name)
    return next((row for row in asks.sources(deed.conn, fund) if name_key(row.name) == wanted), None)


def _enter(deed: Deed, home: str, fund: int, giver: Giver) -> int:
    values = {
        "fund_id": fund, "name": giver.name, "kind": giver.kind, "official_id": giver.official_id,
        "address": giver.address,
    }  # fmt: skip
    made = deed.put(home, Source, values)
    deed.note(home, "source.added", role="treasurer")
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
    """The check of a donation, on record; its id. A later one stands in its place, the same one is kept once.

    Raises NotThere, Refused.
    """
    with office.deed(actor, at) as deed:
        home, row = _donation(deed, income, "check")
        if not found.words.strip():
            raise Refused(Step("income", "check", income), [Refusal("give_the_reason", {})])
        values = {
            "fund_id": row.fund_id, "income_id": income, "outcome": found.outcome, "words": found.words.strip(),
            "checked_on": found.checked_on, "checked_by": deed.actor.person, "recorded_at": deed.now,
            "returned_on": found.returned_on,
        }  # fmt: skip
        again = asks.checked_so(
            deed.conn, income, found.outcome, found.words.strip(), found.checked_on, found.returned_on
        )
        if again is not None:
            return again
        made = deed.put(home, Permissibility, values)
        deed.note(home, "donation.checked", role="treasurer")
        return made


def report(office: Office, actor: Actor, income: int, reported_on: date, words: str, at: datetime) -> int:
    """That a source's donations up to this one were reported to the Electoral Commission, once; its id.

    Raises NotThere, Refused.
    """
    with office.deed(actor, at) as deed:
        home, row = _donation(deed, income, "report")
        values = {
            "fund_id": row.fund_id, "source_id": row.source_id, "income_id": income, "year": row.received_on.year,
            "reported_on": reported_on, "words": words.strip(), "recorded_by": deed.actor.person,
            "recorded_at": deed.now,
        }  # fmt: skip
        again = asks.reported_so(deed.conn, income, reported_on, words.strip())
        if again is not None:
            return again
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
