"""A bank's statement: all of it or nothing, nothing twice, and another's bids left to another."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from fundapp.demo.stage import Stage
from fundapp.domain.deadlines import civil_day
from fundapp.intake.statement import Statement, read_statement
from fundapp.queries import statements as asks
from fundapp.services import incomes, statements
from fundapp.services.deed import Office
from fundapp.services.runs import RunRefused
from fundapp.services.statements import Brought, Compared, StatementMoved
from fundapp.services.transition import fire, hindered
from tests.services import world
from tests.services.test_runs import approved, sent


def given_file(office: Office, *more: str, back: bool = False) -> Statement:
    """A statement of today with every payment that was sent, the last come back if asked for, and other lines."""
    rows = world.rows(office, "payment", state="sent")
    today = civil_day(datetime.fromisoformat(str(rows[0]["sent_at"])), world.LONDON)
    bids = {row["id"]: row["reference"] for row in world.rows(office, "bid")}
    lines = [
        f"{today},FPS {bids[row['bid_id']]}-{row['number']},-{row['amount_pence'] / 100:.2f}" for row in rows
    ]
    if back:
        lines.append(lines[-1].replace("FPS", "RETURNED").replace(",-", ","))
    text = "\n".join(["Date,Description,Amount", *lines, *(f"{today},{line}" for line in more)])
    return read_statement(text.encode(), today, "march.csv")


def compared(office: Office, stage: Stage, file: Statement, who: str = "treasurer") -> Compared:
    with office.db.read() as conn:
        return statements.compare(conn, office, stage.cast.actor(who).person, stage.fund, file)


def test_what_is_certain_is_paid_and_nothing_is_new_after(office: Office, stage: Stage) -> None:
    payments = approved(office, stage, 10, 11)
    sent(office, stage, payments)
    file = given_file(office, "Card fee,-3.50", "Card fee,-3.50", "Gift of a friend,25")
    treasurer = stage.cast.actor("treasurer")
    said = compared(office, stage, file)
    assert statements.counted(said) == {"paid": 2, "other": 2, "in": 1}
    done = statements.bring_in(office, treasurer, stage.fund, file, stage.released, seal=said.seal)
    assert done == Brought(5, 2, 0)
    day = file.lines[0].booked_on
    assert [(row["state"], str(row["paid_on"])) for row in world.rows(office, "payment")] == [
        ("paid", str(day))
    ] * 2
    kept = world.rows(office, "bank_line")
    assert [(row["payment_id"], row["amount_pence"], row["words"], row["line"]) for row in kept] == [
        (payments[0], file.lines[0].pence, file.lines[0].words, 2), (payments[1], file.lines[1].pence, file.lines[1].words, 3),
        (None, -350, "", 4), (None, -350, "", 5), (None, 2_500, "Gift of a friend", 6),
    ]  # fmt: skip
    assert {row["file_sha256"] for row in kept} == {file.sha256}
    assert len(world.rows(office, "audit_event", action="statement.brought_in")) == 1
    again = compared(office, stage, file)
    assert (again.lines, again.before) == ((), 5)
    before = world.everything(office)
    assert statements.bring_in(office, treasurer, stage.fund, file, stage.released) == Brought(0, 0, 0)
    with pytest.raises(StatementMoved):
        statements.bring_in(office, treasurer, stage.fund, file, stage.released, seal=said.seal)
    assert world.everything(office) == before


def test_what_is_not_ticked_comes_again_and_what_came_back_fails(office: Office, stage: Stage) -> None:
    one, two = approved(office, stage, 10, 11)
    sent(office, stage, [one, two])
    file = given_file(office, back=True)
    treasurer = stage.cast.actor("treasurer")
    said = compared(office, stage, file)
    assert statements.counted(said) == {"paid": 1, "known": 1, "returned": 1}
    assert statements.bring_in(office, treasurer, stage.fund, file, stage.released, chosen=()) == Brought(
        1, 0, 0
    )
    left = compared(office, stage, file)
    assert (statements.counted(left), left.before) == ({"paid": 1, "returned": 1}, 1)
    every = [each.mark for each in left.lines]
    assert statements.bring_in(
        office, treasurer, stage.fund, file, stage.released, chosen=every, seal=left.seal
    ) == Brought(2, 1, 1)
    rows = world.rows(office, "payment")
    assert [row["state"] for row in rows] == ["paid", "failed"]
    assert rows[1]["failure"].startswith(f"Came back on {file.lines[0].booked_on}: RETURNED B-")


def test_what_comes_back_after_it_was_paid_is_money_in(office: Office, stage: Stage) -> None:
    (one,) = approved(office, stage, 10)
    sent(office, stage, [one])
    whole = given_file(office, back=True)
    first = replace(whole, lines=whole.lines[:1])
    treasurer = stage.cast.actor("treasurer")
    assert statements.bring_in(office, treasurer, stage.fund, first, stage.released) == Brought(1, 1, 0)
    said = compared(office, stage, whole)
    assert (statements.counted(said), said.before) == ({"late": 1}, 1)
    assert statements.bring_in(office, treasurer, stage.fund, whole, stage.released) == Brought(1, 0, 0)
    assert world.one(office, "payment")["state"] == "paid"
    with office.db.read() as conn:
        (row,) = asks.money_in(conn, [stage.fund], 5)
    assert row.amount_pence == whole.lines[1].pence


def test_all_of_it_or_nothing(office: Office, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = approved(office, stage, 10, 11)
    sent(office, stage, [one, two])
    file = given_file(office)
    treasurer = stage.cast.actor("treasurer")
    seal = compared(office, stage, file).seal
    # Somebody confirms the second by hand in between: what was looked at no longer holds.
    fire(office, treasurer, "payment", "confirm", two, stage.released, {"paid_on": file.lines[0].booked_on})
    before = world.everything(office)
    with pytest.raises(StatementMoved):
        statements.bring_in(office, treasurer, stage.fund, file, stage.released, seal=seal)
    assert statements.counted(compared(office, stage, file)) == {"paid": 1, "known": 1}
    officer = stage.cast.actor("officer")
    assert world.refusal_of(
        lambda: statements.bring_in(office, officer, stage.fund, file, stage.released)
    ) == ["not_yours"]
    # A refusal that is found under the locks stops all of it.
    monkeypatch.setattr(
        statements, "hindered",
        lambda deed, steps: hindered(deed, [type(s)(s.life, s.move, s.id, s.inputs, 99) for s in steps]),
    )  # fmt: skip
    with pytest.raises(RunRefused) as refused:
        statements.bring_in(office, treasurer, stage.fund, file, stage.released)
    assert [why.code for why in refused.value.refusals] == ["stale"]
    assert world.everything(office) == before


def test_lines_of_a_bid_in_which_one_has_a_part_are_left_to_another(office: Office, stage: Stage) -> None:
    (one,) = approved(office, stage, 10)
    sent(office, stage, [one])
    file = given_file(office)
    said = compared(office, stage, file, "member")
    assert (statements.counted(said), said.found[said.lines[0].mark].payment) == ({"theirs": 1}, None)


def test_money_on_the_statement_is_found_to_be_what_was_recorded(office: Office, stage: Stage) -> None:
    """By a treasurer, once each way; what is struck out later frees its line."""
    treasurer, officer, fund = stage.cast.actor("treasurer"), stage.cast.actor("officer"), stage.fund
    day = date(2026, 3, 9)
    text = "\n".join(
        ["Date,Description,Amount", *(f"{day},{line}" for line in ("A gift,25", "A gift,25", "Fee,-3"))]
    )
    file = read_statement(text.encode(), day, "march.csv")
    statements.bring_in(office, treasurer, fund, file, stage.released)
    one, other, fee = (row["id"] for row in world.rows(office, "bank_line"))
    (source,) = world.rows(office, "source")

    def gift(pence: int, late: int) -> int:
        came = incomes.Came(
            source["id"], "donation", pence, day - timedelta(days=late), f"{late} days before"
        )
        return incomes.record(office, treasurer, fund, came, stage.released)

    near, far, less = gift(2_500, 5), gift(2_500, 6), gift(2_499, 0)

    def match(line: int, income: int, who: str = "treasurer") -> None:
        statements.match_income(office, stage.cast.actor(who), line, income, stage.released)

    with office.db.read() as conn:
        found = asks.alike(conn, [one, other, fee])
        assert {line: [row.id for row in rows] for line, rows in found.items()} == {
            one: [near],
            other: [near],
        }
    before = world.everything(office)
    for line, income, who, code in (
        (one, far, "treasurer", "not_this_money"), (one, less, "treasurer", "not_this_money"),
        (fee, near, "treasurer", "not_this_money"), (one, near, "officer", "not_yours"),
    ):  # fmt: skip
        assert world.refusal_of(lambda line=line, income=income, who=who: match(line, income, who)) == [code]
    assert world.everything(office) == before
    done = world.change(office, lambda: match(one, near))
    assert done.changed[("bank_line", one)] == {"income_id": near}
    assert [(body["action"], body["role"], body["params"]) for body in done.bodies] == [
        ("statement.matched", "treasurer", {"amount_pence": 2_500})
    ]
    assert world.refusal_of(lambda: match(one, near)) == ["line_is_income"]
    assert world.refusal_of(lambda: match(other, near)) == ["not_this_money"]
    incomes.void(office, officer, near, "Typed for another year", stage.released)
    with office.db.read() as conn:
        assert {row.id for row in asks.money_in(conn, [fund], 9)} == {one, other}
    again = gift(2_500, 4)
    match(one, again)
    with office.db.read() as conn:
        assert {row.id for row in asks.money_in(conn, [fund], 9)} == {other}
