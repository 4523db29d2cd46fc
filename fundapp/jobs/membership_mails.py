"""Mails about a membership: confirmed, or turned down with the reason."""

from datetime import UTC, datetime

from config import Settings
from fundapp.jobs.deliver import Handler
from fundapp.mail.messages import compose
from fundapp.mail.post import Letterbox, build
from fundapp.outbox import Effect
from fundapp.queries import memberships, rounds
from fundapp.services.deed import Office
from fundapp.services.rounds import FUND_TERMS, USUAL_FUND

#: Each mail and the page that it leads to.
_PAGES = {"membership_confirmed": "/my-bids", "membership_turned_down": "/my-membership"}


def handlers(office: Office, settings: Settings, letterbox: Letterbox) -> dict[str, Handler]:
    """Every effect about a membership, by name."""

    def handle(effect: Effect) -> None:
        with office.db.read() as conn:
            row = memberships.by_id(conn, effect.args["membership"])
            address = None
            if row is not None:
                known = memberships.addresses(conn, [row.person_id]).get(row.person_id, [])
                address = row.email or next(iter(known), None)
            fund = rounds.fund_by_code(conn, USUAL_FUND)
        if row is None or address is None:
            return
        terms = fund.terms if fund is not None else FUND_TERMS
        context = {
            "fund": fund.name if fund is not None else "Communities Fund", "base_url": settings.base_url,
            "contact": {part: terms.get(part, "") for part in ("phone", "hours", "email")}, "to_name": row.name,
            "url": settings.base_url.rstrip("/") + _PAGES[effect.name], "reason": row.ended_why or "",
        }  # fmt: skip
        letterbox.deliver(
            build(
                to_name=row.name, to_email=address, composed=compose(effect.name, context), key=effect.key,
                sender=settings.mail_from, reply_to=settings.reply_to or "", bid_reference=None,
                base_url=settings.base_url, at=datetime.now(UTC),
            )
        )  # fmt: skip

    return dict.fromkeys(_PAGES, handle)
