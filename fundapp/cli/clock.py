"""`fundapp tick` and `fundapp worker`."""

import logging
import os
import secrets
import socket
import time
from dataclasses import asdict
from datetime import UTC, datetime

import click

from config import Settings
from fundapp import logs
from fundapp.cli import opened
from fundapp.cli.failures import Told
from fundapp.jobs import checkpointing
from fundapp.jobs.tick import tick
from fundapp.services import documents, likeness, pulses, rounds
from fundapp.storage import open_storage

log = logging.getLogger(__name__)


@click.command("tick", help="The clock once: open, close, publish, lapse, remind.")
@click.option("--as-of", default=None, help="As if it were this moment, like 2027-03-31T17:05.")
def tick_command(as_of: str | None) -> None:
    """The clock once."""
    with opened.office() as office:
        at = opened.now()
        if as_of:
            try:
                at = datetime.fromisoformat(as_of)
            except ValueError:
                raise Told(f"{as_of!r} is not a moment. Write it like 2027-03-31T17:05.") from None
            if not rounds.FIRST_YEAR <= at.year <= rounds.LAST_YEAR:
                raise Told(
                    f"{as_of!r} is too far off. Give a moment between {rounds.FIRST_YEAR} and {rounds.LAST_YEAR}."
                )
            at = (at if at.tzinfo else at.replace(tzinfo=office.zone)).astimezone(UTC)
        click.echo(tick(office, at).words())
        checkpointing.Watch(office, Settings.from_environment())(at)


@click.command(
    "sweep", help="Delete contents of files that no bid needs any more; the worker does it by itself."
)
def sweep_command() -> None:
    """Sweep the storage."""
    settings = Settings.from_environment()
    with opened.office() as office:
        swept = documents.sweep(office, open_storage(settings.storage_url), opened.now())
        click.echo(f"Contents deleted: {swept}.")


@click.command("worker", help="Deliver effects and run the clock, until it is told to stop.")
@click.option("--once", is_flag=True, help="Deliver what is due now, then stop.")
def worker_command(once: bool) -> None:
    """Deliver."""
    from fundapp.jobs import handlers
    from fundapp.jobs.deliver import Counts, deliver_due
    from fundapp.jobs.sweeping import Keeper, Sweeper
    from fundapp.jobs.worker import Regularly, run_worker

    settings = Settings.from_environment()
    if not once:
        logs.install(settings.log_format, settings.log_level)
    with opened.office() as office:
        known = handlers.registry(office, settings)
        if once:
            counts = deliver_due(office.db, known, "once")
            click.echo(
                f"Delivered: {counts.done}, to be tried again: {counts.retried}, failed: {counts.failed}."
            )
            return
        # Machines made from one image may have one name, and the same number for their only process.
        owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"[-60:]
        files = open_storage(settings.storage_url)
        sweeper, keeper = Sweeper(office, files), Keeper(office, files)
        watch = checkpointing.Watch(office, settings)

        def clock() -> None:
            at = opened.now()
            begun = time.perf_counter()
            done = tick(office, at)
            sweeper(at)
            keeper(at)
            watch(at)
            pulses.forget_old(office.db)
            pulses.beat(office.db, pulses.CLOCK)
            told = {"ms": round((time.perf_counter() - begun) * 1000, 1)}
            told |= {name: many for name, many in asdict(done).items() if many}
            log.info("the clock", extra={"told": told})

        pulse = Regularly(lambda: pulses.beat(office.db, pulses.worker(owner)), pulses.EVERY)

        def deliver() -> Counts:
            pulse()
            return deliver_due(office.db, known, owner, limit=1)

        run_worker(settings, deliver, clock)
        pulses.stop(office.db, pulses.worker(owner))


@click.command("likeness", help="Find by what bids are alike, for those that were sent before that was kept.")
def likeness_command() -> None:
    """Fill in the marks that are missing; a second run adds nothing."""
    with opened.office() as office:
        filled = likeness.fill(office)
    click.echo(f"Marks written for {filled} bid{'' if filled == 1 else 's'}.")
