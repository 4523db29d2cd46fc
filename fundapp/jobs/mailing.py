"""One mail to one reader: what every mail of the fund begins with, and the post that takes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from config import Settings
from fundapp.mail.messages import compose
from fundapp.mail.post import Attachment, Letterbox, build
from fundapp.services.deed import Office
from fundapp.storage import Files

#: Parts that read a bid's title as its panel does: without names where that is the round's rule.
OF_PANEL: Final = frozenset(("reviewer", "chair"))


@dataclass(frozen=True, slots=True)
class To:
    """One reader of one mail: in which part they read it, what it tells them, what goes with it."""

    name: str
    email: str | None
    part: str
    context: Mapping[str, Any] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class OfFund:
    """Stands for the bid in a mail that is about none, or about many."""

    fund: str
    terms: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Post:
    """What every handler works with."""

    office: Office
    settings: Settings
    letterbox: Letterbox
    files: Files

    def url(self, path: str) -> str:
        """A page's whole address."""
        return self.settings.base_url.rstrip("/") + path

    def mail(self, name: str, to: To, key: str, about: Any) -> None:
        """Deliver one message; whoever has no address is left out.

        `about`: a bid as `queries.messages.about` gives it, or OfFund. What the reader's context says goes before what is
        said here. Raises AddressRefused, MailNotDelivered.
        """
        if not to.email:
            return
        context: dict[str, Any] = {
            "fund": about.fund, "base_url": self.settings.base_url, "to_name": to.name, "to_role": to.part,
            "contact": {part: about.terms.get(part, "") for part in ("phone", "hours", "email")},
        }  # fmt: skip
        reference = None if isinstance(about, OfFund) else about.reference
        if reference is not None:
            context["reference"] = reference
            context["title"] = about.panel_title if to.part in OF_PANEL else about.title
            context["url"] = self.url(f"{'/my-bids' if to.part == 'applicant' else '/bids'}/{reference}")
        composed = compose(name, context | dict(to.context))
        message = build(
            to_name=to.name, to_email=to.email, composed=composed, key=key, sender=self.settings.mail_from,
            reply_to=self.settings.reply_to or "", bid_reference=reference, attachments=to.attachments,
            base_url=self.settings.base_url, at=datetime.now(UTC),
        )  # fmt: skip
        self.letterbox.deliver(message)
