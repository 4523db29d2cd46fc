"""Why a round's scores are plain averages, in words."""

from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext


def why_plain(method: str, groups: int) -> str:
    """The sentence for a method code of `domain.calibration.Calibration`; empty where the scores are calibrated.

    Raises KeyError for a code that nobody knows.
    """
    if method == "calibrated":
        return ""
    return {
        "no_marks": _("Nobody has sent any marks yet."),
        "few_readers": _("Fewer than three readers have marked two bids or more, so kind and strict cannot be told apart."),
        "few_shared": _("Fewer than five bids have been read by two people, so readers cannot be held against each other."),
        "groups": ngettext(
            "The marks are not all linked.",
            "The marks fall into %(num)s groups, and nobody has read bids of two of them, so the groups cannot be held "
            "against each other.",
            groups,
        ),
        "alike": _("Every mark so far is the same."),
    }[method]  # fmt: skip
