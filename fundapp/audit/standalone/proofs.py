"""Proofs that an event was sealed: C2SP tlog-proof, with the event and what its rows held as extra data."""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .findings import Finding, Unreadable
from .notes import Checkpoint, Key, decoded, read_checkpoint, read_key
from .tree import inclusion_holds, leaf_hash

PROOF_HEADER = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Proof:
    """That an event stands in the sealed log. `extra` holds its body, and of rows that it recorded what they held."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: Checkpoint
    extra: dict[str, Any]

    @property
    def keys(self) -> list[Key]:
        """The keys that it brings along, by which nobody should believe it. Raises Unreadable."""
        told = self.extra.get("keys", [])
        if not isinstance(told, list) or not all(isinstance(one, str) for one in told):
            raise Unreadable("The keys that the proof brings along cannot be read.")
        return [read_key(one) for one in told]

    @property
    def text(self) -> str:
        """The proof as a file."""
        lines = [
            PROOF_HEADER,
            "extra " + base64.b64encode(canonical(self.extra)).decode(),
            f"index {self.index}",
        ]
        lines += [base64.b64encode(step).decode() for step in self.path]
        return "\n".join(lines) + "\n\n" + self.checkpoint.note


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes of a JSON value made of strings, whole numbers under 2^53, booleans, lists and objects."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def read_proof(text: str) -> Proof:
    """A proof. Raises Unreadable."""
    head, _, note = text.replace("\r\n", "\n").partition("\n\n")
    try:
        title, extra, index, *path = head.split("\n")
        if title != PROOF_HEADER or not extra.startswith("extra ") or not index.startswith("index "):
            raise ValueError
        told = json.loads(decoded(extra[6:]))
        steps = tuple(decoded(line) for line in path)
        if not isinstance(told, dict) or not index[6:].isdecimal() or any(len(step) != 32 for step in steps):
            raise ValueError
        return Proof(int(index[6:]), steps, read_checkpoint(note), told)
    except Unreadable:
        raise
    except ValueError:
        raise Unreadable("This is no proof of a sealed log.") from None


def check_proof(proof: Proof, keys: Sequence[Key], letter: bytes | None = None) -> list[Finding]:
    """What does not hold of a proof; nothing found: the event was sealed, and the rows held what is shown of them."""
    found: list[Finding] = []
    body = proof.extra.get("body")
    text = body if isinstance(body, str) else ""
    # Half a sign, which JSON can name and no text can hold, becomes another text: then nothing leads to the root.
    raw = text.encode(errors="replace")
    point = proof.checkpoint
    if point.signed_by(keys) is not True:
        found.append(Finding("signature_wrong", point.named))
    if not inclusion_holds(proof.index, point.size, leaf_hash(raw), proof.path, point.root):
        found.append(Finding("proof_wrong", "the proof"))
    try:
        recorded = {(table, row): made for table, row, made in json.loads(text)["rows"]}
        opened = [
            (row["table"], row["id"], bytes.fromhex(row["salt"]), row["columns"])
            for row in proof.extra.get("rows", [])
        ]
        said = [
            (
                hmac.digest(salt, canonical({"columns": columns, "id": row, "table": table}), "sha256").hex(),
                recorded.get((table, row)),
            )
            for table, row, salt, columns in opened
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return [*found, Finding("event_unreadable", "the event")]
    for (table, row, _, _), (made, wanted) in zip(opened, said, strict=True):
        if made != wanted:
            found.append(Finding("opening_wrong", f"{table} {row}"))
    if letter is not None:
        digest = hashlib.sha256(letter).hexdigest()
        if not any(
            table == "letter_file" and isinstance(columns, dict) and columns.get("sha256") == digest
            for table, _, _, columns in opened
        ):
            found.append(Finding("letter_wrong", "the letter"))
    return found
