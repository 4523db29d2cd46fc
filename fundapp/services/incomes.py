"""Money that came in, put on record."""

from dataclasses import dataclass
from datetime import date, datetime

from fundapp.models import Income, Source
from fundapp.queries import locks
from fundapp.services.deed import Actor, Deed, Office
from fundapp.services.transition import NotThere


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
    """Money in; its id. The fund is held, so that no run pays out meanwhile."""
    with office.deed(actor, at) as deed:
        home = _fund(deed, fund)
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


def _fund(deed: Deed, fund: int) -> str:
    row = locks.fund(deed.conn, fund)
    if row is None:
        raise NotThere(f"fund {fund}")
    return str(row.home)
