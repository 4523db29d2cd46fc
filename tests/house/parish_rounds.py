"""The rounds of the parish, with a bid in every state: made by the real services."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from fundapp.demo import projects
from fundapp.demo.people import Cast
from fundapp.demo.stage import Stage
from fundapp.models import (
    Bid,
    Document,
    EndorsementRequest,
)
from fundapp.queries import together as together_asks
from fundapp.services import (
    awards,
    bank_details,
    documents,
    drafts,
    letters,
    links,
    payers,
    rounds,
    runs,
    terms,
    together,
    variations,
)
from fundapp.services.deed import CLOCK, Actor, Deed, Office
from fundapp.services.transition import fire
from fundapp.storage import Files
from tests import handed, masks


@dataclass(slots=True)
class Maker:
    """Makes the rounds of the parish, and keeps under `things` what the table names of them."""

    office: Office
    operator: Actor
    cast: Cast
    fund: int
    now: datetime
    things: dict[str, dict[str, Any]]

    def open_round(self, secret_key: str, store: Files) -> None:
        """A round in its middle: a draft, one that waits for its backing, one sent back, one backed."""
        stage = self.stage("OPEN-1", timedelta(days=-10), timedelta(days=20))
        self.keep("round_open", code="OPEN-1")
        self.stage("BUILD-1", timedelta(days=5), timedelta(days=30))
        self.keep("round_building", code="BUILD-1")
        handed.ask_for_files(self.office, self.operator, stage.round, self.now)
        self.keep("draft", stage.draft(self.project(0)))
        draft = stage.draft(self.project(0))
        self.keep("draft_with_plan", draft, document=self.plan_of(stage, draft, store))
        waiting = stage.draft(self.project(0))
        plan = self.plan_of(stage, waiting, store)
        stage.submit(waiting)
        token = self.link(waiting, secret_key)
        self.keep("submitted", waiting, token=token, document=self.document(waiting, store))
        self.keep("sent_with_plan", waiting, token=token, document=plan)
        sent_back = self.submitted(stage, 0)
        self.by(stage, "councillor", "send_back", sent_back, {"reason": "Who opens the hall?"})
        self.keep("returned", sent_back)
        backed = self.submitted(stage, 0)
        stage.endorse(backed)
        self.keep("endorsed", backed)
        again = self.submitted(stage, 0)
        self.by(stage, "councillor", "send_back", again, {"reason": "Who opens the hall?"})
        said = {"people": "40 families"}
        drafts.save(self.office, self.cast.actor("member"), again, said, 2, stage.during)
        stage.submit(again)
        self.keep("resent", again)
        self.shared(stage, secret_key)

    def shared(self, stage: Stage, secret_key: str) -> None:
        """A draft that another member reads along with, who said something; the treasurer is invited too."""
        bid, office, owner = stage.draft(self.project(0)), self.office, self.cast.actor("member")
        for who in ("member2", "treasurer"):
            together.invite(office, owner, secret_key, bid, f"{who}@signs-in.example", self.now)
            with office.db.read() as conn:
                (waiting,) = together_asks.invitations(conn, bid)
            token = together.make_token(secret_key, bid, waiting.address, waiting.made_at)
            if who == "member2":
                together.join(office, self.cast.actor(who), waiting.token_sha256, self.now)
        said = together.comment(office, self.cast.actor("member2"), bid, "title", "Say where.", self.now)
        with office.db.read() as conn:
            (partner,) = together_asks.partners(conn, bid)
        self.keep("shared", bid, token=token, invitation=waiting.id, partner=partner.id, comment=said)

    def panel_round(self, store: Files) -> None:
        """A panel at work: one bid being read, one read and not decided."""
        stage = self.stage("PANEL-1", timedelta(days=-30), timedelta(days=-1))
        bids, plan = self.before_a_panel(stage, store)
        self.reviewed(stage, bids[1])
        self.keep("round_panel", code="PANEL-1")
        self.keep("panel", bids[0], code="PANEL-1", document=plan)
        self.keep("reviewed", bids[1], code="PANEL-1")

    def blind_round(self, store: Files) -> None:
        """A panel that reads without names: one bid whose copy is confirmed, its file cleared; one that waits for it."""
        stage = self.stage("BLIND-1", timedelta(days=-30), timedelta(days=-1), blind=True)
        bids, plan = self.before_a_panel(stage, store)
        masks.confirm(self.office, self.cast.actor("officer"), bids[0], stage.after, [plan])
        self.keep("round_blind", code="BLIND-1")
        self.keep("masked", bids[0], code="BLIND-1", document=plan)
        self.keep("unmasked", bids[1], code="BLIND-1")

    def talking_round(self) -> None:
        """Bids whose readers lie far apart: one is talked over, of one nobody is asked; one has a reader who is behind."""
        # Two are enough here: one reader has an interest in every bid of the parish, and their scores count nowhere.
        stage = self.stage("TALK-1", timedelta(days=-30), timedelta(days=-1), reviews_needed=2)
        talked, far, unread = (self.submitted(stage, 0) for _ in range(3))
        for bid in (talked, far, unread):
            stage.endorse(bid)
        stage.start_panel()
        stage.assign([talked, far, unread])
        for bid in (talked, far):
            for reviewer, mark in (("reviewer", 5), ("reviewer2", 4), ("reviewer3", 1)):
                stage.review(bid, reviewer, (mark,) * 5)
        stage.moderate(talked)
        self.keep("round_talk", code="TALK-1", reader=self.cast.persons["reviewer"])
        self.keep("talked", talked, code="TALK-1")
        with self.office.db.read() as conn:
            version = int(conn.execute(select(Bid.version).where(Bid.id == far)).scalar_one())
        self.keep("far_apart", far, code="TALK-1", version=version)

    def releasing_round(self) -> None:
        """A release that can still be called back."""
        stage = self.stage("RELEASE-1", timedelta(days=-30), timedelta(minutes=-7), release_minutes=240)
        bid = self.submitted(stage, 0)
        stage.endorse(bid)
        stage.start_panel()
        stage.assign([bid])
        self.reviewed(stage, bid)
        stage.decide(bid, "decline")
        fire(self.office, self.cast.actor("chair"), "round", "release", stage.round, stage.after)
        self.keep("round_releasing", code="RELEASE-1")
        self.keep("releasing", bid, code="RELEASE-1")

    def paid_round(self, store: Files) -> None:
        """After the release: an offer, an accepted award, payments at each step, a report read."""
        stage = self.stage("PAID-1", timedelta(days=-60), timedelta(days=-10))
        names = (
            "offered",
            "accepted",
            "scheduled",
            "reporting",
            "cancelling",
            "declined",
            "changing",
            "unbanked",
            "cancelled",
        )
        bids = {name: self.submitted(stage, 0) for name in names}
        for bid in bids.values():
            stage.endorse(bid)
        stage.start_panel()
        stage.assign(list(bids.values()))
        for name, bid in bids.items():
            self.reviewed(stage, bid)
            stage.decide(bid, "decline" if name == "declined" else "award", 100_000)
        stage.release()
        for name in names[1:5]:
            stage.accept(bids[name])
        self.bank_details(stage, bids["changing"], bids["unbanked"])
        payments = stage.pay(bids["scheduled"], (40, 30, 30), paid=0)
        fire(self.office, self.cast.actor("officer"), "payment", "approve", payments[1], stage.released)
        sent = stage.pay(bids["reporting"], (100,), paid=0)[0]
        fire(self.office, self.cast.actor("officer"), "payment", "approve", sent, stage.released)
        runs.send(self.office, self.cast.actor("treasurer"), self.fund, [(sent, 2)], stage.released)
        stage.report(bids["reporting"])
        stage.accept(bids["cancelled"])
        why = {"reason": "Nobody is left to run it."}
        self.by(stage, "treasurer", "ask_cancel", bids["cancelled"], why, stage.released)
        awards.cancel(self.office, self.cast.actor("officer"), bids["cancelled"], stage.released)
        change = variations.Change(100_000, "The press asks.", "Tell the press.")
        variations.propose(self.office, self.cast.actor("officer"), bids["reporting"], change, stage.released)
        self.by(
            stage,
            "treasurer",
            "ask_cancel",
            bids["cancelling"],
            {"reason": "The group has folded."},
            stage.released,
        )
        self.keep("round_paid", code="PAID-1")
        for name, bid in bids.items():
            self.keep(name, bid, code="PAID-1", terms=self.terms(bid))
        self.keep("payment_scheduled", payment=payments[0])
        self.keep("payment_approved", payment=payments[1])
        self.keep("payment_sent", payment=sent)
        self.keep("payment_run", run=1)
        # As the worker does: whoever opens a letter finds it made.
        letters.make_missing(letters.Cabinet(self.office, store, "https://fund.example"), stage.round)

    def bank_details(self, stage: Stage, changing: int, missing: int) -> None:
        """A change of bank details under way, an award without any, and the fund's own account, set by the treasurer."""
        member, treasurer = self.cast.actor("member"), self.cast.actor("treasurer")
        account = bank_details.Account("Millbeck Walkers", "business", "089999", "66374958")
        stage.accept(changing)
        bank_details.change(self.office, member, changing, account, stage.released)
        signed = awards.Signed("Sunita Rao", recipient="local_party")
        awards.accept(self.office, member, missing, signed, stage.released)
        payer = payers.propose(self.office, treasurer, self.fund, account, self.now)
        self.keep("payer", fund=self.fund, payer=payer)

    def terms(self, bid: int) -> str:
        """The hash of the terms that the applicant has before them: of the change that waits, else as they stand."""
        with self.office.db.read() as conn:
            deed = Deed(conn, self.office.recorder, CLOCK, self.now, self.now, self.office.zone)
            found = terms.waiting(deed, bid) or terms.standing(conn, bid)
        return found.sha256 if found is not None else ""

    def stage(self, code: str, opens: timedelta, closes: timedelta, **terms: Any) -> Stage:
        whole = {
            "code": code, "title": f"Round {code}", "opens_at": self.now + opens, "closes_at": self.now + closes,
            "budget_pence": 4_000_000, "min_pence": 25_000, "max_pence": 500_000, **terms,
        }  # fmt: skip
        planned = rounds.plan(self.office, self.operator, self.fund, whole, self.now)
        return Stage(self.office, self.cast, self.fund, planned, self.now + opens, self.now + closes)

    def project(self, number: int) -> dict[str, Any]:
        return list(projects.projects(number + 1))[number]

    def submitted(self, stage: Stage, number: int) -> int:
        bid = stage.draft(self.project(number))
        stage.submit(bid)
        return bid

    def before_a_panel(self, stage: Stage, store: Files) -> tuple[list[int], int]:
        """Two backed bids that a panel has begun to read, and the file that the first one brought."""
        handed.ask_for_files(self.office, self.operator, stage.round, self.now)
        bids = [stage.draft(self.project(0)), self.submitted(stage, 0)]
        plan = self.plan_of(stage, bids[0], store)
        stage.submit(bids[0])
        for bid in bids:
            stage.endorse(bid)
        stage.start_panel()
        stage.assign(bids)
        return bids, plan

    def reviewed(self, stage: Stage, bid: int) -> None:
        for reviewer in ("reviewer", "reviewer2", "reviewer3"):
            stage.review(bid, reviewer, (4, 4, 3, 4, 5))
        stage.conclude(bid)

    def by(
        self,
        stage: Stage,
        who: str,
        move: str,
        bid: int,
        inputs: Mapping[str, Any],
        at: datetime | None = None,
    ) -> None:
        fire(self.office, self.cast.actor(who), "bid", move, bid, at or stage.during, inputs)

    def link(self, bid: int, secret_key: str) -> str:
        """The token of a link that was mailed for the bid's request."""
        with self.office.db.read() as conn:
            asked = select(EndorsementRequest.id).where(EndorsementRequest.bid_id == bid)
            request = int(conn.execute(asked).scalar_one())
        token = links.make_token(secret_key, request, "parish")
        links.remember(self.office, request, "parish", token, "councillor@demo.example", self.now)
        return token

    def plan_of(self, stage: Stage, bid: int, store: Files) -> int:
        """A file that the applicant added to a draft."""
        content = io.BytesIO(handed.pdf("The plan"))
        return documents.hand_in(
            self.office, self.cast.actor("member"), store, bid, handed.PLANS, "The plan.pdf", content, stage.during,
            quarantine=False,
        )  # fmt: skip

    def document(self, bid: int, store: Files) -> int:
        """A file that hangs on the bid."""
        sha256, size = store.put(b"%PDF-1.7 a written answer")
        with self.office.db.write() as conn:
            added = insert(Document).values(
                bid_id=bid, name="Answer, signed.pdf", media_type="application/pdf", size=size, sha256=sha256,
                given_by=self.cast.persons["officer"], given_at=self.now, state="clean", judged_at=self.now,
            )  # fmt: skip
            return int(conn.execute(added.returning(Document.id)).scalar_one())

    def keep(self, name: str, bid: int | None = None, **more: Any) -> None:
        thing = dict(more)
        if bid is not None:
            with self.office.db.read() as conn:
                thing |= {
                    "bid": bid,
                    "ref": conn.execute(select(Bid.reference).where(Bid.id == bid)).scalar_one(),
                }
        self.things[name] = thing
