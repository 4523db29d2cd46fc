"""The form of a decision: what its fields begin with, and what is to be mended in them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from fundapp.domain import money
from fundapp.pages import acting
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _

#: The longest of its texts, in characters.
MOST = 4000
#: Its texts: what an award hangs on, what the applicant is told, what the minutes say.
TEXTS = ("conditions", "feedback", "reason")
NAMES = ("outcome", "amount", *TEXTS)


def begins(decision: Row[Any] | None, asked_pence: int, comments: str) -> dict[str, str]:
    """The fields as they stand before anybody types: what is recorded, else the whole sum and the readers' comments."""
    if decision is None:
        return {
            "outcome": "",
            "amount": pounds(asked_pence),
            "conditions": "",
            "feedback": comments,
            "reason": "",
        }
    award = decision.outcome == "award"
    return {
        "outcome": decision.outcome, "amount": pounds(decision.amount_pence if award else asked_pence),
        **{name: getattr(decision, name) for name in TEXTS},
    }  # fmt: skip


def checked(given: Mapping[str, str]) -> tuple[int | None, list[tuple[str, str]]]:
    """The pence of an award, and (field, words) of all that is to be mended."""
    wrong: list[tuple[str, str]] = []
    pence = None
    if given["outcome"] not in ("award", "decline"):
        wrong.append(("outcome", _("Choose whether it is awarded or declined.")))
    elif given["outcome"] == "award":
        try:
            pence = money.parse_pounds(given["amount"])
        except money.MoneyError as trouble:
            wrong.append(("amount", refusals.plain(trouble.code, trouble.params, acting.office().zone)))
    elif not given["feedback"]:
        wrong.append(("feedback", _("Tell them why: one thing that was good, one to mend.")))
    wrong += [
        (name, _("Shorten this to %(most)s characters.", most=f"{MOST:,}"))
        for name in TEXTS
        if len(given[name]) > MOST
    ]
    return pence, wrong


def inputs(given: Mapping[str, str], pence: int | None, suggestion: int | None) -> dict[str, Any]:
    """What the move is given. `suggestion`: the set that the decision was held against, if there is one."""
    texts = {name: given[name] for name in TEXTS}
    return {"outcome": given["outcome"], "amount_pence": pence, **texts, "suggestion_id": suggestion}


def pounds(pence: int) -> str:
    """A sum as its field shows it."""
    return money.pounds_short(pence).removeprefix("£")
