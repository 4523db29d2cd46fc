"""What holds a payment back, by the same rules as sending it, for lists of many."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection

from fundapp.domain import pot
from fundapp.domain.deadlines import report_overdue
from fundapp.queries import paying
from workflows.grammar import GUARDS, Facts, Guard, Refusal
from workflows.machine import compiled

#: What a row of `queries.runs` tells; the rules about who acts are asked when somebody does.
_KNOWN: Final = frozenset(
    {"payee.standing", "payee.asked", "payment.payee", "payment.milestone", "payment.amount_pence", "report.state",
     "report.overdue", "pot.available_pence", "payee.in_doubt"}
)  # fmt: skip


@cache
def _rules() -> tuple[Guard, ...]:
    """The rules of sending that a payment itself can break."""
    move = compiled("payment").move("send", "approved")
    if move is None:
        raise LookupError("no payment is ever sent")
    return tuple(GUARDS[name] for name in move.needs if GUARDS[name].reads <= _KNOWN)


def of(row: Any, today: date, *, available_pence: int | None = None) -> tuple[Refusal, ...]:
    """Every reason for which a payment, a row of `queries.runs`, is held; none if nothing holds it.

    What has not come about yet holds nothing: a payment that is only scheduled has no bank details of its own to differ.
    `available_pence` is what its round may still pay out; without it, money is not asked about.
    """
    known: dict[str, Any] = {
        "payee.standing": row.standing_payee, "payee.asked": row.asked_payee, "payment.milestone": row.milestone,
        "payee.in_doubt": paying.in_doubt(row.bank_answer, row.vouched_by),
        "report.state": row.report_state, "report.overdue": report_overdue(row.report_state, row.report_due_on, today),
    }  # fmt: skip
    if row.state == "approved":
        known["payment.payee"] = row.payee_id
    if available_pence is not None:
        known |= {"payment.amount_pence": row.amount_pence, "pot.available_pence": available_pence}
    judged = [rule.function(Facts(known)) for rule in _rules() if rule.reads <= known.keys()]
    return tuple(judgement for judgement in judged if isinstance(judgement, Refusal))


def of_run(
    conn: Connection, fund: int, rows: Sequence[Any], today: date
) -> Mapping[int, tuple[Refusal, ...]]:
    """What holds each of these approved payments of a fund, taken in their order while the money lasts."""
    general, earmarked, out = paying.pot(conn, fund)
    held: dict[int, tuple[Refusal, ...]] = {}
    for row in rows:
        left = pot.available(general, earmarked, out, row.round_id)
        reasons = of(row, today, available_pence=left)
        if reasons:
            held[row.id] = reasons
        else:
            out[row.round_id] = out.get(row.round_id, 0) + row.amount_pence
    return held
