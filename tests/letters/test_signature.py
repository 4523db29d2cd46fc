"""One file is for the archive, for screen readers, and signed; whoever changes a byte of it is found out."""

from __future__ import annotations

import io
import random
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import page
import pydyf
import pytest
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from fundapp.letters import lasting, paper, signature
from fundapp.letters.checking import Check
from tests.web import beside

from .letters import AWARD, FEEDBACK
from .reading import reader, words

CHECK = Check("7K4M-2QXP-AB2D", "https://fund.example/check/7K4M-2QXP-AB2D", signed=True)
DATA = paper.Enclosed(
    "B-0142X-award.json", "As data", b'{"amount_pence":485000}', datetime(2027, 5, 20, tzinfo=UTC)
)


@pytest.fixture(scope="module")
def seal(tmp_path_factory: pytest.TempPathFactory) -> signature.Seal:
    folder = tmp_path_factory.mktemp("keys")
    return signature.Seal(folder / "key.pem", folder / "cert.pem", own=True)


@pytest.fixture(scope="module")
def letter(seal: signature.Seal) -> bytes:
    return beside(lambda: signature.sign(paper.render("award", AWARD, DATA, CHECK), seal))


def validated(pdf: bytes, seal: signature.Seal) -> Any:
    embedded = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0]
    trusted = ValidationContext(trust_roots=[signature._signer(seal)[0].signing_cert])
    return validate_pdf_signature(embedded, trusted)


@pytest.mark.parametrize("profile", ["3a", "ua1"])
def test_signed_letters_keep_to_both_standards(letter: bytes, seal: signature.Seal, profile: str) -> None:
    feedback = signature.sign(paper.render("feedback", FEEDBACK, DATA, CHECK), seal)
    for pdf in (letter, feedback, paper.render("award", AWARD)):
        assert [one.message for one in page.validate_pdf_bytes(pdf, profile=profile).failures] == []


def test_the_signature_covers_everything_and_the_data_lies_inside(
    letter: bytes, seal: signature.Seal
) -> None:
    status = validated(letter, seal)
    assert status.bottom_line
    assert (status.coverage, status.modification_level) == (
        SignatureCoverageLevel.ENTIRE_FILE, ModificationLevel.NONE,
    )  # fmt: skip
    assert status.md_algorithm == "sha256"
    assert reader(letter).attachments["B-0142X-award.json"] == [DATA.content]
    assert len(reader(letter).pages) == 1


def test_one_changed_byte_is_found(letter: bytes, seal: signature.Seal) -> None:
    chance = random.Random(20270520)
    first, length, second, rest = PdfFileReader(io.BytesIO(letter)).embedded_signatures[0].byte_range
    signed = [*range(first, first + length), *range(second, second + rest)]
    for place in chance.sample(signed, 12):
        changed = bytearray(letter)
        changed[place] ^= 1
        try:
            good = validated(bytes(changed), seal).bottom_line
        except (PdfError, SigningError, SignatureValidationError, ValueError, IndexError, KeyError):
            good = False  # no PDF with a signature any more
        assert not good, place


def test_a_key_without_its_own_certificate_is_refused(seal: signature.Seal, tmp_path: Path) -> None:
    other = signature.Seal(tmp_path / "key.pem", tmp_path / "cert.pem", own=True)
    signature.fingerprint(other)
    with pytest.raises(signature.SealUnusable, match="not for the key"):
        signature.fingerprint(signature.Seal(seal.key, other.certificate))
    with pytest.raises(signature.SealUnusable, match="cannot be read"):
        signature.fingerprint(signature.Seal(tmp_path / "none.pem", other.certificate))
    assert seal.key.stat().st_mode & 0o077 == 0


def packed_ending(last: bytes) -> bytes:
    """Words that end so when they are packed."""
    return next(
        words
        for words in (b"words" + bytes([sign]) for sign in range(256))
        if zlib.compress(words, 9).endswith(last)
    )


def test_no_stream_ends_like_a_line(seal: signature.Seal) -> None:
    """Readers would count one byte less than the file says; the last byte of a packed stream is as good as drawn by lot."""
    unclear, clear = (pydyf.Stream([packed_ending(last)], compress=True) for last in (b"\r", b"\n"))
    plain = unclear.stream[:]
    pdf = pydyf.PDF()
    for stream in (unclear, clear):
        pdf.add_object(stream)
    lasting.pack(pdf)
    assert unclear.stream == plain
    assert unclear.extra.get("Filter") is None
    assert zlib.decompress(clear.stream[0]) == packed_ending(b"\n")
    assert clear.extra["Filter"] == "/FlateDecode"
    tried = []
    files = [b"x\r\nendstream", b"x\r\nendstream", b"x\nendstream"]
    assert lasting.made_clear(lambda attempt: tried.append(attempt) or files[attempt]) == files[2]
    assert tried == [0, 1, 2]
    with pytest.raises(LookupError):
        lasting.made_clear(lambda attempt: files[0])


def test_a_second_attempt_at_a_file_is_as_good_as_the_first(
    letter: bytes, seal: signature.Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (paper, signature):
        monkeypatch.setattr(module, "made_clear", lambda make: make(1))
    second = signature.sign(paper.render("award", AWARD, DATA, CHECK), seal)
    for profile in ("3a", "ua1"):
        assert [one.message for one in page.validate_pdf_bytes(second, profile=profile).failures] == []
    assert validated(second, seal).bottom_line
    assert words(second) == words(letter)
