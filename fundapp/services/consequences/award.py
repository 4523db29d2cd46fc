"""What an award's moves write."""

from collections.abc import Sequence

from fundapp.models import Letter
from fundapp.queries import facts as asks
from fundapp.services import letter_facts
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
        number = letter_facts.letters_so_far(deed.conn, bid_of(case).id) + 1
        deed.put(case.subject, Letter, letter(deed, case, "award", facts, number))
