"""What is said of bank details: whose they are, what the check said, what the bank said."""

from typing import Final

from fundapp.words.marks import N_

#: Whose account it is.
KINDS: Final[dict[str, str]] = {
    "business": N_("The group’s own account"),
    "personal": N_("Somebody’s personal account"),
}
#: What the modulus check said, to the person who gives the account.
CHECKED: Final[dict[str, str]] = {
    "passes": N_("The bank’s check digit fits."),
    "fails": N_("The bank’s check digit does not fit: look at the statement again; you can still send it."),
    "unknown": N_("We could not check this number. Please compare it with the statement once more."),
}
#: The same, to those who pay.
CHECKED_FOR_STAFF: Final[dict[str, str]] = {
    "passes": N_("The check digit fits"),
    "fails": N_("The check digit does not fit"),
    "unknown": N_("The check digit could not be checked"),
}
#: What the bank said of the account's name (Confirmation of Payee).
BANK_SAID: Final[dict[str, str]] = {
    "match": N_("The name matches"),
    "close": N_("The name nearly matches"),
    "no_match": N_("The name does not match"),
    "unavailable": N_("The bank could not check the name"),
}
