"""Hints that a bid is like another: by what, with which, how much; nothing is decided by them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from flask import g, url_for
from sqlalchemy import Row

from fundapp.domain import likeness
from fundapp.pages.gate import funds_for, named_funds
from fundapp.pages.staff.reach import ROLES
from fundapp.queries import likeness as asks
from fundapp.words import states
from fundapp.words.marks import N_
from fundapp.words.tongue import gettext as _

#: Others that are shown beside one bid, the likest first.
SHOWN: Final = 8
#: What two bids share, in the order in which it weighs; a kind makes those after it in its list needless to say.
KINDS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "bank": (N_("the same bank account"), ()),
    "official": (N_("the same charity or company number"), ("name",)),
    "name": (N_("the same name of the group"), ()),
    "address": (N_("the same address"), ("postcode",)),
    "phone": (N_("the same telephone number"), ()),
    "postcode": (N_("the same postcode"), ()),
}


@dataclass(slots=True)
class Hint:
    """One other bid that this one is like."""

    other: Row[Any]
    kinds: set[str] = field(default_factory=set)
    percent: int = 0

    @property
    def shares(self) -> str:
        """What both have, as one phrase."""
        needless = {less for kind in self.kinds if kind in KINDS for less in KINDS[kind][1]}
        said = [_(words) for kind, (words, _less) in KINDS.items() if kind in self.kinds - needless]
        if self.percent:
            words = _("%(percent)s of 100 words the same", percent=self.percent)
            said.insert(0, words if self.percent < 100 else _("the very same words"))
        return ", ".join(said)

    @property
    def href(self) -> str:
        """The other bid."""
        return url_for("staff.bid", ref=self.other.reference)

    @property
    def about(self) -> str:
        """Where the other bid stands."""
        return " · ".join(
            filter(None, (self.other.reference, self.other.organisation, self.other.round,
                          states.label("bid", self.other.state, "staff")))
        )  # fmt: skip


def hints(bids: Sequence[int]) -> dict[int, list[Hint]]:
    """For each of these bids, the others that it is like; of those that this person may see."""
    found: dict[int, dict[int, Hint]] = {bid: {} for bid in bids}
    for row in asks.pairs(g.conn, bids, g.person.id, funds_for(*ROLES), named_funds()):
        theirs = found[row.one]
        if row.id in theirs or len(theirs) < 2 * SHOWN:
            theirs.setdefault(row.id, Hint(row)).kinds.add(row.kind)
    texts = {
        bid
        for one, others in found.items()
        for other, hint in others.items()
        if "text" in hint.kinds
        for bid in (one, other)
    }
    shingled = {
        bid: likeness.shingles(likeness.text_of(answers), likeness.PAIR)
        for bid, answers in asks.answers(g.conn, sorted(texts)).items()
    }
    return {one: _weighed(one, others, shingled) for one, others in found.items()}


def _weighed(one: int, others: dict[int, Hint], shingled: dict[int, frozenset[str]]) -> list[Hint]:
    kept = []
    for other, hint in others.items():
        if "text" in hint.kinds:
            percent = likeness.resemblance(shingled.get(one, frozenset()), shingled.get(other, frozenset()))
            # Bands may meet by chance: what counts is the texts themselves.
            hint.percent = percent if percent >= likeness.ALIKE else 0
        if hint.percent or hint.kinds - {"text"}:
            kept.append(hint)
    kept.sort(key=lambda hint: (hint.percent, len(hint.kinds), hint.other.id), reverse=True)
    return kept[:SHOWN]
