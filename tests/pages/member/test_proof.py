"""Proofs of their own events: what an applicant and a representative may have, and what nobody has of the panel."""

import json
import re

import pytest

from fundapp.audit.standalone.proofs import Proof, check_proof, read_proof
from fundapp.models import EVIDENTIAL
from fundapp.services import checkpoints, proofs
from fundapp.words.history import INSIDE, STAGED, TOLD
from tests.cast import Cast, Made
from tests.pages.auditor.sealing import seal, settings_of

#: Who reads, scores and judges: none of them is named to those who bid, nor stands in what they hold.
PANEL = ("reviewer", "reviewer2", "reviewer3", "chair")


def offered(cast: Cast, bid: Made) -> list[int]:
    """The numbers of the events whose proofs the applicant's page offers."""
    page = cast.client("member").get(f"/my-bids/{bid.reference}/proof")
    assert page.status_code == 200
    return [int(number) for number in re.findall(rf"/my-bids/{bid.reference}/proof/(\d+)", page.text)]


def fetched(cast: Cast, bid: Made, number: int) -> Proof:
    answer = cast.client("member").get(f"/my-bids/{bid.reference}/proof/{number}")
    assert answer.status_code == 200
    assert (
        answer.headers["Content-Disposition"] == f'attachment; filename="{bid.reference}-{number}.tlog-proof"'
    )
    return read_proof(answer.text)


def actions(cast: Cast, bid: Made) -> dict[int, str]:
    with cast.office.db.read() as conn:
        from fundapp.queries.events import events_of

        return {row.number: row.action for row in events_of(conn, f"bid:{bid.id}")}


def tokens(cast: Cast, *keys: str) -> list[str]:
    return [cast.value("SELECT token FROM person WHERE id = :id", id=cast.person(key)) for key in keys]


def test_what_may_be_proved_is_listed_and_is_nothing_of_the_panels() -> None:
    assert set(TOLD) >= proofs.PROVABLE
    assert not proofs.PROVABLE & (STAGED | INSIDE)
    assert not proofs.OPEN_PARTS & {"reviewer", "assigned_reviewer", "chair", "auditor"}
    assert set(proofs.OPENED) <= set(EVIDENTIAL)
    assert not {"bid", "review", "decision", "assignment", "interest", "payee"} & set(proofs.OPENED)


def test_an_applicant_proves_what_was_recorded_in_its_words(cast: Cast) -> None:
    bid = cast.bid("accepted")
    assert offered(cast, bid) == []
    assert "Sealed in a minute or two." in cast.client("member").get(f"/my-bids/{bid.reference}/proof").text
    seal(cast)
    numbers = offered(cast, bid)
    done = actions(cast, bid)
    assert {"bid.submit", "bid.endorse", "bid.award", "award.offer", "award.accept"} <= {
        done[n] for n in numbers
    }
    keys = checkpoints.known_keys(settings_of(cast))
    assert keys is not None
    opened = {}
    for number in numbers:
        proof = fetched(cast, bid, number)
        assert check_proof(proof, keys) == []
        opened[done[number]] = {row["table"]: row["columns"] for row in proof.extra["rows"]}
    assert opened["bid.submit"]["bid_version"]["sha256"]
    assert opened["bid.endorse"]["endorsement"]["statement"] == cast.value(
        "SELECT statement FROM endorsement"
    )
    assert opened["award.accept"]["award_answer"]["answer"] == "accept"
    assert opened["award.offer"]["letter"]["kind"] == "award"


def test_no_proof_names_the_panel_or_says_what_it_did(cast: Cast) -> None:
    bid = cast.bid("accepted")
    seal(cast)
    done = actions(cast, bid)
    assert {"assigned", "bid.review", "bid.decide"} <= set(done.values())
    client = cast.client("member")
    numbers = offered(cast, bid)
    for number, action in done.items():
        answer = client.get(f"/my-bids/{bid.reference}/proof/{number}")
        if action in STAGED | INSIDE:
            assert answer.status_code == 404, action
            assert number not in numbers
    private = tokens(cast, *PANEL)
    for number in numbers:
        text = json.dumps(fetched(cast, bid, number).extra)
        assert not [token for token in private if token in text], done[number]


@pytest.mark.parametrize("state", ["endorsed", "reviewed"])
def test_until_the_release_nothing_after_the_panels_first_act_is_proved(cast: Cast, state: str) -> None:
    """The number of a later event would count the panel's."""
    bid = cast.bid(state)
    with cast.office.deed(cast.actor("officer"), cast.now) as deed:
        deed.note(f"bid:{bid.id}", "deadline.moved", role="officer")
    seal(cast)
    done = actions(cast, bid)
    first = min(number for number, action in done.items() if action in STAGED)
    numbers = offered(cast, bid)
    assert numbers
    assert max(numbers) < first
    late = max(number for number, action in done.items() if action == "deadline.moved")
    assert late > first
    assert cast.client("member").get(f"/my-bids/{bid.reference}/proof/{late}").status_code == 404
    assert (
        "can be proved once the decisions are out"
        in cast.client("member").get(f"/my-bids/{bid.reference}/proof").text
    )


def test_an_act_of_the_panels_is_closed_whatever_it_is_called(cast: Cast) -> None:
    bid = cast.bid("submitted")
    with cast.office.deed(cast.actor("chair"), cast.now) as deed:
        deed.note(f"bid:{bid.id}", "deadline.moved", role="chair")
        deed.note(f"bid:{bid.id}", "deadline.moved")
    seal(cast)
    done = actions(cast, bid)
    moved = {number for number, action in done.items() if action == "deadline.moved"}
    assert moved
    assert not moved & set(offered(cast, bid))


def test_a_proof_is_for_the_applicant_alone(cast: Cast) -> None:
    bid = cast.bid("endorsed")
    seal(cast)
    for key in ("member2", "councillor", "officer", "chair", "auditor", None):
        client = cast.client(key)
        for address in (f"/my-bids/{bid.reference}/proof", f"/my-bids/{bid.reference}/proof/2"):
            assert client.get(address).status_code == (302 if key is None else 404)


def test_a_representative_proves_their_own_answer(cast: Cast) -> None:
    bid = cast.bid("endorsed")
    client = cast.client("councillor")
    address = f"/requests/{bid.reference}/proof"
    early = client.get(address, follow_redirects=True)
    assert "That is not sealed yet." in early.text
    seal(cast)
    assert address in client.get(f"/requests/{bid.reference}").text
    proof = read_proof(client.get(address).text)
    keys = checkpoints.known_keys(settings_of(cast))
    assert keys is not None
    assert check_proof(proof, keys) == []
    (row,) = proof.extra["rows"]
    assert row["columns"]["statement"] == cast.value("SELECT statement FROM endorsement")
    assert json.loads(proof.extra["body"])["action"] == "bid.endorse"
    for key in ("member", "officer", "councillor2"):
        assert cast.client(key).get(address).status_code == 404


def test_what_an_officer_recorded_for_them_is_not_opened(cast: Cast) -> None:
    """It names the officer by number."""
    row = type(
        "Row",
        (),
        {"body": json.dumps({"role": "officer", "rows": [["endorsement", 1, "x"], ["bid_version", 2, "y"]]})},
    )
    assert proofs._opened(row) == [("bid_version", 2)]
