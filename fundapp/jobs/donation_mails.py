"""Mails to the fund's treasurers about donations that have to be checked, given back or reported by a day."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from fundapp import outbox
from fundapp.domain.deadlines import civil_day
from fundapp.jobs.mailing import OfFund, Post, To
from fundapp.outbox import Effect
from fundapp.queries import people, pot, rounds
from fundapp.words import moments

EFFECT: Final = "donation_due"
#: The days before the last day on which the treasurers are told; the last day is one of them.
BEFORE: Final = (7, 0)


def wanted(conn: Connection, at: datetime, zone: ZoneInfo) -> list[dict[str, Any]]:
    """The effects that are due and not asked for yet, one for each duty, day and treasurer, by its key.

    A clock that slept asks for the newest only. A duty whose day moves is told of anew.
    """
    today = civil_day(at, zone)
    near = [row for row in pot.due(conn, None) if row.duty.due_on - timedelta(days=max(BEFORE)) <= today]
    told = {fund: people.with_role(conn, "treasurer", fund, at) for fund in {row.fund for row in near}}
    found: dict[str, dict[str, Any]] = {}
    for row in near:
        duty = row.duty
        before = min(days for days in BEFORE if duty.due_on - timedelta(days=days) <= today)
        for treasurer in told[row.fund]:
            key = f"{EFFECT}:{duty.gift}:{duty.kind}:{duty.due_on.isoformat()}:{before}:{treasurer.id}"
            found[key] = {
                "income": duty.gift, "duty": duty.kind, "due_on": duty.due_on.isoformat(), "fund": row.fund,
                "person": treasurer.id,
            }  # fmt: skip
    asked = outbox.standing(conn, list(found))
    return [
        {"name": EFFECT, "args": args, "key": key, "bid_id": None, "not_before": at}
        for key, args in found.items()
        if key not in asked
    ]


def mail(post: Post, effect: Effect) -> None:
    """The mail to one treasurer; none once it is done, or once they are treasurer no more.

    It says what, how much and by when. Who gave is not named: what somebody gives to political life is nobody else's to read.
    """
    args, now = effect.args, datetime.now(UTC)
    with post.office.db.read() as conn:
        known = {
            (row.duty.gift, row.duty.kind, row.duty.due_on.isoformat()): row
            for row in pot.due(conn, [args["fund"]])
        }
        row = known.get((args["income"], args["duty"], args["due_on"]))
        treasurers = {one.id: one for one in people.with_role(conn, "treasurer", args["fund"], now)}
        fund = rounds.fund(conn, args["fund"])
    treasurer = treasurers.get(args["person"])
    if row is None or treasurer is None or fund is None:
        return
    today = civil_day(now, post.office.zone)
    left = (row.duty.due_on - today).days
    said = {
        "url": post.url(f"/money/in/{row.duty.gift}"), "amount": row.duty.pence, "duty": row.duty.kind,
        "came_on": moments.day(row.received_on, today), "due_on": moments.day(row.duty.due_on, today),
        "due": "late" if left < 0 else "today" if left == 0 else "ahead",
    }  # fmt: skip
    to = To(treasurer.name, treasurer.email, "treasurer", said)
    post.mail(EFFECT, to, f"{effect.key}:0", OfFund(fund.name, fund.terms))
