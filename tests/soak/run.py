"""The run of a soak: acts and a fault, the check after it, and at the end the table."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from fundapp.audit.standalone.notes import Checkpoint
from tests.fleet.processes import Web
from tests.fleet.waiting import wait_for
from tests.soak import checks
from tests.soak.acts import Act
from tests.soak.faults import Faults
from tests.soak.ground import Ground, open_effects, raised

#: Acts that are under way when a fault strikes, and that follow it in quiet.
AT_ONCE, BETWEEN = 3, 4
#: Fewer open acts than this, and new rounds are made.
FEW = 12
#: Faults between two checks of everything.
EVERYTHING = 25
#: Seconds in which a queue that goes on by itself is empty, on a busy machine.
DRAINS = 90


class Broken(Exception):
    """Something was lost or doubled, or does not hold; the message has a line for each."""


@dataclass
class Soak:
    """One history on one database."""

    kind: str
    seed: int
    folder: Path
    small_disk: bool = False
    say: Callable[[str], None] = lambda words: None
    #: Only these faults, in this order, over and over; by the dice where none are named.
    only: Sequence[str] = ()
    figures: dict[str, int] = field(default_factory=dict)
    broken: bool = True

    def run(self, enough: Callable[[int], bool]) -> None:
        """Acts and faults until there were enough kills. Raises Broken."""
        rng, outside = random.Random(f"{self.seed} {self.kind}"), list[Checkpoint]()
        with raised(self.kind, self.folder, rng, small_disk=self.small_disk) as ground:
            if self.small_disk and ground.disk is None:
                self.say("no small disk could be mounted here: the disk never fills up")
            faults, number = Faults(ground), 0
            try:
                while not enough(faults.kills):
                    self._step(ground, faults, number)
                    number += 1
                    if number % EVERYTHING == 0:
                        self._everything(ground, faults, outside)
                    if number % 10 == 0:
                        self.say(f"{faults.kills} kills, {ground.journal.acknowledged} acts acknowledged")
                self._everything(ground, faults, outside)
                self.broken = False
            finally:
                self._count(ground, faults, number)

    def _step(self, ground: Ground, faults: Faults, number: int) -> None:
        if self.only:
            kind = self.only[number % len(self.only)]
        else:
            weights = faults.kinds()
            (kind,) = ground.rng.choices(list(weights), list(weights.values()))
        acts = self._acts(ground)
        getattr(faults, kind)(self._chosen(ground, acts, AT_ONCE))
        wait_for(lambda: _reachable(ground), "the database")
        faults.heal()
        self._held(checks.quick(ground), f"after fault {number} ({kind})")
        for thread in ground.begin(
            self._chosen(ground, ground.acts(), BETWEEN), [web for web in faults.ready(Web) if isinstance(web, Web)]
        ):  # fmt: skip
            thread.join()

    def _acts(self, ground: Ground) -> list[Act]:
        found = ground.acts()
        # Beginning bids and mending drafts is always possible: what counts is the rest of a bid's way.
        if sum(act.kind not in ("start a bid", "save an answer", "withdraw") for act in found) < FEW:
            ground.restock()
            found = ground.acts()
        return found

    def _chosen(self, ground: Ground, acts: Sequence[Act], count: int) -> list[Act]:
        """Some that do not touch one another's things, all kinds alike often."""
        kinds = sorted({act.kind for act in acts})
        chosen: list[Act] = []
        touched = set[str]()
        for kind in ground.rng.sample(kinds, len(kinds)):
            act = ground.rng.choice([act for act in acts if act.kind == kind])
            if len(chosen) < count and not act.touches & touched:
                chosen.append(act)
                touched |= act.touches
        return chosen

    def _everything(self, ground: Ground, faults: Faults, outside: list[Checkpoint]) -> None:
        """The service goes on by itself until nothing is due; then everything is looked at."""
        for one in ground.fleet.running:
            wait_for(one.is_ready, f"{one.name} to be ready")
        clock = ground.tick(_now())
        clock.wait(60)
        begun = time.monotonic()
        late, ends = begun + DRAINS / 3, begun + DRAINS
        while open_effects(ground) or self._stuck(ground):
            if time.monotonic() > ends:
                names = ground.rows("SELECT name, attempts, last_error FROM outbox WHERE done_at IS NULL")
                told = [f"{one.name}: {one.said()[-1500:]}" for one in ground.fleet.workers]
                raise Broken("\n".join([f"the queue does not drain: {names}", *told]))
            again = [act for act in ground.acts() if act.kind == "try again"]
            for thread in ground.begin(again, ground.fleet.webs):
                thread.join()
            faults.heal()
            if time.monotonic() > late:
                faults.outwait()
                late = ends
            time.sleep(0.1)
        self._held(checks.full(ground, faults, outside), "in the check of everything")

    def _stuck(self, ground: Ground) -> int:
        return int(
            ground.value("SELECT count(*) FROM outbox WHERE failed_at IS NOT NULL AND done_at IS NULL")
        )

    def _held(self, wrong: Sequence[str], when: str) -> None:
        if wrong:
            raise Broken("\n".join([when, *wrong[:20]]))

    def _count(self, ground: Ground, faults: Faults, number: int) -> None:
        journal = ground.journal
        mails, again, _wrong = checks.mails(ground, faults)
        self.figures = {
            "operations acknowledged": journal.acknowledged, "operations refused": journal.refused,
            "operations nobody heard of again": journal.doubtful, "faults": number, **dict(sorted(faults.counts.items())),
            "mails handed over": mails, "handed over again under the same Message-ID": again,
        }  # fmt: skip
        for name, counted in (("acknowledged", journal.kinds), ("refused", journal.refusals)):
            self.say(f"{name}: " + ", ".join(f"{kind} {count}" for kind, count in sorted(counted.items())))

    def table(self) -> str:
        """The figures, and the verdict."""
        lines = [f"{name:<48}{count:>8}" for name, count in self.figures.items()]
        verdict = "something is wrong, see above" if self.broken else "nothing lost, nothing doubled"
        return "\n".join([f"\n{self.kind}, seed {self.seed}", *lines, verdict])


def _reachable(ground: Ground) -> bool:
    try:
        return bool(ground.value("SELECT 1"))
    except (DBAPIError, OSError):
        return False


def _now() -> str:
    from datetime import UTC, datetime, timedelta

    return (datetime.now(UTC) + timedelta(minutes=11)).isoformat()
