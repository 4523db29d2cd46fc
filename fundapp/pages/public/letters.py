"""Is this letter real? By the code that is printed on it, or by its file; nothing private is told, and nothing is kept."""

from typing import Any

from flask import g, render_template, request

from fundapp.domain.signing_in import network_of
from fundapp.pages import acting, typed
from fundapp.pages.gate import gate
from fundapp.pages.hashed import Digest
from fundapp.pages.public import blueprint
from fundapp.pages.signin import visits
from fundapp.services import letter_checks
from fundapp.services.letter_checks import Genuine, TooOften
from fundapp.words import moments
from fundapp.words.tongue import gettext as _

Page = str | tuple[str, int] | tuple[str, int, dict[str, str]]


@blueprint.route("/check", methods=["GET", "POST"])
@gate("anyone")
def check_letter() -> Page:
    """Two ways to learn whether a letter is real."""
    if request.method == "GET":
        return _page()
    if "letter" in request.files or request.form.get("by") == "file":
        return _by_file()
    code, reference = typed.line("code"), typed.line("reference")
    if not code:
        return _page(_("Type the check code that is printed on the letter."), reference=reference), 422
    return _by_code(code, reference, 422)


@blueprint.get("/check/<code>")
@gate("anyone")
def checked_letter(code: str) -> Page:
    """The page that a letter's own picture opens."""
    return _by_code(code, "", 404)


def _by_code(code: str, reference: str, unknown: int) -> Page:
    acting.end_reading()
    try:
        found = letter_checks.by_code(
            acting.office(), code, reference, network_of(request.remote_addr), g.arrived
        )
    except TooOften as often:
        return visits.too_often(often.until)
    if found is not None:
        return _real(found, file=False, reference=reference)
    words = _(
        "No letter of ours has this code. Compare it with the letter once more, sign by sign: there is no 0, 1, I, L, O or"
        " U in it. If it is the same, ask us before you rely on the letter."
    )
    return _page(words, code[:40], reference[:20]), unknown


def _by_file() -> Page:
    upload: Any = request.files.get("letter")
    digest = upload.stream if upload is not None else None
    if not isinstance(digest, Digest) or not digest.size:
        return _page(file_error=_("Choose the letter’s PDF first, as it came with our email.")), 422
    acting.end_reading()
    found = letter_checks.by_file(acting.office(), digest.sha256)
    if found is not None:
        return _real(found, file=True)
    return render_template("public/letter_unknown.html")


def _real(found: Genuine, *, file: bool, reference: str = "") -> str:
    kinds = {
        "award": _("Award letter"), "feedback": _("Letter with the panel’s decision and its reasons"),
        "acceptance": _("Countersigned copy of the terms of an award"),
    }  # fmt: skip
    return render_template(
        "public/letter_real.html", found=found, kind=kinds[found.kind], file=file, reference=reference,
        dated=moments.date_words(found.dated),
        sealed_on=moments.date_words(found.sealed_on) if found.sealed_on else "",
        replaced_on=moments.date_words(found.replaced_on) if found.replaced_on else "",
    )  # fmt: skip


def _page(code_error: str = "", code: str = "", reference: str = "", file_error: str = "") -> str:
    problems = [
        {"field": field, "words": words}
        for field, words in (("code", code_error), ("letter", file_error))
        if words
    ]
    return render_template(
        "public/check_letter.html", problems=problems or None, code=code, reference=reference, code_error=code_error,
        file_error=file_error,
    )  # fmt: skip
