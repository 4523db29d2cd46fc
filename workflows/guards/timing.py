"""Guards on time: what is compared is when the request arrived, never what state the clock has got to."""

from datetime import timedelta

from workflows.grammar import HOLDS, Facts, Judgement, Refusal, guard

#: The clock ends things no sooner than this after their deadline, so that what arrived in time is taken in time.
CLOCK_GRACE = timedelta(minutes=5)


@guard("round.state", "at", "round.opens_at", "round.closes_at")
def round_open(facts: Facts) -> Judgement:
    """The round is open."""
    if facts["at"] < facts["round.opens_at"]:
        return Refusal("round_not_open_yet", {"opens_at": facts["round.opens_at"]})
    if facts["at"] > facts["round.closes_at"] or facts["round.state"] not in ("planned", "open"):
        return Refusal("round_closed", {"closes_at": facts["round.closes_at"]})
    return HOLDS


@guard("round.state")
def round_takes_bids(facts: Facts) -> Judgement:
    """The round's panel has not started."""
    if facts["round.state"] in ("planned", "open", "closed"):
        return HOLDS
    return Refusal("panel_started", {})


@guard("at", "round.closes_at")
def arrived_before_closing(facts: Facts) -> Judgement:
    """It arrived before the round's closing time."""
    if facts["at"] <= facts["round.closes_at"]:
        return HOLDS
    return Refusal("arrived_after_closing", {"closes_at": facts["round.closes_at"]})


@guard("at", "bid.due_at")
def arrived_before_grace_ended(facts: Facts) -> Judgement:
    """It arrived before the time given to change it ended."""
    if facts["bid.due_at"] is None or facts["at"] <= facts["bid.due_at"]:
        return HOLDS
    return Refusal("grace_ended", {"due_at": facts["bid.due_at"]})


@guard("at", "bid.due_at")
def before_endorsement_deadline(facts: Facts) -> Judgement:
    """It arrived before the endorsement deadline."""
    if facts["bid.due_at"] is None or facts["at"] <= facts["bid.due_at"]:
        return HOLDS
    return Refusal("endorsement_deadline_passed", {"due_at": facts["bid.due_at"]})


@guard("at", "bid.due_at")
def five_minutes_past_due(facts: Facts) -> Judgement:
    """Its deadline passed at least five minutes ago."""
    if facts["bid.due_at"] is not None and facts["at"] >= facts["bid.due_at"] + CLOCK_GRACE:
        return HOLDS
    return Refusal("deadline_not_passed", {"due_at": facts["bid.due_at"]})


@guard("at", "round.opens_at")
def opening_time_reached(facts: Facts) -> Judgement:
    """The round's opening time has come."""
    if facts["at"] >= facts["round.opens_at"]:
        return HOLDS
    return Refusal("round_not_open_yet", {"opens_at": facts["round.opens_at"]})


@guard("at", "round.closes_at")
def closing_time_passed(facts: Facts) -> Judgement:
    """The round's closing time passed at least five minutes ago."""
    if facts["at"] >= facts["round.closes_at"] + CLOCK_GRACE:
        return HOLDS
    return Refusal("round_still_open", {"closes_at": facts["round.closes_at"]})


@guard("at", "round.publish_at")
def release_window_over(facts: Facts) -> Judgement:
    """The release window is over."""
    if facts["round.publish_at"] is not None and facts["at"] >= facts["round.publish_at"]:
        return HOLDS
    return Refusal("window_running", {"publish_at": facts["round.publish_at"]})


@guard("at", "award.offer_until")
def before_offer_ends(facts: Facts) -> Judgement:
    """It arrived before the offer ended."""
    if facts["at"] <= facts["award.offer_until"]:
        return HOLDS
    return Refusal("offer_ended", {"offer_until": facts["award.offer_until"]})


@guard("at", "award.offer_until")
def offer_long_ended(facts: Facts) -> Judgement:
    """The offer ended at least five minutes ago."""
    if facts["at"] >= facts["award.offer_until"] + CLOCK_GRACE:
        return HOLDS
    return Refusal("offer_still_open", {"offer_until": facts["award.offer_until"]})


@guard("at", "cancel.asked_by", "cancel.expires_at")
def cancelling_was_asked(facts: Facts) -> Judgement:
    """The treasurer asked to cancel it, and the asking has not expired."""
    if facts["cancel.asked_by"] is None:
        return Refusal("cancelling_not_asked", {})
    if facts["at"] > facts["cancel.expires_at"]:
        return Refusal("cancelling_expired", {"expires_at": facts["cancel.expires_at"]})
    return HOLDS
