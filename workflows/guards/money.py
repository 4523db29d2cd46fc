"""Guards on money, in whole pence. The sums are read again under the lock."""

from workflows.grammar import HOLDS, Facts, Judgement, Refusal, guard


@guard("input.outcome", "input.amount_pence", "bid.amount_pence")
def amount_not_above_request(facts: Facts) -> Judgement:
    """The award is more than nothing and no more than was asked for."""
    if facts["input.outcome"] != "award":
        return HOLDS
    amount = facts["input.amount_pence"]
    if amount is None or amount <= 0:
        return Refusal("amount_must_be_positive", {})
    if amount > facts["bid.amount_pence"]:
        return Refusal(
            "amount_above_request", {"asked_pence": facts["bid.amount_pence"], "amount_pence": amount}
        )
    return HOLDS


@guard(
    "input.outcome", "input.amount_pence", "money.staged_pence", "money.awarded_pence", "round.budget_pence"
)
def staged_fits_the_round(facts: Facts) -> Judgement:
    """All staged and made awards fit the round's money."""
    if facts["input.outcome"] != "award" or facts["input.amount_pence"] is None:
        return HOLDS
    taken = facts["money.staged_pence"] + facts["money.awarded_pence"]
    free = facts["round.budget_pence"] - taken
    if facts["input.amount_pence"] <= free:
        return HOLDS
    return Refusal("money_short", {"free_pence": max(free, 0), "amount_pence": facts["input.amount_pence"]})


@guard("decision.amount_pence", "money.awarded_pence", "round.budget_pence")
def money_free(facts: Facts) -> Judgement:
    """The round's money covers it beside every award made."""
    # Nothing staged takes nothing; that no award is staged is another guard's to say.
    if facts["decision.amount_pence"] is None:
        return HOLDS
    free = facts["round.budget_pence"] - facts["money.awarded_pence"]
    if facts["decision.amount_pence"] <= free:
        return HOLDS
    return Refusal(
        "money_short", {"free_pence": max(free, 0), "amount_pence": facts["decision.amount_pence"]}
    )


@guard("award.state")
def award_refused_or_lapsed(facts: Facts) -> Judgement:
    """Its award was refused or has lapsed."""
    if facts["award.state"] in ("refused", "lapsed"):
        return HOLDS
    return Refusal("award_stands", {}, "not_now")


@guard("award.state")
def award_accepted(facts: Facts) -> Judgement:
    """The award has been accepted."""
    return HOLDS if facts["award.state"] == "accepted" else Refusal("award_not_accepted", {}, "not_now")


@guard("input.amount_pence", "payments.total_pence", "award.amount_pence")
def payments_within_award(facts: Facts) -> Judgement:
    """All payments together are no more than the award."""
    amount = facts["input.amount_pence"]
    if amount is None or amount <= 0:
        return Refusal("amount_must_be_positive", {})
    free = facts["award.amount_pence"] - facts["payments.total_pence"]
    if amount <= free:
        return HOLDS
    return Refusal("award_short", {"free_pence": free, "amount_pence": amount})


@guard("input.amount_pence", "payments.total_pence", "award.amount_pence")
def lower_amount_covers_payments(facts: Facts) -> Judgement:
    """The new amount is no higher than the award and no lower than what is scheduled or paid."""
    amount = facts["input.amount_pence"]
    if amount is None or amount <= 0:
        return Refusal("amount_must_be_positive", {})
    if amount > facts["award.amount_pence"]:
        return Refusal("only_lower", {"award_pence": facts["award.amount_pence"]})
    if amount < facts["payments.total_pence"]:
        return Refusal("below_payments", {"payments_pence": facts["payments.total_pence"]})
    return HOLDS


@guard("payments.open")
def no_open_payment(facts: Facts) -> Judgement:
    """No payment is open."""
    if facts["payments.open"]:
        return Refusal("payments_open", {"count": facts["payments.open"]})
    return HOLDS


@guard("report.state")
def final_report_accepted(facts: Facts) -> Judgement:
    """The final report is accepted."""
    return HOLDS if facts["report.state"] == "accepted" else Refusal("report_not_accepted", {})


@guard("input.paid_on")
def day_paid_given(facts: Facts) -> Judgement:
    """The day on which the bank paid it is given."""
    return HOLDS if facts["input.paid_on"] is not None else Refusal("give_the_day", {})


@guard("input.due_on")
def day_due_given(facts: Facts) -> Judgement:
    """The day on which it falls due is given."""
    return HOLDS if facts["input.due_on"] is not None else Refusal("give_the_day", {})


@guard("input.pay_on", "payment.due_on")
def due_by_then(facts: Facts) -> Judgement:
    """The day on which the bank is to pay is given, and by then the payment is due."""
    if facts["input.pay_on"] is None:
        return Refusal("give_the_day", {})
    if facts["input.pay_on"] < facts["payment.due_on"]:
        return Refusal("run_too_early", {"first": facts["payment.due_on"]})
    return HOLDS


@guard("input.milestone")
def milestone_listed(facts: Facts) -> Judgement:
    """It waits for nothing beside its day, or for the final report."""
    return HOLDS if facts["input.milestone"] in ("", "report") else Refusal("no_such_milestone", {})


@guard("bid.state")
def bid_cancelled(facts: Facts) -> Judgement:
    """Its bid has been cancelled."""
    return HOLDS if facts["bid.state"] == "cancelled" else Refusal("bid_stands", {}, "not_now")


@guard("bid.state")
def bid_awarded(facts: Facts) -> Judgement:
    """Its bid has been awarded."""
    return HOLDS if facts["bid.state"] == "awarded" else Refusal("bid_not_awarded", {}, "not_now")


@guard("variation.open")
def no_variation_open(facts: Facts) -> Judgement:
    """No change of the award waits for the applicant's answer."""
    return Refusal("variation_waits", {}, "not_now") if facts["variation.open"] else HOLDS


@guard("variation.open")
def variation_open(facts: Facts) -> Judgement:
    """A change of the award waits for the applicant's answer."""
    return HOLDS if facts["variation.open"] else Refusal("no_variation_waits", {}, "not_now")


@guard("variation.amount_pence", "payments.total_pence")
def variation_covers_payments(facts: Facts) -> Judgement:
    """The amount as it would be is no lower than what is scheduled or paid."""
    if facts["variation.amount_pence"] >= facts["payments.total_pence"]:
        return HOLDS
    return Refusal("below_payments", {"payments_pence": facts["payments.total_pence"]})


@guard("payment.milestone", "report.state")
def milestone_reached(facts: Facts) -> Judgement:
    """What the payment waits for has come: if it waits for the report, that is accepted."""
    if facts["payment.milestone"] == "report" and facts["report.state"] != "accepted":
        return Refusal("milestone_not_reached", {})
    return HOLDS


@guard("report.overdue")
def no_report_overdue(facts: Facts) -> Judgement:
    """No report of the project is overdue."""
    return Refusal("report_overdue", {}) if facts["report.overdue"] else HOLDS


@guard("pot.available_pence", "payment.amount_pence")
def money_is_there(facts: Facts) -> Judgement:
    """The money that came in covers it beside everything paid or sent."""
    if facts["payment.amount_pence"] <= facts["pot.available_pence"]:
        return HOLDS
    return Refusal(
        "pot_short",
        {
            "available_pence": max(facts["pot.available_pence"], 0),
            "amount_pence": facts["payment.amount_pence"],
        },
    )
