"""All letters of a round in one file, as the treasurer and the officer meet them."""

import io
import re
import zipfile

from flask.testing import FlaskClient

from fundapp.jobs import handlers
from fundapp.jobs.deliver import deliver_due
from fundapp.services import letter_bundles, panel
from tests.cast import Cast


def works(cast: Cast) -> None:
    """What the worker does for bundles; mails are not what this is about."""
    known = handlers.registry(cast.office, cast.app.extensions["settings"])
    mine = {
        name: handler if name == letter_bundles.EFFECT else lambda effect: None
        for name, handler in known.items()
    }
    assert deliver_due(cast.office.db, mine, "test").retried == 0


def asked(client: FlaskClient, path: str, kind: str) -> str:
    """The page after asking for a bundle."""
    done = client.post(path, data={"kind": kind})
    assert (done.status_code, done.headers["Location"]) == (303, path)
    return client.get(path).text


def test_letters_are_asked_for_made_and_fetched(cast: Cast) -> None:
    bid = cast.bid("awarded")
    path, client = f"/rounds/{bid.code}/all-letters", cast.client("treasurer")
    assert path in client.get(f"/money/letters?round={bid.code}").text
    page = client.get(path).text
    assert "0 of 1 letters are made." in page
    assert client.get(f"{path}/zip").headers["Location"] == path
    for kind, words in (("zip", "Download the ZIP"), ("print", "Download the PDF to print")):
        page = asked(client, path, kind)
        assert "Being made" in page
        assert 'data-waits="yes"' in page
        works(cast)
        page = client.get(path).text
        assert words in page
        assert 'data-waits="no"' in page
    assert "This file is not signed" in page
    whole = client.get(f"{path}/zip")
    assert whole.content_type == "application/zip"
    assert whole.headers["Content-Disposition"].startswith(f'attachment; filename="{bid.code}-letters.zip"')
    assert zipfile.ZipFile(io.BytesIO(whole.data)).namelist() == [f"{bid.reference}-award.pdf"]
    assert client.get(f"{path}/print").data.startswith(b"%PDF-")
    assert client.post(path, data={"kind": "tar"}).status_code == 404
    assert client.get(f"{path}/tar").status_code == 404
    # The officer is given the same file, made once.
    assert cast.client("officer").get(f"{path}/zip").data == whole.data
    assert path in cast.client("officer").get(f"/rounds-desk/{bid.code}").text


def test_who_has_an_interest_gets_neither_the_letter_nor_the_file_that_holds_it(cast: Cast) -> None:
    bid = cast.bid("awarded")
    path, client = f"/rounds/{bid.code}/all-letters", cast.client("treasurer")
    asked(client, path, "zip")
    works(cast)
    assert client.get(f"{path}/zip").data
    panel.declare(cast.office, cast.actor("treasurer"), bid.id, "We sing in one choir.", bid.stage.released)
    page = client.get(path).text
    assert "No letters yet" in page
    assert bid.reference not in page
    assert client.get(f"{path}/zip").status_code == 303
    assert client.post(path, data={"kind": "zip"}).status_code == 404
    assert cast.client("officer").get(f"{path}/zip").data


def test_before_its_release_a_round_has_none(cast: Cast) -> None:
    bid = cast.bid("reviewed")
    page = cast.client("officer").get(f"/rounds/{bid.code}/all-letters").text
    assert "No letters yet" in page
    assert not re.search(r"<button[^>]*value=\"zip\"", page)
