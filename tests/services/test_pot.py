"""The pot over random histories of incomes, payments, runs, failures and cancellations: to the penny at every step."""

import random
from collections import defaultdict
from datetime import date
from typing import Any

import pytest

from fundapp.demo.stage import Stage
from fundapp.queries import pot as asks
from fundapp.services import awards, incomes, runs
from fundapp.services.deed import Office
from fundapp.services.transition import Refused, fire
from tests.services import world

DUE = date(2026, 5, 1)
#: What may happen next, the frequent ones more often.
ACTS = (
    *("in",) * 3, *("schedule",) * 3, *("approve",) * 5, *("send",) * 5, *("confirm",) * 2,
    "fail", "again", "cancel", "void",
)  # fmt: skip


def held_to_the_books(office: Office, stage: Stage) -> None:
    """The pot as the service says it against sums made here from the bare rows."""
    own: dict[int | None, int] = defaultdict(int)
    for row in world.rows(office, "income"):
        if row["voided_at"] is None:
            own[row["round_id"]] += row["amount_pence"]
    payments = world.rows(office, "payment")
    left = {
        state: sum(row["amount_pence"] for row in payments if row["state"] == state)
        for state in ("paid", "sent")
    }
    promised = 0
    for award in world.rows(office, "award"):
        if award["state"] in ("offered", "accepted"):
            gone = [
                row for row in payments if row["award_id"] == award["id"] and row["state"] in ("paid", "sent")
            ]
            promised += award["amount_pence"] - sum(row["amount_pence"] for row in gone)
    with office.db.read() as conn:
        found = asks.of_fund(conn, stage.fund)
    assert found.came == sum(own.values())
    assert (found.total("paid"), found.total("sent"), found.total("promised")) == (
        left["paid"],
        left["sent"],
        promised,
    )
    assert found.free == found.came - left["paid"] - left["sent"] - promised
    for share in found.rounds.values():
        assert share.earmarked + share.drawn == share.paid + share.sent + share.promised + share.free
    assert found.general == found.spare + found.total("drawn")


@pytest.mark.parametrize("seed", range(2))
def test_the_pot_balances_at_any_moment(office: Office, stage: Stage, seed: int) -> None:
    bids = world.awarded(stage, 10, 11)
    for bid in bids:
        stage.accept(bid)
    treasurer, officer, at = stage.cast.actor("treasurer"), stage.cast.actor("officer"), stage.released
    dice = random.Random(seed)
    source = incomes.add_source(office, treasurer, stage.fund, "The Penny Society", "association", at)
    struck = [row["id"] for row in world.rows(office, "income")]
    for income in struck:
        incomes.void(office, officer, income, "To begin from nothing", at)
    voids = 0
    refused: set[str] = set()
    for _step in range(90):
        payments = world.rows(office, "payment")
        by: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in payments:
            by[row["state"]].append(dict(row))
        act = dice.choice(ACTS)
        out_before = sum(row["amount_pence"] for state in ("sent", "paid") for row in by[state])
        try:
            if act == "in":
                to = dice.choice([None, stage.round])
                came = incomes.Came(source, "donation", dice.randint(1, 9_999), DUE, round=to)
                incomes.record(office, treasurer, stage.fund, came, at)
            elif act == "schedule":
                part = awards.Instalment(dice.randint(1, 9_999), DUE)
                awards.schedule(office, treasurer, dice.choice(bids), [part], at)
            elif act == "approve" and by["scheduled"]:
                fire(office, officer, "payment", "approve", dice.choice(by["scheduled"])["id"], at)
            elif act == "send" and by["approved"]:
                chosen = dice.sample(by["approved"], dice.randint(1, len(by["approved"])))
                runs.send(office, treasurer, stage.fund, [(row["id"], row["version"]) for row in chosen], at)
                sent = sum(row["amount_pence"] for row in chosen)
                came_in = sum(
                    row["amount_pence"] for row in world.rows(office, "income") if row["voided_at"] is None
                )
                assert out_before + sent <= came_in, "a payment from money that was not there"
            elif act == "confirm" and by["sent"]:
                fire(
                    office,
                    treasurer,
                    "payment",
                    "confirm",
                    dice.choice(by["sent"])["id"],
                    at,
                    {"paid_on": DUE},
                )
            elif act == "fail" and by["sent"]:
                fire(
                    office,
                    treasurer,
                    "payment",
                    "fail",
                    dice.choice(by["sent"])["id"],
                    at,
                    {"reason": "No account"},
                )
            elif act == "again" and by["failed"]:
                fire(office, treasurer, "payment", "reschedule", by["failed"][0]["id"], at, {"due_on": DUE})
            elif act == "cancel" and by["scheduled"]:
                fire(office, treasurer, "payment", "cancel", dice.choice(by["scheduled"])["id"], at)
            elif act == "void" and voids < 2:
                standing = [row["id"] for row in world.rows(office, "income") if row["voided_at"] is None]
                if standing:
                    voids += 1
                    incomes.void(office, officer, dice.choice(standing), "Typed twice", at)
        except Refused as why:
            refused |= {refusal.code for refusal in why.refusals}
        held_to_the_books(office, stage)
    assert refused <= {"pot_short", "award_short", "no_payer"}, refused
    assert any(row["state"] in ("sent", "paid") for row in world.rows(office, "payment"))


def test_money_in_is_struck_out_by_another_person_with_a_reason_once(office: Office, stage: Stage) -> None:
    treasurer, officer, at = stage.cast.actor("treasurer"), stage.cast.actor("officer"), stage.released
    source = incomes.add_source(office, treasurer, stage.fund, "The Penny Society", "association", at)
    made = incomes.record(office, treasurer, stage.fund, incomes.Came(source, "donation", 1, DUE), at)
    before = world.everything(office)
    for who, why, code in ((treasurer, "Twice", "recorded_it_yourself"), (officer, "  ", "give_the_reason")):
        assert world.refusal_of(lambda who=who, why=why: incomes.void(office, who, made, why, at)) == [code]
    returned = incomes.Came(source, "returned", 1, DUE)
    assert world.refusal_of(lambda: incomes.record(office, treasurer, stage.fund, returned, at)) == [
        "returned_without_bid"
    ]
    assert world.everything(office) == before
    incomes.void(office, officer, made, "Twice", at)
    assert world.refusal_of(lambda: incomes.void(office, officer, made, "Twice", at)) == [
        "struck_out_already"
    ]
    assert world.refusal_of(lambda: incomes.report(office, treasurer, made, DUE, "", at)) == ["no_donation"]
