"""Letters set on paper: templates and WeasyPrint to a tagged PDF that lasts and fetches nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal

from markupsafe import Markup

from fundapp.domain.money import pounds, pounds_words
from fundapp.files import placing
from fundapp.letters.acceptance import AcceptanceLetter
from fundapp.letters.award import AwardLetter
from fundapp.letters.checking import Check, qr_path
from fundapp.letters.copy import BidCopy, rows_of
from fundapp.letters.feedback import FeedbackLetter
from fundapp.letters.glyphs import drawable, mend_maps
from fundapp.letters.lasting import declare_accessible, made_clear, pack
from fundapp.letters.minutes import Minutes
from fundapp.letters.typed import breakable, clean

if TYPE_CHECKING:
    import jinja2
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

Letter = AwardLetter | FeedbackLetter | AcceptanceLetter | BidCopy | Minutes
TemplateName = Literal["award", "feedback", "acceptance", "copy", "minutes"]

_ROOT = Path(__file__).resolve().parents[2]
_TEMPLATES = _ROOT / "templates" / "letters"
_FONTS = _ROOT / "fundapp" / "static" / "fonts"
_FILES = {
    "fund:mark.svg": (_TEMPLATES / "mark.svg", "image/svg+xml"),
    "fund:TableSerif-Regular.woff2": (_FONTS / "TableSerif-Regular.woff2", "font/woff2"),
    "fund:TableSerif-Italic.woff2": (_FONTS / "TableSerif-Italic.woff2", "font/woff2"),
    "fund:TableSerif-Semibold.woff2": (_FONTS / "TableSerif-Semibold.woff2", "font/woff2"),
}


_LINE_CHARACTERS = 200


@dataclass(frozen=True)
class Enclosed:
    """A file that lies in a PDF: its name, what it is in words, its bytes, and when it was made (UTC)."""

    name: str
    description: str
    content: bytes
    made_at: datetime


class PressNotReady(Exception):
    """Letters cannot be set on this machine yet; the text says what is missing and what to do."""


@dataclass(frozen=True)
class _Press:
    """What a process parses once and all its letters share."""

    templates: jinja2.Environment
    style: weasyprint.CSS
    fonts: FontConfiguration
    fetcher: weasyprint.URLFetcher
    images: dict[str, Any]


def check() -> None:
    """Raises PressNotReady, saying what is missing, if letters cannot be made on this machine."""
    _press()


def render(
    name: TemplateName, letter: Letter, enclosed: Enclosed | None = None, check: Check | None = None
) -> bytes:
    """The letter as PDF/A-3a and PDF/UA-1, titled and in its language; the same letter always gives the same bytes.

    An enclosed file lies in the PDF byte for byte, for programs and whoever looks for it. With `check` the letter says
    where anyone learns whether it is real.

    Two threads must not render at once: they share the fonts. Processes may. Raises PressNotReady when the
    fonts or the libraries that WeasyPrint loads are missing.
    """
    press = _press()
    import weasyprint

    html = page(name, letter, check)
    document = weasyprint.HTML(string=html, base_url="fund:", url_fetcher=press.fetcher)
    identifier = hashlib.sha256(html.encode() + (enclosed.content if enclosed else b"")).digest()[:16]

    def file(attempt: int) -> bytes:
        pdf = document.write_pdf(
            stylesheets=[press.style],
            font_config=press.fonts,
            cache=press.images,
            pdf_variant="pdf/a-3a",
            attachments=[_attached(enclosed)] if enclosed is not None else [],
            finisher=partial(_finish, attempt=attempt),
            pdf_identifier=identifier,
        )
        assert isinstance(pdf, bytes)
        return pdf

    return made_clear(file)


def write(letter: Letter, path: Path) -> None:
    """The letter as a PDF file, whole or not at all. Raises FileRefused and PressNotReady."""
    kinds: dict[type[Letter], TemplateName] = {
        AwardLetter: "award",
        FeedbackLetter: "feedback",
        AcceptanceLetter: "acceptance",
        BidCopy: "copy",
        Minutes: "minutes",
    }
    name = kinds[type(letter)]
    with placing(path) as temporary:
        temporary.write_bytes(render(name, letter))


def page(name: TemplateName, letter: Letter, check: Check | None = None) -> str:
    """The letter's HTML: every typed text escaped and set apart in a <bdi> of its own."""
    return (
        _templates()
        .get_template(f"{name}.html")
        .render(letter=_shown(letter), plain=_plain(letter), check=check)
    )


def _attached(enclosed: Enclosed) -> weasyprint.Attachment:
    """A file to lie in a PDF. It can be written once only."""
    import weasyprint

    at = enclosed.made_at.astimezone(UTC)
    return weasyprint.Attachment(
        string=enclosed.content, url_fetcher=_press().fetcher, name=enclosed.name, description=enclosed.description,
        created=at, modified=at, relationship="Data",
    )  # fmt: skip


def _finish(document: Any, pdf: Any, attempt: int) -> None:
    """WeasyPrint's last step before the file. Every attempt writes another file, which reads the same."""
    import pydyf

    mend_maps(document, pdf)
    declare_accessible(pdf)
    pack(pdf)
    if attempt:
        pdf.add_object(pydyf.Dictionary({"Attempt": attempt}))


def _shown(value: Any) -> Any:
    if isinstance(value, str):
        text = breakable(drawable(clean(value)))
        return Markup("<bdi>{}</bdi>").format(text) if text else Markup("")
    return _mapped(value, _shown)


def _plain(value: Any) -> Any:
    """For the title, attributes and margins; the templates escape it."""
    return drawable(clean(value)) if isinstance(value, str) else _mapped(value, _plain)


def _mapped(value: Any, change: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(change(one) for one in value)
    if is_dataclass(value):
        return SimpleNamespace(**{field.name: change(getattr(value, field.name)) for field in fields(value)})
    return value


def _short(text: str) -> str:
    """One line for the title bar and the margins; the layout of a margin takes minutes over a long word."""
    return text if len(text) <= _LINE_CHARACTERS else text[: _LINE_CHARACTERS - 1] + "…"


def _day(day: date) -> str:
    from babel.dates import format_date

    return format_date(day, "d\u00a0MMMM y", locale="en_GB")


@cache
def _templates() -> jinja2.Environment:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        auto_reload=False,
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
    )
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    environment.filters.update(
        short=_short, day=_day, pounds=pounds, pounds_words=pounds_words, rows_of=rows_of, qr_path=qr_path
    )
    return environment


@cache
def _press() -> _Press:
    missing = [path for path, _ in _FILES.values() if not path.is_file()]
    if missing:
        raise PressNotReady(f"The letters' own files are not here: {missing[0]} is missing. Run make setup.")
    try:
        import weasyprint
    except OSError as trouble:
        raise PressNotReady(
            "Letters need system libraries that are missing. Install them with: sudo apt-get install"
            " libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        ) from trouble
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnFilesOnly(URLFetcher):
        """Gives the letter's own mark and fonts and stops the letter at any other address."""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
            if url not in _FILES:
                raise ValueError(f"A letter fetches nothing but its own mark and fonts, not {url[:200]}")
            path, kind = _FILES[url]
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})

    fetcher = OwnFilesOnly(fail_on_errors=True)
    fonts = FontConfiguration()
    style = weasyprint.CSS(
        string=(_TEMPLATES / "letter.css").read_text("utf-8"),
        base_url="fund:",
        font_config=fonts,
        url_fetcher=fetcher,
    )
    return _Press(_templates(), style, fonts, fetcher, {})
