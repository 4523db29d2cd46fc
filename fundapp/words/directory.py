"""What a file would change in the directory, in words."""

from typing import Final

from fundapp.words.marks import N_
from fundapp.words.tongue import gettext as _

#: What of an area or an office changes.
FIELDS: Final[dict[str, str]] = {
    "name": N_("name"),
    "within": N_("lies in"),
    "constituency": N_("constituency"),
    "party": N_("party"),
    "from_on": N_("in office from"),
    "to_on": N_("in office to"),
    "email": N_("address"),
    "confirmed": N_("address confirmed"),
}


def change(field: str, before: str, after: str) -> str:
    """One difference: `address: a@example.org → b@example.org`. What was not known before is `nothing`."""
    label = str(_(FIELDS[field]))
    if field == "confirmed":
        return f"{label}: {after}"
    return f"{label}: {before or _('nothing')} → {after}"
