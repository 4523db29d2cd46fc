"""A file of an answer in writing that still waits for the virus scanner: named, and not to be opened."""

import pytest
from sqlalchemy import insert

from fundapp.models import Document
from tests.cast import Cast


@pytest.mark.parametrize("state", ["waiting", "clean"])
def test_a_file_that_waits_is_named_without_a_link(cast: Cast, state: str) -> None:
    bid = cast.bid("submitted")
    values = {
        "bid_id": bid.id, "question": None, "name": "Her letter.pdf", "media_type": "application/pdf", "size": 9,
        "sha256": "0" * 64, "given_by": cast.people.persons["officer"], "given_at": cast.now, "state": state,
        "judged_at": cast.now if state == "clean" else None,
    }  # fmt: skip
    with cast.office.db.write() as conn:
        document = conn.execute(insert(Document).values(**values).returning(Document.id)).scalar_one()
    page = cast.client("officer").get(f"/bids/{bid.reference}").text
    linked = f'href="/bids/{bid.reference}/documents/{document}"' in page
    said = "Her letter.pdf is being checked for viruses." in page
    assert (linked, said) == (state == "clean", state == "waiting")
