"""What an officer does with a bid: each act, its refusals, and that it happens once."""

from io import BytesIO

import pytest

from fundapp.audit.verify import verify
from fundapp.models import Bid
from fundapp.services import panel
from fundapp.services.transition import fire
from tests import handed
from tests.cast import Cast, Made


def version(cast: Cast, bid: Made) -> int:
    """The version of a bid as it stands."""
    return int(cast.value(f"SELECT version FROM {Bid.__tablename__} WHERE id = :bid", bid=bid.id))


def test_sending_back_needs_a_reason_and_happens_once(cast: Cast) -> None:
    bid = cast.bid("submitted")
    client = cast.client("officer")
    path = f"/bids/{bid.reference}/send-back"
    seen = version(cast, bid)
    empty = client.post(path, data={"reason": "  ", "seen": seen})
    assert (empty.status_code, cast.state(bid.id)) == (422, "submitted")
    assert "Say what to change" in empty.text
    done = client.post(path, data={"reason": "Who opens the hall?", "seen": seen})
    assert (done.status_code, cast.state(bid.id)) == (303, "returned")
    again = client.post(path, data={"reason": "Who opens the hall?", "seen": seen})
    assert again.status_code == 409
    assert cast.value("SELECT words FROM remark WHERE bid_id = :bid", bid=bid.id) == "Who opens the hall?"


def test_ruling_out_takes_a_reason_of_the_round_only(cast: Cast) -> None:
    bid = cast.bid("submitted")
    client = cast.client("officer")
    path = f"/bids/{bid.reference}/rule-out"
    assert client.post(path, data={"reason": "because"}).status_code == 422
    assert cast.state(bid.id) == "submitted"
    done = client.post(path, data={"reason": "campaigning", "seen": version(cast, bid)})
    assert (done.status_code, cast.state(bid.id)) == (303, "ineligible")
    assert "cannot be done" in client.get(path).text


def test_somebody_new_is_entered_and_asked_or_neither(cast: Cast) -> None:
    bid = cast.bid("submitted")
    client = cast.client("officer")
    path = f"/bids/{bid.reference}/representative"
    before = cast.value("SELECT count(*) FROM person")
    area = cast.value("SELECT area_id FROM bid WHERE id = :bid", bid=bid.id)
    given = {
        "holding": "new", "name": "Orla Finnegan", "office": "councillor", "area": area, "email": "orla@council.example",
        "source": "the council’s page, read today", "seen": version(cast, bid),
    }  # fmt: skip
    for field, wrong in (
        ("name", ""),
        ("office", "king"),
        ("area", "999999"),
        ("email", "orla"),
        ("source", ""),
    ):
        assert client.post(path, data=given | {field: wrong}).status_code == 422
    assert client.post(path, data=given | {"seen": 99}).status_code == 409
    assert cast.value("SELECT count(*) FROM person") == before
    assert client.post(path, data=given).status_code == 303
    assert cast.value("SELECT count(*) FROM person") == before + 1
    assert cast.value(
        "SELECT p.name FROM bid b JOIN office_holding h ON h.id = b.holding_id JOIN person p ON p.id = h.person_id "
        "WHERE b.id = :bid",
        bid=bid.id,
    ) == "Orla Finnegan"  # fmt: skip
    assert verify(cast.office.db, cast.office.recorder).clean


def test_an_address_is_confirmed_and_the_request_leaves(cast: Cast) -> None:
    bid = cast.bid("submitted")
    client = cast.client("officer")
    path = f"/bids/{bid.reference}/address"
    asked = "SELECT count(*) FROM outbox WHERE name = 'endorsement_request'"
    before = cast.value(asked)
    assert client.post(path, data={"email": "margaret@council.example", "source": ""}).status_code == 422
    assert client.post(path, data={"email": "nonsense", "source": "her card"}).status_code == 422
    assert (
        client.post(path, data={"email": "margaret@council.example", "source": "her card"}).status_code == 303
    )
    assert cast.value(asked) == before + 1
    holding = "SELECT email FROM office_holding h JOIN bid b ON b.holding_id = h.id WHERE b.id = :bid"
    assert cast.value(holding, bid=bid.id) == "margaret@council.example"


@pytest.mark.parametrize(("answer", "state"), [("endorse", "endorsed"), ("refuse", "not_endorsed")])
def test_a_written_answer_is_recorded_with_its_file(cast: Cast, answer: str, state: str) -> None:
    bid = cast.bid("submitted")
    client = cast.client("officer")
    path = f"/bids/{bid.reference}/written-answer"
    words = {
        "answer": answer,
        "words": "I know this hall.",
        "no_interest": "yes",
        "seen": str(version(cast, bid)),
    }
    assert client.post(path, data=words).status_code == 422
    bad = {**words, "file": (BytesIO(b"MZ"), "letter.exe")}
    assert client.post(path, data=bad, content_type="multipart/form-data").status_code == 422
    letter = handed.pdf("I know this hall.")
    good = {**words, "file": (BytesIO(letter), "../../her <letter>.pdf")}
    assert client.post(path, data=good, content_type="multipart/form-data").status_code == 303
    assert cast.state(bid.id) == state
    number = cast.value("SELECT id FROM document WHERE bid_id = :bid", bid=bid.id)
    with client.get(f"/bids/{bid.reference}/documents/{number}") as kept:
        content = kept.data
    assert content == letter
    assert kept.headers["Content-Disposition"].startswith('attachment; filename="her -letter-.pdf"')
    assert kept.headers["X-Content-Type-Options"] == "nosniff"
    assert verify(cast.office.db, cast.office.recorder).clean


def test_a_report_is_accepted_and_the_bid_closed(cast: Cast) -> None:
    bid = cast.bid("accepted")
    bid.stage.pay(bid.id)
    bid.stage.report(bid.id)
    client = cast.client("officer")
    path = f"/bids/{bid.reference}/report"
    assert client.post(path, data={"do": "finish"}).status_code == 409
    assert client.post(path, data={"do": "return", "reason": ""}).status_code == 422
    assert client.post(path, data={"do": "burn"}).status_code == 422
    assert client.post(path, data={"do": "accept"}).status_code == 303
    assert client.post(path, data={"do": "finish", "seen": version(cast, bid)}).status_code == 303
    assert cast.state(bid.id) == "reported"


def test_an_award_is_cancelled_by_another_than_who_asked(cast: Cast) -> None:
    bid = cast.bid("accepted")
    bid.stage.pay(bid.id, paid=1)
    client = cast.client("officer")
    path = f"/bids/{bid.reference}/cancel"
    early = client.post(path, data={"read": "yes", "seen": version(cast, bid)})
    assert (early.status_code, cast.state(bid.id)) == (409, "awarded")
    asked = {"reason": "The group has dissolved."}
    fire(cast.office, cast.actor("treasurer"), "bid", "ask_cancel", bid.id, cast.now, asked)
    page = client.get(path).text
    assert "The group has dissolved." in page
    assert "One payment ends with it" in page
    assert "£1,000.00 of it is paid or on its way" in page
    assert "Confirm that “" in client.get("/desk").text
    seen = version(cast, bid)
    assert client.post(path, data={"seen": seen}).status_code == 422
    assert client.post(path, data={"read": "yes", "seen": seen}).status_code == 303
    assert cast.state(bid.id) == "cancelled"
    for number, state in ((1, "paid"), (2, "cancelled")):
        assert cast.value("SELECT state FROM payment WHERE number = :n", n=number) == state
    assert cast.value("SELECT state FROM award") == "cancelled"
    assert cast.value("SELECT state FROM report") == "dropped"
    assert client.post(path, data={"read": "yes", "seen": seen}).status_code == 409
    assert verify(cast.office.db, cast.office.recorder).clean


def test_an_officers_interest_hides_every_act(cast: Cast) -> None:
    bid = cast.bid("submitted")
    panel.declare(cast.office, cast.actor("officer"), bid.id, "My sister runs it.", cast.now)
    client = cast.client("officer")
    for page in (
        "",
        "/send-back",
        "/rule-out",
        "/representative",
        "/address",
        "/written-answer",
        "/report",
        "/cancel",
    ):
        assert client.get(f"/bids/{bid.reference}{page}").status_code == 404, page
        if page:
            answer = client.post(f"/bids/{bid.reference}{page}", data={"reason": "campaigning", "seen": "2"})
            assert answer.status_code == 404, page
    assert cast.state(bid.id) == "submitted"


@pytest.mark.parametrize("page", ["send-back", "rule-out", "representative", "address", "written-answer"])
def test_nobody_but_an_officer_opens_these(cast: Cast, page: str) -> None:
    bid = cast.bid("submitted")
    for key in ("member", "chair", "treasurer", "auditor"):
        client = cast.client(key)
        assert client.get(f"/bids/{bid.reference}/{page}").status_code == 403
        assert client.post(f"/bids/{bid.reference}/{page}").status_code == 403
    assert cast.state(bid.id) == "submitted"
