"""What an award's moves write."""

from collections.abc import Sequence
from typing import Any

from fundapp.models import AwardAnswer, Letter, Variation
from fundapp.queries import facts as asks
from fundapp.queries import letters, paying
from fundapp.services import letter_facts, terms
from fundapp.services.case import Case
from fundapp.services.consequences.table import bid_of, letter, records, round_of, sets
from fundapp.services.deed import Deed


@sets("award", "offer")
def _offered(deed: Deed, cases: Sequence[Case]) -> None:
    ids = [bid_of(case).id for case in cases]
    decided, versions = asks.decisions(deed.conn, ids), asks.newest_versions(deed.conn, ids)
    for case in cases:
        decision, answers = decided[bid_of(case).id], versions[bid_of(case).id].answers
        case.changes |= {
            "bid_id": bid_of(case).id, "round_id": round_of(case).id, "amount_pence": decision.amount_pence,
            "conditions": decision.conditions, "starts_on": letter_facts.day(answers.get("starts_on")),
            "ends_on": letter_facts.day(answers.get("ends_on")), "offered_at": deed.now, "offer_until": bid_of(case).due_at,
            "accepted_at": None,
        }  # fmt: skip
        case.found |= {"decision": decision, "answers": answers}


@records("award", "offer")
def _award_letters(deed: Deed, cases: Sequence[Case]) -> None:
    made = letter_facts.award(deed, cases)
    deed.put_many(Letter, [(case.subject, letter(deed, case, "award", facts)) for case, facts in made])


@sets("award", "accept")
def _accepted(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes["accepted_at"] = deed.now


@records("award", "accept")
def _agreed(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        _sign(deed, case, letters.newest(deed.conn, bid_of(case).id))


@records("award", "refuse")
def _turned_down(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        before = letters.newest(deed.conn, bid_of(case).id)
        deed.put(case.subject, AwardAnswer, _answer(case, "refuse", deed, before, None))


@records("award", "propose")
def _proposed(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        terms = {name: _given(case, name) for name in _TERMS}
        deed.put(
            case.subject,
            Variation,
            terms | {
                "bid_id": bid_of(case).id, "award_id": case.id, "number": paying.variation_count(deed.conn, case.id) + 1,
                "amount_pence": case.input("amount_pence"), "reason": case.input("reason").strip(),
                "proposed_by": case.actor.person, "proposed_at": deed.now, "outcome": None, "ended_at": None,
            },
        )  # fmt: skip
        case.params["amount_pence"] = case.input("amount_pence")


@records("award", "take_back")
def _taken_back(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        _end_variation(deed, case, "taken_back")


@records("award", "cancel")
def _ended_with_it(deed: Deed, cases: Sequence[Case]) -> None:
    """A change that waits for its answer ends with its award: nobody is asked any more."""
    waiting = paying.variations(deed.conn, [bid_of(case).id for case in cases])
    for case in cases:
        case.found["variation"] = waiting.get(bid_of(case).id)
        if case.found["variation"] is not None:
            _end_variation(deed, case, "dropped")


@records("award", "keep")
def _kept(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        before = letters.newest(deed.conn, bid_of(case).id)
        deed.put(case.subject, AwardAnswer, _answer(case, "keep", deed, before, None))
        _end_variation(deed, case, "kept")


@sets("award", "vary")
def _varied(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        variation = case.found["variation"]
        case.changes |= {name: getattr(variation, name) for name in ("amount_pence", *_TERMS)}
        case.params["amount_pence"] = variation.amount_pence


@records("award", "vary")
def _new_letter(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        bid = bid_of(case).id
        before = letters.newest(deed.conn, bid)
        facts = letter_facts.varied(deed, case)
        number = letters.count(deed.conn, bid, "award") + 1
        deed.put(
            case.subject, Letter, letter(deed, case, "award", facts, number, before.id if before else None)
        )
        _end_variation(deed, case, "agreed")
        _sign(deed, case, letters.newest(deed.conn, bid))


#: What a variation may change beside the amount.
_TERMS = ("conditions", "starts_on", "ends_on")


def _given(case: Case, name: str) -> Any:
    """A term as proposed; where nothing is said, as it stands."""
    given = case.input(name)
    return given if given is not None else getattr(case.row, name)


def _end_variation(deed: Deed, case: Case, outcome: str) -> None:
    deed.change(
        case.subject, Variation, case.found["variation"].id, {"outcome": outcome, "ended_at": deed.now}
    )


def _sign(deed: Deed, case: Case, agreed: Any) -> None:
    """What the applicant agreed to with the hash of its terms, and their countersigned copy."""
    if agreed is None:
        raise LookupError(f"award {case.id} has no letter to agree to")
    whole = terms.terms_of(agreed.facts)
    deed.put(case.subject, AwardAnswer, _answer(case, case.step.move, deed, agreed, whole.sha256))
    facts = letter_facts.acceptance(deed, case, agreed.facts, whole)
    number = letters.count(deed.conn, bid_of(case).id, "acceptance") + 1
    deed.put(case.subject, Letter, letter(deed, case, "acceptance", facts, number))


def _answer(case: Case, answer: str, deed: Deed, about: Any, sha256: str | None) -> dict[str, Any]:
    """`about` is the letter that is answered, `sha256` of its terms where they are agreed to."""
    variation = case.found.get("variation")
    return {
        "bid_id": bid_of(case).id, "award_id": case.id, "letter_id": about.id if about is not None else None,
        "variation_id": variation.id if variation is not None else None, "person_id": case.actor.person, "answer": answer,
        "name_typed": case.input("name", "").strip(), "terms_sha256": sha256, "recipient": case.input("recipient"),
        "reason": case.input("reason", "").strip(), "answered_at": deed.now,
    }  # fmt: skip
