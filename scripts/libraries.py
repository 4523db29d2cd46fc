"""Name the Debian packages of the system libraries that letters need and this machine lacks, in one line."""

from __future__ import annotations

import ctypes
import ctypes.util

# Debian package: the library's name for the loader, and the name that other systems look it up by.
WANTED = {
    "libpango-1.0-0": ("libpango-1.0.so.0", "pango-1.0"),
    "libpangoft2-1.0-0": ("libpangoft2-1.0.so.0", "pangoft2-1.0"),
    "libharfbuzz-subset0": ("libharfbuzz-subset.so.0", "harfbuzz-subset"),
}


def loads(file: str, name: str) -> bool:
    """Whether the loader can open the library."""
    for candidate in (file, ctypes.util.find_library(name)):
        if candidate is None:
            continue
        try:
            ctypes.CDLL(candidate)
        except OSError:
            continue
        return True
    return False


if __name__ == "__main__":
    print(" ".join(package for package, names in WANTED.items() if not loads(*names)))
