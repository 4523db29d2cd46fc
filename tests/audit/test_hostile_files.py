"""Whatever file the stand-alone check is given, it answers in sentences: no traceback, and no wrong yes."""

import base64
import json
import random
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from fundapp.audit.export import export_file
from fundapp.audit.prove import prove
from fundapp.audit.standalone.__main__ import main
from fundapp.database import Database
from tests.audit.sealing import sealer
from tests.effort import REPEATABLE, times

#: What stands where something else belongs.
ODD: tuple[Any, ...] = (
    None, True, -1, 1 << 70, 1.5, "", "x", [], {}, [[]], "\ud800", "9" * 5000, [1, 2, 3], {"a": 1}, "\u202e\x1b[2J",
)  # fmt: skip


def _other(rng: random.Random, value: Any) -> Any:
    """The value with some of its parts gone, or something else."""
    if rng.random() < 0.08:
        return rng.choice(ODD)
    if isinstance(value, dict):
        return {name: _other(rng, part) for name, part in value.items() if rng.random() > 0.03}
    if isinstance(value, list):
        return [_other(rng, part) for part in value]
    return value


def _bent(rng: random.Random, given: bytes) -> bytes:
    """Some bytes changed, gone, doubled or added."""
    made = bytearray(given)
    for _ in range(rng.randint(1, 5)):
        start = rng.randrange(len(made))
        end = start + rng.randint(1, 40)
        ways = (
            bytes([rng.randrange(256)]),
            b"",
            made[start:end] * 2,
            rng.randbytes(5) + made[start:end],
            b"[" * 40,
        )
        made[start:end] = rng.choice(ways)
    return bytes(made)


def _line_bent(rng: random.Random, export: bytes) -> bytes:
    lines = export.split(b"\n")
    place = rng.randrange(len(lines) - 1)
    lines[place] = json.dumps(_other(rng, json.loads(lines[place]))).encode()
    return b"\n".join(lines)


def _extra_bent(rng: random.Random, proof: bytes) -> bytes:
    first, extra, *rest = proof.split(b"\n")
    told = _other(rng, json.loads(base64.b64decode(extra[6:])))
    return b"\n".join([first, b"extra " + base64.b64encode(json.dumps(told).encode()), *rest])


def test_no_file_breaks_the_check(fund: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seals = sealer(fund, tmp_path)
    point = seals.seal().checkpoint
    assert point is not None
    with fund.snapshot() as conn:
        number = conn.scalar(text("SELECT event_no FROM letter_file"))
        proof = prove(conn, seals.keys.known, "bid:1", number, [("letter_file", 1)]).text.encode()
    file, outside, key = tmp_path / "file", tmp_path / "outside", seals.keys.known[0].text
    export_file(fund, file, seals.keys.known)
    export = file.read_bytes()
    rng, answers = random.Random(20270512 if REPEATABLE else None), set[int]()
    for number in range(times(400)):
        whole, way = ((export, _bent), (export, _line_bent), (proof, _bent), (proof, _extra_bent))[number % 4]
        file.write_bytes(way(rng, whole))
        outside.write_bytes(_bent(rng, point.note.encode()) if rng.random() < 0.5 else point.note.encode())
        asked = [str(file), "--checkpoint", str(outside), *(["--key", key] if rng.random() < 0.7 else [])]
        answers.add(answer := main(asked))
        said = capsys.readouterr()
        assert all(sign.isprintable() for line in (said.out + said.err).split("\n") for sign in line)
        assert bool(said.err) is (answer != 0)
        if answer == 0 and whole is proof and "No key was given" not in said.out:
            assert f"It is event {number_of(proof)} of bid:1: " in said.out, (
                "it says what was sealed, whatever else the file says"
            )
    assert answers == {0, 1, 2}


def number_of(proof: bytes) -> int:
    """The number of the event that a proof is of."""
    body = json.loads(base64.b64decode(proof.split(b"\n")[1][6:]))["body"]
    return int(json.loads(body)["number"])
