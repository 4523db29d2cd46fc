"""What the fund mails: the catalogue, and a message made into subject, text and HTML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from fundapp.domain.money import pounds, pounds_short
from fundapp.letters.typed import clean

if TYPE_CHECKING:
    import jinja2

_TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "mail"

#: Every message needs these. `contact` holds phone, hours and email.
COMMON = ("fund", "contact", "base_url", "to_name")
_BID = ("reference", "title")


@dataclass(frozen=True)
class Message:
    """What one message needs to be told, and its readers; where they are several it needs `to_role` too."""

    keys: tuple[str, ...]
    readers: tuple[str, ...]

    @property
    def needs(self) -> frozenset[str]:
        """Every key that the context must have."""
        role = ("to_role",) if len(self.readers) > 1 else ()
        return frozenset((*COMMON, *self.keys, *role))


def _about_bid(keys: str, *readers: str) -> Message:
    return Message((*_BID, *keys.split()), readers)


#: A name is a folder of templates/mail. Sums are whole pence; moments and days come in words.
MESSAGES: dict[str, Message] = {
    "receipt": _about_bid("url representative amount answer_by copy mark", "applicant"),
    "co_invitation": _about_bid("link who until", "co_applicant"),
    "co_comment": _about_bid("url who", "applicant"),
    "endorsement_request": _about_bid(
        "organisation applicant amount place answer_by link changed office_words", "representative"
    ),
    "endorsement_void": _about_bid("", "representative"),
    "endorsement_copy": _about_bid("answer statement", "representative"),
    "endorsed": _about_bid("url representative statement", "applicant", "officer"),
    "refused": _about_bid("url representative reason", "applicant", "officer"),
    "deadline_moved": _about_bid("url what until", "applicant", "representative"),
    "endorsement_reminder": _about_bid(
        "organisation applicant amount place answer_by link office_words", "representative"
    ),
    "stood_aside": _about_bid("url representative aside statement answer_by", "applicant", "officer"),
    "bid_reminder": _about_bid("url what answer_by", "applicant"),
    "sent_back": _about_bid("url by reason until", "applicant", "officer", "representative"),
    "ruled_out": _about_bid("url reason", "applicant", "representative"),
    "lapsed": _about_bid("url what", "applicant", "representative"),
    "withdrawn": _about_bid("", "applicant", "representative", "reviewer", "chair", "officer"),
    "resubmitted": _about_bid("url", "applicant", "officer", "representative"),
    "moderation": Message(("url",), ("reviewer",)),
    "reading_reminder": Message(("url", "count", "panel_by", "reading"), ("reviewer",)),
    "assigned": Message(("url", "count", "panel_by"), ("reviewer",)),
    "released_award": _about_bid("url accept_by amount", "applicant"),
    "released_decline": _about_bid("url", "applicant"),
    "offer_accepted": _about_bid("url", "applicant", "treasurer", "officer"),
    "offer_refused": _about_bid("url reason", "applicant", "treasurer", "officer"),
    "offer_reminder": _about_bid("url accept_by amount", "applicant"),
    "variation_proposed": _about_bid("url amount amount_then reason", "applicant"),
    "variation_reminder": _about_bid("url amount amount_then reason", "applicant"),
    "variation_agreed": _about_bid("url amount", "applicant", "officer", "treasurer"),
    "variation_kept": _about_bid("url reason", "officer"),
    "variation_taken_back": _about_bid("url amount", "applicant"),
    "offer_lapsed": _about_bid("url", "applicant", "treasurer", "officer"),
    "cancelled": _about_bid("url reason owed", "applicant", "treasurer", "officer"),
    "payment_approval_needed": _about_bid("url amount due_on", "officer"),
    "payment_sent": _about_bid("url amount", "applicant"),
    "payment_failed": _about_bid("url amount reason", "applicant", "treasurer", "officer"),
    "bank_details_given": _about_bid("url", "applicant", "treasurer"),
    "bank_details_reminder": _about_bid("url", "applicant"),
    "bank_change_asked": _about_bid("url who when until", "applicant", "together", "officer"),
    "bank_change_refused": _about_bid("url reason", "applicant", "together", "officer"),
    "bank_change_stands": _about_bid("url", "applicant", "together", "treasurer"),
    "donation_due": Message(("url", "amount", "duty", "came_on", "due_on", "due"), ("treasurer",)),
    "checkpoint": Message(("url", "count", "day", "note"), ("treasurer", "chair", "auditor")),
    "report_due": _about_bid("url report_by", "applicant"),
    "report_filed": _about_bid("url", "applicant", "officer"),
    "report_returned": _about_bid("url reason", "applicant"),
    "report_accepted": _about_bid("url", "applicant"),
    "membership_confirmed": Message(("url",), ("member",)),
    "membership_turned_down": Message(("url", "reason"), ("member",)),
    "file_refused": _about_bid("url file because", "applicant", "officer"),
    "invitation": Message(("role", "link"), ("invited",)),
    "sign_in": Message(("link", "until"), ("signing_in",)),
    "sign_up": Message(("link", "until"), ("signing_in",)),
    "security_notice": Message(("link", "notice", "when", "browser"), ("account",)),
}

#: Keys that choose words, and what they may be.
_CHOICES = {
    "answer": ("endorse", "refuse", "send_back"),
    "aside": ("interest", "elsewhere"),
    "what": ("draft", "submitted", "returned", "endorsed", "reviewed"),
    "reading": ("ahead", "late"),
    "duty": ("check", "return", "report", "report_impermissible"),
    "due": ("ahead", "today", "late"),
    "notice": (
        "new_browser",
        "password_set",
        "password_changed",
        "factor_set",
        "factor_removed",
        "codes_renewed",
        "recovery_used",
    ),
    "role": ("member", "reviewer", "chair", "treasurer", "officer", "auditor"),
}
_ADDRESSES = ("url", "link", "copy")
#: Sums in pence, and counts.
_NUMBERS = ("amount", "amount_then", "owed", "count")
#: What people wrote at length keeps its lines; all else is one line, and no more of it than a mail can hold.
_LONG = ("statement", "reason", "note")
_LINE_CHARACTERS = 200
_SUBJECT_CHARACTERS = 120


class MessageNotMade(Exception):
    """A message that was asked for wrongly: its text names the message and what is wrong with its context."""


@dataclass(frozen=True)
class Composed:
    """A message in words: one line of subject, the plain text, and the same as an HTML page."""

    subject: str
    text: str
    html: str


def compose(name: str, context: Mapping[str, Any]) -> Composed:
    """The message `name` of MESSAGES for one reader; keys that it does not need are left aside.

    `amount`, `amount_then` and `owed` are whole pence, `count` a number, `changed` a bool. `answer` is the code of the
    endorsement's answer, `what` the state that lapsed, `role` a granted role, `to_role` one of the message's readers.
    `url`, `link` and `copy` lie under `base_url`. All else is text: moments and days in words, and `office_words` an
    office as people say it, `councillor for Millbeck East`. Raises MessageNotMade.
    """
    message = MESSAGES.get(name)
    if message is None:
        raise MessageNotMade(f"There is no message called {name!r}.")
    told = _told(name, message, context)
    templates = _templates()
    told["why"] = templates.get_template("_why.txt").render(told).strip()
    text = templates.get_template(f"{name}/body.txt").render(told)
    subject = templates.get_template(f"{name}/subject.txt").render(told)
    page = templates.get_template(f"{name}/body.html").render({k: _shown(k, v) for k, v in told.items()})
    return Composed(
        subject=_short(clean(subject), _SUBJECT_CHARACTERS),
        text=re.sub(r"\n{3,}", "\n\n", text).strip() + "\n",
        html=page + "\n",
    )


def _told(name: str, message: Message, context: Mapping[str, Any]) -> dict[str, Any]:
    missing = sorted(message.needs - context.keys())
    if missing:
        raise MessageNotMade(f"The message {name} was not told: {', '.join(missing)}.")
    base_url = _text(name, "base_url", context["base_url"])
    told = {key: _checked(name, key, context[key], base_url) for key in message.needs}
    told.setdefault("to_role", message.readers[0])
    if told["to_role"] not in message.readers:
        raise MessageNotMade(f"The message {name} is not for a reader in the part {told['to_role']!r}.")
    return told


def _checked(name: str, key: str, value: Any, base_url: str) -> Any:
    if key == "contact":
        return {
            part: _short(clean(_text(name, part, value.get(part)))) for part in ("phone", "hours", "email")
        }
    if key in _NUMBERS:
        if not isinstance(value, int) or isinstance(value, bool):
            raise MessageNotMade(f"The message {name} wants a whole number as {key}, not {value!r}.")
        return value
    if key == "changed":
        return bool(value)
    text = _text(name, key, value)
    if key in _CHOICES and text not in _CHOICES[key]:
        raise MessageNotMade(f"The message {name} knows no {key} {text[:40]!r}.")
    if key in _ADDRESSES and not _own(text, base_url):
        raise MessageNotMade(
            f"The message {name} links only to pages under {base_url}, not to {text[:80]!r}."
        )
    if key in _LONG:
        return "\n".join(clean(line) for line in text.splitlines()).strip()
    return text if key in _ADDRESSES else _short(clean(text))


def _text(name: str, key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise MessageNotMade(f"The message {name} wants text as {key}, not {value!r}.")
    return value


def _own(address: str, base_url: str) -> bool:
    return re.fullmatch(re.escape(base_url.rstrip("/")) + r"(/[!-~]*)?", address) is not None


def _short(text: str, most: int = _LINE_CHARACTERS) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


#: Not shown as typed: they choose words, stand in addresses, or are the fund's own.
_AS_IT_IS = frozenset((*_CHOICES, *_ADDRESSES, "to_role", "base_url", "why"))


def _shown(key: str, value: Any) -> Any:
    """Typed text escaped and kept apart in its direction; the templates escape the rest."""
    if not isinstance(value, str) or key in _AS_IT_IS:
        return value
    return Markup("<bdi>{}</bdi>").format(value) if value else Markup("")


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


@cache
def _templates() -> jinja2.Environment:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=jinja2.select_autoescape(("html",), default_for_string=True, default=False),
        auto_reload=False,
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    environment.filters.update(pounds=pounds, pounds_short=pounds_short, quoted=_quoted, short=_short)
    return environment
