"""Rounds: what stands, one round with its numbers and the acts that take it on, and planning a new one."""

from datetime import timedelta
from typing import Any, Final

from flask import abort, flash, g, redirect, render_template, request, url_for
from sqlalchemy import Row

from fundapp.domain import deadlines, money
from fundapp.pages import acting, drawings, typed
from fundapp.pages.gate import funds_for, gate
from fundapp.pages.officer import blueprint, forms
from fundapp.pages.officer.forms import Page, Problems
from fundapp.queries import events, funnel
from fundapp.queries import rounds as asks
from fundapp.services import rounds as acts
from fundapp.services.transition import Refused
from fundapp.words import history, moments, refusals, states
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext

#: The acts of an officer on a round, in the order of its life; the release and its undoing stand with the chair.
MOVES: Final = ("open", "close", "start_panel", "archive")
#: The most that a column of pence holds: 31 bits.
MOST_PENCE: Final = 2**31 - 1
#: So long before the closing, drafts that nobody sends are looked at.
CLOSING_NEAR: Final = timedelta(days=7)
#: The newest events of the round that its page tells.
STORY: Final = 12
_FIELDS: Final = ("code", "title", "opens", "closes", "budget", "least", "most")
_WRONG: Final = {
    "bad_code": "code", "code_taken": "code", "no_title": "title", "closes_before_opening": "closes",
    "no_budget": "budget", "limits_crossed": "most", "title_too_long": "title", "far_off": "closes", "too_much_money": "most",
}  # fmt: skip


def fetch(code: str) -> Row[Any]:
    """The round of that code in a fund that this person runs; 404 for any other."""
    row = asks.by_code(g.conn, code)
    funds = funds_for("officer")
    if row is None or (funds is not None and row.fund_id not in funds):
        abort(404)
    return row


@blueprint.get("/rounds-desk")
@gate("officer")
def rounds() -> str:
    """Every round of the funds that this person runs, newest first."""
    funds = funds_for("officer")
    rows = [row for row in asks.all_of(g.conn) if funds is None or row.fund_id in funds]
    return render_template("officer/rounds.html", rows=rows, label=states.label, kind=states.kind)


@blueprint.get("/rounds-desk/<code>")
@gate("officer")
def round(code: str) -> str:
    """One round: where it stands, its numbers, what may be done next."""
    return _page(fetch(code))


@blueprint.post("/rounds-desk/<code>/<move>")
@gate("officer")
def move_round(code: str, move: str) -> Page:
    """Open, close, hand to the panel or archive a round."""
    row = fetch(code)
    if move not in MOVES:
        abort(404)
    done, why = acting.move("round", move, row.id)
    if done is None:
        return _page(fetch(code), [{"field": "moves", "words": words} for words in why]), 409
    said = {
        "open": _("The round is open: members can bid."),
        "close": _("The round is closed."),
        "start_panel": _("The panel has begun. The chair gives the bids to readers."),
        "archive": _("The round is archived. It stays readable."),
    }
    flash(said[move])
    return redirect(url_for("officer.round", code=code), 303)


def _page(row: Row[Any], problems: Problems | None = None) -> str:
    zone = acting.office().zone
    moves = acting.may("round", row.id)
    paid, promised, budget = asks.pot(g.conn, row.id)
    found = funnel.figures(g.conn, row.id)
    told = events.events_of(g.conn, f"round:{row.id}")
    names = events.names_of(g.conn, {event.actor for event in told})
    return render_template(
        "officer/round.html",
        round=row, figures=found, stages=_stages(row, found), exits=_exits(row, found), stuck=_stuck(row, found),
        waiting=[
            (states.titled(each.name, each.office), each) for each in funnel.waiting(g.conn, row.id)
        ],
        story=history.story(told, names, g.person.token, "staff", zone, True)[:STORY],
        paid=paid, promised=promised, budget=budget, problems=problems,
        moves={name: moves[name] for name in MOVES if name in moves}, undo=moves.get("undo"),
        locks={
            name: [refusals.sentence(each, zone, life="round", officer=True) for each in verdict.refusals]
            for name, verdict in moves.items()
        },
        label=states.label, kind=states.kind, move_label=states.move_label,
    )  # fmt: skip


def _list(row: Row[Any], **only: Any) -> str:
    return url_for("staff.bids", round=row.code, **only)


def _stages(row: Row[Any], found: dict[str, tuple[int, int]]) -> list[dict[str, Any]]:
    """The way of the round's bids: [{label, href, count, pence, share}], `share` in percent of those begun."""
    labels = {
        "begun": _("Begun"), "sent": _("Sent"), "backed": _("Backed"), "read": _("Reviewed"), "won": _("Awarded"),
        "reported": _("Reported"),
    }  # fmt: skip
    whole = found["begun"][0]
    return [
        {
            "label": label, "href": _list(row, only=name) if name != "begun" else _list(row), "count": found[name][0],
            "pence": found[name][1] if name != "begun" else None, "share": drawings.share_of(found[name][0], whole),
        }
        for name, label in labels.items()
    ]  # fmt: skip


def _exits(row: Row[Any], found: dict[str, tuple[int, int]]) -> list[dict[str, Any]]:
    """Where bids left the way: [{label, href, count, kind}]; only what happened."""
    labels = {
        "returned": _("sent back, to be changed"), "not_endorsed": _("refused by their representative"),
        "ineligible": _("ruled out"), "withdrawn": _("withdrawn"), "lapsed": _("lapsed"), "declined": _("not funded"),
        "cancelled": _("cancelled after the award"),
    }  # fmt: skip
    return [
        {
            "label": label, "href": _list(row, only=name), "count": found[name][0],
            "kind": "sent_back" if name == "returned" else "ended",
        }
        for name, label in labels.items() if found[name][0]
    ]  # fmt: skip


def _stuck(row: Row[Any], found: dict[str, tuple[int, int]]) -> list[dict[str, Any]]:
    """What waits for the officer's eye, as a task list has it: [{title, href, under, kind, words}]."""
    drafts = found["begun"][0] - found["sent"][0]
    near = row.state == "open" and row.closes_at - CLOSING_NEAR <= g.arrived <= row.closes_at
    rows = [
        (found["no_address"][0], _("Nobody can be asked to back them"), _list(row, only="no_address"),
         _("No representative, or none whose address is confirmed."), "you"),
        (found["silent"][0], _("Sent back, and nothing written since"), _list(row, only="silent"),
         _("They lapse at the end of their grace time."), "sent_back"),
        (found["file_held"][0], _("A file was refused, or is not checked yet"), _list(row, only="file_held"),
         _("The bid cannot be sent with it."), "wait"),
        (found["mail_failed"][0], _("A mail failed"), _list(row, only="mail_failed"),
         _("It was tried for a day and given up."), "you"),
        (drafts if near else 0, _("Drafts, and the round closes soon"), _list(row, state="draft"),
         _("It closes %(left)s.", left=moments.left(row.closes_at, g.arrived)), "wait"),
    ]  # fmt: skip
    return [
        {
            "title": title, "href": href, "under": under, "kind": kind,
            "words": ngettext("One bid", "%(num)s bids", count),
        }
        for count, title, href, under, kind in rows if count
    ]  # fmt: skip


@blueprint.route("/rounds-desk/add", methods=["GET", "POST"])
@gate("officer")
def add_round() -> Page:
    """Plan a round; it opens by itself at its opening day."""
    given = {name: forms.text(name)[:200] for name in _FIELDS}
    funds = [row for row in asks.funds(g.conn) if (held := funds_for("officer")) is None or row.id in held]
    given["fund"] = forms.text("fund")[:20] or (str(funds[0].id) if funds else "")
    if request.method == "GET":
        return _add(funds, given)
    zone = acting.office().zone
    problems: Problems = []
    opens, closes = typed.day(given["opens"]), typed.day(given["closes"])
    pence: dict[str, int] = {}
    for field in ("budget", "least", "most"):
        if given[field] or field == "budget":
            try:
                pence[field] = _pence(given[field])
            except money.MoneyError as wrong:
                problems.append({"field": field, "words": refusals.plain(wrong.code, wrong.params, zone)})
    if opens is None:
        problems.append({"field": "opens", "words": _("Give the first day, such as 1 February 2027.")})
    if closes is None:
        problems.append({"field": "closes", "words": _("Give the last day, such as 31 March 2027.")})
    if forms.number("fund") not in {row.id for row in funds}:
        problems.append({"field": "fund", "words": _("Choose the fund.")})
    if not given["title"]:
        problems.append({"field": "title", "words": _("Give the round a title.")})
    if (
        not all(sign.isascii() and (sign.isalnum() or sign in "-_") for sign in given["code"])
        or not given["code"]
    ):
        problems.append(
            {"field": "code", "words": _("A code has letters, digits and dashes only, such as SPRING-2027.")}
        )
    if problems or opens is None or closes is None:
        problems.sort(key=lambda problem: ("fund", *_FIELDS).index(problem["field"]))
        return _add(funds, given, problems), 422
    terms: dict[str, Any] = {
        "code": given["code"], "title": given["title"], "opens_at": deadlines.opening_of(opens, zone),
        "closes_at": deadlines.closing_of(closes, zone), "budget_pence": pence["budget"],
    }  # fmt: skip
    terms |= {
        name: pence[key] for name, key in (("min_pence", "least"), ("max_pence", "most")) if key in pence
    }
    acting.end_reading()
    try:
        acts.plan(acting.office(), acting.actor(), forms.number("fund") or 0, terms, g.arrived)
    except acts.RoundRefused as refused:
        words = refusals.plain(refused.code, refused.params, zone, life="round")
        return _add(funds, given, [{"field": _WRONG.get(refused.code, "code"), "words": words}]), 422
    except Refused as refused:
        return _add(
            funds, given, [{"field": "code", "words": words} for words in refusals.sentences(refused, zone)]
        ), 409
    acting.nudge()
    flash(_("%(title)s is planned.", title=given["title"]))
    return redirect(url_for("officer.round", code=given["code"]), 303)


def _pence(text: str) -> int:
    """An amount that a round can hold. Raises MoneyError."""
    pence = money.parse_pounds(text)
    if abs(pence) > MOST_PENCE:
        raise money.MoneyError("money_too_large", {"text": text[:60], "most_pence": MOST_PENCE})
    return pence


def _add(funds: list[Row[Any]], given: dict[str, str], problems: Problems | None = None) -> str:
    return render_template(
        "officer/add_round.html", funds=funds, given=given, problems=problems, errors=forms.errors(problems)
    )
