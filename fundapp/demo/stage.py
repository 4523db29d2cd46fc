"""Takes bids to any stage of their life by the real services: for the seed, the demo and the tests."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from fundapp.demo import account, projects
from fundapp.demo.people import Cast
from fundapp.demo.voices import VOICES, Voice
from fundapp.domain.deadlines import civil_day
from fundapp.queries import awards as award_queries
from fundapp.queries import forms as form_queries
from fundapp.queries import messages
from fundapp.queries import rounds as round_queries
from fundapp.queries import runs as run_queries
from fundapp.queries import sittings as sitting_queries
from fundapp.services import awards, bank_details, drafts, incomes, panel, rounds, runs, sittings, ties
from fundapp.services.deed import CLOCK, Actor, Office
from fundapp.services.letter_facts import USUAL_PLAN
from fundapp.services.transition import Done, fire

Said = Callable[[str], None]


def _silent(words: str) -> None:
    """Says nothing."""


@dataclass(slots=True)
class Stage:
    """One round and its cast. Requests are said to arrive at moments that suit the round's dates."""

    office: Office
    cast: Cast
    fund: int
    round: int
    opens_at: datetime
    closes_at: datetime
    say: Said = _silent
    voices: dict[int, Voice] = field(default_factory=dict)
    #: Whether each reader of a bid writes something of their own, or all of them the same.
    own_words: bool = False

    @property
    def during(self) -> datetime:
        """A moment while the round is open."""
        return self.opens_at + (self.closes_at - self.opens_at) / 2

    @property
    def after(self) -> datetime:
        """A moment after the round closed, before any later deadline."""
        return self.closes_at + timedelta(minutes=6)

    @property
    def released(self) -> datetime:
        """A moment after the release window that begins at `after`."""
        return self.after + timedelta(minutes=11)

    def draft(self, project: dict[str, Any], member: str = "member", without: tuple[str, ...] = ()) -> int:
        """A draft with every answer in it, but for those that are left out."""
        actor = self.cast.actor(member)
        bid = drafts.start(self.office, actor, self.round, self.during)
        whole = projects.answers(project, self.cast.areas, self.cast.holdings)
        with self.office.db.read() as conn:
            asked = {question["id"] for question in form_queries.newest(conn, self.round).questions}
        whole |= {name: answer for name, answer in projects.own_answers(project).items() if name in asked}
        given = {name: answer for name, answer in whole.items() if name not in without}
        drafts.save(self.office, actor, bid, given, 1, self.during)
        self.voices[bid] = projects.voice(project)
        return bid

    def submit(self, bid: int, member: str = "member") -> Done:
        """Sent to its representative."""
        return self._bid(member, "submit", bid, self.during)

    def endorse(self, bid: int, representative: str = "councillor", identified: str = "link") -> Done:
        """Backed by the representative."""
        words = {
            "statement": self._voice(bid).backing,
            "no_interest": True,
        }
        actor = self.cast.actor(representative, identified)
        return fire(self.office, actor, "bid", "endorse", bid, self.during, words)

    def send_back(self, bid: int, representative: str) -> Done:
        """Sent back by the representative with a question."""
        actor = self.cast.actor(representative, "link")
        reason = {"reason": self._voice(bid).question}
        return fire(self.office, actor, "bid", "send_back", bid, self.during, reason)

    def close(self) -> None:
        """The round closed."""
        fire(self.office, CLOCK, "round", "close", self.round, self.after)

    def start_panel(self) -> None:
        """The round closed and its panel at work."""
        self.close()
        fire(self.office, self.cast.actor("officer"), "round", "start_panel", self.round, self.after)
        self.ask_interests()

    def ask_interests(self) -> None:
        """The panel says before it reads that it is tied to nothing."""
        for key in (key for key in self.cast.persons if key.startswith(("reviewer", "chair"))):
            ties.declare(self.office, self.cast.actor(key), [], [self.round], self.after)

    def assign(
        self, bids: list[int], reviewers: tuple[str, ...] = ("reviewer", "reviewer2", "reviewer3")
    ) -> int:
        """Bids given to reviewers."""
        pairs = [(bid, self.cast.persons[key]) for bid in bids for key in reviewers]
        return panel.assign(self.office, self.cast.actor("chair"), pairs, self.after)

    def review(self, bid: int, reviewer: str, marks: tuple[int, ...], note: str = "") -> Done:
        """One reviewer's marks, in the rubric's order."""
        voice = self._voice(bid)
        said = {"reviewer2": voice.second, "reviewer3": voice.third} if self.own_words else {}
        scores = {criterion["id"]: mark for criterion, mark in zip(self.rubric(), marks, strict=True)}
        words = {
            "scores": scores,
            "comment": said.get(reviewer, voice.comment),
            "note": note,
        }
        return self._bid(reviewer, "review", bid, self.after, words)

    def moderate(self, bid: int) -> Done:
        """Its readers asked to talk their scores over."""
        return self._bid("chair", "moderate", bid, self.after)

    def settle(self, bid: int, words: str) -> Done:
        """The talk closed by the chair."""
        return self._bid("chair", "settle", bid, self.after, {"reason": words})

    def conclude(self, bid: int) -> Done:
        """Reviews closed by the chair."""
        return self._bid("chair", "conclude", bid, self.after)

    def decide(self, bid: int, outcome: str, amount_pence: int | None = None) -> Done:
        """A decision staged by the chair."""
        words = {"award": self._voice(bid).praise, "decline": self._voice(bid).doubt}
        inputs = {
            "outcome": outcome,
            "amount_pence": amount_pence,
            "feedback": words[outcome],
            "conditions": "",
        }
        return self._bid("chair", "decide", bid, self.after, inputs)

    def sit(self, *keys: str) -> int:
        """An evening of the panel put on record: whoever has a part or an interest in a bid left the room for it."""
        present = tuple(self.cast.persons[key] for key in ("chair", *keys))
        with self.office.db.read() as conn:
            left = tuple(sorted(sitting_queries.apart(conn, self.round, present)))
        held = sittings.Held(self.after, "The Old Reading Room, 4 Tanner’s Row", present, left)
        return sittings.record(self.office, self.cast.actor("chair"), self.round, held, self.released)

    def release(self) -> list[Done]:
        """The round released, and its window over."""
        fire(self.office, self.cast.actor("chair"), "round", "release", self.round, self.after)
        return rounds.publish(self.office, self.round, self.released)

    def accept(self, bid: int, member: str = "member", recipient: str = "group") -> list[Done]:
        """The award accepted, saying who holds the money, and the bank details given."""
        actor = self.cast.actor(member)
        name = self.cast.name(member)
        done = awards.accept(self.office, actor, bid, awards.Signed(name, recipient=recipient), self.released)
        with self.office.db.read() as conn:
            about = messages.about(conn, bid)
        group = about.organisation if about is not None else None
        details = bank_details.Details(
            group or name, "business" if group else "personal", "309634", f"{10_000_000 + bid:08}"
        )
        bank_details.give(self.office, actor, bid, details, self.released)
        return done

    def pay(
        self,
        bid: int,
        shares: tuple[int, ...] = (50, 50),
        paid: int | None = None,
        approved: int = 0,
        confirmed: bool = True,
    ) -> list[int]:
        """The award's payments scheduled; the first `paid` (default all) sent and confirmed, `approved` more approved.

        Not `confirmed`: the bank has the run's file and has not answered yet.
        """
        from fundapp.domain import money

        with self.office.db.read() as conn:
            award = award_queries.of_bid(conn, bid)
        if award is None:
            raise LookupError(f"bid {bid} has no award")
        # What is due goes by the day on which the award was accepted: nothing is paid before there is an award.
        first = civil_day(award.accepted_at, self.office.zone)
        going = len(shares) if paid is None else paid
        needs = [words for _label, _when, words, _share in USUAL_PLAN]
        plan = [
            awards.Instalment(
                pence,
                first if number < going else first + timedelta(days=10 + 180 * number),
                needs[min(number, len(needs) - 1)],
            )
            for number, pence in enumerate(money.instalments(award.amount_pence, list(shares)))
        ]
        treasurer = self.cast.actor("treasurer")
        made = [done.id for done in awards.schedule(self.office, treasurer, bid, plan, self.released)]
        for payment in made[: going + approved]:
            fire(self.office, self.cast.actor("officer"), "payment", "approve", payment, self.released)
        if going:
            run = [(payment, 2) for payment in made[:going]]
            runs.send(self.office, treasurer, self.fund, run, self.released)
        if going and not confirmed:
            self._take_out(treasurer, made[0])
            return made
        for payment in made[:going]:
            fire(self.office, treasurer, "payment", "confirm", payment, self.released, {"paid_on": first})
        return made

    def _take_out(self, treasurer: Actor, payment: int) -> None:
        """The bank's file of the run in which a payment stands."""
        with self.office.db.read() as conn:
            run, _version = run_queries.of_payments(conn, [payment])[payment]
        if run is not None:
            runs.file_of(self.office, treasurer, run, "csv", self.released, "treasurer")

    def report(self, bid: int, member: str = "member") -> Done:
        """The final report filed."""
        with self.office.db.read() as conn:
            report, award = award_queries.report_of(conn, bid), award_queries.of_bid(conn, bid)
        if report is None or award is None:
            raise LookupError(f"bid {bid} has no report")
        words = {
            "story": self._voice(bid).story,
            "learned": self._voice(bid).learned,
            "people_reached": 94,
            "spent_pence": award.amount_pence,
            "consent": True,
        }
        return fire(self.office, self.cast.actor(member), "report", "file", report.id, self.released, words)

    def finish(self, bid: int) -> list[Done]:
        """The report accepted and the bid closed."""
        officer = self.cast.actor("officer")
        with self.office.db.read() as conn:
            report = award_queries.report_of(conn, bid)
        if report is None:
            raise LookupError(f"bid {bid} has no report")
        fire(self.office, officer, "report", "accept", report.id, self.released)
        return awards.finish(self.office, officer, bid, self.released)

    def rubric(self) -> list[dict[str, Any]]:
        """The round's criteria."""
        with self.office.db.read() as conn:
            row = round_queries.by_id(conn, self.round)
        if row is None:
            raise LookupError(f"round {self.round}")
        criteria: list[dict[str, Any]] = row.rubric
        return criteria

    def _voice(self, bid: int) -> Voice:
        return self.voices.get(bid, VOICES["food"])

    def _bid(self, who: str, move: str, bid: int, at: datetime, inputs: dict[str, Any] | None = None) -> Done:
        return fire(self.office, self.cast.actor(who), "bid", move, bid, at, inputs or {})


def build(
    office: Office,
    by: Actor,
    cast: Cast,
    fund: int,
    code: str,
    title: str,
    opens_at: datetime,
    closes_at: datetime,
    *,
    budget_pence: int,
    max_pence: int = 500_000,
    now: datetime,
    say: Said = _silent,
) -> Stage:
    """A round with the usual terms, open since `opens_at`."""
    terms = {
        "code": code, "title": title, "opens_at": opens_at, "closes_at": closes_at, "budget_pence": budget_pence,
        "min_pence": 25_000, "max_pence": max_pence,
    }  # fmt: skip
    planned = rounds.plan(office, by, fund, terms, now)
    treasurer = cast.actor("treasurer")
    source = incomes.add_source(office, treasurer, fund, "Millbeck Communities Trust", "own", now)
    came = incomes.Came(
        source, "transfer", budget_pence, civil_day(opens_at, office.zone), "For the round", planned
    )
    incomes.record(office, treasurer, fund, came, now)
    account.pays_from(office, cast, fund, now)
    return Stage(office, cast, fund, planned, opens_at, closes_at, say)
