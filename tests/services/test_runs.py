"""Payment runs: made once, by the rules of sending; their files are the same every time and agree to the penny."""

import csv
import io
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from fundapp.demo.stage import Stage
from fundapp.domain.deadlines import civil_day
from fundapp.queries import payers
from fundapp.queries import runs as asks
from fundapp.services import awards, bank_details, holds, rounds, runs
from fundapp.services.deed import Office
from fundapp.services.transition import NotThere, fire
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


def test_what_is_in_the_way_is_said_of_each_payment(office: Office, stage: Stage) -> None:
    one, two = approved(office, stage, 10, 11)
    bid, other = (row["bid_id"] for row in world.rows(office, "payment"))
    member = stage.cast.actor("member")
    change = bank_details.Details("Another Name", "business", "309634", "00000007")
    bank_details.change(office, member, other, change, stage.released)
    late = stage.released + timedelta(days=900)
    treasurer = stage.cast.actor("treasurer")
    with pytest.raises(runs.RunRefused) as refused:
        runs.send(office, treasurer, stage.fund, [(one, 2), (two, 2)], late)
    assert [(each.step.id, [why.code for why in each.refusals]) for each in refused.value.refused] == [
        (one, ["report_overdue"]), (two, ["bank_change_under_way", "report_overdue"]),
    ]  # fmt: skip
    with office.db.read() as conn:
        rows = asks.of_bid(conn, bid) + asks.of_bid(conn, other)
        today = civil_day(late, world.LONDON)
        said = [[why.code for why in holds.of(row, today)] for row in rows]
        assert said == [[why.code for why in each.refusals] for each in refused.value.refused]
        assert [row.id for row in asks.held_by_reports(conn, [stage.fund], today)] == [one, two]
        assert asks.held_by_reports(conn, [stage.fund], civil_day(stage.released, world.LONDON)) == []
    assert world.rows(office, "payment_run") == []


def test_what_no_run_is_made_of(office: Office, stage: Stage) -> None:
    (payment,) = approved(office, stage, 10, due=date(2031, 5, 1))
    before = world.everything(office)
    assert world.refusal_of(lambda: sent(office, stage, [payment], day=date(2031, 4, 30))) == [
        "run_too_early"
    ]
    treasurer = stage.cast.actor("treasurer")
    for twice in ([], [(payment, 2), (payment, 2)]):
        with pytest.raises(ValueError, match="a run has"):
            runs.send(office, treasurer, stage.fund, twice, stage.released)
    others = rounds.found(office, stage.cast.actor("officer"), "others", "Another Fund", stage.released)
    with pytest.raises(NotThere):
        runs.send(office, treasurer, others, [(payment, 2)], stage.released)
    assert world.rows(office, "payment") == before["payment"]
    (bid,) = {row["bid_id"] for row in before["payment"]}
    change = bank_details.Details("Жанна", "business", "309634", "00000007")
    bank_details.change(office, stage.cast.actor("member"), bid, change, stage.released)
    officer = stage.cast.actor("officer")
    fire(office, officer, "payee", "confirm", 2, stage.released, {"reason": "By telephone"})
    bank_details.take_effect(office, bid, stage.released + timedelta(days=400))
    fire(office, officer, "payment", "approve", payment, stage.released)
    assert world.refusal_of(lambda: sent(office, stage, [payment], 4)) == ["name_not_carried"]
    assert world.rows(office, "payment_run") == []


def test_without_a_confirmed_account_of_the_fund_there_is_no_run(
    office: Office, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    payments = approved(office, stage, 10)
    monkeypatch.setattr(payers, "newest_confirmed", lambda conn, fund: None)
    assert world.refusal_of(lambda: sent(office, stage, payments)) == ["no_payer"]
    assert world.rows(office, "payment_run") == []


def test_each_taking_out_is_recorded_and_a_run_that_differs_gives_no_file(
    office: Office, stage: Stage
) -> None:
    sent(office, stage, approved(office, stage, 10))
    found = world.change(office, lambda: file_of(office, stage, 1, "pain001"))
    assert [(body["action"], body["role"], body["params"]) for body in found.bodies] == [
        ("run.exported", "treasurer", {"format": "pain001", "number": 1})
    ]
    assert "309634" not in str(world.rows(office, "audit_event")), "no bank details in the record"
    with office.db.read() as conn:
        row = asks.by_id(conn, 1)
        assert row is not None
        (line,) = row.lines
        for change in (
            {"total_pence": row.total_pence + 1}, {"payments": 2}, {"pay_on": date(2026, 5, 2)}, {"number": 2},
            {"lines": [[line[0], line[1], line[2] + 1, line[3]]], "total_pence": row.total_pence + 1},
            {"lines": [[*line[:3], "B-9999X-1"]]}, {"payer_id": None}, {"sha256": None},
        ):  # fmt: skip
            with pytest.raises(runs.RunDiffers):
                runs.assembled(conn, office, SimpleNamespace(**{**row._mapping, **change}))
        assert runs.assembled(conn, office, row).total_pence == row.total_pence
