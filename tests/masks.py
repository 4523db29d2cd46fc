"""Masked copies confirmed as the service proposes them."""

from collections.abc import Sequence
from datetime import datetime

from fundapp.services import masking
from fundapp.services.deed import Actor, Office


def given(office: Office, bid: int, cleared: Sequence[int] = (), **texts: str) -> masking.Given:
    """What an officer sends who confirms the proposal, but for these texts by key."""
    with office.db.read() as conn:
        proposal = masking.propose(conn, bid)
    assert proposal is not None
    whole = {text.key: text.proposed for text in proposal.texts} | texts
    return masking.Given(proposal.version, proposal.number, whole, cleared, frozenset())


def confirm(
    office: Office, officer: Actor, bid: int, at: datetime, cleared: Sequence[int] = (), **texts: str
) -> int:
    """The proposal confirmed; the copy's number."""
    return masking.confirm(office, officer, bid, given(office, bid, cleared, **texts), at)
