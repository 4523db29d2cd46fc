"""`make soak`: a random history under faults until so many kills, or so many minutes."""

import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.soak.run import Broken, Soak


def main() -> int:
    """One soak for each database; the exit status is 1 if anything was lost or doubled."""
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))
    kills = int(os.environ.get("KILLS") or 0)
    minutes = float(os.environ.get("MINUTES") or 0)
    kinds = (os.environ.get("ON") or "sqlite postgresql").split()
    if not kills and not minutes:
        kills = 20
    # Ended from outside it ends its fleet first.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    broken = 0
    for kind in kinds:
        print(f"SEED={seed} ON={kind}", f"KILLS={kills}" if kills else f"MINUTES={minutes:g}", flush=True)
        with tempfile.TemporaryDirectory(prefix="fundapp-soak-", ignore_cleanup_errors=True) as folder:
            os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # where the database's server keeps its lock
            soak = Soak(kind, seed, Path(folder), small_disk=True, say=lambda words: print(words, flush=True))
            ends = time.monotonic() + minutes * 60
            try:
                soak.run(lambda made, ends=ends: made >= kills if kills else time.monotonic() > ends)
            except Broken as found:
                broken += 1
                print(f"\nBROKEN on {kind}:\n{found}")
                print(
                    f"Again: make soak SEED={seed} ON={kind} "
                    + (f"KILLS={kills}" if kills else f"MINUTES={minutes:g}")
                )
                print(
                    "The same dice fall, but at which statement a process dies is the machine's.", flush=True
                )
            print(soak.table(), flush=True)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
