"""The account that a fund pays from: the treasurer sets it, an officer types it again and so confirms it."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from fundapp.domain import accounts
from fundapp.pages import acting, bank_typed, typed
from fundapp.pages.gate import funds_for, gate
from fundapp.pages.treasurer import blueprint
from fundapp.queries import payers as asks
from fundapp.services import payers, vault
from fundapp.services.payers import PayerRefused
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _

Page = Response | str | tuple[str, int]
Problems = list[dict[str, str]]


@blueprint.get("/money/accounts")
@gate("treasurer", "officer")
def payer_accounts() -> Page:
    """The funds of this person, each with its account; of one fund its page at once."""
    rows = asks.funds(g.conn, _funds("treasurer", "officer"))
    if len(rows) == 1:
        return _page(rows[0])
    return render_template(
        "treasurer/payers.html", funds=[(row, asks.newest_confirmed(g.conn, row.id)) for row in rows]
    )


@blueprint.get("/money/accounts/<int:fund>")
@gate("treasurer", "officer")
def payer(fund: int) -> Page:
    """The account of one fund."""
    return _page(_fund(fund, "treasurer", "officer"))


@blueprint.post("/money/accounts/<int:fund>")
@gate("treasurer")
def set_payer(fund: int) -> Page:
    """Set another account; the one before counts until this is confirmed."""
    row = _fund(fund, "treasurer")
    read = bank_typed.read(whose=False)
    if read.account is None:
        return _page(row, read.given, read.problems), 422
    acting.end_reading()
    try:
        payers.propose(acting.office(), acting.actor(), row.id, read.account, g.arrived)
    except vault.NoBankKey:
        words = _(
            "The service has no key to keep it under, so nothing was saved. Ask the operator to run `fundapp doctor`."
        )
        return _page(_fund(fund, "treasurer"), read.given, [{"field": "main", "words": words}]), 503
    flash(_("The account is set. It counts once an officer has typed it again from the statement."))
    return redirect(url_for("treasurer.payer", fund=row.id), 303)


@blueprint.post("/money/accounts/<int:fund>/confirm")
@gate("officer")
def confirm_payer(fund: int) -> Page:
    """Confirm it by typing its numbers again."""
    row = _fund(fund, "officer")
    given = {"again_" + name: typed.line("again_" + name)[:40] for name in ("sort_code", "account")}
    sort_code, account = (
        accounts.read_sort_code(given["again_sort_code"]), accounts.read_account(given["again_account"]),
    )  # fmt: skip
    problems: Problems = []
    if sort_code is None:
        problems.append(
            {"field": "again_sort_code", "words": _("Give the sort code, six digits like 12-34-56.")}
        )
    if account is None:
        words = _("Give the account number, six to eight digits like 12345678.")
        problems.append({"field": "again_account", "words": words})
    if sort_code is None or account is None:
        return _page(row, given, problems), 422
    which = acting.seen() or 0
    acting.end_reading()
    try:
        payers.confirm(acting.office(), acting.actor(), row.id, which, sort_code, account, g.arrived)
    except PayerRefused as refused:
        field = "again_account" if refused.code == "other_numbers" else "main"
        problems = [{"field": field, "words": refusals.plain(refused.code, {}, acting.office().zone)}]
        return _page(_fund(fund, "officer"), given, problems), 422 if field != "main" else 409
    except (vault.NoBankKey, vault.Forgotten, ValueError):
        words = _("The account that was set cannot be read any more. Ask the treasurer to set it anew.")
        return _page(_fund(fund, "officer"), given, [{"field": "main", "words": words}]), 409
    flash(_("The account is confirmed. The fund pays from it from now on."))
    return redirect(url_for("treasurer.payer", fund=row.id), 303)


def _funds(*roles: str) -> list[int] | None:
    return funds_for(*roles)


def _fund(fund: int, *roles: str) -> Any:
    rows = asks.funds(g.conn, _funds(*roles)) if fund < 2**53 else []
    found = next((row for row in rows if row.id == fund), None)
    if found is None:
        abort(404)
    return found


def _page(row: Any, given: dict[str, str] | None = None, problems: Problems | None = None) -> str:
    newest, confirmed = asks.newest(g.conn, row.id), asks.newest_confirmed(g.conn, row.id)
    waits = newest if newest is not None and newest.confirmed_at is None else None
    own = waits is not None and waits.set_by == g.person.id

    def holds(role: str) -> bool:
        funds = funds_for(role)
        return funds is None or row.id in funds

    return render_template(
        "treasurer/payer.html", fund=row, confirmed=confirmed, waits=waits, given=given or {}, problems=problems,
        errors={p["field"]: p["words"] for p in problems or []}, sets=holds("treasurer"),
        confirms=waits is not None and not own and holds("officer"), own=own,
    )  # fmt: skip
