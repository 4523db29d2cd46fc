"""What the panel's work on a bid writes: reviews, decisions, and the letters of the declined."""

from collections.abc import Sequence

from fundapp.domain import deadlines, scoring
from fundapp.models import Assignment, Decision, Letter, Moderation, Review, Score
from fundapp.queries import facts as asks
from fundapp.queries import panel, table
from fundapp.services import letter_facts
from fundapp.services.case import Case
from fundapp.services.consequences.table import letter, records, round_of, sets
from fundapp.services.deed import Deed


@sets("bid", "resubmit", "reopen")
def _before_the_panel(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes["due_at"] = round_of(case).panel_by


@sets("bid", "conclude")
def _concluded(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes["due_at"] = round_of(case).decide_by
        case.params["moderated"] = case.facts["panel.moderation"] == "settled"


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
        before = panel.own_review(deed.conn, case.id, reviewer)[1] if number > 1 else {}
        review = deed.put(
            case.subject,
            Review,
            {
                "bid_id": case.id, "person_id": reviewer, "bid_version_id": version.id, "number": number,  # type: ignore[union-attr]
                "masked_copy_id": case.facts["panel.masked"], "confidence": case.input("confidence"),
                "comment": case.input("comment", "").strip(), "note": case.input("note", "").strip(),
                "total": scoring.total(round_of(case).rubric, marks), "given_at": deed.now,
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
        if before == marks:
            case.params["kept"] = True


@records("bid", "moderate")
def _talked_over(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        before = table.moderation(deed.conn, case.id)
        values = {
            "spread": case.facts["panel.spread"], "opened_by": case.actor.person, "opened_at": deed.now, "closed_by": None,
            "closed_at": None, "words": "",
        }  # fmt: skip
        if before is not None:
            deed.change(case.subject, Moderation, before.id, values)
        else:
            deed.put(case.subject, Moderation, values | {"bid_id": case.id})


@records("bid", "settle")
def _settled(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        talk = table.moderation(deed.conn, case.id)
        if talk is None:
            raise LookupError(f"bid {case.id} is not being talked over")
        closing = {
            "closed_by": case.actor.person,
            "closed_at": deed.now,
            "words": case.input("reason").strip(),
        }
        deed.change(case.subject, Moderation, talk.id, closing)


@records("bid", "decide")
def _decided(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        outcome = case.input("outcome")
        before = asks.decisions(deed.conn, [case.id]).get(case.id)
        values = {
            "outcome": outcome, "amount_pence": case.input("amount_pence") if outcome == "award" else 0,
            "conditions": case.input("conditions", "").strip(), "feedback": case.input("feedback", "").strip(),
            "reason": case.input("reason", "").strip(), "suggestion_id": case.input("suggestion_id"),
            "decided_by": case.actor.person, "decided_at": deed.now, "version": before.version + 1 if before else 1,
        }  # fmt: skip
        if before is not None:
            deed.change(case.subject, Decision, before.id, values)
        else:
            owner = {"bid_id": case.id, "round_id": round_of(case).id}
            deed.put(case.subject, Decision, values | owner)


@sets("bid", "award")
def _awarded(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes["due_at"] = deadlines.days_later(deed.arrived, round_of(case).offer_days, deed.zone)
        case.params["amount_pence"] = case.facts["decision.amount_pence"]


@records("bid", "decline")
def _feedback_letters(deed: Deed, cases: Sequence[Case]) -> None:
    made = letter_facts.feedback(deed, cases)
    deed.put_many(Letter, [(case.subject, letter(deed, case, "feedback", facts)) for case, facts in made])
