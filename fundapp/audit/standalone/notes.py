"""Keys and checkpoints: C2SP tlog-checkpoint, a C2SP signed note under Ed25519."""

import base64
import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from .findings import Unreadable


@dataclass(frozen=True, slots=True)
class Key:
    """Who signs: a name, the four bytes by which signatures name the key, and the Ed25519 public key."""

    name: str
    mark: bytes
    public: bytes

    @property
    def text(self) -> str:
        """The key as it is published: `name+mark+base64`."""
        coded = base64.b64encode(b"\x01" + self.public).decode()
        return f"{self.name}+{self.mark.hex()}+{coded}"


def decoded(text: str) -> bytes:
    """Base64 in its one form: other letters that decode to the same bytes are refused. Raises ValueError."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("not the one way to write it")
    return raw


def key_of(name: str, public: bytes) -> Key:
    """The key of that name over 32 public bytes."""
    mark = hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]
    return Key(name, mark, public)


def read_key(text: str) -> Key:
    """A published key. Raises Unreadable."""
    try:
        name, mark, coded = text.strip().split("+", 2)
        raw = decoded(coded)
        key = key_of(name, raw[1:])
        if not name or any(sign.isspace() for sign in name) or raw[:1] != b"\x01" or len(raw) != 33:
            raise ValueError
        if key.mark.hex() != mark.lower():
            raise ValueError
    except ValueError:
        raise Unreadable(f"{text.strip()[:60]!r} is no key of a signed note: name+mark+base64.") from None
    return key


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What was signed: the log's name, how many events it held, the root over them; and who signed."""

    origin: str
    size: int
    root: bytes
    signed: bytes
    signatures: tuple[tuple[str, bytes, bytes], ...]
    note: str

    def signed_by(self, keys: Iterable[Key]) -> bool | None:
        """Whether one of these keys signed it; None where no signature names one of them. A wrong one spoils it."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        known = {(key.name, key.mark): key for key in keys}
        found = None
        for name, mark, signature in self.signatures:
            key = known.get((name, mark))
            if key is None:
                continue
            try:
                Ed25519PublicKey.from_public_bytes(key.public).verify(signature, self.signed)
            except (InvalidSignature, ValueError):
                return False
            found = True
        return found

    @property
    def named(self) -> str:
        """How findings call it."""
        return f"the checkpoint of {self.size} events"


def read_checkpoint(note: str) -> Checkpoint:
    """A signed checkpoint. Raises Unreadable."""
    body, gap, tail = note.partition("\n\n")
    try:
        origin, size, coded, *_ = body.split("\n")
        root = decoded(coded)
        if not gap or not origin or not size.isascii() or not size.isdigit() or str(int(size)) != size:
            raise ValueError
        if len(root) != 32 or not tail.endswith("\n"):
            raise ValueError
        signatures = []
        for line in tail[:-1].split("\n"):
            dash, name, coded = line.split(" ")
            raw = decoded(coded)
            if dash != "—" or not name or len(raw) < 5:
                raise ValueError
            signatures.append((name, raw[:4], raw[4:]))
    except ValueError:
        raise Unreadable(
            "This is no checkpoint: a name, a size, a root, an empty line and signatures."
        ) from None
    return Checkpoint(origin, int(size), root, body.encode() + b"\n", tuple(signatures), note)


def read_checkpoints(text: str) -> list[Checkpoint]:
    """Every checkpoint in a text, such as a mail that was saved: of what stands around them nothing is looked at.

    Raises Unreadable if there is none that can be read. What only looks like one, as a name under a mail does, is passed over.
    """
    lines = [line.removeprefix("> ").rstrip("\r") for line in text.split("\n")]
    lines = [line.rstrip() for line in lines]
    found = []
    for place in range(1, len(lines)):
        if not lines[place].startswith("— ") or lines[place - 1]:
            continue
        first = place - 1
        while first > 0 and lines[first - 1]:
            first -= 1
        last = place
        while last + 1 < len(lines) and lines[last + 1].startswith("— "):
            last += 1
        with suppress(Unreadable):
            found.append(read_checkpoint("\n".join(lines[first : last + 1]) + "\n"))
    if not found:
        raise Unreadable("There is no checkpoint in this file, or it is damaged.")
    return found


def write_note(origin: str, size: int, root: bytes) -> bytes:
    """The text of a checkpoint that is signed."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n".encode()
