"""Bidding together at the pages: invited by mail, joined by link, read, commented, taken away."""

import re
from email import message_from_bytes
from email.policy import default

import pytest

from fundapp.demo.projects import OWN_QUESTIONS
from fundapp.domain import form_building
from fundapp.jobs import handlers
from fundapp.jobs.deliver import deliver_due
from fundapp.services import forms
from tests.cast import Cast, Made

LINK = re.compile(r"/together/[a-z2-7]{32}\b")


def mails(cast: Cast) -> list[tuple[str, str, str]]:
    """(to, subject, text) of every mail that leaves now."""
    settings = cast.app.extensions["settings"]
    folder = settings.data / "mail"
    before = set(folder.glob("*.eml"))
    counts = deliver_due(cast.office.db, handlers.registry(cast.office, settings), "test")
    assert counts.total == counts.done
    found = []
    for file in sorted(set(folder.glob("*.eml")) - before):
        mail = message_from_bytes(file.read_bytes(), policy=default)
        body = mail.get_body(("plain",))
        found.append((str(mail["To"].addresses[0].addr_spec), str(mail["Subject"]), str(body.get_content())))
    return found


@pytest.fixture
def draft(cast: Cast) -> Made:
    return cast.bid("draft")


def test_from_the_invitation_to_a_comment_and_out_again(cast: Cast, draft: Made) -> None:
    owner, friend, ref = cast.client("member"), cast.client("member2"), draft.reference
    page = owner.post(
        f"/my-bids/{ref}/together", data={"address": "member2@demo.example"}, follow_redirects=True
    )
    assert "We have written to member2@demo.example." in page.text
    ((to, subject, text),) = mails(cast)
    assert (to, subject) == ("member2@demo.example", "Sunita Rao asks you to read a bid")
    found = LINK.search(text)
    assert found
    link = found[0]
    assert "Sign in with the address" in cast.client(None).get(link).text
    posted = cast.client(None).post(link)
    assert (posted.status_code, posted.headers["Location"]) == (303, f"/sign-in?next={link}")
    assert "for another address" in cast.client("treasurer").get(link).text
    page = friend.post(link, follow_redirects=True)
    assert "You read along now." in page.text
    again = friend.get(link)
    assert (again.status_code, "This invitation has been used." in again.text) == (410, True)
    said = {"about": "title", "words": "Say <b>where</b>.\nAnd when."}
    page = friend.post(f"/my-bids/{ref}/read", data=said, follow_redirects=True)
    assert "<p>Say &lt;b&gt;where&lt;/b&gt;.</p><p>And when.</p>" in page.text
    ((to, subject, text),) = mails(cast)
    assert to == "member@demo.example"
    assert subject.endswith(f"commented on your bid {ref}")
    assert f"/my-bids/{ref}/read" in text
    assert "where" not in text
    # The applicant finds it on the task list and beside the question.
    assert "Read 1 comment" in owner.get(f"/my-bids/{ref}/form").text
    assert "What was said of it" in owner.get(f"/my-bids/{ref}/form/title").text
    assert "What was said of it" not in owner.get(f"/my-bids/{ref}/form/summary").text
    comment = cast.value("SELECT id FROM comment")
    page = owner.post(f"/my-bids/{ref}/comments/{comment}/remove", follow_redirects=True)
    assert "Say &lt;b&gt;where" not in page.text
    partner = cast.value("SELECT id FROM co_applicant")
    owner.post(f"/my-bids/{ref}/together/people/{partner}")
    assert friend.get(f"/my-bids/{ref}/read").status_code == 404


def test_who_reads_along_is_led_away_from_what_is_not_theirs(cast: Cast, draft: Made) -> None:
    ref, friend = draft.reference, cast.client("member2")
    cast.client("member").post(f"/my-bids/{ref}/together", data={"address": "member2@demo.example"})
    ((_, _, text),) = mails(cast)
    found = LINK.search(text)
    assert found
    friend.post(found[0])
    assert "You read along" in friend.get("/my-bids").text
    for place in ("form", "form/title", "check", "withdraw", "together"):
        away = friend.get(f"/my-bids/{ref}/{place}")
        assert (away.status_code, away.headers["Location"]) == (303, f"/my-bids/{ref}/read"), place
    assert "Only the applicant can change it" in friend.get(f"/my-bids/{ref}/read").text
    for place in ("form/title", "submit", "withdraw", "together"):
        assert friend.post(f"/my-bids/{ref}/{place}").status_code == 403, place
    draft.stage.submit(draft.id)
    page = friend.get(f"/my-bids/{ref}").text
    assert "You read along with this bid." in page
    assert "Withdraw the bid" not in page
    assert "Ask a different representative" not in page
    assert friend.get(f"/my-bids/{ref}/sent/1").status_code == 200


@pytest.mark.parametrize("words", ["", "x" * 2001])
def test_a_comment_that_cannot_stand_keeps_what_was_typed(cast: Cast, draft: Made, words: str) -> None:
    page = cast.client("member").post(
        f"/my-bids/{draft.reference}/read", data={"about": "title", "words": words}
    )
    assert page.status_code == 422
    assert words in page.text
    assert '<option value="title" selected' in page.text


def test_a_question_that_is_not_asked_is_not_read_but_what_was_said_of_it_stays(
    cast: Cast, draft: Made
) -> None:
    first, hanging = OWN_QUESTIONS[0], OWN_QUESTIONS[1]
    owner, ref = cast.client("member"), draft.reference
    round_id = cast.value("SELECT round_id FROM bid WHERE id = :bid", bid=draft.id)

    def longer(questions: form_building.Questions) -> form_building.Questions:
        return form_building.add(form_building.add(list(questions), first), hanging)

    forms.change(cast.office, cast.actor("officer"), round_id, longer, None, cast.now)
    page = owner.get(f"/my-bids/{ref}/read")
    assert (page.status_code, first["label"] in page.text, hanging["label"] in page.text) == (
        200,
        True,
        False,
    )
    owner.post(f"/my-bids/{ref}/read", data={"about": hanging["id"], "words": "Ask the school."})
    page = owner.get(f"/my-bids/{ref}/read")
    assert (page.status_code, "Ask the school." in page.text) == (200, True)
