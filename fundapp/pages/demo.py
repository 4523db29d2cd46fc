"""With demo data only: the mails that the service would have sent, to be read in the browser."""

from pathlib import Path

from flask import Blueprint, abort, current_app, render_template
from markupsafe import Markup, escape

from fundapp.mail import kept
from fundapp.pages.gate import gate

blueprint = Blueprint("demo", __name__)


def _folder() -> Path:
    """Where the mails lie; 404 when they are sent by a server."""
    url: str = current_app.extensions["settings"].mail_url
    if not url.startswith("file:"):
        abort(404)
    return Path(url.removeprefix("file:").removeprefix("//") or "/")


@blueprint.get("/demo/mail")
@gate("anyone")
def mail() -> str:
    """Newest first."""
    return render_template("demo/mail.html", mails=kept.read_folder(_folder()))


@blueprint.get("/demo/mail/<path:name>")
@gate("anyone")
def message(name: str) -> str:
    """One mail as plain text, its addresses to be followed."""
    found = kept.read_mail(_folder(), name)
    if found is None:
        abort(404)
    return render_template("demo/message.html", mail=found, lines=[_linked(line) for line in found.text.splitlines()])


def _linked(line: str) -> Markup:
    """The line with this service's own addresses as links."""
    base: str = current_app.extensions["settings"].base_url.rstrip("/")
    words = []
    for word in line.split(" "):
        if word.startswith(base + "/"):
            path = word[len(base) :].rstrip(".,)")
            words.append(Markup('<a href="{}">{}</a>').format(path, word))
        else:
            words.append(escape(word))
    return Markup(" ").join(words)
