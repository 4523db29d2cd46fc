"""What is taken and what is not, by what a file holds: the good, the hostile, and whatever chance makes of them."""

import io
import re
import struct
import unicodedata
import zipfile
import zlib
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fundapp.intake import archives
from fundapp.intake.handed import KINDS, MOST_BYTES, Accepted, NotTaken, clean_name, judge
from fundapp.words import files as words
from tests import handed

JPEG, PNG, WEBP, HEIC = handed.picture(), handed.picture("PNG"), handed.picture("WEBP"), handed.heic()
PDF, DOCX, XLSX = handed.pdf(), handed.docx(), handed.xlsx()
ODT, ODS = handed.odf(), handed.odf("spreadsheet")
TEXT, CSV = "Cymorth â’r gegin: £120\r\n".encode(), b"what,pounds\r\nUrn,120\r\n"
#: A moving photograph of a newer phone: a short film behind the picture.
FILM = (
    handed.box(b"ftyp", b"mp42\0\0\0\0") + handed.box(b"moov", bytes(300)) + handed.box(b"mdat", bytes(9000))
)

GOOD = {
    "letter.pdf": (PDF, "pdf"), "twice saved.pdf": (PDF + PDF.partition(b"\n")[2], "pdf"), "hall.JPG": (JPEG, "jpg"),
    "hall.jpeg": (JPEG, "jpg"), "moving.jpg": (JPEG + FILM, "jpg"), "two lenses.jpg": (JPEG + JPEG, "jpg"),
    "samsung.jpg": (JPEG + b"\0\0SEFH" + bytes(200) + b"SEFT", "jpg"), "plan.png": (PNG, "png"), "plan.webp": (WEBP, "webp"),
    "IMG_0042.HEIC": (HEIC, "heic"), "bid.docx": (DOCX, "docx"), "costs.xlsx": (XLSX, "xlsx"), "bid.odt": (ODT, "odt"),
    "costs.ods": (ODS, "ods"), "notes.txt": (TEXT, "txt"), "windows.txt": ("Caffè £5".encode("cp1252"), "txt"),
    "costs.csv": (CSV, "csv"), "photo": (JPEG, "jpg"), "MZ Growers.txt": (b"MZ Growers, Millbeck", "txt"),
    "with a sheet in it.docx": (handed.docx({"word/embeddings/sheet.xlsx": XLSX}), "docx"),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_what_people_send_is_taken_as_what_it_is(name: str) -> None:
    content, kind = GOOD[name]
    shown = name if "." in name else f"{name}.{kind}"
    assert judge(name, content) == Accepted(KINDS[kind], kind, shown)


def _encrypted_flag() -> bytes:
    """A document whose parts say that they need a password."""
    whole = bytearray(DOCX)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = whole.find(mark)
        while at >= 0:
            whole[at + place] |= 1
            at = whole.find(mark, at + 4)
    return bytes(whole)


def _bomb(depth: int) -> bytes:
    """Archives within archives, at the bottom much of nothing."""
    inner = handed.archive({f"{n}.bin": bytes(2_000_000) for n in range(8)})
    for _level in range(depth):
        inner = handed.archive({f"{n}.zip": inner for n in range(8)}, zipfile.ZIP_STORED)
    return inner


def _with_path(path: str) -> bytes:
    return handed.docx({path: b"x"})


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
COMMENTED = DOCX[:-2] + struct.pack("<H", 40) + b"%PDF-1.7 and what a reader would make of"
CASES: list[tuple[str, bytes, str]] = [
    ("nothing.pdf", b"", "empty"),
    ("large.pdf", PDF + bytes(MOST_BYTES + 1 - len(PDF)), "too_big"),
    ("letter.pdf", handed.PE, "executable"),
    ("letter", handed.ELF, "executable"),
    ("setup.exe", b"MZ", "executable"),
    ("letter.pdf.exe", PDF, "executable"),
    ("run.bat", b"del *.*", "executable"),
    ("notes.txt", b"#!/bin/sh\nrm -rf ~\n", "executable"),
    ("inside.docx", handed.docx({"word/media/image.png": handed.PE}), "executable"),
    ("photo.jpg", PNG, "renamed"),
    ("photo.pdf", JPEG, "renamed"),
    ("letter.docx", PDF, "renamed"),
    ("sheet.docx", XLSX, "renamed"),
    ("photo.jpg", b"Only a text.", "renamed"),
    ("photo.jpg", handed.HTML, "markup"),
    ("plan.svg", handed.SVG, "markup"),
    ("plan.png", handed.SVG, "markup"),
    ("notes.txt", b"Hello <script>alert(1)</script>", "markup"),
    ("feed.csv", b"<?xml version='1.0'?><a/>", "markup"),
    ("both.pdf", PDF + DOCX, "polyglot"),
    ("both.pdf", DOCX + PDF, "polyglot"),
    ("both.pdf", b"GIF89a" + PDF, "polyglot"),
    ("both.pdf", handed.HTML + PDF, "polyglot"),
    ("both.pdf", PDF + handed.HTML, "polyglot"),
    ("both.pdf", PDF + handed.PE + b"\nstartxref\n0\n%%EOF\n", "polyglot"),
    ("both.pdf", PDF.replace(b"(A letter)", b"(<script>alert(1)</script>)"), "polyglot"),
    ("both.jpg", JPEG + DOCX, "polyglot"),
    ("both.jpg", JPEG + PDF, "polyglot"),
    ("both.jpg", JPEG + bytes(5000) + b"and more", "polyglot"),
    ("both.jpg", JPEG + bytes(range(65, 91)) * 200, "polyglot"),
    ("both.png", PNG + DOCX, "polyglot"),
    ("both.webp", WEBP + DOCX, "polyglot"),
    ("both.heic", HEIC + DOCX, "polyglot"),
    ("both.docx", DOCX + handed.HTML, "polyglot"),
    ("both.docx", DOCX + DOCX, "polyglot"),
    ("both.docx", COMMENTED, "polyglot"),
    ("both.odt", handed.archive({"%PDF-1.7": PDF, "mimetype": b"a"}, zipfile.ZIP_STORED), "polyglot"),
    ("script.gif", handed.GIF_JS, "unknown"),
    ("42.docx", _bomb(2), "bomb"),
    ("42.docx", handed.docx({"word/embeddings/a.zip": _bomb(2)}), "bomb"),
    ("flat.docx", handed.docx({"word/media/a.bin": bytes(101 * 1024 * 1024)}), "bomb"),
    ("well packed.docx", handed.docx({"word/media/a.bin": bytes(70_000)}), "bomb"),
    ("many.docx", handed.docx({f"word/{n}": b"" for n in range(archives.MOST_MEMBERS)}), "bomb"),
    ("up.docx", _with_path("../../etc/cron.d/x"), "hostile_names"),
    ("down.docx", _with_path("word/../../x"), "hostile_names"),
    ("root.docx", _with_path("/etc/passwd"), "hostile_names"),
    ("drive.docx", _with_path("C:/Windows/x"), "hostile_names"),
    ("macro.docx", handed.docx({"word/vbaProject.bin": b"Sub AutoOpen()"}), "macro"),
    ("macro.docx", handed.docx(types=handed.WORD_MACRO), "macro"),
    ("macro.docm", handed.docx(), "macro"),
    ("macro.odt", handed.odf(more={"Basic/Standard/Module1.xml": b"Sub Main"}), "macro"),
    ("secret.pdf", handed.locked_pdf(), "locked"),
    ("secret.docx", _encrypted_flag(), "locked"),
    ("secret.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "locked"),
    ("secret.odt", handed.odf(more={"META-INF/manifest.xml": b"<manifest:encryption-data/>"}), "locked"),
    ("half.png", PNG[: len(PNG) // 2], "damaged"),
    ("half.jpg", JPEG[: len(JPEG) // 2], "damaged"),
    ("half.pdf", PDF[: len(PDF) // 2], "damaged"),
    ("half.docx", DOCX[: len(DOCX) // 2], "damaged"),
    ("half.webp", WEBP[: len(WEBP) // 2], "damaged"),
    ("half.heic", HEIC[: len(HEIC) // 2], "damaged"),
    ("bent.png", PNG.replace(b"IDAT", b"IDAX"), "damaged"),
    ("noise.pdf", b"\x00\x01\x02" * 50, "damaged"),
    ("noise.txt", b"words\x00words", "not_text"),
    ("wide.txt", "words".encode("utf-16"), "not_text"),
    ("letter.doc", OLE, "old_office"),
    ("all.zip", handed.archive({"a.txt": b"a"}), "unknown"),
    ("noise.bin", b"\x00\x01\x02" * 50, "unknown"),
    ("notes.md", b"Some words", "unknown"),
    ("answer.eml", handed.mail(), "unknown"),
]


@pytest.mark.parametrize(
    ("name", "content", "code"), CASES, ids=[f"{n}-{c}-{i}" for i, (n, _, c) in enumerate(CASES)]
)
def test_what_is_not_taken_is_named(name: str, content: bytes, code: str) -> None:
    judged = judge(name, io.BytesIO(content))
    assert isinstance(judged, NotTaken), judged
    assert judged.code == code
    said = words.sentence(judged.code, judged.params)
    assert said.startswith(f"“{name}” ")
    assert said.endswith(".")
    assert "%" not in said


def test_every_code_is_tried_and_every_sentence_is_another() -> None:
    of_the_bid = {"too_many", "bid_full", "bid_heavy"}
    assert {code for _, _, code in CASES} | of_the_bid == set(words.SENTENCES)
    assert len(set(words.SENTENCES.values())) == len(words.SENTENCES)
    assert set(words.KINDS) == set(KINDS)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("photo.pdf", JPEG, "“photo.pdf” ends in .pdf but is a JPEG picture. Save it as what it is, and choose it again."),
        ("large.pdf", bytes(MOST_BYTES + 1),
         "“large.pdf” is larger than 8 MB. Make it smaller, or send photographs in a smaller size."),
        ("secret.pdf", handed.locked_pdf(),
         "“secret.pdf” has a password, so the panel could not open it. Save it without one, and choose it again."),
        ("script.gif", handed.GIF_JS, "“script.gif” is of a kind that is not taken (GIF). Send a PDF, a photograph, or "
         "a DOCX, XLSX, ODT, ODS, TXT or CSV file."),
    ],
)  # fmt: skip
def test_the_sentences_say_what_to_do(name: str, content: bytes, said: str) -> None:
    judged = judge(name, content)
    assert isinstance(judged, NotTaken)
    assert words.sentence(judged.code, judged.params) == said


def test_eight_megabytes_are_taken_and_one_byte_more_is_not() -> None:
    whole = b"a" * MOST_BYTES
    assert judge("a.txt", whole) == Accepted("text/plain", "txt", "a.txt")
    assert judge("a.txt", whole + b"a") == NotTaken("too_big", {"name": "a.txt", "most": 8})


def test_no_more_than_the_limit_is_read() -> None:
    class Watched(io.BytesIO):
        read_in_all = 0

        def read(self, size: int | None = -1, /) -> bytes:
            got = super().read(size)
            self.read_in_all += len(got)
            return got

    large, fitting = Watched(bytes(MOST_BYTES + 1)), Watched(PDF)
    judge("large.pdf", large)
    judge("letter.pdf", fitting)
    assert (large.read_in_all, fitting.read_in_all, fitting.tell()) == (0, len(PDF), 0)


def test_a_mail_is_taken_only_where_mails_are() -> None:
    assert judge("answer.eml", handed.mail(), mails=True) == Accepted("message/rfc822", "eml", "answer.eml")
    carries = handed.mail(("scan.pdf", PDF))
    assert judge("answer.eml", carries, mails=True) == Accepted("message/rfc822", "eml", "answer.eml")
    for name, content in (("scan.pdf", handed.PE), ("run.js", b"alert(1)")):
        judged = judge("answer.eml", handed.mail((name, content)), mails=True)
        assert judged == NotTaken("executable", {"name": "answer.eml"})
    assert judge("answer.eml", b"I back it.", mails=True) == NotTaken("damaged", {"name": "answer.eml"})


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("letter.pdf", "letter.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\letter.pdf", "letter.pdf"),
        ("..", "file"),
        ("...", "file"),
        ("", "file"),
        (" . ", "file"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie- x=1.pdf"),
        ('her "letter".pdf', "her -letter-.pdf"),
        ("exe.\u202efdp.pdf", "exe.fdp.pdf"),
        ("zero\u200bwidth\u2066.pdf", "zerowidth.pdf"),
        ("con.pdf", "file-con.pdf"),
        ("LPT1", "file-LPT1"),
        ("nul.tar.pdf", "file-nul.tar.pdf"),
        ("x" * 300 + ".pdf", "x" * 96 + ".pdf"),
        ("é" * 300 + ".pdf", "é" * 96 + ".pdf"),
        ("文" * 300 + ".pdf", "文" * 65 + ".pdf"),
        ("ffilm.p\u0000df", "ffilm.pdf"),
        (".pdf", "pdf"),
        ("letter.pdf . ", "letter.pdf"),
        ("\ud800letter.pdf", "letter.pdf"),
    ],
)
def test_a_name_is_made_safe_to_show(given: str, shown: str) -> None:
    assert clean_name(given) == shown


@given(st.text(max_size=400))
@example("con.con.con")
@example("x" * 99 + ". .pdf")
def test_whatever_a_file_is_called_its_shown_name_is_one_safe_line(name: str) -> None:
    shown = clean_name(name)
    assert 1 <= len(shown) <= 105
    assert len(shown.encode()) <= 210
    assert not re.search(r'[/\\<>:"|?*\r\n\t]', shown)
    assert not any(unicodedata.category(sign)[0] == "C" for sign in shown)
    assert shown == shown.strip(". ")
    assert not re.match(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)", shown)
    assert clean_name(shown) == shown


SEEDS = [
    PDF,
    JPEG,
    PNG,
    WEBP,
    HEIC,
    DOCX,
    ODT,
    TEXT,
    CSV,
    handed.HTML,
    handed.PE,
    handed.GIF_JS,
    handed.mail(),
]
NAMES = st.one_of(
    st.sampled_from(
        ["a.pdf", "a.jpg", "a.png", "a.webp", "a.heic", "a.docx", "a.odt", "a.txt", "a.csv", "a.eml", "a", ""]
    ),
    st.text(max_size=30),
)


@st.composite
def mangled(draw: Any) -> bytes:
    """Files cut, joined, overwritten and turned about."""
    whole = bytearray(draw(st.sampled_from(SEEDS)))
    for _change in range(draw(st.integers(0, 4))):
        at, other = draw(st.integers(0, len(whole))), draw(st.sampled_from(SEEDS))
        what = draw(st.sampled_from(["cut", "join", "before", "bytes", "into"]))
        if what == "cut":
            del whole[at:]
        elif what == "join":
            whole += other
        elif what == "before":
            whole[:0] = other
        elif what == "into":
            whole[at:at] = other[: draw(st.integers(0, len(other)))]
        else:
            noise = draw(st.binary(max_size=12))
            whole[at : at + len(noise)] = noise
    return bytes(whole)


def marked(content: bytes, taken: Accepted) -> list[str]:
    """What no accepted file may be, told without the judge's own code."""
    text = taken.extension in ("txt", "csv", "eml")
    office = taken.extension in ("docx", "xlsx", "odt", "ods")
    found = {
        "empty": not content,
        "too big": len(content) > MOST_BYTES,
        "program": content[:4] in (b"MZ\x90\0", b"\x7fELF"),
        "an archive that is no office file": not office and zipfile.is_zipfile(io.BytesIO(content)),
        "script": taken.extension != "eml" and not office and b"<script" in content.lower(),
        "not at its start": taken.extension == "pdf" and not content.startswith(b"%PDF-"),
        "no end": taken.extension == "pdf" and b"%%EOF" not in content[-64:],
        "glued": office and b"%PDF-" in content[:1024],
        "not text": text and b"\0" in content,
        "a bad part": office and zipfile.ZipFile(io.BytesIO(content)).testzip() is not None,
        "wrong sum": taken.extension == "png" and not _png_holds(content),
    }
    return [what for what, is_so in found.items() if is_so]


def _png_holds(content: bytes) -> bool:
    """The picture's data unpack, and it ends where it says."""
    from PIL import Image

    with Image.open(io.BytesIO(content)) as image:
        try:
            image.verify()
        except (OSError, SyntaxError, ValueError, zlib.error):
            return False
    return content.rstrip(b"\0\r\n ").endswith(b"IEND\xaeB`\x82")


@settings(
    max_examples=400,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example],
    deadline=None,
)
@given(NAMES, st.one_of(mangled(), st.binary(max_size=400)), st.booleans())
def test_whatever_is_handed_in_is_judged_and_nothing_marked_is_taken(
    name: str, content: bytes, mails: bool
) -> None:
    judged = judge(name, content, mails=mails)
    if isinstance(judged, Accepted):
        assert marked(content, judged) == []
        assert judged.media_type == KINDS[judged.extension]
        assert judged.name.rpartition(".")[2] != ""
    else:
        assert "%(" not in words.sentence(judged.code, judged.params)
