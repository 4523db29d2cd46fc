"""The `fundapp` command: exit 0 when it is done, 1 when it is refused or failed, 2 when it was asked wrongly."""

import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click

#: Each command and the room that holds it; a room is imported when its command runs.
COMMANDS: dict[str, str] = {
    "demo": "demonstrate",
    "seed": "demonstrate",
    "seed-panel": "demonstrate",
    "seed-awards": "demonstrate",
    "db": "schema",
    "doctor": "schema",
    "round": "rounds",
    "import-bids": "rounds",
    "import-members": "members",
    "import-areas": "directory",
    "import-representatives": "directory",
    "import-postcodes": "directory",
    "bank-key": "bank",
    "import-modulus-weights": "bank",
    "import-statement": "statement",
    "export": "papers",
    "letter": "papers",
    "letters": "papers",
    "panel": "panel",
    "audit": "record",
    "backup": "keeping",
    "restore": "keeping",
    "workflow": "policy",
    "user": "users",
    "worker": "clock",
    "tick": "clock",
    "likeness": "clock",
    "sweep": "clock",
    "retention": "privacy",
    "erasures": "privacy",
}


class Rooms(click.Group):
    """A group whose commands are imported when they are asked for: each name with the room that holds it.

    The command `some-thing` is `some_thing_command` there.
    """

    def __init__(self, *args: Any, rooms: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rooms = {name: room for name, room in rooms.items() if find_spec(f"fundapp.cli.{room}")}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of the alphabet."""
        return sorted(self.rooms)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        room = self.rooms.get(cmd_name)
        if room is None:
            return None
        found: Any = getattr(import_module(f"fundapp.cli.{room}"), cmd_name.replace("-", "_") + "_command")
        command: click.Command = found
        return command


@click.group(
    cls=Rooms,
    rooms=COMMANDS,
    help="The Communities Fund: bids, backing, panel, awards and the record that proves them.",
)
def fundapp() -> None:
    """The whole command."""


def main() -> None:
    """Run it: every failure is a sentence on standard error, never a traceback."""
    from fundapp.cli.failures import exit_code_and_words

    for given in sys.argv[1:]:
        if not given.isprintable() and any("\ud800" <= sign <= "\udfff" for sign in given):
            click.echo(
                "One of the words that the command was given is not readable text (UTF-8). Write it anew.",
                err=True,
            )
            sys.exit(2)
    try:
        fundapp(standalone_mode=False)
    except click.exceptions.Exit as left:
        sys.exit(left.exit_code)
    except click.UsageError as wrong:
        wrong.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped. What was not finished was not done.", err=True)
        sys.exit(1)
    except Exception as failure:
        code, words = exit_code_and_words(failure)
        for line in words:
            click.echo(line, err=True)
        sys.exit(code)
