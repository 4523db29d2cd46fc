"""After the award: report back."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fundapp.domain import money
from fundapp.pages import acting, typed
from fundapp.pages.gate import gate
from fundapp.pages.member import blueprint, reach
from fundapp.queries import awards as asks
from fundapp.words.tongue import gettext as _

#: Characters that a report's answers may have.
MOST = 8000
#: More people than one project reaches.
MOST_PEOPLE = 9_999_999


@blueprint.route("/my-bids/<ref>/report", methods=["GET", "POST"])
@gate("signed_in")
def report(ref: str) -> Response | str | tuple[str, int]:
    """How it went: a page, and what was spent."""
    row = reach.fetch_own(ref)
    due: Any = asks.report_of(g.conn, row.id)
    if due is None:
        abort(404)
    if request.method != "POST":
        given: dict[str, Any] = {
            "story": due.story, "learned": due.learned, "people": str(due.people_reached or ""),
            "spent": money.pounds_plain(due.spent_pence) if due.spent_pence is not None else "", "consent": due.consent,
        }  # fmt: skip
        return _report_page(row, due, given)
    given = {name: typed.words(name) for name in ("story", "learned", "people", "spent")}
    given["consent"] = request.form.get("consent") == "yes"
    problems, inputs = _read_report(given)
    if problems:
        return _report_page(row, due, given, problems), 422
    done, why = acting.move("report", "file", due.id, inputs)
    if done is None:
        fresh = asks.report_of(g.conn, row.id)
        return _report_page(row, fresh, given, [{"field": "story", "words": words} for words in why]), 409
    flash(_("Your report is sent. Thank you."))
    return redirect(url_for("member.bid", ref=row.reference), 303)


def _read_report(given: dict[str, Any]) -> tuple[list[dict[str, str]], dict[str, Any]]:
    problems: list[dict[str, str]] = []
    for name, words in (("story", _("Say how it went.")), ("learned", _("Say what you learned."))):
        if not given[name]:
            problems.append({"field": name, "words": words})
        elif len(given[name]) > MOST:
            problems.append(
                {"field": name, "words": _("Shorten this to %(most)s characters.", most=f"{MOST:,}")}
            )
    people = typed.whole(given["people"].replace(",", ""))
    if given["people"] and (people is None or people > MOST_PEOPLE):
        problems.append({"field": "people", "words": _("Give a whole number of people, like 85.")})
    spent = None
    try:
        spent = money.parse_pounds(given["spent"])
        if spent < 0:
            raise money.MoneyError("money_unreadable")
    except money.MoneyError:
        problems.append(
            {"field": "spent", "words": _("Give what was spent in pounds, like 4850 or 4850.50.")}
        )
    inputs = {
        "story": given["story"], "learned": given["learned"], "spent_pence": spent, "consent": given["consent"],
        "people_reached": people,
    }  # fmt: skip
    return problems, inputs


def _report_page(
    row: Any, due: Any, given: dict[str, Any], problems: list[dict[str, str]] | None = None
) -> str:
    return render_template(
        "member/report.html", bid=row, report=due, given=given, problems=problems, most=MOST,
        errors={p["field"]: p["words"] for p in problems or []}, moves=acting.may("report", due.id),
        award=asks.of_bid(g.conn, row.id),
    )  # fmt: skip
