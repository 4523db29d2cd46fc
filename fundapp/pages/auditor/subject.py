"""One chain in words: who did what, in what part and by what right, which rows it recorded, and where it is sealed."""

from functools import partial
from typing import Any

from flask import abort, g, render_template, request, url_for
from werkzeug.wrappers import Response

from fundapp.audit import spot
from fundapp.pages import acting, proved
from fundapp.pages.auditor import blueprint, drawn
from fundapp.pages.auditor.record import meant, number
from fundapp.pages.gate import funds_for, gate
from fundapp.pages.public.log import known
from fundapp.queries import events, rounds
from fundapp.queries import record as asks
from fundapp.queries.ranking import PANEL_STATES
from fundapp.services import proofs

PAGE = 50


@blueprint.get("/record/<subject>")
@gate("auditor")
def subject(subject: str) -> str:
    """One chain, newest first."""
    if subject == "find":
        subject = meant(request.args.get("words", ""))
    head = _head(subject)
    rows = asks.chain(g.conn, subject, number("before"), PAGE + 1)
    names = events.names_of(g.conn, {row.actor for row in rows})
    title = asks.titles(g.conn, {subject}).get(subject, subject)
    broken = {("", event) for event in spot.broken(acting.office().recorder, rows)}
    shown = drawn.items(rows[:PAGE], names, {}, broken)
    places = asks.positions(g.conn, subject, [row.number for row in rows[:PAGE]])
    for item in shown:
        item["place"] = places.get(item["number"])
        if item["place"] is not None:
            item["href"] = url_for("auditor.proof", subject=subject, number=item["number"])
    of_round = rounds.by_id(g.conn, int(subject[6:])) if subject.startswith("round:") else None
    return render_template(
        "auditor/subject.html", subject=subject, title=title, head=head, items=shown, sealing=bool(known()),
        broken=sum(item["kind"] == "broken" for item in shown),
        older=rows[PAGE - 1].number if len(rows) > PAGE else None, hash=drawn.short(head.hash),
        is_bid=subject.startswith("bid:"), round=of_round if of_round and of_round.state in PANEL_STATES else None,
    )  # fmt: skip


@blueprint.get("/record/<subject>/<int:number>/proof")
@gate("auditor")
def proof(subject: str, number: int) -> Response:
    """The proof of one event, none of its rows opened."""
    head, keys = _head(subject), known()
    if not 0 < number <= head.number or not keys:
        abort(404)
    name = f"{subject.replace(':', '-')}-{number}"
    return proved.download(
        partial(proofs.closed, g.conn, keys, subject, number),
        name,
        url_for("auditor.subject", subject=subject),
    )


def _head(subject: str) -> Any:
    """Where the chain ends; 404 for none of theirs."""
    head = asks.head(g.conn, subject, funds_for("auditor"), g.person.id) if len(subject) <= 40 else None
    return head if head is not None else abort(404)
