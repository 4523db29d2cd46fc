"""Payment runs: made once, by the rules of sending; their files are the same every time and agree to the penny."""

import csv
import io
from datetime import date, timedelta

from fundapp.demo.stage import Stage
from fundapp.domain.deadlines import civil_day
from fundapp.services import awards, bank_details, runs
from fundapp.services.deed import Office
from fundapp.services.transition import fire
from tests.services import world

DUE = date(2026, 4, 1)


def approved(office: Office, stage: Stage, *numbers: int, milestone: str = "", due: date = DUE) -> list[int]:
    """One approved payment of each of these projects, for all that it asked for."""
    made = []
    for bid, number in zip(world.awarded(stage, *numbers), numbers, strict=True):
        stage.accept(bid)
        plan = [awards.Instalment(world.project(number)["amount_pence"], due, "", milestone)]
        (done,) = awards.schedule(office, stage.cast.actor("treasurer"), bid, plan, stage.released)
        fire(office, stage.cast.actor("officer"), "payment", "approve", done.id, stage.released)
        made.append(done.id)
    return made


def sent(office: Office, stage: Stage, payments: list[int], seen: int = 2, day: date | None = None) -> int:
    """The run that these go in, by its number."""
    chosen = [(payment, seen) for payment in payments]
    return runs.send(office, stage.cast.actor("treasurer"), stage.fund, chosen, stage.released, day)[0]


def file_of(office: Office, stage: Stage, run: int, kind: str) -> runs.File:
    return runs.file_of(office, stage.cast.actor("treasurer"), run, kind, stage.released, "treasurer")


def lines_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("ascii"))))


def test_a_run_writes_down_what_it_was_made_of(office: Office, stage: Stage) -> None:
    payments = approved(office, stage, 10, 11)
    assert sent(office, stage, payments) == 1
    row = world.one(office, "payment_run")
    paid = world.rows(office, "payment")
    references = [f"{bid['reference']}-1" for bid in world.rows(office, "bid")]
    today = civil_day(row["made_at"], world.LONDON)
    assert row["lines"] == [
        [payment["id"], payment["payee_id"], payment["amount_pence"], reference]
        for payment, reference in zip(paid, references, strict=True)
    ]
    assert (row["payments"], row["total_pence"], row["payer_id"], row["pay_on"]) == (
        2, sum(payment["amount_pence"] for payment in paid), 1, max(today, DUE),
    )  # fmt: skip
    assert [(payment["state"], payment["run_id"]) for payment in paid] == [("sent", row["id"])] * 2


def test_the_same_bytes_each_time_whatever_becomes_of_the_payments(office: Office, stage: Stage) -> None:
    payments = approved(office, stage, 10, 11)
    sent(office, stage, payments)
    treasurer, member = stage.cast.actor("treasurer"), stage.cast.actor("member")
    first = {kind: file_of(office, stage, 1, kind) for kind in runs.FORMATS}
    fire(office, treasurer, "payment", "fail", payments[0], stage.released, {"reason": "No such account"})
    changed = bank_details.Details("Another Name", "business", "309634", "00000007")
    bid = world.rows(office, "payment")[0]["bid_id"]
    bank_details.change(office, member, bid, changed, stage.released)
    fire(
        office, stage.cast.actor("officer"), "payee", "confirm", 3, stage.released, {"reason": "By telephone"}
    )
    bank_details.take_effect(office, bid, stage.released + timedelta(days=400))
    fire(office, treasurer, "payment", "reschedule", payments[0], stage.released, {"due_on": DUE})
    fire(office, treasurer, "payment", "confirm", payments[1], stage.released, {"paid_on": DUE})
    assert {kind: file_of(office, stage, 1, kind) for kind in runs.FORMATS} == first
    fire(office, stage.cast.actor("officer"), "payment", "approve", payments[0], stage.released)
    version = world.rows(office, "payment")[0]["version"]
    assert sent(office, stage, payments[:1], version) == 2
    (line,) = lines_of(file_of(office, stage, 2, "csv").content)
    assert (line["Payee name"], line["Account"], line["Reference"]) == (
        "Another Name", "00000007", lines_of(first["csv"].content)[0]["Reference"],
    )  # fmt: skip
    assert {kind: file_of(office, stage, 1, kind) for kind in runs.FORMATS} == first
