"""Real processes race for one bid, the last pounds, one award: one wins, the other is told why, the record holds."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert

from fundapp.demo.stage import Stage, build
from fundapp.domain import money
from fundapp.models import Document
from fundapp.queries import rounds as round_asks
from fundapp.services import awards, drafts, people, planning
from fundapp.services.deed import Actor, Office
from fundapp.services.transition import fire
from tests.domain.test_forms import question
from tests.effort import times
from tests.races.conftest import Racers
from tests.races.racers import Told, Try
from tests.services import world

pytestmark = pytest.mark.race

ROUNDS = times(100)
#: Races that are only looked at beside the three of a hundred rounds.
FEW = times(8)


def winner_and_loser(answers: list[Told]) -> tuple[Told, Told]:
    """One was done, the other refused."""
    won = [told for told in answers if told.won]
    lost = [told for told in answers if told.codes]
    assert (len(won), len(lost)) == (1, 1), answers
    return won[0], lost[0]


def both_came_first(firsts: Counter[int]) -> None:
    """Where one process always won, nothing raced."""
    assert min(firsts[0], firsts[1]) >= 1, firsts


def backing(stage: Stage, who: str, bid: int, seen: int | None = None) -> Try:
    words = {"statement": "They feed people here.", "no_interest": True}
    return Try("fire", (stage.cast.actor(who, "link"), "bid", "endorse", bid, stage.during, words, seen))


def person(office: Office, stage: Stage, name: str, role: str) -> Actor:
    """One more of that role."""
    with office.deed(stage.cast.actor("officer"), stage.during) as deed:
        entered = people.enter(deed, [people.Newcomer(name)])[0]
        people.give_role(deed, entered, role, stage.fund)
    with office.db.read() as conn:
        return people.actor(conn, entered)


def written_answer(office: Office, stage: Stage, bid: int) -> int:
    """The file of a representative's letter."""
    made = insert(Document).values(
        bid_id=bid, name="letter.pdf", media_type="application/pdf", size=9, sha256="0" * 64, given_at=stage.during,
        state="clean", judged_at=stage.during
    )  # fmt: skip
    with office.db.write() as conn:
        return int(conn.execute(made.returning(Document.id)).scalar_one())


def test_two_endorsements_of_one_bid(office: Office, stage: Stage, racers: Racers) -> None:
    """By the representative and, from their letter, by an officer: one endorsement."""
    firsts: Counter[int] = Counter()
    bids = []
    for _ in range(ROUNDS):
        bid = world.submitted(stage)
        bids.append(bid)
        words = {
            "statement": "In a letter.",
            "no_interest": True,
            "document_id": written_answer(office, stage, bid),
        }
        officer = stage.cast.actor("officer")
        by_officer = Try("fire", (officer, "bid", "endorse", bid, stage.during, words, 2))
        won, lost = winner_and_loser(racers.at_once(backing(stage, "councillor", bid, 2), by_officer))
        firsts[won.racer] += 1
        assert (won.won, lost.codes) == ("endorsed", ("stale",))
        (said,) = lost.sentences
        assert said.startswith("Somebody was quicker: this bid was backed at ")
        assert said.endswith(". Look at it as it stands now.")
    both_came_first(firsts)
    assert Counter(row["bid_id"] for row in world.rows(office, "endorsement")) == dict.fromkeys(bids, 1)
    assert len(world.rows(office, "audit_event", action="bid.endorse")) == ROUNDS


def test_a_double_click(office: Office, stage: Stage, racers: Racers) -> None:
    """The same person, the same button, the same page, twice."""
    firsts: Counter[int] = Counter()
    bids = []
    for _ in range(ROUNDS):
        bid = world.submitted(stage)
        bids.append(bid)
        click = Try("fire", (stage.cast.actor("member"), "bid", "withdraw", bid, stage.during, {}, 2))
        won, lost = winner_and_loser(racers.at_once(click, click))
        firsts[won.racer] += 1
        assert (won.won, lost.codes) == ("withdrawn", ("stale",))
        (said,) = lost.sentences
        assert said.startswith("Somebody was quicker: this bid was withdrawn at ")
    both_came_first(firsts)
    assert [(row["state"], row["version"]) for row in world.rows(office, "bid")] == [
        ("withdrawn", 3)
    ] * ROUNDS
    assert Counter(row["name"] for row in world.rows(office, "outbox"))["withdrawn"] == ROUNDS


def test_two_awards_for_the_last_pounds_of_a_round(office: Office, racers: Racers) -> None:
    """£5,000 are left. Two chairs stage £3,000 of it and a little more than £2,000."""
    stage = world.stage_of(office, budget_pence=500_000)
    chairs = (stage.cast.actor("chair"), person(office, stage, "Second Chair", "chair"))
    bids = world.reviewed(stage, 0, 4)
    firsts: Counter[int] = Counter()
    for turn in range(ROUNDS):
        pence = (300_000, 200_001 + turn)
        seen = {row["bid_id"]: row["version"] for row in world.rows(office, "decision")}
        tries = [
            Try("fire", (chair, "bid", "decide", bid, stage.after, {"outcome": "award", "amount_pence": amount},
                         seen.get(bid, 0)))
            for chair, bid, amount in zip(chairs, bids, pence, strict=True)
        ]  # fmt: skip
        won, lost = winner_and_loser(racers.at_once(*tries))
        firsts[won.racer] += 1
        assert (won.won, lost.codes) == ("reviewed", ("money_short",))
        assert money.pounds_short(500_000 - pence[won.racer]) in lost.sentences[0]
        staged = {row["bid_id"]: row["amount_pence"] for row in world.rows(office, "decision")}
        assert sum(staged.values()) == staged[bids[won.racer]] == pence[won.racer]
        cleared = {"outcome": "decline", "feedback": "Not yet.", "amount_pence": None}
        fire(office, chairs[0], "bid", "decide", bids[won.racer], stage.after, cleared)
    both_came_first(firsts)
    world.holds(office)


def test_two_treasurers_schedule_more_than_the_award(office: Office, stage: Stage, racers: Racers) -> None:
    treasurers = (stage.cast.actor("treasurer"), person(office, stage, "Second Treasurer", "treasurer"))
    bids = world.awarded(stage, 10)  # £520
    stage.accept(bids[0])
    for _ in range(FEW):
        plan = [awards.Instalment(26_001, date(2026, 5, 1))]
        tries = [Try("schedule", (treasurer, bids[0], plan, stage.released)) for treasurer in treasurers]
        _, lost = winner_and_loser(racers.at_once(*tries))
        assert lost.codes == ("award_short",)
        (standing,) = world.rows(office, "payment", state="scheduled")
        fire(office, treasurers[0], "payment", "cancel", standing["id"], stage.released)


def test_a_payment_scheduled_while_the_award_is_cancelled(
    office: Office, stage: Stage, racers: Racers
) -> None:
    """Whichever is first, no payment is left open on a cancelled award."""
    bids = world.awarded(stage, *[10] * FEW)
    officer, treasurer = stage.cast.actor("officer"), stage.cast.actor("treasurer")
    for bid in bids:
        stage.accept(bid)
        fire(office, treasurer, "bid", "ask_cancel", bid, stage.released, {"reason": "They left."})
        plan = [awards.Instalment(52_000, date(2026, 5, 1))]
        told = racers.at_once(
            Try("schedule", (treasurer, bid, plan, stage.released)),
            Try("cancel", (officer, bid, stage.released)),
        )
        assert told[1].won, told
        assert told[0].won or told[0].codes == ("award_not_accepted",)
        assert world.one(office, "award", bid_id=bid)["state"] == "cancelled"
        assert {row["state"] for row in world.rows(office, "payment", bid_id=bid)} <= {"cancelled"}


def test_a_release_while_a_decision_is_changed(office: Office, stage: Stage, racers: Racers) -> None:
    """Once the window is open no decision moves."""
    (bid,) = world.reviewed(stage, 0)
    chairs = (stage.cast.actor("chair"), person(office, stage, "Second Chair", "chair"))
    stage.decide(bid, "award", 100_000)
    for _ in range(FEW):
        told = racers.at_once(
            Try("fire", (chairs[0], "round", "release", stage.round, stage.after, {})),
            Try(
                "fire",
                (chairs[1], "bid", "decide", bid, stage.after, {"outcome": "award", "amount_pence": 90_000}),
            ),
        )
        assert told[0].won == "releasing"
        # Refused for two reasons once the window is open: the round, and its panel.
        assert told[1].won == "reviewed" or told[1].codes == ("round_releasing", "panel_not_at_work")
        fire(office, chairs[0], "round", "undo", stage.round, stage.after)


def test_a_release_stopped_as_its_window_ends(office: Office, stage: Stage, racers: Racers) -> None:
    """Stopped or published: never stopped with a letter on its way."""
    (bid,) = world.reviewed(stage, 0)
    chair = stage.cast.actor("chair")
    stage.decide(bid, "award", 100_000)
    for _ in range(FEW):
        fire(office, chair, "round", "release", stage.round, stage.after)
        told = racers.at_once(
            Try("publish", (stage.round, stage.released)),
            Try("fire", (chair, "round", "undo", stage.round, stage.released, {})),
        )
        won, lost = winner_and_loser(told)
        state = world.one(office, "round", id=stage.round)["state"]
        mails = [row["name"] for row in world.rows(office, "outbox") if row["name"] == "released_award"]
        assert (state, len(mails), len(world.rows(office, "award"))) == (
            ("released", 1, 1) if won.racer == 0 else ("panel", 0, 0)
        )
        assert set(lost.codes) & {"not_from_here", "window_running"}
        if state == "released":
            break


def test_one_form_sent_twice_begins_one_bid(office: Office, stage: Stage, racers: Racers) -> None:
    for turn in range(FEW):
        begin = Try("start", (stage.cast.actor("member"), stage.round, stage.during, f"form-{turn}"))
        one, other = racers.at_once(begin, begin)
        assert one.won
        assert one.won == other.won
    assert len(world.rows(office, "bid")) == FEW


def test_one_pile_given_out_twice_at_once(office: Office, stage: Stage, racers: Racers) -> None:
    bids = world.endorsed(stage, *range(6))
    chairs = (stage.cast.actor("chair"), person(office, stage, "Second Chair", "chair"))
    reviewer = stage.cast.persons["reviewer"]
    pairs = [(bid, reviewer) for bid in bids]
    told = racers.at_once(*(Try("assign", (chair, pairs, stage.after)) for chair in chairs))
    assert all(each.won for each in told)
    assert sorted(row["bid_id"] for row in world.rows(office, "assignment")) == bids


def test_one_plan_given_out_by_two_chairs_at_once(office: Office, stage: Stage, racers: Racers) -> None:
    """They look at the same plan and both apply it: it is given out once, and the other is told."""
    bids = world.endorsed(stage, *range(6))
    stage.start_panel()
    chairs = (stage.cast.actor("chair"), person(office, stage, "Second Chair", "chair"))
    with office.db.read() as conn:
        row = round_asks.by_id(conn, stage.round)
        shown = planning.gather(conn, row, 3, datetime.now(UTC))
    told = racers.at_once(
        *(Try("apply", (chair, stage.round, 3, shown.seal, stage.after)) for chair in chairs)
    )
    assert sorted(str(each.won) for each in told) == ["18", "refused: plan_moved"]
    given = [(row["bid_id"], row["person_id"]) for row in world.rows(office, "assignment")]
    assert sorted(given) == sorted(shown.plan.pairs)
    assert Counter(bid for bid, _ in given) == dict.fromkeys(bids, 3)


def test_a_new_organisation_named_by_two_bids_at_once(office: Office, stage: Stage, racers: Racers) -> None:
    members = ("member", "member2")
    for turn in range(FEW):
        answers = {**world.project(0), "organisation": f"Group {turn}"}
        bids = [stage.draft(answers, member) for member in members]
        for member, bid in zip(members, bids, strict=True):
            named = {"organisation_id": f"GB-CHC-{turn}"}
            drafts.save(office, stage.cast.actor(member), bid, named, 2, stage.during)
        tries = [
            Try("fire", (stage.cast.actor(member), "bid", "submit", bid, stage.during, {}))
            for member, bid in zip(members, bids, strict=True)
        ]
        told = racers.at_once(*tries)
        assert [each.won for each in told] == ["submitted", "submitted"]
        assert len(world.rows(office, "organisation", official_id=f"GB-CHC-{turn}")) == 1


def test_two_officers_change_one_round(office: Office, stage: Stage, racers: Racers) -> None:
    """The second is told, and nothing of the first is lost."""
    officers = (stage.cast.actor("officer"), person(office, stage, "Second Officer", "officer"))
    for turn in range(FEW):
        seen = world.one(office, "round", id=stage.round)["version"]
        given = ({"title": f"Round A{turn}"}, {"budget_pence": 1_000_001 + turn})
        tries = [
            Try("change", (officer, stage.round, what, stage.during, seen))
            for officer, what in zip(officers, given, strict=True)
        ]
        won, lost = winner_and_loser(racers.at_once(*tries))
        assert lost.codes == ("changed_meanwhile",)
        row = world.one(office, "round", id=stage.round)
        assert row["version"] == seen + 1
        ((column, value),) = given[won.racer].items()
        assert row[column] == value


def test_a_closing_that_moves_while_bids_are_sent(office: Office, stage: Stage, racers: Racers) -> None:
    """Whichever is first, every bid ends with the deadline of the state that it is in."""
    officer, closes = stage.cast.actor("officer"), stage.closes_at
    for turn in range(FEW):
        bid = stage.draft(world.project(turn))
        before = world.one(office, "round", id=stage.round)
        dates = {
            "closes_at": closes + timedelta(days=turn + 1),
            "endorse_by": before["endorse_by"] + timedelta(days=1),
        }
        told = racers.at_once(
            Try("change", (officer, stage.round, dates, stage.during, before["version"])),
            Try("fire", (stage.cast.actor("member"), "bid", "submit", bid, stage.during, {})),
        )
        assert [bool(each.won) for each in told] == [True, True]
        assert {row["due_at"] for row in world.rows(office, "bid")} == {dates["endorse_by"]}


def test_a_form_is_changed_while_its_first_bid_is_sent(office: Office, stage: Stage, racers: Racers) -> None:
    """Either the bid is sent, and the form is frozen; or the form asks one question more, and the bid lacks it."""
    more = question("more", "yes_no", section="backing")
    told: set[tuple[int, tuple[str, ...]]] = set()
    for turn in range(FEW):
        own = build(
            office, stage.cast.actor("officer"), stage.cast, stage.fund, f"FORM-{turn}", "A round", world.OPENS,
            world.CLOSES, budget_pence=1_000_000, now=world.OPENS,
        )  # fmt: skip
        bid = own.draft(world.project())
        tries = [
            Try("fire", (own.cast.actor("member"), "bid", "submit", bid, own.during, {})),
            Try("ask_more", (own.cast.actor("officer"), own.round, more, own.during)),
        ]
        won, lost = winner_and_loser(racers.at_once(*tries))
        told.add((lost.racer, lost.codes))
        forms_of_round = [row["number"] for row in world.rows(office, "form_version", round_id=own.round)]
        sent = world.rows(office, "bid_version", bid_id=bid)
        assert (forms_of_round, len(sent)) == (([1], 1) if won.racer == 0 else ([1, 2], 0))
    assert told <= {(0, ("form_incomplete",)), (1, ("form_frozen",))}
