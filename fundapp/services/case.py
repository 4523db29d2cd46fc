"""Cases: one move asked for on one row, and what is known for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fundapp.audit.record import Entry
from fundapp.database import AnyRow
from fundapp.services.deed import Actor
from workflows.machine import Verdict


@dataclass(frozen=True, slots=True)
class Step:
    """One move asked for.

    `id` is the row's, or None where the move begins one; then `parent` is the round (bid), the bid (award) or the
    award (payment, report) that it belongs to. `seen` is the version the person had before them; None for the clock.
    `actor` overrides the deed's, for what the service does as a consequence.
    """

    life: str
    move: str
    id: int | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)
    seen: int | None = None
    parent: int | None = None
    actor: Actor | None = None


@dataclass(slots=True)
class Case:
    """A step with everything read for it. `changes` are the columns of the main row that its consequences set."""

    step: Step
    actor: Actor
    subject: str
    row: AnyRow | None
    bid: AnyRow | None
    round: AnyRow | None
    entry: Entry | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    found: dict[str, Any] = field(default_factory=dict)
    verdict: Verdict | None = None
    id: int = 0
    changes: dict[str, Any] = field(default_factory=dict)
    #: What the event says beside the move; never personal.
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def state(self) -> str | None:
        """The state that the row is in; None before it begins."""
        return self.row.state if self.row is not None else None

    @property
    def bid_id(self) -> int | None:
        """The bid that this hangs on."""
        return self.bid.id if self.bid is not None else None

    def input(self, name: str, default: Any = None) -> Any:
        """What was given for an input."""
        return self.step.inputs.get(name, default)
