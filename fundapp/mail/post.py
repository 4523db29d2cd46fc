"""Letterboxes that take mails: a folder of .eml files, or a mail server; and how a mail is put together."""

from __future__ import annotations

import hashlib
import re
import smtplib
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from fundapp.files import FileRefused, placing
from fundapp.letters.typed import clean
from fundapp.mail.messages import Composed

#: How long a mail server may take over each step, in seconds.
TIME_OUT = 30
_NAME_CHARACTERS = 60
_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}

# What every mail server takes without SMTPUTF8: an ASCII dot-atom (RFC 5321) and a host name.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})*")


class AddressRefused(ValueError):
    """An address that no mail can go to; its text says which and why."""


class MailUrlRefused(ValueError):
    """A MAIL_URL that names no letterbox; its text says what it may be, and never repeats a password."""


class MailNotDelivered(Exception):
    """A mail that was not taken. `sentence` says why; `permanent` when trying again as it is cannot help."""

    def __init__(self, sentence: str, permanent: bool) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.permanent = permanent


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail: its name, its media type such as `application/pdf`, its bytes."""

    name: str
    media_type: str
    content: bytes


class _Headed(EmailPolicy):
    """Long names and subjects beyond ASCII in encoded words.

    The library's own folding loses or adds blanks where plain and encoded words meet at the end of a line.
    """

    def fold(self, name: str, value: Any) -> str:
        addresses: tuple[Address, ...] = getattr(value, "addresses", ())
        text = addresses[0].display_name if len(addresses) == 1 else str(value)
        if text.isascii() or not (addresses or name.lower() == "subject"):
            return super().fold(name, value)
        folded = Header(text, "utf-8", header_name=name).encode(linesep=self.linesep)
        address = f"{self.linesep} <{addresses[0].addr_spec}>" if addresses else ""
        return f"{name}: {folded}{address}{self.linesep}"

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("ascii")


_POLICY = _Headed(linesep="\r\n")


class Letterbox(Protocol):
    """Takes mails."""

    def deliver(self, message: EmailMessage) -> None:
        """Hand the mail over, whole. Raises MailNotDelivered."""


def build(
    *,
    to_name: str,
    to_email: str,
    composed: Composed,
    key: str,
    sender: str,
    reply_to: str,
    bid_reference: str | None = None,
    attachments: Sequence[Attachment] = (),
    base_url: str,
    at: datetime,
) -> EmailMessage:
    """One mail, ready for a letterbox: plain text, the same as HTML, and the files.

    The key gives the Message-ID, so that a mail sent twice is known as one; the mails of a bid hang together.
    `sender` and `reply_to` are an address or `Name <address>`; an empty `reply_to` leaves the header out.
    `at` becomes the date. Raises AddressRefused, and ValueError for an `at` without a zone.
    """
    if at.tzinfo is None:
        raise ValueError("A mail's date needs a zone: give the moment in UTC.")
    message = EmailMessage(policy=_POLICY)
    message["From"] = named(sender)
    message["To"] = _addressed(to_name, to_email)
    if reply_to:
        message["Reply-To"] = named(reply_to)
    message["Subject"] = _head(composed.subject)
    message["Date"] = at.astimezone(UTC)
    host = _host(base_url)
    message["Message-ID"] = f"<{_slug(key)}.{hashlib.sha256(key.encode()).hexdigest()[:20]}@{host}>"
    if bid_reference:
        thread = f"<bid.{_slug(bid_reference)}@{host}>"
        message["In-Reply-To"] = thread
        message["References"] = thread
    message["Auto-Submitted"] = "auto-generated"
    # Any server takes quoted-printable unchanged, and a person can read it in the file.
    message.set_content(composed.text, cte="quoted-printable")
    message.add_alternative(composed.html, subtype="html", cte="quoted-printable")
    for one in attachments:
        kind, _, subtype = one.media_type.partition("/")
        if not re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", one.media_type):
            raise ValueError(f"{one.media_type!r} is no media type such as application/pdf.")
        message.add_attachment(one.content, maintype=kind, subtype=subtype, filename=_file_name(one.name))
    return message


def named(text: str) -> Address:
    """The address in `someone@example.org` or `Name <someone@example.org>`. Raises AddressRefused."""
    name, address = parseaddr(clean(text))
    return _addressed(name, address)


def _addressed(name: str, email: str) -> Address:
    local, at, domain = email.strip().rpartition("@")
    try:
        domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        domain = ""
    fits = len(local) <= 64 and len(domain) <= 253
    if not (at and fits and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)):
        raise AddressRefused(
            f"No mail can go to {clean(email)[:80]!r}. An address looks like name@example.org,"
            " in plain letters."
        )
    return Address(_head(name)[:_NAME_CHARACTERS].strip(), username=local, domain=domain)


def _head(text: str) -> str:
    # What looks like an encoded word would be decoded by the reader's program.
    return clean(text).replace("=?", "= ?")


def _host(base_url: str) -> str:
    host = urlsplit(base_url).hostname or ""
    return host if _DOMAIN.fullmatch(host) else "fund.invalid"


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")[:60] or "mail"


def _file_name(name: str) -> str:
    return re.sub(r'[/\\:*?"<>|]+', "-", clean(name)).strip(". ")[:120] or "file"


@dataclass(frozen=True)
class Folder:
    """A letterbox that is a folder: each mail an .eml file, named by its date in UTC and its key."""

    path: Path

    def deliver(self, message: EmailMessage) -> None:
        """Put the mail in as a file, whole or not at all; one with the same date and key takes its place."""
        moment = message["Date"].datetime.astimezone(UTC)
        key = re.sub(r"[^A-Za-z0-9.-]+", "-", str(message["Message-ID"]).strip("<>").partition("@")[0])
        try:
            # Mails hold sign-in links: nobody else on the machine needs to read them.
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            with placing(self.path / f"{moment:%Y%m%dT%H%M%SZ}-{key}.eml") as temporary:
                temporary.write_bytes(message.as_bytes())
        except (OSError, FileRefused) as trouble:
            raise MailNotDelivered(
                f"The mail could not be put into the folder {self.path}: {trouble}", permanent=False
            ) from trouble


@dataclass(frozen=True)
class Server:
    """A letterbox that is a mail server; `scheme` is smtp, smtps or smtp+starttls."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = ""
    time_out: float = TIME_OUT

    def __repr__(self) -> str:
        return f"Server({self.scheme}://{self.host}:{self.port})"

    def deliver(self, message: EmailMessage) -> None:
        """Send the mail. What the server refuses for good is permanent; what ails the way there is not."""
        where = f"The mail server {self.host}:{self.port}"
        try:
            server = self._connected()
            try:
                if self.user:
                    server.login(self.user, self.password)
                to = [address.addr_spec for address in message["To"].addresses]
                server.send_message(message, message["From"].addresses[0].addr_spec, to)
                # Taken is taken: a bad farewell must not send the mail again.
                with suppress(smtplib.SMTPException, OSError):
                    server.quit()
            finally:
                server.close()
        except smtplib.SMTPRecipientsRefused as trouble:
            code, said = next(iter(trouble.recipients.values()))
            raise _refused(f"{where} does not take mail for {message['To']}", code, said) from trouble
        except smtplib.SMTPAuthenticationError as trouble:
            # The mail is sound: it goes once the settings are mended.
            sentence = f"{where} refused the sign-in. Check the name and password in MAIL_URL."
            raise MailNotDelivered(sentence, permanent=False) from trouble
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as trouble:
            raise _refused(f"{where} refused the mail", trouble.smtp_code, trouble.smtp_error) from trouble
        except (smtplib.SMTPException, OSError) as trouble:
            why = _line(str(trouble)) or type(trouble).__name__
            raise MailNotDelivered(f"{where} could not be used: {why}", permanent=False) from trouble

    def _connected(self) -> smtplib.SMTP:
        if self.scheme == "smtps":
            secure = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, timeout=self.time_out, context=secure)
        server = smtplib.SMTP(self.host, self.port, timeout=self.time_out)
        if self.scheme == "smtp+starttls":
            try:
                server.starttls(context=ssl.create_default_context())
            except BaseException:
                server.close()
                raise
        return server


def _refused(what: str, code: int, said: bytes | str) -> MailNotDelivered:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return MailNotDelivered(f"{what}: {code} {_line(words)}".rstrip(), permanent=code >= 500)


def _line(text: str) -> str:
    return clean(text)[:300]


def open_letterbox(mail_url: str) -> Letterbox:
    """The letterbox that MAIL_URL names; nothing is opened or made before the first mail.

    `file:/path` · `smtp://user:password@host:port` · `smtps://…` · `smtp+starttls://…`; name and password
    percent-encoded where they hold signs of their own, the port left out for the usual one (25, 465, 587).
    Raises MailUrlRefused.
    """
    try:
        parts = urlsplit(mail_url)
        port = parts.port
    except ValueError:
        raise MailUrlRefused("MAIL_URL cannot be read: its host or port is not written rightly.") from None
    if parts.scheme == "file" and parts.netloc in ("", "localhost") and parts.path:
        return Folder(Path(unquote(parts.path)))
    if parts.scheme in _PORTS and parts.hostname:
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        if not (user + password).isascii():
            raise MailUrlRefused(
                "The name and password in MAIL_URL must be plain ASCII: mail servers take no more."
            )
        return Server(parts.scheme, parts.hostname, port or _PORTS[parts.scheme], user, password)
    raise MailUrlRefused(
        "MAIL_URL names no letterbox. Write file:/path/to/a/folder, or smtp://user:password@host:port"
        " (or smtps:// or smtp+starttls://)."
    )
