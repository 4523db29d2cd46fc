"""Guards on what was written: the form, the amount, the reason given."""

from workflows.grammar import HOLDS, Facts, Judgement, Refusal, guard


@guard("form.missing")
def form_complete(facts: Facts) -> Judgement:
    """Every question is answered within its limits."""
    if facts["form.missing"]:
        return Refusal("form_incomplete", {"missing": tuple(facts["form.missing"])})
    return HOLDS


@guard("form.amount_pence", "form.budget_pence")
def budget_adds_up(facts: Facts) -> Judgement:
    """The budget lines add up to the amount asked for."""
    asked, lines = facts["form.amount_pence"], facts["form.budget_pence"]
    if asked == lines:
        return HOLDS
    return Refusal("budget_differs", {"asked_pence": asked, "lines_pence": lines})


@guard("form.amount_pence", "round.min_pence", "round.max_pence")
def amount_within_limits(facts: Facts) -> Judgement:
    """The amount is within the round's limits."""
    amount = facts["form.amount_pence"]
    if facts["round.min_pence"] <= amount <= facts["round.max_pence"]:
        return HOLDS
    return Refusal(
        "amount_outside_limits",
        {
            "amount_pence": amount,
            "min_pence": facts["round.min_pence"],
            "max_pence": facts["round.max_pence"],
        },
    )


@guard("form.declared")
def declarations_ticked(facts: Facts) -> Judgement:
    """The declarations are ticked."""
    return HOLDS if facts["form.declared"] else Refusal("declarations_open", {})


@guard("form.unchecked_files")
def files_checked(facts: Facts) -> Judgement:
    """Every file that comes with it was checked and found clean."""
    count = facts["form.unchecked_files"]
    return Refusal("files_unchecked", {"count": count}) if count else HOLDS


@guard("form.title", "form.organisation")
def title_and_organisation(facts: Facts) -> Judgement:
    """It has a title and an organisation."""
    if not facts["form.title"]:
        return Refusal("no_title", {})
    if not facts["form.organisation"]:
        return Refusal("no_organisation", {})
    return HOLDS


@guard("endorsement.backed_sha256", "form.sha256")
def not_backed_as_it_stands(facts: Facts) -> Judgement:
    """It was not backed before, or it has changed since."""
    if facts["endorsement.backed_sha256"] == facts["form.sha256"]:
        return Refusal("backed_and_unchanged", {}, "not_now")
    return HOLDS


@guard("endorsement.backed_sha256", "form.sha256")
def backed_as_it_stands(facts: Facts) -> Judgement:
    """It was backed before, and the copy is unchanged."""
    if facts["endorsement.backed_sha256"] is None:
        return Refusal("not_backed_before", {}, "not_now")
    if facts["endorsement.backed_sha256"] != facts["form.sha256"]:
        return Refusal("changed_since_backed", {}, "not_now")
    return HOLDS


@guard("input.reason")
def reason_given(facts: Facts) -> Judgement:
    """A reason is given."""
    return HOLDS if (facts["input.reason"] or "").strip() else Refusal("give_a_reason", {})


@guard("input.reason", "round.reasons")
def reason_from_list(facts: Facts) -> Judgement:
    """The reason is one of the round's list."""
    if facts["input.reason"] in facts["round.reasons"]:
        return HOLDS
    return Refusal("reason_not_listed", {})


@guard("input.statement")
def statement_given(facts: Facts) -> Judgement:
    """The representative says why, in a sentence or more."""
    words = (facts["input.statement"] or "").strip()
    if not words:
        return Refusal("say_why", {})
    if len(words) > 1200:
        return Refusal("too_long", {"limit": 1200, "length": len(words)})
    return HOLDS


@guard("input.story", "input.learned", "input.spent_pence", "award.amount_pence")
def report_complete(facts: Facts) -> Judgement:
    """The report tells how it went, what was learned and what was spent."""
    if not (facts["input.story"] or "").strip():
        return Refusal("say_how_it_went", {})
    if not (facts["input.learned"] or "").strip():
        return Refusal("say_what_you_learned", {})
    if facts["input.spent_pence"] is None or facts["input.spent_pence"] < 0:
        return Refusal("say_what_was_spent", {})
    return HOLDS
