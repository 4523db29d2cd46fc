"""The demo's letterbox: mails as words, links to follow, and nothing that a mail says taken for markup."""

from email.message import EmailMessage
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from fundapp.pages.demo.links import unbroken
from tests.web import app_over

ID = "20270308T214207Z-endorsement.request.1"


def kept(folder: Path) -> None:
    """One mail with a link, markup in its words and a page as its attachment."""
    mail = EmailMessage()
    mail["To"], mail["Subject"] = "Orla Finnegan <orla@example.org>", "Will you back <b>this</b>?"
    mail["Date"] = "Mon, 08 Mar 2027 21:42:07 +0000"
    mail.set_content('Read it: http://127.0.0.1:5000/answer/abc.\n\n<script>alert("x")</script>\n')
    mail.add_attachment(b"<h1>no page of ours</h1>", maintype="text", subtype="html", filename="letter.html")
    folder.mkdir(parents=True)
    (folder / f"{ID}.eml").write_bytes(mail.as_bytes())


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    """Anybody, at a service that shows its mails."""
    folder = tmp_path / "mails"
    kept(folder)
    app = app_over(tmp_path / "data", FUNDAPP_DEMO="1", MAIL_URL=f"file://{folder}")
    return app.test_client()


def test_mails_are_listed_and_read_with_links(client: FlaskClient) -> None:
    listed = client.get("/demo/mail")
    assert listed.status_code == 200
    assert f'<a href="/demo/mail/{ID}">Will you back &lt;b&gt;this&lt;/b&gt;?</a>' in listed.text
    assert "Orla Finnegan &lt;orla@example.org&gt;" in listed.text
    page = client.get(f"/demo/mail/{ID}").text
    assert '<a href="http://127.0.0.1:5000/answer/abc">http://127.0.0.1:5000/answer/abc</a>.' in page
    assert "&lt;script&gt;alert(" in page
    assert "<script>alert" not in page


def test_an_attachment_is_kept_and_never_shown(client: FlaskClient) -> None:
    given = client.get(f"/demo/mail/{ID}/0")
    assert given.data.strip() == b"<h1>no page of ours</h1>"
    assert given.content_type == "application/octet-stream"
    assert given.headers["Content-Disposition"] == 'attachment; filename="letter.html"'
    assert given.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [f"{ID}/1", "20270308T214207Z-other", "..%2f..%2fsecret", "%00", "..", f"{ID}.eml", ID + "/99999999999"],
)
def test_what_is_no_mail_is_not_there(client: FlaskClient, path: str) -> None:
    assert client.get(f"/demo/mail/{path}").status_code == 404


def test_nothing_is_shown_where_it_is_no_demo(tmp_path: Path) -> None:
    kept(tmp_path / "mails")
    app = app_over(tmp_path / "data", MAIL_URL=f"file://{tmp_path / 'mails'}")
    assert app.test_client().get("/demo/mail").status_code == 404
    assert app.test_client().get(f"/demo/mail/{ID}").status_code == 404


def test_the_letterbox_is_reached_from_every_foot_and_read_by_the_page(tmp_path: Path) -> None:
    folder = tmp_path / "mails"
    kept(folder)
    mail = (folder / f"{ID}.eml").read_bytes()
    for number in range(30):
        (folder / f"20270309T2142{number:02}Z-request.{number}.eml").write_bytes(mail)
    client = app_over(tmp_path / "data", FUNDAPP_DEMO="1", MAIL_URL=f"file://{folder}").test_client()
    newest = client.get("/demo/mail").text
    assert newest.count('class="when"') == 25
    assert 'href="/demo/mail?page=2"' in newest
    older = client.get("/demo/mail?page=2").text
    assert older.count('class="when"') == 6
    assert f"/demo/mail/{ID}" in older
    assert "page=3" not in older
    assert client.get("/demo/mail?page=99").status_code == client.get("/demo/mail?page=x").status_code == 200
    assert 'href="/demo/mail"' in client.get("/privacy").text


def test_a_reference_stays_on_one_line() -> None:
    assert unbroken("£9 for <B-0045A> and a B-side") == (
        '£9 for &lt;<span class="text-nowrap">B-0045A</span>&gt; and a B-side'
    )
