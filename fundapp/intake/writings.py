"""PDF files, plain text and mails held against what they must be."""

import re
from email import message_from_bytes
from email.errors import MessageError

from fundapp.intake.flaws import Flaw

PDF = b"%PDF-"
#: What a browser would take for a page or run, in a file that is none.
MARKUP = re.compile(rb"<(?:script|html|iframe|svg|!doctype\s+html|\?php)[\s>/]", re.I)
#: Programs for any machine, by their first bytes.
RUNS = (
    b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xca\xfe\xba\xbe",
    b"\x00asm", b"dex\n", b"#!", b"L\x00\x00\x00\x01\x14\x02\x00",
)  # fmt: skip
#: Names that a machine would run, whatever the file holds.
RUN_BY_NAME = frozenset({
    "exe", "com", "bat", "cmd", "scr", "pif", "msi", "msp", "ps1", "psm1", "vbs", "vbe", "js", "jse", "mjs",
    "ws", "wsf", "wsh", "hta", "jar", "apk", "app", "dll", "lnk", "sh", "bash", "cpl", "reg", "inf", "iso",
    "dmg", "deb", "rpm", "py", "pl", "rb", "php", "url", "gadget",
})  # fmt: skip

_SPACE = b"\0\t\n\x0c\r "
#: What may follow an end mark inside a PDF: a later state of it, or the end of a PDF that is wrapped in this one.
_GOES_ON = re.compile(rb"[\0\s]*(?:\d+\s+\d+\s+obj|%(?!PDF)|xref|startxref|trailer|endstream|\Z)")
_ENDS = re.compile(rb"startxref\s+\d+\s*%%EOF\Z")
_LOCK = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\x80-\x9f\ufffe\uffff]")
_MAIL = re.compile(rb"(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*){2,}\r?\n")
_MAIL_NEEDS = (b"from:", b"date:")


def runs(data: bytes) -> bool:
    """Whether a file begins as a program does."""
    return data.startswith(RUNS) or (data.startswith(b"MZ") and b"\0" in data[:256])


def check_pdf(data: bytes) -> None:
    """From its first byte to its last mark one PDF, without a password. Raises Flaw."""
    if not re.match(rb"%PDF-[12]\.\d", data):
        raise Flaw("damaged")
    whole = data.rstrip(_SPACE)
    if not whole.endswith(b"%%EOF"):
        raise Flaw("polyglot" if b"%%EOF" in whole else "damaged")
    if any(not _GOES_ON.match(data, mark.end()) for mark in re.finditer(rb"%%EOF", data)):
        raise Flaw("polyglot")
    if not _ENDS.search(whole[-256:]) or b" obj" not in whole:
        raise Flaw("damaged")
    if _LOCK.search(whole):
        raise Flaw("locked")


def words_of(data: bytes) -> str | None:
    """A file as text, UTF-8 or as Windows writes it; None for one that holds more than text."""
    try:
        words = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            words = data.decode("cp1252")
        except UnicodeDecodeError:
            return None
    return None if _CONTROLS.search(words) else words


def check_mail(data: bytes) -> None:
    """A mail as a mail program saves it, with no program among what it carries. Raises Flaw."""
    start = data[:65_536].lstrip(b"\xef\xbb\xbf\r\n").replace(b"\r\n", b"\n")
    head = start[: start.find(b"\n\n") + 2]
    if not _MAIL.match(head) or not all(re.search(b"^" + name, head, re.I | re.M) for name in _MAIL_NEEDS):
        raise Flaw("damaged")
    try:
        for part in message_from_bytes(data).walk():
            carried = part.get_payload(decode=True)
            name = str(part.get_filename() or "")
            ends = name.rpartition(".")[2].strip().lower()
            if ends in RUN_BY_NAME or (isinstance(carried, bytes) and runs(carried)):
                raise Flaw("executable")
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise Flaw("damaged") from None
