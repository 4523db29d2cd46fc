"""Bank details of awards: given, changed, and a change that takes effect."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fundapp.queries import payees as asks
from fundapp.services import vault
from fundapp.services.case import Step
from fundapp.services.deed import CLOCK, Actor, Deed, Office
from fundapp.services.transition import Done, carry, fire_many


@dataclass(frozen=True, slots=True)
class Details:
    """An account as somebody gave it: its holder's name to the letter, `business` or `personal`, digits only."""

    holder_name: str
    kind: str
    sort_code: str
    account: str


def give(office: Office, actor: Actor, bid: int, details: Details, arrived: datetime) -> Done:
    """The first bank details of an award; they count at once. Raises Refused, NoBankKey."""
    return _give(office, actor, "give", bid, details, arrived, "")


def change(
    office: Office, actor: Actor, bid: int, details: Details, arrived: datetime, reason: str = ""
) -> Done:
    """Other bank details asked for; the old ones count until the change is confirmed and has cooled off."""
    return _give(office, actor, "change", bid, details, arrived, reason)


def take_effect(office: Office, bid: int, at: datetime) -> list[Done]:
    """A confirmed change takes the place of what stood; payments approved for the old details go back for approval."""
    with office.deed(CLOCK, at) as deed:
        standing, confirmed = asks.changing(deed.conn, bid)
        done = carry(deed, [Step("payee", "replace", standing), Step("payee", "stand", confirmed)])
        recalled = [Step("payment", "recall", payment) for payment in asks.approved_payments(deed.conn, bid)]
        return done + (carry(deed, recalled) if recalled else [])


def _give(
    office: Office, actor: Actor, move: str, bid: int, details: Details, arrived: datetime, reason: str
) -> Done:
    owner = f"bid:{bid}"
    inputs: dict[str, Any] = {
        "holder_name": details.holder_name, "kind": details.kind, "sort_code": details.sort_code,
        "account": details.account, "reason": reason, "checked": "unknown",
    }  # fmt: skip

    def opening(deed: Deed) -> Mapping[str, Any]:
        numbers = {"sort_code": details.sort_code, "account": details.account}
        sealed, key = vault.seal(deed.conn, office.bank_keys, owner, numbers, deed.now)
        return {"sealed": sealed, "data_key_id": key}

    return fire_many(
        office, actor, [Step("payee", move, None, inputs, parent=bid)], arrived, opening=opening
    )[0]
