"""Cut "Table Serif" for pages and letters from the font files of the package font-source-serif-pro.

The Open Font License reserves the name "Source" for the makers' own files, so a subset carries another name.
The files are made at set-up and not committed; the licence's text is laid beside them.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from pathlib import Path
from typing import Any

FAMILY = "Table Serif"
TARGET = Path(__file__).resolve().parent.parent / "fundapp" / "static" / "fonts"

# Our name of the cut: the maker's, and the weight that a browser sorts it by (OpenType usWeightClass).
CUTS = {"Regular": ("Regular", 400), "Italic": ("It", 400), "Semibold": ("Semibold", 600)}

LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x180)]  # Basic Latin, Latin-1 Supplement, Latin Extended-A
MARKS = [ord(mark) for mark in "ȘșȚțẞ‐‑‒–—―‘’‚“”„†‡•…‰′″‹›⁄₤€№™←↑→↓−≈≠≤≥✓\u2009\u200a\u202f"]

# Old-style figures stand in running text, lining and tabular ones where numbers are compared.
FEATURES = ["ccmp", "kern", "liga", "locl", "mark", "mkmk", "lnum", "onum", "pnum", "tnum"]

# The italic is drawn without the Welsh w and y: each is put together from its letter and the mark of its u.
ON_U = {"\u0302": ("Û", "û"), "\u0300": ("Ù", "ù"), "\u0301": ("Ú", "ú"), "\u0308": ("Ü", "ü")}
WELSH_PARTS = {
    "Ŵ": "W\u0302", "ŵ": "w\u0302", "Ŷ": "Y\u0302", "ŷ": "y\u0302",
    "Ẁ": "W\u0300", "ẁ": "w\u0300", "Ỳ": "Y\u0300", "ỳ": "y\u0300",
    "Ẃ": "W\u0301", "ẃ": "w\u0301", "Ẅ": "W\u0308", "ẅ": "w\u0308",
}  # fmt: skip

KEPT_NAMES = {0, 13, 14}  # the makers' copyright, and their licence with its address


def source_folder() -> Path:
    """The folder that holds the makers' font files and licence.

    Raises FileNotFoundError when the package is not installed.
    """
    spec = importlib.util.find_spec("font_source_serif_pro")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("The package font-source-serif-pro is not installed: run make setup.")
    return Path(spec.origin).parent / "files"


def rename(font: Any, style: str) -> None:
    """Give an opened font our family name, keeping the makers' copyright and licence."""
    names = font["name"]
    names.names = [record for record in names.names if record.nameID in KEPT_NAMES]
    postscript = f"{FAMILY.replace(' ', '')}-{style}"
    # A family of four (regular, italic, bold, bold italic) is all that the oldest name fields can say.
    in_family_of_four = style in {"Regular", "Italic"}
    legacy_family = FAMILY if in_family_of_four else f"{FAMILY} {style}"
    legacy_style = style if in_family_of_four else "Regular"
    full = FAMILY if style == "Regular" else f"{FAMILY} {style}"
    for number, text in (
        (1, legacy_family),
        (2, legacy_style),
        (3, f"{postscript};subset"),
        (4, full),
        (6, postscript),
        (16, FAMILY),
        (17, style),
    ):
        names.setName(text, number, 3, 1, 0x409)  # Windows, Unicode, English


def add_welsh(font: Any) -> None:
    """Add the Welsh letters that an opened TrueType font lacks, as letter and mark."""
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    glyphs, known = font["glyf"], dict(font.getBestCmap())
    for letter, parts in WELSH_PARTS.items():
        base, mark = parts[0], parts[1]
        if ord(letter) in known:
            continue
        on_u = glyphs[known[ord(ON_U[mark][base.islower()])]]
        u, accent = on_u.components[0], on_u.components[1]
        base_name, name = known[ord(base)], f"uni{ord(letter):04X}"
        # From the middle of one letter to the middle of the other, and no higher or lower.
        shift = round(middle(glyphs, base_name) - middle(glyphs, u.glyphName))
        pen = TTGlyphPen(glyphs)
        pen.addComponent(base_name, (1, 0, 0, 1, 0, 0))
        pen.addComponent(accent.glyphName, (1, 0, 0, 1, accent.x + shift, accent.y))
        made = pen.glyph()
        made.recalcBounds(glyphs)
        glyphs[name] = made
        font["hmtx"][name] = font["hmtx"][base_name]
        for table in font["cmap"].tables:
            if table.isUnicode():
                table.cmap[ord(letter)] = name


def middle(glyphs: Any, name: str) -> float:
    """Half-way between a glyph's left and right edges, in font units."""
    return float(glyphs[name].xMin + glyphs[name].xMax) / 2


def cut(source: Path, style: str, weight: int, target: Path) -> None:
    """Write one subset as woff2; a file that is there already is replaced in one step."""
    from fontTools import subset

    options = subset.Options()
    options.layout_features = FEATURES
    options.flavor = "woff2"
    options.name_IDs = ["*"]
    options.notdef_outline = True
    font = subset.load_font(str(source), options)
    add_welsh(font)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[*LATIN, *map(ord, WELSH_PARTS), *MARKS])
    cutter.subset(font)
    rename(font, style)
    font["OS/2"].usWeightClass = weight
    font["head"].modified = font["head"].created  # the same input gives the same bytes
    font.recalcTimestamp = False
    fresh = target.with_suffix(f".{os.getpid()}")
    subset.save_font(font, str(fresh), options)
    fresh.replace(target)


def main() -> int:
    """Make the three cuts and lay the licence beside them."""
    try:
        source = source_folder()
        TARGET.mkdir(parents=True, exist_ok=True)
        for style, (theirs, weight) in CUTS.items():
            original = source / f"SourceSerifPro-{theirs}.ttf"
            cut(original, style, weight, TARGET / f"TableSerif-{style}.woff2")
        shutil.copyfile(source / "LICENSE.txt", TARGET / "OFL.txt")
    except OSError as problem:
        print(f"The fonts could not be made: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
