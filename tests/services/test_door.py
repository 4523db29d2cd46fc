"""The door: all or nothing, one after another, many at once by a constant number of statements."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from fundapp import outbox
from fundapp.audit.record import Recorder
from fundapp.demo.stage import Stage
from fundapp.services import consequences
from fundapp.services.case import Step
from fundapp.services.deed import Deed, Office
from fundapp.services.transition import NotThere, Refused, fire, fire_many
from tests.services import world


class Broken(Exception):
    """What a test makes go wrong."""


def breaks(*_: Any, **__: Any) -> None:
    """Goes wrong."""
    raise Broken


def after(done: Callable[..., Any]) -> Callable[..., None]:
    """Does it, then goes wrong."""

    @functools.wraps(done)
    def act(*given: Any, **more: Any) -> None:
        done(*given, **more)
        raise Broken

    return act


@pytest.mark.parametrize(
    "place", ["before its rows", "after its rows", "at the event", "after the event", "at the outbox", "after it all"]
)  # fmt: skip
def test_whatever_breaks_nothing_is_left(
    office: Office, stage: Stage, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    bid = world.submitted(stage)
    key = ("bid", "endorse")
    match place:
        case "before its rows":
            monkeypatch.setitem(consequences.SETS, key, breaks)
        case "after its rows":
            monkeypatch.setitem(consequences.RECORDS, key, after(consequences.RECORDS[key]))
        case "at the event":
            monkeypatch.setattr(Recorder, "append_many", breaks)
        case "after the event":
            monkeypatch.setattr(Recorder, "append_many", after(Recorder.append_many))
        case "at the outbox":
            monkeypatch.setattr(outbox, "put_many", breaks)
        case _:
            monkeypatch.setattr(Deed, "finish", after(Deed.finish))
    before = world.everything(office)
    with pytest.raises(Broken):
        stage.endorse(bid)
    assert world.everything(office) == before
    monkeypatch.undo()
    assert stage.endorse(bid).state == "endorsed", "the same can be done once it is mended"


def test_a_commit_that_fails_leaves_nothing(office: Office, stage: Stage) -> None:
    bid = world.submitted(stage)
    before = world.everything(office)

    def refuse(conn: Any) -> None:
        raise Broken

    event.listen(office.db.engine, "commit", refuse)
    try:
        with pytest.raises(Broken):
            stage.endorse(bid)
    finally:
        event.remove(office.db.engine, "commit", refuse)
    assert world.everything(office) == before
    assert stage.endorse(bid).version == 3


def test_a_row_without_its_event_is_refused(office: Office, stage: Stage) -> None:
    from fundapp.models import Remark

    bid = world.submitted(stage)
    before = world.everything(office)
    values = {"bid_id": bid, "move": "x", "person_id": None, "words": "w", "said_at": stage.during}
    with (
        pytest.raises(RuntimeError, match=f"without an event in bid:{bid}"),
        office.deed(stage.cast.actor("officer"), stage.during) as deed,
    ):
        deed.put(f"bid:{bid}", Remark, values)
    assert world.everything(office) == before


def test_a_refused_move_leaves_nothing(office: Office, stage: Stage) -> None:
    bid = world.submitted(stage)
    before = world.everything(office)
    assert world.refusal_of(lambda: stage.endorse(bid, "mayor")) == ["not_yours"]
    assert world.everything(office) == before


def test_what_is_not_there(office: Office, stage: Stage) -> None:
    officer = stage.cast.actor("officer")
    for life, move in (("bid", "rule_out"), ("award", "complete"), ("payment", "approve"), ("report", "accept"),
                       ("round", "close")):  # fmt: skip
        with pytest.raises(NotThere):
            fire(office, officer, life, move, 404, stage.during)
    with pytest.raises(NotThere):
        fire(office, stage.cast.actor("member"), "bid", "start", None, stage.during, parent=404)


def test_every_reason_at_once(office: Office, stage: Stage) -> None:
    member = stage.cast.actor("member")
    bid = fire(office, member, "bid", "start", None, stage.during, parent=stage.round).id
    with pytest.raises(Refused) as caught:
        fire(office, member, "bid", "submit", bid, stage.after)
    assert [refusal.code for refusal in caught.value.refusals] == [
        "arrived_after_closing", "form_incomplete", "amount_outside_limits", "name_a_representative",
        "declarations_open",
    ]  # fmt: skip
    assert caught.value.refusals[0].params == {"closes_at": world.CLOSES}
    assert "representative" in caught.value.refusals[1].params["missing"]


def test_a_stale_version_is_told_and_nothing_else(office: Office, stage: Stage) -> None:
    bid = world.submitted(stage)
    endorsed = stage.endorse(bid)
    since = world.one(office, "bid", id=bid)["since"]
    with pytest.raises(Refused) as caught:
        fire(office, stage.cast.actor("councillor"), "bid", "endorse", bid, stage.during, {}, seen=2)
    (refusal,) = caught.value.refusals
    assert (refusal.code, refusal.kind, refusal.params) == (
        "stale", "stale", {"state": "endorsed", "since": since},
    )  # fmt: skip
    done = fire(
        office, stage.cast.actor("member"), "bid", "withdraw", bid, stage.during, seen=endorsed.version
    )
    assert done.version == 4


def test_two_reviewers_do_not_refuse_each_other(office: Office, stage: Stage) -> None:
    (bid,) = world.endorsed(stage, 0)
    stage.start_panel()
    stage.assign([bid])
    scores = {criterion["id"]: 3 for criterion in stage.rubric()}

    def review(who: str, seen: int) -> None:
        fire(office, stage.cast.actor(who), "bid", "review", bid, stage.after, {"scores": scores}, seen=seen)

    review("reviewer", 0)
    review("reviewer2", 0)
    assert world.refusal_of(lambda: review("reviewer", 0)) == ["stale"]
    review("reviewer", 1)
    assert [
        row["number"] for row in world.rows(office, "review", person_id=stage.cast.persons["reviewer"])
    ] == [1, 2]


def test_a_decision_is_held_against_its_own_version(office: Office, stage: Stage) -> None:
    (bid,) = world.reviewed(stage, 0)
    chair = stage.cast.actor("chair")

    def decide(seen: int, pence: int) -> None:
        inputs = {"outcome": "award", "amount_pence": pence}
        fire(office, chair, "bid", "decide", bid, stage.after, inputs, seen=seen)

    decide(0, 100_000)
    assert world.refusal_of(lambda: decide(0, 200_000)) == ["stale"]
    decide(1, 200_000)
    staged = world.one(office, "decision")
    assert (staged["version"], staged["amount_pence"]) == (2, 200_000)


def rule_out(bids: list[int], reason: str = "twice") -> list[Step]:
    return [Step("bid", "rule_out", bid, {"reason": reason}) for bid in bids]


def test_many_are_done_all_or_none(office: Office, stage: Stage) -> None:
    bids = [world.submitted(stage, number) for number in range(3)]
    officer = stage.cast.actor("officer")
    fire(office, officer, "bid", "rule_out", bids[1], stage.during, {"reason": "twice"})
    before = world.everything(office)
    with pytest.raises(Refused) as caught:
        fire_many(office, officer, rule_out(bids), stage.during)
    assert (caught.value.step.id, [r.code for r in caught.value.refusals]) == (bids[1], ["not_from_here"])
    with pytest.raises(NotThere):
        fire_many(office, officer, rule_out([bids[0], 404]), stage.during)
    stale = [
        Step("bid", "rule_out", bids[0], {"reason": "twice"}, 2),
        Step("bid", "rule_out", bids[2], {}, 1),
    ]
    with pytest.raises(Refused, match="stale"):
        fire_many(office, officer, stale, stage.during)
    assert world.everything(office) == before
    done = fire_many(office, officer, rule_out([bids[2], bids[0]]), stage.during)
    assert [(each.id, each.state, each.version) for each in done] == [
        (bids[2], "ineligible", 3), (bids[0], "ineligible", 3),
    ]  # fmt: skip


def test_one_bid_twice_in_one_act_is_refused(office: Office, stage: Stage) -> None:
    bid = world.submitted(stage)
    before = world.everything(office)
    with pytest.raises(Refused):
        fire_many(office, stage.cast.actor("officer"), rule_out([bid, bid]), stage.during)
    assert world.everything(office) == before


def test_two_payments_of_one_bid_are_two_events_of_its_chain(office: Office, stage: Stage) -> None:
    (bid,) = world.awarded(stage, 0)
    stage.accept(bid)
    payments = stage.pay(bid, paid=0)
    officer = stage.cast.actor("officer")
    steps = [Step("payment", "approve", payment, seen=1) for payment in payments]
    done = fire_many(office, officer, steps, stage.released)
    assert [each.id for each in done] == payments
    assert done[1].event == done[0].event + 1
    assert {row["state"] for row in world.rows(office, "payment")} == {"approved"}


def test_awards_staged_together_are_held_against_the_money_together(office: Office, stage: Stage) -> None:
    """£10,000: three of £4,000 do not fit, two do; what each had staged before does not count twice."""
    bids = world.reviewed(stage, 0, 3, 4)  # they ask for £4,850, £4,200, £4,750
    chair = stage.cast.actor("chair")

    def steps(*pence: int) -> list[Step]:
        return [
            Step("bid", "decide", bid, {"outcome": "award", "amount_pence": amount})
            for bid, amount in zip(bids, pence, strict=False)
        ]

    refused = world.refusal_of(
        lambda: fire_many(office, chair, steps(400_000, 400_000, 400_000), stage.after)
    )
    assert refused == ["money_short"]
    assert world.rows(office, "decision") == []
    fire_many(office, chair, steps(400_000, 400_000, 200_000), stage.after)
    fire_many(office, chair, steps(400_000, 420_000, 180_000), stage.after)
    assert world.refusal_of(
        lambda: fire_many(office, chair, steps(400_000, 420_000, 180_001), stage.after)
    ) == ["money_short"]
    assert [row["amount_pence"] for row in world.rows(office, "decision")] == [400_000, 420_000, 180_000]


@contextmanager
def statements(office: Office) -> Iterator[list[str]]:
    """What is sent to the database meanwhile."""
    sent: list[str] = []

    def heard(conn: Any, cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(office.db.engine, "before_cursor_execute", heard)
    try:
        yield sent
    finally:
        event.remove(office.db.engine, "before_cursor_execute", heard)


def test_ten_take_as_many_statements_as_two(office: Office, stage: Stage) -> None:
    bids = [world.submitted(stage, number) for number in range(12)]
    officer = stage.cast.actor("officer")
    with statements(office) as for_two:
        fire_many(office, officer, rule_out(bids[:2]), stage.during)
    with statements(office) as for_ten:
        fire_many(office, officer, rule_out(bids[2:]), stage.during)
    assert len(for_ten) == len(for_two), "a statement for each bid crept in"
    assert len(for_two) < 20
    assert {row["state"] for row in world.rows(office, "bid")} == {"ineligible"}


def test_a_round_of_any_size_is_published_by_as_many_statements(office: Office, stage: Stage) -> None:
    """Two awards and one decline, beside five and four."""
    from fundapp.services import rounds

    def publish(play: Stage, awards: int, declines: int) -> int:
        bids = world.reviewed(play, *range(awards + declines))
        for place, bid in enumerate(bids):
            play.decide(bid, "award" if place < awards else "decline", 50_000)
        fire(office, play.cast.actor("chair"), "round", "release", play.round, play.after)
        with statements(office) as sent:
            rounds.publish(office, play.round, play.released)
        # SQLite counts ids in a table of its own, whose row is made with the first.
        return sum("sqlite_sequence" not in statement for statement in sent)

    from fundapp.demo import stage as stages
    from fundapp.services import people

    operator = people.operator(office, world.OPENS)
    second = stages.build(
        office, operator, stage.cast, stage.fund, "R2", "Second", world.OPENS, world.CLOSES,
        budget_pence=1_000_000, now=world.OPENS,
    )  # fmt: skip
    assert publish(second, 5, 4) == publish(stage, 2, 2)
