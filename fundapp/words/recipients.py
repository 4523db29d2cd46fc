"""Who will hold an award's money, in words."""

from typing import Final

from fundapp.words.marks import N_
from fundapp.words.tongue import gettext as _

_LABELS: Final[dict[str, str]] = {
    "group": N_("A community group"),
    "charity": N_("A registered charity"),
    "company": N_("A company or co-operative"),
    "local_party": N_("A local party"),
    "association": N_("An association of party members"),
    "councillor": N_("An elected representative"),
    "person": N_("Another person"),
}
_HINTS: Final[dict[str, str]] = {
    "group": N_("A club, a residents’ group, or any other group that is neither a charity nor a company."),
    "charity": N_("It has a charity number."),
    "company": N_("Also a community interest company or another registered society."),
    "local_party": N_("A constituency party, a branch or any other unit of a party."),
    "association": N_("A group whose members are all, or mostly, members of one party."),
    "councillor": N_("A councillor, mayor, MP or anybody else in elected office, in their own account."),
    "person": N_("Somebody who holds it for the project in their own account."),
}


def label(recipient: str) -> str:
    """`A local party`. Raises KeyError for what is no kind of recipient."""
    return str(_(_LABELS[recipient]))


def hint(recipient: str) -> str:
    """What helps to choose it."""
    return str(_(_HINTS[recipient]))
