"""Bank details of awards: given, changed, and a change that takes effect."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from fundapp import outbox
from fundapp.domain import accounts as numbers
from fundapp.domain import modulus
from fundapp.queries import clock, data_keys, reading
from fundapp.queries import payees as asks
from fundapp.services import modulus_table, vault, warrants
from fundapp.services.case import Step
from fundapp.services.deed import CLOCK, Actor, Office
from fundapp.services.refused import Refused
from fundapp.services.transition import Done, NotThere, carry, hindered
from workflows.grammar import Refusal

log = logging.getLogger(__name__)

#: How long after an award was accepted its applicant is asked once more for bank details.
REMIND_AFTER: Final = timedelta(days=5)


@dataclass(frozen=True, slots=True)
class Account:
    """An account: its holder's name to the letter, `business` or `personal`, digits only, six and eight of them."""

    holder_name: str
    kind: str
    sort_code: str = field(repr=False)
    account: str = field(repr=False)


#: What somebody gives is an account as it will be read.
Details = Account


def give(office: Office, actor: Actor, bid: int, details: Details, arrived: datetime) -> Done:
    """The first bank details of an award; they count at once. Raises Refused, NoBankKey."""
    return _give(office, actor, "give", bid, details, arrived, "")


def change(
    office: Office, actor: Actor, bid: int, details: Details, arrived: datetime, reason: str = ""
) -> Done:
    """Other bank details asked for; the old ones count until the change is confirmed and has cooled off."""
    return _give(office, actor, "change", bid, details, arrived, reason)


def take_effect(office: Office, bid: int, at: datetime) -> list[Done]:
    """A confirmed change takes the place of what stood; payments approved for the old details go back for approval.

    Nothing if there is no such change any more. Raises Refused before its days of waiting are over.
    """
    with office.deed(CLOCK, at) as deed:
        pair = asks.changing(deed.conn, bid)
        if pair is None:
            return []
        standing, confirmed = pair
        done = carry(deed, [Step("payee", "replace", standing), Step("payee", "stand", confirmed)])
        recalled = [Step("payment", "recall", payment) for payment in asks.approved_payments(deed.conn, bid)]
        return done + (carry(deed, recalled) if recalled else [])


def remind(office: Office, at: datetime) -> int:
    """Ask once more for bank details that were not given some days after an award was accepted; how many are asked."""
    with office.db.read() as conn:
        due = asks.without_details(conn, at - REMIND_AFTER)
        keys = {f"bank_details_reminder:{row.id}": row for row in due}
        asked = clock.effects_asked(conn, ("bank_details_reminder",), [row.bid_id for row in due])
    fresh = [
        {
            "name": "bank_details_reminder",
            "args": {"bid": row.bid_id, "life": "award", "row": row.id, "event": 0},
            "key": key,
            "bid_id": row.bid_id,
            "not_before": at,
        }
        for key, row in keys.items()
        if key not in asked
    ]
    if not fresh:
        return 0
    with office.db.write() as conn:
        return outbox.put_many(conn, fresh, at=at)


def look(office: Office, actor: Actor, bid: int, payee: int, role: str, at: datetime) -> Account:
    """The account in full, for somebody who pays: that they looked goes on record in the bid's chain.

    Raises NotThere, Refused for whoever does not hold that role or has a part in the bid, and what `vault.unseal` raises;
    then nothing of it is recorded.
    """
    step = Step("payee", "look", payee)
    with office.deed(actor, at) as deed:
        warrant = warrants.of(deed, role).need(warrants.hold_bid(deed, bid).fund_id, step)
        if reading.stands_apart(deed.conn, bid, actor.person or 0):
            raise Refused(step, [Refusal("own_bid", {}, "not_yours")])
        if not any(one.bid_id == bid for one in asks.by_ids(deed.conn, [payee])):
            raise NotThere(f"bank details {payee} of bid {bid}")
        shown = accounts(deed.conn, office.bank_keys, [payee])[payee]
        deed.note(f"bid:{bid}", "payee.seen", role=warrant.role, under=warrant.under, params={"payee": payee})
        return shown


def accounts(conn: Connection, keys: Sequence[bytes], payees: Sequence[int]) -> dict[int, Account]:
    """The accounts in full of rows of bank details, by id: for the bank's file and what is masked for a page.

    A person who is shown one comes by `look`. Raises what `vault.unseal` raises.
    """
    rows = asks.by_ids(conn, payees)
    wrapped = data_keys.by_ids(conn, [row.data_key_id for row in rows])
    found: dict[int, Account] = {}
    for row in rows:
        opened = vault.opened(wrapped.get(row.data_key_id), keys, f"bid:{row.bid_id}", row.sealed)
        found[row.id] = Account(row.holder_name, row.kind, opened["sort_code"], opened["account"])
    return found


def masked(conn: Connection, keys: Sequence[bytes], payees: Sequence[int]) -> dict[int, str]:
    """The sort codes of rows of bank details as they may be shown, `12-34-••`, by id; those that cannot be read are left out."""
    found: dict[int, str] = {}
    for payee in payees:
        try:
            whole = accounts(conn, keys, [payee])
        except (vault.NoBankKey, vault.Forgotten, ValueError):
            continue
        found |= {one: numbers.masked_sort_code(shown.sort_code) for one, shown in whole.items()}
    return found


def checked(office: Office, sort_code: str, account: str) -> modulus.Answer:
    """What the operator's table says of an account; unknown without a table, or with one that is damaged."""
    try:
        return modulus.check(modulus_table.current(office.bank_weights), sort_code, account)
    except (modulus_table.NotATable, OSError):
        log.exception("the table for the modulus check cannot be read")
        return "unknown"


def _give(
    office: Office, actor: Actor, move: str, bid: int, details: Details, arrived: datetime, reason: str
) -> Done:
    owner = f"bid:{bid}"
    inputs: dict[str, Any] = {
        "holder_name": details.holder_name, "kind": details.kind, "sort_code": details.sort_code,
        "account": details.account, "reason": reason,
        "checked": checked(office, details.sort_code, details.account),
    }  # fmt: skip

    step = Step("payee", move, None, inputs, parent=bid)
    with office.deed(actor, arrived) as deed:
        # Asked before anything is encrypted, so that a refusal has written nothing.
        for refused in hindered(deed, [step]):
            raise refused
        whole = {"sort_code": details.sort_code, "account": details.account}
        sealed, key = vault.seal(deed.conn, office.bank_keys, owner, whole, deed.now)
        return carry(deed, [step], {"sealed": sealed, "data_key_id": key})[0]
