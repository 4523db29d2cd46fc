"""What holds a payment back, in words, and with whom it waits."""

from typing import Any

from fundapp.domain.money import pounds_short
from fundapp.pages import acting, formats
from fundapp.services import holds
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _
from workflows.grammar import Refusal

#: A row of `queries.runs`.
Row = Any


def words(row: Row, today: Any) -> list[str]:
    """Why a payment that is not sent yet cannot be sent, and who has to do something about it; empty if nothing holds it."""
    if row.state not in ("scheduled", "approved"):
        return []
    said = [of(row, reason) for reason in holds.of(row, today)]
    if row.state == "scheduled" and row.standing_payee is None:
        said.append(
            _("There are no bank details yet. It waits for %(name)s to give them.", name=_applicant(row))
        )
    return said


def of(row: Row, reason: Refusal) -> str:
    """One reason in words that name whom it waits for."""
    match reason.code:
        case "report_overdue":
            return _(
                "Held: the report was due on %(day)s. It waits for %(name)s to send it.",
                day=formats.day(row.report_due_on), name=_applicant(row),
            )  # fmt: skip
        case "milestone_not_reached" if row.report_state == "filed":
            return _("Held until the final report is accepted. An officer has it to read.")
        case "milestone_not_reached" if row.report_state is not None:
            return _(
                "Held until the final report is accepted. %(name)s sends it by %(day)s.",
                name=_applicant(row), day=formats.day(row.report_due_on),
            )  # fmt: skip
        case "milestone_not_reached":
            return _("Held until the final report is accepted.")
        case "bank_change_under_way" if row.change_state == "asked":
            return _("Held: other bank details were given. It waits for an officer to confirm them.")
        case "bank_change_under_way":
            return _(
                "Held: other bank details were confirmed, and count from %(when)s. Then it is approved again.",
                when=formats.moment(row.cools_until),
            )
        case "bank_details_changed":
            return _(
                "Held: the bank details have changed since it was approved. An officer approves it again."
            )
        case "bank_knows_another_name":
            return _(
                "Held: the bank knows this account by another name. It waits for an officer to make sure of it."
            )
        case "pot_short":
            return _(
                "Held: only %(left)s of the money that came in is left. It waits for you to record what comes in.",
                left=pounds_short(reason.params["available_pence"]),
            )
    return refusals.sentence(reason, acting.office().zone, life="payment")


def _applicant(row: Row) -> str:
    return str(row.applicant or row.organisation or _("the applicant"))
