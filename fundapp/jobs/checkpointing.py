"""The record sealed by the clock and after what matters most, and its checkpoints mailed to those who keep them."""

from datetime import UTC, datetime
from typing import Final

from config import Settings
from fundapp import outbox
from fundapp.audit.standalone.notes import read_checkpoint
from fundapp.domain.deadlines import civil_day
from fundapp.jobs.mailing import OfFund, Post, To
from fundapp.mail.post import Attachment
from fundapp.outbox import Effect
from fundapp.queries import people, record, rounds
from fundapp.services import checkpoints
from fundapp.services.deed import Office
from fundapp.words import moments

MAIL: Final = "checkpoint"
#: Who keeps checkpoints, each in their own mailbox: no one of them can take back what the others hold.
KEEPERS: Final = ("treasurer", "chair", "auditor")


class Watch:
    """Asks for a sealing when the oldest event has waited long enough; does nothing where no key signs."""

    def __init__(self, office: Office, settings: Settings) -> None:
        self.office = office
        self.sealing = settings.seal_key is not None

    def __call__(self, at: datetime) -> bool:
        """Whether one was asked for."""
        if not self.sealing:
            return False
        with self.office.db.read() as conn:
            effect = checkpoints.wanted(conn, at)
            if effect is None or outbox.standing(conn, [effect["key"]]):
                return False
        with self.office.db.write() as conn:
            return outbox.put_many(conn, [effect], at=at) > 0


def seal(post: Post, effect: Effect) -> None:
    """Seal what is new; after a release, a payment run or an export, and once a day, ask for the mails.

    Raises SealRefused, RecordBroken: the officer's desk shows it until somebody has looked.
    """
    sealer = checkpoints.sealer(post.office, post.settings)
    if sealer is None:
        return
    done = sealer.seal()
    if done.checkpoint is None:
        return
    now = datetime.now(UTC)
    size = done.checkpoint.size
    # A day's first checkpoint goes out even if nobody released or paid.
    what = f"{size}" if effect.args["mail"] else civil_day(now, post.office.zone).isoformat()
    with post.office.db.read() as conn:
        keepers = {
            person.id: (role, fund.id)
            for fund in rounds.funds(conn)
            for role in KEEPERS
            for person in people.with_role(conn, role, fund.id, now)
            if person.email
        }
    mails = [
        {
            "name": MAIL, "args": {"size": size, "person": person, "role": role, "fund": fund}, "bid_id": None,
            "key": f"{MAIL}:{what}:{person}", "not_before": now,
        }
        for person, (role, fund) in keepers.items()
    ]  # fmt: skip
    with post.office.db.write() as conn:
        outbox.put_many(conn, mails, at=now)


def mail(post: Post, effect: Effect) -> None:
    """The checkpoint to one of those who keep it, in the mail and as a file; none once they hold the role no more."""
    args, now = effect.args, datetime.now(UTC)
    with post.office.db.read() as conn:
        row = record.checkpoint(conn, args["size"])
        keepers = {one.id: one for one in people.with_role(conn, args["role"], args["fund"], now)}
        fund = rounds.fund(conn, args["fund"])
    keeper = keepers.get(args["person"])
    if row is None or keeper is None or fund is None:
        return
    point = read_checkpoint(row.note)
    today = civil_day(now, post.office.zone)
    said = {
        "url": post.url("/log"), "count": point.size, "note": point.note,
        "day": moments.day(civil_day(row.at, post.office.zone), today),
    }  # fmt: skip
    enclosed = Attachment(f"checkpoint-{point.size}.txt", "application/octet-stream", point.note.encode())
    to = To(keeper.name, keeper.email, args["role"], said, (enclosed,))
    post.mail(MAIL, to, f"{effect.key}:0", OfFund(fund.name, fund.terms))
