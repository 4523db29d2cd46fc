"""Files as people hand them in, good and hostile, made here byte by byte or by the libraries that the service has."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fundapp.domain.forms import FUND_QUESTIONS
from fundapp.models import FormVersion
from fundapp.services.deed import Actor, Office

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

WORD = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
EXCEL = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
WORD_MACRO = b"application/vnd.ms-word.document.macroEnabled.main+xml"

#: A program for Windows, as far as its first bytes go.
PE = b"MZ\x90\x00\x03\x00\x00\x00" + bytes(60) + b"This program cannot be run in DOS mode." + bytes(100)
ELF = b"\x7fELF\x02\x01\x01" + bytes(120)
HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
GIF_JS = b"GIF89a=1;/*" + bytes(20) + b"*/alert(1)"


def pdf(words: str = "A letter") -> bytes:
    """A PDF of one page, with its table of places right."""
    stream = f"BT /F1 18 Tf 40 740 Td ({words}) Tj ET".encode("latin-1", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def locked_pdf() -> bytes:
    """The same with a password."""
    from pypdf import PdfReader, PdfWriter

    writer, out = PdfWriter(), io.BytesIO()
    writer.append(PdfReader(io.BytesIO(pdf())))
    writer.encrypt("a password")
    writer.write(out)
    return out.getvalue()


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30)) -> bytes:
    """A small real picture; `kind` as Pillow names it."""
    from PIL import Image

    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, kind)
    return out.getvalue()


def box(name: bytes, content: bytes = b"") -> bytes:
    """One box of the form that newer phones keep photographs and films in."""
    return struct.pack(">I4s", len(content) + 8, name) + content


def heic() -> bytes:
    """The outer form of a photograph from a newer phone."""
    return box(b"ftyp", b"heic\0\0\0\0mif1heic") + box(b"meta", bytes(80)) + box(b"mdat", bytes(400))


def png_chunk(name: bytes, content: bytes) -> bytes:
    """One chunk with its sum."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def archive(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


def docx(more: Mapping[str, bytes] | None = None, types: bytes = WORD) -> bytes:
    """A Word document, with more parts by their names."""
    parts = {
        "[Content_Types].xml": b'<?xml version="1.0"?><Types><Override PartName="/word/document.xml" ContentType="'
        + types
        + b'"/></Types>',
        "_rels/.rels": b"<Relationships/>",
        "word/document.xml": b"<w:document>Dear fund</w:document>",
    }
    return archive({**parts, **(more or {})})


def xlsx() -> bytes:
    """A workbook, written by the library that reads them."""
    from openpyxl import Workbook

    book, out = Workbook(), io.BytesIO()
    for line in range(200):
        book.active.append([line, f"Line {line}", line * 2.5])
    book.save(out)
    return out.getvalue()


def odf(kind: str = "text", more: Mapping[str, bytes] | None = None) -> bytes:
    """An OpenDocument file as its programs write it: its kind first, and plain."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        said = f"application/vnd.oasis.opendocument.{kind}"
        made.writestr(zipfile.ZipInfo("mimetype"), said, zipfile.ZIP_STORED)
        manifest = b"<manifest:manifest/>"
        for name, content in {
            "content.xml": b"<office/>",
            "META-INF/manifest.xml": manifest,
            **(more or {}),
        }.items():
            made.writestr(name, content)
    return out.getvalue()


def mail(*carried: tuple[str, bytes]) -> bytes:
    """A mail as a mail program saves it, with what it carries."""
    from email.message import EmailMessage

    message = EmailMessage()
    message["From"], message["To"] = (
        "Margaret Oyelaran <margaret@council.example>",
        "fund@communitiesfund.example",
    )
    message["Date"], message["Subject"] = "Fri, 26 Mar 2027 10:00:00 +0000", "Your bid"
    message.set_content("I back it.\n")
    message.add_alternative("<html><body>I back it.</body></html>", subtype="html")
    for name, content in carried:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


#: A question that is answered by files.
PLANS: dict[str, Any] = {
    "id": "plans", "section": "project", "kind": "file", "label": "Plans, photographs or quotes",
    "help": "What shows us the place, or what it will cost.", "required": False, "most_files": 3,
}  # fmt: skip
#: Another.
RULES: dict[str, Any] = {
    "id": "rules", "section": "group", "kind": "file", "label": "The group’s rules", "help": "", "required": False,
}  # fmt: skip


def ask_for_files(office: Office, actor: Actor, round_id: int, at: datetime, *, number: int = 2) -> None:
    """A newer form of a round, with two questions that are answered by files."""
    subject = f"round:{round_id}"
    questions = [*FUND_QUESTIONS[:2], PLANS, *FUND_QUESTIONS[2:], RULES]
    with office.deed(actor, at) as deed:
        deed.put(subject, FormVersion, {"round_id": round_id, "number": number, "questions": questions})
        deed.note(subject, "form.changed", params={"number": number})
