"""Every guard on its own: facts in, HOLDS or the exact refusal out; to the microsecond and the penny."""

from typing import Any

import pytest

from tests.policy.cases import MINUTE, NOON, TICK
from workflows.grammar import GUARDS, HOLDS, Facts, MissingFact, Refusal

A, B = "a" * 64, "b" * 64
YES = None


def no(code: str, kind: str = "not_yet", /, **params: Any) -> Refusal:
    return Refusal(code, params, kind)  # type: ignore[arg-type]


#: (guard, facts, what it answers: YES or the refusal)
CASES: list[tuple[str, dict[str, Any], Refusal | None]] = []


def of(guard: str, *names: str, cases: list[tuple[Any, ...]]) -> None:
    CASES.extend((guard, dict(zip(names, case[:-1], strict=True)), case[-1]) for case in cases)


# Time: in time up to the very moment; the clock five minutes later.
of(
    "round_open", "round.state", "at", "round.opens_at", "round.closes_at",
    cases=[
        ("open", NOON, NOON, NOON + MINUTE, YES),
        ("open", NOON, NOON - MINUTE, NOON, YES),
        ("planned", NOON, NOON - MINUTE, NOON + MINUTE, YES),
        ("open", NOON, NOON + TICK, NOON + MINUTE, no("round_not_open_yet", opens_at=NOON + TICK)),
        ("open", NOON, NOON - MINUTE, NOON - TICK, no("round_closed", closes_at=NOON - TICK)),
        ("closed", NOON, NOON - MINUTE, NOON + MINUTE, no("round_closed", closes_at=NOON + MINUTE)),
        ("archived", NOON, NOON - MINUTE, NOON + MINUTE, no("round_closed", closes_at=NOON + MINUTE)),
    ],
)  # fmt: skip
of(
    "round_takes_bids", "round.state",
    cases=[
        *((state, YES) for state in ("planned", "open", "closed")),
        *((state, no("panel_started")) for state in ("panel", "releasing", "released", "archived")),
    ],
)  # fmt: skip
for name, fact, code, param in (
    ("arrived_before_closing", "round.closes_at", "arrived_after_closing", "closes_at"),
    ("arrived_before_grace_ended", "bid.due_at", "grace_ended", "due_at"),
    ("before_endorsement_deadline", "bid.due_at", "endorsement_deadline_passed", "due_at"),
    ("before_offer_ends", "award.offer_until", "offer_ended", "offer_until"),
):
    of(
        name, "at", fact,
        cases=[
            (NOON, NOON + TICK, YES),
            (NOON, NOON, YES),
            (NOON, NOON - TICK, no(code, **{param: NOON - TICK})),
            (NOON, NOON - MINUTE, no(code, **{param: NOON - MINUTE})),
        ],
    )  # fmt: skip
# A bid taken in from a file may stand without a deadline: then none has passed, and none lapses.
for name in ("arrived_before_grace_ended", "before_endorsement_deadline"):
    CASES.append((name, {"at": NOON, "bid.due_at": None}, YES))
for name, fact, code, param in (
    ("five_minutes_past_due", "bid.due_at", "deadline_not_passed", "due_at"),
    ("closing_time_passed", "round.closes_at", "round_still_open", "closes_at"),
    ("offer_long_ended", "award.offer_until", "offer_still_open", "offer_until"),
):
    of(
        name, "at", fact,
        cases=[
            (NOON, NOON - 6 * MINUTE, YES),
            (NOON, NOON - 5 * MINUTE, YES),
            (NOON, NOON - 5 * MINUTE + TICK, no(code, **{param: NOON - 5 * MINUTE + TICK})),
            (NOON, NOON, no(code, **{param: NOON})),
        ],
    )  # fmt: skip
CASES.append(
    ("five_minutes_past_due", {"at": NOON, "bid.due_at": None}, no("deadline_not_passed", due_at=None))
)
of(
    "opening_time_reached", "at", "round.opens_at",
    cases=[
        (NOON, NOON, YES),
        (NOON, NOON - MINUTE, YES),
        (NOON, NOON + TICK, no("round_not_open_yet", opens_at=NOON + TICK)),
    ],
)  # fmt: skip
of(
    "release_window_over", "at", "round.publish_at",
    cases=[
        (NOON, NOON, YES),
        (NOON, NOON - TICK, YES),
        (NOON, NOON + TICK, no("window_running", publish_at=NOON + TICK)),
        (NOON, None, no("window_running", publish_at=None)),
    ],
)  # fmt: skip
of(
    "cancelling_was_asked", "at", "cancel.asked_by", "cancel.expires_at",
    cases=[
        (NOON, 4, NOON, YES),
        (NOON, 4, NOON - TICK, no("cancelling_expired", expires_at=NOON - TICK)),
        (NOON, None, None, no("cancelling_not_asked")),
    ],
)  # fmt: skip

# What was written.
of("form_complete", "form.missing", cases=[
    ((), YES), ([], YES), (["what", "who"], no("form_incomplete", missing=("what", "who"))),
])  # fmt: skip
of("budget_adds_up", "form.amount_pence", "form.budget_pence", cases=[
    (100, 100, YES), (0, 0, YES),
    (100, 99, no("budget_differs", asked_pence=100, lines_pence=99)),
    (100, 101, no("budget_differs", asked_pence=100, lines_pence=101)),
])  # fmt: skip
of("amount_within_limits", "form.amount_pence", "round.min_pence", "round.max_pence", cases=[
    (100, 100, 500, YES), (500, 100, 500, YES), (100, 100, 100, YES),
    (99, 100, 500, no("amount_outside_limits", amount_pence=99, min_pence=100, max_pence=500)),
    (501, 100, 500, no("amount_outside_limits", amount_pence=501, min_pence=100, max_pence=500)),
])  # fmt: skip
of("declarations_ticked", "form.declared", cases=[(True, YES), (False, no("declarations_open"))])
of("title_and_organisation", "form.title", "form.organisation", cases=[
    ("Pier", "Friends", YES), ("", "Friends", no("no_title")), ("Pier", "", no("no_organisation")),
    ("", "", no("no_title")), (None, "Friends", no("no_title")), ("Pier", None, no("no_organisation")),
])  # fmt: skip
of("not_backed_as_it_stands", "endorsement.backed_sha256", "form.sha256", cases=[
    (None, A, YES), (B, A, YES), (A, A, no("backed_and_unchanged", "not_now")),
])  # fmt: skip
of("backed_as_it_stands", "endorsement.backed_sha256", "form.sha256", cases=[
    (A, A, YES), (None, A, no("not_backed_before", "not_now")),
    (B, A, no("changed_since_backed", "not_now")),
])  # fmt: skip
of("reason_given", "input.reason", cases=[
    ("No.", YES), ("", no("give_a_reason")), (" \n\t", no("give_a_reason")), (None, no("give_a_reason")),
])  # fmt: skip
of("reason_from_list", "input.reason", "round.reasons", cases=[
    ("late", ("late", "far"), YES), ("lat", ("late", "far"), no("reason_not_listed")),
    ("", ("late",), no("reason_not_listed")), (None, ("late",), no("reason_not_listed")),
    ("late", (), no("reason_not_listed")),
])  # fmt: skip
of("statement_given", "input.statement", cases=[
    ("Good.", YES), ("x" * 1200, YES), (f"  {'x' * 1200}\n", YES),
    ("x" * 1201, no("too_long", limit=1200, length=1201)),
    ("", no("say_why")), ("  ", no("say_why")), (None, no("say_why")),
])  # fmt: skip
of("report_complete", "input.story", "input.learned", "input.spent_pence", "award.amount_pence", cases=[
    ("Done", "Much", 0, 100, YES), ("Done", "Much", 100, 100, YES), ("Done", "Much", 101, 100, YES),
    (" ", "Much", 1, 100, no("say_how_it_went")), (None, "Much", 1, 100, no("say_how_it_went")),
    ("Done", "", 1, 100, no("say_what_you_learned")), ("Done", None, 1, 100, no("say_what_you_learned")),
    ("Done", "Much", None, 100, no("say_what_was_spent")),
    ("Done", "Much", -1, 100, no("say_what_was_spent")),
])  # fmt: skip

# Money, to the penny.
of("amount_not_above_request", "input.outcome", "input.amount_pence", "bid.amount_pence", cases=[
    ("award", 100, 100, YES), ("award", 1, 100, YES), ("decline", 999, 100, YES), ("decline", None, 100, YES),
    ("award", 101, 100, no("amount_above_request", asked_pence=100, amount_pence=101)),
    ("award", 0, 100, no("amount_must_be_positive")), ("award", -1, 100, no("amount_must_be_positive")),
    ("award", None, 100, no("amount_must_be_positive")),
])  # fmt: skip
of(
    "staged_fits_the_round", "input.outcome", "input.amount_pence", "money.staged_pence",
    "money.awarded_pence", "round.budget_pence",
    cases=[
        ("award", 30, 40, 30, 100, YES), ("award", None, 40, 30, 100, YES),
        ("decline", 999, 40, 30, 100, YES),
        ("award", 31, 40, 30, 100, no("money_short", free_pence=30, amount_pence=31)),
        ("award", 1, 40, 60, 100, no("money_short", free_pence=0, amount_pence=1)),
        ("award", 1, 50, 60, 100, no("money_short", free_pence=0, amount_pence=1)),
    ],
)  # fmt: skip
of("money_free", "decision.amount_pence", "money.awarded_pence", "round.budget_pence", cases=[
    (60, 40, 100, YES), (None, 100, 100, YES),
    (61, 40, 100, no("money_short", free_pence=60, amount_pence=61)),
    (1, 120, 100, no("money_short", free_pence=0, amount_pence=1)),
])  # fmt: skip
of("payments_within_award", "input.amount_pence", "payments.total_pence", "award.amount_pence", cases=[
    (60, 40, 100, YES), (100, 0, 100, YES), (1, 0, 100, YES),
    (61, 40, 100, no("award_short", free_pence=60, amount_pence=61)),
    (1, 100, 100, no("award_short", free_pence=0, amount_pence=1)),
    (0, 0, 100, no("amount_must_be_positive")), (-5, 0, 100, no("amount_must_be_positive")),
    (None, 0, 100, no("amount_must_be_positive")),
])  # fmt: skip
of("lower_amount_covers_payments", "input.amount_pence", "payments.total_pence", "award.amount_pence", cases=[
    (100, 40, 100, YES), (40, 40, 100, YES), (1, 0, 100, YES),
    (101, 40, 100, no("only_lower", award_pence=100)),
    (39, 40, 100, no("below_payments", payments_pence=40)),
    (0, 0, 100, no("amount_must_be_positive")), (-1, 0, 100, no("amount_must_be_positive")),
    (None, 0, 100, no("amount_must_be_positive")),
])  # fmt: skip
of("variation_covers_payments", "variation.amount_pence", "payments.total_pence", cases=[
    (100, 40, YES), (40, 40, YES), (39, 40, no("below_payments", payments_pence=40)),
])  # fmt: skip
of("money_is_there", "payment.amount_pence", "pot.available_pence", cases=[
    (60, 60, YES), (60, 99, YES), (60, 59, no("pot_short", available_pence=59, amount_pence=60)),
    (60, 0, no("pot_short", available_pence=0, amount_pence=60)),
    (1, -1, no("pot_short", available_pence=0, amount_pence=1)),
])  # fmt: skip
of("no_open_payment", "payments.open", cases=[(0, YES), (2, no("payments_open", count=2))])
of("day_paid_given", "input.paid_on", cases=[(NOON.date(), YES), (None, no("give_the_day"))])
of("day_due_given", "input.due_on", cases=[(NOON.date(), YES), (None, no("give_the_day"))])

# What else stands.
AWARD_STATES = ("offered", "accepted", "complete", "refused", "lapsed", "cancelled", None)
BID_STATES = ("draft", "submitted", "returned", "endorsed", "reviewed", "awarded", "reported", "cancelled")
ROUND_STATES = ("planned", "open", "closed", "panel", "releasing", "released", "archived")
for name, fact, every, good, refusal in (
    ("award_refused_or_lapsed", "award.state", AWARD_STATES, ("refused", "lapsed"),
     no("award_stands", "not_now")),
    ("award_accepted", "award.state", AWARD_STATES, ("accepted",), no("award_not_accepted", "not_now")),
    ("final_report_accepted", "report.state", ("due", "filed", "returned", "accepted", "dropped", None),
     ("accepted",), no("report_not_accepted")),
    ("bid_cancelled", "bid.state", BID_STATES, ("cancelled",), no("bid_stands", "not_now")),
    ("bid_awarded", "bid.state", BID_STATES, ("awarded",), no("bid_not_awarded", "not_now")),
    ("panel_not_started", "round.state", ROUND_STATES, ("planned", "open", "closed"),
     no("panel_started", "not_now")),
    ("round_not_releasing", "round.state", ROUND_STATES, tuple(s for s in ROUND_STATES if s != "releasing"),
     no("round_releasing", "not_now")),
    ("not_decided", "decision.outcome", ("award", "decline", None), (None,),
     no("already_decided", "not_now")),
    ("decided_to_award", "decision.outcome", ("award", "decline", None), ("award",),
     no("no_award_staged", "not_now")),
    ("decided_to_decline", "decision.outcome", ("award", "decline", None), ("decline",),
     no("no_decline_staged", "not_now")),
    ("has_rubric", "round.criteria", ((), ("need",)), (("need",),), no("no_rubric")),
    ("every_bid_settled", "round.unsettled", (0,), (0,), no("")),
    ("every_decision_published", "round.unpublished", (0,), (0,), no("")),
):  # fmt: skip
    of(name, fact, cases=[(value, YES if value in good else refusal) for value in every])
of("panel_at_work", "round.state", cases=[
    (state, YES if state == "panel" else no("panel_not_at_work", "not_now", state=state))
    for state in ROUND_STATES
])  # fmt: skip
CASES += [
    ("every_bid_settled", {"round.unsettled": 3}, no("bids_unsettled", count=3)),
    ("every_decision_published", {"round.unpublished": 1}, no("decisions_unpublished", count=1)),
]

NOT_YET_REPORTED = ("due", "filed", "returned", "dropped", None)
of("milestone_reached", "payment.milestone", "report.state", cases=[
    *((free, state, YES) for free in ("", None) for state in ("accepted", *NOT_YET_REPORTED)),
    ("report", "accepted", YES),
    *(("report", state, no("milestone_not_reached")) for state in NOT_YET_REPORTED),
])  # fmt: skip
of("no_report_overdue", "report.overdue", cases=[(False, YES), (True, no("report_overdue"))])
of("variation_open", "variation.open", cases=[(True, YES), (False, no("no_variation_waits", "not_now"))])
of("no_variation_open", "variation.open", cases=[(False, YES), (True, no("variation_waits", "not_now"))])

# Bank details. 41 stands, 42 is asked for.
GIVEN = no("bank_details_given", "not_now")
of("no_bank_details_yet", "payee.standing", "payee.asked", cases=[
    (None, None, YES), (41, None, GIVEN), (None, 42, GIVEN), (41, 42, GIVEN),
])  # fmt: skip
of("old_details_replaced", "payee.standing", cases=[(None, YES), (41, no("old_details_stand", "not_now"))])
of("bank_details_stand", "payee.standing", cases=[(41, YES), (None, no("no_bank_details"))])
of("no_change_under_way", "payee.asked", cases=[(None, YES), (42, no("bank_change_under_way", "not_now"))])
CHANGED = no("bank_details_changed")
of("bank_details_as_approved", "payee.standing", "payment.payee", cases=[
    (41, 41, YES), (42, 41, CHANGED), (None, 41, CHANGED), (41, None, CHANGED), (None, None, CHANGED),
])  # fmt: skip
of("cooled_off", "at", "payee.cools_until", cases=[
    (NOON, NOON, YES), (NOON, NOON - TICK, YES),
    (NOON, NOON + TICK, no("cooling_off", cools_until=NOON + TICK)),
])  # fmt: skip
UNCONFIRMED = no("no_change_confirmed", "not_now")
of("change_takes_effect", "at", "payee.asked", "payee.asked_confirmed", "payee.asked_cools_until", cases=[
    (NOON, 42, True, NOON, YES), (NOON, 42, True, NOON - TICK, YES),
    (NOON, 42, True, NOON + TICK, no("cooling_off", cools_until=NOON + TICK)),
    (NOON, 42, False, NOON, UNCONFIRMED), (NOON, None, False, None, UNCONFIRMED),
    (NOON, None, True, NOON, UNCONFIRMED), (NOON, 42, False, NOON + TICK, UNCONFIRMED),
])  # fmt: skip
of("bank_answer_listed", "input.answer", cases=[
    *((answer, YES) for answer in ("match", "close", "no_match", "unavailable")),
    *((answer, no("choose_the_banks_answer")) for answer in ("", None, "Match", "yes")),
])  # fmt: skip


def lacking(*missing: str) -> Refusal:
    return no("bank_details_incomplete", missing=missing)


of("bank_details_complete", "input.holder_name", "input.kind", "input.sort_code", "input.account", cases=[
    ("Zoë O'Hara", "business", "309634", "12345678", YES), ("Z", "personal", "000000", "00000000", YES),
    (" ", "business", "309634", "12345678", lacking("holder_name")),
    ("Z", "", "309634", "12345678", lacking("kind")), ("Z", "Business", "309634", "12345678", lacking("kind")),
    *(("Z", "business", code, "12345678", lacking("sort_code"))
      for code in ("", "30963", "3096345", "30-96-34", "30963O", "３０９６３４", "30963²", " 30963")),
    *(("Z", "business", "309634", number, lacking("account"))
      for number in ("", "1234567", "123456789", "1234 5678", "1234567a", "１２３４５６７８", "+1234567")),
    ("", "", "", "", lacking("holder_name", "kind", "sort_code", "account")),
])  # fmt: skip
of("name_typed", "input.name", cases=[
    ("Ama", YES), (" Ama ", YES), ("", no("type_your_name")), (" \n\t", no("type_your_name")),
])  # fmt: skip

# The panel.
BOTH = ("need", "cost")
TWO = {"need": 5, "cost": 5}
of("every_criterion_scored", "input.scores", "round.tops", cases=[
    ({"need": 0, "cost": 5}, TWO, YES),
    ({"need": 0}, TWO, no("score_every_criterion", missing=("cost",))),
    ({"need": 6, "cost": -1}, TWO, no("score_every_criterion", missing=BOTH)),
    ({"need": None, "cost": 3}, TWO, no("score_every_criterion", missing=("need",))),
    ({"need": 2.5, "cost": 3.0}, TWO, no("score_every_criterion", missing=BOTH)),
    ({"need": True, "cost": "3"}, TWO, no("score_every_criterion", missing=BOTH)),
    ({"need": 1, "cost": 2, "charm": 5}, TWO, no("score_every_criterion", missing=())),
    ({}, TWO, no("score_every_criterion", missing=BOTH)),
    ({"need": 10, "cost": 3}, {"need": 10, "cost": 3}, YES),
    ({"need": 11, "cost": 4}, {"need": 10, "cost": 3}, no("score_every_criterion", missing=BOTH)),
])  # fmt: skip
of("enough_reviews", "panel.reviews", "round.reviews_needed", cases=[
    (2, 2, YES), (3, 2, YES), (1, 2, no("reviews_missing", reviews=1, needed=2)),
])  # fmt: skip
of("own_scores_in", "panel.own_awaited", cases=[
    (False, YES), (True, no("own_scores_first", "not_now")),
])  # fmt: skip
of("masked_copy_confirmed", "round.blind", "panel.masked", cases=[
    (False, None, YES), (True, 4, YES), (False, 4, YES), (True, None, no("masked_copy_missing", "not_now")),
])  # fmt: skip
of("reviewers_disagree", "panel.spread", "round.disagreement_limit", cases=[
    (151, 150, YES), (150, 150, no("scores_close", "not_now", spread=150, limit=150)),
])  # fmt: skip
for name, good, refusal in (
    ("in_moderation", ("open",), no("not_talked_over", "not_now")),
    ("not_in_moderation", ("none", "settled", "stale"), no("talked_over_now", "not_now")),
):
    of(name, "panel.moderation", cases=[
        (state, YES if state in good else refusal) for state in ("none", "open", "settled", "stale")
    ])  # fmt: skip
APART = no("talk_it_over", spread=151, limit=150)
of("disagreement_settled", "panel.spread", "round.disagreement_limit", "panel.moderation", cases=[
    (150, 150, "none", YES), (151, 150, "settled", YES), (0, 0, "stale", YES), (151, 150, "none", APART),
    (151, 150, "stale", APART), (151, 150, "open", no("talked_over_now", "not_now")),
    (0, 150, "open", no("talked_over_now", "not_now")),
])  # fmt: skip
of("outcome_with_feedback", "input.outcome", "input.feedback", cases=[
    ("award", "", YES), ("award", None, YES), ("decline", "Too far.", YES),
    ("decline", " ", no("feedback_for_decline")), ("decline", None, no("feedback_for_decline")),
    ("", "x", no("choose_an_outcome")), ("maybe", "x", no("choose_an_outcome")),
    (None, "x", no("choose_an_outcome")),
])  # fmt: skip

# People.
of("apart_from_applicant", "actor.person", "parts.applicants", cases=[
    (1, {2, 3}, YES), (None, {2}, YES), (1, set(), YES), (3, {2, 3}, no("own_bid", "not_yours")),
])  # fmt: skip
of("apart_from_endorser", "actor.person", "parts.endorsers", cases=[
    (1, {2}, YES), (None, set(), YES), (2, {2}, no("endorsed_it", "not_yours")),
])  # fmt: skip
of("endorser_apart", "rep.person", "parts.applicants", "parts.panel_and_pay", cases=[
    (1, {2}, {3}, YES), (None, {2}, {3}, YES), (2, {2}, {3}, no("own_bid", "not_yours")),
    (3, {2}, {3}, no("judges_or_pays_it", "not_yours")), (2, {2}, {2}, no("own_bid", "not_yours")),
])  # fmt: skip
of("no_conflict", "panel.conflicted", cases=[(False, YES), (True, no("interest_declared", "not_yours"))])
of("no_interest_declared", "input.no_interest", cases=[
    (True, YES), (False, no("say_no_interest")), (None, no("say_no_interest")), ("on", no("say_no_interest")),
])  # fmt: skip
of("terms_agreed", "input.agreed", cases=[
    (True, YES), *((given, no("agree_to_terms")) for given in (False, None, "yes", 1)),
])  # fmt: skip
of("name_not_in_doubt", "payee.in_doubt", cases=[(False, YES), (True, no("bank_knows_another_name"))])
of("name_in_doubt", "payee.in_doubt", cases=[(True, YES), (False, no("name_not_in_doubt", "not_now"))])
of("milestone_listed", "input.milestone", cases=[
    ("", YES), ("report", YES), *((given, no("no_such_milestone")) for given in (None, "moon", "Report", " ")),
])  # fmt: skip
TODAY, TOMORROW = NOON.date(), (NOON + 1440 * MINUTE).date()
of("due_by_then", "input.pay_on", "payment.due_on", cases=[
    (TODAY, TODAY, YES), (TOMORROW, TODAY, YES), (None, TODAY, no("give_the_day")),
    (TODAY, TOMORROW, no("run_too_early", first=TOMORROW)),
])  # fmt: skip
for name, facts, codes in (
    ("in_office_for_area", ("rep.holding", "rep.in_office", "rep.covers"),
     ("no_representative", "not_in_office", "outside_their_area")),
    ("representative_covers_area", ("rep.holding", "rep.in_office", "rep.covers"),
     ("name_a_representative", "representative_not_in_office", "representative_covers_elsewhere")),
):  # fmt: skip
    of(name, *facts, cases=[
        (9, True, True, YES), (None, True, True, no(codes[0])), (None, False, False, no(codes[0])),
        (9, False, True, no(codes[1])), (9, False, False, no(codes[1])), (9, True, False, no(codes[2])),
    ])  # fmt: skip
of(
    "new_representative_covers_area", "input.rep_known", "input.rep_in_office", "input.rep_covers",
    cases=[
        (True, True, True, YES), (False, False, False, no("name_a_representative")),
        (True, False, True, no("representative_not_in_office")),
        (True, True, False, no("representative_covers_elsewhere")),
    ],
)  # fmt: skip
for name, fact in (
    ("representative_has_not_stood_aside", "rep.stood_aside"),
    ("new_representative_has_not_stood_aside", "input.rep_stood_aside"),
):
    of(name, fact, cases=[(False, YES), (True, no("representative_stood_aside"))])
of("reason_for_standing_aside", "input.reason", cases=[
    ("interest", YES), ("elsewhere", YES), ("", no("say_why_aside")), ("Interest", no("say_why_aside")),
    (None, no("say_why_aside")),
])  # fmt: skip
of("member_confirmed", "member.confirmed", cases=[(True, YES), (False, no("membership_unconfirmed"))])
of("files_checked", "form.unchecked_files", cases=[
    (0, YES), (1, no("files_unchecked", count=1)), (7, no("files_unchecked", count=7)),
])  # fmt: skip
of("written_answer_has_its_file", "actor.role", "input.document_id", cases=[
    ("representative", None, YES), ("officer", 3, YES), ("officer", None, no("written_answer_needs_file")),
])  # fmt: skip
of("officer_only_with_the_bid", "actor.role", "bid.state", cases=[
    ("treasurer", "awarded", YES), ("officer", "cancelled", YES), ("treasurer", "cancelled", YES),
    ("officer", "awarded", no("bid_stands", "not_now")),
])  # fmt: skip
for name, fact, code in (
    ("another_than_scheduler", "payment.scheduled_by", "scheduled_it_yourself"),
    ("another_than_author", "report.filed_by", "wrote_it_yourself"),
    ("another_than_asker", "cancel.asked_by", "asked_it_yourself"),
    ("another_than_giver", "payee.given_by", "gave_it_yourself"),
    ("another_than_asker_of_bank", "payee.bank_asked_by", "noted_it_yourself"),
):
    of(name, "actor.person", fact, cases=[(1, 2, YES), (1, None, YES), (1, 1, no(code, "not_yours"))])


@pytest.mark.parametrize(("guard", "facts", "expected"), CASES)
def test_answer(guard: str, facts: dict[str, Any], expected: Refusal | None) -> None:
    """Only the facts that the guard says it reads are there, so one that reads more raises MissingFact."""
    known = {name: value for name, value in facts.items() if name in GUARDS[guard].reads}
    assert GUARDS[guard].judge(Facts(known)) == (expected or HOLDS)


def test_every_guard_has_a_case_that_holds_and_one_that_is_refused() -> None:
    held = {guard for guard, _, expected in CASES if expected is None}
    refused = {guard for guard, _, expected in CASES if expected is not None}
    assert held == refused == set(GUARDS)


@pytest.mark.parametrize("guard", sorted(GUARDS))
def test_a_fact_that_was_not_gathered_raises(guard: str) -> None:
    with pytest.raises(MissingFact):
        GUARDS[guard].judge(Facts({}))


@pytest.mark.parametrize("guard", sorted(GUARDS))
def test_rule_in_words_is_a_sentence(guard: str) -> None:
    says = GUARDS[guard].says
    assert says[0].isupper()
    assert not says.endswith(".")
    assert len(says.split()) >= 4
