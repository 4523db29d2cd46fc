"""The member reads what was sent, what changed, and what was asked for."""

import io

from pypdf import PdfReader
from sqlalchemy import select

from fundapp.models import Draft
from fundapp.services import drafts
from tests.cast import Cast, Made


def changed(cast: Cast, made: Made, **answers: object) -> None:
    """Some answers of a draft, saved by its applicant."""
    with cast.office.db.read() as conn:
        revision = conn.execute(select(Draft.revision).where(Draft.bid_id == made.id)).scalar_one()
    drafts.save(cast.office, cast.actor("member"), made.id, answers, revision, cast.now)


def test_the_copy_shows_its_mark_and_its_paper(cast: Cast) -> None:
    made = cast.bid("submitted")
    page = cast.client("member").get(f"/my-bids/{made.reference}/sent/1")
    sha = cast.value("SELECT sha256 FROM bid_version WHERE bid_id = :bid", bid=made.id)
    assert all(f"<code>{sha[at : at + 4]}</code>" in page.text for at in range(0, 64, 4))
    paper = cast.client("member").get(f"/my-bids/{made.reference}/sent/1.pdf")
    assert (paper.status_code, paper.mimetype) == (200, "application/pdf")
    assert paper.headers["Content-Disposition"] == f'inline; filename="{made.reference}-copy-1.pdf"'
    assert list(PdfReader(io.BytesIO(paper.data)).attachments) == [f"{made.reference}-copy-1.json"]


def test_numbers_that_no_copy_has_are_not_there(cast: Cast) -> None:
    made, client = cast.bid("submitted"), cast.client("member")
    for address in (
        "sent/0",
        "sent/2",
        "sent/2.pdf",
        f"sent/{10**30}",
        "changes/1",
        "changes/2",
        f"changes/{2**31}",
    ):
        assert client.get(f"/my-bids/{made.reference}/{address}").status_code == 404, address


def test_sent_back_and_sent_again(cast: Cast) -> None:
    made, client = cast.bid("returned"), cast.client("member")
    tasks = client.get(f"/my-bids/{made.reference}/form").text
    assert "What Cllr Margaret Oyelaran asks for" in tasks
    assert "Who opens the hall when the caretaker is away?" in tasks
    assert "Nothing has been changed yet." in tasks
    assert "Changed since you sent it." not in tasks
    changed(cast, made, people="Our neighbour <b>Ros</b> has a key; about 85 people in 40 families")
    tasks = client.get(f"/my-bids/{made.reference}/form").text
    assert "1 answer is not as you sent it." in tasks
    assert tasks.count("Changed since you sent it.") == 1
    made.stage.submit(made.id)
    page = client.get(f"/my-bids/{made.reference}/changes/2")
    assert page.status_code == 200
    assert "What changed from copy 1 to copy 2" in page.text
    assert "&lt;b&gt;Ros&lt;/b&gt;" in page.text
    assert page.text.count('<div class="answer">') == 1
    assert "<del>" in page.text
    assert cast.client("officer").get(f"/bids/{made.reference}/changes/2").status_code == 200
    assert cast.client("member2").get(f"/my-bids/{made.reference}/changes/2").status_code == 404
    # The copies are told apart, and the newest is said to be the second.
    assert f"/my-bids/{made.reference}/changes/2" in client.get(f"/my-bids/{made.reference}/sent/1").text
