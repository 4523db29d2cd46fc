"""A small fund with a row in every evidential table, written as the service writes, and a tamperer."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, text

from fundapp.audit import evidence
from fundapp.audit.record import Entry
from fundapp.database import Database, fresh_ids
from fundapp.guard import GUARDED
from fundapp.models import (
    Area,
    Assignment,
    Award,
    AwardAnswer,
    BankLine,
    Bid,
    BidVersion,
    Cancellation,
    CoApplicant,
    DataKey,
    Decision,
    Document,
    DonationReport,
    Endorsement,
    EndorsementRequest,
    Erasure,
    FormVersion,
    Fund,
    Income,
    Interest,
    Letter,
    LetterFile,
    MaskedCopy,
    Membership,
    Moderation,
    OfficeHolding,
    Organisation,
    PanelSeat,
    Payee,
    Payer,
    Payment,
    PaymentRun,
    Permissibility,
    Person,
    Remark,
    Report,
    RetentionHold,
    Review,
    RoleGrant,
    Round,
    Score,
    Sitting,
    Source,
    Suggestion,
    Tie,
    Variation,
    Wording,
)
from tests.databases import RECORDER

NOW = datetime(2027, 3, 8, 21, 42, 7, 120034, UTC)
DAY = timedelta(days=1)
SHA = "3b" * 32

#: Tokens of the applicant, the officer and the councillor: persons 1, 2 and 3.
APPLICANT, OFFICER, COUNCILLOR = "tok-applicant", "tok-officer", "tok-councillor"


def lawful(*_: Any) -> None:
    """A policy under which every move is legal, for tests of everything else."""


def move(life: str, row: int, source: str | None, target: str, name: str = "go") -> dict[str, Any]:
    """What a move's event says of it."""
    policy = ["communities", 1]
    return {"life": life, "of": [life, row], "policy": policy, "name": name, "from": source, "to": target,
            "guards": []}  # fmt: skip


def bid_values(bid: int, **given: Any) -> dict[str, Any]:
    """A bid's columns, every one filled."""
    return {
        "id": bid, "reference": f"CF-{bid}", "fund_id": 1, "round_id": 1, "state": "submitted", "version": 1,
        "applicant_id": 1, "organisation_id": 1, "area_id": 1, "place": "Elm", "title": "A shed for tools",
        "amount_pence": 240_050, "version_number": 1, "holding_id": None, "backed_sha256": SHA, "since": NOW,
        "due_at": NOW + DAY, "created_at": NOW, "source": {"file": "bids.csv", "line": 4},
        "source_key": f"bids.csv:{bid}", **given,
    }  # fmt: skip


FUND = {
    "id": 1, "code": "CF", "name": "Communities Fund", "policy": "communities",
    "terms": {"conditions": ["Spend it."]},
}  # fmt: skip

ROUND = {
    "id": 1, "fund_id": 1, "code": "SPRING", "title": "Spring", "about": {}, "state": "panel", "version": 1,
    "since": NOW, "opens_at": NOW - 9 * DAY, "closes_at": NOW - DAY, "endorse_by": NOW, "panel_by": NOW + DAY,
    "decide_by": NOW + 2 * DAY, "report_by": NOW + 90 * DAY, "publish_at": NOW + 3 * DAY,
    "budget_pence": 5_000_000, "min_pence": 10_000, "max_pence": 500_000,
    "rubric": [{"id": "need", "label": "Need", "low": 0, "high": 5, "weight": 100}],
    "reasons": {"late": "It came too late."},
}  # fmt: skip

#: Rows at home with the fund, before any bid.
OF_FUND: list[tuple[type[Any], dict[str, Any]]] = [
    (Wording, {"fund_id": 1, "kind": "award", "number": 1, "texts": {"opening": "We are glad."}, "made_by": 2,
               "made_at": NOW}),
    (Payer, {"fund_id": 1, "number": 1, "holder_name": "Communities Fund", "sealed": "c2VhbGVk", "account_ends": "4321",
             "data_key_id": 1, "set_by": 2, "set_at": NOW, "confirmed_by": 1, "confirmed_at": NOW}),
    (PaymentRun, {"fund_id": 1, "number": 1, "made_by": 2, "made_at": NOW, "payer_id": 1, "pay_on": date(2027, 4, 2),
                  "payments": 1, "total_pence": 20_000, "lines": [[1, 1, 20_000, "B-0001A-1"]], "sha256": SHA}),
    (Source, {"fund_id": 1, "name": "Ines Hallam", "kind": "individual", "official_id": "NR-1", "address": "1 Elm Row"}),
    (Income, {"fund_id": 1, "round_id": None, "source_id": 1, "kind": "donation", "amount_pence": 5_000_000,
              "received_on": date(2027, 2, 1), "words": "For the spring", "bid_id": None, "recorded_by": 2,
              "recorded_at": NOW, "voided_by": 2, "voided_at": NOW, "void_reason": "It bounced."}),
    (Permissibility, {"fund_id": 1, "income_id": 1, "outcome": "permissible", "words": "On the register.",
                      "checked_on": date(2027, 2, 2), "checked_by": 2, "recorded_at": NOW,
                      "returned_on": date(2027, 2, 9)}),
    (DonationReport, {"fund_id": 1, "source_id": 1, "income_id": 1, "year": 2027, "reported_on": date(2027, 2, 9),
                      "words": "By their form.", "recorded_by": 2, "recorded_at": NOW}),
    (BankLine, {"fund_id": 1, "mark": SHA, "file_sha256": SHA, "line": 3, "booked_on": date(2027, 2, 1),
                "amount_pence": 5_000_000, "words": "HALLAM I", "payment_id": None, "income_id": 1, "brought_by": 2,
                "brought_at": NOW}),
]  # fmt: skip

#: Rows at home with bid 1, in the order of writing; those with a state begin their life in it.
OF_BID: list[tuple[type[Any], dict[str, Any]]] = [
    (BidVersion, {"bid_id": 1, "number": 1, "form_version_id": 1, "answers": {"why": "Śliwki & “eirin”"},
                  "amount_pence": 240_050, "sha256": SHA, "frozen_at": NOW}),
    (EndorsementRequest, {"bid_id": 1, "bid_version_id": 1, "holding_id": 1, "asked_at": NOW, "void_at": NOW,
                          "answered_at": NOW}),
    (Endorsement, {"bid_id": 1, "bid_version_id": 1, "holding_id": 1, "person_id": 3, "answer": "endorse",
                   "statement": "They do good work.", "identified": "written", "recorded_by": 2,
                   "document_id": 1, "checked": {"area": "E05000001", "in_office": True}, "given_at": NOW}),
    (Assignment, {"bid_id": 1, "person_id": 2, "version": 1, "assigned_by": 2, "assigned_at": NOW,
                  "ended_at": NOW + DAY, "ended_why": "interest", "ended_words": None}),
    (Interest, {"bid_id": 1, "person_id": 2, "reason": "My cousin runs it.", "declared_at": NOW}),
    (Review, {"bid_id": 1, "person_id": 2, "bid_version_id": 1, "number": 1, "comment": "Clear.", "note": "",
              "total": 400, "given_at": NOW, "masked_copy_id": None, "confidence": 2}),
    (Score, {"review_id": 1, "bid_id": 1, "criterion": "need", "value": 4}),
    (Decision, {"bid_id": 1, "round_id": 1, "version": 1, "outcome": "award", "amount_pence": 200_000,
                "conditions": "Spend it.", "feedback": "Good.", "decided_by": 2, "decided_at": NOW,
                "reason": "It stood out.", "suggestion_id": 1}),
    (MaskedCopy, {"bid_id": 1, "bid_version_id": 1, "number": 1, "title": "A pier", "answers": {"summary": "▇ mends it."},
                  "cleared": [7], "sha256": "c" * 64, "confirmed_by": 2, "confirmed_at": NOW}),
    (Moderation, {"bid_id": 1, "spread": 210, "opened_by": 2, "opened_at": NOW, "closed_by": 2, "closed_at": NOW + DAY,
                  "words": "Cleared up."}),
    (Award, {"bid_id": 1, "round_id": 1, "state": "accepted", "version": 1, "amount_pence": 200_000,
             "conditions": "Spend it.", "starts_on": date(2027, 4, 1), "ends_on": date(2027, 9, 30),
             "offered_at": NOW, "offer_until": NOW + DAY, "accepted_at": NOW, "since": NOW}),
    (Cancellation, {"bid_id": 1, "asked_by": 2, "reason": "They left.", "asked_at": NOW,
                    "expires_at": NOW + DAY, "confirmed_by": 1, "confirmed_at": NOW, "owed_back_pence": 20_000}),
    (Letter, {"bid_id": 1, "kind": "award", "number": 1, "facts": {"amount": "£2,000"}, "wording_id": 1,
              "replaces_id": None, "code": "ABCD-EFGH-JKMN", "made_at": NOW}),
    (LetterFile, {"bid_id": 1, "letter_id": 1, "sha256": SHA, "size": 9, "signed_by": "d" * 64, "made_at": NOW}),
    (Variation, {"bid_id": 1, "award_id": 1, "number": 1, "amount_pence": 190_000, "conditions": "Spend it well.",
                 "starts_on": date(2027, 4, 1), "ends_on": date(2027, 8, 31), "reason": "Fewer weeks.", "proposed_by": 2,
                 "proposed_at": NOW, "outcome": "agreed", "ended_at": NOW}),
    (AwardAnswer, {"bid_id": 1, "award_id": 1, "letter_id": 1, "variation_id": 1, "person_id": 1, "answer": "vary",
                   "name_typed": "Ada Ferris", "terms_sha256": SHA, "recipient": "group", "reason": "Yes.",
                   "answered_at": NOW}),
    (Payee, {"bid_id": 1, "number": 1, "state": "standing", "version": 1, "holder_name": "Elm Shed", "kind": "business",
             "sealed": "c2VhbGVk", "account_ends": "5678", "data_key_id": 1, "checked": "passes", "given_by": 1,
             "given_at": NOW, "cools_until": NOW + DAY, "confirmed_by": 2, "confirmed_at": NOW, "bank_answer": "match",
             "bank_answer_by": 2, "vouched_by": 2, "vouched_why": "Rang them.", "reason": "A new bank.",
             "made_sure": "Rang them.", "refused_why": "Not theirs.", "ended_at": NOW, "since": NOW}),
    (Payment, {"bid_id": 1, "award_id": 1, "number": 1, "state": "paid", "version": 1, "amount_pence": 20_000,
               "due_on": date(2027, 4, 2), "milestone": "report", "needs": "", "scheduled_by": 2, "approved_by": 1,
               "payee_id": 1, "run_id": 1,
               "sent_at": NOW, "paid_on": date(2027, 4, 3), "failure": "none", "since": NOW}),
    (Report, {"bid_id": 1, "award_id": 1, "state": "filed", "version": 1, "due_on": date(2027, 10, 30),
              "story": "It stands.", "learned": "Ask early.", "people_reached": 40, "spent_pence": 199_999,
              "consent": True, "filed_by": 1, "filed_at": NOW, "accepted_by": 2, "accepted_at": NOW,
              "returned_reason": "none", "since": NOW}),
    (Remark, {"bid_id": 1, "move": "send_back", "person_id": 2, "words": "Say who opens the hall.", "said_at": NOW}),
    (CoApplicant, {"bid_id": 1, "person_id": 3, "from_at": NOW, "to_at": NOW + DAY}),
]  # fmt: skip


def _note(conn: Connection, entry: Entry, action: str, **more: Any) -> Entry:
    RECORDER.append(conn, entry, action=action, actor=more.pop("actor", "clock"), at=NOW, **more)
    return entry.then()


def people(conn: Connection) -> None:
    """Three people, an organisation, a ward; grants of roles and an office, each recorded."""
    conn.execute(
        insert(Person),
        [
            {"token": token, "name": name, "show_name": True, "created_at": NOW}
            for token, name in ((APPLICANT, "Ada Ferris"), (OFFICER, "Bo Lindqvist"), (COUNCILLOR, "Cy Osei"))
        ],
    )
    conn.execute(insert(Organisation).values(name="Elm Shed", created_at=NOW))
    conn.execute(insert(Area).values(kind="ward", code="E05000001", name="Elm"))
    applicant, officer, councillor = RECORDER.begin(conn, ["person:1", "person:2", "person:3"])
    grant = {"fund_id": 1, "from_at": NOW - 9 * DAY, "to_at": NOW + 9 * DAY, "granted_by": 2}
    evidence.put(conn, officer, RoleGrant, {"person_id": 2, "role": "officer", **grant})
    _note(conn, officer, "role.granted")
    evidence.put(conn, applicant, Membership, {
        "person_id": 1, "number": "A0000001", "local_party": "Elm CLP", "claimed_at": NOW - DAY, "confirmed_at": NOW,
        "confirmed_by": 2, "source": "list", "ended_at": NOW + 90 * DAY,
    })  # fmt: skip
    _note(conn, applicant, "membership.confirmed")
    evidence.put(conn, councillor, OfficeHolding, {
        "person_id": 3, "office": "councillor", "area_id": 1, "from_on": date(2025, 5, 1),
        "to_on": date(2029, 5, 1), "email": "cy@example.org", "source": "directory", "confirmed_by": 2,
    })  # fmt: skip
    _note(conn, councillor, "office.entered")
    entry = RECORDER.open_entry(conn, "person:2")
    evidence.put(conn, entry, Tie, {
        "person_id": 2, "key": "organisation:1", "why": "belongs", "words": "I keep its books.", "declared_at": NOW,
        "ended_at": NOW + DAY,
    })  # fmt: skip
    evidence.put(conn, entry, Erasure, {
        "person_id": 2, "how": "letter", "asked_by": 1, "asked_at": NOW, "confirmed_by": 3, "confirmed_at": NOW + DAY,
        "withdrawn_at": NOW + DAY,
    })  # fmt: skip
    _note(conn, entry, "interests.declared")


def build(db: Database) -> None:
    """Fills an empty database: fund 1, round 1, bids 1 and 2, and a row of every other evidential table."""
    with db.write() as conn:
        # The ids below are the first that each table gives.
        drawn = [fresh_ids(conn, model, count) for model, count in ((Fund, 1), (Round, 1), (Bid, 2))]
        assert drawn == [[1], [1], [1, 2]]
        fund, round_ = RECORDER.begin(conn, ["fund:1", "round:1"])
        evidence.put(conn, fund, Fund, FUND)
        fund = _note(conn, fund, "fund.made")
        people(conn)
        conn.execute(insert(DataKey).values(id=1, key_id="k" * 16, wrapped="d3JhcHBlZA==", made_at=NOW))
        for model, values in OF_FUND:
            evidence.put(conn, fund, model, values)
        _note(conn, fund, "run.made")
        evidence.put(conn, round_, Round, ROUND)
        evidence.put(
            conn,
            round_,
            PanelSeat,
            {
                "round_id": 1,
                "person_id": 2,
                "most": 9,
                "themes": ["food"],
                "regions": [1],
                "changed_at": NOW,
                "left_at": NOW + DAY,
            },
        )
        evidence.put(
            conn,
            round_,
            Suggestion,
            {
                "round_id": 1,
                "number": 1,
                "terms": {"budget_pence": 5_000_000},
                "result": {"awards": [[1, 200_000]]},
                "made_by": 2,
                "made_at": NOW,
            },
        )
        evidence.put(
            conn,
            round_,
            Sitting,
            {
                "round_id": 1,
                "number": 1,
                "held_at": NOW,
                "place": "The hall",
                "present": [2],
                "left_for": [[2, 1]],
                "words": "All agreed.",
                "recorded_by": 2,
                "recorded_at": NOW,
            },
        )
        evidence.put(conn, round_, FormVersion, {"round_id": 1, "number": 1, "questions": [{"id": "why"}]})
        _note(conn, round_, "round.plan", actor=OFFICER, role="officer", under=["role_grant", 1],
              move=move("round", 1, None, "panel"))  # fmt: skip
        first, second = RECORDER.begin(conn, ["bid:1", "bid:2"])
        evidence.put_many(conn, Bid, [(first, bid_values(1)), (second, bid_values(2))])
        conn.execute(insert(Document).values(
            id=1, bid_id=1, name="letter.pdf", media_type="application/pdf", size=9, sha256=SHA, given_at=NOW,
            state="clean", judged_at=NOW
        ))  # fmt: skip
        evidence.put(conn, second, RetentionHold, {
            "bid_id": 2, "reason": "A complaint is open.", "placed_by": 2, "placed_at": NOW, "ended_by": 2,
            "ended_at": NOW + DAY,
        })  # fmt: skip
        _note(conn, second, "bid.submit", actor=APPLICANT, role="applicant", under=["bid", 2],
              move=move("bid", 2, None, "submitted"))  # fmt: skip
        entry = _note(conn, first, "bid.submit", actor=APPLICANT, role="applicant", under=["bid", 1],
                      move=move("bid", 1, None, "submitted"))  # fmt: skip
        for model, values in OF_BID:
            table = model.__tablename__
            row = evidence.put(conn, entry, model, values)
            begins = (
                {"move": move(table, row, None, values["state"]), "role": "clock"}
                if "state" in values
                else {}
            )
            entry = _note(conn, entry, f"{table}.made", **begins)
        evidence.change_row(conn, entry, Bid, 1, 1, {"state": "endorsed", "version": 2, "holding_id": 1})
        endorsed = move("bid", 1, "submitted", "endorsed")
        under = ["office_holding", 1]
        _note(conn, entry, "bid.endorse", actor=COUNCILLOR, role="representative", under=under, move=endorsed)


class Attacker:
    """Somebody with the database, but not the audit key: no triggers, no constraints, no guard."""

    def __init__(self, db: Database) -> None:
        self.engine: Engine = create_engine(db.url)
        self.sqlite = db.dialect == "sqlite"
        if self.sqlite:

            @event.listens_for(self.engine, "connect")
            def connected(raw: Any, record: Any) -> None:
                raw.execute("PRAGMA ignore_check_constraints=ON")

        with self.engine.begin() as conn:
            self._break_open(conn)

    def _break_open(self, conn: Connection) -> None:
        if self.sqlite:
            for name in conn.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                conn.execute(text(f'DROP TRIGGER "{name}"'))
            return
        for table in sorted(GUARDED):
            conn.execute(text(f'ALTER TABLE "{table}" DISABLE TRIGGER ALL'))
        constraints = text(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint "
            "WHERE contype IN ('c', 'f') AND connamespace = current_schema()::regnamespace"
        )
        for table, name in conn.execute(constraints).all():
            conn.execute(text(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'))

    @contextmanager
    def act(self) -> Iterator[Connection]:
        """A committed transaction of theirs."""
        with self.engine.begin() as conn:
            yield conn

    def run(self, *statements: str) -> None:
        """Some SQL, committed."""
        with self.act() as conn:
            for statement in statements:
                conn.execute(text(statement))

    def close(self) -> None:
        """Leaves."""
        self.engine.dispose()
