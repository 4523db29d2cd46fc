"""Whether a letter is real: by its code, by its bytes, slowly for who guesses, and without a word about anybody."""

import hashlib
import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from fundapp.domain import letter_codes
from fundapp.domain.deadlines import civil_day
from fundapp.models import Letter, LetterFile
from fundapp.queries import letters
from fundapp.services import throttle
from fundapp.services.deed import CLOCK
from fundapp.services.transition import fire
from fundapp.words import moments
from tests.cast import Cast, Made
from tests.pages.auditor.sealing import seal

PDF = b"%PDF-1.7 " + bytes(range(256)) * 400
UNKNOWN = "No letter of ours has this code."


@pytest.fixture
def letter(cast: Cast) -> tuple[Made, Any]:
    """An award that waits for its answer, and its letter, which went out as PDF."""
    made = cast.bid("offered")
    with cast.office.db.read() as conn:
        row = letters.newest(conn, made.id)
    assert row is not None
    with cast.office.deed(CLOCK, cast.now) as deed:
        deed.put(
            f"bid:{made.id}",
            LetterFile,
            {"bid_id": made.id, "letter_id": row.id, "sha256": hashlib.sha256(PDF).hexdigest(), "size": len(PDF),
             "signed_by": None, "made_at": deed.now},
        )  # fmt: skip
        deed.note(f"bid:{made.id}", "letter.kept")
    return made, row


def asked(client: FlaskClient, **form: Any) -> tuple[int, str]:
    """What the page answers."""
    given = client.post("/check", data=form)
    return given.status_code, " ".join(given.get_data(as_text=True).split())


def upload(
    client: FlaskClient, content: bytes, name: str = "letter.pdf", path: str = "/check"
) -> tuple[int, str]:
    """What the page answers to a file, sent as a browser sends it."""
    head = f'--part\r\nContent-Disposition: form-data; name="letter"; filename="{name}"\r\n\r\n'
    body = head.encode() + content + b"\r\n--part--\r\n"
    given = client.post(path, data=body, content_type="multipart/form-data; boundary=part")
    return given.status_code, " ".join(given.get_data(as_text=True).split())


def private(row: Any) -> set[str]:
    """What nobody is to learn: everything in the letter's facts but its kind, day, fund, round and amount."""
    public = {
        "dated",
        "fund_name",
        "round_title",
        "amount_pence",
        "contact",
        "check_code",
        "signatories",
        "conditions",
    }
    found: set[str] = set()

    def gather(value: Any) -> None:
        if isinstance(value, str) and len(value) > 3:
            found.add(value)
        elif isinstance(value, dict):
            for one in value.values():
                gather(one)
        elif isinstance(value, list):
            for one in value:
                gather(one)

    gather({name: value for name, value in row.facts.items() if name not in {*public, "words", "payments"}})
    assert row.facts["project_title"] in found
    return found


def test_a_code_is_read_however_it_is_typed_and_tells_of_the_letter(
    cast: Cast, letter: tuple[Made, Any]
) -> None:
    made, row = letter
    code = row.facts["check_code"]
    client = cast.client(None)
    ways = [
        code,
        code.lower(),
        code.replace("-", ""),
        f" {code.replace('-', ' ')} ",
        f"http://localhost/check/{code}",
    ]
    for typed in ways:
        status, page = asked(client, code=typed, reference=made.reference.lower())
        assert (status, "We wrote a letter with this code" in page) == (200, True), typed
    for told in (page, client.get(f"/check/{code.lower()}").text):
        assert "Award letter" in told
        assert "£2,000.00" in told
        assert row.facts["round_title"] in told
        assert "No newer letter has taken its place." in told
        for words in private(row) - {made.reference}:
            assert words not in told
    assert (
        "It belongs to the reference that you typed" in asked(client, code=code, reference=made.reference)[1]
    )
    assert made.reference not in client.get(f"/check/{code}").text


def test_wrong_codes_and_wrong_references_are_answered_alike(cast: Cast, letter: tuple[Made, Any]) -> None:
    _made, row = letter
    code = row.facts["check_code"]
    client = cast.client(None)
    other = letter_codes.draw()
    tries = [{"code": other}, {"code": "nonsense"}, {"code": code[:-1]}, {"code": code, "reference": "B-0001P"},
             {"code": code, "reference": "nonsense"}]  # fmt: skip
    said = set()
    for form in tries:
        status, page = asked(client, **form)
        assert status == 422
        assert UNKNOWN in page
        for typed in form.values():
            page = page.replace(typed, "")
        said.add(re.sub(r'name="csrf_token" value="[^"]*"', "", page))
    assert len(said) == 1
    assert client.get(f"/check/{other}").status_code == client.get("/check/x").status_code == 404


def test_guessing_is_slow_for_a_network_and_right_codes_wait_too(
    cast: Cast, letter: tuple[Made, Any]
) -> None:
    _made, row = letter
    code = row.facts["check_code"]
    client = cast.client(None)
    most = throttle.LIMITS["check"][0]
    for _try in range(most):
        assert client.get("/check/x").status_code == 404
        assert client.get(f"/check/{code}").status_code == (200 if _try < most - 1 else 429)
    stopped = client.post("/check", data={"code": code})
    assert stopped.status_code == 429
    assert int(stopped.headers["Retry-After"]) > 3000
    elsewhere = client.get(f"/check/{code}", environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    assert elsewhere.status_code == 200


def test_a_file_is_ours_byte_for_byte_or_not_at_all(cast: Cast, letter: tuple[Made, Any]) -> None:
    _made, row = letter
    client = cast.client(None)

    status, page = upload(client, PDF, "Any name.PDF")
    assert (status, "This is the letter that we sent" in page, "£2,000.00" in page) == (200, True, True)
    for words in private(row):
        assert words not in page
    for place in (0, 17, len(PDF) // 2, len(PDF) - 1):
        flipped = bytearray(PDF)
        flipped[place] ^= 1
        assert "This file is not one that we sent" in upload(client, bytes(flipped))[1]
    assert "This file is not one that we sent" in upload(client, PDF + b"\n")[1]
    assert upload(client, b"")[0] == 422
    assert asked(client, by="file")[0] == 422
    status, page = upload(client, bytes(13 * 1024 * 1024))
    assert (status, "No letter of ours is that large" in page) == (413, True)


def test_an_upload_is_kept_nowhere_while_it_is_hashed(
    cast: Cast, letter: tuple[Made, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_args: Any, **_more: Any) -> Any:
        raise AssertionError("an upload went into a file")

    monkeypatch.setattr("flask.Request._get_file_stream", never)
    assert "not one that we sent" in upload(cast.client(None), PDF * 30)[1]
    assert "letter that we sent" in upload(cast.client(None), PDF)[1]
    with pytest.raises(AssertionError, match="went into a file"):
        upload(cast.client(None), PDF, path="/sign-in")


def test_a_replaced_letter_and_one_of_an_award_that_is_over_say_so(
    cast: Cast, letter: tuple[Made, Any]
) -> None:
    made, row = letter
    code = row.facts["check_code"]
    with cast.office.deed(CLOCK, cast.now) as deed:
        newer = {**row.facts, "check_code": letter_codes.draw()}
        deed.put(
            f"bid:{made.id}",
            Letter,
            {"bid_id": made.id, "kind": "award", "number": 2, "facts": newer, "wording_id": None, "replaces_id": row.id,
             "code": newer["check_code"], "made_at": deed.now},
        )  # fmt: skip
        deed.note(f"bid:{made.id}", "letter.kept")
    client = cast.client(None)
    page = " ".join(client.get(f"/check/{code}").text.split())
    assert "Replaced by a newer letter" in page
    assert "a newer letter took its place" in page
    assert "It stands" not in page
    assert newer["check_code"] not in page
    assert "It stands" in client.get(f"/check/{newer['check_code']}").text
    award = cast.value("SELECT id FROM award WHERE bid_id = :bid", bid=made.id)
    fire(cast.office, cast.actor("member"), "award", "refuse", award, made.stage.released, {"reason": "No"})
    over = client.get(f"/check/{newer['check_code']}").text
    assert "Not in force any more" in over
    assert "It stands" not in over


def test_codes_are_drawn_from_many(cast: Cast, letter: tuple[Made, Any]) -> None:
    """A code is 58 bits that nothing of the letter hangs on; it stands in the record's row and in no address but its own."""
    _made, row = letter
    assert letter_codes.read(row.facts["check_code"]) == row.facts["check_code"]
    drawn = {letter_codes.draw() for _draw in range(2000)}
    assert len(drawn) == 2000
    assert {sign for code in drawn for sign in code} == set(letter_codes.SIGNS) | {"-"}
    assert len(letter_codes.SIGNS) ** 12 > 2**58
    assert row.facts["check_code"] not in json.dumps(cast.client(None).get("/awards").text)


def test_it_says_since_when_the_letter_is_sealed(cast: Cast, letter: tuple[Made, Any]) -> None:
    made, row = letter
    code = cast.value("SELECT code FROM letter WHERE id = :id", id=row.id)
    client = cast.client(None)
    assert "sealed since" not in client.get(f"/check/{code}").text
    seal(cast)
    page = client.get(f"/check/{code}").text
    assert f"sealed since {moments.date_words(civil_day(cast.now, cast.office.zone))}" in page
    assert made.reference not in page
