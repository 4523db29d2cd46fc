"""Nobody plays two parts that check each other, whatever roles they were given."""

from collections.abc import Callable
from datetime import date
from typing import Any

import orjson
import pytest

from fundapp.demo.stage import Stage
from fundapp.services import awards, panel, people, roles, rounds
from fundapp.services.deed import Actor, Office
from fundapp.services.panel import AssignRefused
from fundapp.services.transition import fire
from tests.apart import joined
from tests.services import world


def give(office: Office, stage: Stage, who: str, *roles: str) -> Actor:
    """More roles for one of the cast."""
    with office.deed(stage.cast.actor("officer"), stage.during) as deed:
        for role in roles:
            people.give_role(deed, stage.cast.persons[who], role, stage.fund)
    return stage.cast.actor(who)


def assign_refusals(act: Callable[[], Any]) -> list[tuple[int, int, str]]:
    with pytest.raises(AssignRefused) as caught:
        act()
    return [(bid, person, refusal.code) for bid, person, refusal in caught.value.refusals]


def test_who_bids_does_nothing_else_with_it(office: Office, stage: Stage) -> None:
    """The member is given every role; so is their partner in the bid."""
    give(office, stage, "member", "reviewer", "chair", "treasurer", "officer")
    partner = give(office, stage, "member2", "reviewer", "chair", "treasurer", "officer")
    (bid,) = world.endorsed(stage, 0)
    joined(office, partner, bid, stage.during, left=True)  # once together, always apart
    for who in ("member", "member2"):
        person, actor = stage.cast.persons[who], stage.cast.actor(who)
        for move, inputs in (("send_back", {"reason": "x"}), ("rule_out", {"reason": "twice"})):
            refused = world.refusal_of(
                lambda actor=actor, move=move, inputs=inputs: fire(
                    office, actor, "bid", move, bid, stage.during, inputs
                )
            )
            assert refused == ["own_bid"]
        assert assign_refusals(
            lambda person=person: panel.assign(
                office, stage.cast.actor("chair"), [(bid, person)], stage.after
            )
        ) == [(bid, person, "own_bid")]
    stage.start_panel()
    stage.assign([bid])
    for reviewer in ("reviewer", "reviewer2", "reviewer3"):
        stage.review(bid, reviewer, world.MARKS)
    # They belong to one local party, too: a chair is kept from whatever it bids for.
    twice = ["own_bid", "interest_declared"]
    assert world.refusal_of(lambda: fire(office, partner, "bid", "conclude", bid, stage.after)) == twice
    stage.conclude(bid)
    words = {"outcome": "award", "amount_pence": 100}
    assert world.refusal_of(lambda: fire(office, partner, "bid", "decide", bid, stage.after, words)) == twice
    stage.decide(bid, "award", 100_000)
    stage.release()
    stage.accept(bid)
    plan = [awards.Instalment(100_000, date(2026, 5, 1))]
    assert world.refusal_of(lambda: awards.schedule(office, partner, bid, plan, stage.released)) == [
        "own_bid"
    ]
    (payment,) = (
        done.id for done in awards.schedule(office, stage.cast.actor("treasurer"), bid, plan, stage.released)
    )
    for life, move, row, inputs in (
        ("payment", "approve", payment, {}), ("bid", "ask_cancel", bid, {"reason": "x"}),
    ):  # fmt: skip
        refused = world.refusal_of(
            lambda life=life, move=move, row=row, inputs=inputs: fire(
                office, partner, life, move, row, stage.released, inputs
            )
        )
        assert refused == ["own_bid"]
    stage.report(bid)
    report = world.one(office, "report")["id"]
    assert world.refusal_of(lambda: fire(office, partner, "report", "accept", report, stage.released)) == [
        "own_bid"
    ]
    assert world.refusal_of(
        lambda: fire(office, stage.cast.actor("member"), "report", "accept", report, stage.released)
    ) == ["own_bid", "wrote_it_yourself"]


def test_who_backed_it_judges_and_pays_nothing_of_it(office: Office, stage: Stage) -> None:
    councillor = give(office, stage, "councillor", "reviewer", "chair", "treasurer", "officer")
    (bid,) = world.endorsed(stage, 0)
    pair = (bid, stage.cast.persons["councillor"])
    assert assign_refusals(lambda: panel.assign(office, stage.cast.actor("chair"), [pair], stage.after)) == [
        (*pair, "endorsed_it")
    ]
    assert world.refusal_of(
        lambda: fire(office, councillor, "bid", "rule_out", bid, stage.during, {"reason": "twice"})
    ) == ["endorsed_it"]
    stage.start_panel()
    stage.assign([bid])
    for reviewer in ("reviewer", "reviewer2", "reviewer3"):
        stage.review(bid, reviewer, world.MARKS)
    stage.conclude(bid)
    words = {"outcome": "award", "amount_pence": 100}
    # It lies in their own ward as well, which keeps them from every bid there.
    twice = ["endorsed_it", "interest_declared"]
    assert (
        world.refusal_of(lambda: fire(office, councillor, "bid", "decide", bid, stage.after, words)) == twice
    )
    stage.decide(bid, "award", 100_000)
    stage.release()
    stage.accept(bid)
    plan = [awards.Instalment(100_000, date(2026, 5, 1))]
    assert world.refusal_of(lambda: awards.schedule(office, councillor, bid, plan, stage.released)) == [
        "endorsed_it"
    ]
    awards.schedule(office, stage.cast.actor("treasurer"), bid, plan, stage.released)
    assert world.refusal_of(lambda: fire(office, councillor, "payment", "approve", 1, stage.released)) == [
        "endorsed_it"
    ]


def test_a_representative_backs_no_bid_of_their_own(office: Office, stage: Stage) -> None:
    give(office, stage, "councillor", "member")
    with office.deed(stage.cast.actor("officer"), stage.during) as deed:
        people.join(deed, stage.cast.persons["councillor"], "A7", "Millbeck CLP", "list")
    bid = stage.draft(world.project(0), "councillor")
    stage.submit(bid, "councillor")
    assert world.refusal_of(lambda: stage.endorse(bid)) == ["own_bid", "own_bid"]
    assert world.refusal_of(
        lambda: fire(
            office, stage.cast.actor("councillor"), "bid", "refuse", bid, stage.during, {"reason": "x"}
        )
    ) == ["own_bid"]


def test_who_schedules_a_payment_does_not_approve_it(office: Office, stage: Stage) -> None:
    both = give(office, stage, "treasurer", "officer")
    (bid,) = world.awarded(stage, 0)
    stage.accept(bid)
    awards.schedule(office, both, bid, [awards.Instalment(100, date(2026, 5, 1))], stage.released)
    assert world.refusal_of(lambda: fire(office, both, "payment", "approve", 1, stage.released)) == [
        "scheduled_it_yourself"
    ]
    fire(office, stage.cast.actor("officer"), "payment", "approve", 1, stage.released)


def test_who_asks_for_a_cancellation_does_not_confirm_it(office: Office, stage: Stage) -> None:
    both = give(office, stage, "treasurer", "officer")
    (bid,) = world.awarded(stage, 0)
    officer = stage.cast.actor("officer")
    assert world.refusal_of(lambda: awards.cancel(office, officer, bid, stage.released)) == [
        "cancelling_not_asked"
    ]
    fire(office, both, "bid", "ask_cancel", bid, stage.released, {"reason": "They left."})
    assert world.refusal_of(lambda: awards.cancel(office, both, bid, stage.released)) == ["asked_it_yourself"]
    late = world.one(office, "cancellation")["expires_at"].replace(year=2100)
    assert world.refusal_of(lambda: awards.cancel(office, officer, bid, late)) == ["cancelling_expired"]
    awards.cancel(office, officer, bid, stage.released)


def test_a_declared_interest_shuts_the_bid_to_reviewer_and_chair(office: Office, stage: Stage) -> None:
    give(office, stage, "chair", "reviewer")
    (bid,) = world.endorsed(stage, 0)
    stage.start_panel()
    stage.assign([bid])
    reviewer = stage.cast.actor("reviewer")
    panel.declare(office, reviewer, bid, " My sister runs it. ", stage.after)
    again = world.change(office, lambda: panel.declare(office, reviewer, bid, "Again.", stage.after))
    assert (again.added, again.changed) == ({}, {})
    assert world.one(office, "interest")["reason"] == "My sister runs it."
    ended = {row["person_id"] for row in world.rows(office, "assignment") if row["ended_at"] is not None}
    assert ended == {reviewer.person}
    assert world.refusal_of(lambda: stage.review(bid, "reviewer", world.MARKS)) == ["not_yours"]
    pair = (bid, stage.cast.persons["reviewer"])
    assert assign_refusals(lambda: panel.assign(office, stage.cast.actor("chair"), [pair], stage.after)) == [
        (*pair, "interest_declared")
    ]
    panel.declare(office, stage.cast.actor("chair"), bid, "I founded it.", stage.after)
    for reader in ("reviewer2", "reviewer3"):
        stage.review(bid, reader, world.MARKS)
    assert "interest_declared" in world.refusal_of(lambda: stage.conclude(bid))


@pytest.mark.parametrize("reason", ["", "  "])
def test_an_interest_needs_its_reason(office: Office, stage: Stage, reason: str) -> None:
    (bid,) = world.endorsed(stage, 0)
    with pytest.raises(ValueError, match="say_your_interest"):
        panel.declare(office, stage.cast.actor("reviewer"), bid, reason, stage.after)
    with pytest.raises(LookupError):
        panel.declare(office, stage.cast.actor("reviewer"), 404, "x", stage.after)


def test_every_obstacle_to_giving_bids_out_is_named_and_none_is_given(office: Office, stage: Stage) -> None:
    (backed,), waiting = world.endorsed(stage, 0), world.submitted(stage, 1)
    chair, persons = stage.cast.actor("chair"), stage.cast.persons
    pairs = [(backed, persons["reviewer"]), (waiting, persons["reviewer"]), (backed, persons["auditor"]),
             (404, persons["reviewer"])]  # fmt: skip
    assert assign_refusals(lambda: panel.assign(office, chair, pairs, stage.after)) == [
        (waiting, persons["reviewer"], "not_endorsed_now"),
        (backed, persons["auditor"], "not_a_reviewer"),
        (404, persons["reviewer"], "not_endorsed_now"),
    ]
    assert assign_refusals(
        lambda: panel.assign(office, stage.cast.actor("treasurer"), pairs[:1], stage.after)
    ) == [(backed, persons["reviewer"], "not_yours")]
    assert world.rows(office, "assignment") == []
    assert panel.assign(office, chair, pairs[:1], stage.after) == 1
    assert panel.assign(office, chair, pairs[:1] * 2, stage.after) == 0


def test_a_reviewer_of_one_fund_reads_for_no_other_and_the_giving_names_the_right_grant(
    office: Office, stage: Stage
) -> None:
    (backed,) = world.endorsed(stage, 0)
    persons = stage.cast.persons
    operator = people.operator(office, world.OPENS)
    other = rounds.found(office, operator, "other", "Another fund", stage.after)
    roles.give(office, operator, persons["auditor"], "reviewer", other, stage.after)
    # Their first grant is for the other fund; the one that counts came later.
    roles.give(office, operator, persons["treasurer"], "chair", other, stage.after)
    roles.give(office, operator, persons["treasurer"], "chair", stage.fund, stage.after)
    treasurer = stage.cast.actor("treasurer")
    stranger = [(backed, persons["auditor"])]
    assert assign_refusals(lambda: panel.assign(office, treasurer, stranger, stage.after)) == [
        (backed, persons["auditor"], "not_a_reviewer")
    ]
    assert world.rows(office, "assignment") == []
    assert panel.assign(office, treasurer, [(backed, persons["reviewer"])], stage.after) == 1
    body = orjson.loads(world.rows(office, "audit_event")[-1]["body"])
    grant = next(row for row in world.rows(office, "role_grant") if row["id"] == body["under"][1])
    assert (body["action"], body["role"]) == ("assigned", "chair")
    assert (grant["person_id"], grant["fund_id"]) == (persons["treasurer"], stage.fund)
