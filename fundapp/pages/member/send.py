"""Check your answers, and send."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from fundapp.domain import deadlines, forms, money
from fundapp.pages import acting, answers_shown
from fundapp.pages.gate import gate
from fundapp.pages.member import blueprint, copying, reach
from fundapp.queries import people, rounds
from fundapp.words import refusals, states
from fundapp.words.tongue import gettext as _


@blueprint.get("/my-bids/<ref>/check")
@gate("signed_in")
def check(ref: str) -> Response | str:
    """Every answer once more, what is missing, and the button."""
    bid, draft = reach.fetch_draft(ref)
    if bid.state not in ("draft", "returned"):
        return redirect(url_for("member.bid", ref=bid.reference), 303)
    return _page(bid, draft)


@blueprint.post("/my-bids/<ref>/submit")
@gate("signed_in")
def submit(ref: str) -> Response | tuple[str, int]:
    """Send the bid to its representative; a copy that they backed before and that is unchanged goes straight back."""
    bid, draft = reach.fetch_draft(ref)
    verdicts = acting.may("bid", bid.id)
    again = verdicts.get("resubmit")
    move = "resubmit" if again is not None and again.granted else "submit"
    labels = {question["id"]: str(_(question["label"])) for question in draft.questions}
    done, why = acting.move("bid", move, bid.id, labels=labels)
    if done is None:
        bid, draft = reach.fetch_draft(ref)
        if copying.is_late(bid):
            return copying.late_page(bid), 409
        return _page(bid, draft, why), 409
    flash(_("It is sent. A receipt is on its way to you."))
    return redirect(url_for("member.bid", ref=bid.reference), 303)


def _page(bid: Any, draft: Any, why: list[str] | None = None) -> str:
    parts = reach.parts(draft.questions, draft.answers)
    lacks = [
        {
            "question": part["question"],
            "words": refusals.lack_sentence(part["lacks"][0], part["question"]),
            "href": url_for("member.question", ref=bid.reference, question=part["question"]["id"]),
        }
        for part in parts
        if part["lacks"]
    ]
    named = people.holding(g.conn, draft.answers.get("representative") or 0)
    asked, placed = draft.answers.get("amount_pence") or 0, forms.budget_pence(draft.answers)
    if asked and placed and asked != placed:
        words = _("You ask for %(asked)s but your lines add up to %(lines)s.",
                  asked=money.pounds_short(asked), lines=money.pounds_short(placed))  # fmt: skip
        lacks.append(
            {
                "question": None,
                "words": words,
                "href": url_for("member.question", ref=bid.reference, question="budget"),
            }
        )
    moves = acting.may("bid", bid.id)
    return render_template(
        "member/check.html", bid=bid, draft=draft, lacks=lacks,
        rows=[
            row_of(part["question"], draft.answers.get(part["question"]["id"]), bid.reference) | {"lacks": part["lacks"]}
            for part in parts
        ],
        problems=[{"field": "send", "words": words} for words in why or []], title=reach.title_of(bid, draft.answers),
        named=states.titled(named.name, named.office) if named else "",
        confirmed=bool(named and named.email and named.source),
        round=rounds.by_id(g.conn, bid.round_id), again=bool(moves.get("resubmit") and moves["resubmit"].granted),
    )  # fmt: skip


def row_of(question: dict[str, Any], answer: Any, ref: str | None) -> dict[str, Any]:
    """One answer as it reads: {label, lines, href}."""
    href = url_for("member.question", ref=ref, question=question["id"]) if ref else None
    return {"label": _(question["label"]), "lines": said(question, answer), "href": href}


def said(question: dict[str, Any], answer: Any) -> list[str]:
    """An answer in lines."""
    return answers_shown.lines(question, answer)


def today() -> Any:
    """The day of this request in the fund's zone."""
    return deadlines.civil_day(g.arrived, acting.office().zone)
