"""Acts that join several moves, and what a member may change of mind about."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from fundapp.demo import projects
from fundapp.demo.stage import Stage
from fundapp.intake.bids import BidRow
from fundapp.services import awards, drafts, people, runs, taking_in
from fundapp.services.deed import Office
from fundapp.services.transition import NotThere, Refused, fire
from tests.services import world

SIGNED = awards.Signed("Sunita Rao", recipient="group")


def test_naming_somebody_else_voids_the_first_request(office: Office, stage: Stage) -> None:
    bid = world.submitted(stage)
    inputs = {"holding_id": stage.cast.holdings["mayor"]}
    member = stage.cast.actor("member")
    found = world.change(
        office, lambda: fire(office, member, "bid", "name_endorser", bid, stage.during, inputs)
    )
    assert found.effects == ["endorsement_request", "endorsement_void"]
    assert found.bodies[0]["params"] == {"voided": 1, "request": 2}
    old, new = world.rows(office, "endorsement_request")
    assert (old["void_at"] is not None, new["void_at"], new["holding_id"]) == (
        True,
        None,
        inputs["holding_id"],
    )
    assert old["bid_version_id"] == new["bid_version_id"]
    assert world.refusal_of(lambda: stage.endorse(bid)) == ["not_yours"]
    stage.endorse(bid, "mayor")
    assert world.refusal_of(
        lambda: fire(office, member, "bid", "name_endorser", bid, stage.during, inputs)
    ) == ["not_from_here"]


@pytest.mark.parametrize(
    ("holding", "refusals"),
    [(None, ["name_a_representative"]), ("councillor2", ["representative_covers_elsewhere"])],
)
def test_whom_a_bid_cannot_ask(
    office: Office, stage: Stage, holding: str | None, refusals: list[str]
) -> None:
    bid = world.submitted(stage)
    inputs = {"holding_id": stage.cast.holdings[holding] if holding else None}
    member = stage.cast.actor("member")
    assert (
        world.refusal_of(lambda: fire(office, member, "bid", "name_endorser", bid, stage.during, inputs))
        == refusals
    )


def send_back(office: Office, stage: Stage, bid: int) -> None:
    fire(
        office, stage.cast.actor("officer"), "bid", "send_back", bid, stage.during, {"reason": "Who leads?"}
    )  # fmt: skip


def test_a_backed_copy_that_is_unchanged_stays_backed(office: Office, stage: Stage) -> None:
    (bid,) = world.endorsed(stage, 0)
    backed = world.one(office, "bid")["backed_sha256"]
    send_back(office, stage, bid)
    member = stage.cast.actor("member")
    assert world.refusal_of(lambda: fire(office, member, "bid", "submit", bid, stage.during)) == [
        "backed_and_unchanged"
    ]
    # Whom one would ask is no part of the copy.
    drafts.save(office, member, bid, {"representative": stage.cast.holdings["mayor"]}, 2, stage.during)
    found = world.change(office, lambda: fire(office, member, "bid", "resubmit", bid, stage.during))
    assert (found.counts, found.effects) == ({"outbox": 1}, ["resubmitted"])
    row = world.one(office, "bid")
    assert (row["state"], row["backed_sha256"], row["version_number"]) == ("endorsed", backed, 1)


def test_a_backed_copy_that_is_changed_is_asked_for_anew(office: Office, stage: Stage) -> None:
    (bid,) = world.endorsed(stage, 0)
    send_back(office, stage, bid)
    member = stage.cast.actor("member")
    drafts.save(office, member, bid, {"people": "90 people in 41 families"}, 2, stage.during)
    assert world.refusal_of(lambda: fire(office, member, "bid", "resubmit", bid, stage.during)) == [
        "changed_since_backed"
    ]
    fire(office, member, "bid", "submit", bid, stage.during)
    row = world.one(office, "bid")
    assert (row["state"], row["backed_sha256"], row["version_number"]) == ("submitted", None, 2)
    assert [version["number"] for version in world.rows(office, "bid_version")] == [1, 2]
    assert world.rows(office, "endorsement_request")[-1]["bid_version_id"] == 2
    stage.endorse(bid)
    assert world.one(office, "bid")["backed_sha256"] == world.rows(office, "bid_version")[1]["sha256"]


def test_the_grace_ends(office: Office, stage: Stage) -> None:
    (bid,) = world.endorsed(stage, 0)
    send_back(office, stage, bid)
    due = world.one(office, "bid")["due_at"]
    member = stage.cast.actor("member")
    late = due + timedelta(microseconds=1)
    assert world.refusal_of(lambda: fire(office, member, "bid", "resubmit", bid, late)) == ["grace_ended"]
    assert fire(office, member, "bid", "resubmit", bid, due).state == "endorsed"


@pytest.mark.parametrize("act", ["refuse", "lapse"])
def test_an_award_that_is_not_taken_frees_its_money(office: Office, stage: Stage, act: str) -> None:
    (bid,) = world.awarded(stage, 0)
    award = world.one(office, "award")
    end = award["offer_until"] + timedelta(minutes=5)
    if act == "lapse":
        with pytest.raises(Refused, match="offer_still_open"):
            awards.lapse(office, bid, award["id"], end - timedelta(microseconds=1))
        done = awards.lapse(office, bid, award["id"], end)
    else:
        assert world.refusal_of(lambda: awards.refuse(office, stage.cast.actor("member"), bid, end)) == [
            "offer_ended"
        ]
        done = awards.refuse(office, stage.cast.actor("member"), bid, stage.released)
    state = {"refuse": "refused", "lapse": "lapsed"}[act]
    assert [(each.life, each.state) for each in done] == [("award", state), ("bid", "cancelled")]
    from fundapp.queries import facts

    with office.db.read() as conn:
        assert facts.round_sums(conn, stage.round, []) == (0, 0)


def test_an_accepted_award_is_not_accepted_again(office: Office, stage: Stage) -> None:
    (bid,) = world.awarded(stage, 0)
    member = stage.cast.actor("member")
    awards.accept(office, member, bid, SIGNED, stage.released, seen=1)
    assert world.refusal_of(lambda: awards.accept(office, member, bid, SIGNED, stage.released, seen=1)) == [
        "stale"
    ]
    assert world.refusal_of(lambda: awards.accept(office, member, bid, SIGNED, stage.released)) == [
        "not_from_here"
    ]
    assert len(world.rows(office, "report")) == 1
    with pytest.raises(NotThere):
        awards.accept(office, member, 404, SIGNED, stage.released)


def test_cancelling_ends_what_hangs_on_it_but_keeps_what_is_paid(office: Office, stage: Stage) -> None:
    (bid,) = world.awarded(stage, 0)
    stage.accept(bid)
    stage.pay(bid, (40, 30, 30), paid=1)
    officer = stage.cast.actor("officer")
    assert world.refusal_of(lambda: fire(office, officer, "payment", "cancel", 2, stage.released)) == [
        "bid_stands"
    ]
    fire(office, officer, "payment", "approve", 2, stage.released)
    treasurer = stage.cast.actor("treasurer")
    fire(office, treasurer, "bid", "ask_cancel", bid, stage.released, {"reason": "They left."})
    found = world.change(office, lambda: awards.cancel(office, officer, bid, stage.released))
    assert [body["action"] for body in found.bodies] == [
        "bid.confirm_cancel", "payment.cancel", "payment.cancel", "report.drop", "award.cancel",
    ]  # fmt: skip
    assert [row["state"] for row in world.rows(office, "payment")] == ["paid", "cancelled", "cancelled"]
    assert (world.one(office, "report")["state"], world.one(office, "award")["state"]) == (
        "dropped",
        "cancelled",
    )
    assert (world.one(office, "bid")["state"], found.effects) == ("cancelled", ["cancelled"])
    asked = world.one(office, "cancellation")
    assert (asked["asked_by"], asked["confirmed_by"]) == (treasurer.person, officer.person)


def test_a_run_has_payments_and_goes_all_or_none(office: Office, stage: Stage) -> None:
    (bid,) = world.awarded(stage, 0)
    stage.accept(bid)
    payments = stage.pay(bid, paid=0)
    officer, treasurer = stage.cast.actor("officer"), stage.cast.actor("treasurer")
    fire(office, officer, "payment", "approve", payments[0], stage.released)
    before = world.everything(office)
    with pytest.raises(ValueError, match="at least one"):
        runs.send(office, officer, stage.fund, [], stage.released)
    for actor, wanted in ((officer, "not_yours"), (treasurer, "stale")):
        run = [(payments[0], 2), (payments[1], 2)]
        if actor is officer:
            run = run[:1]
        assert world.refusal_of(
            lambda actor=actor, run=run: runs.send(office, actor, stage.fund, run, stage.released)
        ) == [wanted]
    with pytest.raises(NotThere):
        runs.send(office, treasurer, 404, [(payments[0], 2)], stage.released)
    assert world.everything(office) == before
    number, done = runs.send(office, treasurer, stage.fund, [(payments[0], 2)], stage.released)
    assert (number, [each.state for each in done]) == (1, ["sent"])


def test_a_draft_is_never_overwritten_unseen(office: Office, stage: Stage) -> None:
    member = stage.cast.actor("member")
    bid = drafts.start(office, member, stage.round, stage.during, "form-1")
    assert drafts.start(office, member, stage.round, stage.during, "form-1") == bid
    assert drafts.save(office, member, bid, {"title": "One"}, 1, stage.during) == 2
    with pytest.raises(drafts.DraftConflict) as caught:
        drafts.save(office, member, bid, {"title": "Two"}, 1, stage.during)
    assert (caught.value.theirs, caught.value.revision) == ({"title": "One"}, 2)
    assert drafts.save(office, member, bid, {"title": "One"}, 1, stage.during) == 2, (
        "the same again is harmless"
    )
    assert drafts.save(office, member, bid, {"people": "9"}, 2, stage.during) == 3
    assert world.one(office, "draft")["answers"] == {"title": "One", "people": "9"}
    for stranger in ("member2", "officer", "councillor"):
        with pytest.raises(drafts.NotWritable):
            drafts.save(office, stage.cast.actor(stranger), bid, {"title": "X"}, 3, stage.during)
    sent = world.submitted(stage)
    with pytest.raises(drafts.NotWritable):
        drafts.save(office, member, sent, {"title": "X"}, 2, stage.during)


ROW = BidRow(
    line=2, source_key="key-1", title="Benches", summary="Two of them.", organisation="Elm Forum",
    organisation_id="GB-CHC-1", charity_number="1", company_number=None, amount_pence=120_050, postcode="MB1 1AA",
    town="Millbeck", ward="Elm", ward_code="E05000077", council="Millbeck", council_code="E06900001",
    region="North Vale", programme=None, starts_on=date(2026, 5, 1), ends_on=None,
)  # fmt: skip


def test_a_file_is_taken_in_once(office: Office, stage: Stage) -> None:
    operator = people.operator(office, stage.during)
    rows = [ROW, replace(ROW, line=3, source_key="key-2", title="Swings", amount_pence=99_900)]
    found = world.change(
        office, lambda: taking_in.take_in(office, operator, "R1", rows[:1], "a.csv", "By post", stage.during)
    )
    assert found.counts == {
        "bid": 1, "bid_version": 1, "organisation": 1, "area": 1, "audit_head": 1, "likeness": 3, "bid_mark": 4,
    }  # fmt: skip
    (body,) = found.bodies
    assert (body["action"], body["role"], body["params"], body["move"]["from"], body["move"]["to"]) == (
        "bid.take_in", "officer", {"line": 2}, None, "submitted",
    )  # fmt: skip
    bid = world.one(office, "bid")
    assert bid["source"] == {"file": "a.csv", "line": 2, "reason": "By post"}
    assert (bid["applicant_id"], bid["holding_id"], bid["amount_pence"], bid["source_key"], bid["place"]) == (
        None, None, 120_050, "key-1", "Elm",
    )  # fmt: skip
    assert bid["due_at"] == datetime(2026, 3, 16, 17, 0, tzinfo=UTC)
    both = taking_in.take_in(office, operator, "R1", rows, "a.csv", "By post", stage.during)
    assert (both.added, both.known) == (1, 1)
    again = world.change(
        office, lambda: taking_in.take_in(office, operator, "R1", rows, "b.csv", "Again", stage.during)
    )
    assert (again.added, again.changed) == ({}, {})
    assert len(world.rows(office, "organisation")) == 1


def test_one_bad_row_keeps_the_whole_file_out(office: Office, stage: Stage) -> None:
    operator = people.operator(office, stage.during)
    rows = [ROW, replace(ROW, line=3, source_key="key-2", amount_pence=500_001)]
    before = world.everything(office)
    with pytest.raises(Refused, match="amount_outside_limits"):
        taking_in.take_in(office, operator, "R1", rows, "a.csv", "By post", stage.during)
    with pytest.raises(Refused, match="not_yours"):
        taking_in.take_in(office, stage.cast.actor("member"), "R1", rows[:1], "a.csv", "x", stage.during)
    with pytest.raises(NotThere):
        taking_in.take_in(office, operator, "NONE", rows, "a.csv", "By post", stage.during)
    assert world.everything(office) == before


def test_a_bid_from_a_file_is_backed_once_somebody_is_named(office: Office, stage: Stage) -> None:
    operator = people.operator(office, stage.during)
    row = replace(ROW, ward="Millbeck East", ward_code="E05900011")
    taking_in.take_in(office, operator, "R1", [row], "a.csv", "By post", stage.during)
    bid = world.one(office, "bid")["id"]
    assert world.refusal_of(lambda: stage.endorse(bid)) == ["not_yours"]
    inputs = {"holding_id": stage.cast.holdings["councillor"]}
    fire(office, stage.cast.actor("officer"), "bid", "name_endorser", bid, stage.during, inputs)
    assert stage.endorse(bid).state == "endorsed"


def test_roles_begin_and_end(office: Office, stage: Stage) -> None:
    (bid,) = world.reviewed(stage, 0)
    grant = world.one(office, "role_grant", role="chair")["id"]
    with office.deed(stage.cast.actor("officer"), stage.after) as deed:
        people.end_role(deed, grant)
    assert world.refusal_of(lambda: stage.decide(bid, "award", 100)) == ["not_yours"]
    with (
        pytest.raises(people.PersonRefused, match="role_not_standing"),
        office.deed(stage.cast.actor("officer"), stage.after) as deed,
    ):
        people.end_role(deed, grant)
    with (
        pytest.raises(people.PersonRefused, match="unknown_role"),
        office.deed(stage.cast.actor("officer"), stage.after) as deed,
    ):
        people.give_role(deed, 1, "king")


def test_answers_of_the_form_are_those_that_the_stage_gives(office: Office, stage: Stage) -> None:
    """The demo's form is whole: what a submit refuses is then what a test took away."""
    bid = stage.draft(
        {**world.project(0), "amount_pence": 24_999, "budget": [{"what": "All", "pence": 24_998}]}
    )
    assert world.refusal_of(lambda: stage.submit(bid)) == ["budget_differs", "amount_outside_limits"]
    assert set(projects.answers(world.project(0), stage.cast.areas, stage.cast.holdings)) == set(
        world.one(office, "draft")["answers"]
    )
