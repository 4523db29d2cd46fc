"""Somebody who bids together with an applicant, as the record has it."""

from datetime import datetime

from fundapp.models import CoApplicant
from fundapp.services.deed import Actor, Office


def joined(office: Office, who: Actor, bid: int, at: datetime, *, left: bool = False) -> None:
    """They joined, and perhaps left again at once."""
    with office.deed(who, at) as deed:
        row = {
            "bid_id": bid,
            "person_id": who.person,
            "from_at": deed.now,
            "to_at": deed.now if left else None,
        }
        deed.put(f"bid:{bid}", CoApplicant, row)
        deed.note(f"bid:{bid}", "co_applicant.joined")
