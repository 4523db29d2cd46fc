"""Known names and places taken out of a text, each replaced by a word in brackets that says what stood there."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Final

NAME: Final = "name"
GROUP: Final = "group"
PLACE: Final = "place"
CONTACT: Final = "contact"
#: What a word is called that may be several: a group has its place in its name.
_FIRST: Final = (NAME, PLACE, CONTACT, GROUP)

_LABEL: Final = re.compile(r"\[(?:name|group|place|contact)\]")
_APOSTROPHES: Final = "'’ʼ‘`´"
_WORD: Final = re.compile(rf"[^\W_](?:[^\W_]|[\u0300-\u036f]|[{_APOSTROPHES}](?=[^\W_]))*")
_POSSESSIVE: Final = re.compile(rf"[{_APOSTROPHES}][sS]$")
#: What may stand between two words of one name.
_GAP: Final = re.compile(rf"[\s\-‐‑–_.,&/{_APOSTROPHES}]*")
#: What may stand between two names that are one: a hyphen, an initial.
_JOINT: Final = re.compile(r"[\s\-‐‑–.]*(?:[A-Z]\.?\s+)?")
#: Letters that Unicode does not take apart into a plain letter and its mark.
_PLAIN: Final = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ŧ": "t", "ħ": "h"}
)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_TITLES: Final = _set(
    "mr mrs ms miss mx dr prof professor rev revd reverend sir dame lord lady cllr councillor mayor mp msp alderman"
)
_AFTER: Final = frozenset(("MP", "MS", "MSP", "AM", "OBE", "MBE", "CBE", "MLA"))
_LEGAL: Final = _set("the ltd limited cic cio plc llp inc")
#: Words that are no part of a name by themselves.
_SMALL: Final = _set(
    "a an and are as at be by de del den der di do du for from he her him his i if in is it its la le me my no not of "
    "on or our she so than that the their them they this to up us van von was we were who with y you your ap ab "
    "ferch bin ibn al el"
)
#: Words that many groups and places have in their names, and that tell nothing by themselves.
_GENERIC: Final = _set(
    "access action active advice after age aid all allotment allotments alliance area art arts assembly association "
    "athletic band bank big borough boys branch bridge bright building business cafe café care carers central centre "
    "charity children childrens choir church circle city clinic club clubs coast college committee common community "
    "communities company concern constituency cooperative council county craft creative cricket cross culture cycle "
    "dance day development disability district drama east eastern education elders energy enterprise environment "
    "estate events family families farm federation festival field first food football forum foundation friends friend "
    "fund future garden gardens gardening girls good great green group groups growers growing hall health help helpers "
    "heritage high hill history home homes hospital house housing hub in initiative junior kitchen kitchens labour "
    "ladies lane learning leisure library life line link little local lower lunch market meals memorial men mens mental "
    "mill mind mission mosque mothers museum music national nature neighbour neighbourhood neighbours network new north "
    "northern nursery old older open outdoor over parade parent parents parish park parks partnership party people "
    "peoples place play players playgroup police pool pride primary programme project projects public pupils reading "
    "recovery region regional repair residents resource response retired river road rugby school science scouts sea "
    "senior seniors service services share shed shop side singers skills social society somali south southern space "
    "sport sports square start station street students studio summer support swimming table team teams tenants theatre "
    "time together town trades trail training transport trust under union united university upper valley village "
    "voice voices volunteer volunteers walking ward water welcome welfare well west western wildlife women womens wood "
    "woods work workers working workshop workshops world yard young youth"
)
#: Words of every day that are names too: masked only where they are written as a name.
_ORDINARY: Final = _set(
    "abbey april august autumn baker banks barber bell bills bird bishop black blue bond book boot bow brook brooks "
    "brown bush butcher carpenter carter case chance chase church clay clerk cook cooper crane dale daisy dawn day dean "
    "down drew drake driver earl early edge faith farmer fern field fields finch fish fisher flower ford forest forge "
    "fox frank free french frost gates glen gold golden grace grant gray green grey grove hall hand hardy harvest hart "
    "hazel heath hill hills hope holly holt hood hook hope horn house hunt hunter iris ivy jasmine jack jay joy june "
    "kay keen king knight lake lamb lane large law leaf lily link little long love mann march mark marsh mason may "
    "meadow mercy miles mill miller moon moor more moss nick noble north oak page palmer parish park parker patience "
    "pat paul peace penny piper pitt place plant pond pool porter potter power price pride prince read ray reed rich "
    "ring rivers robin rock rose rowan ruby rush sage sand saint sandy savage sea shepherd shore short silver singer "
    "skinner small smart smith snow south spence spring star stone storm strong sue summer swift tailor taylor thorn "
    "todd tower town turner vale violet walker wall ward water waters webb well wells west wheeler white wild will "
    "winter wise wolf wood woods young"
)

# Both begin where a run of their signs begins, or the search would begin anew at each sign of a long one.
_EMAIL: Final = re.compile(r"(?<![\w.+'-])[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
_ADDRESS: Final = re.compile(
    r"(?:https?://|www\.)\S+[^\s.,;:!?)\]’'\"]|(?<![\w-])(?<![\w-]\.)[\w-]+(?:\.[\w-]+)*"
    r"\.(?:org|com|net|co|uk|info|eu|wales|cymru|scot|london|pl|social|coop|io|me|app|ie)\b(?:/(?:[^\s,;)]*[^\s.,;:!?)\]’'\"])?)?|(?<![\w@])@\w[\w.]*",
    re.IGNORECASE,
)
_POSTCODE: Final = re.compile(r"\b[A-Z]{1,2}[0-9][A-Z0-9]?\s*[0-9][A-Z]{2}\b", re.IGNORECASE)
_PHONE: Final = re.compile(r"(?<![\w.,£])(?:\+\s?\(?\d|\(?0)[\d\s().\-]{7,}\d(?!\w)")
_HOUSE: Final = re.compile(
    r"\b\d{1,4}[a-z]?,?\s+(?:[^\W\d_][\w'’\-]*\s+){1,3}(?:street|st|road|rd|lane|ln|avenue|ave|close|drive|row|terrace|"
    r"way|court|crescent|gardens|grove|square|walk|mews|rise|parade|stryd|heol|ffordd|lôn)\b"
    r"|\b\d{1,4}[a-z]?,?\s+(?:stryd|heol|ffordd|lôn)(?:\s+[^\W\d_][\w'’\-]*){1,3}",
    re.IGNORECASE,
)
_FIGURES_OF_A_PHONE: Final = range(9, 16)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of who bids and where: names of people, of groups, of places (one each), and contacts.

    `whole`: phrases that are masked only as a whole, with what they are: an office with its place, say.
    """

    names: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    whole: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text that gives somebody away, and what it is: one of NAME, GROUP, PLACE, CONTACT."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class _Pattern:
    words: tuple[str, ...]
    label: str
    #: Only where it is written with capitals: ordinary words that are a name too.
    capital: bool = False


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    word: str
    #: The word without its possessive ending, where it has one.
    base: str
    base_end: int
    capital: bool


def plain(word: str) -> str:
    """Letters and figures in lower case, without accents and apostrophes: `O’Brien` is obrien, `Wiśniewski` wisniewski."""
    bare = "".join(sign for sign in word.casefold() if sign not in _APOSTROPHES).translate(_PLAIN)
    apart = unicodedata.normalize("NFKD", bare).casefold().translate(_PLAIN)
    return "".join(sign for sign in apart if sign.isalnum())


def _tokens(text: str) -> list[_Token]:
    found = []
    for match in _WORD.finditer(text):
        whole = match.group()
        ending = _POSSESSIVE.search(whole)
        base = whole[: ending.start()] if ending else ""
        end = match.start() + len(base) if base else match.end()
        found.append(
            _Token(match.start(), match.end(), plain(whole), plain(base) if base else "", end, whole[0].isupper())
        )  # fmt: skip
    return [token for token in found if token.word]


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text as names are compared."""
    return tuple(token.word for token in _tokens(text))


@dataclass(slots=True)
class Masker:
    """What is known of one bid, made ready to be found in its texts."""

    known: Known
    _by_first: dict[str, list[_Pattern]] = field(default_factory=dict)
    _acronyms: list[re.Pattern[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        patterns: set[_Pattern] = set()
        for text in self.known.names:
            patterns.update(_of_person(text))
        for text in self.known.groups:
            patterns.update(_of_group(text))
            self._acronyms += _acronyms(text)
        for text in self.known.places:
            patterns.update(_of_place(text))
        for text in self.known.contacts:
            if words := words_of(text):
                patterns.add(_Pattern(words, CONTACT))
        for text, label in self.known.whole:
            if words := words_of(text):
                patterns.add(_Pattern(words, label))
        for pattern in sorted(
            patterns, key=lambda each: (-len(each.words), each.words, _FIRST.index(each.label), each.capital)
        ):
            self._by_first.setdefault(pattern.words[0], []).append(pattern)

    def spans(self, text: str) -> list[Span]:
        """What of a text gives somebody away, in order, none over another. What stands in brackets already is left."""
        kept = [(match.start(), match.end()) for match in _LABEL.finditer(text)]
        found = [*self._named(text, kept), *_contacts(text)]
        for acronym in self._acronyms:
            found += [Span(match.start(), match.end(), GROUP) for match in acronym.finditer(text)]
        return _united(found, text)

    def masked(self, text: str) -> str:
        """The text with a word in brackets for each of them; masking it again changes nothing."""
        # What is taken out may bring together what was apart: each turn leaves fewer letters outside brackets.
        while spans := self.spans(text):
            parts, at = [], 0
            for span in spans:
                parts += [text[at : span.start], f"[{span.label}]"]
                at = span.end
            text = "".join([*parts, text[at:]])
        return text

    def standing(self, text: str) -> list[str]:
        """The words in a text that give somebody away, each once, as they are written."""
        return list(dict.fromkeys(text[span.start : span.end] for span in self.spans(text)))

    def pieces(self, text: str) -> list[tuple[str, str]]:
        """The text cut at what is masked: (words, label), the label empty for what stays."""
        parts, at = [], 0
        for span in self.spans(text):
            parts += [(text[at : span.start], ""), (text[span.start : span.end], span.label)]
            at = span.end
        return [(words, label) for words, label in [*parts, (text[at:], "")] if words]

    def _named(self, text: str, kept: Sequence[tuple[int, int]]) -> Iterator[Span]:
        tokens = [
            token for token in _tokens(text) if not any(start < token.start < end for start, end in kept)
        ]
        at = 0
        while at < len(tokens):
            taken = self._at(text, tokens, at)
            if taken is None:
                at += 1
                continue
            span, at = taken
            yield span

    def _at(self, text: str, tokens: Sequence[_Token], at: int) -> tuple[Span, int] | None:
        first = tokens[at]
        # A name that somebody's family has as well: the Ashworths.
        many = first.word[:-1] if first.word.endswith("s") and len(first.word) > 4 else ""
        tried = [
            pattern for word in dict.fromkeys((first.word, first.base, many)) for pattern in self._by_first.get(word, ())
        ]  # fmt: skip
        for pattern in sorted(tried, key=lambda each: -len(each.words)):
            count = len(pattern.words)
            some = tokens[at : at + count]
            if len(some) < count or (pattern.capital and not all(token.capital for token in some)):
                continue
            if any(each.word != word for each, word in zip(some[:-1], pattern.words[:-1], strict=True)):
                continue
            if any(not _GAP.fullmatch(text, one.end, other.start) for one, other in pairwise(some)):
                continue
            last, word = some[-1], pattern.words[-1]
            plural = (
                pattern.label == NAME and not pattern.capital and len(word) > 3 and last.word == word + "s"
            )
            if last.word == word:
                end = last.end
            elif last.base == word:
                end = last.base_end
            elif plural:
                end = last.end
            else:
                continue
            start = first.start
            if pattern.label == NAME:
                start, end = _with_title(text, tokens, at, count, end)
            return Span(start, end, pattern.label), at + count
        return None


def _with_title(text: str, tokens: Sequence[_Token], at: int, count: int, end: int) -> tuple[int, int]:
    """Where a name begins and ends with the title before it and the letters after it."""
    start = tokens[at].start
    if at and tokens[at - 1].word in _TITLES and not text[tokens[at - 1].end : start].strip(" .\u00a0"):
        start = tokens[at - 1].start
    if at + count < len(tokens):
        after = tokens[at + count]
        between = text[end : after.start]
        if text[after.start : after.end] in _AFTER and between and not between.strip(" ,\u00a0"):
            end = after.end
    return start, end


def _of_person(text: str) -> Iterator[_Pattern]:
    words = words_of(text)
    while words and words[0] in _TITLES:
        words = words[1:]
    if len(words) > 1:
        yield _Pattern(words, NAME)
        yield _Pattern(("".join(words),), NAME)
    for word in words:
        if word in _SMALL and len(words) > 1:
            continue
        if len(word) > 1 or len(words) == 1:
            yield _Pattern((word,), NAME, word in _ORDINARY | _GENERIC | _SMALL or len(word) < 3)


def _of_group(text: str) -> Iterator[_Pattern]:
    words = tuple(word for word in words_of(text) if word not in _LEGAL)
    if len(words) > 1:
        yield _Pattern(words, GROUP)
        yield _Pattern(("".join(words),), GROUP)
    # A part of it that is written as a name: Mill Lane, of the Mill Lane Wildlife.
    for start, end in combinations(range(len(words) + 1), 2):
        some = words[start:end]
        if 1 < len(some) < len(words) and not {some[0], some[-1]} & _SMALL:
            yield _Pattern(some, GROUP, True)
    yield from _telling(words, GROUP)


def _of_place(text: str) -> Iterator[_Pattern]:
    words = words_of(text)
    if len(words) > 1:
        yield _Pattern(words, PLACE)
        yield _Pattern(("".join(words),), PLACE)
    yield from _telling(words, PLACE)


def _telling(words: Sequence[str], label: str) -> Iterator[_Pattern]:
    """The words that tell a group or a place by themselves; if there is only one word, that one."""
    if len(words) == 1:
        yield _Pattern((words[0],), label, words[0] in _ORDINARY | _GENERIC | _SMALL or len(words[0]) < 4)
        return
    for word in words:
        if len(word) > 2 and not word.isdigit() and word not in _GENERIC | _SMALL:
            yield _Pattern((word,), label, word in _ORDINARY or len(word) < 4)


def _acronyms(text: str) -> list[re.Pattern[str]]:
    """A group's first letters in capitals, with dots or without, of three words or more."""
    words = [word for word in words_of(text) if word not in _LEGAL]
    found = {
        "".join(word[0] for word in some)
        for some in (words, [word for word in words if word not in _SMALL])
        if len(some) > 2
    }
    return [
        re.compile(r"(?<!\w)" + r"\.?".join(re.escape(letter) for letter in letters.upper()) + r"(?!\w)")
        for letters in sorted(found)
    ]


def _contacts(text: str) -> Iterator[Span]:
    for pattern, label in ((_EMAIL, CONTACT), (_ADDRESS, CONTACT), (_POSTCODE, PLACE), (_HOUSE, PLACE)):
        for match in pattern.finditer(text):
            yield Span(match.start(), match.end(), label)
    for match in _PHONE.finditer(text):
        if sum(sign.isdigit() for sign in match.group()) in _FIGURES_OF_A_PHONE:
            yield Span(match.start(), match.end(), CONTACT)


def _united(spans: Sequence[Span], text: str) -> list[Span]:
    """Spans in order; what overlaps is one, and so are two names with nothing but a hyphen or an initial between."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda each: (each.start, -each.end)):
        before = found[-1] if found else None
        if before is not None and span.start < before.end:
            found[-1] = Span(before.start, max(before.end, span.end), before.label)
        elif (
            before is not None
            and before.label == span.label
            and _JOINT.fullmatch(text, before.end, span.start)
        ):
            found[-1] = Span(before.start, span.end, span.label)
        else:
            found.append(span)
    return found
