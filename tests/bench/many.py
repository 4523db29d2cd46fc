"""Many moves in one transaction, beside the same moves one by one."""

import time
from datetime import UTC, datetime

from fundapp.audit.verify import verify
from fundapp.domain.references import reference
from fundapp.intake.bids import BidRow, content_key
from fundapp.queries import bids
from fundapp.services.case import Step
from fundapp.services.deed import Actor, Office
from fundapp.services.taking_in import take_in
from fundapp.services.transition import fire, fire_many
from tests.bench import grounds
from tests.bench.measure import Line
from tests.bench.plan import Plan

#: Bids ruled out one by one, from which the time of all of them is reckoned.
SAMPLE = 300
#: Seconds for 10,000 bids in one transaction.
TARGETS = {"SQLite": 3.0, "PostgreSQL": 4.0}


def rows(count: int, first: int = 2) -> list[BidRow]:
    """Rows as a file gives them, every one another bid."""
    made = []
    for line in range(first, first + count):
        title, group, amount = f"Seedlings for street {line}", f"Street Growers {line % 400}", 30_000 + line
        made.append(
            BidRow(
                line=line, source_key=content_key(title, group, amount, ""), title=title,
                summary="Tools, soil and a shed for one street.", organisation=group, organisation_id=None,
                charity_number=None, company_number=None, amount_pence=amount, postcode=None, town="Millbeck",
                ward=None, ward_code=None, council=None, council_code=None, region=None, programme=None,
                starts_on=None, ends_on=None,
            )
        )  # fmt: skip
    return made


def run(plan: Plan) -> list[Line]:
    """Bids taken in and ruled out in one transaction each: seconds, scaled to 10,000 when fewer are made."""
    lines: list[Line] = []
    count = 3_000 if plan.quick else 10_000
    with grounds.both(plan.server, plan.folder) as kinds:
        for kind, url in kinds:
            office, cast = grounds.filled(url, 12)
            lines += _on(kind, office, cast.actor("officer"), count)
            report = verify(office.db, office.recorder, zone=office.zone)
            if report.problems:
                raise AssertionError(f"the record does not verify: {report.problems[0]}")
            office.db.close()
    return lines


def _on(kind: str, office: Office, officer: Actor, count: int) -> list[Line]:
    now = datetime.now(UTC)
    code = grounds.open_round(office).code
    begun = time.perf_counter()
    take_in(office, officer, code, rows(count), "bench", "benchmark", now)
    taking = (time.perf_counter() - begun) * 10_000 / count
    with office.db.read() as conn:
        keys = bids.source_keys(conn, grounds.open_round(office).id)
        newest = bids.by_reference(conn, reference(1))
    if len(keys) < count or newest is None:
        raise AssertionError("not every bid was taken in")
    ids = grounds.taken_in(office)
    words = {"reason": next(iter(grounds.open_round(office).reasons))}
    sample, many = ids[:SAMPLE], ids[SAMPLE:]
    begun = time.perf_counter()
    for bid in sample:
        fire(office, officer, "bid", "rule_out", bid, now, words)
    one_by_one = (time.perf_counter() - begun) * 10_000 / len(sample)
    begun = time.perf_counter()
    fire_many(office, officer, [Step("bid", "rule_out", bid, words) for bid in many], now)
    together = (time.perf_counter() - begun) * 10_000 / len(many)
    note = "" if count == 10_000 else f"reckoned from {count:,}"
    return [
        Line(f"{kind}: 10,000 bids taken in", "s", taking, note=note),
        Line(f"{kind}: 10,000 bids ruled out, one transaction", "s", together, target=TARGETS[kind],
             sense="at_most", note=note),
        Line(f"{kind}: 10,000 one by one", "s", one_by_one, together, 4.0,
             note=f"reckoned from {len(sample)}; the limit is the line above"),
    ]  # fmt: skip
