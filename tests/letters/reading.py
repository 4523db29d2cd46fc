"""Letters opened again by programs that did not make them."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path

import page
import pytest
from pypdf import PdfReader

requires_poppler = pytest.mark.skipif(
    shutil.which("pdftotext") is None,
    reason="pdftotext and pdffonts (Debian: poppler-utils) are not installed",
)


def words(pdf: bytes) -> str:
    """What pdftotext reads, in the order of the text, spaces evened out and joiners dropped."""
    text = subprocess.run(
        ["pdftotext", "-enc", "UTF-8", "-", "-"], input=pdf, capture_output=True, check=True, timeout=60
    ).stdout.decode()
    return re.sub(r"\s+", " ", text.replace("\u2060", ""))


def rightmost(pdf: bytes) -> float:
    """Where the rightmost word of any page ends, in points from the left."""
    boxes = subprocess.run(
        ["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True, timeout=60
    ).stdout.decode()
    return max(float(end) for end in re.findall(r'xMax="([0-9.]+)"', boxes))


def fonts(path: Path) -> list[dict[str, bool | str]]:
    """The fonts that pdffonts lists: name, embedded, subset, with a Unicode map."""
    table = subprocess.run(
        ["pdffonts", str(path)], capture_output=True, check=True, text=True, timeout=60
    ).stdout
    rows = [line for line in table.splitlines()[2:] if line.strip()]
    return [
        {"name": row.split()[0], "embedded": row.split()[-5] == "yes", "unicode": row.split()[-3] == "yes"}
        for row in rows
    ]


def failures(pdf: bytes) -> list[str]:
    """What keeps the file from PDF/UA-1; empty when nothing does."""
    report = page.validate_pdf_bytes(pdf, profile="ua1")
    found = [f"{one.rule_id}: {one.message}" for one in report.failures]
    assert report.is_compliant == (not found)
    return found


def reader(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))
