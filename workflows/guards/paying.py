"""Guards on taking up an award and on bank details."""

from typing import Final

from workflows.grammar import HOLDS, Facts, Judgement, Refusal, guard

#: What the bank's check of an account's name can answer (Confirmation of Payee).
BANK_ANSWERS: Final = ("match", "close", "no_match", "unavailable")


@guard("input.agreed")
def terms_agreed(facts: Facts) -> Judgement:
    """The applicant ticks that they have read the terms and agree."""
    return HOLDS if facts["input.agreed"] is True else Refusal("agree_to_terms", {})


@guard("input.name")
def name_typed(facts: Facts) -> Judgement:
    """The applicant types their name, for a signature."""
    return HOLDS if facts["input.name"].strip() else Refusal("type_your_name", {})


@guard("input.holder_name", "input.kind", "input.sort_code", "input.account")
def bank_details_complete(facts: Facts) -> Judgement:
    """The account's name, its kind, a sort code of six digits and an account number of eight are given."""
    missing = []
    if not facts["input.holder_name"].strip():
        missing.append("holder_name")
    if facts["input.kind"] not in ("business", "personal"):
        missing.append("kind")
    for name, long in (("sort_code", 6), ("account", 8)):
        digits = facts[f"input.{name}"]
        if not (len(digits) == long and digits.isascii() and digits.isdigit()):
            missing.append(name)
    return Refusal("bank_details_incomplete", {"missing": tuple(missing)}) if missing else HOLDS


@guard("payee.standing", "payee.asked")
def no_bank_details_yet(facts: Facts) -> Judgement:
    """No bank details have been given for the award."""
    if facts["payee.standing"] is not None or facts["payee.asked"] is not None:
        return Refusal("bank_details_given", {}, "not_now")
    return HOLDS


@guard("payee.standing")
def bank_details_stand(facts: Facts) -> Judgement:
    """Bank details stand for the award."""
    return HOLDS if facts["payee.standing"] is not None else Refusal("no_bank_details", {})


@guard("payee.asked")
def no_change_under_way(facts: Facts) -> Judgement:
    """No change of the bank details is under way."""
    return HOLDS if facts["payee.asked"] is None else Refusal("bank_change_under_way", {}, "not_now")


@guard("payee.standing", "payment.payee")
def bank_details_as_approved(facts: Facts) -> Judgement:
    """The bank details are those that the payment was approved for."""
    if facts["payment.payee"] is not None and facts["payment.payee"] == facts["payee.standing"]:
        return HOLDS
    return Refusal("bank_details_changed", {})


@guard("actor.person", "payee.given_by")
def another_than_giver(facts: Facts) -> Judgement:
    """Whoever confirms it did not give it."""
    if facts["actor.person"] == facts["payee.given_by"]:
        return Refusal("gave_it_yourself", {}, "not_yours")
    return HOLDS


@guard("at", "payee.cools_until")
def cooled_off(facts: Facts) -> Judgement:
    """The days that a change of bank details waits are over."""
    if facts["at"] >= facts["payee.cools_until"]:
        return HOLDS
    return Refusal("cooling_off", {"cools_until": facts["payee.cools_until"]})


@guard("payee.standing")
def old_details_replaced(facts: Facts) -> Judgement:
    """The bank details that stood before have been replaced."""
    return HOLDS if facts["payee.standing"] is None else Refusal("old_details_stand", {}, "not_now")


@guard("at", "payee.asked", "payee.asked_confirmed", "payee.asked_cools_until")
def change_takes_effect(facts: Facts) -> Judgement:
    """A confirmed change takes its place, its days of waiting over."""
    if facts["payee.asked"] is None or not facts["payee.asked_confirmed"]:
        return Refusal("no_change_confirmed", {}, "not_now")
    if facts["at"] < facts["payee.asked_cools_until"]:
        return Refusal("cooling_off", {"cools_until": facts["payee.asked_cools_until"]})
    return HOLDS


@guard("input.answer")
def bank_answer_listed(facts: Facts) -> Judgement:
    """The bank's answer is one that it can give."""
    return HOLDS if facts["input.answer"] in BANK_ANSWERS else Refusal("choose_the_banks_answer", {})


@guard("payee.in_doubt")
def name_not_in_doubt(facts: Facts) -> Judgement:
    """The bank knows the account by another name only if somebody else has made sure that it is theirs all the same."""
    return Refusal("bank_knows_another_name", {}) if facts["payee.in_doubt"] else HOLDS


@guard("payee.in_doubt")
def name_in_doubt(facts: Facts) -> Judgement:
    """The bank knows the account by another name, and nobody has made sure of it yet."""
    return HOLDS if facts["payee.in_doubt"] else Refusal("name_not_in_doubt", {}, "not_now")


@guard("actor.person", "payee.bank_asked_by")
def another_than_asker_of_bank(facts: Facts) -> Judgement:
    """Whoever makes sure of it did not note the bank's answer."""
    if facts["actor.person"] == facts["payee.bank_asked_by"]:
        return Refusal("noted_it_yourself", {}, "not_yours")
    return HOLDS
