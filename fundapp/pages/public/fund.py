"""The fund's own pages: what is open, one round, what was given, the rules."""

import secrets
from typing import Any

from flask import abort, g, render_template, request

from fundapp.domain import money
from fundapp.pages import acting
from fundapp.pages import gate as gates
from fundapp.pages.gate import gate
from fundapp.pages.public import blueprint
from fundapp.queries import published, rounds
from fundapp.services.rounds import FUND_TERMS, about_of
from fundapp.words import keeping, moments
from fundapp.words.tongue import gettext as _
from workflows import BID
from workflows.grammar import GUARDS


@blueprint.get("/")
@gate("anyone")
def home() -> str:
    """The round that is open, or a kind word."""
    known = rounds.all_of(g.conn)
    now = [row for row in known if takes_bids(row)]
    if now:
        return _round(now[0], now[1:])
    return render_template("public/closed.html", coming=[row for row in known if row.opens_at > g.arrived])


def takes_bids(row: Any) -> bool:
    """Whether a bid that arrives now may begin in this round: by its times, and nobody closed it before."""
    return bool(row.opens_at <= g.arrived <= row.closes_at and row.state in ("planned", "open"))


@blueprint.get("/rounds/<code>")
@gate("anyone")
def round(code: str) -> str:
    """One round."""
    row = rounds.by_code(g.conn, code)
    if row is None or (row.opens_at > g.arrived and row.state == "planned" and not gates.held_roles()):
        abort(404)
    return _round(row, [])


@blueprint.route("/rounds/<code>/check", methods=["GET", "POST"])
@gate("anyone")
def check(code: str) -> str | tuple[str, int]:
    """Four questions that say whether one can bid, and why not; nothing of the answers is kept."""
    row = rounds.by_code(g.conn, code)
    if row is None or (row.opens_at > g.arrived and row.state == "planned" and not gates.held_roles()):
        abort(404)
    questions = [_asked(row, question) for question in about_of(row.about)["questions"]]
    given = {f"answer_{number}": request.form.get(f"answer_{number}", "") for number in range(len(questions))}
    problems = [
        {"field": name, "words": _("Say yes or no: %(question)s", question=questions[number]["ask"])}
        for number, (name, answer) in enumerate(given.items())
        if answer not in ("yes", "no")
    ]
    if request.method == "GET" or problems:
        shown = problems if request.method == "POST" else []
        page = render_template(
            "public/check.html", round=row, questions=questions, given=given, problems=shown,
            errors={problem["field"]: problem["words"] for problem in shown},
        )  # fmt: skip
        return (page, 422) if shown else page
    against = [
        question
        for question, answer in zip(questions, given.values(), strict=True)
        if answer != question["right"]
    ]
    return render_template(
        "public/checked.html", round=row, against=against, open=takes_bids(row), key=secrets.token_hex(16),
        member="member" in gates.held_roles(),
    )  # fmt: skip


def _asked(row: Any, question: dict[str, str]) -> dict[str, str]:
    """A question of the check with the round's own figures in it."""
    today = g.arrived.astimezone(acting.office().zone).date()
    figures = {
        "{least}": money.pounds_short(row.min_pence), "{most}": money.pounds_short(row.max_pence),
        "{reports}": moments.day(row.report_by.astimezone(acting.office().zone).date(), today),
    }  # fmt: skip
    filled = {}
    for part, words in question.items():
        for sign, figure in figures.items():
            words = words.replace(sign, figure)
        filled[part] = words
    return filled


def _round(row: Any, others: list[Any]) -> str:
    about = about_of(row.about)
    before = published.last_released(g.conn, row.id)
    given = published.amounts(g.conn, before.id) if before is not None else []
    return render_template(
        "public/round.html", round=row, others=others, open=row.opens_at <= g.arrived <= row.closes_at, last=before,
        given=given, bids_before=published.count_of(g.conn, before.id) if before is not None else 0,
        key=secrets.token_hex(16), member="member" in gates.held_roles(), scored=_scored,
        closing_time=moments.clock_time(row.closes_at, acting.office().zone), about=about,
        funds=[{"kind": "done", "words": words} for words in about["funds"]],
        not_funds=[{"kind": "ended", "words": words} for words in about["not_funds"]],
        questions=published.questions(g.conn, row.id),
    )  # fmt: skip


def _scored(rubric: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """The criteria with what each asks, as labelled facts."""
    return [(_(criterion["label"]), _(criterion["describe"])) for criterion in rubric]


@blueprint.get("/awards")
@gate("anyone")
def awards() -> str:
    """What was given to whom: organisations only, never a person."""
    return render_template("public/awards.html", rows=published.awards(g.conn))


@blueprint.get("/rules")
@gate("anyone")
def rules() -> str:
    """The rules, from the policy itself."""
    moves = [
        {"name": move.name, "needs": [GUARDS[name].says for name in move.needs]}
        for move in BID.moves
        if move.needs
        and move.name in ("submit", "endorse", "decide", "report")
        and move.sources != ("returned",)
    ]
    titles = {
        "submit": _("A bid is sent when"), "endorse": _("A representative may back it when"),
        "decide": _("The chair may stage a decision when"), "report": _("A bid is closed when"),
    }  # fmt: skip
    return render_template(
        "public/rules.html", moves=moves, titles=titles, conditions=FUND_TERMS["conditions"]
    )


@blueprint.get("/privacy")
@gate("anyone")
def privacy() -> str:
    """What we keep of people, why and how long, by the register that the service itself goes by."""
    return render_template("public/privacy.html", classes=keeping.classes())


@blueprint.get("/accessibility")
@gate("anyone")
def accessibility() -> str:
    """How usable this is, and whom to tell."""
    return render_template("public/accessibility.html")
