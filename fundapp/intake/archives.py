"""Office files, which are ZIP archives: what they hold, how much it unpacks to, and that none of it runs."""

import io
import re
import zipfile
import zlib
from typing import Final

from fundapp.intake.flaws import Flaw

#: What one file may unpack to, files inside it counted in; how much smaller a part may be packed than it is.
MOST_UNPACKED: Final = 100 * 1024 * 1024
MOST_RATIO: Final = 100
MOST_MEMBERS: Final = 2000
#: Archives within archives: a spreadsheet in a document is usual, one more inside that is not.
MOST_DEPTH: Final = 2

ZIP = b"PK\x03\x04"
_END, _END_SIZE = b"PK\x05\x06", 22
#: Below this a part cannot hurt, however well it packs.
_SMALL = 64 * 1024
_PIECE = 256 * 1024
_DESCRIPTIONS = 1024 * 1024

_DOCX = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_XLSX = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_ODF = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
}
_MACROS = re.compile(r"(^|/)(vbaproject\.bin|vbadata\.xml)$|(^|/)activex/|^(basic|scripts)/", re.I)
_RUNS = (b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
# What the standard library raises on archives that are broken or made up; RuntimeError also for what it cannot unpack.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, LookupError, ArithmeticError, RuntimeError,
)  # fmt: skip


def kind_of(data: bytes) -> str:
    """`docx`, `xlsx`, `odt` or `ods` of an archive that is whole and harmless; empty for any other. Raises Flaw."""
    try:
        return _kind_of(data)
    except _BROKEN:
        raise Flaw("damaged") from None


def _kind_of(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        _look_over(parts)
        if min((part.header_offset for part in parts), default=1) or data[-_END_SIZE:][:4] != _END:
            raise Flaw("polyglot")
        names = {part.filename for part in parts}
        kind = _described(archive, names)
        if any(_MACROS.search(name) for name in names):
            raise Flaw("macro")
        _unpack(archive, [MOST_UNPACKED], 1)
        return kind


def _described(archive: zipfile.ZipFile, names: set[str]) -> str:
    """What the archive says it is."""
    if "mimetype" in names:
        kind = _ODF.get(_start(archive, "mimetype").strip(), "")
        if kind and b"encryption-data" in _start(archive, "META-INF/manifest.xml"):
            raise Flaw("locked")
        return kind if "content.xml" in names else ""
    if "[Content_Types].xml" not in names:
        return ""
    types = _start(archive, "[Content_Types].xml")
    if b"macroenabled" in types.lower() or b"vbaproject" in types.lower():
        raise Flaw("macro")
    if _DOCX in types and any(name.startswith("word/") for name in names):
        return "docx"
    return "xlsx" if _XLSX in types and any(name.startswith("xl/") for name in names) else ""


def _start(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(_DESCRIPTIONS)


def _look_over(parts: list[zipfile.ZipInfo]) -> None:
    """The list of parts alone, before any is unpacked."""
    if len(parts) > MOST_MEMBERS:
        raise Flaw("bomb")
    for part in parts:
        if part.flag_bits & 0x1:
            raise Flaw("locked")
        name = part.orig_filename.replace("\\", "/")
        if (
            name.startswith("/")
            or re.match(r"[A-Za-z]:", name)
            or ".." in name.split("/")
            or not name.isprintable()
        ):
            raise Flaw("hostile_names")
        if part.file_size > _SMALL and part.file_size > MOST_RATIO * max(part.compress_size, 1):
            raise Flaw("bomb")
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Flaw("bomb")


def _unpack(archive: zipfile.ZipFile, left: list[int], depth: int) -> None:
    """Every part to its end, counted as it really unpacks; `left` is what may still come."""
    for part in archive.infolist():
        with archive.open(part) as stream:
            start = stream.read(_PIECE)
            if start.startswith(_RUNS):
                raise Flaw("executable")
            if start.startswith(ZIP):
                if depth >= MOST_DEPTH:
                    raise Flaw("bomb")
                inner = io.BytesIO(start + stream.read())
                left[0] -= inner.getbuffer().nbytes
                with zipfile.ZipFile(inner) as nested:
                    _look_over(nested.infolist())
                    if any(_MACROS.search(name) for name in nested.namelist()):
                        raise Flaw("macro")
                    _unpack(nested, left, depth + 1)
                continue
            left[0] -= len(start)
            while piece := stream.read(_PIECE):
                left[0] -= len(piece)
                if left[0] < 0:
                    raise Flaw("bomb")
        if left[0] < 0:
            raise Flaw("bomb")
