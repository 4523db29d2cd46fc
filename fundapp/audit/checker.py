"""The stand-alone checker as one file that Python runs; the same code always makes the same bytes."""

import io
import zipfile
from functools import cache
from pathlib import Path
from typing import Final

#: What the file is called where people keep it.
NAME: Final = "check-the-record.pyz"

_MAIN: Final = b'import sys\n\nfrom standalone.__main__ import main\n\nif __name__ == "__main__":\n    sys.exit(main())\n'


@cache
def checker() -> bytes:
    """A ZIP of `fundapp/audit/standalone` with a `__main__` beside it: `python check-the-record.pyz FILE`."""
    folder = Path(__file__).parent / "standalone"
    parts = {f"standalone/{path.name}": path.read_bytes() for path in folder.glob("*.py")}
    parts["__main__.py"] = _MAIN
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(parts.items()):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            # As from one kind of machine, whichever this one is.
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            archive.writestr(entry, content)
    return made.getvalue()
