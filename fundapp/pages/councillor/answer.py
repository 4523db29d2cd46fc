"""The page behind the mailed link. Opening it changes nothing; sending the form decides."""

from typing import Any

from flask import g, render_template, request, url_for

from fundapp.pages import acting, changes_shown, sent_copy, typed
from fundapp.pages.councillor import blueprint, reach
from fundapp.pages.gate import gate
from fundapp.queries import links as asks
from fundapp.queries import messages
from fundapp.services.deed import Actor
from fundapp.words import moments, refusals, states
from fundapp.words.tongue import gettext as _
from workflows.guards.people import REASONS_ASIDE

#: Characters of a statement or reason; the policy holds the same for a statement.
MOST = 1200

Page = str | tuple[str, int]


@blueprint.route("/answer/<token>", methods=["GET", "POST"])
@gate("anyone")
def answer(token: str) -> Page:
    """The request that this link was mailed for."""
    asked = reach.by_link(token)
    if asked is None:
        return reach.dead(None, "unknown")
    why = reach.why_dead(asked)
    if why:
        return reach.dead(asked, why)
    by = Actor(asked.person_id, asked.person_token, "link")
    return respond(asked, by)


def respond(asked: Any, by: Actor) -> Page:
    """The form, or what became of it."""
    if request.method != "POST":
        return _page(asked, by, {"answer": "", "words": "", "no_interest": False})
    given = {
        "answer": request.form.get("answer", ""),
        "words": typed.words("words"),
        "no_interest": request.form.get("no_interest") == "yes",
    }
    problems = _mend(given)
    if problems:
        return _page(asked, by, given, problems), 422
    move = str(given["answer"])
    inputs: dict[str, Any]
    if move == "endorse":
        inputs = {"statement": given["words"], "no_interest": given["no_interest"], "document_id": None}
    elif move in REASONS_ASIDE:
        inputs, move = {"reason": move, "statement": given["words"]}, "stand_aside"
    else:
        inputs = {"reason": given["words"], "document_id": None}
    # What was read is what is answered: a newer copy of the bid refuses an answer to an older one.
    done, why = acting.move("bid", move, asked.bid_id, inputs, by=by)
    if done is None:
        return _refused(asked, by, given, why)
    about: Any = messages.about(g.conn, asked.bid_id)
    return render_template("councillor/thanks.html", answer=given["answer"], about=about)


def _refused(asked: Any, by: Actor, given: dict[str, Any], why: list[str]) -> Page:
    """The form again, over the bid as it now stands; or that somebody answered meanwhile."""
    fresh = asks.request_now(g.conn, asked.id)
    if fresh is None or reach.why_dead(fresh):
        return reach.dead(asked, reach.why_dead(fresh) if fresh is not None else "void")
    return _page(asked, by, given, [{"field": "answer", "words": words} for words in why]), 409


def _options(moves: dict[str, Any], about: Any) -> list[dict[str, str]]:
    """The answers that are open now, in words; `does` is what the button says."""
    group = about.organisation or _("the group")
    known = [
        ("endorse", _("I back it"), _("It goes to the panel with your statement."), _("Send my backing")),
        (
            "send_back", _("Send it back with a question"),
            _("%(group)s may change it and ask again.", group=group), _("Send my question"),
        ),
        ("refuse", _("I cannot back it"), _("The bid ends here. They read your reason."), _("Send my reason")),
        (
            "interest", _("I have an interest"),
            _("You, yours or a group you belong to gains from it. Somebody else is asked."), _("Stand aside"),
        ),
        ("elsewhere", _("It is not my area"), _("%(group)s is told, and asks somebody else.", group=group), _("Stand aside")),
    ]  # fmt: skip
    return [
        {"value": name, "words": words, "hint": hint, "does": does}
        for name, words, hint, does in known
        if (verdict := moves.get("stand_aside" if name in REASONS_ASIDE else name)) and verdict.granted
    ]


def _locked(moves: dict[str, Any]) -> list[str]:
    """Why it cannot be backed now, in sentences."""
    verdict = moves.get("endorse")
    if verdict is None or verdict.granted:
        return []
    return [refusals.sentence(refusal, acting.office().zone) for refusal in verdict.refusals]


def _mend(given: dict[str, Any]) -> list[dict[str, str]]:
    problems = []
    if given["answer"] not in ("endorse", "send_back", "refuse", *REASONS_ASIDE):
        problems.append({"field": "answer", "words": _("Choose one of the answers.")})
    if not given["words"] and given["answer"] not in REASONS_ASIDE:
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
    token = (request.view_args or {}).get("token", "")
    before = asks.version_before(g.conn, asked.id)
    changed = (
        changes_shown.shown(g.conn, asked.bid_id, before, asked.version_number)
        if before is not None and before < asked.version_number
        else None
    )

    def href(document: int) -> str:
        if token:
            return url_for("councillor.file", token=token, document=document)
        return url_for("councillor.request_file", ref=asked.reference, document=document)

    return render_template(
        "councillor/answer.html", asked=asked, about=about, given=given, problems=problems, most=MOST,
        errors={p["field"]: p["words"] for p in problems or []}, copy=sent_copy.copy_of(g.conn, asked.bid_id, href),
        changed=changed, paper=url_for("councillor.copy_pdf", token=token) if token else "",
        name=states.titled(asked.person_name, asked.office),
        until=moments.moment(about.due_at, zone) if about.due_at else "",
        summary=asked.answers.get("summary") or "", budget=asked.answers.get("budget") or [],
        people=asked.answers.get("people") or "", options=_options(moves, about), locked=_locked(moves),
        by_link=by.identified == "link",
    )  # fmt: skip
