"""The words and figures that a letter is made from, gathered when the letter is recorded."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from fundapp.domain import deadlines, money, wording
from fundapp.letters import worded
from fundapp.queries import awards as award_asks
from fundapp.queries import letters as asks
from fundapp.queries import record
from fundapp.queries import wording as wordings
from fundapp.services.case import Case
from fundapp.services.deed import Deed
from fundapp.words.moments import date_words, exact_moment, moment
from fundapp.words.tongue import gettext as _

#: How an award is paid when the fund's terms say nothing: [label, when, what is needed first, share in hundredths].
USUAL_PLAN: list[list[Any]] = [
    ["First half", "ten days after you accept", "bank details, checked", 50],
    ["Second half", "half way through", "a short note of how it goes", 50],
]


def plan_of(terms: Mapping[str, Any]) -> list[list[Any]]:
    """How a fund of these terms pays an award; what its letters say, and what the treasurer is offered to schedule."""
    plan: list[list[Any]] = terms.get("instalments") or USUAL_PLAN
    return [part[:4] for part in plan]


def milestones_of(terms: Mapping[str, Any]) -> list[str]:
    """What each payment of that plan waits for beside its day: `report` for the final report, else empty.

    The fifth thing that the fund's terms say of an instalment; they may leave it out.
    """
    plan: list[list[Any]] = terms.get("instalments") or USUAL_PLAN
    return ["report" if part[4:5] == ["report"] else "" for part in plan]


def award(deed: Deed, cases: Sequence[Case]) -> list[tuple[Case, dict[str, Any]]]:
    """For each award's case, the facts of its award letter."""
    return _in_words(deed, "award", _awarded(deed, cases))


def _awarded(deed: Deed, cases: Sequence[Case]) -> list[tuple[Case, dict[str, Any]]]:
    known, sealed = asks.addressees(deed.conn, [_bid_id(case) for case in cases]), _sealed(deed)
    made = []
    for case in cases:
        who = known[_bid_id(case)]
        terms = who.terms
        amount = case.changes["amount_pence"]
        plan = plan_of(terms)
        shares = money.instalments(amount, [share for *_, share in plan])
        until = case.changes.get("offer_until") or who.due_at
        facts = (
            _common(deed, who)
            | sealed
            | {
                "amount_pence": amount,
                "starts_on": _iso(case.changes.get("starts_on")),
                "ends_on": _iso(case.changes.get("ends_on")),
                "payments": [
                    {"label": label, "when": when, "needs": needs, "amount_pence": pence}
                    for (label, when, needs, _), pence in zip(plan, shares, strict=True)
                    if pence > 0
                ],
                "conditions": [*terms.get("conditions", ()), *_lines(case.changes.get("conditions"))],
                "panel_words": case.found["decision"].feedback if case.found.get("decision") else "",
                "endorser_line": f"{who.endorser} backed it." if who.endorser else None,
                "accept_by": moment(until, deed.zone) if until else "",
                "report_by": moment(who.report_by, deed.zone),
            }
        )
        made.append((case, facts))
    return made


def varied(deed: Deed, case: Case) -> dict[str, Any]:
    """The facts of the letter of a changed award: it names the day of the letter that it replaces.

    Payments that stand are told as they are scheduled, and what is left of the award as the rest; they add up to it.
    Raises LookupError where there was no letter before.
    """
    ((_case, facts),) = _awarded(deed, [case])
    before = asks.newest(deed.conn, _bid_id(case))
    if before is None or before.kind != "award":
        raise LookupError(f"bid {_bid_id(case)} has no award letter")
    planned = [row for row in award_asks.payments_of(deed.conn, _bid_id(case)) if row.state != "cancelled"]
    if planned:
        lines = [
            {"label": _("Payment %(number)s", number=row.number), "when": date_words(row.due_on), "needs": row.needs,
             "amount_pence": row.amount_pence}
            for row in planned
        ]  # fmt: skip
        rest = facts["amount_pence"] - sum(row.amount_pence for row in planned)
        if rest > 0:
            when = _("as we agree with you")
            lines.append({"label": _("The rest"), "when": when, "needs": "", "amount_pence": rest})
        facts["payments"] = lines
    facts |= {"accept_by": before.facts["accept_by"], "replaces": before.facts["dated"]}
    return _in_words(deed, "award", [(case, facts)])[0][1]


def acceptance(deed: Deed, case: Case, agreed: Any, terms: Any) -> dict[str, Any]:
    """The facts of the countersigned copy of what a case's applicant agreed to.

    `agreed` is the award letter that they answered with its facts, `terms` (`services.terms`) what that letter sets.
    """
    who = asks.addressees(deed.conn, [_bid_id(case)])[_bid_id(case)]
    facts = (
        _common(deed, who)
        | _sealed(deed)
        | {
            "amount_pence": agreed["amount_pence"],
            "changed": case.step.move == "vary",
            "terms": [[part.heading, list(part.lines)] for part in terms.parts],
            "terms_sha256": terms.sha256,
            "letter_dated": agreed["dated"],
            "name_typed": case.input("name", "").strip(),
            "signed_at": exact_moment(deed.now, deed.zone),
            "recipient": case.input("recipient"),
        }
    )
    return _in_words(deed, "acceptance", [(case, facts)])[0][1]


def feedback(deed: Deed, cases: Sequence[Case]) -> list[tuple[Case, dict[str, Any]]]:
    """For each declined bid's case, the facts of its feedback letter."""
    known, sealed = asks.addressees(deed.conn, [_bid_id(case) for case in cases]), _sealed(deed)
    made = []
    for case in cases:
        who = known[_bid_id(case)]
        facts = (
            _common(deed, who)
            | sealed
            | {
                "round_words": None,
                "strengths": [],
                "reasons": _lines(case.found["decision"].feedback),
                "next_steps": who.terms.get("after_decline", []),
            }
        )
        made.append((case, facts))
    return _in_words(deed, "feedback", made)


def day(text: str | None) -> date | None:
    """A day of a bid's answers, written 2027-03-31; None where none is given."""
    return date.fromisoformat(text) if text else None


def _in_words(
    deed: Deed, kind: str, made: Sequence[tuple[Case, dict[str, Any]]]
) -> list[tuple[Case, dict[str, Any]]]:
    """The facts with the words that stand for their fund, filled: what the letter is made from, and which version it was."""
    funds = {case.bid.fund_id for case, _facts in made if case.bid is not None}
    newest = wordings.newest(deed.conn, kind, funds)
    return [
        (
            case,
            facts
            | {"words": _words(kind, newest.get(case.bid.fund_id if case.bid is not None else 0), facts)},
        )
        for case, facts in made
    ]


def _words(kind: str, row: Any, facts: Mapping[str, Any]) -> dict[str, Any]:
    texts = row.texts if row is not None else wording.usual(kind)
    return {
        "wording": row.id if row is not None else None, "number": row.number if row is not None else 0,
        "passages": worded.record(kind, texts, facts),
    }  # fmt: skip


def _bid_id(case: Case) -> int:
    if case.bid_id is None:
        raise LookupError("a letter is about a bid")
    return case.bid_id


def _sealed(deed: Deed) -> dict[str, str]:
    """The newest checkpoint of the record, for the foot of a letter: every letter in somebody's drawer is a witness of it."""
    last = record.newest_checkpoint(deed.conn)
    if last is None:
        return {}
    origin, size, root = last.note.split("\n")[:3]
    line = _(
        "Record before this letter: %(size)s entries, %(root)s, %(origin)s",
        size=f"{int(size):,}",
        root=root,
        origin=origin,
    )
    return {"record_line": line}


def _common(deed: Deed, who: Any) -> dict[str, Any]:
    terms = who.terms
    return {
        "reference": who.reference,
        "project_title": who.title,
        "organisation": who.organisation or who.applicant or who.title,
        "recipient_name": who.applicant,
        "address_lines": _lines(who.address),
        "fund_name": who.fund,
        "round_title": who.round,
        "dated": deadlines.civil_day(deed.now, deed.zone).isoformat(),
        "signatories": who.signatories or terms.get("signatories", []),
        "contact": {
            "address_lines": terms.get("address", []),
            "phone": terms.get("phone"),
            "email": terms.get("email"),
        },
    }


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
