"""A question that may hang: asked by one thread at a time, waited for no longer than one has patience."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class AskedOnce(Generic[T]):
    """Answers from what `ask` gave, no older than `keeps` seconds.

    However many want to know while a database hangs, one thread waits for it and no more.
    """

    def __init__(self, ask: Callable[[], T], keeps: float = 1.0) -> None:
        self._ask, self._keeps = ask, keeps
        self._lock = threading.Lock()
        self._answered: tuple[float, T] | None = None
        self._asking: threading.Event | None = None

    def answer(self, patience: float) -> T | None:
        """The answer; None if there is none within `patience` seconds."""
        with self._lock:
            if self._answered is not None and time.monotonic() - self._answered[0] < self._keeps:
                return self._answered[1]
            if self._asking is None:
                self._asking = threading.Event()
                threading.Thread(
                    target=self._run, args=(self._asking,), name="asked once", daemon=True
                ).start()
            asking = self._asking
        if not asking.wait(patience):
            return None
        with self._lock:
            # None too if the question broke: then there is no answer, or only an old one.
            fresh = (
                self._answered is not None and time.monotonic() - self._answered[0] < self._keeps + patience
            )
            return self._answered[1] if self._answered is not None and fresh else None

    def _run(self, asking: threading.Event) -> None:
        try:
            found = self._ask()
            with self._lock:
                self._answered = (time.monotonic(), found)
        finally:
            with self._lock:
                self._asking = None
            asking.set()
