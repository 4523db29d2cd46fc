"""Recording a representative's answer that came in writing, with the file that it came in."""

from pathlib import PurePosixPath
from typing import Any, Final

from flask import current_app, g, render_template, request
from sqlalchemy import Row

from fundapp.pages import acting
from fundapp.pages.gate import gate
from fundapp.pages.officer import blueprint, forms
from fundapp.pages.officer.forms import Page, Problems
from fundapp.services import representatives
from fundapp.services.transition import Refused
from fundapp.storage import StorageUnusable
from fundapp.words import refusals, states
from fundapp.words.tongue import gettext as _

#: What an answer may come in, by the end of its name.
KINDS: Final = {
    ".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg",
    ".eml": "message/rfc822", ".txt": "text/plain",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip
MOST_BYTES = 10 * 1024 * 1024


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
    upload, wrong = _upload()
    if wrong:
        problems.append({"field": "file", "words": wrong})
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
        representatives.record_answer(
            acting.office(), acting.actor(), current_app.extensions["files"], row.id, given["answer"], inputs, upload,
            g.arrived, seen,
        )  # fmt: skip
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


def _upload() -> tuple[representatives.Upload | None, str]:
    """The file that was given, or what is wrong with it."""
    given = request.files.get("file")
    if given is None or not given.filename:
        return None, str(_("Add the letter or mail that they answered in."))
    name = PurePosixPath(given.filename.replace("\\", "/")).name
    name = "".join(sign for sign in name if sign.isprintable())[-120:]
    kind = KINDS.get(PurePosixPath(name.lower()).suffix)
    if kind is None:
        return None, str(_("A file of this kind is not taken: give a PDF, picture, mail, text or Word file."))
    content = given.stream.read(MOST_BYTES + 1)
    if not content:
        return None, str(_("This file is empty. Choose another."))
    if len(content) > MOST_BYTES:
        return None, str(_("This file is larger than 10 MB. Make it smaller, and try again."))
    return representatives.Upload(name, kind, content), ""


def _page(row: Row[Any], given: dict[str, str], problems: Problems | None = None) -> str:
    zone = acting.office().zone
    verdict = acting.may("bid", row.id).get("endorse")
    return render_template(
        "officer/written_answer.html", bid=row, given=given, problems=problems, errors=forms.errors(problems),
        verdict=verdict, rep=states.titled(row.representative, row.office) if row.representative else "",
        kinds=",".join(KINDS),
        locks=[refusals.sentence(each, zone, officer=True) for each in verdict.refusals] if verdict is not None else [],
    )  # fmt: skip
