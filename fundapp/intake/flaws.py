"""What may be wrong with a file that somebody hands in, as a code with its parameters."""

from typing import Any


class Flaw(Exception):
    """A file that is not taken: why, as a code, and what its sentence needs beside the file's name."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code, self.params = code, params
        super().__init__(code)
