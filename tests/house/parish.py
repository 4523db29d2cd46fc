"""A small fund with a bid in every state and everybody round it: what the route matrix is asked about."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import insert, select, update

from fundapp.demo import account, projects
from fundapp.demo import people as cast_room
from fundapp.demo.people import Cast
from fundapp.demo.stage import Stage
from fundapp.domain.membership import Marks
from fundapp.models import (
    Bid,
    Document,
    EndorsementRequest,
    Outbox,
    RoleGrant,
    Round,
    SignInLink,
    SignInSession,
)
from fundapp.queries import apart as apart_asks
from fundapp.queries import together as together_asks
from fundapp.queries.people import account_by_email
from fundapp.queries.sessions import sha256_of
from fundapp.services import (
    awards,
    bank_details,
    documents,
    drafts,
    incomes,
    links,
    membership,
    panel,
    payers,
    people,
    roles,
    rounds,
    runs,
    sign_in_links,
    sittings,
    terms,
    ties,
    together,
    variations,
)
from fundapp.services.deed import CLOCK, Actor, Deed, Office
from fundapp.services.throttle import Visitor
from fundapp.services.transition import fire
from fundapp.storage import Files
from tests import handed, masks
from tests.cast import session_of

#: Who asks, in the order of the table's columns: what the table calls them, and their key in the cast.
ASKING: Final[dict[str, str | None]] = {
    "nobody": None,
    "owner": "member",
    "other": "member2",
    "named": "councillor",
    "other_rep": "councillor2",
    "assigned": "reviewer",
    "conflicted": "reviewer2",
    "chair": "chair",
    "chair_apart": "chair2",
    "treasurer": "treasurer",
    "officer": "officer",
    "auditor": "auditor",
    "elsewhere": "elsewhere",
}

#: Staff of another fund holds every role there, and none here.
ELSEWHERE: Final = ("reviewer", "chair", "treasurer", "officer", "auditor")


@dataclass(slots=True)
class Parish:
    """The things by name, each with what fills its address; the keys of sessions by who is signed in."""

    things: dict[str, dict[str, Any]] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)


def settle(office: Office, secret_key: str, store: Files) -> Parish:
    """The whole parish on an empty, migrated database, made by the real services."""
    now = datetime.now(UTC)
    operator = people.operator(office, now)
    fund = rounds.found(office, operator, "communities", "Communities Fund", now)
    second = rounds.found(office, operator, "seaside", "Seaside Fund", now)
    cast = cast_room.enter(office, operator, fund, now, with_accounts=False)
    parish = Parish()
    _accounts(office, operator, cast, fund, second, parish, now)
    account.pays_from(office, cast, fund, now)
    treasurer = cast.actor("treasurer")
    source = incomes.add_source(office, treasurer, fund, "Millbeck Communities Trust", "own", now)
    came = incomes.Came(source, "transfer", 4_000_000, now.date(), "For the fund")
    incomes.record(office, treasurer, fund, came, now)
    maker = _Maker(office, operator, cast, fund, now, parish.things)
    maker.open_round(secret_key, store)
    maker.panel_round(store)
    maker.blind_round(store)
    maker.talking_round()
    maker.releasing_round()
    maker.paid_round()
    _interests(office, cast, parish, now)
    _sitting(office, cast, parish, now)
    person = cast.persons["reviewer4"]
    with office.db.write() as conn:
        grant = int(conn.execute(select(RoleGrant.id).where(RoleGrant.person_id == person)).scalar_one())
        effect = int(conn.execute(select(Outbox.id).order_by(Outbox.id)).scalars().first() or 0)
        given_up = {"failed_at": now, "last_error": "The mail server was not there.", "attempts": 8}
        conn.execute(update(Outbox).where(Outbox.id == effect).values(**given_up))
    parish.things["person"] = {"person": person, "grant": grant}
    parish.things["reader"] = {"person": person, "code": "PANEL-1"}
    holder = cast.persons["mayor"]
    parish.things["holder"] = {"person": holder, "holding": cast.holdings["mayor"]}
    parish.things["membership"] = {"membership": _membership(office, cast, now)}
    parish.things["stuck"] = {"effect": effect}
    parish.things["nothing"] = {}
    parish.things["tie"] = {"tie": _tie(office, cast, now)}
    _ways_in(office, operator, secret_key, fund, parish, now)
    return parish


def _ways_in(
    office: Office, operator: Actor, secret_key: str, fund: int, parish: Parish, now: datetime
) -> None:
    """Two links that the owner asked for, the older one dead; the owner's session; somebody invited."""
    email = "member@signs-in.example"
    for _ in range(2):
        sign_in_links.ask(office, secret_key, Visitor("here", "here", ""), email, None, now)
    invited = roles.welcome(
        office, secret_key, operator, "Pia Lund", "pia@signs-in.example", "auditor", fund, now
    )
    with office.db.read() as conn:
        rows = conn.execute(
            select(SignInLink.id, SignInLink.email, SignInLink.made_at)
            .where(SignInLink.email == email)
            .order_by(SignInLink.id)
        ).all()
        own = conn.execute(
            select(SignInSession.id).where(SignInSession.key_sha256 == sha256_of(parish.accounts["member"]))
        ).scalar_one()
    old, new = (sign_in_links.make_token(secret_key, row.id, row.email, row.made_at) for row in rows)
    parish.things |= {
        "old_link": {"token": old}, "link": {"token": new}, "owners_session": {"number": own}, "invited": {"person": invited},
    }  # fmt: skip


def _accounts(
    office: Office, operator: Actor, cast: Cast, fund: int, second: int, parish: Parish, now: datetime
) -> None:
    with office.deed(operator, now) as deed:
        made = people.enter(
            deed,
            [
                people.Newcomer("Gwen Ashworth", "chair2@demo.example"),
                people.Newcomer("Ola Brandt", "e@demo.example"),
            ],
        )
        for key, person in zip(("chair2", "elsewhere"), made, strict=True):
            cast.persons[key] = person
            cast.tokens[key] = people.actor(deed.conn, person).token
        people.give_role(deed, cast.persons["chair2"], "chair", fund)
        for role in ELSEWHERE:
            people.give_role(deed, cast.persons["elsewhere"], role, second)
        for key, person in cast.persons.items():
            people.open_account(deed, person, f"{key}@signs-in.example", None)
    for key in cast.persons:
        with office.db.read() as conn:
            row = account_by_email(conn, f"{key}@signs-in.example")
        assert row is not None
        parish.accounts[key] = session_of(office, row.id)


def _membership(office: Office, cast: Cast, now: datetime) -> int:
    """One that waits for an officer."""
    with office.deed(cast.actor("reviewer4"), now) as deed:
        claimed = membership.claim(
            deed, Marks("parish"), cast.persons["reviewer4"], "R4000001", "Millbeck CLP"
        )
    return claimed.membership


def _tie(office: Office, cast: Cast, now: datetime) -> int:
    """Something that a reviewer said beforehand and that keeps them from no bid here."""
    ties.declare(office, cast.actor("reviewer"), [ties.Said("organisation:9999", "gives")], [], now)
    with office.db.read() as conn:
        rows = apart_asks.standing_ties(conn, cast.persons["reviewer"])
    return next(int(row.id) for row in rows if row.key == "organisation:9999")


def _interests(office: Office, cast: Cast, parish: Parish, now: datetime) -> None:
    """One reviewer and one chair have an interest in every bid that the table names."""
    for thing in parish.things.values():
        if "bid" in thing:
            for key in ("reviewer2", "chair2"):
                panel.declare(office, cast.actor(key), thing["bid"], "My sister keeps its accounts.", now)


def _sitting(office: Office, cast: Cast, parish: Parish, now: datetime) -> None:
    """An evening of the panel at work: the day of the round's middle, and the chair's number for a form."""
    with office.db.read() as conn:
        row = conn.execute(select(Round.id, Round.opens_at).where(Round.code == "PANEL-1")).one()
    at = row.opens_at + timedelta(days=3)
    held = sittings.Held(at, "The hall", (cast.persons["chair"],))
    number = sittings.record(office, cast.actor("chair"), row.id, held, now)
    day = at.astimezone(office.zone).date().isoformat()
    parish.things["sitting"] = {
        "code": "PANEL-1", "number": number, "day": day, "chair": cast.persons["chair"],
    }  # fmt: skip


@dataclass(slots=True)
class _Maker:
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
        handed.ask_for_files(self.office, self.operator, stage.round, self.now)
        bids = [stage.draft(self.project(0)), self.submitted(stage, 0)]
        plan = self.plan_of(stage, bids[0], store)
        stage.submit(bids[0])
        for bid in bids:
            stage.endorse(bid)
        stage.start_panel()
        stage.assign(bids)
        self.reviewed(stage, bids[1])
        self.keep("round_panel", code="PANEL-1")
        self.keep("panel", bids[0], code="PANEL-1", document=plan)
        self.keep("reviewed", bids[1], code="PANEL-1")

    def blind_round(self, store: Files) -> None:
        """A panel that reads without names: one bid whose copy is confirmed, its file cleared; one that waits for it."""
        stage = self.stage("BLIND-1", timedelta(days=-30), timedelta(days=-1), blind=True)
        handed.ask_for_files(self.office, self.operator, stage.round, self.now)
        bids = [stage.draft(self.project(0)), self.submitted(stage, 0)]
        plan = self.plan_of(stage, bids[0], store)
        stage.submit(bids[0])
        for bid in bids:
            stage.endorse(bid)
        stage.start_panel()
        stage.assign(bids)
        masks.confirm(self.office, self.cast.actor("officer"), bids[0], stage.after, [plan])
        self.keep("round_blind", code="BLIND-1")
        self.keep("masked", bids[0], code="BLIND-1", document=plan)
        self.keep("unmasked", bids[1], code="BLIND-1")

    def talking_round(self) -> None:
        """Bids whose readers lie far apart: one is talked over, of one nobody is asked; one has a reader who is behind."""
        stage = self.stage("TALK-1", timedelta(days=-30), timedelta(days=-1))
        talked, far, unread = (self.submitted(stage, 0) for _ in range(3))
        for bid in (talked, far, unread):
            stage.endorse(bid)
        stage.start_panel()
        stage.assign([talked, far, unread])
        for bid in (talked, far):
            for reviewer, mark in (("reviewer", 5), ("reviewer2", 1), ("reviewer3", 4)):
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

    def paid_round(self) -> None:
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

    def bank_details(self, stage: Stage, changing: int, missing: int) -> None:
        """A change of bank details under way, an award without any, and the fund's own account, set by the treasurer."""
        member, treasurer = self.cast.actor("member"), self.cast.actor("treasurer")
        account = bank_details.Account("Millbeck Walkers", "business", "089999", "66374958")
        stage.accept(changing)
        bank_details.change(self.office, member, changing, account, stage.released)
        signed = awards.Signed("Sunita Rao", recipient="group")
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
