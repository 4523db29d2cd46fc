"""The mails about signing in: links, invitations, and what a person should know of their account."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from config import Settings
from fundapp.jobs.deliver import Handler
from fundapp.mail.messages import compose
from fundapp.mail.post import AddressRefused, Letterbox, MailNotDelivered, build
from fundapp.outbox import Effect
from fundapp.queries import security as security_asks
from fundapp.queries import sign_in_links as asks
from fundapp.services import sign_in_links
from fundapp.services.deed import Office
from fundapp.services.rounds import FUND_TERMS
from fundapp.words import entrances, moments
from fundapp.words.tongue import gettext as _

log = logging.getLogger(__name__)

#: An address that nobody signs in with is written to so often in a day, whoever gives it.
MOST_TO_STRANGERS: Final = 3


@dataclass(frozen=True, slots=True)
class _Post:
    office: Office
    settings: Settings
    letterbox: Letterbox


def handlers(office: Office, settings: Settings, letterbox: Letterbox) -> dict[str, Handler]:
    """Each effect of this kind, by name."""
    post = _Post(office, settings, letterbox)
    known: dict[str, Callable[[_Post, Effect], None]] = {
        "sign_in": _link, "invitation": _link, "security_notice": _notice,
    }  # fmt: skip

    def handler(handle: Callable[[_Post, Effect], None]) -> Handler:
        return lambda effect: handle(post, effect)

    return {name: handler(handle) for name, handle in known.items()}


def _link(post: _Post, effect: Effect) -> None:
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
        "link": _address(post, f"/sign-in/link/{token}"),
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


def _notice(post: _Post, effect: Effect) -> None:
    with post.office.db.read() as conn:
        event: Any = security_asks.event(conn, effect.args["event"])
        accounts = security_asks.accounts(conn, event.person_id) if event is not None else []
    for account in accounts:
        if account.id == effect.args["account"]:
            told = {
                "notice": event.kind, "link": _address(post, "/account"),
                "when": moments.moment(event.at, post.office.zone),
                "browser": entrances.browser(event.details.get("browser", "")),
            }  # fmt: skip
            _mail(post, "security_notice", account.name, account.email, told, effect.key)


def _address(post: _Post, path: str) -> str:
    return post.settings.base_url.rstrip("/") + path


def _mail(post: _Post, name: str, to_name: str, to_email: str, told: dict[str, Any], key: str) -> None:
    context = {
        "fund": _("Communities Fund"), "base_url": post.settings.base_url, "to_name": to_name,
        "contact": {part: FUND_TERMS[part] for part in ("phone", "hours", "email")}, **told,
    }  # fmt: skip
    message = build(
        to_name=to_name, to_email=to_email, composed=compose(name, context), key=key,
        sender=post.settings.mail_from, reply_to=post.settings.reply_to or "", base_url=post.settings.base_url,
        at=datetime.now(UTC),
    )  # fmt: skip
    post.letterbox.deliver(message)
