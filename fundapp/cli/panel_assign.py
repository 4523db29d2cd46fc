"""`fundapp panel assign`: gives a round's bids to its readers."""

import click

from fundapp.cli import opened
from fundapp.cli.failures import ZONE, Told
from fundapp.queries import people as person_asks
from fundapp.queries import ranking
from fundapp.services import panel, people, planning
from fundapp.words import refusals
from fundapp.words.giving_out import REASONS, counted, fault_sentences
from fundapp.words.tongue import gettext as _


@click.command(
    "assign",
    help="Give a round's bids to its readers. Loads are level, who knows the theme comes first, nobody is conflicted.",
)
@click.option("--round", "round_code", required=True, help="The round's code.")
@click.option(
    "--per-bid",
    type=click.IntRange(1, 9),
    default=None,
    help="Readers for each bid; as the round says if left out.",
)
@click.option("--dry-run", is_flag=True, help="Say who would read what, and why; change nothing.")
def assign_command(round_code: str, per_bid: int | None, dry_run: bool) -> None:
    """Give bids out."""
    with opened.office() as office:
        now = opened.now()
        with office.db.read() as conn:
            row = opened.round_of(conn, round_code)
            wanted = per_bid or row.reviews_needed
            gathered = planning.gather(conn, row, wanted, now)
            references = {bid.id: bid.reference for bid in gathered.bids}
        if not gathered.bids:
            click.echo(
                f"No bid of {round_code} waits for readers: none is backed and read by fewer than {wanted}."
            )
            return
        if row.state != "panel" and not dry_run:
            raise Told(
                f"Bids are given out while the panel is at work, and {round_code} is not there (it is {row.state}). "
                "Nothing was given out. With --dry-run you see what would be."
            )
        if dry_run:
            _say_each(gathered, references)
        _say(gathered, references)
        if dry_run:
            click.echo("Nothing was changed.")
            return
        if not gathered.plan.pairs:
            raise Told("Nobody can be given anything, so nothing was given out.")
        operator = people.operator(office, now)
        try:
            given = planning.apply(office, operator, row.id, wanted, gathered.seal, now)
        except panel.AssignRefused as refused:
            with office.db.read() as conn:
                bids = ranking.references(conn, [bid for bid, _, _ in refused.refusals])
                names = person_asks.names(conn, [person for _, person, _ in refused.refusals])
            raise Told(*refusals.assign_sentences(refused, bids, names, ZONE)) from None
        click.echo(f"{counted(given)} given out.")


def _say_each(gathered: planning.Gathered, references: dict[int, str]) -> None:
    """Each bid with who would read it, and why."""
    plan = gathered.plan
    readers: dict[int, list[str]] = {}
    for bid, person in plan.pairs:
        why = ", ".join(_(REASONS[each]) for each in plan.reasons[bid, person])
        readers.setdefault(bid, []).append(f"{gathered.names[person]} ({why})")
    for bid, names in readers.items():
        click.echo(f"{references[bid]}: {', '.join(names)}")


def _say(gathered: planning.Gathered, references: dict[int, str]) -> None:
    """Each reader with what they would have; how level it is; what cannot be."""
    plan = gathered.plan
    for person, (has, then) in sorted(
        plan.loads.items(), key=lambda item: (-item[1][1], gathered.names[item[0]])
    ):
        click.echo(f"{gathered.names[person]}: {then} ({has} now, {then - has} more)")
    loads = [then for _, then in plan.loads.values()] or [0]
    known = sum("theme" in why for why in plan.reasons.values())
    near = sum("near" in why for why in plan.reasons.values())
    click.echo(
        f"{counted(len(plan.pairs))} for {len(gathered.bids)} bids that lack readers. "
        f"Loads: {min(loads)} at least, {max(loads)} at most. By who knows the theme: {known}; by who is near: {near}."
    )
    for sentence in fault_sentences(plan.faults, references, gathered.names):
        click.echo(sentence)
