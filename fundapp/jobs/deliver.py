"""Delivers the effects that are due, one after another, each under a lease of its own."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from fundapp.database import Database
from fundapp.outbox import Effect, Outcome, claim, done, retry

log = logging.getLogger(__name__)

#: Does one effect; must be idempotent by `effect.key`, since a worker may die between effect and mark.
Handler = Callable[[Effect], None]

#: Far longer than any one effect takes, short enough that a dead worker's effects are not late.
LEASE = timedelta(minutes=5)

#: An error's text is cut here, for the officer's desk.
LONGEST_ERROR = 300


class UnknownEffect(Exception):
    """No handler of this name: an older worker met an effect of a newer service."""


@dataclass(frozen=True)
class Counts:
    """How many effects were done, put off after a failure, and given up."""

    done: int = 0
    retried: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.done + self.retried + self.failed


def deliver_due(
    db: Database,
    handlers: Mapping[str, Handler],
    owner: str,
    *,
    limit: int | None = None,
    lease: timedelta = LEASE,
) -> Counts:
    """Delivers what is due, up to `limit` effects; `owner` names this worker among all (60 characters).

    A handler that raises puts its effect off, or gives it up after the last try, and the next one follows.
    """
    counts = {"done": 0, Outcome.RETRIED: 0, Outcome.FAILED: 0, Outcome.LOST: 0}
    while limit is None or sum(counts.values()) < limit:
        effect = claim(db, owner, lease)
        if effect is None:
            break
        counts[_deliver(db, handlers, effect)] += 1
    return Counts(counts["done"], counts[Outcome.RETRIED], counts[Outcome.FAILED])


def _deliver(db: Database, handlers: Mapping[str, Handler], effect: Effect) -> str:
    """`done`, or what became of the failed try."""
    try:
        handler = handlers.get(effect.name)
        if handler is None:
            raise UnknownEffect(f"This worker knows no effect named {effect.name}. Update and restart it.")
        handler(effect)
    # The one place that catches everything: a bad effect must not keep the others from being delivered.
    except Exception as failure:
        outcome = retry(db, effect, one_line(failure), hopeless=getattr(failure, "permanent", False))
        log.exception("effect %d (%s), try %d: %s", effect.id, effect.name, effect.attempts, outcome)
        return outcome
    if done(db, effect):
        return "done"
    log.warning("effect %d (%s) outlived its lease and was taken over", effect.id, effect.name)
    return Outcome.LOST


def one_line(failure: Exception) -> str:
    """The failure in one plain line of at most LONGEST_ERROR characters, without its traceback."""
    said = " ".join(str(failure).split()) or "no reason given"
    return f"{type(failure).__name__}: {said}"[:LONGEST_ERROR]
