"""Proofs as pages show and send them. What stands in a proof came from whoever handed it in: it is shown, not trusted."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final

from flask import Response, flash, redirect
from werkzeug.wrappers import Response as BaseResponse

from fundapp.audit.prove import NotSealedYet
from fundapp.audit.record import RecordBroken
from fundapp.audit.standalone.proofs import Proof
from fundapp.domain import money
from fundapp.pages import acting
from fundapp.services.proofs import Read
from fundapp.words import history, moments
from fundapp.words.marks import N_
from fundapp.words.sentences import WHO
from fundapp.words.tongue import gettext as _

#: What the opened rows are called, and their columns; those that say nothing to a reader are left out.
_ROWS: Final = {
    "bid_version": N_("The bid as it was sent"),
    "endorsement": N_("The representative’s answer"),
    "award": N_("The award"),
    "award_answer": N_("The answer to the award"),
    "letter": N_("The letter"),
    "letter_file": N_("The letter’s file"),
}
_COLUMNS: Final = {
    "number": N_("Number"),
    "amount_pence": N_("Amount"),
    "frozen_at": N_("Sent"),
    "sha256": N_("SHA-256 of its content"),
    "answer": N_("Answer"),
    "statement": N_("Words"),
    "given_at": N_("Given"),
    "answered_at": N_("Given"),
    "reason": N_("Reason"),
    "name_typed": N_("Signed"),
    "recipient": N_("For"),
    "offered_at": N_("Offered"),
    "accepted_at": N_("Accepted"),
    "starts_on": N_("From"),
    "ends_on": N_("Until"),
    "code": N_("Check code"),
    "made_at": N_("Made"),
    "size": N_("Bytes"),
}
_ANSWERS: Final = {
    "endorse": N_("I back it"),
    "refuse": N_("I cannot back it"),
    "send_back": N_("Sent back with a question"),
    "interest": N_("I have an interest"),
    "elsewhere": N_("It is not my area"),
    "accept": N_("Accepted"),
    "vary": N_("The change is agreed"),
    "keep": N_("It stays as it was"),
}
#: Signs of one value that the page shows.
_MOST: Final = 1500


def told(found: Read) -> tuple[str, str]:
    """(the event as a sentence, when) of a proof; of a body that is no event's, empty."""
    body = found.body
    try:
        who = str(_(WHO[body["role"]])) if body.get("role") in WHO else str(_("The service"))
        at = datetime.fromisoformat(str(body["at"]))
        words = history.tell(str(body["action"]), body, who[:1].upper() + who[1:])
        return words, moments.moment(at, acting.office().zone)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return "", ""


def opened(found: Read) -> list[tuple[str, list[tuple[str, str]]]]:
    """The rows that a proof opens: (what it is, [(column, value)])."""
    shown = []
    for row in found.rows:
        columns = row.get("columns")
        table = row.get("table")
        if not isinstance(columns, dict) or not isinstance(table, str):
            continue
        lines = [
            (str(_(words)), _value(name, columns[name]))
            for name, words in _COLUMNS.items()
            if name in columns and isinstance(columns[name], str | int) and columns[name] != ""
        ]
        shown.append((str(_(_ROWS[table])) if table in _ROWS else table[:40], lines))
    return shown


def _value(name: str, value: str | int) -> str:
    if name == "amount_pence" and isinstance(value, int):
        return str(money.pounds(value))
    if name == "answer":
        return str(_(_ANSWERS[str(value)])) if value in _ANSWERS else str(value)[:_MOST]
    try:
        if name.endswith("_at"):
            return moments.moment(datetime.fromisoformat(str(value)), acting.office().zone)
        if name.endswith("_on"):
            return moments.date_words(date.fromisoformat(str(value)))
    except (ValueError, OverflowError):
        pass
    return str(value)[:_MOST]


def download(make: Callable[[], Proof], name: str, back: str) -> BaseResponse:
    """A proof as a file; where the event is not sealed yet, or nothing of the kind would hold, back to a page that says so."""
    try:
        proof = make()
    except NotSealedYet:
        flash(_("That is not sealed yet. A minute or two after it happened it is: ask again then."))
        return redirect(back, 303)
    except RecordBroken:
        flash(_("No proof could be made of that. We look into it: please ring us if you need it now."))
        return redirect(back, 303)
    response = Response(proof.text.encode(), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.tlog-proof"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
