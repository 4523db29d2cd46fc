"""What the lines of a bank's statement are: payments that went out, ones that came back, money in, or nothing of ours."""

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from fundapp.domain.references import reference

#: A payment's reference as banks give it back: in capitals or not, its hyphens kept, made spaces, or dropped.
_REFERENCE: Final = re.compile(
    r"(?<![0-9A-Z])B[- ]?([0-9]{4,18})([A-Z])[- ]?([0-9]{1,4})(?![0-9A-Z])", re.IGNORECASE | re.ASCII
)

#: What a line can be found to be; the first three are acted on.
#: `paid`: a payment with the bank, by its reference and amount. `likely`: by its amount and its payee's name alone.
#: `returned`: a payment with the bank that came back. `late`: one that came back after it was marked as paid.
#: `theirs`: of a bid in which whoever looks has a part. `twice`: a payment seems to have gone out once more.
#: `amount`: our reference beside another amount. `known`: what the service knows already. `early`: booked before the
#: payment was sent. `in`: other money in. `other`: nothing of ours.
ACTS: Final = ("paid", "likely", "returned")
KINDS: Final = (*ACTS, "late", "theirs", "twice", "amount", "known", "early", "in", "other")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a statement: its place in the file, the day it was booked, pence (below nothing: out), what it says."""

    line: int
    booked_on: date
    pence: int
    words: str


@dataclass(frozen=True, slots=True)
class Marked:
    """A line with its mark: the same for the same line in whatever file it comes."""

    mark: str
    line: Line


@dataclass(frozen=True, slots=True)
class Expected:
    """A payment that a statement may speak of. `since`: the first day on which the bank can have made it."""

    id: int
    reference: str
    pence: int
    payee: str
    state: str
    since: date | None
    theirs: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What one line is, and of which payment."""

    kind: str
    payment: int | None = None


def words_key(text: str) -> str:
    """What a line says without case, marks and signs: what is compared of names, and what a mark is made of."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


def marked(lines: Iterable[Line]) -> list[Marked]:
    """Each line with its mark, in the order given.

    Lines that say the same of the same day and sum are told apart by their count, so that two equal fees are two, in
    whatever order the file has them, and a longer file of the same days adds only what is new.
    """
    seen: Counter[tuple[date, int, str]] = Counter()
    found = []
    for line in lines:
        what = (line.booked_on, line.pence, words_key(line.words))
        seen[what] += 1
        text = f"{what[0].isoformat()}|{what[1]}|{what[2]}|{seen[what]}"
        found.append(Marked(hashlib.sha256(text.encode()).hexdigest(), line))
    return found


def references(text: str) -> frozenset[str]:
    """The payments' references that a line names, as we write them: B-0142X-1. One with a wrong letter is none."""
    found = set()
    for digits, letter, number in _REFERENCE.findall(text):
        bid = int(digits)
        if bid and int(number) and reference(bid) == f"B-{digits}{letter.upper()}":
            found.add(f"{reference(bid)}-{int(number)}")
    return frozenset(found)


def match(lines: Sequence[Marked], expected: Iterable[Expected]) -> dict[str, Found]:
    """What each line is, by its mark. No payment is acted on by two lines, and the order of the lines does not matter.

    A reference with its exact amount is certain. A name with an exact amount is likely, where one line and one payment
    have only each other.
    """
    ordered = sorted(lines, key=lambda each: (each.line.booked_on, each.mark))
    by_reference = {each.reference: each for each in expected}
    found: dict[str, Found] = {}
    out: dict[str, list[Marked]] = defaultdict(list)
    back: dict[str, list[Marked]] = defaultdict(list)
    for each in ordered:
        named = references(each.line.words)
        ours = [by_reference[name] for name in sorted(named) if name in by_reference]
        if len(named) == 1 and ours and abs(each.line.pence) == ours[0].pence:
            (out if each.line.pence < 0 else back)[ours[0].reference].append(each)
        elif len(ours) == 1 and len(named) == 1:
            kind = "theirs" if ours[0].theirs else "amount"
            found[each.mark] = Found(kind, None if ours[0].theirs else ours[0].id)
        else:
            found[each.mark] = Found("in" if each.line.pence > 0 else "other")
    for name in out.keys() | back.keys():
        found.update(_of_payment(by_reference[name], out[name], back[name]))
    settled = {each.payment for each in found.values() if each.kind in ACTS}
    free = [each for each in ordered if found[each.mark].kind == "other" and not references(each.line.words)]
    open_ = [each for each in by_reference.values() if each.state == "sent" and each.id not in settled]
    found.update(_likely(free, open_))
    return found


def _of_payment(payment: Expected, out: Sequence[Marked], back: Sequence[Marked]) -> dict[str, Found]:
    """The lines with one payment's reference and exact amount, the earliest first."""
    if payment.theirs:
        return {each.mark: Found("theirs") for each in (*out, *back)}
    since = payment.since
    if payment.state != "sent" or since is None:
        late = payment.state == "paid"
        found = {each.mark: Found("known", payment.id) for each in (*out, *back)}
        for each in back:
            if late and since is not None and each.line.booked_on >= since:
                found[each.mark] = Found("late", payment.id)
        return found
    # What was booked before this payment was sent tells of an earlier run of it.
    found = {each.mark: Found("early", payment.id) for each in (*out, *back) if each.line.booked_on < since}
    went = [each for each in out if each.mark not in found]
    came = [each for each in back if each.mark not in found]
    if came and len(came) >= len(went):
        # It went out and came back: only the newest that came back says so.
        found.update((each.mark, Found("known", payment.id)) for each in (*went, *came[:-1]))
        found[came[-1].mark] = Found("returned", payment.id)
    else:
        found.update((each.mark, Found("known", payment.id)) for each in (*went[: len(came)], *came))
        for place, each in enumerate(went[len(came) :]):
            found[each.mark] = Found("twice" if place else "paid", payment.id)
    return found


def _likely(lines: Sequence[Marked], payments: Sequence[Expected]) -> Mapping[str, Found]:
    """Lines without a reference and payments that fit by amount and name, where each has only the other."""
    of_line: dict[str, list[Expected]] = defaultdict(list)
    of_payment: Counter[int] = Counter()
    by_pence: dict[int, list[Expected]] = defaultdict(list)
    for payment in payments:
        by_pence[payment.pence].append(payment)
    for each in lines:
        said = words_key(each.line.words)
        for payment in by_pence.get(-each.line.pence, ()):
            name = words_key(payment.payee)
            if name and name in said and payment.since is not None and each.line.booked_on >= payment.since:
                of_line[each.mark].append(payment)
                of_payment[payment.id] += 1
    return {
        mark: Found("theirs") if fits[0].theirs else Found("likely", fits[0].id)
        for mark, fits in of_line.items()
        if len(fits) == 1 and of_payment[fits[0].id] == 1
    }
