"""The lives once more, from the design's words, as plain ifs: what the policy is held against.

Imports nothing of the policy. `World` is one bid in one round with its award, the bank details that were given for
it, one payment and its report.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FIRST = START.date()
GRACE = timedelta(minutes=5)
PEOPLE: dict[str, tuple[int | None, frozenset[str]]] = {
    "Ama": (1, frozenset({"member"})),
    "Bryn": (2, frozenset({"member"})),  # bids together with Ama
    "Councillor Cai": (3, frozenset()),
    "Councillor Dee": (4, frozenset({"officer"})),  # a representative who is an officer too
    "Eve": (5, frozenset({"reviewer"})),
    "Fred": (6, frozenset({"reviewer", "chair"})),
    "Gil": (7, frozenset({"chair"})),
    "Hana": (8, frozenset({"treasurer"})),
    "Ivo": (9, frozenset({"officer"})),
    "Jo": (10, frozenset({"officer", "treasurer"})),
    "Kit": (11, frozenset({"officer", "treasurer", "chair", "member"})),  # bids together with Ama
    "Lea": (12, frozenset({"auditor"})),
    "Mo": (13, frozenset()),
    "the clock": (None, frozenset({"clock"})),
}
APPLICANTS, ASSIGNED, ON_PANEL_OR_PAYING = {1, 2, 11}, {5, 6}, {5, 6, 7, 8}
HOLDINGS = {30: 3, 40: 4, 10: 1, 70: 7}  # holding -> person; Ama and Gil, the chair, sit on the council too
CRITERIA = ("need", "reach")
BEFORE_PANEL = ("planned", "open", "closed")


@dataclass
class Details:
    """Bank details: where they have got to, who gave them, from when a change may count, who confirmed it."""

    state: str
    given_by: int | None = 1
    cools: datetime | None = None
    confirmed_by: int | None = None
    bank: str | None = None  # what the bank said of the name, to whom
    bank_asked_by: int | None = None
    vouched: bool = False


@dataclass
class World:
    """Everything that any rule asks about. Money in pence, times in UTC; a state of None: not begun."""

    now: datetime = START
    bid: str | None = None
    round: str | None = None
    award: str | None = None
    payment: str | None = None
    report: str | None = None
    opens: datetime = START
    closes: datetime = START + timedelta(hours=4)
    publish: datetime | None = None
    budget: int = 100
    others_staged: int = 20
    others_awarded: int = 10
    amount: int = 60
    lines: int = 60
    missing: tuple[str, ...] = ()
    declared: bool = True
    confirmed: bool = True
    unchecked: int = 0
    aside: set[int] = field(default_factory=set)
    due: datetime | None = None
    sha: str = "v1"
    backed: str | None = None
    backers: set[int] = field(default_factory=set)
    holding: int | None = 30
    in_office: bool = True
    covers: bool = True
    conflicted: set[int] = field(default_factory=set)
    reviews: int = 0
    spread: int = 0
    talk: str = "none"
    reading: set[int] = field(default_factory=set)
    blind: bool = False
    masked: int | None = None
    outcome: str | None = None
    decided: int | None = None
    award_amount: int = 0
    offer_until: datetime = START
    variation: int | None = None  # the amount proposed, while it waits for the applicant
    payees: dict[int, Details] = field(default_factory=dict)
    paid: int = 0
    pot: int = 1000
    scheduler: int | None = None
    instalment: int = 0
    falls_due: date = FIRST
    milestone: str = ""
    approved_for: int | None = None  # bank details
    overdue: bool = False
    author: int | None = None
    asker: int | None = None
    asked_until: datetime | None = None
    unsettled_others: int = 0


def state_of(w: World, life: str, row: int | None) -> str | None:
    """Where the bid's life of that name has got to; of bank details, where those of that number have."""
    if life != "payee":
        state: str | None = getattr(w, life)
        return state
    return None if row is None else w.payees[row].state


def standing(w: World) -> int | None:
    """The bank details that count."""
    return next((row for row, details in w.payees.items() if details.state == "standing"), None)


def doubtful(w: World) -> bool:
    """Whether the bank knows the account that counts by another name, and no second person has made sure of it."""
    details = w.payees.get(standing(w) or 0)
    return details is not None and details.bank == "no_match" and not details.vouched


def asked(w: World) -> int | None:
    """The bank details that are to count instead."""
    return next((row for row, details in w.payees.items() if details.state in ("asked", "confirmed")), None)


def roles_of(w: World, who: str) -> set[str]:
    """What they may act as on this bid."""
    person, granted = PEOPLE[who]
    roles = set(granted)
    if person == 1:  # whoever bids together with Ama reads, but Ama acts
        roles.add("applicant")
    if w.holding is not None and HOLDINGS[w.holding] == person:
        roles.add("representative")
    if person in ASSIGNED:
        roles.add("assigned_reviewer")
    return roles


def target(
    w: World, life: str, move: str, who: str, given: dict[str, Any], row: int | None = None
) -> str | None:
    """The state that the move leads to, or None if the design refuses it. `row`: which bank details it moves."""
    me, roles = PEOPLE[who][0], roles_of(w, who)
    if life == "payee":
        return _payee(w, move, me, roles, given, None if row is None else w.payees[row])
    return {"bid": _bid, "round": _round, "award": _award, "payment": _payment, "report": _report}[life](
        w, move, me, roles, given
    )


def _bid(w: World, move: str, me: int | None, roles: set[str], given: dict[str, Any]) -> str | None:
    if move in ("award", "decline"):
        over = w.publish is not None and w.now >= w.publish
        if w.bid != "reviewed" or "clock" not in roles or not over or w.outcome != move:
            return None
        if move == "decline":
            return "declined"
        return "awarded" if (w.decided or 0) + w.others_awarded <= w.budget else None
    if w.round == "releasing":
        return None
    own, backer = me in APPLICANTS, me in w.backers
    in_time = w.due is None or w.now <= w.due
    stranger = not own and not backer
    reason = bool(given["reason"].strip())
    if move == "start":
        open_now = w.opens <= w.now <= w.closes and w.round in ("planned", "open")
        return "draft" if w.bid is None and "member" in roles and open_now else None
    if move == "take_in":
        fits = w.round in BEFORE_PANEL and given["title"] and given["organisation"] and 10 <= w.amount <= 80
        return "submitted" if w.bid is None and "officer" in roles and fits else None
    if move == "submit":
        if "applicant" not in roles:
            return None
        if w.missing or w.lines != w.amount or not 10 <= w.amount <= 80 or not w.declared or w.unchecked:
            return None
        if w.holding is None or not w.in_office or not w.covers or w.holding in w.aside:
            return None
        if w.bid == "draft" and w.now <= w.closes and w.confirmed:
            return "submitted"
        return "submitted" if w.bid == "returned" and in_time and w.backed != w.sha else None
    if move == "resubmit":
        same = w.backed is not None and w.backed == w.sha
        return "endorsed" if w.bid == "returned" and "applicant" in roles and in_time and same else None
    if move == "name_endorser":
        known = given["holding"] is not None and w.in_office and w.covers and given["holding"] not in w.aside
        mine = bool(roles & {"applicant", "officer"})
        return "submitted" if w.bid == "submitted" and mine and in_time and known else None
    if move == "stand_aside":
        why = given["reason"] in ("interest", "elsewhere")
        return "submitted" if w.bid == "submitted" and in_time and "representative" in roles and why else None
    if move in ("endorse", "refuse"):
        if w.bid != "submitted" or not in_time or own:
            return None
        if "representative" not in roles and not ("officer" in roles and given["file"] is not None):
            return None
        if move == "refuse":
            return "not_endorsed" if reason else None
        if w.holding is None or HOLDINGS[w.holding] in APPLICANTS | ON_PANEL_OR_PAYING:
            return None
        said = 1 <= len(given["statement"].strip()) <= 1200 and given["no_interest"] is True
        return "endorsed" if w.in_office and w.covers and said else None
    if move == "send_back":
        if w.round not in BEFORE_PANEL or own or not reason:
            return None
        if w.bid == "submitted" and roles & {"representative", "officer"}:
            return "returned"
        return "returned" if w.bid == "endorsed" and "officer" in roles and not backer else None
    if move == "rule_out":
        listed = given["reason"] in ("late", "far")
        here = w.bid in ("submitted", "endorsed")
        return "ineligible" if here and "officer" in roles and stranger and listed else None
    if move in ("review", "moderate", "settle", "conclude", "reopen", "decide"):
        if w.round != "panel" or not stranger or me in w.conflicted:
            return None
        if move == "review":
            wanted = set(CRITERIA) if given["rubric"] else set()
            right = set(given["scores"]) == wanted and all(0 <= s <= 5 for s in given["scores"].values())
            seen = w.masked or not w.blind
            return (
                "endorsed"
                if w.bid == "endorsed" and "assigned_reviewer" in roles and right and seen
                else None
            )
        if "chair" not in roles:
            return None
        if move in ("moderate", "settle", "conclude") and me in w.reading:
            return None
        if move == "moderate":
            apart = w.reviews >= 2 and w.spread > 100 and w.talk != "open"
            return "endorsed" if w.bid == "endorsed" and apart else None
        if move == "settle":
            return "endorsed" if w.bid == "endorsed" and w.talk == "open" and reason else None
        if move == "conclude":
            agreed = w.talk != "open" and (w.spread <= 100 or w.talk == "settled")
            return "reviewed" if w.bid == "endorsed" and w.reviews >= 2 and agreed else None
        if w.bid != "reviewed":
            return None
        if move == "reopen":
            return "endorsed" if w.outcome is None else None
        if given["outcome"] == "decline":
            return "reviewed" if given["feedback"].strip() else None
        amount = given["amount"]
        if given["outcome"] != "award" or amount is None or not 0 < amount <= w.amount:
            return None
        return "reviewed" if amount + w.others_staged + w.others_awarded <= w.budget else None
    if move == "withdraw":
        before = w.bid in ("draft", "submitted", "returned", "endorsed", "reviewed")
        return "withdrawn" if before and "applicant" in roles else None
    if move == "lapse":
        late = w.due is not None and w.now - w.due >= GRACE
        return "lapsed" if w.bid in ("draft", "submitted", "returned") and "clock" in roles and late else None
    if w.bid != "awarded":
        return None
    if move == "report":
        done = w.report == "accepted" and not _open_payments(w)
        return "reported" if "officer" in roles and stranger and done else None
    if move == "fall_through":
        gone = w.award in ("refused", "lapsed")
        return "cancelled" if roles & {"clock", "applicant"} and gone else None
    if move == "ask_cancel":
        return "awarded" if "treasurer" in roles and stranger and reason else None
    assert move == "confirm_cancel"
    asked = w.asker is not None and w.asked_until is not None and w.now <= w.asked_until
    two = w.asker != me
    return "cancelled" if "officer" in roles and stranger and asked and two else None


def _open_payments(w: World) -> int:
    return int(w.payment in ("scheduled", "approved", "sent", "failed"))


def unsettled(w: World) -> int:
    """Bids of the round that have neither ended nor been decided."""
    mine = w.bid in ("draft", "submitted", "returned", "endorsed") or (
        w.bid == "reviewed" and w.outcome is None
    )
    return w.unsettled_others + int(mine)


def _round(w: World, move: str, me: int | None, roles: set[str], given: dict[str, Any]) -> str | None:
    clock_or_officer = bool(roles & {"clock", "officer"})
    over = w.publish is not None and w.now >= w.publish
    settled = unsettled(w) == 0
    lines = {
        "plan": (None, "planned", "officer" in roles),
        "open": ("planned", "open", clock_or_officer and w.now >= w.opens),
        "close": ("open", "closed", clock_or_officer and w.now - w.closes >= GRACE),
        "start_panel": ("closed", "panel", "officer" in roles and given["rubric"]),
        "release": ("panel", "releasing", "chair" in roles and settled),
        "undo": ("releasing", "panel", bool(roles & {"chair", "officer"})),
        "publish": ("releasing", "released", "clock" in roles and over and w.bid != "reviewed"),
        "archive": ("released", "archived", "officer" in roles),
    }
    source, leads_to, allowed = lines[move]
    return leads_to if w.round == source and allowed else None


def _award(w: World, move: str, me: int | None, roles: set[str], given: dict[str, Any]) -> str | None:
    officer = "officer" in roles and me not in APPLICANTS and me not in w.backers
    if move == "offer":
        return "offered" if w.award is None and "clock" in roles and w.bid == "awarded" else None
    signed = given["agreed"] is True and bool(given["name"].strip())
    if move in ("accept", "refuse"):
        if w.award != "offered" or "applicant" not in roles or w.now > w.offer_until:
            return None
        if move == "refuse":
            return "refused"
        return "accepted" if signed else None
    if move == "lapse":
        late = w.now - w.offer_until >= GRACE
        return "lapsed" if w.award == "offered" and "clock" in roles and late else None
    if move == "cancel":
        return (
            "cancelled" if w.award in ("offered", "accepted") and officer and w.bid == "cancelled" else None
        )
    if w.award != "accepted":
        return None
    if move in ("vary", "keep"):  # the applicant's answer to what an officer proposed
        if w.variation is None or "applicant" not in roles:
            return None
        return "accepted" if move == "keep" or (signed and w.variation >= w.paid) else None
    if not officer:
        return None
    if move == "propose":
        amount = given["amount"]
        lower = amount is not None and 0 < amount <= w.award_amount and amount >= w.paid
        return "accepted" if w.variation is None and given["reason"].strip() and lower else None
    if move == "take_back":
        return "accepted" if w.variation is not None else None
    assert move == "complete"
    settled = not _open_payments(w) and w.variation is None
    return "complete" if w.report == "accepted" and settled else None


def _payee(
    w: World, move: str, me: int | None, roles: set[str], given: dict[str, Any], mine: Details | None
) -> str | None:
    if move in ("give", "change"):
        whole = (
            given["holder_name"].strip()
            and given["kind"] in ("business", "personal")
            and re.fullmatch("[0-9]{6}", given["sort_code"])
            and re.fullmatch("[0-9]{8}", given["account"])
        )
        if mine is not None or "applicant" not in roles or w.award != "accepted" or not whole:
            return None
        if asked(w) is not None:
            return None
        if move == "give":
            return "standing" if standing(w) is None else None
        return "asked" if standing(w) is not None else None
    if mine is None:
        return None
    stranger = me not in APPLICANTS and me not in w.backers
    reason = bool(given["reason"].strip())
    if move == "confirm":
        second = "officer" in roles and stranger and me != mine.given_by
        return "confirmed" if mine.state == "asked" and second and reason else None
    if move == "refuse":  # theirs who asked for it, too
        may = bool(roles & {"officer", "applicant"}) and me not in w.backers
        stands = standing(w) is not None
        return "refused" if mine.state in ("asked", "confirmed") and may and stands and reason else None
    if move == "stand":
        cool = mine.cools is not None and w.now >= mine.cools
        free = "clock" in roles and standing(w) is None
        return "standing" if mine.state == "confirmed" and free and cool else None
    if move == "replace":
        coming = w.payees.get(asked(w) or 0)
        due = coming is not None and coming.state == "confirmed" and coming.cools and w.now >= coming.cools
        return "replaced" if mine.state == "standing" and "clock" in roles and due else None
    if move == "vouch":
        second = "officer" in roles and stranger and me != mine.bank_asked_by
        doubt = mine.bank == "no_match" and not mine.vouched
        return "standing" if mine.state == "standing" and second and doubt and reason else None
    assert move == "note_bank"
    known = given["answer"] in ("match", "close", "no_match", "unavailable")
    return "standing" if mine.state == "standing" and "treasurer" in roles and stranger and known else None


def _payment(w: World, move: str, me: int | None, roles: set[str], given: dict[str, Any]) -> str | None:
    if me in APPLICANTS or me in w.backers:
        return None
    if move == "approve":
        two = "officer" in roles and me != w.scheduler
        settled = standing(w) is not None and asked(w) is None and w.award == "accepted"
        return "approved" if w.payment == "scheduled" and two and settled and not doubtful(w) else None
    if move == "recall":
        return "scheduled" if w.payment == "approved" and roles & {"officer", "clock"} else None
    if move == "cancel":
        here = w.payment in ("scheduled", "approved", "failed")
        mine = "treasurer" in roles or ("officer" in roles and w.bid == "cancelled")
        return "cancelled" if here and mine else None
    if "treasurer" not in roles:
        return None
    if move == "schedule":
        amount = given["amount"]
        fits = (
            w.award == "accepted" and amount is not None and amount > 0 and amount + w.paid <= w.award_amount
        )
        listed = given["milestone"] in ("", "report")
        return "scheduled" if w.payment is None and fits and listed and given["day"] is not None else None
    if move == "send":
        same = w.approved_for is not None and w.approved_for == standing(w) and asked(w) is None
        earned = (
            w.award == "accepted" and not w.overdue and (w.milestone != "report" or w.report == "accepted")
        )
        in_time = given["day"] is not None and given["day"] >= w.falls_due
        ready = same and earned and in_time and not doubtful(w)
        return "sent" if w.payment == "approved" and ready and w.instalment <= w.pot else None
    if move == "confirm":
        return "paid" if w.payment == "sent" and given["day"] is not None else None
    if move == "fail":
        return "failed" if w.payment == "sent" and given["reason"].strip() else None
    assert move == "reschedule"
    return (
        "scheduled" if w.payment == "failed" and w.award == "accepted" and given["day"] is not None else None
    )


def _report(w: World, move: str, me: int | None, roles: set[str], given: dict[str, Any]) -> str | None:
    if move == "open":
        return "due" if w.report is None and "clock" in roles and w.award == "accepted" else None
    if move == "file":
        whole = (
            given["story"].strip()
            and given["statement"].strip()
            and given["amount"] is not None
            and given["amount"] >= 0
        )
        return "filed" if w.report in ("due", "returned") and "applicant" in roles and whole else None
    if "officer" not in roles or me in APPLICANTS or me in w.backers:
        return None
    if move == "drop":
        return "dropped" if w.report in ("due", "filed", "returned") and w.bid == "cancelled" else None
    if w.report != "filed" or me == w.author:
        return None
    if move == "accept":
        return "accepted"
    assert move == "return"
    return "returned" if given["reason"].strip() else None
