"""What of a cancelled award is owed back, and how much of it came. Whole pence."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Owing:
    """What was `paid`, what is `sent` and with the bank, and what was `returned`, as all of it stands now.

    What the bank sends back is no longer sent, so it is never owed by the applicant.
    """

    paid: int = 0
    sent: int = 0
    returned: int = 0

    @property
    def owed(self) -> int:
        """All that is owed back, come or not."""
        return self.paid + self.sent

    @property
    def left(self) -> int:
        """What is still to come."""
        return max(self.owed - self.returned, 0)

    @property
    def beyond(self) -> int:
        """What came back beyond what is owed; the fund owes it to them."""
        return max(self.returned - self.owed, 0)
