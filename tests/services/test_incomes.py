"""Money in, recorded once whatever is pressed twice, and what comes back of cancelled awards."""

from datetime import date
from threading import Barrier, Thread

import pytest

from fundapp.demo.stage import Stage
from fundapp.queries import owing
from fundapp.queries import pot as asks
from fundapp.services import awards, incomes, runs
from fundapp.services.deed import Office
from fundapp.services.transition import Refused, fire
from tests.services import world

DAY = date(2026, 5, 1)
NEW = incomes.Came(incomes.Giver("The Penny Society", "association"), "donation", 60_000, DAY, "Spring")


def test_the_source_and_its_money_come_together_or_not_at_all(office: Office, stage: Stage) -> None:
    treasurer, at = stage.cast.actor("treasurer"), stage.during
    before = world.everything(office)
    wrong = incomes.Came(NEW.source, "donation", 60_000, DAY, round=999)
    assert world.refusal_of(lambda: incomes.record(office, treasurer, stage.fund, wrong, at)) == [
        "no_such_round"
    ]
    assert world.everything(office) == before
    made = world.change(office, lambda: incomes.record(office, treasurer, stage.fund, NEW, at))
    assert made.counts["source"] == made.counts["income"] == 1


def test_what_is_pressed_twice_at_the_same_moment_is_recorded_once(office: Office, stage: Stage) -> None:
    treasurer, at = stage.cast.actor("treasurer"), stage.during
    begin, told = Barrier(3), []

    def press() -> None:
        begin.wait()
        try:
            told.append(("made", incomes.record(office, treasurer, stage.fund, NEW, at)))
        except Refused as refused:
            (refusal,) = refused.refusals
            told.append((refusal.code, refusal.params.get("income")))

    threads = [Thread(target=press) for _again in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = {income for _code, income in told}
    assert sorted(code for code, _income in told) == ["made", "recorded_already", "recorded_already"]
    assert len(ids) == 1
    assert len(world.rows(office, "source", name="The Penny Society")) == 1
    world.holds(office)


def test_the_same_name_twice_would_part_what_is_added_up(office: Office, stage: Stage) -> None:
    treasurer, at = stage.cast.actor("treasurer"), stage.during
    incomes.record(office, treasurer, stage.fund, NEW, at)
    again = incomes.Giver("the PENNY  society", "other")
    for came, code in (
        (incomes.Came(again, "donation", 60_000, DAY, "Autumn"), "source_stands"),
        (incomes.Came(again, "donation", 60_000, DAY, "Spring"), "recorded_already"),
    ):
        assert world.refusal_of(
            lambda came=came: incomes.record(office, treasurer, stage.fund, came, at)
        ) == [code]
    source = world.one(office, "source", name="The Penny Society")["id"]
    # What differs in anything, or stands in place of what was struck out, is money of its own.
    incomes.record(
        office, treasurer, stage.fund, incomes.Came(source, "donation", 60_000, DAY, "A second"), at
    )
    first = world.rows(office, "income", words="Spring")[0]["id"]
    incomes.void(office, stage.cast.actor("officer"), first, "Typed wrongly", at)
    incomes.record(office, treasurer, stage.fund, incomes.Came(source, "donation", 60_000, DAY, "Spring"), at)
    assert len(world.rows(office, "income", source_id=source)) == 3


def test_a_check_and_a_report_are_kept_once(office: Office, stage: Stage) -> None:
    treasurer, at = stage.cast.actor("treasurer"), stage.during
    made = incomes.record(office, treasurer, stage.fund, NEW, at)
    found = incomes.Check("permissible", "On the register", DAY)
    ids = {incomes.check(office, treasurer, made, found, at) for _again in range(2)}
    ids |= {-incomes.report(office, treasurer, made, DAY, "Online", at) for _again in range(2)}
    assert len(ids) == 2
    other = incomes.Check("impermissible", "Struck off", DAY)
    incomes.check(office, treasurer, made, other, at)
    incomes.check(office, treasurer, made, found, at)
    assert [row["outcome"] for row in world.rows(office, "permissibility")] == [
        "permissible", "impermissible", "permissible",
    ]  # fmt: skip
    world.holds(office)


@pytest.fixture
def cancelled(office: Office, stage: Stage) -> int:
    """An award that is asked to be cancelled, half of it paid, its second payment approved."""
    (bid,) = world.awarded(stage, 10)
    stage.accept(bid)
    stage.pay(bid, (50, 30, 20), paid=1, approved=1)
    why = {"reason": "The group has folded."}
    fire(office, stage.cast.actor("treasurer"), "bid", "ask_cancel", bid, stage.released, why)
    return bid


def test_what_is_with_the_bank_is_owed_until_it_comes_back_by_itself(
    office: Office, stage: Stage, cancelled: int
) -> None:
    treasurer, at = stage.cast.actor("treasurer"), stage.released
    second = world.rows(office, "payment")[1]
    runs.send(office, treasurer, stage.fund, [(second["id"], second["version"])], at)
    awards.cancel(office, stage.cast.actor("officer"), cancelled, at)
    paid, sent = (row["amount_pence"] for row in world.rows(office, "payment")[:2])

    def owed() -> tuple[int, int, int]:
        with office.db.read() as conn:
            found = owing.of_bid(conn, cancelled)
        return found.owed, found.left, found.beyond

    assert owed() == (paid + sent, paid + sent, 0)
    assert world.one(office, "cancellation")["owed_back_pence"] == paid + sent
    fire(office, treasurer, "payment", "fail", second["id"], at, {"reason": "No such account"})
    assert owed() == (paid, paid, 0)

    def back(pence: int, words: str = "") -> int:
        return incomes.record_return(office, treasurer, cancelled, pence, DAY, words, at)

    with pytest.raises(Refused) as refused:
        back(paid + 1)
    (refusal,) = refused.value.refusals
    assert (refusal.code, refusal.params) == (
        "more_than_owed",
        {"amount_pence": paid + 1, "left_pence": paid},
    )
    with office.db.read() as conn:
        free = asks.of_fund(conn, stage.fund).rounds[stage.round].free
    made = back(1_000)
    assert world.refusal_of(lambda: back(1_000)) == ["recorded_already"]
    back(paid - 1_000, "The rest")
    assert owed() == (paid, 0, 0)
    assert world.refusal_of(lambda: back(1, "More")) == ["nothing_owed"]
    row = world.one(office, "income", id=made)
    assert (row["kind"], row["round_id"], row["bid_id"]) == ("returned", stage.round, cancelled)
    with office.db.read() as conn:
        assert asks.of_fund(conn, stage.fund).rounds[stage.round].free == free + paid
        assert [each.reference for each in owing.listed(conn, None, settled=True, before=None, limit=9)]
        assert owing.listed(conn, None, settled=False, before=None, limit=9) == []
    incomes.void(office, stage.cast.actor("officer"), made, "It bounced", at)
    assert owed() == (paid, 1_000, 0)
    world.holds(office)


def test_only_of_a_cancelled_award_something_is_owed(office: Office, stage: Stage) -> None:
    (bid,) = world.awarded(stage, 10)
    stage.accept(bid)
    stage.pay(bid, (100,), paid=1)
    treasurer = stage.cast.actor("treasurer")
    assert world.refusal_of(
        lambda: incomes.record_return(office, treasurer, bid, 1, DAY, "", stage.released)
    ) == ["nothing_owed"]
