"""Effects that were given up, taken up again on somebody's word."""

from datetime import datetime

from fundapp import outbox
from fundapp.services.deed import Actor, Office


def try_again(office: Office, actor: Actor, effect: int, arrived: datetime) -> bool:
    """Have a given-up effect tried again, now and with all its tries; False if it is not one any more."""
    with office.deed(actor, arrived) as deed:
        return outbox.again(deed.conn, effect)
