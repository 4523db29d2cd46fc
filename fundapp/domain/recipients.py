"""Who will hold an award's money: what election law asks of whoever gives to political life."""

import re
from datetime import date
from typing import Final

from fundapp.domain import donations, thresholds

#: In the order in which they are offered. The units of a party, associations of its members and those in elected office
#: are treated on their own by election law (PPERA 2000, section 71 and schedule 7).
RECIPIENTS: Final = ("group", "charity", "company", "local_party", "association", "councillor", "person")

#: Those of them who receive a donation when they receive an award: they have duties of their own.
POLITICAL: Final = ("local_party", "association", "councillor")
#: Parts of a group's name that may mean a party, one of its units or an association of its members; lower case.
HINTS: Final = (
    "labour", "clp", "blp", "constituency party", "conservative", "liberal democrat", "lib dem", "green party",
    "co-operative party", "plaid cymru", "scottish national party", "reform uk", "party branch", "branch party",
    "party member", "local party", "fabian", "socialist", "trades council", "councillor", "cllr",
)  # fmt: skip
_HINTED: Final = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, HINTS))})s?(?!\w)", re.IGNORECASE)


def over(amount_pence: int, day: date) -> bool:
    """Whether an award of that day is one that election law looks at, given to somebody of political life."""
    return donations.over(amount_pence, day)


def limit(day: date) -> int:
    """What an award of that day may be, in pence, before election law looks at it."""
    return thresholds.on("check_over_pence", day)


def hinted(name: str) -> str:
    """The part of a group's name that may mean a party or an association of its members; empty for none.

    A hint, never a finding: a youth club in Labour Row is none of them.
    """
    found = _HINTED.search(" ".join(name.split()))
    return found[0] if found else ""
