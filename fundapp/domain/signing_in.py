"""How long a way in lasts, who needs two of them, and what a browser calls itself."""

from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

#: Whoever decides, pays or reads everything gives a second factor before they may.
GUARDED_ROLES: Final = ("treasurer", "chair", "officer", "auditor")

#: A session that nobody used for so long is over.
IDLE: Final = timedelta(days=14)
IDLE_GUARDED: Final = timedelta(hours=12)
#: A session that began so long ago is over, used or not.
LONGEST: Final = timedelta(days=90)
LONGEST_GUARDED: Final = timedelta(days=7)
#: How old the last look at a session may be before it is written anew.
SEEN_EVERY: Final = timedelta(minutes=10)
#: How long one second factor counts for a session of whoever needs it.
FACTOR_LASTS: Final = timedelta(hours=12)

LINK_LASTS: Final = timedelta(minutes=15)
INVITATION_LASTS: Final = timedelta(days=7)

#: Longer than any path of the service with its query.
_LONGEST_PATH: Final = 1000

#: In this order: a browser names those that it wants to be taken for, too.
_BROWSERS: Final = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS: Final = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "Chromebook"),
    ("Macintosh", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


def is_over(made_at: datetime, seen_at: datetime, guarded: bool, now: datetime) -> bool:
    """Whether a session that began and was last seen then has ended by itself."""
    idle, longest = (IDLE_GUARDED, LONGEST_GUARDED) if guarded else (IDLE, LONGEST)
    return now - seen_at > idle or now - made_at > longest


def browser_name(user_agent: str) -> str:
    """`Firefox on Android`, out of what a browser says of itself; empty if it says nothing that is known."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    return f"{browser} on {system}" if browser and system else browser or system


def host_of(ip: str | None) -> str:
    """Who shares one line to the world: an IPv4 address, the first 64 bits of an IPv6 one; empty for no address."""
    return _within(ip, 32)


def network_of(ip: str | None) -> str:
    """Its neighbourhood: 24 bits of an IPv4 address, 64 of an IPv6 one."""
    return _within(ip, 24)


def _within(ip: str | None, bits: int) -> str:
    try:
        address = ip_address((ip or "").partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return str(ip_network(f"{address}/{64 if address.version == 6 else bits}", strict=False))


def masked(email: str) -> str:
    """`a…@example.org`: enough to know one's own address by, too little to learn another's."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}…@{domain}"


def own_path(target: str | None) -> str | None:
    """The target if it is a path of this service, else None: never another host, whatever a browser makes of it."""
    if not target or not target.startswith("/") or len(target) > _LONGEST_PATH:
        return None
    # Browsers read a backslash as a slash, and drop tabs and line ends.
    if "\\" in target or any(not sign.isprintable() or sign.isspace() for sign in target):
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    return None if target.startswith("//") or parts.netloc or parts.scheme else target
