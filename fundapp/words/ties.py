"""What people are tied to and why they are kept from a bid, in words."""

from typing import Final

from fundapp.words.marks import N_
from fundapp.words.tongue import gettext as _

#: Why somebody is kept from a bid, as the panel and its minutes say it; by the codes of `domain.ties.REASONS`.
REASONS: Final[dict[str, str]] = {
    "own": N_("has a part in it"),
    "declared": N_("declared an interest in it"),
    "household": N_("the same address"),
    "person": N_("knows somebody in it"),
    "organisation": N_("belongs to the group or works for it"),
    "donor": N_("gives money"),
    "local_party": N_("the same local party"),
    "ward": N_("the same ward"),
    "area": N_("tied to the place"),
}
#: What somebody may say of a tie, by the kind of what they are tied to.
SAID: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "person": (
        ("knows", N_("I know them: family, friend, quarrel")),
        ("works", N_("We work together")),
        ("gives", N_("I give them money, or they me")),
    ),
    "organisation": (
        ("belongs", N_("I belong to it, or help to run it")),
        ("works", N_("I work for it")),
        ("gives", N_("I give it money")),
        ("knows", N_("I know the people who run it")),
    ),
    "area": (
        ("lives", N_("I live there")),
        ("belongs", N_("I am active there")),
        ("works", N_("I work there")),
    ),
    "party": (("member", N_("I am a member")),),
    "home": (("lives", N_("I live there")),),
}


def reason(code: str) -> str:
    """Why somebody is kept from a bid."""
    return str(_(REASONS[code]))


def said(kind: str, why: str) -> str:
    """What somebody said of a tie, as they chose it."""
    return str(_(dict(SAID.get(kind, ())).get(why, N_("I am tied to it in another way"))))
