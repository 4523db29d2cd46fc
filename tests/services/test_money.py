"""Money, whatever is asked for: never more staged than the round has, never more paid than was awarded."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fundapp.database import Database
from fundapp.demo.stage import Stage
from fundapp.services import awards
from fundapp.services.deed import Office
from fundapp.services.transition import Refused, fire
from tests.effort import REPEATABLE, times
from tests.services import world

DUE = date(2026, 5, 1)
DETERMINED = settings(
    max_examples=times(25), derandomize=REPEATABLE, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip


def paid_of(office: Office, bid: int) -> int:
    return sum(
        row["amount_pence"]
        for row in world.rows(office, "payment", bid_id=bid)
        if row["state"] != "cancelled"
    )


def test_the_last_penny_of_an_award(office: Office, stage: Stage) -> None:
    (bid,) = world.awarded(stage, 10)
    stage.accept(bid)
    treasurer = stage.cast.actor("treasurer")
    before = world.everything(office)
    too_much = [awards.Instalment(30_000, DUE), awards.Instalment(22_001, DUE)]
    assert world.refusal_of(lambda: awards.schedule(office, treasurer, bid, too_much, stage.released)) == [
        "award_short"
    ]
    assert world.everything(office) == before, "neither of the two"
    made = awards.schedule(
        office,
        treasurer,
        bid,
        [awards.Instalment(30_000, DUE), awards.Instalment(22_000, DUE)],
        stage.released,
    )
    assert world.refusal_of(
        lambda: awards.schedule(office, treasurer, bid, [awards.Instalment(1, DUE)], stage.released)
    ) == ["award_short"]
    fire(office, treasurer, "payment", "cancel", made[0].id, stage.released)
    awards.schedule(office, treasurer, bid, [awards.Instalment(30_000, DUE)], stage.released)
    assert paid_of(office, bid) == 52_000


def test_the_last_penny_of_a_round(office: Office, stage: Stage) -> None:
    one, two, three = world.reviewed(stage, 0, 3, 4)
    stage.decide(one, "award", 485_000)
    stage.decide(two, "award", 420_000)
    assert world.refusal_of(lambda: stage.decide(three, "award", 95_001)) == ["money_short"]
    stage.decide(three, "award", 95_000)
    assert world.refusal_of(lambda: stage.decide(three, "award", 475_001)) == [
        "amount_above_request",
        "money_short",
    ]
    for wrong in (0, -1, None):
        assert world.refusal_of(lambda wrong=wrong: stage.decide(three, "award", wrong)) == [
            "amount_must_be_positive"
        ]
    stage.decide(one, "decline")
    stage.decide(three, "award", 475_000)
    stage.release()
    assert sum(row["amount_pence"] for row in world.rows(office, "award")) == 895_000


@pytest.fixture
def accepted(sqlite_database: Database) -> tuple[Office, Stage]:
    """A stage on SQLite with a bid that asked for £520."""
    office = world.office_of(sqlite_database)
    return office, world.stage_of(office)


@DETERMINED
@given(plan=st.lists(st.one_of(st.integers(-5, 60_000), st.integers(25_990, 26_010)), min_size=1, max_size=5),
       cancelled=st.integers(0, 4))  # fmt: skip
def test_no_plan_pays_more_than_the_award(
    accepted: tuple[Office, Stage], plan: list[int], cancelled: int
) -> None:
    office, stage = accepted
    if not world.rows(office, "award"):
        (bid,) = world.awarded(stage, 10)
        stage.accept(bid)
    bid = world.one(office, "bid")["id"]
    treasurer = stage.cast.actor("treasurer")
    for row in world.rows(office, "payment", state="scheduled"):
        fire(office, treasurer, "payment", "cancel", row["id"], stage.released)
    standing = 0
    made: list[tuple[int, int]] = []
    for pence in plan:
        allowed = 0 < pence <= 52_000 - standing
        try:
            (done,) = awards.schedule(office, treasurer, bid, [awards.Instalment(pence, DUE)], stage.released)
        except Refused:
            assert not allowed
        else:
            assert allowed
            made.append((done.id, pence))
            standing += pence
        if len(made) > cancelled:
            payment, gone = made.pop(0)
            fire(office, treasurer, "payment", "cancel", payment, stage.released)
            standing -= gone
    assert paid_of(office, bid) == standing <= 52_000
    lower = standing if standing else 1
    words = {"amount_pence": lower - 1, "reason": "Less"}
    officer = stage.cast.actor("officer")
    if lower > 1:
        refused = world.refusal_of(
            lambda: fire(office, officer, "award", "propose", 1, stage.released, words)
        )
        assert refused == ["below_payments"]


@DETERMINED
@given(amounts=st.lists(st.integers(1, 485_000), min_size=1, max_size=8))
def test_no_order_of_decisions_stages_more_than_the_round_has(
    accepted: tuple[Office, Stage], amounts: list[int]
) -> None:
    office, stage = accepted
    if not world.rows(office, "bid"):
        world.reviewed(stage, 0, 4, 3)
    asked = {row["id"]: row["amount_pence"] for row in world.rows(office, "bid")}
    staged = {row["bid_id"]: row["amount_pence"] for row in world.rows(office, "decision")}
    for turn, pence in enumerate(amounts):
        bid = sorted(asked)[turn % 3]
        others = sum(amount for other, amount in staged.items() if other != bid)
        allowed = pence <= asked[bid] and pence <= 1_000_000 - others
        try:
            stage.decide(bid, "award", pence)
        except Refused:
            assert not allowed
        else:
            assert allowed
            staged[bid] = pence
    assert sum(staged.values()) <= 1_000_000
    assert staged == {row["bid_id"]: row["amount_pence"] for row in world.rows(office, "decision")}
