"""The facts that guards ask for, gathered for all cases of an act at once and no others."""

from collections.abc import Sequence
from typing import Any

from fundapp.database import AnyRow
from fundapp.domain import deadlines, forms, pot, scoring
from fundapp.queries import behind, blind, paying, standing, table
from fundapp.queries import facts as asks
from fundapp.services.case import Case
from fundapp.services.deed import Deed
from workflows.machine import Compiled
from workflows.roles import ROLES

#: Inputs that guards read, with what stands for "not given".
_INPUTS: dict[str, Any] = {
    "reason": "", "statement": "", "no_interest": False, "document_id": None, "scores": {}, "outcome": "",
    "amount_pence": None, "feedback": "", "due_on": None, "paid_on": None, "story": "",
    "learned": "", "spent_pence": None, "agreed": False, "name": "", "holder_name": "", "kind": "", "sort_code": "",
    "account": "", "answer": "", "pay_on": None, "milestone": "",
}  # fmt: skip


def gather(deed: Deed, life: Compiled, cases: Sequence[Case], *, asking: bool = False) -> None:
    """Read, for all these cases of one life, move and actor, the facts that the move's guards may ask for."""
    first = cases[0]
    moves = {id(m): m for case in cases if (m := life.move(first.step.move, case.state))}.values()
    by = frozenset(role for move in moves for role in move.by)
    gather_for(deed, cases, life.reads(moves, asking=asking), by)


def gather_for(deed: Deed, cases: Sequence[Case], reads: frozenset[str], by: frozenset[str] = ROLES) -> None:
    """Read what `reads` names, set by set, and which of the roles `by` the actor holds."""
    groups = {name.partition(".")[0] for name in reads}
    for case in cases:
        known: dict[str, Any] = {"at": deed.arrived, "actor.person": case.actor.person}
        known |= {f"input.{name}": case.input(name, blank) for name, blank in _INPUTS.items()}
        if case.round is not None:
            known |= _round_facts(case.round)
        if case.bid is not None:
            bid = case.bid
            known |= {"bid.state": bid.state, "bid.due_at": bid.due_at, "bid.amount_pence": bid.amount_pence}
            known["endorsement.backed_sha256"] = bid.backed_sha256
        case.facts = known
    _people(deed, cases, reads, by)
    if "form" in groups or (groups & {"rep"} and cases[0].step.move in ("submit", "resubmit")):
        _form(deed, cases)
    if "member" in groups:
        for case in cases:
            person = case.actor.person
            case.facts["member.confirmed"] = person is not None and standing.member_confirmed(
                deed.conn, person
            )
    if "rep" in groups:
        _representative(deed, cases)
    if {"input.rep_known", "input.rep_stood_aside"} & reads:
        _named(deed, cases)
    if "panel" in groups:
        _panel(deed, cases)
    if "panel.own_awaited" in reads:
        person = cases[0].actor.person
        awaited = behind.unsent(deed.conn, person, deed.now) if person is not None else frozenset()
        for case in cases:
            case.facts["panel.own_awaited"] = _bid(case) in awaited
    if "decision" in groups:
        _decisions(deed, cases)
    if "money" in groups:
        _sums(deed, cases)
    if groups & {"award", "payments", "payment", "report"}:
        _money(deed, cases)
    if groups & {"payee"}:
        _bank_details(deed, cases)
    if "variation" in groups:
        _variations(deed, cases)
    if "pot" in groups:
        _pot(deed, cases)
    if "cancel" in groups:
        for case in cases:
            asked = asks.cancelling(deed.conn, _bid(case))
            case.found["cancelling"] = asked
            case.facts["cancel.asked_by"] = asked.asked_by if asked else None
            case.facts["cancel.expires_at"] = asked.expires_at if asked else None
    if {"round.unsettled", "round.staged", "round.unpublished"} & reads:
        _progress(deed, cases)


def _bid(case: Case) -> int:
    if case.bid is None:
        raise LookupError(f"{case.step.life} has no bid")
    return int(case.bid.id)


def _round_facts(row: AnyRow) -> dict[str, Any]:
    return {
        "round.state": row.state,
        "round.opens_at": row.opens_at,
        "round.closes_at": row.closes_at,
        "round.publish_at": row.publish_at,
        "round.budget_pence": row.budget_pence,
        "round.min_pence": row.min_pence,
        "round.max_pence": row.max_pence,
        "round.reviews_needed": row.reviews_needed,
        "round.disagreement_limit": row.disagreement_limit,
        "round.criteria": tuple(criterion["id"] for criterion in row.rubric),
        "round.tops": scoring.tops(row.rubric),
        "round.blind": row.blind,
        "round.reasons": frozenset(row.reasons),
    }


def _people(deed: Deed, cases: Sequence[Case], reads: frozenset[str], by: frozenset[str]) -> None:
    """Which of the roles `by` the actor holds on each case, and who else plays a part in it."""
    actor = cases[0].actor
    wanted = frozenset(name.partition(".")[2] for name in reads if name.startswith("parts."))
    if actor.person is None and not wanted:
        for case in cases:
            case.facts["actor.holds"] = {"clock": None}
        return
    if by <= {"applicant"} and not wanted and all(_is_applicant(case) for case in cases):
        for case in cases:  # the bid's own row says so: nothing else can matter
            case.facts["actor.holds"] = {"applicant": ("bid", _bid(case))}
        return
    ids = [case.bid.id for case in cases if case.bid is not None]
    sought = by if actor.person is not None else frozenset[str]()
    rows = asks.parts(deed.conn, ids, wanted, sought, actor.person, deed.now)
    by_bid: dict[int | None, list[tuple[str, int, int, int | None]]] = {}
    for bid, part, person, row, fund in rows:
        by_bid.setdefault(bid, []).append((part, person, row, fund))
    grants = by_bid.pop(None, [])
    for case in cases:
        fund_id = _fund(case)
        holds: dict[str, tuple[str, int] | None] = {}
        if actor.person is None:
            holds["clock"] = None
        for role, _, row, fund in sorted(grants):
            if fund is None or fund == fund_id:
                holds.setdefault(role, ("role_grant", row))
        applicants, endorsers, others = set[int](), set[int](), set[int]()
        own = case.bid
        if own is not None and own.applicant_id is not None:
            applicants.add(own.applicant_id)
            if own.applicant_id == actor.person:
                holds["applicant"] = ("bid", own.id)
        for part, person, row, _ in by_bid.get(own.id if own is not None else -1, ()):
            if part == "co":
                applicants.add(person)  # who bids together reads and comments; the applicant alone acts
            elif part == "endorser":
                endorsers.add(person)
            elif part in ("panel", "pay"):
                others.add(person)
            elif part == "assigned_reviewer":
                holds["assigned_reviewer"] = ("assignment", row)
            elif part == "representative":
                holds["representative"] = ("office_holding", row)
        case.facts |= {
            "actor.holds": holds,
            "parts.applicants": applicants,
            "parts.endorsers": endorsers,
            "parts.panel_and_pay": others,
        }


def _is_applicant(case: Case) -> bool:
    return case.bid is not None and case.bid.applicant_id == case.actor.person


def _fund(case: Case) -> int | None:
    row = case.bid if case.bid is not None else case.round
    return int(row.fund_id) if row is not None else case.step.parent


def _form(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        if case.bid is None:  # taken in: the file's row is the form
            answers, questions = case.input("answers", {}), []
        else:
            draft = asks.draft_with_form(deed.conn, case.bid.id)
            answers, questions = (draft.answers, draft.questions) if draft else ({}, forms.FUND_QUESTIONS)
            case.found["form_version_id"] = draft.form_version_id if draft else None
        case.found["answers"] = answers
        documents = forms.documents(questions, answers)
        case.facts |= {
            "form.unchecked_files": asks.unchecked_files(deed.conn, _bid(case), documents)
            if documents
            else 0,
            "form.missing": tuple(
                lack.question for lack in forms.lacks(questions, answers) if lack.question != "declarations"
            ),
            "form.declared": not any(
                lack.question == "declarations" for lack in forms.lacks(questions, answers)
            ),
            "form.amount_pence": answers.get("amount_pence") or 0,
            "form.budget_pence": forms.budget_pence(answers),
            "form.title": (answers.get("title") or "").strip(),
            "form.organisation": (answers.get("organisation") or "").strip(),
            "form.sha256": forms.sha256_of(answers),
        }


def _representative(deed: Deed, cases: Sequence[Case]) -> None:
    """The representative of the bid as it stands; for a submit, the one that the form names."""
    on = deadlines.civil_day(deed.arrived, deed.zone)
    for case in cases:
        bid = case.bid
        answers = case.found.get("answers")
        holding = (
            answers.get("representative")
            if answers is not None
            else bid.holding_id
            if bid is not None
            else None
        )
        area = answers.get("area") if answers is not None else bid.area_id if bid is not None else None
        own = bid.id if bid is not None else None
        known = standing.reach(deed.conn, holding, own, area, on) if holding is not None else None
        case.found["reach"] = known
        case.facts |= {
            "rep.holding": holding if known else None,
            "rep.person": known.person if known else None,
            "rep.in_office": known is not None and known.in_office,
            "rep.covers": known is not None and known.covers,
            "rep.stood_aside": known is not None and known.stood_aside,
        }


def _named(deed: Deed, cases: Sequence[Case]) -> None:
    on = deadlines.civil_day(deed.arrived, deed.zone)
    for case in cases:
        holding = case.input("holding_id")
        area = case.bid.area_id if case.bid is not None else None
        own = case.bid.id if case.bid is not None else None
        known = standing.reach(deed.conn, holding, own, area, on) if holding is not None else None
        case.facts |= {
            "input.rep_known": known is not None,
            "input.rep_in_office": known is not None and known.in_office,
            "input.rep_covers": known is not None and known.covers,
            "input.rep_stood_aside": known is not None and known.stood_aside,
        }


def _panel(deed: Deed, cases: Sequence[Case]) -> None:
    known = table.standings(deed.conn, [_bid(case) for case in cases], cases[0].actor.person)
    blind_ids = [_bid(case) for case in cases if case.round is not None and case.round.blind]
    # Whoever sees names by their work judges no bid that is read without them, by whatever way they come.
    seeing = blind.see_names(deed.conn, blind_ids, deed.now) if blind_ids else set()
    for case in cases:
        now = known[_bid(case)]
        case.facts |= {
            "panel.reviews": len(now.totals),
            "panel.spread": scoring.spread(now.totals),
            "panel.conflicted": now.conflicted or (_bid(case), case.actor.person) in seeing,
            "panel.moderation": now.moderation,
            "panel.masked": now.masked,
        }


def _decisions(deed: Deed, cases: Sequence[Case]) -> None:
    known = asks.decisions(deed.conn, [_bid(case) for case in cases])
    for case in cases:
        decision = known.get(_bid(case))
        case.found["decision"] = decision
        case.facts["decision.outcome"] = decision.outcome if decision else None
        case.facts["decision.amount_pence"] = decision.amount_pence if decision else 0


def _sums(deed: Deed, cases: Sequence[Case]) -> None:
    """What the round's money is taken by. In an act on many, each case is held against the sum with all the others."""
    by_round: dict[int, list[Case]] = {}
    for case in cases:
        by_round.setdefault(case.round.id if case.round is not None else 0, []).append(case)
    publishing = cases[0].step.move == "award"
    for round_id, together in by_round.items():
        # What these bids had staged before is left out: it is staged anew. Published awards are read from nowhere else.
        but = [] if publishing else [_bid(case) for case in together]
        staged, awarded = asks.round_sums(deed.conn, round_id, but)
        taken = [_takes(case) for case in together]
        for case, own in zip(together, taken, strict=True):
            others = sum(taken) - own
            case.facts["money.staged_pence"] = staged if publishing else staged + others
            case.facts["money.awarded_pence"] = awarded + others if publishing else awarded


def _takes(case: Case) -> int:
    """What a case takes of the round's money if it is granted, in pence."""
    if case.step.move == "award":
        return int(case.facts["decision.amount_pence"])
    if case.step.move == "decide" and case.input("outcome") == "award":
        return int(case.input("amount_pence") or 0)
    return 0


def _money(deed: Deed, cases: Sequence[Case]) -> None:
    known = asks.money(deed.conn, [_bid(case) for case in cases])
    for case in cases:
        award, total, still_open, report = known[_bid(case)]
        row = case.row if case.step.life in ("payment", "report") else None
        case.found["award"] = award
        case.found["report"] = report
        case.facts |= {
            "award.state": award.state if award else None,
            "award.amount_pence": award.amount_pence if award else 0,
            "award.offer_until": award.offer_until if award else None,
            "payments.total_pence": total,
            "payments.open": still_open,
            "report.state": report.state if report else None,
            "report.filed_by": report.filed_by if report else None,
            "report.overdue": report is not None
            and deadlines.report_overdue(
                report.state, report.due_on, deadlines.civil_day(deed.arrived, deed.zone)
            ),
        }
        if case.step.life == "payment" and row is not None:
            case.facts |= {
                "payment.scheduled_by": row.scheduled_by, "payment.amount_pence": row.amount_pence,
                "payment.milestone": row.milestone, "payment.payee": row.payee_id, "payment.due_on": row.due_on,
            }  # fmt: skip


def _bank_details(deed: Deed, cases: Sequence[Case]) -> None:
    standing, asked = paying.payees(deed.conn, [_bid(case) for case in cases])
    for case in cases:
        now, change = standing.get(_bid(case)), asked.get(_bid(case))
        row = case.row if case.step.life == "payee" else None
        case.found |= {"payee": now, "change": change}
        case.facts |= {
            "payee.standing": now.id if now else None,
            "payee.asked": change.id if change else None,
            "payee.asked_confirmed": change is not None and change.state == "confirmed",
            "payee.asked_cools_until": change.cools_until if change else None,
            "payee.given_by": row.given_by if row is not None else None,
            "payee.cools_until": row.cools_until if row is not None else None,
            "payee.in_doubt": now is not None and paying.in_doubt(now.bank_answer, now.vouched_by),
            "payee.bank_asked_by": now.bank_answer_by if now else None,
        }


def _variations(deed: Deed, cases: Sequence[Case]) -> None:
    waiting = paying.variations(deed.conn, [_bid(case) for case in cases])
    for case in cases:
        variation = waiting.get(_bid(case))
        case.found["variation"] = variation
        case.facts["variation.open"] = variation is not None
        case.facts["variation.amount_pence"] = variation.amount_pence if variation else 0


def _pot(deed: Deed, cases: Sequence[Case]) -> None:
    """What each payment's round may pay out. In an act on many, beside all the others of the act."""
    by_fund: dict[int, list[Case]] = {}
    for case in cases:
        by_fund.setdefault(_fund(case) or 0, []).append(case)
    for fund_id, together in by_fund.items():
        general, earmarked, out = paying.pot(deed.conn, fund_id)
        for case in together:
            out[_round(case)] = out.get(_round(case), 0) + case.facts["payment.amount_pence"]
        for case in together:
            own, round_id = case.facts["payment.amount_pence"], _round(case)
            others = {**out, round_id: out[round_id] - own}
            case.facts["pot.available_pence"] = pot.available(general, earmarked, others, round_id)


def _round(case: Case) -> int:
    if case.round is None:
        raise LookupError(f"{case.step.life} has no round")
    return int(case.round.id)


def _progress(deed: Deed, cases: Sequence[Case]) -> None:
    from workflows import BID

    for case in cases:
        if case.round is not None:
            unsettled, staged = asks.round_progress(deed.conn, case.round.id, BID.ends)
            case.facts |= {
                "round.unsettled": unsettled,
                "round.staged": staged,
                "round.unpublished": staged,
            }
