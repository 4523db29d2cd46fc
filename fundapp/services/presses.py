"""Letters pressed on every core: a process for each, given one letter at a time."""

import gc
import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from multiprocessing.connection import wait
from typing import Any, Final

from fundapp.letters.checking import Check
from fundapp.letters.paper import Enclosed, PressNotReady
from fundapp.letters.signature import Seal, SealUnusable, sign
from fundapp.services import papers

#: Letters that one process makes before a fresh one takes its place: WeasyPrint lets go of some memory only at its end.
LIFE: Final = 250
#: Letters that a process has before it. Two of them, a few thousand bytes each, find room in its pipe unread.
AHEAD: Final = 2


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that one letter is made of. Without a seal it is not signed."""

    letter: int
    kind: str
    facts: dict[str, Any]
    enclosed: Enclosed
    check: Check | None
    seal: Seal | None


class PressBroken(RuntimeError):
    """A process that pressed letters ended; what was made before is kept. The text says what to do."""


def pressed(sheet: Sheet) -> bytes:
    """The PDF of a sheet, signed where it has a seal. Raises PressNotReady, SealUnusable."""
    pdf = papers.rendered(sheet.facts, sheet.kind, sheet.enclosed, sheet.check)
    return sign(pdf, sheet.seal) if sheet.seal else pdf


def press_all(sheets: Iterator[Sheet], count: int | None = None) -> Iterator[tuple[int, bytes]]:
    """(letter, PDF) of every sheet, as they are done, by `count` processes, one for each core unless told otherwise.

    A sheet is asked for only when a process has but one to do, and a process gives way to a fresh one after LIFE
    letters, so memory does not grow with their number. The processes end with this one, however it ends: each waits on a
    pipe that nobody else holds. Raises as `pressed` does, PressBroken.
    """
    presses: dict[Any, _Press] = {}
    ended: list[_Press] = []
    try:
        for _number in range(count or os.cpu_count() or 1):
            _begin(presses, sheets)
        while presses:
            for ready in wait(list(presses)):
                press = presses[ready]
                done = press.take()
                press.fill(sheets)
                if not press.waiting:
                    press.pipe.close()
                    ended.append(presses.pop(ready))
                    _begin(presses, sheets)
                yield done
    finally:
        for press in presses.values():
            press.pipe.close()
        for press in [*presses.values(), *ended]:
            press.end()


class _Press:
    """A process that makes letters, and the pipe to it."""

    def __init__(self) -> None:
        # Fresh processes: one that is forked while threads hold locks may wait for them for ever.
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        self.pipe: Any = here
        self.given = self.waiting = 0
        self.process = context.Process(target=_work, args=(there,), daemon=True, name="press")
        self.process.start()
        there.close()

    def fill(self, sheets: Iterator[Sheet]) -> None:
        """Gives it letters to make: one, and the next, so that it need not wait for us between them."""
        while self.waiting < AHEAD and self.given < LIFE and (sheet := next(sheets, None)) is not None:
            try:
                self.pipe.send(sheet)
            except (BrokenPipeError, ConnectionResetError):
                raise _broken() from None
            self.given += 1
            self.waiting += 1

    def take(self) -> tuple[int, bytes]:
        """(letter, PDF), once it is made. Raises what hindered it."""
        try:
            letter, pdf, wrong = self.pipe.recv()
        except (EOFError, ConnectionResetError):
            raise _broken() from None
        self.waiting -= 1
        if wrong is not None:
            raise wrong
        return letter, pdf

    def end(self) -> None:
        """Waits until it has ended; whoever does not end is made to."""
        self.process.join(timeout=5)
        if self.process.is_alive():
            self.process.terminate()


def _begin(presses: dict[Any, _Press], sheets: Iterator[Sheet]) -> None:
    """A fresh process with letters to make, if there are any left."""
    first = next(sheets, None)
    if first is None:
        return
    press = _Press()
    presses[press.pipe] = press
    press.fill(chain([first], sheets))


def _broken() -> PressBroken:
    return PressBroken(
        "A process that makes letters ended. What was made is kept: start again, and it goes on from there."
    )


def _work(there: Any) -> None:
    """What such a process does: a letter at a time, until nobody is at the other end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asked for the letters decides when it is over
    settled = False
    with suppress(EOFError, BrokenPipeError):
        while True:
            sheet: Sheet = there.recv()
            try:
                answer: tuple[int, bytes | None, Exception | None] = (sheet.letter, pressed(sheet), None)
            except (PressNotReady, SealUnusable, ValueError) as wrong:
                answer = (sheet.letter, None, wrong)
            there.send(answer)
            if not settled:
                # What was imported and parsed for the first letter stays: nobody looks through it again for what may go.
                gc.collect()
                gc.freeze()
                settled = True
