"""What a reviewer chose and typed, kept whatever becomes of the request."""

from fundapp.pages import kept
from fundapp.pages.reviewer import blueprint

ROOM = kept.Room(blueprint, "reviewer.review", "reviewer.autosave", frozenset({"confidence"}), ("score-",))
ROOM.install()
