"""Guards on the panel's work."""

from workflows.grammar import HOLDS, Facts, Judgement, Refusal, guard


@guard("round.state")
def panel_not_started(facts: Facts) -> Judgement:
    """The panel has not started."""
    if facts["round.state"] in ("planned", "open", "closed"):
        return HOLDS
    return Refusal("panel_started", {}, "not_now")


@guard("round.state")
def panel_at_work(facts: Facts) -> Judgement:
    """The panel has started and has not been released."""
    if facts["round.state"] == "panel":
        return HOLDS
    return Refusal("panel_not_at_work", {"state": facts["round.state"]}, "not_now")


@guard("input.scores", "round.criteria")
def every_criterion_scored(facts: Facts) -> Judgement:
    """Every criterion is scored from 0 to 5."""
    scores = facts["input.scores"]
    missing = tuple(c for c in facts["round.criteria"] if not _is_score(scores.get(c)))
    if missing or set(scores) - set(facts["round.criteria"]):
        return Refusal("score_every_criterion", {"missing": missing})
    return HOLDS


def _is_score(value: object) -> bool:
    # True is 1 to Python and 3.0 is 3; neither is a score that somebody gave.
    return type(value) is int and 0 <= value <= 5


@guard("panel.reviews", "round.reviews_needed")
def enough_reviews(facts: Facts) -> Judgement:
    """Enough reviews are in."""
    if facts["panel.reviews"] >= facts["round.reviews_needed"]:
        return HOLDS
    return Refusal(
        "reviews_missing", {"reviews": facts["panel.reviews"], "needed": facts["round.reviews_needed"]}
    )


@guard("panel.spread", "round.disagreement_limit", "input.moderated")
def disagreement_moderated(facts: Facts) -> Judgement:
    """Scores that lie further apart than the round allows have been talked over."""
    if facts["panel.spread"] <= facts["round.disagreement_limit"] or facts["input.moderated"] is True:
        return HOLDS
    return Refusal(
        "talk_it_over", {"spread": facts["panel.spread"], "limit": facts["round.disagreement_limit"]}
    )


@guard("decision.outcome")
def not_decided(facts: Facts) -> Judgement:
    """No decision is staged."""
    return HOLDS if facts["decision.outcome"] is None else Refusal("already_decided", {}, "not_now")


@guard("decision.outcome")
def decided_to_award(facts: Facts) -> Judgement:
    """An award is staged for it."""
    return HOLDS if facts["decision.outcome"] == "award" else Refusal("no_award_staged", {}, "not_now")


@guard("decision.outcome")
def decided_to_decline(facts: Facts) -> Judgement:
    """A decline is staged for it."""
    return HOLDS if facts["decision.outcome"] == "decline" else Refusal("no_decline_staged", {}, "not_now")


@guard("input.outcome", "input.feedback")
def outcome_with_feedback(facts: Facts) -> Judgement:
    """The outcome is an award or a decline, and a decline tells the applicant why."""
    if facts["input.outcome"] not in ("award", "decline"):
        return Refusal("choose_an_outcome", {})
    if facts["input.outcome"] == "decline" and not (facts["input.feedback"] or "").strip():
        return Refusal("feedback_for_decline", {})
    return HOLDS


@guard("round.criteria")
def has_rubric(facts: Facts) -> Judgement:
    """The round has criteria to score by."""
    return HOLDS if facts["round.criteria"] else Refusal("no_rubric", {})


@guard("round.unsettled")
def every_bid_settled(facts: Facts) -> Judgement:
    """Every bid has ended, or is reviewed with a decision."""
    if facts["round.unsettled"]:
        return Refusal("bids_unsettled", {"count": facts["round.unsettled"]})
    return HOLDS


@guard("round.unpublished")
def every_decision_published(facts: Facts) -> Judgement:
    """Every staged decision has become an award or a decline."""
    if facts["round.unpublished"]:
        return Refusal("decisions_unpublished", {"count": facts["round.unpublished"]})
    return HOLDS
