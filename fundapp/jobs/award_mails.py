"""What mails about an award are told: its offer, its changes, its end."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from fundapp.outbox import Effect
from fundapp.queries import awards, owing
from fundapp.queries import messages as asks

#: The messages that `told` knows.
NAMES: Final = frozenset(
    (
        "released_award", "offer_accepted", "offer_refused", "offer_reminder", "variation_proposed", "variation_reminder",
        "variation_agreed", "variation_kept", "variation_taken_back", "cancelled",
    )
)  # fmt: skip
#: The kinds of letters that go with a message to the applicant.
ENCLOSED: Final[dict[str, tuple[str, ...]]] = {
    "released_award": ("award",),
    "released_decline": ("feedback",),
    "offer_accepted": ("acceptance",),
    "variation_agreed": ("award", "acceptance"),
}


def too_late(conn: Connection, name: str, effect: Effect) -> bool:
    """Whether what somebody is to be asked or reminded of was answered, or taken back, meanwhile."""
    award = asks.award(conn, effect.args["bid"])
    if name == "offer_reminder":
        return award is None or award.state != "offered"
    if name in ("variation_proposed", "variation_reminder"):
        variation = asks.variation(conn, effect.args["bid"])
        return (
            award is None or award.state != "accepted" or variation is None or variation.outcome is not None
        )
    return False


def told(
    conn: Connection, name: str, bid: int, url: str, when: Callable[[datetime | None], str]
) -> dict[str, Any]:
    """What a message needs beside the bid; `url` is the applicant's page of it, `when` puts a moment into words."""
    award = asks.award(conn, bid)
    known: dict[str, Any] = {}
    if award is not None:
        known = {"amount": award.amount_pence, "accept_by": when(award.offer_until)}
    if name in ("offer_refused", "variation_kept"):
        answer = asks.answer(conn, bid)
        known["reason"] = answer.reason if answer is not None else ""
    elif name in ("variation_proposed", "variation_reminder"):
        variation = asks.variation(conn, bid)
        if variation is not None:
            known |= {
                "amount_then": variation.amount_pence,
                "reason": variation.reason,
                "url": f"{url}/award/change",
            }
    elif name == "offer_reminder":
        known["url"] = f"{url}/award"
    elif name == "cancelled":
        end = awards.cancelled(conn, bid)
        if end is not None:
            known |= {"reason": end.reason, "owed": owing.of_bid(conn, bid).owed}
    return known
