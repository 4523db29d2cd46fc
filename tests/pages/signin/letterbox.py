"""Mails as they arrive, and the links in them."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from fundapp.jobs.deliver import deliver_due
from fundapp.jobs.handlers import registry
from fundapp.mail.kept import KeptMail, read_folder
from tests.cast import Cast


@dataclass
class Letters:
    """Everybody's letterbox."""

    cast: Cast

    def deliver(self) -> None:
        """The worker, once."""
        done = deliver_due(
            self.cast.office.db, registry(self.cast.office, self.cast.app.extensions["settings"]), "test"
        )
        assert (done.retried, done.failed) == (0, 0)

    def to(self, email: str) -> list[KeptMail]:
        """The mails to an address; those with links oldest first."""
        self.deliver()
        folder = Path(unquote(urlsplit(self.cast.app.extensions["settings"].mail_url).path))
        found = [mail for mail in read_folder(folder, 1000) if f"<{email}>" in mail.to]
        return sorted(found, key=_number)

    def link(self, email: str) -> str:
        """The path of the newest link to an address."""
        return self.links(email)[-1]

    def links(self, email: str) -> list[str]:
        """The paths of all links to an address."""
        return [
            found
            for mail in self.to(email)
            for found in re.findall(r"/sign-in/link/[a-z2-7]{32}\b", mail.text)
        ]

    def asked(self, email: str, client: FlaskClient | None = None, **more: str) -> str:
        """Ask for a link to that address; its path."""
        ask(client or self.cast.client(None), email, **more)
        return self.link(email)


def _number(mail: KeptMail) -> int:
    """The number of the link or event that a mail is about: those of one second have no other order."""
    found = re.search(r"-(?:sign-in|invitation|notice)-([0-9]+)", mail.id)
    return int(found[1]) if found else 0


def ask(client: FlaskClient, email: str, **more: str) -> TestResponse:
    """Fill in the sign-in page."""
    answer = client.post("/sign-in", data={"email": email, **more})
    assert (answer.status_code, answer.location) == (303, "/sign-in/sent"), answer.text
    return answer


@pytest.fixture
def letters(cast: Cast) -> Letters:
    """The letterboxes of the cast, and of anybody else."""
    return Letters(cast)
