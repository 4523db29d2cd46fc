"""Recording a representative's answer that came in writing, with the file that it came in."""

from typing import Any, BinaryIO, cast

from flask import g, render_template, request
from sqlalchemy import Row

from fundapp.intake.handed import KINDS
from fundapp.pages import acting, downloads
from fundapp.pages.gate import gate
from fundapp.pages.officer import blueprint, forms
from fundapp.pages.officer.forms import Page, Problems
from fundapp.services import documents, representatives
from fundapp.services.transition import Refused
from fundapp.storage import StorageUnusable
from fundapp.words import files as file_words
from fundapp.words import refusals, states
from fundapp.words.tongue import gettext as _


@blueprint.route("/bids/<ref>/written-answer", methods=["GET", "POST"])
@gate("officer")
def written_answer(ref: str) -> Page:
    """Endorse or refuse in a representative's name, from a letter or mail that is kept."""
    row = forms.officers_bid(ref)
    given = {name: forms.text(name) for name in ("answer", "words", "no_interest")}
    if request.method == "GET":
        return _page(row, given)
    problems: Problems = []
    if given["answer"] not in ("endorse", "refuse"):
        problems.append({"field": "answer", "words": _("Choose what they answered.")})
    if not given["words"] or len(given["words"]) > forms.MOST:
        words = _("Copy what they wrote, in at most %(most)s characters.", most=f"{forms.MOST:,}")
        problems.append({"field": "words", "words": words})
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        problems.append({"field": "file", "words": _("Add the letter or mail that they answered in.")})
    if problems or upload is None:
        return _page(row, given, problems), 422
    inputs = (
        {"statement": given["words"], "no_interest": given["no_interest"] == "yes"}
        if given["answer"] == "endorse"
        else {"reason": given["words"]}
    )
    seen = acting.seen()
    acting.end_reading()
    try:
        kept = documents.keep(
            downloads.storage(), upload.filename or "", cast(BinaryIO, upload.stream), mails=True
        )
        representatives.record_answer(
            acting.office(), acting.actor(), row.id, given["answer"], inputs, kept, g.arrived, seen,
            quarantine=downloads.scanned(),
        )  # fmt: skip
    except documents.NotHandedIn as refused:
        words = file_words.sentence(refused.why.code, refused.why.params)
        return _page(forms.officers_bid(ref), given, [{"field": "file", "words": words}]), 422
    except Refused as refused:
        why = refusals.sentences(refused, acting.office().zone)
        problems = [{"field": "answer", "words": each} for each in why]
        return _page(forms.officers_bid(ref), given, problems), 409
    except StorageUnusable:
        words = _("The file could not be kept. Try again in a minute, or ring whoever runs the service.")
        return _page(row, given, [{"field": "file", "words": words}]), 503
    acting.nudge()
    return forms.back_to(
        row, _("The written answer for %(bid)s is recorded, with its file.", bid=row.reference)
    )


def _page(row: Row[Any], given: dict[str, str], problems: Problems | None = None) -> str:
    zone = acting.office().zone
    verdict = acting.may("bid", row.id).get("endorse")
    return render_template(
        "officer/written_answer.html", bid=row, given=given, problems=problems, errors=forms.errors(problems),
        verdict=verdict, rep=states.titled(row.representative, row.office) if row.representative else "",
        kinds=",".join(f".{kind}" for kind in KINDS),
        locks=[refusals.sentence(each, zone, officer=True) for each in verdict.refusals] if verdict is not None else [],
    )  # fmt: skip
