"""Letters pressed on every core: a process for each, given one letter at a time."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

from fundapp.letters.checking import Check
from fundapp.letters.paper import Enclosed, PressNotReady
from fundapp.letters.signature import Seal, SealUnusable, sign
from fundapp.services import papers


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

    A sheet is asked for only when a process has nothing to do, so memory does not grow with their number. The processes
    end with this one, however it ends: each waits on a pipe that nobody else holds. Raises as `pressed` does, PressBroken.
    """
    # Fresh processes: one that is forked while threads hold locks may wait for them for ever.
    context = multiprocessing.get_context("spawn")
    running: list[Any] = []
    ours: list[Connection] = []
    try:
        for _number in range(count or os.cpu_count() or 1):
            here, there = context.Pipe()
            child = context.Process(target=_press, args=(there,), daemon=True, name="press")
            child.start()
            there.close()
            running.append(child)
            ours.append(here)
        yield from _fed(sheets, ours)
    finally:
        for here in ours:
            here.close()
        for child in running:
            child.join(timeout=5)
            if child.is_alive():
                child.terminate()


def _fed(sheets: Iterator[Sheet], ours: list[Connection]) -> Iterator[tuple[int, bytes]]:
    busy: list[Any] = []
    for idle in ours:
        if (sheet := next(sheets, None)) is not None:
            idle.send(sheet)
            busy.append(idle)
    while busy:
        for ready in wait(busy):
            here: Any = ready
            try:
                letter, pdf, wrong = here.recv()
            except EOFError:
                raise PressBroken(
                    "A process that makes letters ended. What was made is kept: start again, and it goes on from there."
                ) from None
            if wrong is not None:
                raise wrong
            if (sheet := next(sheets, None)) is not None:
                here.send(sheet)
            else:
                busy.remove(here)
            yield letter, pdf


def _press(there: Connection) -> None:
    """What such a process does: a letter at a time, until nobody is at the other end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asked for the letters decides when it is over
    with suppress(EOFError, BrokenPipeError):
        while True:
            sheet: Sheet = there.recv()
            try:
                answer: tuple[int, bytes | None, Exception | None] = (sheet.letter, pressed(sheet), None)
            except (PressNotReady, SealUnusable, ValueError) as wrong:
                answer = (sheet.letter, None, wrong)
            there.send(answer)
