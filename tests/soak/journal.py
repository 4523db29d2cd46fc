"""What the service answered, kept beside the database; and what must therefore stand in it."""

import json
import os
import threading
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: An event of the record: whose chain (`*`: any), and what happened.
Claim = tuple[str, str]


@dataclass
class Journal:
    """Every answer, in a file that is on the disk before the next act: acknowledged, refused, or nobody knows."""

    path: Path
    acknowledged: int = 0
    refused: int = 0
    doubtful: int = 0
    #: Answers that no fault excuses: (what was asked, what came).
    errors: list[str] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    done: Counter[Claim] = field(default_factory=Counter)
    maybe: Counter[Claim] = field(default_factory=Counter)
    #: Of each answer of a draft that was acknowledged, by bid and question: the last, and what may have come after it.
    typed: dict[tuple[int, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    _alone: threading.Lock = field(default_factory=threading.Lock)

    def given(self, claims: Sequence[Claim], count: int = 1) -> None:
        """What was made in quiet, before or between the faults."""
        with self._alone:
            for claim in claims:
                self.done[claim] += count

    def answered(self, kind: str, claims: Sequence[Claim], typed: tuple[int, str, str] | None) -> None:
        """The service said yes."""
        with self._alone:
            self._write({"yes": kind, "claims": claims, "typed": typed})
            self.acknowledged += 1
            self.kinds[kind] += 1
            for claim in claims:
                self.done[claim] += 1
            if typed:
                self.typed[typed[:2]] = [typed[2]]

    def said_no(self, kind: str, status: int) -> None:
        """The service said no, so that nothing of it may stand; the counts show it if it does."""
        with self._alone:
            self._write({"no": kind, "status": status})
            self.refused += 1
            self.refusals[f"{kind} {status}"] += 1

    def unheard(
        self, kind: str, claims: Sequence[Claim], typed: tuple[int, str, str] | None, why: str
    ) -> None:
        """Nobody knows: whoever was asked died, or could not say. It happened as a whole or not at all."""
        with self._alone:
            self._write({"doubt": kind, "claims": claims, "typed": typed, "why": why})
            self.doubtful += 1
            for claim in claims:
                self.maybe[claim] += 1
            if typed and typed[:2] in self.typed:
                self.typed[typed[:2]].append(typed[2])

    def lost_or_doubled(self, events: Counter[Claim]) -> list[str]:
        """Every claim that the events do not bear out, in words."""
        totals = Counter[str]()
        for (_subject, action), count in events.items():
            totals[action] += count
        wrong = []
        with self._alone:
            for claim in {*self.done, *self.maybe}:
                subject, action = claim
                stands = totals[action] if subject == "*" else events[claim]
                least, most = self.done[claim], self.done[claim] + self.maybe[claim]
                if stands < least:
                    wrong.append(
                        f"lost: {action} of {subject} was answered {least} times, and stands {stands} times"
                    )
                if stands > most:
                    wrong.append(
                        f"doubled: {action} of {subject} stands {stands} times, and was asked for {most} times"
                    )
        return wrong

    def _write(self, line: dict[str, Any]) -> None:
        with self.path.open("a") as file:
            file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())
