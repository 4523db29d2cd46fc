"""An account as it was typed into a form, for every room that takes one."""

from dataclasses import dataclass
from typing import Any

from flask import request

from fundapp.domain import accounts
from fundapp.pages import typed
from fundapp.services.bank_details import Account
from fundapp.words import bank
from fundapp.words.tongue import gettext as _

#: Longer than a number in any writing.
_MOST_TYPED = 40


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form held, and what is wrong with it; `account` is None while something is."""

    given: dict[str, str]
    problems: list[dict[str, str]]
    account: Account | None


def read(*, whose: bool = True) -> Typed:
    """The account of the form. Without `whose` it is the fund's own, and nobody is asked."""
    given = {name: typed.line(name)[:_MOST_TYPED] for name in ("sort_code", "account")}
    given |= {
        "holder_name": typed.line("holder_name"),
        "kind": request.form.get("kind", "") if whose else "business",
    }
    problems: list[dict[str, str]] = []

    def wrong(name: str, words: Any) -> None:
        problems.append({"field": name, "words": str(words)})

    if not given["holder_name"]:
        wrong("holder_name", _("Give the name on the account, as it stands on the statement."))
    elif len(given["holder_name"]) > accounts.LONGEST_HOLDER:
        given["holder_name"] = given["holder_name"][: 2 * accounts.LONGEST_HOLDER]
        wrong("holder_name", _("Shorten the name to %(most)s characters.", most=accounts.LONGEST_HOLDER))
    if given["kind"] not in bank.KINDS:
        wrong("kind", _("Choose whose account it is."))
    sort_code, account = accounts.read_sort_code(given["sort_code"]), accounts.read_account(given["account"])
    if sort_code is None:
        wrong("sort_code", _("Give the sort code, six digits like 12-34-56."))
    if account is None:
        wrong("account", _("Give the account number, six to eight digits like 12345678."))
    if problems or sort_code is None or account is None:
        return Typed(given, problems, None)
    return Typed(given, [], Account(given["holder_name"], given["kind"], sort_code, account))
