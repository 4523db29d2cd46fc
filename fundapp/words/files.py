"""Why a file is not taken, and how one stands that was, in sentences."""

from collections.abc import Mapping
from typing import Any, Final

from fundapp.words.marks import N_
from fundapp.words.tongue import gettext as _

#: A sentence for every code of a file that is not taken; `name` is what the file is called.
SENTENCES: Final[dict[str, str]] = {
    "empty": N_("“%(name)s” is empty. Choose the file again, or another."),
    "too_big": N_("“%(name)s” is larger than %(most)s MB. Make it smaller, or send photographs in a smaller size."),
    "too_many": N_("There is room for %(most)s files here, so “%(name)s” was not taken. Take one away first."),
    "bid_full": N_("A bid can have %(most)s files in all, so “%(name)s” was not taken. Take one away first."),
    "bid_heavy": N_("The files of a bid can have %(most)s MB in all, so “%(name)s” was not taken. Take one away first."),
    "executable": N_("“%(name)s” is a program, or holds one. Nobody here may open it: send the document itself."),
    "renamed": N_("“%(name)s” ends in .%(ending)s but is %(kind)s. Save it as what it is, and choose it again."),
    "polyglot": N_("“%(name)s” has something else joined to it. Open it, save it anew, and choose the new file."),
    "bomb": N_("“%(name)s” would unpack to far more than a document holds. Save it anew, or as a PDF."),
    "hostile_names": N_("“%(name)s” would write outside its own folder when opened. Save it anew, or as a PDF."),
    "macro": N_("“%(name)s” has macros, small programs, in it. Save it without them (as DOCX, XLSX or PDF)."),
    "locked": N_("“%(name)s” has a password, so the panel could not open it. Save it without one, and choose it again."),
    "markup": N_("“%(name)s” is a web page or drawing that can run as one. Save it as a PDF, and choose that."),
    "damaged": N_("“%(name)s” is broken or not whole. Open it to see, save it anew, and choose the new file."),
    "not_text": N_("“%(name)s” holds more than plain text. Save it as text (UTF-8), or as a PDF."),
    "old_office": N_("“%(name)s” is in an old Office format. Save it as DOCX, XLSX or PDF, and choose that."),
    "unknown": N_("“%(name)s” is of a kind that is not taken (%(seen)s). Send a PDF, a photograph, or a DOCX, XLSX, "
                  "ODT, ODS, TXT or CSV file."),
}  # fmt: skip

#: What a file is, by the usual ending of its kind, to stand after "is".
KINDS: Final[dict[str, str]] = {
    "pdf": N_("a PDF"),
    "jpg": N_("a JPEG picture"),
    "png": N_("a PNG picture"),
    "webp": N_("a WebP picture"),
    "heic": N_("a HEIC photograph"),
    "docx": N_("a Word document"),
    "xlsx": N_("an Excel workbook"),
    "odt": N_("an OpenDocument text"),
    "ods": N_("an OpenDocument spreadsheet"),
    "txt": N_("plain text"),
    "csv": N_("a CSV table"),
    "eml": N_("a mail"),
}

#: Why a file that was taken is refused afterwards, by the reason that is kept with it.
REASONS: Final[dict[str, str]] = {
    "infected": N_(
        "Our virus scanner found something harmful in it, so it was deleted. Have your device checked, "
        "then add a clean copy."
    ),
    "lost": N_("It was not kept whole. Please add it once more."),
}


def sentence(code: str, params: Mapping[str, Any]) -> str:
    """Why a file is not taken: what happened and what to do. Raises KeyError for a code that nothing returns."""
    shown = dict(params)
    if "kind" in shown:
        shown["kind"] = _(KINDS[shown["kind"]])
    return str(_(SENTENCES[code], **shown))


def kind(media_type: str, name: str) -> str:
    """`PDF`, `JPEG`: a file's kind in a word, for a line beside its size."""
    short = {
        "image/jpeg": "JPEG", "text/plain": _("text"), "message/rfc822": _("mail"), "image/heic": "HEIC",
    }.get(media_type)  # fmt: skip
    return str(short or name.rpartition(".")[2].upper())


def size(count: int) -> str:
    """`118 KB`, `2.4 MB`: how large a file is, of so many bytes."""
    if count < 999_500:
        return str(_("%(count)s KB", count=max(1, round(count / 1000))))
    return str(_("%(count)s MB", count=f"{count / 1_000_000:.1f}".removesuffix(".0")))


def reason(kept: str | None) -> str:
    """Why a file that was taken is refused now: the kept reason begins with its code."""
    return str(_(REASONS.get((kept or "").partition(":")[0], REASONS["infected"])))
