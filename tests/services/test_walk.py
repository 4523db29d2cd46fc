"""A random walk of everybody through everything, by the real services; what may never be is looked for each time."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from fundapp.database import Database, upgrade
from fundapp.jobs.tick import tick
from fundapp.services import awards, panel, people
from fundapp.services.panel import AssignRefused
from fundapp.services.transition import NotThere, Refused, fire
from tests.effort import REPEATABLE, times
from tests.services import world

BUDGET = 600_000
PEOPLE = (
    "member",
    "member2",
    "councillor",
    "reviewer",
    "reviewer2",
    "reviewer3",
    "chair",
    "treasurer",
    "officer",
)
#: Who is given a role that tempts them: a member who reviews, a councillor who pays, a treasurer who approves …
TEMPTED = {
    "member": ("reviewer", "chair", "officer"), "councillor": ("reviewer", "chair", "treasurer", "officer"),
    "treasurer": ("officer",), "officer": ("treasurer", "reviewer"),
}  # fmt: skip


class Walk(RuleBasedStateMachine):
    """Anybody tries anything on three bids; refusals are expected, what is done must be lawful."""

    template: Path

    @initialize()
    def begin(self) -> None:
        """A round whose three bids are with the panel, decided or not."""
        self.folder = TemporaryDirectory(prefix="fundapp-walk-")
        path = Path(self.folder.name) / "fund.db"
        path.write_bytes(self.template.read_bytes())
        self.office = world.office_of(Database(f"sqlite:///{path}"))
        self.stage = world.stage_of(self.office, budget_pence=BUDGET)
        with self.office.deed(self.stage.cast.actor("officer"), self.stage.during) as deed:
            for who, roles in TEMPTED.items():
                for role in roles:
                    people.give_role(deed, self.stage.cast.persons[who], role, self.stage.fund)
        self.bids = world.reviewed(self.stage, 0, 3, 4)
        self.done = 0

    def attempt(self, act: Any) -> None:
        """Done or refused, and nothing else."""
        try:
            act()
        except (Refused, NotThere, AssignRefused):
            return
        self.done += 1

    @rule(
        who=st.sampled_from(PEOPLE),
        bid=st.integers(0, 2),
        pence=st.sampled_from([None, 1, 200_000, 300_000, 420_000]),
    )
    def decide(self, who: str, bid: int, pence: int | None) -> None:
        """A decision."""
        inputs = {"outcome": "award" if pence else "decline", "amount_pence": pence, "feedback": "Read."}
        actor = self.stage.cast.actor(who)
        self.attempt(
            lambda: fire(self.office, actor, "bid", "decide", self.bids[bid], self.stage.after, inputs)
        )

    @rule(
        who=st.sampled_from(PEOPLE),
        bid=st.integers(0, 2),
        move=st.sampled_from(
            ["reopen", "conclude", "withdraw", "rule_out", "send_back", "endorse", "ask_cancel"]
        ),
    )
    def move(self, who: str, bid: int, move: str) -> None:
        """Another move of a bid."""
        inputs = {"reason": "twice", "moderated": True, "statement": "Yes.", "no_interest": True}
        actor = self.stage.cast.actor(who)
        self.attempt(lambda: fire(self.office, actor, "bid", move, self.bids[bid], self.stage.after, inputs))

    @rule(who=st.sampled_from(PEOPLE), bid=st.integers(0, 2))
    def review(self, who: str, bid: int) -> None:
        """A bid is given to somebody, who scores it."""
        chair, person = self.stage.cast.actor("chair"), self.stage.cast.persons[who]
        at = self.stage.after
        self.attempt(lambda: panel.assign(self.office, chair, [(self.bids[bid], person)], at))
        self.attempt(lambda: self.stage.review(self.bids[bid], who, world.MARKS))

    @rule(who=st.sampled_from(PEOPLE))
    def release(self, who: str) -> None:
        """The round is released, and the clock comes by."""
        actor = self.stage.cast.actor(who)
        self.attempt(lambda: fire(self.office, actor, "round", "release", self.stage.round, self.stage.after))
        tick(self.office, self.stage.released)

    @rule(
        who=st.sampled_from(PEOPLE),
        bid=st.integers(0, 2),
        act=st.sampled_from(["accept", "refuse", "cancel", "finish"]),
    )
    def award(self, who: str, bid: int, act: str) -> None:
        """An act on an award."""
        actor = self.stage.cast.actor(who)
        signed = (awards.Signed("Mo Jones"),) if act == "accept" else ()
        given = (self.office, actor, self.bids[bid], *signed, self.stage.released)
        self.attempt(lambda: getattr(awards, act)(*given))

    @rule(who=st.sampled_from(PEOPLE), bid=st.integers(0, 2), pence=st.sampled_from([1, 150_000, 200_000]))
    def schedule(self, who: str, bid: int, pence: int) -> None:
        """A payment is prepared."""
        plan = [awards.Instalment(pence, date(2026, 5, 1))]
        actor = self.stage.cast.actor(who)
        self.attempt(lambda: awards.schedule(self.office, actor, self.bids[bid], plan, self.stage.released))

    @rule(
        who=st.sampled_from(PEOPLE),
        number=st.integers(1, 4),
        move=st.sampled_from(["approve", "send", "confirm", "cancel"]),
    )
    def payment(self, who: str, number: int, move: str) -> None:
        """A payment goes on."""
        inputs = {"paid_on": date(2026, 5, 2), "reason": "x"}
        actor = self.stage.cast.actor(who)
        self.attempt(lambda: fire(self.office, actor, "payment", move, number, self.stage.released, inputs))

    @invariant()
    def money_holds(self) -> None:
        """Staged and made awards fit the round, payments fit their award."""
        awarded = [
            row
            for row in world.rows(self.office, "award")
            if row["state"] in ("offered", "accepted", "complete")
        ]
        reviewed = {row["id"] for row in world.rows(self.office, "bid", state="reviewed")}
        staged = [row for row in world.rows(self.office, "decision") if row["bid_id"] in reviewed]
        assert sum(row["amount_pence"] for row in [*awarded, *staged]) <= BUDGET
        for award in world.rows(self.office, "award"):
            live = [
                row
                for row in world.rows(self.office, "payment", award_id=award["id"])
                if row["state"] != "cancelled"
            ]
            assert sum(row["amount_pence"] for row in live) <= award["amount_pence"]

    @invariant()
    def nobody_checks_themselves(self) -> None:
        """Applicant, endorser, and those who judge and pay are different people; so are scheduler and approver."""
        for bid in world.rows(self.office, "bid"):
            where = {"bid_id": bid["id"]}
            endorsers = {row["person_id"] for row in world.rows(self.office, "endorsement", **where)}
            others = {row["person_id"] for row in world.rows(self.office, "review", **where)}
            others |= {row["decided_by"] for row in world.rows(self.office, "decision", **where)}
            for payment in world.rows(self.office, "payment", **where):
                assert payment["scheduled_by"] != payment["approved_by"]
                others |= {payment["scheduled_by"], payment["approved_by"]} - {None}
            assert bid["applicant_id"] not in endorsers | others
            assert endorsers & others == set()

    def teardown(self) -> None:
        """The record of the whole walk verifies."""
        if hasattr(self, "office"):
            world.holds(self.office)
            self.office.db.close()
            self.folder.cleanup()


def test_no_walk_leads_where_nobody_may_go(tmp_path: Path) -> None:
    path = tmp_path / "template.db"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    database.close()
    Walk.template = path
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Walk,
        settings=settings(
            max_examples=times(5), stateful_step_count=25, derandomize=REPEATABLE, deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
