"""Who acts. A granted role stands in `role_grant`; a part comes from the bid itself; the clock is the service."""

from typing import Final

#: Given to a person, for one fund or all.
GRANTED: Final = ("member", "reviewer", "chair", "treasurer", "officer", "auditor")
#: Played on one bid, by what its rows say.
PARTS: Final = ("applicant", "representative", "assigned_reviewer")
CLOCK: Final = "clock"

ROLES: Final = frozenset((*GRANTED, *PARTS, CLOCK))

#: Granted roles that see bids of others.
STAFF: Final = ("reviewer", "chair", "treasurer", "officer", "auditor")
