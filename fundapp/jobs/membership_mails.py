"""Mails about a membership: confirmed, or turned down with the reason."""

from collections.abc import Callable
from typing import Final

from fundapp.jobs.mailing import OfFund, Post, To
from fundapp.outbox import Effect
from fundapp.queries import memberships, rounds
from fundapp.services.rounds import FUND_TERMS, USUAL_FUND
from fundapp.words.tongue import gettext as _

#: Each mail and the page that it leads to.
_PAGES: Final = {"membership_confirmed": "/my-bids", "membership_turned_down": "/my-membership"}


def _mail(post: Post, effect: Effect) -> None:
    with post.office.db.read() as conn:
        row = memberships.by_id(conn, effect.args["membership"])
        address = None
        if row is not None:
            known = memberships.addresses(conn, [row.person_id]).get(row.person_id, [])
            address = row.email or next(iter(known), None)
        fund = rounds.fund_by_code(conn, USUAL_FUND)
    if row is None:
        return
    about = OfFund(fund.name, fund.terms) if fund is not None else OfFund(_("Communities Fund"), FUND_TERMS)
    said = {"url": post.url(_PAGES[effect.name]), "reason": row.ended_why or ""}
    post.mail(effect.name, To(row.name, address, "member", said), effect.key, about)


#: Every effect about a membership, by name.
MAILS: Final[dict[str, Callable[[Post, Effect], None]]] = dict.fromkeys(_PAGES, _mail)
