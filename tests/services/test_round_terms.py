"""Changing a round, on both databases: what may change when, whose deadlines move, who hears of it, what is on record."""

from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest

from fundapp.demo.stage import Stage
from fundapp.services import round_rules, round_terms
from fundapp.services.deed import Office
from fundapp.services.round_terms import Outlook
from fundapp.services.transition import Refused, fire
from tests.services import world

DAY = timedelta(days=1)


def row_of(office: Office, stage: Stage) -> Any:
    return world.one(office, "round", id=stage.round)


def change(
    office: Office, stage: Stage, at: datetime | None = None, who: str = "officer", **given: Any
) -> Outlook:
    seen = row_of(office, stage)["version"]
    return round_terms.change(office, stage.cast.actor(who), stage.round, given, at or stage.during, seen)


def refused(office: Office, stage: Stage, at: datetime | None = None, **given: Any) -> list[tuple[str, str]]:
    before = world.everything(office)
    with pytest.raises(round_rules.TermsRefused) as caught:
        change(office, stage, at, **given)
    assert world.everything(office) == before
    return [(column, refusal.code) for column, refusal in caught.value.refusals]


def dues(office: Office) -> dict[str, datetime]:
    return {row["state"]: row["due_at"] for row in world.rows(office, "bid")}


def test_words_are_changed_and_only_their_codes_are_on_record(office: Office, stage: Stage) -> None:
    outlook = change(office, stage, title="Spring, in two halves", grace_days=10)
    assert outlook.columns == ("grace_days", "title")
    row = row_of(office, stage)
    assert (row["title"], row["grace_days"]) == ("Spring, in two halves", 10)
    (event,) = world.rows(office, "audit_event", action="round.changed")
    body = orjson.loads(event["body"])
    assert body["params"] == {"columns": ["grace_days", "title"]}
    assert body["role"] == "officer"
    assert [[table, number] for table, number, _ in body["rows"]] == [["round", stage.round]]
    assert "two halves" not in event["body"]


def test_what_is_the_same_changes_nothing(office: Office, stage: Stage) -> None:
    before = world.everything(office)
    assert change(office, stage, title=row_of(office, stage)["title"]).columns == ()
    assert world.everything(office) == before


def test_dates_take_the_bids_with_them(office: Office, stage: Stage) -> None:
    draft, sent = stage.draft(world.project(0)), world.submitted(stage, 1)
    returned = world.submitted(stage, 2)
    stage.send_back(returned, world.project(2)["representative"])
    backed = world.endorsed(stage, 3)[0]
    before, mails = dues(office), len(world.rows(office, "outbox"))
    row = row_of(office, stage)
    dates = {
        name: row[name] + 7 * DAY
        for name in ("closes_at", "endorse_by", "panel_by", "decide_by", "report_by")
    }
    looked = round_terms.look(office, stage.round, dates, stage.during)
    outlook = change(office, stage, **dates)
    assert (looked.members, looked.representatives) == (outlook.members, outlook.representatives) == (3, 1)
    assert dues(office) == before | {
        "draft": dates["closes_at"], "submitted": dates["endorse_by"], "endorsed": dates["panel_by"],
    }  # fmt: skip
    moved = world.rows(office, "audit_event", action="deadline.moved")
    assert [event["subject"] for event in moved] == [f"bid:{bid}" for bid in (draft, sent, backed)]
    told = world.rows(office, "outbox")[mails:]
    assert [(row["name"], row["bid_id"], row["args"]["date"]) for row in told] == [
        ("deadline_moved", draft, "closes_at"), ("deadline_moved", sent, "endorse_by"),
        ("deadline_moved", backed, "decide_by"),
    ]  # fmt: skip
    # What was late before is in time now.
    done = fire(office, stage.cast.actor("member"), "bid", "submit", draft, stage.closes_at + DAY)
    assert done.state == "submitted"


def test_a_bid_that_was_given_longer_is_given_no_less(office: Office, stage: Stage) -> None:
    due = row_of(office, stage)["endorse_by"]
    assert round_rules.due_of("submitted", due + 20 * DAY, due, due + 7 * DAY) == due + 20 * DAY
    assert round_rules.due_of("submitted", due, due, due + 7 * DAY) == due + 7 * DAY


def test_an_open_round_keeps_what_people_count_on(office: Office, stage: Stage) -> None:
    row = row_of(office, stage)
    assert refused(office, stage, opens_at=row["opens_at"] + DAY) == [("opens_at", "opened_already")]
    assert refused(office, stage, closes_at=stage.during - DAY) == [("closes_at", "already_past")]
    stage.draft(world.project(0))
    assert refused(office, stage, closes_at=row["closes_at"] - DAY) == [("closes_at", "promised_to_drafts")]
    assert refused(office, stage, closes_at=row["endorse_by"] + DAY) == [
        ("endorse_by", "before_the_step_before")
    ]
    world.submitted(stage, 1)
    assert refused(office, stage, endorse_by=row["endorse_by"] - DAY) == [
        ("endorse_by", "promised_to_endorsers")
    ]
    assert refused(office, stage, min_pence=row["min_pence"] + 1, max_pence=row["max_pence"] - 1) == [
        ("min_pence", "limit_tightened"), ("max_pence", "limit_tightened"),
    ]  # fmt: skip
    change(office, stage, min_pence=row["min_pence"] - 1, max_pence=row["max_pence"] + 1)
    assert refused(office, stage, stage.after, closes_at=row["closes_at"] + DAY) == [
        ("closes_at", "closed_already")
    ]


def test_the_money_sinks_no_lower_than_what_is_staged(office: Office, stage: Stage) -> None:
    (bid,) = world.reviewed(stage, 0)
    stage.decide(bid, "award", 200_000)
    assert refused(office, stage, stage.after, budget_pence=199_999) == [
        ("budget_pence", "budget_below_taken")
    ]
    change(office, stage, stage.after, budget_pence=200_000)
    assert refused(office, stage, stage.after, budget_pence=0) == [("budget_pence", "no_budget")]


def test_the_rubric_freezes_with_the_panel(office: Office, stage: Stage) -> None:
    rubric = row_of(office, stage)["rubric"]
    heavier = [{**rubric[0], "weight": rubric[0]["weight"] + 1}, *rubric[1:]]
    assert refused(office, stage, rubric=heavier) == [("rubric", "weights_not_100")]
    assert refused(office, stage, rubric=[]) == [("rubric", "no_rubric")]
    assert refused(office, stage, rubric=[{**rubric[0], "weight": 100}, *rubric[:1]]) == [
        ("rubric", "criterion_twice")
    ]
    one = [{**rubric[0], "weight": 100}]
    change(office, stage, rubric=one)
    world.endorsed(stage, 0)
    stage.start_panel()
    assert refused(office, stage, stage.after, rubric=rubric) == [("rubric", "rubric_frozen")]


def test_a_reason_that_ended_a_bid_keeps_its_words(office: Office, stage: Stage) -> None:
    reasons = row_of(office, stage)["reasons"]
    bid = world.submitted(stage)
    fire(office, stage.cast.actor("officer"), "bid", "rule_out", bid, stage.during, {"reason": "twice"})
    assert refused(office, stage, reasons=reasons | {"twice": "Other words."}) == [
        ("reasons", "reason_in_use")
    ]
    assert refused(office, stage, reasons=reasons | {"late": " "}) == [("reasons", "reason_empty")]
    change(office, stage, reasons=reasons | {"late": "It came too late."})


def test_after_the_release_nothing_changes(office: Office, stage: Stage) -> None:
    world.awarded(stage, 0)
    assert refused(office, stage, stage.released, title="Another") == [("title", "round_is_over")]


@pytest.mark.parametrize("who", ["member", "chair", "treasurer"])
def test_only_the_officer_changes_a_round(office: Office, stage: Stage, who: str) -> None:
    with pytest.raises(Refused) as caught:
        change(office, stage, who=who, title="Mine")
    assert [refusal.code for refusal in caught.value.refusals] == ["not_yours"]


def test_a_stale_page_and_a_stale_count_are_refused(office: Office, stage: Stage) -> None:
    officer, row = stage.cast.actor("officer"), row_of(office, stage)
    stage.draft(world.project(0))
    later = {"closes_at": row["closes_at"] + DAY}
    for seen, mails, code in (
        (row["version"] - 1, 1, "changed_meanwhile"),
        (row["version"], 2, "more_hang_on_it"),
    ):
        before = world.everything(office)
        with pytest.raises(Refused) as caught:
            round_terms.change(office, officer, stage.round, later, stage.during, seen, mails=mails)
        assert [refusal.code for refusal in caught.value.refusals] == [code]
        assert world.everything(office) == before
    assert (
        round_terms.change(office, officer, stage.round, later, stage.during, row["version"], mails=1).members
        == 1
    )


def test_a_column_of_the_door_is_nobodys(office: Office, stage: Stage) -> None:
    with pytest.raises(KeyError):
        change(office, stage, state="archived")


def test_the_rounds_own_signatories_sign_its_letters(office: Office, stage: Stage) -> None:
    change(office, stage, signatories=[["Ngozi Ferreira", "Acting chair"]])
    world.awarded(stage, 0)
    letter = world.one(office, "letter")
    assert letter["facts"]["signatories"] == [["Ngozi Ferreira", "Acting chair"]]
