"""A file that somebody hands in, judged by what it holds and never by what it calls itself."""

import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from fundapp.intake import archives, pictures, writings
from fundapp.intake.flaws import Flaw

#: The largest file that is taken, in bytes.
MOST_BYTES: Final = 8 * 1024 * 1024

#: What is taken: the usual ending of its name, and its media type.
KINDS: Final[dict[str, str]] = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "heic": "image/heic",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "txt": "text/plain",
    "csv": "text/csv",
    "eml": "message/rfc822",
}
#: Other endings of the same kinds.
_SAME: Final = {"jpeg": "jpg", "jpe": "jpg", "jfif": "jpg", "heif": "heic", "hif": "heic", "text": "txt"}
_MACRO_NAMES: Final = frozenset({"docm", "dotm", "xlsm", "xltm", "xlam", "xlsb", "pptm"})
_MARKUP_NAMES: Final = frozenset(
    {"html", "htm", "xhtml", "xht", "shtml", "svg", "svgz", "mht", "mhtml", "xml"}
)
_TEXTS: Final = ("txt", "csv")

#: Windows opens these as devices, whatever follows the dot.
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.I)
_LONGEST, _LONGEST_BYTES = 100, 200
#: Much longer than any signature, much shorter than a file: what is looked at to name a kind that is not taken.
_NAMING: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file that is taken: its media type and usual ending by its content, and a name that is safe to show."""

    media_type: str
    extension: str
    name: str


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Why a file is not taken: a code of fundapp.words.files, and its parameters, the `name` among them."""

    code: str
    params: Mapping[str, Any]


def judge(
    name: str, content: BinaryIO | bytes, *, most: int = MOST_BYTES, mails: bool = False
) -> Accepted | NotTaken:
    """Whether a file is taken, and as what. `most` bytes are read at the most; the stream is left at its start.

    `mails`: a mail saved as .eml is taken too. Never raises for what a file holds or is called.
    """
    shown = clean_name(name)
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if not size:
        return NotTaken("empty", {"name": shown})
    if size > most:
        return NotTaken("too_big", {"name": shown, "most": most // (1024 * 1024)})
    data = stream.read(most)
    stream.seek(0)
    ending = _ending(shown)
    try:
        kind = _kind_of(data, _SAME.get(ending, ending), mails)
    except Flaw as flaw:
        return NotTaken(flaw.code, {"name": shown, **flaw.params})
    if not ending:
        shown = f"{shown}.{kind}"
    return Accepted(KINDS[kind], kind, shown)


def clean_name(name: str) -> str:
    """A name that can be shown, saved anywhere and put in a header: never empty, no path, one line, 100 signs."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    # Marks that turn the direction of writing, joiners, halves of signs and controls: nobody sees them in a name.
    seen = "".join(
        sign if unicodedata.category(sign)[0] != "C" else " " if sign.isspace() else "" for sign in last
    )
    seen = re.sub(r'[<>:"|?*]', "-", " ".join(seen.split())).strip(". ")
    if not seen or not re.search(r"\w", seen):
        return "file"
    if _RESERVED.match(seen):
        seen = f"file-{seen}"
    stem, dot, ending = seen.rpartition(".")
    if not dot or len(ending) > 10:
        stem, dot, ending = seen, "", ""
    room = _LONGEST_BYTES - len((dot + ending).encode())
    stem = stem[: _LONGEST - len(dot + ending)].encode()[:room].decode(errors="ignore").strip(". ")
    return f"{stem or 'file'}{dot}{ending}"


def _ending(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem and re.fullmatch(r"[A-Za-z0-9]{1,10}", ending) else ""


def _kind_of(data: bytes, ending: str, mails: bool) -> str:
    """The kind that the content has and the name agrees with. Raises Flaw."""
    if writings.runs(data) or ending in writings.RUN_BY_NAME:
        raise Flaw("executable")
    if ending in _MACRO_NAMES:
        raise Flaw("macro")
    kind = _binary_kind(data)
    if kind is None:
        return _text_kind(data, ending, mails)
    if ending and ending != kind:
        raise Flaw("renamed", kind=kind, ending=ending)
    return kind


#: What begins so, what it is, and what must hold of the whole of it.
_BINARY: Final[tuple[tuple[bytes, str, Callable[[bytes], None]], ...]] = (
    (writings.PDF, "pdf", writings.check_pdf),
    (pictures.JPEG, "jpg", pictures.check_jpeg),
    (pictures.PNG, "png", pictures.check_png),
)


def _binary_kind(data: bytes) -> str | None:
    """The kind of a file that is no text; None for what may be text. Raises Flaw."""
    if data.startswith(archives.ZIP):
        if writings.PDF in data[:1024] or writings.MARKUP.search(data[:1024]):
            raise Flaw("polyglot")
        kind = archives.kind_of(data)
        if not kind:
            raise Flaw("unknown", seen="ZIP")
        return kind
    if data.startswith(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    ):  # Office before 2007, and newer files with a password
        raise Flaw("locked" if "EncryptedPackage".encode("utf-16-le") in data else "old_office")
    for start, kind, check in (*_BINARY, *_more(data)):
        if data.startswith(start):
            check(data)
            if zipfile.is_zipfile(io.BytesIO(data)) or writings.MARKUP.search(data):
                raise Flaw("polyglot")
            return kind
    if writings.PDF in data[:1024] and b"%%EOF" in data:
        raise Flaw("polyglot")
    return None


def _more(data: bytes) -> tuple[tuple[bytes, str, Callable[[bytes], None]], ...]:
    """Kinds that are not known by their first bytes alone."""
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return ((b"RIFF", "webp", pictures.check_webp),)
    return ((data[:4], "heic", pictures.check_heif),) if pictures.is_heif(data) else ()


def _text_kind(data: bytes, ending: str, mails: bool) -> str:
    words = writings.words_of(data)
    if words is None:
        if ending in _TEXTS:
            raise Flaw("not_text")
        raise (
            Flaw("damaged")
            if ending in KINDS and ending != "eml"
            else Flaw("unknown", seen=_name_of(data, ending))
        )
    if ending == "eml":
        if not mails:
            raise Flaw("unknown", seen="EML")
        writings.check_mail(data)
        return "eml"
    if writings.MARKUP.search(data) or ending in _MARKUP_NAMES or words.lstrip().startswith("<?xml"):
        raise Flaw("markup")
    if zipfile.is_zipfile(io.BytesIO(data)):
        raise Flaw("polyglot")
    if not ending or ending in _TEXTS:
        return ending or "txt"
    if ending in KINDS:
        raise Flaw("renamed", kind="txt", ending=ending)
    raise Flaw("unknown", seen=ending.upper())


def _name_of(data: bytes, ending: str) -> str:
    """What a kind that is not taken is called, for the sentence."""
    import puremagic

    try:
        found: str = puremagic.from_string(data[:_NAMING])
    except (
        ValueError,
        LookupError,
        TypeError,
        OSError,
        ArithmeticError,
        RuntimeError,
    ):  # it meets broken files too
        found = ""
    return found.strip(".").upper() or ending.upper() or "?"
