"""The mails about signing in: links, invitations, and what a person should know of their account."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from fundapp.jobs.mailing import OfFund, Post, To
from fundapp.mail.post import AddressRefused, MailNotDelivered
from fundapp.outbox import Effect
from fundapp.queries import security as security_asks
from fundapp.queries import sign_in_links as asks
from fundapp.services import sign_in_links
from fundapp.services.rounds import FUND_TERMS
from fundapp.words import entrances, moments
from fundapp.words.tongue import gettext as _

log = logging.getLogger(__name__)

#: An address that nobody signs in with is written to so often in a day, whoever gives it.
MOST_TO_STRANGERS: Final = 3


def _link(post: Post, effect: Effect) -> None:
    """The link, while it works: what would open a dead page is not sent."""
    now = datetime.now(UTC)
    with post.office.db.read() as conn:
        link: Any = asks.by_id(conn, effect.args["link"])
        if sign_in_links.why_dead(link, now):
            return
        stranger = link.account_id is None
        if (
            stranger
            and asks.asked_before(conn, link.id, link.email, timedelta(days=1), now) >= MOST_TO_STRANGERS
        ):
            return
    token = sign_in_links.make_token(post.settings.secret_key, link.id, link.email, link.made_at)
    told = {
        "link": post.url(f"/sign-in/link/{token}"),
        "until": moments.clock_time(link.expires_at, post.office.zone),
    }
    if link.kind == "invitation":
        _mail(post, "invitation", link.name, link.email, {**told, "role": link.role}, effect.key)
        return
    name = "sign_up" if stranger else "sign_in"
    try:
        _mail(post, name, link.name or _("friend"), link.email, told, effect.key)
    except AddressRefused:
        log.warning("a sign-in link was asked for an address that takes no mail")
    except MailNotDelivered as trouble:
        if not trouble.permanent:
            raise
        # Whatever a stranger types into the sign-in page must not fill the officer's desk.
        log.warning("a sign-in link was asked for an address that takes no mail")


def _notice(post: Post, effect: Effect) -> None:
    with post.office.db.read() as conn:
        event: Any = security_asks.event(conn, effect.args["event"])
        accounts = security_asks.accounts(conn, event.person_id) if event is not None else []
    for account in accounts:
        if account.id == effect.args["account"]:
            told = {
                "notice": event.kind, "link": post.url("/account"),
                "when": moments.moment(event.at, post.office.zone),
                "browser": entrances.browser(event.details.get("browser", "")),
            }  # fmt: skip
            _mail(post, "security_notice", account.name, account.email, told, effect.key)


def _mail(post: Post, name: str, to_name: str, to_email: str, said: dict[str, Any], key: str) -> None:
    post.mail(name, To(to_name, to_email, "account", said), key, OfFund(_("Communities Fund"), FUND_TERMS))


#: Each effect of this kind, by name.
MAILS: Final[dict[str, Callable[[Post, Effect], None]]] = {
    "sign_in": _link,
    "invitation": _link,
    "security_notice": _notice,
}
