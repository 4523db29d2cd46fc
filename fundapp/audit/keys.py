"""The key that signs checkpoints: its file, the keys before it, and a signed checkpoint. It is never in the database."""

import base64
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from fundapp.audit.standalone.notes import Checkpoint, Key, key_of, read_checkpoint, read_key, write_note

_PRIVATE = "PRIVATE+KEY+"


class SealKeyUnusable(Exception):
    """The file of the key that signs checkpoints is missing, damaged or no key; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class SealKey:
    """A key that can sign. `public` is what readers hold."""

    public: Key
    seed: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """The secret key as one line, in the form that other signers of notes read."""
        coded = base64.b64encode(b"\x01" + self.seed).decode()
        return f"{_PRIVATE}{self.public.name}+{self.public.mark.hex()}+{coded}"

    def signature(self, signed: bytes) -> str:
        """The line of a signed note."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        made = Ed25519PrivateKey.from_private_bytes(self.seed).sign(signed)
        return f"— {self.public.name} {base64.b64encode(self.public.mark + made).decode()}\n"


@dataclass(frozen=True, slots=True)
class SealKeys:
    """What a key file holds: the key that signs now, and the public keys that signed before it."""

    signing: SealKey
    earlier: tuple[Key, ...] = ()

    @property
    def known(self) -> tuple[Key, ...]:
        """Every public key of this log, the present one first."""
        return (self.signing.public, *self.earlier)


def origin(base_url: str) -> str:
    """The log's name: where the service is, without the scheme, and `/log`."""
    parts = urlsplit(base_url)
    return f"{parts.netloc}{parts.path.rstrip('/')}/log".replace("+", "-")


def sign(keys: Sequence[SealKey], size: int, root: bytes) -> Checkpoint:
    """A checkpoint of the first key's log, signed by all of them."""
    signed = write_note(keys[0].public.name, size, root)
    return read_checkpoint(signed.decode() + "\n" + "".join(key.signature(signed) for key in keys))


def fresh(name: str) -> SealKey:
    """A new key of that name."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    made = Ed25519PrivateKey.generate()
    return SealKey(
        key_of(name, made.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)), made.private_bytes_raw()
    )


def load(path: Path) -> SealKeys:
    """The keys of a file. Raises SealKeyUnusable."""
    try:
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as trouble:
        why = trouble.strerror if isinstance(trouble, OSError) else "it is not text"
        raise SealKeyUnusable(
            f"The key that signs checkpoints cannot be read from {path} ({why}). Put it back, or change SEAL_KEY."
        ) from None
    try:
        return SealKeys(_secret(lines[0]), tuple(read_key(line) for line in lines[1:]))
    except (ValueError, IndexError):
        raise SealKeyUnusable(
            f"The file {path} holds no key that signs checkpoints. Put the right one back, or change SEAL_KEY."
        ) from None


def load_or_make(path: Path, name: str) -> SealKeys:
    """The keys of a file; a new one is made if there is none. Processes that race all get the same one."""
    if not path.exists():
        made = fresh(name)
        scratch = path.with_name(f".{path.name}-{os.getpid()}-{made.public.mark.hex()}")
        try:
            _write_private(scratch, SealKeys(made))
            # A link, unlike a rename, never replaces the key of the process that came first.
            os.link(scratch, path)
        except FileExistsError:
            pass
        except OSError as trouble:
            raise SealKeyUnusable(
                f"No key that signs checkpoints can be kept in {path} ({trouble.strerror}). Set SEAL_KEY."
            ) from None
        finally:
            scratch.unlink(missing_ok=True)
    return load(path)


def write(path: Path, keys: SealKeys) -> None:
    """The file, whole or not at all, readable by its owner only."""
    scratch = path.with_name(f".{path.name}-{os.getpid()}-{keys.signing.public.mark.hex()}")
    try:
        _write_private(scratch, keys)
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def _write_private(path: Path, keys: SealKeys) -> None:
    text = "\n".join([keys.signing.text, *(key.text for key in keys.earlier)]) + "\n"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _secret(line: str) -> SealKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    if not line.startswith(_PRIVATE):
        raise ValueError("no secret key")
    name, mark, coded = line.strip().removeprefix(_PRIVATE).split("+", 2)
    raw = base64.b64decode(coded, validate=True)
    if len(raw) != 33 or raw[0] != 1:
        raise ValueError("no Ed25519 key")
    public = (
        Ed25519PrivateKey.from_private_bytes(raw[1:])
        .public_key()
        .public_bytes(Encoding.Raw, PublicFormat.Raw)
    )
    key = key_of(name, public)
    if key.mark.hex() != mark.lower():
        raise ValueError("another key's mark")
    return SealKey(key, raw[1:])
