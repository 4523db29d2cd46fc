"""What happened to somebody's way in, in words; and why a password is not taken."""

from collections.abc import Mapping
from typing import Any, Final

from fundapp.words.marks import N_
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext

#: Security events by kind. `%(browser)s` is what a browser calls itself, `%(role)s` a role in a word.
TOLD: Final[dict[str, str]] = {
    "account_opened": N_("You started this account, in %(browser)s."),
    "signed_in_link": N_("You signed in by a mailed link, in %(browser)s."),
    "signed_in_password": N_("You signed in with your password, in %(browser)s."),
    "new_browser": N_("That was a browser in which you had not signed in before: %(browser)s."),
    "password_set": N_("A password was set, in %(browser)s."),
    "password_changed": N_("Your password was changed, in %(browser)s."),
    "factor_set": N_("A second step was set up, in %(browser)s."),
    "factor_removed": N_("Your second step was removed, in %(browser)s."),
    "factor_failed": N_("A wrong code was given for your second step, in %(browser)s."),
    "codes_renewed": N_("New recovery codes were made, in %(browser)s."),
    "recovery_used": N_("A recovery code was used, in %(browser)s."),
    "data_given": N_("You took a copy of everything that we hold about you."),
    "data_given_by": N_(
        "The fund’s officer made a copy of everything that we hold about you, as you had asked."
    ),
    "role_given": N_("You were given the role of %(role)s."),
    "role_ended": N_("Your role of %(role)s ended."),
}

#: Roles in a word, as they stand in the middle of a sentence.
ROLES: Final[dict[str, str]] = {
    "member": N_("member"),
    "reviewer": N_("panel member"),
    "chair": N_("chair"),
    "treasurer": N_("treasurer"),
    "officer": N_("officer"),
    "auditor": N_("auditor"),
}

_PASSWORDS: Final[dict[str, str]] = {
    "wrong": N_("This is not the password that you have now."),
    "short": N_("Use at least %(shortest)s characters. Three words that do not belong together work well."),
    "long": N_("Use no more than %(longest)s characters."),
    "yours": N_("It is made of your name or address, which is tried first. Choose words that nobody would link with you."),
    "common": N_("It is made of common words or names, which are tried first. Add one or two words that do not belong together."),
    "pattern": N_("It follows a pattern, such as letters in a row, a date or something said twice. Put unlike words together."),
    "guessable": N_("It can be guessed too quickly. Make it longer, with another word or two."),
}  # fmt: skip


def browser(name: str) -> str:
    """A browser by what it calls itself, as people read it."""
    return name or str(_("a browser that does not say what it is"))


def role(code: str) -> str:
    """A role in the middle of a sentence."""
    return str(_(ROLES[code]))


def told(event: Any) -> str:
    """A security event (kind, details) in a sentence."""
    details: Mapping[str, Any] = event.details
    if event.kind == "sessions_ended" and details.get("by") == "fund":
        return str(_("The fund signed you out everywhere."))
    if event.kind == "sessions_ended":
        return str(
            ngettext("You signed out one browser.", "You signed out %(num)s browsers.", details["count"])
        )
    return str(
        _(
            TOLD[event.kind],
            browser=browser(details.get("browser", "")),
            role=role(details["role"]) if "role" in details else "",
        )
    )


def password_sentence(code: str, shortest: int, longest: int) -> str:
    """Why a password is not taken, and what to do."""
    return str(_(_PASSWORDS[code], shortest=shortest, longest=longest))
