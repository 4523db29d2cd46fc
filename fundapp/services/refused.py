"""A no to somebody: every reason for it; and what was tried that is not theirs, put on record in their own chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from workflows.grammar import Refusal

if TYPE_CHECKING:
    from datetime import datetime

    from fundapp.services.case import Step
    from fundapp.services.deed import Actor, Office

#: The event of it: whoever tried, what (`act`), on what (`of`), and the reasons' codes (`why`).
ACTION: Final = "act.refused"


class Refused(Exception):
    """The policy or another's faster hand said no; `refusals` holds every reason."""

    def __init__(self, step: Step, refusals: Sequence[Refusal]) -> None:
        self.step = step
        self.refusals = tuple(refusals)
        super().__init__(f"{step.life} {step.id} {step.move}: " + ", ".join(r.code for r in self.refusals))

    @property
    def trespass(self) -> bool:
        """Whether one of the reasons is that it is not theirs to do."""
        return any(refusal.kind == "not_yours" for refusal in self.refusals)


def put_on_record(office: Office, actor: Actor, at: datetime, refused: Refused) -> None:
    """Note that a person tried what is not theirs, once all that they tried is undone; other refusals are no trespass."""
    if refused.trespass:
        step = refused.step
        of = {
            name: value for name, value in ((step.life, step.id), ("under", step.parent)) if value is not None
        }
        why = sorted({refusal.code for refusal in refused.refusals})
        note(office, actor, at, f"{step.life}.{step.move}", of, why)


def note(
    office: Office, actor: Actor, at: datetime, act: str, of: Mapping[str, Any], why: Sequence[str]
) -> None:
    """The event that somebody tried something that is not theirs; nothing of the service's own doing.

    Only codes and numbers are kept, never what was typed. After so many in an hour (`throttle.LIMITS`) no more are
    written until it is over: nobody fills the record.
    """
    # A deed notes what it refuses, so that the two load one another.
    from fundapp.services import throttle

    if actor.person is None:
        return
    with office.deed(actor, at) as deed:
        if throttle.spend(deed.conn, office.secret_key, "refused", deed.now, str(actor.person)) is None:
            params = {"act": act, "of": dict(of), "why": list(why)}
            deed.note(f"person:{actor.person}", "act.refused", params=params)
