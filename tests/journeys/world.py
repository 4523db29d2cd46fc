"""What stands before a journey begins: the cast with their passwords, an open round, and a post that is delivered."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fundapp.database import upgrade
from fundapp.demo import people as cast_room
from fundapp.demo import stage as stages
from fundapp.demo.people import CAST, Cast
from fundapp.demo.stage import Stage
from fundapp.jobs.deliver import deliver_due
from fundapp.jobs.handlers import registry
from fundapp.jobs.tick import Ticked, tick
from fundapp.mail.kept import KeptMail, read_folder
from fundapp.services import people, rounds
from tests.web import Served, beside

CODE = "RIVER-27"


@dataclass
class World:
    """A served fund with its people and one open round."""

    served: Served
    stage: Stage

    @property
    def cast(self) -> Cast:
        """The people by key."""
        return self.stage.cast

    def key_of(self, person: int) -> str:
        """Who this person is in the cast."""
        return next(key for key, number in self.cast.persons.items() if number == person)

    def deliver(self) -> None:
        """The worker, once: everything that is due goes out, and nothing fails."""
        served = self.served
        handlers = registry(served.office, served.settings)
        done = beside(lambda: deliver_due(served.office.db, handlers, "journey"))
        assert (done.retried, done.failed) == (0, 0), done
        assert done.done > 0, "there was nothing to deliver"

    def passes(self, **later: float) -> Ticked:
        """The clock, once, as it will stand that much later."""
        return tick(self.served.office, datetime.now(UTC) + timedelta(**later))

    def mail(self, to: str, words: str) -> KeptMail:
        """The newest mail to somebody of the cast whose subject holds these words."""
        address = next(part.email for part in CAST if part.key == to)
        mails = read_folder(self.served.mail)
        found = [mail for mail in mails if address in mail.to and words in mail.subject]
        assert found, f"no mail about {words!r} to {address}: {[(mail.to, mail.subject) for mail in mails]}"
        return found[0]


def raised(served: Served) -> World:
    """A migrated database with the cast and a round that closes within the hour."""
    office = served.office
    upgrade(office.db)
    now = datetime.now(UTC)
    operator = people.operator(office, now)
    fund = rounds.found(office, operator, "communities", "Communities Fund", now)
    cast = cast_room.enter(office, operator, fund, now)
    stage = stages.build(
        office, operator, cast, fund, CODE, "River 2027", now - timedelta(days=3), now + timedelta(hours=1),
        budget_pence=2_000_000, now=now,
    )  # fmt: skip
    return World(served, stage)


def attachment(served: Served, mail: KeptMail) -> tuple[str, bytes]:
    """The name and bytes of a mail's only file."""
    from fundapp.mail.kept import read_attachment

    assert len(mail.attachments) == 1, mail.attachments
    found: Any = read_attachment(Path(served.mail), mail.id, 0)
    name, media_type, content = found
    assert media_type == "application/pdf"
    return name, content
