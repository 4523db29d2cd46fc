"""Awards out that election law may look at: why, and words for whoever receives them; the same as a file."""

import io
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from flask import Response, abort, g, render_template, request

from fundapp.domain import recipients
from fundapp.domain.deadlines import civil_day
from fundapp.exports import flags as files
from fundapp.pages import acting
from fundapp.pages.downloads import disposition
from fundapp.pages.gate import gate
from fundapp.pages.treasurer import blueprint, reach
from fundapp.queries import awards_out
from fundapp.words import election_law, states
from fundapp.words import recipients as words
from fundapp.words.tongue import gettext as _

#: Awards on a page, and in one look for the file.
SHOWN: Final = 50
_AT_A_TIME: Final = 500


@blueprint.get("/money/awards-out")
@gate("treasurer")
def awards_out_list() -> str:
    """The awards that may be donations to whoever receives them, the newest first, each with why."""
    text = request.args.get("before", "")
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
    rows, last = _page(before, SHOWN)
    return render_template("treasurer/awards_out.html", rows=rows, older=last)


@blueprint.get("/money/awards-out.csv")
@gate("treasurer")
def awards_out_file() -> Response:
    """All of them as a CSV file."""
    stream = io.StringIO(newline="")
    stream.write("\ufeff")  # without it Excel misreads every name that is not ASCII
    files.write_csv(_everything(), stream)
    response = Response(stream.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = disposition(f"awards-out-{reach.today().isoformat()}.csv")
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/money/<ref>/awards-out")
@gate("treasurer")
def award_out(ref: str) -> str:
    """One of them: why it is here, and the words to put into a letter to whoever receives it."""
    award = reach.fetch_award(ref)
    flag = of_bid(award.bid_id)
    if flag is None:
        abort(404)
    said = election_law.for_the_letter(
        flag["row"].recipient, fund=flag["row"].fund, reference=award.reference, amount_pence=award.amount_pence,
        day=flag["day"],
    )  # fmt: skip
    return render_template("treasurer/award_out.html", award=award, flag=flag, words="\n\n".join(said))


def of_bid(bid: int) -> dict[str, Any] | None:
    """Why election law may look at a bid's award; None if nothing speaks for it."""
    row = awards_out.of_bid(g.conn, bid)
    return next(iter(_flags([row])), None) if row is not None else None


def _page(before: int | None, size: int) -> tuple[list[dict[str, Any]], int | None]:
    """A page of flags, and where the next begins."""
    rows = awards_out.listed(g.conn, reach.funds(), g.person.id, before=before, limit=size + 1)
    return _flags(rows[:size]), rows[size - 1].id if len(rows) > size else None


def _everything() -> Iterator[files.Flag]:
    before: int | None = None
    while True:
        found, before = _page(before, _AT_A_TIME)
        for flag in found:
            row = flag["row"]
            yield files.Flag(
                reference=row.reference, title=row.title, organisation=row.organisation or "", fund=row.fund,
                round=row.round, state=states.label("award", row.state, "staff"), amount_pence=row.amount_pence,
                limit_pence=flag["limit"], day=flag["day"], holder=words.label(row.recipient) if row.recipient else "",
                sure=flag["sure"], why=" ".join(flag["why"]),
            )  # fmt: skip
        if before is None:
            return


def _flags(rows: list[Any]) -> list[dict[str, Any]]:
    """Those over the limit of their day for which something speaks: {row, day, limit, why: sentences, sure: by the answer}."""
    seats = awards_out.seats(g.conn, [row.bid_id for row in rows]) if rows else {}
    found = []
    for row in rows:
        day = civil_day(row.accepted_at or row.offered_at, acting.office().zone)
        why = _why(row, seats.get(row.bid_id, []), day)
        if why and recipients.over(row.amount_pence, day):
            limit = recipients.limit(day)
            found.append(
                {"row": row, "day": day, "limit": limit, "why": why, "sure": row.recipient in recipients.POLITICAL}
            )  # fmt: skip
    return found


def _why(row: Any, seats: list[Any], day: date) -> list[str]:
    why = []
    if row.recipient in recipients.POLITICAL:
        why.append(
            _("The applicant says who holds the money: %(holder)s.", holder=words.label(row.recipient))
        )
    for seat in seats:
        if seat.from_on <= day and (seat.to_on is None or day <= seat.to_on):
            who = states.titled(seat.name, seat.office)
            why.append(_("%(who)s bids, and holds an elected office for %(area)s.", who=who, area=seat.area))
    hint = recipients.hinted(row.organisation or "")
    if hint:
        why.append(_("The name of the group may be one of political life: “%(hint)s”.", hint=hint))
    return why
