"""What people can do next, as the database stands: each act one form of the service, sent as a browser sends it."""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, text

from tests.soak.journal import Claim

MEMBER, CHAIR, TREASURER, OFFICER = "member", "chair", "treasurer", "officer"
REVIEWERS = ("reviewer", "reviewer2", "reviewer3")
CRITERIA = ("link", "wins", "new", "plan", "leaders")
_ASKED = re.compile(r"<endorsement[-_.]request[-_.]bid[-_.](\d+)[-_.]")


@dataclass(frozen=True)
class Act:
    """One form: who sends it, the page that has it, where it goes, what is in it, and the events it must leave."""

    kind: str
    who: str
    page: str
    to: str
    fields: tuple[tuple[str, str], ...] = ()
    claims: tuple[Claim, ...] = ()
    #: What it must not be done beside: bids, and rounds and funds as a whole.
    touches: frozenset[str] = frozenset()
    typed: tuple[int, str, str] | None = None
    #: A yes is a way on to a path that begins so.
    onward: str = "/"


@dataclass
class Looks:
    """The acts that are open."""

    conn: Connection
    rng: random.Random
    fund: int
    mails: Callable[[], Sequence[Any]]
    found: list[Act] = field(default_factory=list)

    def all(self) -> list[Act]:
        """Every act that somebody could do now, in an order that depends on nothing but the database."""
        self._writing()
        self._backing()
        self._reading()
        self._deciding()
        self._accepting()
        self._paying()
        self._reporting()
        self._stuck()
        return self.found

    def _rows(self, sql: str) -> Sequence[Any]:
        return self.conn.execute(text(sql)).all()

    def _add(self, kind: str, who: str, page: str, to: str, bids: Sequence[int], fields: dict[str, Any], *events: str,
             **more: Any) -> None:  # fmt: skip
        pairs = [
            (name, each)
            for name, value in fields.items()
            for each in (value if isinstance(value, list) else [value])
        ]
        claims = tuple((f"bid:{bid}", event) for bid in bids for event in events)
        claims += tuple(more.pop("claims", ()))
        touches = frozenset([*(f"bid:{bid}" for bid in bids), *more.pop("touches", ())])
        self.found.append(Act(kind, who, page, to, tuple(pairs), claims, touches, **more))

    def _writing(self) -> None:
        for (code,) in self._rows("SELECT code FROM round WHERE state = 'open' ORDER BY id"):
            self._add("start a bid", MEMBER, f"/rounds/{code}", f"/rounds/{code}/start", [], {}, onward="/my-bids/",
                      claims=[("*", "bid.start")], touches=["start"])  # fmt: skip
        for bid, ref, whole in self._rows(
            "SELECT b.id, b.reference, CASE WHEN d.answers LIKE '%declarations%' THEN 1 ELSE 0 END FROM bid b "
            "JOIN draft d ON d.bid_id = b.id JOIN round r ON r.id = b.round_id "
            "WHERE b.state = 'draft' AND r.state = 'open' ORDER BY b.id"
        ):  # fmt: skip
            at = f"/my-bids/{ref}"
            question = self.rng.choice(("summary", "helps_win", "party_link", "people"))
            words = f"Said {self.rng.randrange(10**9)} times over, and meant each time."[
                : 60 if question == "people" else 99
            ]
            self._add("save an answer", MEMBER, f"{at}/form/{question}", f"{at}/form/{question}", [bid],
                      {question: words, "go": "later"}, typed=(bid, question, words))  # fmt: skip
            if whole:
                self._add("send a bid", MEMBER, f"{at}/check", f"{at}/submit", [bid], {}, "bid.submit")
            elif self.rng.random() < 0.2:
                self._add("withdraw", MEMBER, f"{at}/withdraw", f"{at}/withdraw", [bid], {}, "bid.withdraw")

    def _backing(self) -> None:
        links = {int(found[1]): mail for mail in self.mails() if (found := _ASKED.match(mail.message_id))}
        rows = self._rows("SELECT id, reference FROM bid WHERE state = 'submitted' ORDER BY id")
        for bid, ref in rows:
            if bid in links:
                link = links[bid].link
                said = {"answer": "endorse", "words": "I have eaten at this table.", "no_interest": "yes"}
                self._add("back a bid", "", link, link, [bid], said, "bid.endorse")
            if self.rng.random() < 0.1:
                at = f"/my-bids/{ref}/withdraw"
                self._add("withdraw", MEMBER, at, at, [bid], {}, "bid.withdraw")

    def _reading(self) -> None:
        for bid, ref, email in self._rows(
            "SELECT b.id, b.reference, c.email FROM assignment a JOIN bid b ON b.id = a.bid_id "
            "JOIN round r ON r.id = b.round_id JOIN account c ON c.person_id = a.person_id "
            "WHERE r.state = 'panel' AND b.state = 'endorsed' AND a.ended_at IS NULL AND NOT EXISTS "
            "(SELECT 1 FROM review v WHERE v.bid_id = b.id AND v.person_id = a.person_id) ORDER BY b.id, a.id"
        ):  # fmt: skip
            scores: dict[str, Any] = {f"score-{name}": str(self.rng.randint(3, 4)) for name in CRITERIA}
            scores |= {"comment": "The long table convinces.", "note": ""}
            self._add(
                "review", email.partition("@")[0], f"/pile/{ref}", f"/pile/{ref}", [bid], scores, "bid.review"
            )

    def _deciding(self) -> None:
        for bid, ref, code, state in self._rows(
            "SELECT b.id, b.reference, r.code, b.state FROM bid b JOIN round r ON r.id = b.round_id "
            "WHERE r.state = 'panel' AND ((b.state = 'endorsed' AND (SELECT count(*) FROM review v WHERE v.bid_id = b.id) = 3) "
            "OR (b.state = 'reviewed' AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.bid_id = b.id))) ORDER BY b.id"
        ):  # fmt: skip
            at = f"/panel/{code}/{ref}"
            if state == "endorsed":
                self._add("close reviews", CHAIR, at, f"{at}/conclude", [bid], {}, "bid.conclude")
                continue
            outcome = "award" if self.rng.random() < 0.85 else "decline"
            said = {"outcome": outcome, "amount": "1,000", "conditions": "", "feedback": "Well made."}
            self._add("decide", CHAIR, at, f"{at}/decide", [bid], said, "bid.decide")
        for number, code in self._rows(
            "SELECT r.id, r.code FROM round r WHERE r.state = 'panel' AND NOT EXISTS (SELECT 1 FROM bid b "
            "LEFT JOIN decision d ON d.bid_id = b.id WHERE b.round_id = r.id AND b.state IN ('endorsed', 'reviewed') "
            "AND d.id IS NULL) ORDER BY r.id"
        ):  # fmt: skip
            at = f"/panel/{code}/release"
            self._add("release", CHAIR, at, at, [], {"read": "yes"}, touches=[f"round:{number}"],
                      claims=[(f"round:{number}", "round.release")])  # fmt: skip

    def _accepting(self) -> None:
        for bid, ref, state, payee, payments in self._rows(
            "SELECT b.id, b.reference, a.state, (SELECT count(*) FROM payee p WHERE p.bid_id = b.id), "
            "(SELECT count(*) FROM payment p WHERE p.bid_id = b.id) "
            "FROM award a JOIN bid b ON b.id = a.bid_id WHERE a.state IN ('offered', 'accepted') ORDER BY b.id"
        ):  # fmt: skip
            at = f"/my-bids/{ref}"
            if state == "offered":
                said = {"agreed": "yes", "name": "Sunita Rao", "recipient": "group"}
                self._add("accept", MEMBER, f"{at}/award", f"{at}/award", [bid], said, "award.accept")
                continue
            if not payee:
                account = {"holder_name": "Millbeck Walkers", "kind": "business", "sort_code": "08-99-99",
                           "account": "66374958", "step": "send"}  # fmt: skip
                self._add(
                    "give bank details", MEMBER, f"{at}/bank", f"{at}/bank", [bid], account, "payee.give"
                )
            if not payments:
                day = datetime.now(UTC).date().isoformat()
                plan = {"amount-1": "600", "due-1": day, "needs-1": "", "milestone-1": "", "amount-2": "400",
                        "due-2": day, "needs-2": "", "milestone-2": ""}  # fmt: skip
                self._add("schedule", TREASURER, f"/money/{ref}", f"/money/{ref}/schedule", [bid], plan,
                          "payment.schedule", "payment.schedule")  # fmt: skip

    def _paying(self) -> None:
        rows = self._rows(
            "SELECT p.id, p.bid_id, p.version, p.state, EXISTS (SELECT 1 FROM payee y WHERE y.bid_id = p.bid_id) "
            "FROM payment p WHERE p.state IN ('scheduled', 'approved', 'sent') ORDER BY p.id"
        )  # fmt: skip
        ready = [row for row in rows if row[3] == "scheduled" and row[4]][:6]
        if ready:
            self._several("approve", OFFICER, "/payments", "/payments", ready, "payment.approve")
        going = [row for row in rows if row[3] == "approved"][:5]
        if going:
            self._several(
                "run", TREASURER, "/money", "/money/run", going, "payment.send", fund=str(self.fund)
            )
        day = datetime.now(UTC).date().isoformat()
        for payment, bid, _version, state, _payee in rows:
            if state == "sent":
                at = f"/money/payments/{payment}"
                self._add(
                    "confirm", TREASURER, at, f"{at}/confirm", [bid], {"paid_on": day}, "payment.confirm"
                )

    def _several(
        self, kind: str, who: str, page: str, to: str, rows: Sequence[Any], event: str, **more: str
    ) -> None:
        pay = [f"{row[0]}:{row[2]}" for row in rows]
        claims = [(f"bid:{row[1]}", event) for row in rows]
        if kind == "run":
            claims.append((f"fund:{self.fund}", "run.made"))
            page = f"/money/runs/new?fund={self.fund}&" + "&".join(f"pay={one}" for one in pay)
        touches = [f"bid:{row[1]}" for row in rows]
        self._add(kind, who, page, to, [], {**more, "pay": pay}, claims=claims, touches=touches)

    def _reporting(self) -> None:
        for bid, ref, state, unpaid in self._rows(
            "SELECT b.id, b.reference, t.state, (SELECT count(*) FROM payment p WHERE p.bid_id = b.id AND p.state <> 'paid') "
            "FROM report t JOIN bid b ON b.id = t.bid_id WHERE b.state = 'awarded' AND "
            "EXISTS (SELECT 1 FROM payment p WHERE p.bid_id = b.id) ORDER BY b.id"
        ):  # fmt: skip
            if unpaid:
                continue
            at = f"/bids/{ref}/report"
            if state == "due":
                said = {
                    "story": "Twenty suppers.",
                    "learned": "Ask the boaters.",
                    "people": "71",
                    "spent": "1,000",
                }
                self._add(
                    "report",
                    MEMBER,
                    f"/my-bids/{ref}/report",
                    f"/my-bids/{ref}/report",
                    [bid],
                    said,
                    "report.file",
                )
            elif state == "filed":
                self._add("accept a report", OFFICER, at, at, [bid], {"do": "accept"}, "report.accept")
            elif state == "accepted":
                self._add("close a bid", OFFICER, at, at, [bid], {"do": "finish"}, "bid.report")

    def _stuck(self) -> None:
        for (effect,) in self._rows(
            "SELECT id FROM outbox WHERE failed_at IS NOT NULL AND done_at IS NULL ORDER BY id LIMIT 5"
        ):
            self._add(
                "try again", OFFICER, "/stuck", f"/stuck/{effect}/again", [], {}, touches=[f"effect:{effect}"]
            )
