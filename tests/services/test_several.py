"""One act on several bids, on both databases: all or none, each that stands in the way named, twice is harmless."""

import pytest

from fundapp.demo.stage import Stage
from fundapp.services import several
from fundapp.services.deed import Office
from fundapp.services.transition import fire
from tests.services import world


def seen(office: Office, bids: list[int]) -> dict[int, int]:
    return {bid: world.one(office, "bid", id=bid)["version"] for bid in bids}


def codes(caught: pytest.ExceptionInfo[several.SeveralRefused]) -> dict[int | None, list[str]]:
    return {each.step.id: [refusal.code for refusal in each.refusals] for each in caught.value.refused}


def test_several_are_ruled_out_by_one_reason(office: Office, stage: Stage) -> None:
    bids = [world.submitted(stage, number) for number in range(3)]
    officer, versions = stage.cast.actor("officer"), seen(office, bids)
    assert several.rule_out(office, officer, versions, "twice", stage.during) == 3
    assert {row["state"] for row in world.rows(office, "bid")} == {"ineligible"}
    assert len(world.rows(office, "outbox", name="ruled_out")) == 3
    before = world.everything(office)
    with pytest.raises(several.SeveralRefused) as caught:
        several.rule_out(office, officer, versions, "twice", stage.during)
    assert codes(caught) == {bid: ["stale"] for bid in bids}
    assert world.everything(office) == before


def test_each_that_stands_in_the_way_is_named_and_none_is_ended(office: Office, stage: Stage) -> None:
    good, stale, gone, drafted = (
        *(world.submitted(stage, number) for number in range(3)),
        stage.draft(world.project(3)),
    )
    fire(office, stage.cast.actor("member"), "bid", "withdraw", gone, stage.during)
    versions = seen(office, [good, stale, gone, drafted])
    versions[stale] -= 1
    before = world.everything(office)
    with pytest.raises(several.SeveralRefused) as caught:
        several.rule_out(office, stage.cast.actor("officer"), versions, "no such reason", stage.during)
    found = codes(caught)
    assert found[stale] == ["stale"]
    assert found[gone] == ["not_from_here"]
    assert found[drafted] == ["not_from_here"]
    assert len(found[good]) == 1
    assert world.everything(office) == before


def test_reminders_go_out_once_a_day(office: Office, stage: Stage) -> None:
    bids = [world.submitted(stage, number) for number in range(2)]
    officer, versions = stage.cast.actor("officer"), seen(office, bids)
    assert several.remind(office, officer, versions, stage.during) == 2
    assert [row["bid_id"] for row in world.rows(office, "outbox", name="endorsement_reminder")] == bids
    assert len(world.rows(office, "audit_event", action="representative.reminded")) == 2
    before = world.everything(office)
    assert several.remind(office, officer, versions, stage.during) == 0
    assert world.everything(office) == before


def test_whom_nobody_waits_for_is_not_reminded(office: Office, stage: Stage) -> None:
    waiting, (backed,) = world.submitted(stage, 0), world.endorsed(stage, 1)
    versions = seen(office, [waiting, backed])
    with pytest.raises(several.SeveralRefused) as caught:
        several.remind(office, stage.cast.actor("officer"), versions, stage.during)
    assert codes(caught) == {backed: ["waits_for_nobody"]}
    with pytest.raises(several.SeveralRefused) as caught:
        several.remind(office, stage.cast.actor("chair"), {waiting: versions[waiting]}, stage.during)
    assert codes(caught) == {waiting: ["not_yours"]}
    assert world.rows(office, "outbox", name="endorsement_reminder") == []


@pytest.mark.parametrize("count", [0, several.MOST + 1])
def test_an_act_takes_some_and_not_all(office: Office, stage: Stage, count: int) -> None:
    with pytest.raises(ValueError, match="between"):
        several.rule_out(
            office, stage.cast.actor("officer"), dict.fromkeys(range(count), 1), "twice", stage.during
        )
