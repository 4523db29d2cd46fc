"""The account that a fund pays from: set by one person, confirmed by another."""

from datetime import datetime

from sqlalchemy import Connection

from fundapp.database import AnyRow
from fundapp.models import Payer
from fundapp.queries import locks
from fundapp.queries import payers as asks
from fundapp.services import vault, warrants
from fundapp.services.bank_details import Account
from fundapp.services.case import Step
from fundapp.services.deed import Actor, Office
from fundapp.services.refused import Refused
from fundapp.services.transition import NotThere
from workflows.grammar import Kind, Refusal


class PayerRefused(Refused):
    """An account that is not confirmed, as a code.

    `set_it_yourself`: whoever set it does not confirm it; `other_numbers`: the numbers typed are not those that were
    set; `nothing_to_confirm`: no account waits, or a newer one was set meanwhile.
    """

    def __init__(self, code: str, payer: int) -> None:
        kind: Kind = "not_yours" if code == "set_it_yourself" else "not_now"
        super().__init__(Step("payer", "confirm", payer), [Refusal(code, {}, kind)])
        self.code = code


def propose(office: Office, actor: Actor, fund: int, account: Account, at: datetime) -> int:
    """Set the account that a fund is to pay from; its id. It counts once another person has confirmed it.

    The same one, set again by the same person while it waits, is the one that waits: a form sent twice sets one.

    Raises NotThere, NoBankKey, Refused for whoever is no treasurer of the fund.
    """
    with office.deed(actor, at) as deed:
        row = locks.fund(deed.conn, fund)
        if row is None:
            raise NotThere(f"fund {fund}")
        warrant = warrants.of(deed, "treasurer").need(fund, Step("payer", "propose", parent=fund))
        waits = asks.newest(deed.conn, fund)
        if waits is not None and waits.confirmed_at is None and waits.set_by == deed.actor.person:
            given = (account.holder_name.strip(), account.sort_code, account.account)
            known = account_of(deed.conn, office.bank_keys, waits)
            if given == (known.holder_name, known.sort_code, known.account):
                return int(waits.id)
        whole = {"sort_code": account.sort_code, "account": account.account}
        sealed, key = vault.seal(deed.conn, office.bank_keys, f"payer:{fund}", whole, deed.now)
        made = deed.put(
            row.home,
            Payer,
            {
                "fund_id": fund, "number": asks.count(deed.conn, fund) + 1, "holder_name": account.holder_name.strip(),
                "sealed": sealed, "account_ends": account.account[-4:], "data_key_id": key,
                "set_by": deed.actor.person, "set_at": deed.now, "confirmed_by": None, "confirmed_at": None,
            },
        )  # fmt: skip
        params = {"payer": made}
        deed.note(row.home, "payer.set", role=warrant.role, under=warrant.under, params=params)
        return made


def confirm(
    office: Office, actor: Actor, fund: int, payer: int, sort_code: str, account: str, at: datetime
) -> None:
    """Another person confirms the account, by typing its numbers again from the bank's own paper: nobody is shown them.

    Raises NotThere, PayerRefused, Refused for whoever is no officer of the fund, and what `vault.unseal` raises.
    """
    with office.deed(actor, at) as deed:
        row = locks.fund(deed.conn, fund)
        if row is None:
            raise NotThere(f"fund {fund}")
        warrant = warrants.of(deed, "officer").need(fund, Step("payer", "confirm", payer))
        newest = asks.newest(deed.conn, fund)
        if newest is None or newest.id != payer or newest.confirmed_at is not None:
            raise PayerRefused("nothing_to_confirm", payer)
        if newest.set_by == deed.actor.person:
            raise PayerRefused("set_it_yourself", payer)
        found = account_of(deed.conn, office.bank_keys, newest)
        if (found.sort_code, found.account) != (sort_code, account):
            raise PayerRefused("other_numbers", payer)
        deed.change(row.home, Payer, payer, {"confirmed_by": deed.actor.person, "confirmed_at": deed.now})
        params = {"payer": payer}
        deed.note(row.home, "payer.confirmed", role=warrant.role, under=warrant.under, params=params)


def account_of(conn: Connection, keys: tuple[bytes, ...], row: AnyRow) -> Account:
    """The numbers of an account that a fund pays from, in full, for the bank's file. Raises what `vault.unseal` raises."""
    whole = vault.unseal(conn, keys, f"payer:{row.fund_id}", row.sealed, row.data_key_id)
    return Account(row.holder_name, "business", whole["sort_code"], whole["account"])
