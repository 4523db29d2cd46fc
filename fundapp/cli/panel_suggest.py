"""`fundapp panel suggest`."""

from math import isnan

import click

from fundapp.cli import opened
from fundapp.cli.failures import Told
from fundapp.cli.rounds import Pounds
from fundapp.domain.candidates import Part, Rule, Terms
from fundapp.domain.money import MoneyError, parse_pounds, pounds
from fundapp.domain.selection import Unmet, best_set
from fundapp.services import people, selection
from fundapp.words import selection as words

_KINDS = ("region", "theme", "organisation")


class Limit(click.ParamType):
    """`kind:CODE=£…` or `kind:CODE=3`; for a cap also `kind=…`, which holds for each of them."""

    name = "kind[:CODE]=£…"

    def __init__(self, floor: bool) -> None:
        self.floor = floor

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Rule:
        """The rule; a usage error for anything else."""
        if isinstance(value, Rule):
            return value
        group, _sign, amount = str(value).partition("=")
        kind, _sign, key = group.partition(":")
        if kind not in _KINDS or (self.floor and not key):
            self.fail(f"{value!r}: write it like region:E12000002=£5000 or organisation=£8000.", param, ctx)
        side = "least" if self.floor else "most"
        if amount.isascii() and amount.isdigit():
            return Rule(kind, key or None, **{f"{side}_awards": int(amount)})
        try:
            pence = parse_pounds(amount)
        except MoneyError:
            pence = -1
        if pence < 0:
            self.fail(f"{amount!r} is neither a number of awards nor an amount like £5000.", param, ctx)
        return Rule(kind, key or None, **{f"{side}_pence": pence})


@click.command("suggest", help="The best set of awards within a round's money. It decides nothing.")
@click.option("--round", "code", required=True, help="The round's code.")
@click.option(
    "--bar", type=click.FloatRange(0, 5), default=0.0, help="The least score, in points out of five."
)
@click.option(
    "--partial", type=click.IntRange(1, 100), default=None, help="Awards in part, from so many per cent."
)
@click.option(
    "--step", type=Pounds(), default=5_000, help="Awards in part are whole steps of this; £50 unless told."
)
@click.option("--floor", "floors", type=Limit(True), multiple=True, help="region:CODE=£5000, theme:CODE=2 …")
@click.option("--cap", "caps", type=Limit(False), multiple=True, help="region:CODE=£5000, organisation=1 …")
@click.option("--keep", is_flag=True, help="Keep it in the round's record.")
def suggest_command(
    code: str,
    bar: float,
    partial: int | None,
    step: int,
    floors: tuple[Rule, ...],
    caps: tuple[Rule, ...],
    keep: bool,
) -> None:
    """The set, its total and value, and whether it is proven to be the best."""
    if isnan(bar):
        raise click.BadParameter("nan is no score.", param_hint="--bar")
    with opened.office() as office:
        with office.db.read() as conn:
            row = opened.round_of(conn, code)
            here = selection.field(conn, row)
        if not here.candidates:
            click.echo(f"No bid of round {code} has a score yet, so there is nothing to choose among.")
            click.echo("0 awards")
            return
        part = Part(partial, step) if partial is not None and partial < 100 else None
        terms = Terms(row.budget_pence, round(bar * 100), (*floors, *caps), part)
        names = (
            dict(here.regions)
            | dict(here.themes)
            | {
                str(each.organisation_id): each.organisation or "that organisation"
                for each in here.rows.values()
            }
        )

        def named(kind: str, key: str | None) -> str:
            return words.group(kind, key, names)

        try:
            chosen = best_set(here.candidates, terms)
        except Unmet as unmet:
            raise Told(*(words.unmet(why, params, named) for why, params in unmet.reasons)) from unmet
        if keep:
            now = opened.now()
            number, _set = selection.suggest(
                office, people.operator(office, now), row, terms, now, found=(here, chosen)
            )
            click.echo(f"Kept as suggestion {number} of the round.")
    scores = {bid.id: bid.score for bid in here.candidates}
    for bid, pence in chosen.awards:
        known = here.rows[bid]
        share = "" if pence == known.amount_pence else f"  of {pounds(known.amount_pence)}"
        click.echo(f"{known.reference}  {words.points(scores[bid])}  {pounds(pence)}{share}")
    if here.unread:
        click.echo(
            f"{here.unread} bid{' has' if here.unread == 1 else 's have'} no score and stood outside.",
            err=True,
        )
    click.echo(f"Worth {words.points(chosen.value)} points above the bar.")
    click.echo(
        "No set within these terms is worth more."
        if chosen.proven
        else f"That could not be proven: a set worth up to {words.points(chosen.bound)} points may exist."
    )
    click.echo(
        f"{len(chosen.awards)} award{'' if len(chosen.awards) == 1 else 's'} of {len(here.candidates)} scored bids,"
        f" {pounds(chosen.spent_pence)} of {pounds(row.budget_pence)}"
    )
