"""The demo's letterbox: every mail that was written, for somebody who tries the service out."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import Blueprint, Response, abort, current_app, render_template, request

from fundapp.mail import kept
from fundapp.pages.addresses import refuse_unreadable
from fundapp.pages.demo.links import paragraphs, unbroken
from fundapp.pages.gate import gate

blueprint = Blueprint("demo", __name__)
blueprint.before_request(refuse_unreadable)

SHOWN = 25


def folder() -> Path:
    """Where the service puts its mails; 404 where it sends them for good."""
    address = current_app.extensions["settings"].mail_url
    parts = urlsplit(address)
    if parts.scheme != "file":
        abort(404)
    return Path(unquote(parts.path))


@blueprint.get("/demo/mail")
@gate("anyone")
def mail() -> str:
    """The mails, newest first, a page at a time."""
    given = request.args.get("page", "1")
    page = int(given) if given.isascii() and given.isdigit() and len(given) < 6 else 1
    rows = kept.read_folder(folder(), page * SHOWN + 1)[(page - 1) * SHOWN :]
    return render_template(
        "demo/mail.html", rows=rows[:SHOWN], page=page, more=len(rows) > SHOWN, unbroken=unbroken
    )


@blueprint.get("/demo/mail/<id>")
@gate("anyone")
def read(id: str) -> str:
    """One mail as text, with its links to be followed."""
    found = kept.read_mail(folder(), id)
    if found is None:
        abort(404)
    return render_template("demo/read.html", mail=found, paragraphs=paragraphs(found.text), unbroken=unbroken)


@blueprint.get("/demo/mail/<id>/<int:number>")
@gate("anyone")
def attachment(id: str, number: int) -> Response:
    """A file that came with a mail, to be kept."""
    found = kept.read_attachment(folder(), id, number)
    if found is None:
        abort(404)
    name, kind, content = found
    response = Response(content, content_type="application/octet-stream" if "html" in kind else kind)
    plain = "".join(sign if (sign.isalnum() and sign.isascii()) or sign in ".-_" else "_" for sign in name)
    response.headers["Content-Disposition"] = f'attachment; filename="{plain}"'
    return response
