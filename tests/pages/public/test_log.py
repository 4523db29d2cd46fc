"""The sealed log in public: what anyone may take of it, and proofs that anyone may hold against it."""

import base64
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from fundapp.audit.checker import checker
from fundapp.audit.standalone.notes import read_checkpoint, read_key
from fundapp.audit.standalone.proofs import Proof, canonical, read_proof
from fundapp.audit.standalone.tree import consistency_holds
from fundapp.cli import fundapp
from fundapp.pages.hashed import Brief
from fundapp.services import checkpoints
from tests.cast import Cast
from tests.pages.auditor.sealing import seal, settings_of
from tests.pages.auditor.test_record import tamper


def test_a_log_that_holds_nothing_yet_says_so(cast: Cast) -> None:
    client = cast.client(None)
    assert "Nothing is sealed yet" in client.get("/log").text
    assert client.get("/log/checkpoint").status_code == 404
    assert client.get("/log/keys").status_code == 200


def test_checkpoints_keys_and_consistency_are_there_for_any_program(cast: Cast) -> None:
    cast.bid("submitted")
    small = seal(cast)
    cast.bid("submitted")
    large = seal(cast)
    client = cast.client(None)
    newest = client.get("/log/checkpoint")
    assert newest.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert newest.headers["Cache-Control"] == "public, max-age=60"
    point = read_checkpoint(newest.text)
    before = read_checkpoint(client.get(f"/log/checkpoint/{small}").text)
    keys = [read_key(line) for line in client.get("/log/keys").text.splitlines()]
    assert (before.size, point.size) == (small, large)
    assert point.signed_by(keys) is True
    path = [base64.b64decode(line) for line in client.get(f"/log/consistency/{small}/{large}").text.split()]
    assert consistency_holds(small, large, before.root, point.root, path)
    assert client.get(f"/log/consistency/{large}/{large}").text == ""
    for other in (f"{large}/{small}", f"{small + 1}/{large}", f"0/{large}", f"{small}/{2**70}"):
        assert client.get(f"/log/consistency/{other}").status_code == 404
    page = client.get("/log").text
    assert point.note.splitlines()[2] in page
    assert keys[0].text.split("+")[2][:20] in page
    # What may carry a session's cookie lies in no cache.
    assert cast.client("auditor").get("/log/checkpoint").headers["Cache-Control"] == "no-store"
    assert client.get("/log").headers["Cache-Control"] == "no-store"


def test_what_the_public_sees_tells_of_nobody(cast: Cast) -> None:
    bid = cast.bid("accepted")
    size = seal(cast)
    client = cast.client(None)
    told = "".join(
        client.get(address).text
        for address in ("/log", "/log/checkpoint", f"/log/checkpoint/{size}", "/log/keys")
    )
    names = [
        cast.value("SELECT name FROM person WHERE id = :id", id=cast.person(key))
        for key in ("member", "councillor")
    ]
    for private in (*names, bid.reference, f"bid:{bid.id}"):
        assert private not in told


def proof_of(cast: Cast, bid: Any, number: int) -> str:
    """The applicant's own proof."""
    return cast.client("member").get(f"/my-bids/{bid.reference}/proof/{number}").text


def asked(cast: Cast, proof: bytes) -> Any:
    return cast.client(None).post("/log/check", data={"proof": (io.BytesIO(proof), "event.tlog-proof")})


def test_anyone_learns_whether_a_proof_holds(cast: Cast) -> None:
    bid = cast.bid("endorsed")
    seal(cast)
    text = proof_of(cast, bid, 3)
    page = asked(cast, text.encode()).text
    assert "The proof holds" in page
    assert "backed it." in page
    statement = cast.value("SELECT statement FROM endorsement")
    assert statement in page.replace("&#39;", "'")
    proof = read_proof(text)
    # A word more in the statement; another's signature; an event that was never recorded.
    extra = json.loads(json.dumps(proof.extra))
    extra["rows"][0]["columns"]["statement"] += " Double it."
    other = json.loads(json.dumps(proof.extra))
    other["body"] = other["body"].replace('"endorsed"', '"declined"')
    for changed in (
        Proof(proof.index, proof.path, proof.checkpoint, extra).text,
        Proof(proof.index, proof.path, proof.checkpoint, other).text,
        Proof(proof.index + 1, proof.path, proof.checkpoint, proof.extra).text,
    ):
        page = asked(cast, changed.encode()).text
        assert "The proof does not hold" in page
        assert "Double it" not in page  # what is not proven is not repeated


def test_a_proof_of_another_history_is_told_even_if_our_key_signed_it(cast: Cast) -> None:
    """Somebody with every key writes the record anew: what people hold says otherwise."""
    from fundapp.audit.keys import sign
    from fundapp.audit.standalone.tree import leaf_hash

    bid = cast.bid("endorsed")
    seal(cast)
    held = checkpoints.keys_of(settings_of(cast))
    assert held is not None
    body = read_proof(proof_of(cast, bid, 3)).extra["body"]
    point = sign((held.signing,), 1, leaf_hash(body.encode()))
    lone = Proof(0, (), point, {"body": body, "rows": [], "keys": []})
    page = asked(cast, lone.text.encode()).text
    assert "The proof does not hold" in page
    assert "was signed over other events than these" in page


@pytest.mark.parametrize(
    "given",
    [
        b"", b"nonsense", b"\xff\xfe", b"c2sp.org/tlog-proof@v1\nextra e30=\nindex 0\n\n", b"x" * (Brief.MOST + 1),
    ],
)  # fmt: skip
def test_what_is_no_proof_is_said_to_be_none(cast: Cast, given: bytes) -> None:
    answer = asked(cast, given)
    assert answer.status_code == 422
    assert "Error:" in answer.text


@pytest.mark.parametrize(
    "extra",
    [
        {}, {"body": 7}, {"body": "[]"}, {"body": '{"rows": 5}'}, {"body": '{"rows": [[1, 2]]}'}, {"body": "[" * 3000},
        {"body": '{"rows": []}', "rows": 7}, {"body": '{"rows": []}', "rows": [{"table": [], "id": 1, "salt": "", "columns": 1}]},
        {"body": '{"rows": []}', "rows": [{"table": "a", "id": {}, "salt": "0", "columns": {}}]},
        {"body": '{"at": "9999-99", "action": 7, "role": [], "rows": []}', "rows": ["x", {"columns": {"given_at": "x"}}]},
    ],
)  # fmt: skip
def test_hostile_proofs_are_answered_in_words(cast: Cast, extra: dict[str, Any]) -> None:
    cast.bid("submitted")
    seal(cast)
    note = cast.client(None).get("/log/checkpoint").text
    text = f"c2sp.org/tlog-proof@v1\nextra {base64.b64encode(canonical(extra)).decode()}\nindex 0\n\n{note}"
    answer = asked(cast, text.encode())
    assert answer.status_code == 200
    assert "The proof does not hold" in answer.text


def test_half_signs_in_a_proof_are_no_fault_of_ours(cast: Cast) -> None:
    cast.bid("submitted")
    seal(cast)
    note = cast.client(None).get("/log/checkpoint").text
    for raw in (
        b'{"body":"\\ud800"}',
        b'{"body":"{\\"rows\\":[]}","rows":[{"table":"\\ud800","id":1,"salt":"","columns":{}}]}',
    ):
        text = f"c2sp.org/tlog-proof@v1\nextra {base64.b64encode(raw).decode()}\nindex 0\n\n{note}"
        assert "The proof does not hold" in asked(cast, text.encode()).text


def test_nothing_of_a_proof_is_kept(cast: Cast) -> None:
    bid = cast.bid("endorsed")
    seal(cast)
    text = proof_of(cast, bid, 3)
    data = settings_of(cast).data

    def files() -> set[Path]:
        return {path for path in data.rglob("*") if path.is_file()}

    before, events = files(), cast.value("SELECT count(*) FROM audit_event")
    asked(cast, text.encode())
    assert files() == before
    assert cast.value("SELECT count(*) FROM audit_event") == events


def test_the_checker_is_one_file_that_any_python_runs(cast: Cast, tmp_path: Path) -> None:
    bid = cast.bid("endorsed")
    seal(cast)
    client = cast.client(None)
    file = tmp_path / "check.pyz"
    file.write_bytes(client.get("/log/checker").data)
    assert file.read_bytes() == checker()
    checker.cache_clear()
    assert file.read_bytes() == checker()  # the same code, the same bytes
    with zipfile.ZipFile(file) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    proof = tmp_path / "event.tlog-proof"
    proof.write_text(proof_of(cast, bid, 3))
    keys = tmp_path / "keys.txt"
    keys.write_text(client.get("/log/keys").text)

    def run() -> subprocess.CompletedProcess[str]:
        # -I: nothing of this folder or its surroundings is found, only what Python itself has installed.
        command = [sys.executable, "-I", str(file), str(proof), "--key", str(keys)]
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)

    good = run()
    assert (good.returncode, good.stderr) == (0, "")
    proof.write_text(proof.read_text().replace("index ", "index 1"))
    assert run().returncode == 1


def test_the_command_writes_the_same_checker(tmp_path: Path) -> None:
    from click.testing import CliRunner

    file = tmp_path / "check.pyz"
    assert CliRunner().invoke(fundapp, ["audit", "checker", str(file)]).exit_code == 0
    assert file.read_bytes() == checker()


def test_a_record_that_was_cut_is_no_cause_for_an_error_page(cast: Cast) -> None:
    bid = cast.bid("endorsed")
    seal(cast)
    text = proof_of(cast, bid, 3)
    tamper(cast, "DELETE FROM audit_leaf WHERE position = 0")
    page = asked(cast, text.encode())
    assert page.status_code == 200
    assert "The proof does not hold" in page.text
