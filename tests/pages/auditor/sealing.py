"""The cast's own record sealed, as the worker does it."""

from config import Settings
from fundapp.services import checkpoints
from tests.cast import Cast


def settings_of(cast: Cast) -> Settings:
    """What the cast's service was started with."""
    settings: Settings = cast.app.extensions["settings"]
    return settings


def seal(cast: Cast) -> int:
    """Seal what is new; how many events are sealed then."""
    sealer = checkpoints.sealer(cast.office, settings_of(cast))
    assert sealer is not None
    done = sealer.seal()
    assert done.checkpoint is not None
    return done.checkpoint.size
