"""What is said of the panel's meetings: why one cannot be recorded, and who somebody was there."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fundapp.words.marks import N_
from fundapp.words.tongue import gettext as _

#: A sentence for every code of `services.sittings.SittingRefused`.
SENTENCES: Final[dict[str, str]] = {
    "panel_not_begun": N_("The round has not closed yet, so its panel cannot have met."),
    "not_yet_held": N_("That moment is still to come. Record the sitting once it has been held."),
    "before_the_round": N_("That is before the round opened. Look at the day again."),
    "another_recorded": N_(
        "A sitting was recorded since you opened this page. Look at the list first: it may be this one."
    ),
    "no_such_sitting": N_("Sitting %(number)s has been corrected already. Correct the newest instead."),
    "place_missing": N_("Say where you met: a hall, or “by video”."),
    "too_long": N_("Shorten this to %(most)s characters."),
    "nobody_present": N_("Tick everybody who was there."),
    "not_of_the_panel": N_("Somebody you ticked is not of this panel. Look at the list as it stands now."),
    "left_but_absent": N_(
        "Somebody is said to have left who was not there. Tick them as present, or untick the bid."
    ),
    "no_interest_declared": N_(
        "Somebody is said to have left for a bid in which they have no part or interest. They declare it first."
    ),
    "day_unreadable": N_("Write a day that exists, such as 27 March 2027."),
    "time_unreadable": N_("Write the time as 19:30."),
}

#: What each part is called when somebody is listed as present.
_PARTS: Final[dict[str, str]] = {
    "chair": N_("chair"),
    "reviewer": N_("reviewer"),
    "officer": N_("officer"),
    "treasurer": N_("treasurer"),
}


def sentence(code: str, params: Mapping[str, Any]) -> str:
    """Why a sitting is not recorded. Raises KeyError for a code that nothing returns."""
    return str(_(SENTENCES[code], **params))


def parts(roles: Sequence[str]) -> str:
    """`chair and reviewer`; `guest` for somebody who held none of the panel's roles that day."""
    names = [str(_(_PARTS[role])) for role in roles]
    if not names:
        return str(_("guest"))
    if len(names) == 1:
        return names[0]
    return str(_("%(first)s and %(last)s", first=", ".join(names[:-1]), last=names[-1]))
