"""What is held of one person, as a ZIP that is written as it is read: a page to read, JSON to use, the files."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Any

import orjson

#: Files that are packed already are put in as they are.
_PACKED = (".pdf", ".jpg", ".jpeg", ".png", ".docx", ".xlsx", ".zip")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of one kind: its name, what it is in words, why it is kept and how long; rows as plain values, read as they come."""

    name: str
    title: str
    why: str
    how_long: str
    rows: Iterable[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Content:
    """A file: where it goes in the ZIP, and its bytes piece by piece."""

    path: str
    pieces: Iterable[bytes]


@dataclass(slots=True)
class _Sink(io.RawIOBase):
    """What the ZIP is written to: it is handed on as soon as it is there, so that nothing gathers."""

    pieces: list[bytes] = field(default_factory=list)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.pieces.append(bytes(data))
        return len(data)

    def taken(self) -> Iterator[bytes]:
        """What was written since it was last asked."""
        pieces, self.pieces = self.pieces, []
        yield from pieces


def stream(
    name: str, day: str, read_me: str, sheets: Iterable[Sheet], contents: Iterable[Content]
) -> Iterator[bytes]:
    """The bytes of the ZIP: README.txt, summary.html, data/<sheet>.json, then the files.

    The page is written after the sheets were read once, row by row into a file of its own: memory stays flat.
    """
    import tempfile

    sink = _Sink()
    with (
        zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as packed,
        tempfile.TemporaryFile() as page,
    ):
        packed.writestr("README.txt", read_me)
        yield from sink.taken()
        page.write(_HEAD.format(name=escape(name), day=escape(day)).encode())
        for sheet in sheets:
            yield from _sheet(packed, sink, page, sheet)
        page.write(b"</main></body></html>\n")
        page.seek(0)
        with packed.open("summary.html", "w", force_zip64=True) as entry:
            while piece := page.read(64 * 1024):
                entry.write(piece)
                yield from sink.taken()
        used: set[str] = set()
        for content in contents:
            yield from _content(packed, sink, content, used)
    yield from sink.taken()


def _sheet(packed: zipfile.ZipFile, sink: _Sink, page: Any, sheet: Sheet) -> Iterator[bytes]:
    count = 0
    with packed.open(f"data/{sheet.name}.json", "w", force_zip64=True) as entry:
        entry.write(b"[")
        for row in sheet.rows:
            entry.write((b",\n" if count else b"\n") + orjson.dumps(row))
            if not count:
                page.write(_section(sheet).encode())
            page.write(_row(row).encode())
            count += 1
            yield from sink.taken()
        entry.write(b"\n]\n")
    yield from sink.taken()


def _content(packed: zipfile.ZipFile, sink: _Sink, content: Content, used: set[str]) -> Iterator[bytes]:
    path = _own_path(content.path, used)
    info = zipfile.ZipInfo(path)
    info.compress_type = zipfile.ZIP_STORED if path.lower().endswith(_PACKED) else zipfile.ZIP_DEFLATED
    with packed.open(info, "w", force_zip64=True) as entry:
        for piece in content.pieces:
            entry.write(piece)
            yield from sink.taken()
    yield from sink.taken()


def _own_path(path: str, used: set[str]) -> str:
    """A path that leads nowhere but into the folder it names, and is nobody else's. No part of it leads up or is empty."""
    *folders, name = (re.sub(r"[^\w .()-]", "_", part).strip(". ")[:120] for part in path.split("/"))
    folder, plain = "/".join(part for part in folders if part), name or "file"
    chosen, number = f"{folder}/{plain}", 1
    while chosen.lower() in used:
        number += 1
        chosen = f"{folder}/{number}-{plain}"
    used.add(chosen.lower())
    return chosen


_HEAD = """<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>What the fund holds about {name}</title>
<style>body{{font:1.0625rem/1.5 Georgia,serif;margin:0 auto;max-width:44rem;padding:1.5rem;color:#1d1a16;background:#fff}}
h1,h2{{line-height:1.2}}dl{{border-top:1px solid #c9c2b5;padding-top:.75rem;margin:0 0 1.25rem}}dt{{font-weight:bold}}
dd{{margin:0 0 .5rem;overflow-wrap:anywhere;white-space:pre-wrap}}.why{{color:#5b544a}}</style></head>
<body><main><h1>What the fund holds about {name}</h1><p>As it stood on {day}. README.txt says what is left out, and why.</p>
"""


def _section(sheet: Sheet) -> str:
    title = sheet.title[:1].upper() + sheet.title[1:]
    return f'<h2>{escape(title)}</h2>\n<p class="why">{escape(sheet.why)} {escape(sheet.how_long)}</p>\n'


def _row(row: dict[str, Any]) -> str:
    parts = [
        f"<dt>{escape(name.replace('_', ' ').capitalize())}</dt><dd>{escape(_words(value))}</dd>"
        for name, value in row.items()
        if value not in (None, "", [], {})
    ]
    return f"<dl>{''.join(parts)}</dl>\n"


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "\n".join(f"{key}: {_words(each)}" for key, each in value.items())
    if isinstance(value, list):
        return "\n".join(_words(each) for each in value)
    return str(value)
