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


@guard("input.scores", "round.tops")
def every_criterion_scored(facts: Facts) -> Judgement:
    """Every criterion is scored, from 0 to the top of its scale."""
    scores, tops = facts["input.scores"], facts["round.tops"]
    missing = tuple(c for c, top in tops.items() if not _is_score(scores.get(c), top))
    if missing or set(scores) - set(tops):
        return Refusal("score_every_criterion", {"missing": missing})
    return HOLDS


def _is_score(value: object, top: int) -> bool:
    # True is 1 to Python and 3.0 is 3; neither is a score that somebody gave.
    return type(value) is int and 0 <= value <= top


@guard("round.blind", "panel.masked")
def masked_copy_confirmed(facts: Facts) -> Judgement:
    """Where the panel reads without names, an officer has confirmed the masked copy."""
    if facts["round.blind"] and not facts["panel.masked"]:
        return Refusal("masked_copy_missing", {}, "not_now")
    return HOLDS


@guard("panel.reviews", "round.reviews_needed")
def enough_reviews(facts: Facts) -> Judgement:
    """Enough reviews are in."""
    if facts["panel.reviews"] >= facts["round.reviews_needed"]:
        return HOLDS
    return Refusal(
        "reviews_missing", {"reviews": facts["panel.reviews"], "needed": facts["round.reviews_needed"]}
    )


@guard("panel.own_awaited")
def own_scores_in(facts: Facts) -> Judgement:
    """Whoever does it has sent their own scores, if they read it too."""
    return Refusal("own_scores_first", {}, "not_now") if facts["panel.own_awaited"] else HOLDS


@guard("panel.spread", "round.disagreement_limit")
def reviewers_disagree(facts: Facts) -> Judgement:
    """Scores lie further apart than the round allows."""
    if facts["panel.spread"] > facts["round.disagreement_limit"]:
        return HOLDS
    return Refusal(
        "scores_close",
        {"spread": facts["panel.spread"], "limit": facts["round.disagreement_limit"]},
        "not_now",
    )


@guard("panel.moderation")
def not_in_moderation(facts: Facts) -> Judgement:
    """Its reviewers are not talking it over."""
    return HOLDS if facts["panel.moderation"] != "open" else Refusal("talked_over_now", {}, "not_now")


@guard("panel.moderation")
def in_moderation(facts: Facts) -> Judgement:
    """Its reviewers are talking it over."""
    return HOLDS if facts["panel.moderation"] == "open" else Refusal("not_talked_over", {}, "not_now")


@guard("panel.spread", "round.disagreement_limit", "panel.moderation")
def disagreement_settled(facts: Facts) -> Judgement:
    """Scores that lie further apart than the round allows have been talked over, and the chair closed that."""
    if facts["panel.moderation"] == "open":
        return Refusal("talked_over_now", {}, "not_now")
    if facts["panel.spread"] <= facts["round.disagreement_limit"] or facts["panel.moderation"] == "settled":
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
