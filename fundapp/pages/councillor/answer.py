"""The page behind the mailed link. Opening it changes nothing; sending the form decides."""

from typing import Any

from flask import g, render_template, request
from flask_babel import gettext as _

from fundapp.pages import acting, sent_copy
from fundapp.pages.councillor import blueprint
from fundapp.pages.gate import gate
from fundapp.queries import links as asks
from fundapp.queries import messages
from fundapp.services.deed import Actor
from fundapp.words import moments, states

#: Characters of a statement or reason; the policy holds the same for a statement.
MOST = 1200

Page = str | tuple[str, int]


@blueprint.route("/answer/<token>", methods=["GET", "POST"])
@gate("anyone")
def answer(token: str) -> Page:
    """The request that this link was mailed for."""
    asked = asks.request_of(g.conn, token)
    if asked is None:
        return render_template("councillor/dead.html", why="unknown", asked=None), 404
    dead = why_dead(asked)
    if dead:
        return render_template(
            "councillor/dead.html", why=dead, asked=asked, about=messages.about(g.conn, asked.bid_id)
        ), 410
    by = Actor(asked.person_id, asked.person_token, "link")
    return respond(asked, by)


def why_dead(asked: Any) -> str:
    """`answered`, `void`, or empty for a request that stands."""
    if asked.answered_at is not None:
        return "answered"
    return "void" if asked.void_at is not None else ""


def respond(asked: Any, by: Actor) -> Page:
    """The form, or what became of it."""
    if request.method == "GET":
        return _page(asked, by, {"answer": "", "words": "", "no_interest": False})
    given = {
        "answer": request.form.get("answer", ""),
        "words": request.form.get("words", "").replace("\r\n", "\n").strip(),
        "no_interest": request.form.get("no_interest") == "yes",
    }
    problems = _mend(given)
    if problems:
        return _page(asked, by, given, problems), 422
    if given["answer"] == "endorse":
        inputs = {"statement": given["words"], "no_interest": given["no_interest"], "document_id": None}
    else:
        inputs = {"reason": given["words"], "document_id": None}
    done, why = acting.move("bid", str(given["answer"]), asked.bid_id, inputs, by=by)
    if done is None:
        return _page(asked, by, given, [{"field": "answer", "words": words} for words in why]), 409
    about: Any = messages.about(g.conn, asked.bid_id)
    return render_template("councillor/thanks.html", answer=given["answer"], about=about)


def _mend(given: dict[str, Any]) -> list[dict[str, str]]:
    problems = []
    if given["answer"] not in ("endorse", "send_back", "refuse"):
        problems.append({"field": "answer", "words": _("Choose one of the three answers.")})
    if not given["words"]:
        problems.append({"field": "words", "words": _("Write two or three sentences.")})
    elif len(given["words"]) > MOST:
        problems.append(
            {"field": "words", "words": _("Shorten this to %(most)s characters.", most=f"{MOST:,}")}
        )
    if given["answer"] == "endorse" and not given["no_interest"]:
        words = _("Tick that nobody of yours gains from it, or choose another answer.")
        problems.append({"field": "no_interest", "words": words})
    return problems


def _page(asked: Any, by: Actor, given: dict[str, Any], problems: list[dict[str, str]] | None = None) -> str:
    about: Any = messages.about(g.conn, asked.bid_id)
    zone = acting.office().zone
    moves = acting.may("bid", asked.bid_id, by=by)
    return render_template(
        "councillor/answer.html", asked=asked, about=about, given=given, problems=problems, most=MOST, moves=moves,
        errors={p["field"]: p["words"] for p in problems or []}, copy=sent_copy.copy_of(g.conn, asked.bid_id),
        name=states.titled(asked.person_name, asked.office), until=moments.moment(about.due_at, zone) if about.due_at else "",
        summary=asked.answers.get("summary") or "", budget=asked.answers.get("budget") or [],
        people=asked.answers.get("people") or "", officers=[], by_link=by.identified == "link",
    )  # fmt: skip
