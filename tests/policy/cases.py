"""The favourable case of every move, what each move needs, and what breaks each need: reviewed by hand.

Nothing here is taken from the policy's own tables, so that a guard dropped from them is missed here.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TICK = timedelta(microseconds=1)
#: Persons.
DOER, APPLICANT, BACKER, JUDGE, COUNCILLOR, COLLEAGUE = 1, 2, 3, 4, 5, 6
CRITERIA = ("need", "reach", "cost")

#: A case in which every guard holds, but for what CHANGES says of single moves.
FAVOURABLE: dict[str, Any] = {
    "at": NOON,
    "actor.person": DOER,
    "parts.applicants": frozenset({APPLICANT}),
    "parts.endorsers": frozenset({BACKER}),
    "parts.panel_and_pay": frozenset({JUDGE}),
    "round.state": "open",
    "round.opens_at": NOON - 60 * MINUTE,
    "round.closes_at": NOON + 60 * MINUTE,
    "round.publish_at": NOON - MINUTE,
    "round.min_pence": 10_000,
    "round.max_pence": 500_000,
    "round.budget_pence": 2_000_000,
    "round.criteria": CRITERIA,
    "round.tops": dict.fromkeys(CRITERIA, 5),
    "round.blind": False,
    "round.reasons": ("out_of_area", "not_a_project"),
    "round.reviews_needed": 2,
    "round.disagreement_limit": 150,
    "round.unsettled": 0,
    "round.unpublished": 0,
    "bid.state": "awarded",
    "bid.due_at": NOON + 60 * MINUTE,
    "bid.amount_pence": 120_000,
    "form.missing": (),
    "form.amount_pence": 120_000,
    "form.budget_pence": 120_000,
    "form.declared": True,
    "form.unchecked_files": 0,
    "member.confirmed": True,
    "form.title": "Mending the pier",
    "form.organisation": "Friends of the Pier",
    "form.sha256": "b" * 64,
    "endorsement.backed_sha256": None,
    "rep.holding": 9,
    "rep.person": COUNCILLOR,
    "rep.in_office": True,
    "rep.covers": True,
    "rep.stood_aside": False,
    "panel.conflicted": False,
    "panel.reviews": 2,
    "panel.spread": 100,
    "panel.moderation": "none",
    "panel.own_awaited": False,
    "panel.masked": None,
    "decision.outcome": None,
    "decision.amount_pence": None,
    "money.staged_pence": 300_000,
    "money.awarded_pence": 400_000,
    "award.state": "accepted",
    "award.amount_pence": 120_000,
    "award.offer_until": NOON + 60 * MINUTE,
    "payments.total_pence": 40_000,
    "payments.open": 0,
    "payment.scheduled_by": COLLEAGUE,
    "report.state": "accepted",
    "report.filed_by": APPLICANT,
    "cancel.asked_by": COLLEAGUE,
    "cancel.expires_at": NOON + 60 * MINUTE,
    "input.reason": "It was promised twice.",
    "input.statement": "The pier is the village.",
    "input.no_interest": True,
    "input.document_id": 31,
    "input.rep_known": True,
    "input.rep_covers": True,
    "input.rep_in_office": True,
    "input.rep_stood_aside": False,
    "input.scores": {"need": 5, "reach": 0, "cost": 3},
    "input.outcome": "award",
    "input.amount_pence": 60_000,
    "input.feedback": "",
    "input.agreed": True,
    "input.due_on": NOON.date(),
    "input.paid_on": NOON.date(),
    "input.story": "We mended it.",
    "input.learned": "Order the timber early.",
    "input.spent_pence": 60_000,
}

_PAST_DUE = {"bid.due_at": NOON - 5 * MINUTE}
_PANEL = {"round.state": "panel"}
_BACKED = {"endorsement.backed_sha256": "b" * 64}

#: Where the favourable case of one move differs: (life, move) -> facts.
CHANGES: dict[tuple[str, str], dict[str, Any]] = {
    ("bid", "resubmit"): _BACKED,
    ("bid", "lapse"): _PAST_DUE,
    ("bid", "rule_out"): {"input.reason": "out_of_area"},
    ("bid", "stand_aside"): {"input.reason": "interest"},
    ("bid", "review"): _PANEL,
    ("bid", "moderate"): _PANEL | {"panel.spread": 151},
    ("bid", "settle"): _PANEL | {"panel.moderation": "open"},
    ("bid", "conclude"): _PANEL,
    ("bid", "reopen"): _PANEL,
    ("bid", "decide"): _PANEL,
    ("bid", "award"): {
        "round.state": "releasing",
        "decision.outcome": "award",
        "decision.amount_pence": 60_000,
    },
    ("bid", "decline"): {"round.state": "releasing", "decision.outcome": "decline"},
    ("bid", "fall_through"): {"award.state": "refused"},
    ("round", "open"): {"round.opens_at": NOON},
    ("round", "close"): {"round.closes_at": NOON - 5 * MINUTE},
    ("award", "lapse"): {"award.offer_until": NOON - 5 * MINUTE},
    ("award", "cancel"): {"bid.state": "cancelled"},
    ("payment", "cancel"): {"bid.state": "cancelled"},
    ("report", "drop"): {"bid.state": "cancelled"},
}

_APART = ("apart_from_applicant", "apart_from_endorser")
_FORM = (
    "form_complete",
    "budget_adds_up",
    "amount_within_limits",
    "representative_covers_area",
    "representative_has_not_stood_aside",
    "declarations_ticked",
    "files_checked",
)
_ANSWER = ("before_endorsement_deadline", "apart_from_applicant", "written_answer_has_its_file")
_JUDGING = ("panel_at_work", *_APART, "no_conflict")

#: What each move needs: (life, move, state or None) -> guards. Of bids, the release is added below.
NEEDS: dict[tuple[str, str, str | None], tuple[str, ...]] = {
    ("bid", "start", None): ("round_open",),
    ("bid", "take_in", None): ("round_takes_bids", "title_and_organisation", "amount_within_limits"),
    ("bid", "submit", "draft"): ("arrived_before_closing", "member_confirmed", *_FORM),
    ("bid", "submit", "returned"): ("arrived_before_grace_ended", "not_backed_as_it_stands", *_FORM),
    ("bid", "resubmit", "returned"): ("arrived_before_grace_ended", "backed_as_it_stands"),
    ("bid", "name_endorser", "submitted"): (
        "before_endorsement_deadline",
        "new_representative_covers_area",
        "new_representative_has_not_stood_aside",
    ),
    ("bid", "stand_aside", "submitted"): ("before_endorsement_deadline", "reason_for_standing_aside"),
    ("bid", "endorse", "submitted"): (
        *_ANSWER,
        "in_office_for_area",
        "endorser_apart",
        "no_interest_declared",
        "statement_given",
    ),
    ("bid", "refuse", "submitted"): (*_ANSWER, "reason_given"),
    ("bid", "send_back", "submitted"): ("panel_not_started", "apart_from_applicant", "reason_given"),
    ("bid", "send_back", "endorsed"): ("panel_not_started", *_APART, "reason_given"),
    ("bid", "rule_out", "submitted"): (*_APART, "reason_from_list"),
    ("bid", "rule_out", "endorsed"): (*_APART, "reason_from_list"),
    ("bid", "review", "endorsed"): (*_JUDGING, "masked_copy_confirmed", "every_criterion_scored"),
    ("bid", "moderate", "endorsed"): (
        *_JUDGING,
        "own_scores_in",
        "enough_reviews",
        "reviewers_disagree",
        "not_in_moderation",
    ),
    ("bid", "settle", "endorsed"): (*_JUDGING, "own_scores_in", "in_moderation", "reason_given"),
    ("bid", "conclude", "endorsed"): (*_JUDGING, "own_scores_in", "enough_reviews", "disagreement_settled"),
    ("bid", "reopen", "reviewed"): (*_JUDGING, "not_decided"),
    ("bid", "decide", "reviewed"): (
        *_JUDGING,
        "outcome_with_feedback",
        "amount_not_above_request",
        "staged_fits_the_round",
    ),
    ("bid", "award", "reviewed"): ("release_window_over", "decided_to_award", "money_free"),
    ("bid", "decline", "reviewed"): ("release_window_over", "decided_to_decline"),
    **{
        ("bid", "withdraw", state): () for state in ("draft", "returned", "submitted", "endorsed", "reviewed")
    },
    **{("bid", "lapse", state): ("five_minutes_past_due",) for state in ("draft", "submitted", "returned")},
    ("bid", "report", "awarded"): (*_APART, "final_report_accepted", "no_open_payment"),
    ("bid", "fall_through", "awarded"): ("award_refused_or_lapsed",),
    ("bid", "ask_cancel", "awarded"): (*_APART, "reason_given"),
    ("bid", "confirm_cancel", "awarded"): (*_APART, "cancelling_was_asked", "another_than_asker"),
    ("round", "plan", None): (),
    ("round", "open", "planned"): ("opening_time_reached",),
    ("round", "close", "open"): ("closing_time_passed",),
    ("round", "start_panel", "closed"): ("has_rubric",),
    ("round", "release", "panel"): ("every_bid_settled",),
    ("round", "undo", "releasing"): (),
    ("round", "publish", "releasing"): ("release_window_over", "every_decision_published"),
    ("round", "archive", "released"): (),
    ("award", "offer", None): ("bid_awarded",),
    ("award", "accept", "offered"): ("before_offer_ends",),
    ("award", "refuse", "offered"): ("before_offer_ends",),
    ("award", "lapse", "offered"): ("offer_long_ended",),
    ("award", "cancel", "offered"): (*_APART, "bid_cancelled"),
    ("award", "cancel", "accepted"): (*_APART, "bid_cancelled"),
    ("award", "vary", "accepted"): (
        *_APART,
        "reason_given",
        "lower_amount_covers_payments",
        "member_agreed",
    ),
    ("award", "complete", "accepted"): (*_APART, "final_report_accepted", "no_open_payment"),
    ("payment", "schedule", None): (*_APART, "award_accepted", "payments_within_award", "day_due_given"),
    ("payment", "approve", "scheduled"): (*_APART, "another_than_scheduler"),
    ("payment", "send", "approved"): _APART,
    ("payment", "confirm", "sent"): (*_APART, "day_paid_given"),
    ("payment", "fail", "sent"): (*_APART, "reason_given"),
    ("payment", "reschedule", "failed"): (*_APART, "day_due_given"),
    **{
        ("payment", "cancel", state): (*_APART, "officer_only_with_the_bid")
        for state in ("scheduled", "approved", "failed")
    },
    ("report", "open", None): ("award_accepted",),
    ("report", "file", "due"): ("report_complete",),
    ("report", "file", "returned"): ("report_complete",),
    ("report", "accept", "filed"): (*_APART, "another_than_author"),
    ("report", "return", "filed"): (*_APART, "another_than_author", "reason_given"),
    **{("report", "drop", state): (*_APART, "bid_cancelled") for state in ("due", "filed", "returned")},
}
for _life, _move, _state in NEEDS:
    if _life == "bid" and _move not in ("award", "decline"):
        NEEDS[_life, _move, _state] = ("round_not_releasing", *NEEDS[_life, _move, _state])

#: One way to break each guard without touching another's facts, and the code it then answers.
BREAKS: dict[str, tuple[dict[str, Any], str]] = {
    "round_not_releasing": ({"round.state": "releasing"}, "round_releasing"),
    "round_open": ({"round.closes_at": NOON - TICK}, "round_closed"),
    "round_takes_bids": ({"round.state": "panel"}, "panel_started"),
    "title_and_organisation": ({"form.title": ""}, "no_title"),
    "amount_within_limits": ({"round.min_pence": 120_001}, "amount_outside_limits"),
    "arrived_before_closing": ({"round.closes_at": NOON - TICK}, "arrived_after_closing"),
    "arrived_before_grace_ended": ({"bid.due_at": NOON - TICK}, "grace_ended"),
    "not_backed_as_it_stands": (_BACKED, "backed_and_unchanged"),
    "backed_as_it_stands": ({"endorsement.backed_sha256": None}, "not_backed_before"),
    "form_complete": ({"form.missing": ("what",)}, "form_incomplete"),
    "budget_adds_up": ({"form.budget_pence": 119_999}, "budget_differs"),
    "representative_covers_area": ({"rep.covers": False}, "representative_covers_elsewhere"),
    "representative_has_not_stood_aside": ({"rep.stood_aside": True}, "representative_stood_aside"),
    "new_representative_has_not_stood_aside": (
        {"input.rep_stood_aside": True},
        "representative_stood_aside",
    ),
    "reason_for_standing_aside": ({"input.reason": "because"}, "say_why_aside"),
    "member_confirmed": ({"member.confirmed": False}, "membership_unconfirmed"),
    "files_checked": ({"form.unchecked_files": 1}, "files_unchecked"),
    "declarations_ticked": ({"form.declared": False}, "declarations_open"),
    "before_endorsement_deadline": ({"bid.due_at": NOON - TICK}, "endorsement_deadline_passed"),
    "new_representative_covers_area": ({"input.rep_covers": False}, "representative_covers_elsewhere"),
    "apart_from_applicant": ({"parts.applicants": {APPLICANT, DOER}}, "own_bid"),
    "apart_from_endorser": ({"parts.endorsers": {BACKER, DOER}}, "endorsed_it"),
    "written_answer_has_its_file": ({"input.document_id": None}, "written_answer_needs_file"),
    "in_office_for_area": ({"rep.in_office": False}, "not_in_office"),
    "endorser_apart": ({"parts.panel_and_pay": {COUNCILLOR}}, "judges_or_pays_it"),
    "no_interest_declared": ({"input.no_interest": False}, "say_no_interest"),
    "statement_given": ({"input.statement": " \n"}, "say_why"),
    "reason_given": ({"input.reason": " \n"}, "give_a_reason"),
    "reason_from_list": ({"input.reason": "because"}, "reason_not_listed"),
    "panel_not_started": ({"round.state": "panel"}, "panel_started"),
    "panel_at_work": ({"round.state": "closed"}, "panel_not_at_work"),
    "no_conflict": ({"panel.conflicted": True}, "interest_declared"),
    "every_criterion_scored": ({"input.scores": {"need": 5, "reach": 0}}, "score_every_criterion"),
    "enough_reviews": ({"panel.reviews": 1}, "reviews_missing"),
    "masked_copy_confirmed": ({"round.blind": True, "panel.masked": None}, "masked_copy_missing"),
    "own_scores_in": ({"panel.own_awaited": True}, "own_scores_first"),
    "reviewers_disagree": ({"panel.spread": 150}, "scores_close"),
    "not_in_moderation": ({"panel.moderation": "open"}, "talked_over_now"),
    "in_moderation": ({"panel.moderation": "settled"}, "not_talked_over"),
    "disagreement_settled": ({"panel.spread": 151}, "talk_it_over"),
    "not_decided": ({"decision.outcome": "decline"}, "already_decided"),
    "outcome_with_feedback": ({"input.outcome": "decline"}, "feedback_for_decline"),
    "amount_not_above_request": ({"bid.amount_pence": 59_999}, "amount_above_request"),
    "staged_fits_the_round": ({"round.budget_pence": 759_999}, "money_short"),
    "release_window_over": ({"round.publish_at": NOON + TICK}, "window_running"),
    "decided_to_award": ({"decision.outcome": None}, "no_award_staged"),
    "decided_to_decline": ({"decision.outcome": None}, "no_decline_staged"),
    "money_free": ({"round.budget_pence": 459_999}, "money_short"),
    "five_minutes_past_due": ({"bid.due_at": NOON - 5 * MINUTE + TICK}, "deadline_not_passed"),
    "final_report_accepted": ({"report.state": "filed"}, "report_not_accepted"),
    "no_open_payment": ({"payments.open": 1}, "payments_open"),
    "award_refused_or_lapsed": ({"award.state": "accepted"}, "award_stands"),
    "cancelling_was_asked": ({"cancel.expires_at": NOON - TICK}, "cancelling_expired"),
    "another_than_asker": ({"cancel.asked_by": DOER}, "asked_it_yourself"),
    "opening_time_reached": ({"round.opens_at": NOON + TICK}, "round_not_open_yet"),
    "closing_time_passed": ({"round.closes_at": NOON - 5 * MINUTE + TICK}, "round_still_open"),
    "has_rubric": ({"round.criteria": ()}, "no_rubric"),
    "every_bid_settled": ({"round.unsettled": 1}, "bids_unsettled"),
    "every_decision_published": ({"round.unpublished": 1}, "decisions_unpublished"),
    "bid_awarded": ({"bid.state": "reviewed"}, "bid_not_awarded"),
    "before_offer_ends": ({"award.offer_until": NOON - TICK}, "offer_ended"),
    "offer_long_ended": ({"award.offer_until": NOON - 5 * MINUTE + TICK}, "offer_still_open"),
    "bid_cancelled": ({"bid.state": "awarded"}, "bid_stands"),
    "lower_amount_covers_payments": ({"payments.total_pence": 60_001}, "below_payments"),
    "member_agreed": ({"input.agreed": False}, "member_must_agree"),
    "award_accepted": ({"award.state": "offered"}, "award_not_accepted"),
    "payments_within_award": ({"payments.total_pence": 60_001}, "award_short"),
    "day_due_given": ({"input.due_on": None}, "give_the_day"),
    "day_paid_given": ({"input.paid_on": None}, "give_the_day"),
    "another_than_scheduler": ({"payment.scheduled_by": DOER}, "scheduled_it_yourself"),
    "officer_only_with_the_bid": ({"bid.state": "awarded"}, "bid_stands"),
    "report_complete": ({"input.story": " "}, "say_how_it_went"),
    "another_than_author": ({"report.filed_by": DOER}, "wrote_it_yourself"),
}

#: A round that is being released is also no round that takes bids or whose panel is at work.
ALSO_WHILE_RELEASING = {
    "round_open": "round_closed",
    "round_takes_bids": "panel_started",
    "panel_not_started": "panel_started",
    "panel_at_work": "panel_not_at_work",
}


def favourable(life: str, move: str, *roles: str, **changes: Any) -> dict[str, Any]:
    """The facts of a case in which the move is granted to whoever holds one of the move's roles."""
    holds = {role: None if role == "clock" else ("role_grant", 7) for role in roles}
    return {**FAVOURABLE, **CHANGES.get((life, move), {}), "actor.holds": holds, **changes}
