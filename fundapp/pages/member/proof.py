"""Prove it: what of a bid's story is sealed, each event as a proof to download."""

from functools import partial
from typing import Any

from flask import abort, g, render_template, url_for
from werkzeug.wrappers import Response

from fundapp.audit.checker import NAME
from fundapp.pages import acting, proved
from fundapp.pages.gate import gate
from fundapp.pages.member import blueprint, reach
from fundapp.pages.public.log import known
from fundapp.queries import events, record, rounds
from fundapp.services import proofs
from fundapp.words import history


@blueprint.get("/my-bids/<ref>/proof")
@gate("signed_in")
def proof(ref: str) -> str:
    """Every event that the applicant may prove, newest first."""
    bid = reach.fetch_own(ref)
    rows, released = _provable(bid)
    names = events.names_of(g.conn, [row.actor for row in rows])
    told = history.story(rows, names, g.person.token, "applicant", acting.office().zone, released)
    places = record.positions(g.conn, f"bid:{bid.id}", [row.number for row in rows])
    items = [
        {**words, "number": row.number, "place": places.get(row.number)}
        for row, words in zip(reversed(rows), told, strict=True)
    ]
    return render_template(
        "member/proof.html", bid=bid, title=reach.title_of(bid), items=items, newest=record.newest_checkpoint(g.conn),
        checker=NAME, released=released, keys=bool(known()),
    )  # fmt: skip


@blueprint.get("/my-bids/<ref>/proof/<int:number>")
@gate("signed_in")
def proof_file(ref: str, number: int) -> Response:
    """One of them as a file, opened for what the applicant may read."""
    bid = reach.fetch_own(ref)
    rows, _released = _provable(bid)
    row = next((row for row in rows if row.number == number), None)
    keys = known()
    if row is None or not keys:
        abort(404)
    back = url_for("member.proof", ref=bid.reference)
    return proved.download(
        partial(proofs.of_bid, g.conn, keys, row, bid.id), f"{bid.reference}-{number}", back
    )


def _provable(bid: Any) -> tuple[list[Any], bool]:
    owner: Any = rounds.by_id(g.conn, bid.round_id)
    released = owner.state in ("released", "archived")
    return proofs.provable(events.events_of(g.conn, f"bid:{bid.id}"), released), released
