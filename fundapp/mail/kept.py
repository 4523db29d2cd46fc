"""Mails that a folder keeps, read back for a page that shows them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import cast

_NAME = re.compile(r"[0-9]{8}T[0-9]{6}Z-[A-Za-z0-9.-]+")


@dataclass(frozen=True)
class KeptMail:
    """A mail in the folder: `id` is its file's name without the ending, `to` as written, `date` in UTC."""

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


def read_mail(path: Path, id: str) -> KeptMail | None:
    """One mail of a folder by its id; None when there is none, or the id is none that a mail can have."""
    message = _message(path, id)
    if message is None:
        return None
    return KeptMail(
        id=id,
        subject=str(message["Subject"]),
        to=str(message["To"]),
        date=message["Date"].datetime.astimezone(UTC),
        text=_part(message, "plain"),
        html=_part(message, "html"),
        attachments=tuple(part.get_filename() or "" for part in message.iter_attachments()),
    )


def read_attachment(path: Path, id: str, number: int) -> tuple[str, str, bytes] | None:
    """Name, media type and bytes of a mail's attachment, counted from 0; None when there is none."""
    message = _message(path, id)
    found = list(message.iter_attachments()) if message is not None else []
    if not 0 <= number < len(found):
        return None
    part = found[number]
    return part.get_filename() or "", part.get_content_type(), cast(bytes, part.get_payload(decode=True))


def _message(path: Path, id: str) -> EmailMessage | None:
    if not _NAME.fullmatch(id):
        return None
    try:
        raw = (path / f"{id}.eml").read_bytes()
    except FileNotFoundError:
        return None
    return message_from_bytes(raw, policy=default)


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return str(body.get_content()) if body is not None else ""
