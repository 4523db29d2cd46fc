"""Guards on people: nobody acts on their own bid, and nobody holds two parts that check each other."""

from typing import Final

from workflows.grammar import HOLDS, Facts, Judgement, Refusal, guard

#: Why a representative stands aside: they gain from it, or it is another's area.
REASONS_ASIDE: Final = ("interest", "elsewhere")


@guard("round.state")
def round_not_releasing(facts: Facts) -> Judgement:
    """The round is not being released."""
    if facts["round.state"] == "releasing":
        return Refusal("round_releasing", {}, "not_now")
    return HOLDS


@guard("actor.person", "parts.applicants")
def apart_from_applicant(facts: Facts) -> Judgement:
    """Whoever does it is not an applicant of this bid."""
    if facts["actor.person"] in facts["parts.applicants"]:
        return Refusal("own_bid", {}, "not_yours")
    return HOLDS


@guard("actor.person", "parts.endorsers")
def apart_from_endorser(facts: Facts) -> Judgement:
    """Whoever does it did not back this bid."""
    if facts["actor.person"] in facts["parts.endorsers"]:
        return Refusal("endorsed_it", {}, "not_yours")
    return HOLDS


@guard("rep.person", "parts.applicants", "parts.panel_and_pay")
def endorser_apart(facts: Facts) -> Judgement:
    """The representative is not an applicant, and has no part on the panel or in paying for this bid."""
    if facts["rep.person"] in facts["parts.applicants"]:
        return Refusal("own_bid", {}, "not_yours")
    if facts["rep.person"] in facts["parts.panel_and_pay"]:
        return Refusal("judges_or_pays_it", {}, "not_yours")
    return HOLDS


@guard("actor.person", "panel.conflicted")
def no_conflict(facts: Facts) -> Judgement:
    """Whoever does it has declared no interest in this bid."""
    if facts["panel.conflicted"]:
        return Refusal("interest_declared", {}, "not_yours")
    return HOLDS


@guard("input.no_interest")
def no_interest_declared(facts: Facts) -> Judgement:
    """The representative says that neither they nor theirs gain from it."""
    if facts["input.no_interest"] is True:
        return HOLDS
    return Refusal("say_no_interest", {})


@guard("rep.holding", "rep.in_office", "rep.covers")
def in_office_for_area(facts: Facts) -> Judgement:
    """The representative is in office that day, for that area."""
    if facts["rep.holding"] is None:
        return Refusal("no_representative", {})
    if not facts["rep.in_office"]:
        return Refusal("not_in_office", {})
    if not facts["rep.covers"]:
        return Refusal("outside_their_area", {})
    return HOLDS


@guard("rep.holding", "rep.covers", "rep.in_office")
def representative_covers_area(facts: Facts) -> Judgement:
    """A representative is named whose area covers the project."""
    if facts["rep.holding"] is None:
        return Refusal("name_a_representative", {})
    if not facts["rep.in_office"]:
        return Refusal("representative_not_in_office", {})
    if not facts["rep.covers"]:
        return Refusal("representative_covers_elsewhere", {})
    return HOLDS


@guard("rep.stood_aside")
def representative_has_not_stood_aside(facts: Facts) -> Judgement:
    """The representative named has not stood aside from this bid."""
    if facts["rep.stood_aside"]:
        return Refusal("representative_stood_aside", {})
    return HOLDS


@guard("input.rep_known", "input.rep_covers", "input.rep_in_office")
def new_representative_covers_area(facts: Facts) -> Judgement:
    """The representative now named is in office for an area that covers the project."""
    if not facts["input.rep_known"]:
        return Refusal("name_a_representative", {})
    if not facts["input.rep_in_office"]:
        return Refusal("representative_not_in_office", {})
    if not facts["input.rep_covers"]:
        return Refusal("representative_covers_elsewhere", {})
    return HOLDS


@guard("input.rep_stood_aside")
def new_representative_has_not_stood_aside(facts: Facts) -> Judgement:
    """The representative now named has not stood aside from this bid."""
    if facts["input.rep_stood_aside"]:
        return Refusal("representative_stood_aside", {})
    return HOLDS


@guard("input.reason")
def reason_for_standing_aside(facts: Facts) -> Judgement:
    """The representative says whether they have an interest or it lies outside their area."""
    if facts["input.reason"] in REASONS_ASIDE:
        return HOLDS
    return Refusal("say_why_aside", {})


@guard("member.confirmed")
def member_confirmed(facts: Facts) -> Judgement:
    """The applicant's membership is confirmed."""
    return HOLDS if facts["member.confirmed"] else Refusal("membership_unconfirmed", {})


@guard("actor.role", "input.document_id")
def written_answer_has_its_file(facts: Facts) -> Judgement:
    """An answer that an officer records comes with the file it was given in."""
    if facts["actor.role"] == "officer" and facts["input.document_id"] is None:
        return Refusal("written_answer_needs_file", {})
    return HOLDS


@guard("actor.person", "payment.scheduled_by")
def another_than_scheduler(facts: Facts) -> Judgement:
    """Whoever approves it did not schedule it."""
    if facts["actor.person"] == facts["payment.scheduled_by"]:
        return Refusal("scheduled_it_yourself", {}, "not_yours")
    return HOLDS


@guard("actor.person", "report.filed_by")
def another_than_author(facts: Facts) -> Judgement:
    """Whoever accepts it did not write it."""
    if facts["actor.person"] == facts["report.filed_by"]:
        return Refusal("wrote_it_yourself", {}, "not_yours")
    return HOLDS


@guard("actor.person", "cancel.asked_by")
def another_than_asker(facts: Facts) -> Judgement:
    """Whoever confirms it did not ask for it."""
    if facts["cancel.asked_by"] is not None and facts["actor.person"] == facts["cancel.asked_by"]:
        return Refusal("asked_it_yourself", {}, "not_yours")
    return HOLDS


@guard("actor.role", "bid.state")
def officer_only_with_the_bid(facts: Facts) -> Judgement:
    """An officer cancels it only when its bid has been cancelled."""
    if facts["actor.role"] == "officer" and facts["bid.state"] != "cancelled":
        return Refusal("bid_stands", {}, "not_now")
    return HOLDS
