"""Words about the wording of letters: what each passage is, what a placeholder stands for, and what is wrong with a text."""

from typing import Final

from fundapp.domain.wording import Complaint
from fundapp.words.marks import N_
from fundapp.words.tongue import gettext as _

#: Each kind of letter: what it is called, and whom it goes to when.
KINDS: Final[dict[str, tuple[str, str]]] = {
    "award": (N_("Award letter"), N_("Goes to whoever is awarded a grant, when the decisions are released.")),
    "feedback": (N_("Feedback letter"), N_("Goes to whoever is not awarded one, the same day.")),
    "acceptance": (
        N_("Countersigned copy"),
        N_("Goes to whoever agrees to the terms of their award, at once."),
    ),
}

_CLOSING: Final = (N_("Closing"), N_("Before the signatures. Leave it empty for none."))
#: Each passage of a kind: what it is called, and where it stands.
PASSAGES: Final[dict[str, dict[str, tuple[str, str]]]] = {
    "award": {
        "opening": (N_("Opening"), N_("The project’s title follows it on a line of its own.")),
        "before_terms": (N_("Before the terms"), N_("Under “What you agree to”, above the list. Leave it empty for none.")),
        "what_next": (N_("What to do now"), N_("Under that heading, after the terms.")),
        "closing": _CLOSING,
        "changed_opening": (N_("Opening, of a changed award"), N_("In the letter that replaces an earlier one.")),
        "changed_next": (N_("What to do now, of a changed award"), N_("In the letter that replaces an earlier one.")),
    },
    "feedback": {
        "opening": (N_("Opening"), N_("The project’s title follows it on a line of its own.")),
        "before_reasons": (N_("Before the reasons"), N_("Above what the panel says. Leave it empty for none.")),
        "closing": (N_("Closing"), N_("After what can be done next, before the signatures.")),
    },
    "acceptance": {
        "opening": (N_("Opening"), N_("The project’s title follows it on a line of its own.")),
        "changed_opening": (N_("Opening, of a changed award"), N_("Once an applicant has agreed to a change.")),
        "closing": _CLOSING,
    },
}  # fmt: skip

#: What each placeholder stands for.
PLACEHOLDERS: Final[dict[str, str]] = {
    "project": N_("the project’s title"),
    "organisation": N_("the group that gets the money"),
    "name": N_("the applicant’s name, or else the group’s"),
    "reference": N_("the bid’s reference"),
    "fund": N_("the fund’s name"),
    "round": N_("the round’s title"),
    "dated": N_("the day of the letter"),
    "amount": N_("the award in figures"),
    "amount_in_words": N_("the award in words"),
    "accept_by": N_("until when the offer stands"),
    "report_by": N_("until when the report is due"),
    "replaced_day": N_("the day of the letter that this one replaces"),
    "letter_day": N_("the day of the letter that was agreed to"),
}

COMPLAINTS: Final[dict[str, str]] = {
    "empty": N_("%(passage)s is empty. Write what the letter shall say there."),
    "too_long": N_("%(passage)s has %(length)s characters and there is room for %(limit)s. Shorten it."),
    "lacking": N_(
        "%(passage)s lacks {%(placeholder)s}: without it the letter does not say %(stands_for)s. Put it in."
    ),
    "unknown": N_("%(passage)s: there is no {%(given)s}. Use one of the placeholders listed below the box."),
    "meant": N_("%(passage)s: there is no {%(given)s}. Did you mean {%(meant)s}?"),
    "not_here": N_(
        "%(passage)s: {%(given)s} has no meaning here. Use one of the placeholders listed below the box."
    ),
    "unclosed": N_(
        "%(passage)s: a { is not closed at “%(near)s”. Close it with } right after the placeholder’s name."
    ),
    "stray": N_(
        "%(passage)s: a } stands alone at “%(near)s”. Take it out, or put a { and a placeholder’s name before it."
    ),
    "nameless": N_(
        "%(passage)s: no name stands between the braces at “%(near)s”. Write one, or take the braces out."
    ),
}


def label(kind: str, passage: str) -> str:
    """What a passage is called."""
    return str(_(PASSAGES[kind][passage][0]))


def complaint(kind: str, each: Complaint) -> str:
    """What is wrong with a passage, as a sentence that names it and says what to do."""
    params = dict(each.params)
    code = "meant" if params.get("meant") else each.code
    if code == "lacking":
        params["stands_for"] = _(PLACEHOLDERS[params["placeholder"]])
    return str(_(COMPLAINTS[code], **params, passage=label(kind, each.passage)))
