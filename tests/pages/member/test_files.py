"""The files of a question: added, shown, refused with a sentence each, taken away; and how each is downloaded."""

import hashlib
import io
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from fundapp.demo import projects
from fundapp.models import Document
from fundapp.pages import downloads
from fundapp.services import links
from fundapp.services.transition import fire
from tests import handed
from tests.apart import joined
from tests.cast import Cast, Made
from tests.intake.test_handed import CASES
from tests.web import KEYS

PDF, JPEG = handed.pdf("The plan of the hall"), handed.picture()
NAME = "Plan “hall”, café\r\nX-Evil: 1 \u202e.pdf"


@pytest.fixture
def bid(cast: Cast) -> Made:
    """A draft in a round whose form asks for files."""
    stage, code = cast.round(closed=False)
    handed.ask_for_files(cast.office, cast.operator, stage.round, cast.now)
    made = stage.draft(next(iter(projects.projects(1))))
    return Made(made, cast.value("SELECT reference FROM bid WHERE id = :bid", bid=made), stage, code)


def post(
    cast: Cast, bid: Made, *given: tuple[str, bytes], who: str = "member", question: str = "plans"
) -> Any:
    """Files added on the page, as a browser sends them."""
    data = MultiDict(("files", FileStorage(io.BytesIO(content), filename=name)) for name, content in given)
    path = f"/my-bids/{bid.reference}/files/{question}"
    boundary, body = encode_multipart(data)  # by hand: the client would leave a temporary file open
    return cast.client(who).post(path, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')


def page(cast: Cast, bid: Made, who: str = "member") -> str:
    given = cast.client(who).get(f"/my-bids/{bid.reference}/files/plans")
    assert given.status_code == 200
    return str(given.text)


def entries(cast: Cast, bid: Made, question: str = "plans") -> list[dict[str, Any]]:
    kept = orjson.loads(cast.value("SELECT answers FROM draft WHERE bid_id = :bid", bid=bid.id))
    found: list[dict[str, Any]] = kept.get(question) or []
    return found


def number(cast: Cast, bid: Made, place: int = 0) -> int:
    return int(entries(cast, bid)[place]["document"])


def with_plan(cast: Cast, bid: Made) -> int:
    assert post(cast, bid, ("plan.pdf", PDF)).status_code == 303
    return number(cast, bid)


def test_several_files_are_added_at_once_and_shown_with_kind_size_and_state(cast: Cast, bid: Made) -> None:
    assert "Add a file" in page(cast, bid)
    answer = post(cast, bid, ("plan.pdf", PDF), ("hall & <b>garden</b>.jpg", JPEG))
    assert (answer.status_code, answer.location) == (303, f"/my-bids/{bid.reference}/files/plans")
    text = page(cast, bid)
    assert "2 files so far" in text
    assert "hall &amp; -b-garden" not in text  # a slash in a name is a path, and the path is left out
    assert [entry["name"] for entry in entries(cast, bid)] == ["plan.pdf", "b-.jpg"]
    assert f'href="/my-bids/{bid.reference}/documents/{number(cast, bid)}" download>plan.pdf</a>' in text
    assert "PDF, 1 KB" in text
    assert "JPEG, 1 KB" in text
    assert text.count("Checked") == 2


def test_a_question_of_files_leads_to_its_page_and_stands_in_the_list(cast: Cast, bid: Made) -> None:
    client = cast.client("member")
    answer = client.get(f"/my-bids/{bid.reference}/form/plans")
    assert (answer.status_code, answer.location) == (303, f"/my-bids/{bid.reference}/files/plans")
    assert "Plans, photographs or quotes" in client.get(f"/my-bids/{bid.reference}/form").text
    assert client.get(f"/my-bids/{bid.reference}/files/title").status_code == 404
    assert client.get(f"/my-bids/{bid.reference}/files/nothing").status_code == 404
    assert client.post(f"/my-bids/{bid.reference}/files/title", data={"remove": "1"}).status_code == 404


#: One of each code, as a person would meet it on the page.
REFUSED = {code: (name, content) for name, content, code in reversed(CASES)}


@pytest.mark.parametrize("code", sorted(REFUSED))
def test_what_is_not_taken_is_said_on_the_page_and_the_rest_is_kept(cast: Cast, bid: Made, code: str) -> None:
    from markupsafe import escape

    from fundapp.intake.handed import judge
    from fundapp.words import files as words

    name, content = REFUSED[code]
    answer = post(cast, bid, (name, content), ("plan.pdf", PDF))
    assert answer.status_code == 422
    judged: Any = judge(name, content)
    assert str(escape(words.sentence(code, judged.params))) in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert "One file is added." in answer.text
    assert [entry["name"] for entry in entries(cast, bid)] == ["plan.pdf"]
    assert cast.value("SELECT count(*) FROM document") == 1


def test_nothing_chosen_is_said(cast: Cast, bid: Made) -> None:
    for answer in (post(cast, bid), post(cast, bid, ("", b""))):
        assert answer.status_code == 422
        assert "Choose a file first, or several." in answer.text


def test_more_than_fit_are_refused_one_by_one(cast: Cast, bid: Made) -> None:
    given = [(f"{n}.txt", f"Note {n}".encode()) for n in range(5)]
    answer = post(cast, bid, *given)
    assert answer.status_code == 422
    assert answer.text.count("There is room for 3 files here, so “3.txt” was not taken.") == 1
    assert answer.text.count("There is room for 3 files here, so “4.txt” was not taken.") == 1
    assert len(entries(cast, bid)) == 3
    assert "There is room for 3 files here. To add another, take one away first." in page(cast, bid)


def test_a_whole_request_beyond_twelve_megabytes_has_its_page(cast: Cast, bid: Made) -> None:
    answer = post(cast, bid, ("a.txt", b"a" * 7_000_000), ("b.txt", b"b" * 7_000_000))
    assert answer.status_code == 413
    assert "too large" in answer.text
    assert entries(cast, bid) == []


def test_a_file_is_taken_away_and_no_other(cast: Cast, bid: Made) -> None:
    post(cast, bid, ("plan.pdf", PDF), ("hall.jpg", JPEG))
    first, second = number(cast, bid), number(cast, bid, 1)
    client = cast.client("member")
    path = f"/my-bids/{bid.reference}/files/plans"
    for chosen in ("", "x", "0", "999999", "-1", "9" * 40):
        assert client.post(path, data={"remove": chosen}).status_code == 303
    assert len(entries(cast, bid)) == 2
    answer = client.post(path, data={"remove": str(first)}, follow_redirects=True)
    assert "The file is taken away." in answer.text
    assert number(cast, bid) == second
    assert got(client, f"/my-bids/{bid.reference}/documents/{first}") == 404
    assert got(client, f"/my-bids/{bid.reference}/documents/{second}") == 200


def test_a_double_click_adds_one_file(cast: Cast, bid: Made) -> None:
    post(cast, bid, ("plan.pdf", PDF))
    post(cast, bid, ("plan.pdf", PDF))
    assert len(entries(cast, bid)) == 1


def test_after_it_is_sent_nothing_is_added(cast: Cast, bid: Made) -> None:
    with_plan(cast, bid)
    bid.stage.submit(bid.id)
    answer = post(cast, bid, ("hall.jpg", JPEG))
    assert (answer.status_code, answer.location) == (303, f"/my-bids/{bid.reference}")
    assert cast.value("SELECT count(*) FROM document") == 1


def got(client: FlaskClient, path: str) -> int:
    """The answer to a download, closed again."""
    with client.get(path) as answer:
        return answer.status_code


def set_state(cast: Cast, document: int, **values: Any) -> None:
    with cast.office.db.write() as conn:
        conn.execute(update(Document).where(Document.id == document).values(**values))


def join(cast: Cast, bid: Made, who: str) -> None:
    joined(cast.office, cast.actor(who), bid.id, cast.now)


def test_quarantine_is_seen_by_the_giver_alone_and_opened_by_nobody(cast: Cast, bid: Made) -> None:
    document = with_plan(cast, bid)
    join(cast, bid, "member2")
    path = f"/my-bids/{bid.reference}/documents/{document}"
    assert (
        got(cast.client("member2"), f"/my-bids/{bid.reference}/files/plans") == 303
    )  # to where they read along
    assert got(cast.client("member2"), path) == 200
    set_state(cast, document, state="waiting")
    assert "Being checked" in page(cast, bid)
    assert [got(cast.client(who), path) for who in ("member", "member2")] == [404, 404]
    set_state(cast, document, state="refused", reason="infected: Eicar")
    text = page(cast, bid)
    assert "Not taken" in text
    assert "Our virus scanner found something harmful in it, so it was deleted." in text
    assert "Eicar" not in text
    assert [got(cast.client(who), path) for who in ("member", "member2")] == [404, 404]
    assert cast.client("member").post(path.replace(f"documents/{document}", "files/plans"),
                                      data={"remove": str(document)}).status_code == 303  # fmt: skip
    assert entries(cast, bid) == []


def holds_headers(answer: Any, content: bytes, name: str, media_type: str) -> None:
    """A download is a download, whatever it holds."""
    with answer:
        assert answer.status_code == 200
        assert answer.data == content
    headers = answer.headers
    assert headers["Content-Type"] == media_type
    assert headers["Content-Length"] == str(len(content))
    assert headers["Content-Disposition"] == name
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert (
        headers["Content-Security-Policy"]
        == "default-src 'none'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; sandbox"
    )
    assert headers["Cache-Control"] == "no-store"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "X-Evil" not in headers


def test_every_reader_gets_the_file_as_an_attachment_that_cannot_run(cast: Cast) -> None:
    stage, _code = cast.round()
    handed.ask_for_files(cast.office, cast.operator, stage.round, cast.now)
    made = stage.draft(next(iter(projects.projects(1))))
    bid = Made(made, cast.value("SELECT reference FROM bid WHERE id = :bid", bid=made), stage, "")
    from fundapp.services import documents

    document = documents.hand_in(
        cast.office, cast.actor("member"), cast.app.extensions["files"], made, handed.PLANS, NAME, io.BytesIO(PDF),
        stage.during, quarantine=False,
    )  # fmt: skip
    stage.submit(made)
    token = mailed(cast, bid)
    shown = (
        'attachment; filename="Plan _hall__ caf_ X-Evil- 1.pdf"; '
        "filename*=UTF-8''Plan%20%E2%80%9Chall%E2%80%9D%2C%20caf%C3%A9%20X-Evil-%201.pdf"
    )
    nobody = cast.client(None)
    by_link, signed_in = f"/answer/{token}/files/{document}", f"/requests/{bid.reference}/files/{document}"
    holds_headers(nobody.get(by_link), PDF, shown, "application/pdf")
    holds_headers(cast.client("councillor").get(signed_in), PDF, shown, "application/pdf")
    assert got(cast.client("member2"), signed_in) == 404
    stage.endorse(made)
    assert got(nobody, by_link) == 404  # answered: the link is of no use to whoever has it now
    assert got(cast.client("councillor"), signed_in) == 404
    stage.start_panel()
    stage.assign([made])
    holds_headers(cast.client("member").get(f"/my-bids/{bid.reference}/documents/{document}"), PDF, shown,
                  "application/pdf")  # fmt: skip
    by_reviewer = f"/pile/{bid.reference}/documents/{document}"
    holds_headers(cast.client("reviewer").get(by_reviewer), PDF, shown, "application/pdf")
    staff = f"/bids/{bid.reference}/documents/{document}"
    for who in ("officer", "chair", "treasurer", "auditor"):
        holds_headers(cast.client(who).get(staff), PDF, shown, "application/pdf")
    declare(cast, bid, "reviewer")
    declare(cast, bid, "chair")
    assert got(cast.client("reviewer"), by_reviewer) == 404
    assert got(cast.client("chair"), staff) == 404
    set_state(cast, document, state="refused")
    assert got(cast.client("officer"), staff) == 404
    assert got(cast.client("reviewer2"), by_reviewer) == 404


def mailed(cast: Cast, bid: Made) -> str:
    request: int = cast.value("SELECT max(id) FROM endorsement_request WHERE bid_id = :bid", bid=bid.id)
    token = links.make_token(KEYS["SECRET_KEY"], request, "a-mail")
    links.remember(cast.office, request, "a-mail", token, "councillor@demo.example", cast.now)
    return token


def declare(cast: Cast, bid: Made, who: str) -> None:
    from fundapp.services import panel

    panel.declare(cast.office, cast.actor(who), bid.id, "My sister keeps its accounts.", cast.now)


def test_only_files_of_the_copy_that_was_sent_are_shown_to_its_readers(cast: Cast, bid: Made) -> None:
    first = with_plan(cast, bid)
    bid.stage.submit(bid.id)
    old = mailed(cast, bid)
    staff = f"/bids/{bid.reference}/documents"
    fire(cast.office, cast.people.actor("councillor", "link"), "bid", "send_back", bid.id, bid.stage.during,
         {"reason": "Where is the plan of the garden?"})  # fmt: skip
    post(cast, bid, ("garden.jpg", JPEG))
    second = number(cast, bid, 1)
    client: FlaskClient = cast.client("officer")
    assert [got(client, f"{staff}/{n}") for n in (first, second)] == [200, 404]
    assert got(cast.client(None), f"/answer/{old}/files/{second}") == 404
    cast.client("member").post(f"/my-bids/{bid.reference}/files/plans", data={"remove": str(first)})
    bid.stage.submit(bid.id)
    new = mailed(cast, bid)
    assert [got(client, f"{staff}/{n}") for n in (first, second)] == [200, 200]
    assert [got(cast.client(None), f"/answer/{new}/files/{n}") for n in (first, second)] == [
        404,
        200,
    ]


def test_a_file_whose_bytes_are_gone_is_not_there(cast: Cast, bid: Made) -> None:
    from datetime import timedelta

    document = with_plan(cast, bid)
    cast.app.extensions["files"].delete(hashlib.sha256(PDF).hexdigest(), cast.now + timedelta(days=1))
    assert got(cast.client("member"), f"/my-bids/{bid.reference}/documents/{document}") == 404


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("plan.pdf", "attachment; filename=\"plan.pdf\"; filename*=UTF-8''plan.pdf"),
        ('a"b;c\\d.pdf', "attachment; filename=\"a_b_c_d.pdf\"; filename*=UTF-8''a%22b%3Bc%5Cd.pdf"),
        ("文.pdf", "attachment; filename=\"_.pdf\"; filename*=UTF-8''%E6%96%87.pdf"),
        ("a\r\nb.pdf", "attachment; filename=\"a__b.pdf\"; filename*=UTF-8''a%0D%0Ab.pdf"),
    ],
)
def test_a_name_cannot_leave_its_header(name: str, header: str) -> None:
    assert downloads.disposition(name) == header


def test_the_files_of_a_frozen_copy_are_listed_with_their_links() -> None:
    questions = [{"id": "title", "kind": "words", "label": "Title"}, handed.PLANS, handed.RULES]
    entry = {"document": 7, "name": "plan.pdf", "sha256": "0" * 64, "size": 118_200}
    answers = {"title": [entry], "plans": [entry], "rules": []}
    assert downloads.listed(questions, answers, lambda document: f"/x/{document}") == [
        {
            "label": handed.PLANS["label"],
            "files": [{"title": "plan.pdf", "href": "/x/7", "under": "PDF, 118 KB"}],
        }
    ]


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "1 KB"), (1_499, "1 KB"), (118_200, "118 KB"), (999_499, "999 KB"), (999_500, "1 MB"), (2_449_000, "2.4 MB"),
     (8 * 1024 * 1024, "8.4 MB")],
)  # fmt: skip
def test_a_size_in_words(count: int, said: str) -> None:
    from fundapp.words import files as words

    assert words.size(count) == said


def test_a_bid_waits_with_its_files_and_is_sent_once_they_are_clean(cast: Cast, bid: Made) -> None:
    document = with_plan(cast, bid)
    set_state(cast, document, state="waiting", judged_at=None)
    client = cast.client("member")
    refused = client.post(f"/my-bids/{bid.reference}/submit", data={})
    assert refused.status_code == 409
    assert cast.state(bid.id) == "draft"
    set_state(cast, document, state="clean", judged_at=cast.now)
    bid.stage.submit(bid.id)
    assert cast.state(bid.id) == "submitted"
