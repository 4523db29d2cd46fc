"""`fundapp panel`: what the panel's chair can also do on a terminal."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click

#: Each command and the room that holds it; a room is imported when its command runs.
COMMANDS: dict[str, str] = {"assign": "panel_assign", "rank": "panel_rank", "suggest": "panel_suggest"}


class Rooms(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command that is there, in the order of the alphabet."""
        return sorted(name for name, room in COMMANDS.items() if find_spec(f"fundapp.cli.{room}"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        found: Any = getattr(import_module(f"fundapp.cli.{COMMANDS[cmd_name]}"), f"{cmd_name}_command")
        command: click.Command = found
        return command


@click.group("panel", cls=Rooms, help="Give bids out, rank them, and see which the money reaches.")
def panel_command() -> None:
    """The panel."""
