"""Delivers the effects that are due, one after another, each under a lease of its own."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from sqlalchemy.exc import OperationalError

from fundapp import logs
from fundapp.database import Database
from fundapp.outbox import Effect, Outcome, claim, done, retry

log = logging.getLogger(__name__)

#: Does one effect; must be idempotent by `effect.key`, since a worker may die between effect and mark.
Handler = Callable[[Effect], None]

#: Far longer than any one effect takes, short enough that a dead worker's effects are not late.
LEASE = timedelta(minutes=5)

#: An error's text is cut here, for the officer's desk.
LONGEST_ERROR = 300


#: Seconds that a mark is tried again while the database is away: a restart is over by then, and the lease is not.
MARK_PATIENCE = 60.0
FIRST_WAIT, LONGEST_WAIT = 0.1, 3.0

Marked = TypeVar("Marked")


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
    """`done`, or what became of the failed try. It is told in one line, under the number of the request that asked."""
    with logs.told_as(effect.request_id) as story:
        begun = time.perf_counter()
        failure = _try(handlers, effect)
        if failure is not None:
            permanent = getattr(failure, "permanent", False)
            reason = one_line(failure)
            outcome: str = _marked(lambda: retry(db, effect, reason, hopeless=permanent))
        else:
            outcome = "done" if _marked(lambda: done(db, effect)) else Outcome.LOST
        told = {
            "effect": effect.id, "name": effect.name, "try": effect.attempts, "outcome": str(outcome),
            "ms": round((time.perf_counter() - begun) * 1000, 1), "statements": story.statements,
        }  # fmt: skip
        if failure is not None:
            log.error(
                "effect %d (%s), try %d: %s", effect.id, effect.name, effect.attempts, outcome, exc_info=failure,
                extra={"told": told},
            )  # fmt: skip
        elif outcome == Outcome.LOST:
            log.warning(
                "effect %d (%s) outlived its lease and was taken over",
                effect.id,
                effect.name,
                extra={"told": told},
            )
        else:
            log.info("effect %s", effect.name, extra={"told": told})
    return outcome


def _marked(mark: Callable[[], Marked]) -> Marked:
    """The mark that an effect is done, or put off, tried again while the database is away.

    Without it the effect would be done once more when its lease is over, and a mail handed over twice, whenever the
    database is restarted, or its disk is full, at that moment. Raises OperationalError after MARK_PATIENCE.
    """
    ends, wait = time.monotonic() + MARK_PATIENCE, FIRST_WAIT
    while True:
        try:
            return mark()
        except OperationalError:
            if time.monotonic() + wait > ends:
                raise
            log.warning("the database is away: what was done is marked as soon as it is back")
            time.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)


def _try(handlers: Mapping[str, Handler], effect: Effect) -> Exception | None:
    """Does the effect; what it failed of, if it did."""
    try:
        handler = handlers.get(effect.name)
        if handler is None:
            raise UnknownEffect(f"This worker knows no effect named {effect.name}. Update and restart it.")
        handler(effect)
    # The one place that catches everything: a bad effect must not keep the others from being delivered.
    except Exception as failure:
        return failure
    return None


def one_line(failure: Exception) -> str:
    """The failure in one plain line of at most LONGEST_ERROR characters, without its traceback."""
    said = " ".join(str(failure).split()) or "no reason given"
    return f"{type(failure).__name__}: {said}"[:LONGEST_ERROR]
