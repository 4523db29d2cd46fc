"""Names and places taken out of texts: none that is known stays, nothing else goes."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fundapp.domain import masking
from fundapp.domain.masking import Known, Masker, plain
from tests.effort import REPEATABLE, times

KNOWN = Known(
    names=("Margaret Oyelaran", "Angharad Llŷr-Prosser", "Tomasz Wiśniewski", "Will O'Brien"),
    groups=("The Millbeck Community Growers Ltd", "Côr Meibion Cwmdulas"),
    places=("Netherdale East", "Llanfair-y-dŵr", "Yorkshire and the Humber"),
    contacts=("1168381",),
    whole=(("Councillor for Netherdale East", "name"),),
)
MASKER = Masker(KNOWN)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Cllr Margaret Oyelaran’s team", "[name]’s team"),
        ("Margaret's and OYELARAN'S plan", "[name]'s and [name]'S plan"),
        ("MARGARET J. OYELARAN MP came", "[name] came"),
        ("Ask Mrs Oyelaran.", "Ask [name]."),
        ("the Oyelarans, the O’Briens and an O'Brien", "the [name], the [name] and an [name]"),
        ("Llyr-Prosser met Wisniewski", "[name] met [name]"),
        (unicodedata.normalize("NFD", "Llŷr and Wiśniewski"), "[name] and [name]"),
        ("We will meet, will we? Will comes.", "We will meet, will we? [name] comes."),
        ("goodwill, Margarets of Scotland", "goodwill, [name] of Scotland"),
        ("The Millbeck Community Growers grow", "The [group] grow"),
        ("millbeck growers (MCG, M.C.G.)", "[group] growers ([group], [group].)"),
        ("our community growers, Community growers", "our community growers, Community growers"),
        ("the Community Growers", "the [group]"),
        ("#MillbeckCommunityGrowers", "#[group]"),
        ("Cor Meibion Cwmdulas sings; cwmdulas listens", "[group] sings; [group] listens"),
        ("in Netherdale East and netherdale", "in [place] and [place]"),
        ("llanfair y dwr, Llanfair", "[place], [place]"),
        ("the councillor for Netherdale East says; a councillor asks", "the [name] says; a councillor asks"),
        ("at 14b Tarn Row, LS6 2AB", "at [place], [place]"),
        ("yn 3 Stryd Fawr", "yn [place]"),
        ("0113 496 0000 or +44 113 496 0000 or (0113) 496-0000", "[contact] or [contact] or [contact]"),
        ("a.b+c@growers.example.org", "[contact]"),
        ("see www.growers.org.uk/plan, or facebook.com/growers.", "see [contact], or [contact]."),
        ("@growers on https://x.example/1?a=b!", "[contact] on [contact]!"),
        ("charity 1168381", "charity [contact]"),
        ("£1,200.00 on 01-02-2026 for 85 people, 2026 to 2027", "£1,200.00 on 01-02-2026 for 85 people, 2026 to 2027"),
        ("[name] of [place]", "[name] of [place]"),
        ("", ""),
    ],
)  # fmt: skip
def test_what_is_known_goes_and_what_is_not_stays(text: str, masked: str) -> None:
    assert MASKER.masked(text) == masked
    assert MASKER.masked(masked) == masked


def test_an_ordinary_word_in_a_name_goes_where_it_is_written_as_a_name() -> None:
    masker = Masker(Known(names=("Grace Park", "Bo Li")))
    assert (
        masker.masked("Grace walks to the park by the grace of Park")
        == "[name] walks to the park by the grace of [name]"
    )
    assert masker.masked("grace park, and Li; a bo") == "[name], and [name]; a bo"


def test_what_stands_is_named_as_it_is_written() -> None:
    text = "Margaret and Millbeck, and margaret again, and Margaret"
    assert MASKER.standing(text) == ["Margaret", "Millbeck", "margaret"]
    assert MASKER.standing(MASKER.masked(text)) == []
    assert "".join(words for words, _label in MASKER.pieces(text)) == text
    assert ("Millbeck", "group") in MASKER.pieces(text)


_LETTERS = st.text("aäbcdeéfghijklłmnñoøprsśtuŵyŷzžABCDEÉŁŚŻ", min_size=4, max_size=9)
_NAMES = st.lists(_LETTERS, min_size=1, max_size=3).map(" ".join)
_BETWEEN = st.sampled_from((" ", ", ", ". ", " and ", " (", ") ", "\n", " – ", "; ", "/", " Cllr ", " 12 "))
_AROUND = st.sampled_from(("{}", "{}’s", "{}'s", "“{}”", "-{}", "{}.", "({})", "_{}_", "Dr {}"))
_WRITTEN = st.sampled_from((str, str.upper, str.lower, str.title, lambda t: unicodedata.normalize("NFD", t)))


@st.composite
def _texts(draw: st.DrawFn, names: list[str]) -> str:
    parts = []
    for _ in range(draw(st.integers(1, 6))):
        word = draw(st.one_of(st.sampled_from(names), st.text(max_size=12)))
        parts += [draw(_AROUND).format(draw(_WRITTEN)(word)), draw(_BETWEEN)]
    return "".join(parts)


@settings(max_examples=times(60), derandomize=REPEATABLE, deadline=None)
@given(st.data(), st.lists(_NAMES, min_size=1, max_size=4), st.sampled_from(("names", "groups", "places")))
def test_no_known_name_survives_and_twice_is_once(data: st.DataObject, names: list[str], kind: str) -> None:
    masker = Masker(Known(**{kind: tuple(names)}))
    masked = masker.masked(data.draw(_texts(names)))
    assert masker.masked(masked) == masked
    assert masker.standing(masked) == []
    # Looked for anew, without the masker's own eyes.
    left = unicodedata.normalize("NFC", masked).casefold()
    for word in {word for name in names for word in name.split()}:
        sought = re.escape(unicodedata.normalize("NFC", word).casefold())
        assert not re.search(rf"(?<![^\W_]){sought}(?![^\W_])", left), word


@settings(max_examples=times(60), derandomize=REPEATABLE, deadline=None)
@given(st.lists(st.from_regex(r"[b-df-hj-np-tv-xz]{6,9}", fullmatch=True), min_size=1, max_size=12))
def test_words_that_nobody_knows_stay(words: list[str]) -> None:
    text = " ".join(words)
    assert MASKER.masked(text) == text


@settings(max_examples=times(60), derandomize=REPEATABLE, deadline=None)
@given(st.text(max_size=80))
def test_any_text_can_be_masked_and_its_pieces_are_the_text(text: str) -> None:
    assert "".join(words for words, _label in MASKER.pieces(text)) == text
    assert plain(plain(text)) == plain(text)
    again = MASKER.masked(text)
    assert MASKER.masked(again) == again


@pytest.mark.parametrize(
    "text", ["see .a-b.org", "foo..my-site.org", "ann-lee.smith+fund@mail.example-site.co.uk", "-x.org"]
)
def test_an_address_is_masked_whole_wherever_its_run_of_signs_begins(text: str) -> None:
    masked = Masker(Known()).masked(text)
    assert "[contact]" in masked
    for part in ("a-b", "site", "smith", "x.org"):
        assert part not in masked


def test_a_search_for_addresses_does_not_begin_anew_within_a_run_of_signs() -> None:
    """It would take the square of the run's length: half a minute for what one answer may hold."""
    for run in ("a" * 9, "0--------", "a-b-c-d-e", "a.b.c.d.e"):
        for search, rest in ((masking._EMAIL, "@x.org"), (masking._ADDRESS, ".org")):
            assert [at for at in range(1, 9) if search.match(run + rest, at)] == [], run
