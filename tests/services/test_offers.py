"""Taking up an award: what is signed, what a change leaves, on which terms; on both databases."""

import hashlib
from datetime import date, timedelta

import pytest

from fundapp.demo.stage import Stage
from fundapp.services import awards, papers, terms, variations
from fundapp.services.awards import Signed
from fundapp.services.deed import CLOCK, Deed, Office
from fundapp.services.transition import Refused, fire
from tests.services import world
from tests.services.leavings import NOW, leaves

LESS = variations.Change(
    400_000, " Fewer weeks. ", "Tell the press.\nKeep receipts.", ends_on=date(2028, 5, 31)
)


def offered(stage: Stage) -> int:
    """A bid whose award of £4,850 waits for its answer."""
    return world.awarded(stage, 0)[0]


def standing(office: Office, bid: int) -> terms.Terms:
    """The terms that stand."""
    with office.db.read() as conn:
        found = terms.standing(conn, bid)
    assert found is not None
    return found


def accepted(office: Office, stage: Stage) -> int:
    """The same award, accepted."""
    bid = offered(stage)
    awards.accept(office, stage.cast.actor("member"), bid, Signed("S. Rao", None, "group"), stage.released)
    return bid


def test_an_acceptance_is_signed_and_countersigned(office: Office, stage: Stage) -> None:
    bid = offered(stage)
    member = stage.cast.actor("member")
    agreed = standing(office, bid)
    assert agreed.sha256 == hashlib.sha256(agreed.text.encode()).hexdigest()
    found = leaves(
        office,
        lambda: awards.accept(office, member, bid, Signed(" S. Rao ", agreed.sha256, "local_party"), stage.released),
        [
            ("award.accept", "applicant", "bid", "offered", "accepted", {}, ["award", "award_answer", "letter"]),
            ("report.open", "clock", None, None, "due", {}, ["report"]),
        ],
        added={"report": 1, "award_answer": 1, "letter": 1},
        changed={("award", 1): {"state": "accepted", "version": 2, "since": NOW, "accepted_at": NOW}},
        effects=["offer_accepted"],
    )  # fmt: skip
    (answer,), (letter,) = found.added["award_answer"], found.added["letter"]
    told = (
        "answer",
        "name_typed",
        "recipient",
        "terms_sha256",
        "letter_id",
        "person_id",
        "variation_id",
        "reason",
    )
    assert tuple(answer[name] for name in told) == (
        "accept", "S. Rao", "local_party", agreed.sha256, 1, member.person, None, "",
    )  # fmt: skip
    assert (letter["kind"], letter["number"], letter["replaces_id"]) == ("acceptance", 1, None)
    # The copy prints the very text whose hash is on record.
    facts = letter["facts"]
    again = terms.Terms(tuple(terms.Part(heading, tuple(lines)) for heading, lines in facts["terms"]))
    assert (again.text, facts["terms_sha256"]) == (agreed.text, agreed.sha256)
    assert papers.letter_of(facts, "acceptance").holder == "A local party"  # type: ignore[union-attr]
    # What counts as the bid's letter is still that of its award.
    assert standing(office, bid) == agreed


def test_other_terms_than_those_seen_are_not_signed(office: Office, stage: Stage) -> None:
    bid = offered(stage)
    signed = Signed("S. Rao", "0" * 64, "group")

    def act() -> None:
        with pytest.raises(Refused, match="terms_changed"):
            awards.accept(office, stage.cast.actor("member"), bid, signed, stage.released)

    found = world.change(office, act)
    assert (found.added, found.changed) == ({}, {})
    with pytest.raises(ValueError, match="cousin"):
        Signed("S. Rao", recipient="cousin")


def test_an_offer_turned_down_keeps_its_reason(office: Office, stage: Stage) -> None:
    bid = offered(stage)
    awards.refuse(
        office, stage.cast.actor("member"), bid, stage.released, 1, " We have the money elsewhere. "
    )
    answer = world.one(office, "award_answer")
    assert (answer["answer"], answer["reason"], answer["letter_id"], answer["terms_sha256"]) == (
        "refuse", "We have the money elsewhere.", 1, None,
    )  # fmt: skip
    assert [row["kind"] for row in world.rows(office, "letter")] == ["award"]
    assert (world.one(office, "award")["state"], world.one(office, "bid")["state"]) == (
        "refused",
        "cancelled",
    )


def test_a_change_is_agreed_to_with_a_new_letter(office: Office, stage: Stage) -> None:
    bid = accepted(office, stage)
    member, officer = stage.cast.actor("member"), stage.cast.actor("officer")
    before = standing(office, bid)
    leaves(
        office,
        lambda: variations.propose(office, officer, bid, LESS, stage.released, 2),
        [("award.propose", "officer", "role_grant", "accepted", "accepted", {"amount_pence": 400_000},
          ["award", "variation"])],
        added={"variation": 1},
        changed={("award", 1): {"version": 3}},
        effects=["variation_proposed"],
    )  # fmt: skip
    assert standing(office, bid) == before
    waiting, award = world.one(office, "variation"), world.one(office, "award")
    assert (waiting["reason"], waiting["starts_on"], waiting["outcome"]) == (
        "Fewer weeks.",
        award["starts_on"],
        None,
    )
    shown = proposed(office, bid)
    assert shown != before
    with pytest.raises(Refused, match="terms_changed"):
        variations.agree(office, member, bid, Signed("S. Rao", before.sha256), stage.released, 3)
    found = leaves(
        office,
        lambda: variations.agree(office, member, bid, Signed("S. Rao", shown.sha256), stage.released, 3),
        [("award.vary", "applicant", "bid", "accepted", "accepted", {"amount_pence": 400_000},
          ["award", "letter", "variation", "award_answer", "letter"])],
        added={"letter": 2, "award_answer": 1},
        changed={
            ("award", 1): {"version": 4, "amount_pence": 400_000, "ends_on": date(2028, 5, 31),
                           "conditions": "Tell the press.\nKeep receipts."},
            ("variation", 1): {"outcome": "agreed", "ended_at": NOW},
        },
        effects=["variation_agreed"],
    )  # fmt: skip
    new, copy = found.added["letter"]
    assert [(row["kind"], row["number"], row["replaces_id"]) for row in (new, copy)] == [
        ("award", 2, 1), ("acceptance", 2, None),
    ]  # fmt: skip
    assert new["facts"]["replaces"] == world.rows(office, "letter")[0]["facts"]["dated"]
    (answer,) = found.added["award_answer"]
    assert (answer["terms_sha256"], answer["letter_id"], answer["variation_id"]) == (
        shown.sha256,
        new["id"],
        1,
    )
    assert standing(office, bid) == shown


def proposed(office: Office, bid: int) -> terms.Terms:
    """The terms as the change that waits would make them."""
    with office.db.read() as conn:
        found = terms.waiting(Deed(conn, office.recorder, CLOCK, LOOKED, LOOKED, office.zone), bid)
    assert found is not None
    return found


#: A year after all of it: the day on which terms are looked at is no part of them.
LOOKED = world.CLOSES + timedelta(days=400)


def test_the_new_letter_tells_payments_as_they_stand(office: Office, stage: Stage) -> None:
    bid = accepted(office, stage)
    plan = [awards.Instalment(300_000, date(2026, 4, 1), "bank details")]
    awards.schedule(office, stage.cast.actor("treasurer"), bid, plan, stage.released)
    officer, member = stage.cast.actor("officer"), stage.cast.actor("member")
    low = variations.Change(299_999, "Less.")
    assert world.refusal_of(lambda: variations.propose(office, officer, bid, low, stage.released)) == [
        "below_payments"
    ]
    variations.propose(office, officer, bid, LESS, stage.released)
    variations.agree(office, member, bid, Signed("S. Rao"), stage.released)
    (_first, _copy, new, _second) = world.rows(office, "letter")
    lines = [(line["label"], line["when"], line["amount_pence"]) for line in new["facts"]["payments"]]
    assert lines == [("Payment 1", "1 April 2026", 300_000), ("The rest", "as we agree with you", 100_000)]


def test_a_change_is_kept_from_or_taken_back(office: Office, stage: Stage) -> None:
    bid = accepted(office, stage)
    member, officer = stage.cast.actor("member"), stage.cast.actor("officer")
    agreed = standing(office, bid)
    variations.propose(office, officer, bid, LESS, stage.released)
    assert world.refusal_of(lambda: variations.propose(office, officer, bid, LESS, stage.released)) == [
        "variation_waits"
    ]
    found = world.change(
        office, lambda: variations.keep(office, member, bid, " We need it all. ", stage.released)
    )
    assert (found.effects, found.added["award_answer"][0]["reason"]) == (
        ["variation_kept"],
        "We need it all.",
    )
    variations.propose(office, officer, bid, LESS, stage.released)
    assert world.change(
        office, lambda: variations.take_back(office, officer, bid, stage.released)
    ).effects == ["variation_taken_back"]
    assert [row["outcome"] for row in world.rows(office, "variation")] == ["kept", "taken_back"]
    assert world.refusal_of(
        lambda: variations.agree(office, member, bid, Signed("S. Rao"), stage.released)
    ) == ["no_variation_waits"]
    assert standing(office, bid) == agreed


def test_what_was_paid_is_owed_back_of_a_cancelled_award(office: Office, stage: Stage) -> None:
    bid = offered(stage)
    stage.accept(bid)
    stage.pay(bid, paid=1)
    why = {"reason": "The group has dissolved."}
    fire(office, stage.cast.actor("treasurer"), "bid", "ask_cancel", bid, stage.released, why)
    awards.cancel(office, stage.cast.actor("officer"), bid, stage.released)
    assert world.one(office, "cancellation")["owed_back_pence"] == 242_500
