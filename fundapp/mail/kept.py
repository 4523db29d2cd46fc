"""Mails that a folder keeps, read back for a page that shows them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import compat32, default
from email.utils import parseaddr
from pathlib import Path
from typing import cast
from urllib.parse import unquote, urlsplit

_NAME = re.compile(r"[0-9]{8}T[0-9]{6}Z-[A-Za-z0-9.-]+")


@dataclass(frozen=True)
class KeptMail:
    """A mail in the folder: `id` is its file's name without .eml, `to` `Name <address>`, `date` in UTC."""

    id: str
    subject: str
    to: str
    date: datetime
    text: str
    html: str
    attachments: tuple[str, ...]


def read_folder(path: Path, limit: int = 200) -> list[KeptMail]:
    """The newest mails of a folder, newest first; none when there is no such folder.

    A mail that was delivered twice (one key, two dates) stands there once, as it last came.
    """
    if not path.is_dir():
        return []
    names = sorted((one.stem for one in path.glob("*.eml") if _NAME.fullmatch(one.stem)), reverse=True)
    once: dict[str, str] = {}
    for name in names:
        once.setdefault(name.partition("-")[2], name)
    return [mail for name in list(once.values())[:limit] if (mail := read_mail(path, name)) is not None]


def folder_of(mail_url: str) -> Path | None:
    """The folder that a MAIL_URL names, or None where mails are sent for good."""
    parts = urlsplit(mail_url)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


def forget(path: Path, words: Sequence[str]) -> int:
    """Delete every mail of a folder that holds one of these words anywhere in its head or text; how many."""
    wanted, gone = [word.lower() for word in words if word], 0
    for file in sorted(path.glob("*.eml")) if path.is_dir() and wanted else ():
        mail = read_mail(path, file.stem)
        if mail is None:
            continue
        told = f"{mail.subject}\n{mail.to}\n{mail.text}\n{mail.html}".lower()
        if any(word in told for word in wanted):
            file.unlink(missing_ok=True)
            gone += 1
    return gone


def read_mail(path: Path, id: str) -> KeptMail | None:
    """One mail of a folder by its id; None when there is none, or the id is none that a mail can have."""
    raw = _raw(path, id)
    if raw is None:
        return None
    message = message_from_bytes(raw, policy=default)
    return KeptMail(
        id=id,
        subject=str(message["Subject"]),
        to=_receiver(raw),
        date=message["Date"].datetime.astimezone(UTC),
        text=_part(message, "plain"),
        html=_part(message, "html"),
        attachments=tuple(part.get_filename() or "" for part in message.iter_attachments()),
    )


def read_attachment(path: Path, id: str, number: int) -> tuple[str, str, bytes] | None:
    """Name, media type and bytes of a mail's attachment, counted from 0; None when there is none."""
    raw = _raw(path, id)
    found = [] if raw is None else list(message_from_bytes(raw, policy=default).iter_attachments())
    if not 0 <= number < len(found):
        return None
    part = found[number]
    return part.get_filename() or "", part.get_content_type(), cast(bytes, part.get_payload(decode=True))


def _raw(path: Path, id: str) -> bytes | None:
    if not _NAME.fullmatch(id):
        return None
    try:
        return (path / f"{id}.eml").read_bytes()
    except FileNotFoundError:
        return None


def _receiver(raw: bytes) -> str:
    # The newer parser keeps the blanks between the encoded words of a name, against RFC 2047.
    name, address = parseaddr(BytesHeaderParser(policy=compat32).parsebytes(raw)["To"])
    return f"{make_header(decode_header(name))} <{address}>" if name else address


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return str(body.get_content()).replace("\r\n", "\n") if body is not None else ""
