"""Pictures held against their own structure: whole to the end mark, and nothing glued behind it."""

import re
import struct
import zlib

from fundapp.intake.flaws import Flaw

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"

#: What a phone may leave behind a photograph's end, in bytes; videos and second pictures are looked at themselves.
_SMALL = 4096
#: Samsung's own block behind a photograph ends so.
_SAMSUNG, _SAMSUNG_MOST = b"SEFT", 64 * 1024
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")
#: In entropy-coded data a marker is an FF that is neither stuffed (00), a restart (D0 to D7) nor a filler (FF).
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_FOREIGN = re.compile(rb"MZ|\x7fELF|%PDF|PK\x03\x04|Rar!|7z\xbc\xaf|GIF8|\xca\xfe\xba\xbe|#!|<", re.I)


def is_heif(data: bytes) -> bool:
    """Whether a file begins as the photographs of newer phones do."""
    if data[4:8] != b"ftyp" or data[8:12] in (b"avif", b"avis"):
        return False
    size = int.from_bytes(data[:4], "big")
    brands = data[8 : min(size, 256)]
    return any(brands[at : at + 4] in _HEIF_BRANDS for at in (0, *range(8, len(brands), 4)))


def check_png(data: bytes) -> None:
    """Every chunk with its sum, from IHDR to IEND. Raises Flaw."""
    at, seen = len(PNG), []
    while True:
        head = data[at : at + 8]
        if len(head) < 8:
            raise Flaw("damaged")
        size, name = struct.unpack(">I4s", head)
        end = at + 12 + size
        if end > len(data):
            raise Flaw("damaged")
        if zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
            raise Flaw("damaged")
        seen.append(name)
        at = end
        if name == b"IEND":
            break
    if seen[0] != b"IHDR" or b"IDAT" not in seen:
        raise Flaw("damaged")
    if data[at:].strip(b"\0\r\n "):
        raise Flaw("polyglot")


def check_jpeg(data: bytes) -> None:
    """Every segment from the first mark to the last, and what a phone puts behind it. Raises Flaw."""
    at = _jpeg_end(data, 0)
    while rest := data[at : at + _SMALL].lstrip(b"\0\r\n "):
        begins = data.index(rest[:1], at)
        if data[at + 4 : at + 8] == b"ftyp":  # the short film of a moving photograph
            _boxes(data, at)
            return
        if data.startswith(JPEG, begins):  # a second picture, as phones with two lenses put there
            at = _jpeg_end(data, begins)
        elif _harmless(data, begins):
            return
        else:
            raise Flaw("polyglot")
    if data[at:].strip(b"\0\r\n "):
        raise Flaw("polyglot")


def _harmless(data: bytes, at: int) -> bool:
    """Whether what stands behind a photograph is what its phone notes there."""
    left = len(data) - at
    if data.endswith(_SAMSUNG):
        return left <= _SAMSUNG_MOST
    return left <= _SMALL and not _FOREIGN.search(data, at)


def _jpeg_end(data: bytes, at: int) -> int:
    """Where the picture that begins at a place ends."""
    at += 2
    scanned = False
    while True:
        while data[at : at + 2] == b"\xff\xff":
            at += 1
        mark = data[at : at + 2]
        if len(mark) < 2 or mark[0] != 0xFF:
            raise Flaw("damaged")
        at += 2
        if mark[1] == 0xD9:
            if not scanned:
                raise Flaw("damaged")
            return at
        if mark[1] == 0x01 or 0xD0 <= mark[1] <= 0xD7:
            continue
        if mark[1] in (0x00, 0xD8):
            raise Flaw("damaged")
        size = int.from_bytes(data[at : at + 2], "big")
        if size < 2 or at + size > len(data):
            raise Flaw("damaged")
        at += size
        if mark[1] == 0xDA:
            scanned = True
            found = _MARKER.search(data, at)
            if found is None:
                raise Flaw("damaged")
            at = found.start()


def check_webp(data: bytes) -> None:
    """The RIFF block as long as it says, its chunks to the end. Raises Flaw."""
    whole = int.from_bytes(data[4:8], "little") + 8
    if whole > len(data):
        raise Flaw("damaged")
    if data[whole:].strip(b"\0"):
        raise Flaw("polyglot")
    at, seen = 12, set()
    while at < whole:
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8 + size + (size & 1)
        if len(name) < 4 or at > whole + 1:
            raise Flaw("damaged")
        seen.add(name)
    if not seen & {b"VP8 ", b"VP8L", b"ANMF"}:
        raise Flaw("damaged")


def check_heif(data: bytes) -> None:
    """Boxes one behind another to the very end, with the picture's description and its data. Raises Flaw."""
    seen = _boxes(data, 0)
    if b"meta" not in seen or not seen & {b"mdat", b"idat"}:
        raise Flaw("damaged")


def _boxes(data: bytes, at: int) -> set[bytes]:
    """The names of the boxes from a place to the end."""
    seen = set()
    while at < len(data):
        size, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        head = 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif size == 0:
            size = len(data) - at
        if at + size > len(data) and _FOREIGN.match(data, at):
            raise Flaw("polyglot")
        if size < head or len(name) < 4 or at + size > len(data) or not all(0x20 <= b < 0x7F for b in name):
            raise Flaw("damaged")
        seen.add(name)
        at += size
    return seen
