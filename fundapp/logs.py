"""Logs: a line for each request and each job, as JSON or as plain text, with the number that holds one story together."""

import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import orjson

#: What a request id from outside may be; whatever else comes under that name is thrown away.
REQUEST_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")

#: What a person typed or was sent has no place in a log: addresses, and words so long and mixed that they open something.
_ADDRESS: Final = re.compile(r"[^\s<>@'\"(),:;=]+@[^\s<>@'\"(),:;=]+")
_SECRET: Final = re.compile(
    r"(?<![\w./-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{24,}|(?<=/)(?=[\w-]*\d)[\w-]{24,}"
)
_HASH: Final = re.compile(r"[0-9a-f]{64}")

#: Lines of the code that a failure is told by, the innermost.
_PLACES: Final = 12


@dataclass(slots=True)
class Story:
    """What runs now: the number of the request that it began with, and how often it asked the database."""

    request_id: str | None = None
    statements: int = 0


_story: ContextVar[Story | None] = ContextVar("story", default=None)


@contextmanager
def told_as(request_id: str | None) -> Iterator[Story]:
    """Everything logged, and every effect asked for, until the end of the block belongs to that request."""
    token = _story.set(Story(request_id))
    try:
        story = _story.get()
        assert story is not None
        yield story
    finally:
        _story.reset(token)


def begin(request_id: str) -> Story:
    """The same until `end` in this thread, for a server whose requests begin and end in hooks."""
    story = Story(request_id)
    _story.set(story)
    return story


def end() -> None:
    """What comes now belongs to no request."""
    _story.set(None)


def request_id() -> str | None:
    """The number of the request that is being answered, or that asked for the effect in hand."""
    story = _story.get()
    return story.request_id if story is not None else None


def count_statement() -> None:
    """One more statement to the database."""
    story = _story.get()
    if story is not None:
        story.statements += 1


def scrubbed(words: str) -> str:
    """The words without addresses of people and without anything that may open a door. A SHA-256 stays: it names a file."""
    words = _ADDRESS.sub("[address]", words)
    return _SECRET.sub(lambda found: found[0] if _HASH.fullmatch(found[0]) else "[hidden]", words)


class JsonLines(logging.Formatter):
    """One JSON object a line.

    Of a failure only its kind and its places in the code: its words may hold what somebody typed. What an effect failed
    of stands in full on the officer's desk.
    """

    def format(self, record: logging.LogRecord) -> str:
        """See logging.Formatter.format."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "message": scrubbed(record.getMessage()),
        }
        number = request_id()
        if number is not None:
            line["request_id"] = number
        line |= getattr(record, "told", {})
        if record.exc_info and record.exc_info[1] is not None:
            line["failure"] = _failure(record.exc_info[1])
        return orjson.dumps(line, default=str).decode()


class PlainLines(logging.Formatter):
    """For somebody who reads along: time, level, words, then what else is known, and the whole of a failure."""

    def format(self, record: logging.LogRecord) -> str:
        """See logging.Formatter.format."""
        time = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        told = "".join(f" {name}={value}" for name, value in getattr(record, "told", {}).items())
        line = f"{time} {record.levelname.lower():7} {record.name}: {record.getMessage()}{told}"
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return line


def install(form: str, level: str = "info") -> None:
    """Send every log of this process to standard error, as `json` or `plain`, from this level on. Harmless to repeat."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else PlainLines())
    root = logging.getLogger()
    for old in [one for one in root.handlers if getattr(one, "of_fund", False)]:
        root.removeHandler(old)
    handler.of_fund = True  # type: ignore[attr-defined]
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("fundapp").setLevel(level.upper())
    for name in ("gunicorn.error", "gunicorn.access"):
        theirs = logging.getLogger(name)
        theirs.handlers.clear()
        theirs.propagate = True
    threading.excepthook = _thread_broke
    # Libraries that make papers tell of each font.
    for name in ("fontTools", "weasyprint", "pyhanko"):
        logging.getLogger(name).setLevel(logging.ERROR)


def _thread_broke(broke: Any) -> None:
    logging.getLogger(__name__).error("a thread broke", exc_info=broke.exc_value)


def _failure(failure: BaseException) -> dict[str, Any]:
    """Its kind, the state that the database gave, and the places in the code, the innermost last."""
    frames = traceback.extract_tb(failure.__traceback__)[-_PLACES:]
    told: dict[str, Any] = {
        "kind": f"{type(failure).__module__}.{type(failure).__qualname__}",
        "at": [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames],
    }
    state = getattr(getattr(failure, "orig", failure), "sqlstate", None)
    if state:
        told["sqlstate"] = state
    if failure.__cause__ is not None:
        told["because_of"] = f"{type(failure.__cause__).__module__}.{type(failure.__cause__).__qualname__}"
    return told


def _short(path: str) -> str:
    """The file without the folders before the package that it belongs to."""
    for mark in ("site-packages/", "/fundapp/", "/workflows/"):
        _before, found, rest = path.rpartition(mark)
        if found:
            return (mark.strip("/") + "/" if mark.startswith("/") else "") + rest
    return path.rpartition("/")[2]
