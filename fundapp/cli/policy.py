"""`fundapp workflow`."""

import click

from workflows import LIVES
from workflows.diagram import mermaid, table


@click.command("workflow", help="The policy as a table or a Mermaid diagram.")
@click.argument("name", type=click.Choice(sorted(LIVES)))
@click.option("--format", "form", type=click.Choice(["table", "mermaid"]), default="table", show_default=True)
def workflow_command(name: str, form: str) -> None:
    """One life."""
    click.echo((mermaid if form == "mermaid" else table)(LIVES[name]))
