"""What the fleet's processes share, and how a test waits for them."""

import socket
import time
from collections.abc import Callable

#: The address that the fleet is known by, as a proxy before the webs would tell them.
SITE = "https://fund.example"

#: The keys that all machines of one service share.
SHARED_KEYS = {
    "SECRET_KEY": "a-secret-for-tests-only-" + "x" * 20,
    "AUDIT_KEY": bytes(range(32)).hex(),
    "BANK_KEY": bytes(range(32, 64)).hex(),
}

#: Seconds that anything may take on a busy machine before it counts as stuck.
PATIENCE = 60.0


def wait_for(holds: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Waits until it holds. Raises TimeoutError, naming what was waited for."""
    ends = time.monotonic() + patience
    while not holds():
        if time.monotonic() > ends:
            raise TimeoutError(f"waited {patience:.0f} s in vain for {what}")
        time.sleep(0.02)


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port
