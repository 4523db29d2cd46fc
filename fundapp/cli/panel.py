"""`fundapp panel …`: who reads what, how the bids rank, which set fits the money."""

import click

from fundapp.cli import Rooms

#: Each command of the panel and the room that holds it.
COMMANDS: dict[str, str] = {"assign": "panel_assign", "rank": "panel_rank", "suggest": "panel_suggest"}


@click.group(
    "panel", cls=Rooms, rooms=COMMANDS, help="The panel: readers, scores, the best set within the money."
)
def panel_command() -> None:
    """The panel."""
