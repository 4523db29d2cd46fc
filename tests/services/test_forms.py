"""The form of a round is built and copied until its first bid is sent; then it is frozen, and what is sent is what is asked."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from fundapp.demo.stage import Stage
from fundapp.domain import form_building as building
from fundapp.domain.forms import FUND_QUESTIONS, sha256_of
from fundapp.queries import forms as asks
from fundapp.queries import member
from fundapp.services import drafts, forms
from fundapp.services.deed import Actor, Office
from fundapp.services.forms import FormRefused
from fundapp.services.transition import NotThere, fire
from tests.domain.test_forms import question
from tests.services import world

CHILDREN = question("children", "yes_no", section="case")
HOW = question("how", "choice", section="case", when={"question": "children", "is": ["yes"]})
Form = Sequence[Mapping[str, Any]]


def with_children(form: Form) -> building.Questions:
    return building.add(building.add(form, CHILDREN), HOW)


def refused(act: Any) -> tuple[str, list[str]]:
    with pytest.raises(FormRefused) as caught:
        act()
    return caught.value.code, [each.code for each in caught.value.complaints]


def change(
    office: Office, stage: Stage, edit: forms.Edit, who: str = "officer", seen: int | None = None
) -> int:
    return forms.change(office, stage.cast.actor(who), stage.round, edit, seen, stage.during)


def newest(office: Office, stage: Stage) -> Any:
    with office.db.read() as conn:
        return asks.newest(conn, stage.round)


def test_each_change_is_a_version_on_record(office: Office, stage: Stage) -> None:
    found = world.change(office, lambda: change(office, stage, with_children, seen=1))
    assert found.counts == {"form_version": 1}
    (row,) = found.added["form_version"]
    assert (row["number"], row["round_id"], row["home"]) == (2, stage.round, f"round:{stage.round}")
    assert row["questions"] == with_children(FUND_QUESTIONS)
    (body,) = found.bodies
    assert (body["action"], body["role"], body["params"]) == ("form.changed", "officer", {"number": 2})
    assert body["under"][0] == "role_grant"
    assert found.touched() == set()


def test_a_change_that_changes_nothing_writes_nothing(office: Office, stage: Stage) -> None:
    found = world.change(
        office, lambda: change(office, stage, lambda form: building.move(form, "title", up=True))
    )
    assert (found.counts, found.bodies) == ({}, [])


def test_what_is_no_form_is_not_kept(office: Office, stage: Stage) -> None:
    act = lambda: change(office, stage, lambda form: building.take_away(form, "budget"))  # noqa: E731
    assert refused(act) == ("form_wrong", ["core_missing"])
    with pytest.raises(building.NotThere):
        change(office, stage, lambda form: building.take_away(form, "gone"))
    with pytest.raises(NotThere):
        forms.change(office, stage.cast.actor("officer"), 404, with_children, None, stage.during)
    assert newest(office, stage).number == 1


def test_who_saw_an_older_form_is_told(office: Office, stage: Stage) -> None:
    change(office, stage, with_children, seen=1)
    away = lambda form: building.take_away(form, "people")  # noqa: E731
    assert refused(lambda: change(office, stage, away, seen=1)) == ("form_stale", [])
    assert change(office, stage, away, seen=2) == 3


@pytest.mark.parametrize("who", ["member", "chair", "treasurer", "reviewer", "councillor"])
def test_only_the_officer_changes_it(office: Office, stage: Stage, who: str) -> None:
    assert refused(lambda: change(office, stage, with_children, who)) == ("not_the_officer", [])


def test_the_first_bid_that_is_sent_freezes_it(office: Office, stage: Stage) -> None:
    bid = stage.draft(world.project())
    change(office, stage, lambda form: building.take_away(form, "people"))
    stage.submit(bid)
    version = world.one(office, "bid_version")
    assert version["form_version_id"] == newest(office, stage).id
    assert "people" not in version["answers"]
    assert refused(lambda: change(office, stage, with_children)) == ("form_frozen", [])
    # What was sent stays sent: neither withdrawing nor the end of the round thaws it.
    fire(office, stage.cast.actor("member"), "bid", "withdraw", bid, stage.during)
    assert refused(lambda: change(office, stage, with_children)) == ("form_frozen", [])
    with office.db.read() as conn:
        count, first = asks.sent(conn, stage.round)
    assert (count, first is not None and first.reference) == (1, world.one(office, "bid")["reference"])


def test_a_round_that_is_over_keeps_its_form(office: Office, stage: Stage) -> None:
    stage.close()
    assert refused(lambda: change(office, stage, with_children)) == ("form_over", [])


def test_a_form_is_copied_in_one_step(office: Office, stage: Stage) -> None:
    change(office, stage, with_children)
    later = world.stage_of(office, code="R2")
    officer = later.cast.actor("officer")
    assert forms.copy(office, officer, later.round, stage.round, 1, later.during) == 2
    assert newest(office, later).questions == newest(office, stage).questions
    # It is a copy: what becomes of one leaves the other alone.
    change(office, stage, lambda form: building.take_away(form, "how"))
    assert "how" in [each["id"] for each in newest(office, later).questions]
    with office.db.read() as conn:
        assert [row.code for row in asks.others(conn, later.round, None)] == ["R1"]
        assert asks.others(conn, later.round, [404]) == []
    assert refused(lambda: forms.copy(office, officer, later.round, stage.round, 1, later.during)) == (
        "form_stale",
        [],
    )


def test_a_draft_answers_the_newest_form(office: Office, stage: Stage) -> None:
    bid = stage.draft(world.project())
    change(office, stage, with_children)
    with office.db.read() as conn:
        draft = member.form(conn, bid)
    assert draft is not None
    assert "children" in [each["id"] for each in draft.questions]
    assert world.refusal_of(lambda: stage.submit(bid)) == ["form_incomplete"]
    save(office, stage.cast.actor("member"), stage, bid, children="no")
    stage.submit(bid)


def save(office: Office, who: Actor, stage: Stage, bid: int, **answers: Any) -> None:
    revision = world.one(office, "draft", bid_id=bid)["revision"]
    drafts.save(office, who, bid, answers, revision, stage.during)


def test_what_is_not_asked_is_neither_needed_nor_sent_nor_lost(office: Office, stage: Stage) -> None:
    change(office, stage, with_children)
    bid, who = stage.draft(world.project()), stage.cast.actor("member")
    save(office, who, stage, bid, children="yes")
    assert world.refusal_of(lambda: stage.submit(bid)) == ["form_incomplete"]
    save(office, who, stage, bid, how="a")
    save(office, who, stage, bid, children="no")
    stage.submit(bid)
    version = world.one(office, "bid_version")
    assert version["answers"]["children"] == "no"
    assert "how" not in version["answers"]
    assert version["sha256"] == sha256_of(version["answers"])
    assert world.one(office, "draft", bid_id=bid)["answers"]["how"] == "a"


def test_a_copy_is_unchanged_whatever_is_typed_where_nothing_is_asked(office: Office, stage: Stage) -> None:
    change(office, stage, with_children)
    bid, who = stage.draft(world.project()), stage.cast.actor("member")
    save(office, who, stage, bid, children="no")
    stage.submit(bid)
    stage.endorse(bid, world.project()["representative"])
    fire(office, stage.cast.actor("officer"), "bid", "send_back", bid, stage.during, {"reason": "Who leads?"})
    save(office, who, stage, bid, how="b", organisation_id=None)
    assert fire(office, who, "bid", "resubmit", bid, stage.during).state == "endorsed"
    # Saying yes puts the kept answer back into the copy: then it is another copy.
    fire(office, stage.cast.actor("officer"), "bid", "send_back", bid, stage.during, {"reason": "Who leads?"})
    save(office, who, stage, bid, children="yes")
    assert world.refusal_of(lambda: fire(office, who, "bid", "resubmit", bid, stage.during)) == [
        "changed_since_backed"
    ]
    fire(office, who, "bid", "submit", bid, stage.during)
    assert world.rows(office, "bid_version")[-1]["answers"]["how"] == "b"
