"""What a move writes beside the new state: the columns it sets and the rows it records."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.dialects import postgresql, sqlite

from fundapp.domain import deadlines, forms, references, scoring
from fundapp.models import (
    Assignment,
    BidVersion,
    Cancellation,
    Decision,
    Draft,
    Endorsement,
    EndorsementRequest,
    FormVersion,
    Letter,
    Organisation,
    Remark,
    Review,
    Score,
)
from fundapp.queries import facts as asks
from fundapp.services import letter_facts
from fundapp.services.case import Case
from fundapp.services.deed import Deed

#: How long the treasurer's asking to cancel an award stands.
CANCEL_STANDS = timedelta(days=14)

Consequence = Callable[[Deed, Sequence[Case]], None]

#: Before the main row is written: the columns that the move sets.
SETS: dict[tuple[str, str], Consequence] = {}
#: After it: the rows that it records.
RECORDS: dict[tuple[str, str], Consequence] = {}


def sets(life: str, *moves: str) -> Callable[[Consequence], Consequence]:
    """Enter what these moves set in the main row."""
    return _enter(SETS, life, moves)


def records(life: str, *moves: str) -> Callable[[Consequence], Consequence]:
    """Enter which rows these moves record."""
    return _enter(RECORDS, life, moves)


def _enter(
    where: dict[tuple[str, str], Consequence], life: str, moves: Sequence[str]
) -> Callable[[Consequence], Consequence]:
    def enter(function: Consequence) -> Consequence:
        for move in moves:
            where[life, move] = function
        return function

    return enter


def _round(case: Case) -> Any:
    if case.round is None:
        raise LookupError(f"{case.step.life} {case.step.move} has no round")
    return case.round


def _bid(case: Case) -> Any:
    if case.bid is None:
        raise LookupError(f"{case.step.life} {case.step.move} has no bid")
    return case.bid


# -- the bid --------------------------------------------------------------------------------------------------------


@sets("bid", "start")
def _start(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        owner = _round(case)
        case.changes |= {
            "reference": references.reference(case.id), "fund_id": owner.fund_id, "round_id": owner.id,
            "applicant_id": case.actor.person, "organisation_id": None, "area_id": None, "place": None,
            "title": "", "amount_pence": 0, "version_number": 0, "holding_id": None, "backed_sha256": None,
            "due_at": owner.closes_at, "created_at": deed.now, "source": None, "source_key": case.input("key"),
        }  # fmt: skip


@records("bid", "start")
def _draft(deed: Deed, cases: Sequence[Case]) -> None:
    deed.conn.execute(
        insert(Draft),
        [
            {"bid_id": case.id, "answers": case.input("answers", {}), "revision": 1, "saved_at": deed.now}
            for case in cases
        ],
    )


@sets("bid", "take_in")
def _taken_in(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        owner, answers = _round(case), case.found["answers"]
        case.changes |= {
            "reference": references.reference(case.id), "fund_id": owner.fund_id, "round_id": owner.id,
            "applicant_id": None, "organisation_id": case.input("organisation_id"), "area_id": answers.get("area"),
            "place": case.input("place"), "title": answers["title"], "amount_pence": answers["amount_pence"],
            "version_number": 1, "holding_id": None, "backed_sha256": None, "due_at": owner.endorse_by,
            "created_at": deed.now, "source": case.input("source"), "source_key": case.input("key"),
        }  # fmt: skip
        case.params["line"] = (case.input("source") or {}).get("line")


@records("bid", "take_in")
def _version_taken_in(deed: Deed, cases: Sequence[Case]) -> None:
    form = {r: asks.newest_form(deed.conn, r) for r in {int(_round(case).id) for case in cases}}
    deed.put_many(BidVersion, [(c.subject, _frozen(deed, c, 1, form[_round(c).id])) for c in cases])


def _frozen(deed: Deed, case: Case, number: int, form_version: int) -> dict[str, Any]:
    answers = case.found["answers"]
    return {
        "bid_id": case.id, "number": number, "form_version_id": form_version, "answers": forms.copy_of(answers),
        "amount_pence": answers["amount_pence"], "sha256": forms.sha256_of(answers), "frozen_at": deed.now,
    }  # fmt: skip


@sets("bid", "submit")
def _submitted(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        owner, answers, bid = _round(case), case.found["answers"], _bid(case)
        due = owner.endorse_by
        if bid.state == "returned":  # changed in the grace time: the representative gets as long again
            due = max(due, deadlines.days_later(deed.arrived, owner.grace_days, deed.zone))
        case.changes |= {
            "organisation_id": _organisation(deed, answers), "area_id": answers.get("area"),
            "title": answers["title"].strip(), "amount_pence": answers["amount_pence"],
            "version_number": bid.version_number + 1, "holding_id": answers["representative"],
            "backed_sha256": None, "due_at": due,
        }  # fmt: skip


def _organisation(deed: Deed, answers: dict[str, Any]) -> int:
    name, official = answers["organisation"].strip(), (answers.get("organisation_id") or "").strip() or None
    known = asks.organisation_named(deed.conn, name, official)
    if known is not None:
        return known
    add = postgresql.insert if deed.conn.dialect.name == "postgresql" else sqlite.insert
    added = (
        add(Organisation)
        .values(name=name, official_id=official, address=answers.get("address"), created_at=deed.now)
        .on_conflict_do_nothing(index_elements=["official_id"])
    )
    made = deed.conn.execute(added.returning(Organisation.id)).scalar()
    if made is None:  # another bid of the same group was sent at this very moment
        made = asks.organisation_named(deed.conn, name, official)
    if made is None:
        raise LookupError(f"organisation {official} is gone")
    return int(made)


@records("bid", "submit")
def _version_and_request(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        _void_open_requests(deed, [case])
        number = case.changes["version_number"]
        version = deed.put(
            case.subject, BidVersion, _frozen(deed, case, number, case.found["form_version_id"])
        )
        _ask(deed, case, version, case.changes["holding_id"])
        case.params["version"] = number


def _ask(deed: Deed, case: Case, version: int, holding: int) -> None:
    case.params["request"] = deed.put(
        case.subject,
        EndorsementRequest,
        {
            "bid_id": case.id, "bid_version_id": version, "holding_id": holding, "asked_at": deed.now,
            "void_at": None, "answered_at": None,
        },
    )  # fmt: skip


@records("bid", "rule_out", "withdraw", "lapse")
def _void_open_requests(deed: Deed, cases: Sequence[Case]) -> None:
    # Nobody was asked about a bid that names no representative.
    named = [case.id for case in cases if _bid(case).holding_id is not None]
    still_open = asks.open_requests(deed.conn, named) if named else {}
    rows: list[tuple[str, int, int | None, dict[str, Any]]] = [
        (case.subject, still_open[case.id], None, {"void_at": deed.now})
        for case in cases
        if case.id in still_open
    ]
    deed.change_many(EndorsementRequest, rows)
    for case in cases:
        if case.id in still_open:
            case.params["voided"] = still_open[case.id]


@sets("bid", "rule_out", "withdraw", "lapse", "refuse", "decline", "report", "fall_through")
def _nothing_due(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes["due_at"] = None
        if case.step.move == "rule_out":
            case.params["reason"] = case.input("reason")


@sets("bid", "name_endorser")
def _named(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes["holding_id"] = case.input("holding_id")


@records("bid", "name_endorser")
def _asked_anew(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        _void_open_requests(deed, [case])
        version = asks.newest_version(deed.conn, case.id)
        if version is not None:
            _ask(deed, case, version.id, case.input("holding_id"))


@sets("bid", "endorse")
def _endorsed(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.found["version"] = asks.newest_version(deed.conn, case.id)
        case.changes |= {"backed_sha256": case.found["version"].sha256, "due_at": _round(case).panel_by}


@records("bid", "endorse")
def _backing(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        _answer(deed, case, "endorse", case.input("statement"))


@records("bid", "refuse")
def _refusing(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        _answer(deed, case, "refuse", case.input("reason"))


def _answer(deed: Deed, case: Case, answer: str, statement: str) -> None:
    """The representative's answer: their own, or one in writing that an officer records."""
    bid, verdict = _bid(case), case.verdict
    version = case.found.get("version") or asks.newest_version(deed.conn, case.id)
    by_officer = verdict is not None and verdict.role == "officer"
    person = case.found.get("representative")
    if person is None:
        known = asks.reach(deed.conn, bid.holding_id, None, deadlines.civil_day(deed.arrived, deed.zone))
        person = known[0] if known else None
    if version is None or person is None:
        raise LookupError(f"bid {case.id} has no version or nobody named to answer for it")
    identified = "written" if by_officer else case.actor.identified
    deed.put(
        case.subject,
        Endorsement,
        {
            "bid_id": case.id, "bid_version_id": version.id, "holding_id": bid.holding_id, "person_id": person,
            "answer": answer, "statement": statement.strip(), "identified": identified,
            "recorded_by": case.actor.person if by_officer else None, "document_id": case.input("document_id"),
            "given_at": deed.now,
        },
    )  # fmt: skip
    case.params["identified"] = identified
    still_open = asks.open_requests(deed.conn, [case.id]).get(case.id)
    if still_open is not None:
        deed.change(case.subject, EndorsementRequest, still_open, {"answered_at": deed.now})


@sets("bid", "send_back")
def _returned(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes["due_at"] = deadlines.days_later(deed.arrived, _round(case).grace_days, deed.zone)


@records("bid", "send_back")
def _sent_back(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        if case.verdict is not None and case.verdict.role == "representative":
            _answer(deed, case, "send_back", case.input("reason"))
        else:
            _void_open_requests(deed, [case])
            _remark(deed, case)


def _remark(deed: Deed, case: Case) -> None:
    """Keep the reason of a move that leaves no other row."""
    values = {"bid_id": case.id, "move": case.step.move, "person_id": case.actor.person}
    deed.put(case.subject, Remark, values | {"words": case.input("reason").strip(), "said_at": deed.now})


@sets("bid", "resubmit", "reopen")
def _before_the_panel(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes["due_at"] = _round(case).panel_by


@sets("bid", "conclude")
def _concluded(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes["due_at"] = _round(case).decide_by
        case.params["moderated"] = bool(case.input("moderated"))


@records("bid", "review")
def _review(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        reviewer = case.actor.person
        if reviewer is None:
            raise LookupError("a review has a reviewer")
        assigned = asks.assignment(deed.conn, case.id, reviewer)
        version = asks.newest_version(deed.conn, case.id)
        number = asks.last_review_number(deed.conn, case.id, reviewer) + 1
        marks = case.input("scores")
        review = deed.put(
            case.subject,
            Review,
            {
                "bid_id": case.id, "person_id": reviewer, "bid_version_id": version.id, "number": number,  # type: ignore[union-attr]
                "comment": case.input("comment", "").strip(), "note": case.input("note", "").strip(),
                "total": scoring.total(_round(case).rubric, marks), "given_at": deed.now,
            },
        )  # fmt: skip
        deed.put_many(
            Score,
            [
                (
                    case.subject,
                    {
                        "review_id": review,
                        "bid_id": case.id,
                        "criterion": criterion,
                        "value": marks[criterion],
                    },
                )
                for criterion in sorted(marks)
            ],
        )
        if assigned is not None:
            deed.change(case.subject, Assignment, assigned.id, {"version": assigned.version + 1})
        case.params["number"] = number


@records("bid", "decide")
def _decided(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        outcome = case.input("outcome")
        before = asks.decisions(deed.conn, [case.id]).get(case.id)
        values = {
            "outcome": outcome, "amount_pence": case.input("amount_pence") if outcome == "award" else 0,
            "conditions": case.input("conditions", "").strip(), "feedback": case.input("feedback", "").strip(),
            "decided_by": case.actor.person, "decided_at": deed.now, "version": before.version + 1 if before else 1,
        }  # fmt: skip
        if before is not None:
            deed.change(case.subject, Decision, before.id, values)
        else:
            owner = {"bid_id": case.id, "round_id": _round(case).id, "moderated": False}
            deed.put(case.subject, Decision, values | owner)


@sets("bid", "award")
def _awarded(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes["due_at"] = deadlines.days_later(deed.arrived, _round(case).offer_days, deed.zone)
        case.params["amount_pence"] = case.facts["decision.amount_pence"]


@records("bid", "decline")
def _feedback_letters(deed: Deed, cases: Sequence[Case]) -> None:
    made = letter_facts.feedback(deed, cases)
    deed.put_many(Letter, [(case.subject, _letter(deed, case, "feedback", facts)) for case, facts in made])


def _letter(deed: Deed, case: Case, kind: str, facts: dict[str, Any], number: int = 1) -> dict[str, Any]:
    return {"bid_id": case.bid_id, "kind": kind, "number": number, "facts": facts, "made_at": deed.now}


@records("bid", "ask_cancel")
def _cancel_asked(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        deed.put(
            case.subject,
            Cancellation,
            {
                "bid_id": case.id, "asked_by": case.actor.person, "reason": case.input("reason").strip(),
                "asked_at": deed.now, "expires_at": deed.now + CANCEL_STANDS, "confirmed_by": None,
                "confirmed_at": None,
            },
        )  # fmt: skip


@sets("bid", "confirm_cancel")
def _cancelled(deed: Deed, cases: Sequence[Case]) -> None:
    _nothing_due(deed, cases)


@records("bid", "confirm_cancel")
def _cancel_confirmed(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        values = {"confirmed_by": case.actor.person, "confirmed_at": deed.now}
        deed.change(case.subject, Cancellation, case.found["cancelling"].id, values)


# -- the round ------------------------------------------------------------------------------------------------------


@sets("round", "plan")
def _planned(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes |= dict(case.input("terms")) | {"fund_id": case.step.parent, "publish_at": None}


@records("round", "plan")
def _first_form(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        questions = case.input("questions", forms.FUND_QUESTIONS)
        deed.put(case.subject, FormVersion, {"round_id": case.id, "number": 1, "questions": questions})


@sets("round", "release")
def _window_opens(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes["publish_at"] = deed.arrived + timedelta(minutes=_round(case).release_minutes)


@sets("round", "undo", "publish")
def _window_shuts(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes["publish_at"] = None


# -- the award ------------------------------------------------------------------------------------------------------


@sets("award", "offer")
def _offered(deed: Deed, cases: Sequence[Case]) -> None:
    ids = [_bid(case).id for case in cases]
    decided, versions = asks.decisions(deed.conn, ids), asks.newest_versions(deed.conn, ids)
    for case in cases:
        decision, answers = decided[_bid(case).id], versions[_bid(case).id].answers
        case.changes |= {
            "bid_id": _bid(case).id, "round_id": _round(case).id, "amount_pence": decision.amount_pence,
            "conditions": decision.conditions, "starts_on": _day(answers.get("starts_on")),
            "ends_on": _day(answers.get("ends_on")), "offered_at": deed.now, "offer_until": _bid(case).due_at,
            "accepted_at": None,
        }  # fmt: skip
        case.found |= {"decision": decision, "answers": answers}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@records("award", "offer")
def _award_letters(deed: Deed, cases: Sequence[Case]) -> None:
    made = letter_facts.award(deed, cases)
    deed.put_many(Letter, [(case.subject, _letter(deed, case, "award", facts)) for case, facts in made])


@sets("award", "accept")
def _accepted(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes["accepted_at"] = deed.now


@sets("award", "vary")
def _varied(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes["amount_pence"] = case.input("amount_pence")
        for name in ("conditions", "starts_on", "ends_on"):
            if case.input(name) is not None:
                case.changes[name] = case.input(name)
        case.params["amount_pence"] = case.input("amount_pence")


@records("award", "vary")
def _new_letter(deed: Deed, cases: Sequence[Case]) -> None:
    for case, facts in letter_facts.award(deed, cases):
        number = letter_facts.letters_so_far(deed.conn, _bid(case).id) + 1
        deed.put(case.subject, Letter, _letter(deed, case, "award", facts, number))


# -- payments and reports -------------------------------------------------------------------------------------------


@sets("payment", "schedule")
def _scheduled(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        award = case.found["award"]
        case.changes |= {
            "bid_id": _bid(case).id, "award_id": award.id, "number": asks.payment_count(deed.conn, award.id) + 1,
            "amount_pence": case.input("amount_pence"), "due_on": case.input("due_on"),
            "needs": case.input("needs", ""), "scheduled_by": case.actor.person, "approved_by": None, "run_id": None,
            "sent_at": None, "paid_on": None, "failure": None,
        }  # fmt: skip
        case.params["amount_pence"] = case.input("amount_pence")


@sets("payment", "approve")
def _approved(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes["approved_by"] = case.actor.person


@sets("payment", "send")
def _sent(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes |= {"sent_at": deed.now, "run_id": case.input("run_id")}


@sets("payment", "confirm")
def _paid(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes["paid_on"] = case.input("paid_on")


@sets("payment", "fail")
def _failed(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes["failure"] = case.input("reason").strip()


@sets("payment", "reschedule")
def _again(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes |= {
            "due_on": case.input("due_on"), "approved_by": None, "run_id": None, "sent_at": None,
            "scheduled_by": case.actor.person,
        }  # fmt: skip


@sets("report", "open")
def _report_due(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        owner = _round(case)
        case.changes |= {
            "bid_id": _bid(case).id, "award_id": case.found["award"].id,
            "due_on": deadlines.civil_day(owner.report_by, deed.zone), "story": "", "learned": "",
            "people_reached": None, "spent_pence": None, "consent": False, "filed_by": None, "filed_at": None,
            "accepted_by": None, "accepted_at": None, "returned_reason": None,
        }  # fmt: skip


@sets("report", "file")
def _filed(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes |= {
            "story": case.input("story").strip(), "learned": case.input("learned").strip(),
            "people_reached": case.input("people_reached"), "spent_pence": case.input("spent_pence"),
            "consent": bool(case.input("consent")), "filed_by": case.actor.person, "filed_at": deed.now,
        }  # fmt: skip


@sets("report", "accept")
def _report_accepted(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes |= {"accepted_by": case.actor.person, "accepted_at": deed.now}


@sets("report", "return")
def _report_returned(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes["returned_reason"] = case.input("reason").strip()
