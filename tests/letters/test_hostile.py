"""Whatever people typed, a letter comes out: as they typed it, readable, and nothing is fetched for it."""

from __future__ import annotations

import socket
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fundapp.letters import glyphs, paper
from fundapp.letters.typed import breakable, clean
from tests.effort import times

from .letters import AWARD, FEEDBACK
from .reading import failures, fonts, reader, requires_poppler, rightmost, words


@requires_poppler
@pytest.mark.parametrize(
    ("name", "script"),
    [
        ("Siân Ŵyn Gwŷr Llŷr Ẁẃẍ", "Table-Serif"),
        ("Łucja Żółkiewska-Świętoń", "Table-Serif"),
        ("محمد اقبال ٹھاکر ڑے", "Noto-Naskh-Arabic"),
        ("রহিমা বেগম ক্ষিতি", "Noto-Serif-Bengali"),
        ("王小明 陳麗華", None),
    ],
)
def test_names_in_any_script_are_drawn(name: str, script: str | None, tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    paper.write(replace(AWARD, recipient_name=name), path)
    pdf = path.read_bytes()
    # An undrawable character would have become U+FFFD, and .notdef fails PDF/UA-1.
    assert failures(pdf) == []
    text = words(pdf)
    assert "\ufffd" not in text
    found = fonts(path)
    assert all(font["embedded"] for font in found)
    if script:
        assert any(str(font["name"]).endswith(script) for font in found)
    # pdftotext gives right-to-left words in reading order, and the marks of a cluster in an order of its own.
    assert set(unicodedata.normalize("NFC", name)) <= set(unicodedata.normalize("NFC", text))


@requires_poppler
def test_markup_and_template_words_are_shown_as_text() -> None:
    hostile = "<b>&amp;</b> <script>x</script> {{ 7*7 }} {% raise %} {# gone #} %(name)s %s </bdi><!-- $x"
    for name, letter in (("award", AWARD), ("feedback", FEEDBACK)):
        pdf = paper.render(name, replace(letter, organisation=hostile, project_title=hostile))
        # Lines may break anywhere inside, so spaces say nothing.
        assert words(pdf).replace(" ", "").count(hostile.replace(" ", "")) >= 2
        assert failures(pdf) == []


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET-OF-THE-HOUSE")
    asked: list[str] = []
    monkeypatch.setattr(socket.socket, "connect", lambda *seen: asked.append(repr(seen)))
    hostile = (
        f'"><img src="file://{secret}"><link rel=attachment href="file://{secret}">'
        "<style>@import url(http://127.0.0.1:9/x)</style><svg><image href='http://127.0.0.1:9/y'/></svg>"
        f" url(file://{secret}) http://127.0.0.1:9/z"
    )
    pdf = paper.render(
        "award", replace(AWARD, organisation=hostile, panel_words=hostile, conditions=(hostile,) * 2)
    )
    assert asked == []
    assert reader(pdf).attachments == {}
    assert b"SECRET-OF-THE-HOUSE" not in pdf
    assert "SECRET-OF-THE-HOUSE" not in "".join(one.extract_text() for one in reader(pdf).pages)


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "http://127.0.0.1:9/x", "data:text/plain,x", "fund:../../config.py", "fund:"],
)
def test_the_press_refuses_every_other_address(url: str) -> None:
    with pytest.raises(ValueError, match="fetches nothing but its own mark and fonts"):
        paper._press().fetcher.fetch(url)


def test_a_template_that_asks_for_more_gets_no_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    from weasyprint.urls import FatalURLFetchingError

    monkeypatch.setattr(
        paper, "page", lambda name, letter, check: '<html lang="en"><img src="file:///etc/hostname">'
    )
    with pytest.raises(FatalURLFetchingError):
        paper.render("award", AWARD)


@requires_poppler
@pytest.mark.parametrize("field", ["project_title", "organisation", "recipient_name", "panel_words"])
def test_a_word_of_ten_thousand_characters_wraps(field: str) -> None:
    pdf = paper.render("award", replace(AWARD, **{field: "W" * 10_000}))
    opened = reader(pdf)
    assert words(pdf).replace(" ", "").count("W") >= 10_000
    assert failures(pdf) == []
    assert opened.metadata is not None
    assert len(opened.metadata.title or "") < 300
    # A4 less the right margin of 25 mm, with a point of grace.
    assert rightmost(pdf) < (210 - 25) / 25.4 * 72 + 1


@requires_poppler
def test_direction_marks_stay_inside_their_own_text() -> None:
    turned = "Friends\u202e of \u2067Moor Lane\u200f"
    text = words(paper.render("award", replace(AWARD, organisation=turned)))
    assert "awards a grant to Friends of Moor Lane" in text
    assert "Moor Lane for" in text.replace("\u200f", "")
    html = paper.page("award", replace(AWARD, organisation=turned))
    assert "<bdi>Friends of Moor Lane\u200f</bdi>" in html


def test_every_typed_text_is_set_apart() -> None:
    html = paper.page("award", AWARD)
    body = html.partition("<body>")[2]
    for typed in (
        AWARD.organisation,
        AWARD.project_title,
        AWARD.panel_words,
        AWARD.conditions[0],
        AWARD.accept_by,
    ):
        assert body.count(f"<bdi>{typed}</bdi>") == body.count(typed) > 0


def test_clean_keeps_words_and_drops_what_paper_cannot_carry() -> None:
    assert clean("a\x00b\x07c\x1bd\x9fe") == "abcde"
    assert clean("one\r\n\ttwo\u2028three") == "one two three"
    assert clean("\ud800x\ufffe\uffff") == "x"
    assert clean("\u202aa\u202eb\u2066c\u2069") == "abc"
    assert clean("Siân\u200dé \u200f") == "Siân\u200dé \u200f"


def test_only_very_long_words_may_break_inside() -> None:
    assert breakable("w" * 199) == "w" * 199
    assert breakable("a " + "w" * 200) == "a " + "\u200b".join(["w" * 40] * 5)


def test_what_no_font_draws_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glyphs, "_drawn_characters", lambda: frozenset({0x41, 0x20, 0xFFFD}))
    assert glyphs.drawable("Siân") == "Siân"
    assert glyphs.drawable("A 王\ufe0f") == "A \ufffd"
    assert glyphs.drawable("A\u200d王") == "A\u200d\ufffd"
    monkeypatch.setattr(glyphs, "_drawn_characters", lambda: frozenset({0x41}))
    assert glyphs.drawable("A王") == "A?"
    monkeypatch.setattr(glyphs, "_drawn_characters", frozenset)
    assert glyphs.drawable("A王") == "A王"


# Setting a letter takes a tenth of a second; what came before is cheap.
@settings(max_examples=times(40), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(min_size=1, max_size=60), st.text(max_size=30))
def test_any_text_makes_a_letter_that_passes(organisation: str, name: str) -> None:
    pdf = paper.render("award", replace(AWARD, organisation=f"Org {organisation}", recipient_name=name))
    assert failures(pdf) == []
