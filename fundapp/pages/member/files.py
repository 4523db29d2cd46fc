"""The files of one question: added one or several at a time, checked, opened, taken away."""

from typing import Any, BinaryIO, cast

from flask import Response as FileResponse
from flask import abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fundapp.domain import documents as named
from fundapp.domain import forms
from fundapp.intake.handed import KINDS, MOST_BYTES
from fundapp.pages import acting, downloads, typed
from fundapp.pages.gate import gate
from fundapp.pages.member import asking, blueprint, question, reach, saving
from fundapp.queries import documents as asks
from fundapp.services import documents
from fundapp.services.drafts import Closed, NotWritable
from fundapp.storage import StorageUnusable
from fundapp.words import files as words
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext

Page = Response | str | tuple[str, int]
#: What a browser offers to choose from.
_ACCEPT = ",".join(f".{kind}" for kind in KINDS if kind != "eml")


@blueprint.route("/my-bids/<ref>/files/<question>", methods=["GET", "POST"])
@gate("signed_in")
def files(ref: str, question: str) -> Page:
    """What was added so far, and a way to add more."""
    bid, draft = reach.fetch_draft(ref)
    asked = next((q for q in draft.questions if q["id"] == question and q["kind"] == "file"), None)
    if asked is None:
        abort(404)
    if bid.state not in ("draft", "returned"):
        return redirect(url_for("member.bid", ref=bid.reference), 303)
    if request.method != "POST":
        return _page(bid, draft, asked)
    try:
        if "remove" in request.form:
            return _remove(bid, asked)
        return _add(bid, draft, asked)
    except NotWritable:
        abort(404)
    except Closed as closed:
        return _page(bid, draft, asked, [saving.why_closed(closed)]), 409


@blueprint.get("/my-bids/<ref>/documents/<int:document>")
@gate("signed_in")
def document(ref: str, document: int) -> FileResponse:
    """One of the bid's own files, for those who bid in it."""
    bid = reach.fetch(ref)
    found = asks.open_one(g.conn, bid.id, document)
    if found is None or found.question is None:
        abort(404)
    return downloads.send(found)


def _add(bid: Any, draft: Any, asked: dict[str, Any]) -> Page:
    given = [upload for upload in request.files.getlist("files") if upload.filename]
    if not given:
        return _page(bid, draft, asked, [_("Choose a file first, or several.")]), 422
    acting.end_reading()
    added, wrong, status = 0, [], 422
    for upload in given:
        try:
            documents.hand_in(
                acting.office(), acting.actor(), downloads.storage(), bid.id, asked, upload.filename or "",
                cast(BinaryIO, upload.stream), g.arrived, quarantine=downloads.scanned(),
            )  # fmt: skip
            added += 1
        except documents.NotHandedIn as refused:
            wrong.append(words.sentence(refused.why.code, refused.why.params))
        except StorageUnusable:
            wrong.append(
                _("The files could not be kept. Try again in a minute, or ring whoever runs the service.")
            )
            status = 503
            break
    if added:
        acting.nudge()
        flash(ngettext("One file is added.", "%(num)s files are added.", added))
    if not wrong:
        return redirect(url_for("member.files", ref=bid.reference, question=asked["id"]), 303)
    bid, draft = reach.fetch_draft(bid.reference)
    return _page(bid, draft, asked, wrong), status


def _remove(bid: Any, asked: dict[str, Any]) -> Response:
    chosen = typed.whole(request.form["remove"])
    acting.end_reading()
    if chosen is not None and documents.take_away(
        acting.office(), acting.actor(), bid.id, asked["id"], chosen, g.arrived
    ):
        flash(_("The file is taken away."))
    return redirect(url_for("member.files", ref=bid.reference, question=asked["id"]), 303)


def _page(bid: Any, draft: Any, asked: dict[str, Any], wrong: list[str] | None = None) -> str:
    ids = [each["id"] for each in forms.asked(draft.questions, draft.answers)]
    most = asked.get("most_files") or documents.MOST_FILES
    entries = named.entries(draft.answers.get(asked["id"]))
    rows = asks.of_bid(g.conn, bid.id) if entries else {}
    places = question.places_of(bid)
    shown = [_shown(bid, entry, rows.get(entry["document"])) for entry in entries]
    return render_template(
        "member/files.html", bid=bid, asked=asked, items=[item for item in shown if item], room=most - len(entries),
        most=most, megabytes=MOST_BYTES // 1024**2, accept=_ACCEPT,
        onward=asking.onward(draft.questions, draft.answers, asked["id"], places),
        number=ids.index(asked["id"]) + 1 if asked["id"] in ids else len(ids), whole=len(ids),
        title=reach.title_of(bid, draft.answers),
        problems=[{"field": "files", "words": said} for said in wrong or []] or None, error=" ".join(wrong or []),
        waits=any(item["kind"] == "wait" for item in shown if item),
    )  # fmt: skip


def _shown(bid: Any, entry: dict[str, Any], row: Any) -> dict[str, Any] | None:
    """One line of the list; None for a file that is not clean and that another person gave."""
    state = row.state if row is not None else "gone"
    if row is not None and state != "clean" and row.given_by != g.person.id:
        return None
    kinds = {
        "clean": ("done", _("Checked")),
        "waiting": ("wait", _("Being checked")),
        "refused": ("you", _("Not taken")),
        "gone": ("you", _("Not there any more")),
    }
    kind, said = kinds[state]
    return {
        "id": entry["document"], "name": entry["name"], "kind": kind, "words": said,
        "under": downloads.under(entry["name"], entry["size"], row.media_type if row is not None else ""),
        "href": url_for("member.document", ref=bid.reference, document=entry["document"]) if state == "clean" else "",
        "reason": words.reason(row.reason) if state == "refused" else "",
    }  # fmt: skip
