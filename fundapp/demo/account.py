"""The account that a fund of the demo pays from."""

from datetime import datetime

from fundapp.demo.people import Cast
from fundapp.queries import payers as asks
from fundapp.services import payers
from fundapp.services.bank_details import Account
from fundapp.services.deed import Office

ACCOUNT = Account("The Millbeck Communities Fund", "business", "309634", "01234567")


def pays_from(office: Office, cast: Cast, fund: int, now: datetime) -> None:
    """The account set by the treasurer and confirmed by the officer, unless the fund has one."""
    with office.db.read() as conn:
        if asks.newest_confirmed(conn, fund) is not None:
            return
    made = payers.propose(office, cast.actor("treasurer"), fund, ACCOUNT, now)
    payers.confirm(office, cast.actor("officer"), fund, made, ACCOUNT.sort_code, ACCOUNT.account, now)
