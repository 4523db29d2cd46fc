"""The account that the demo's fund pays from."""

from datetime import datetime

from fundapp.demo.people import Cast
from fundapp.models import Payer
from fundapp.queries import locks, payers
from fundapp.services import vault
from fundapp.services.deed import Office

HOLDER = "The Millbeck Communities Fund"
SORT_CODE, NUMBER = "309634", "01234567"


def pays_from(office: Office, cast: Cast, fund: int, now: datetime) -> None:
    """The account set by the treasurer and confirmed by the officer, unless the fund has one."""
    with office.db.read() as conn:
        if payers.newest_confirmed(conn, fund) is not None:
            return
    with office.deed(cast.actor("treasurer"), now) as deed:
        row = locks.fund(deed.conn, fund)
        if row is None:
            raise LookupError(f"fund {fund}")
        numbers = {"sort_code": SORT_CODE, "account": NUMBER}
        sealed, key = vault.seal(deed.conn, office.bank_keys, row.home, numbers, deed.now)
        values = {
            "fund_id": fund, "number": 1, "holder_name": HOLDER, "sealed": sealed, "account_ends": NUMBER[-4:],
            "data_key_id": key, "set_by": deed.actor.person, "set_at": deed.now, "confirmed_by": None, "confirmed_at": None,
        }  # fmt: skip
        made = deed.put(row.home, Payer, values)
        deed.note(row.home, "payer.set", role="treasurer", params={"number": 1})
    with office.deed(cast.actor("officer"), now) as deed:
        confirmed = {"confirmed_by": deed.actor.person, "confirmed_at": deed.now}
        deed.change(row.home, Payer, made, confirmed)
        deed.note(row.home, "payer.confirmed", role="officer", params={"number": 1})
