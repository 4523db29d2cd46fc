"""The command: what was given is told apart by its first line."""

import argparse
import json
import sys
from pathlib import Path

from .exported import Export, Result
from .findings import Finding, Unreadable
from .notes import Checkpoint, Key, read_checkpoints, read_key
from .proofs import PROOF_HEADER, Proof, check_proof, read_proof

#: Findings that are named; the rest are counted.
NAMED = 50
#: Characters of a value that are shown.
SHOWN = 600


def main(argv: list[str] | None = None) -> int:
    """0: all holds. 1: something does not, and each is named. 2: asked wrongly."""
    asking = argparse.ArgumentParser(prog="standalone", description="Checks an exported record or a proof.")
    asking.add_argument("file", type=Path, help="record.jsonl, or a proof (.tlog-proof)")
    asking.add_argument(
        "--checkpoint", type=Path, action="append", default=[], help="a checkpoint kept elsewhere"
    )
    asking.add_argument("--key", action="append", default=[], help="a public key, or a file of them")
    asking.add_argument("--audit-key", type=Path, help="a file with the audit key in hex: checks macs too")
    asking.add_argument("--letter", type=Path, help="the letter that a proof is of")
    asked = asking.parse_args(argv)
    try:
        keys = [key for given in asked.key for key in _keys(given)]
        outside = [point for file in asked.checkpoint for point in read_checkpoints(file.read_text())]
        secret = bytes.fromhex(asked.audit_key.read_text().strip()) if asked.audit_key else None
        with asked.file.open("rb") as stream:
            if stream.read(len(PROOF_HEADER)) == PROOF_HEADER.encode():
                return _proof(asked.file, keys, outside, asked.letter)
            stream.seek(0)
            result = Export(keys, outside, secret).read(stream)
    except (OSError, ValueError) as trouble:
        told = str(trouble) if isinstance(trouble, Unreadable) else f"Cannot be read: {trouble}."
        print(_plain(told), file=sys.stderr)
        return 2
    return _said(result.findings, _counted(result))


def _keys(given: str) -> list[Key]:
    path = Path(given)
    text = path.read_text() if path.is_file() else given
    return [read_key(line) for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _proof(file: Path, keys: list[Key], outside: list[Checkpoint], letter: Path | None) -> int:
    proof = read_proof(file.read_text())
    believed = keys or proof.keys
    found = check_proof(proof, believed, letter.read_bytes() if letter else None)
    for point in outside:
        if point.size == proof.checkpoint.size and point.root != proof.checkpoint.root:
            found.append(Finding("root_differs", point.named))
    words = [f"The event stands at position {proof.index} of the {proof.checkpoint.size} sealed events."]
    if not found:
        words += _told(proof)
    for point in outside:
        if point.size == proof.checkpoint.size:
            words.append("The checkpoint from elsewhere is the very one that the proof leads to.")
        else:
            words.append(
                f"The checkpoint from elsewhere is of {point.size} events, the proof of {proof.checkpoint.size}: one cannot be "
                f"held against the other here. The page {proof.checkpoint.origin}/check does that."
            )
    if not keys:
        words.append("No key was given: the signature was held against the key in the proof itself.")
    return _said(found, [_plain(line) for line in words])


def _told(proof: Proof) -> list[str]:
    """What a proof that holds says: the event, and what its rows held."""
    event = json.loads(proof.extra["body"])
    role = f", by somebody acting as {event['role']}" if event.get("role") else ""
    words = [
        f"It is event {event.get('number')} of {event.get('subject')}: {event.get('action')}, at {event.get('at')}{role}."
    ]
    for row in proof.extra.get("rows", []):
        words.append(f"It recorded {row['table']} {row['id']}:")
        held = row["columns"] if isinstance(row["columns"], dict) else {}
        words += [f"  {name}: {value}" for name, value in sorted(held.items()) if value not in (None, "")]
    return words


def _plain(line: str) -> str:
    """One line that does nothing to a terminal."""
    shown = "".join(sign if sign.isprintable() else " " for sign in line)
    return shown if len(shown) <= SHOWN else f"{shown[:SHOWN]} …"


def _counted(result: Result) -> list[str]:
    words = [
        f"The record holds: {result.events} events of {result.subjects} subjects, {result.rows} rows, all as written; "
        f"{result.sealed} sealed under {result.checkpoints} checkpoint{'' if result.checkpoints == 1 else 's'}."
    ]
    words.append("By what right somebody acted was not looked at: an export holds nothing of people.")
    if result.outside is None:
        words.append(
            "No checkpoint from elsewhere was given: whoever holds all keys could have written all of it anew."
        )
    else:
        words.append(f"{result.unwitnessed} events are newer than the newest checkpoint from elsewhere.")
    if not result.keys_given:
        words.append("No key was given: signatures were held against the keys in the file itself.")
    if not result.macs:
        words.append("No audit key was given: the macs of events were not checked.")
    return words


def _said(found: list[Finding], words: list[str]) -> int:
    for finding in found[:NAMED]:
        print(_plain(finding.sentence), file=sys.stderr)
    if len(found) > NAMED:
        print(f"And {len(found) - NAMED} more.", file=sys.stderr)
    if found:
        print(f"This does not hold: {len(found)} found.", file=sys.stderr)
        return 1
    print("\n".join(words))
    return 0


if __name__ == "__main__":
    sys.exit(main())
