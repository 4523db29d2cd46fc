"""Proofs for people: which events of a bid its applicant may prove, what is opened in them, and what a proof says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from fundapp.audit.prove import prove
from fundapp.audit.record import RecordBroken
from fundapp.audit.sealed import StoredTree, newest
from fundapp.audit.spot import body_of
from fundapp.audit.standalone.findings import Finding
from fundapp.audit.standalone.notes import Key
from fundapp.audit.standalone.proofs import Proof, check_proof
from fundapp.words.history import INSIDE, STAGED

#: Events whose whole body the applicant may hold: their own acts, their representative's, the service's, and those of an
#: officer or treasurer who deals with them openly. What the panel does is not among them, whenever it was done: a body carries
#: the lasting token of whoever acted, and nobody on the panel is named to those who bid. An action that is not here is kept
#: back, so a new one is until somebody has thought about it.
PROVABLE: Final[frozenset[str]] = frozenset(
    {
        "bid.start", "bid.take_in", "bid.submit", "bid.resubmit", "bid.name_endorser", "bid.endorse", "bid.stand_aside",
        "bid.refuse", "bid.send_back", "bid.rule_out", "bid.award", "bid.decline", "bid.withdraw", "bid.lapse", "bid.report",
        "bid.fall_through", "bid.confirm_cancel", "letter.kept", "award.offer", "award.accept", "award.refuse", "award.lapse",
        "award.cancel", "award.propose", "award.take_back", "award.vary", "award.keep", "award.complete", "payee.give",
        "payee.change", "payee.confirm", "payee.refuse", "payee.stand", "payee.replace", "payment.schedule", "payment.send",
        "payment.confirm", "payment.fail", "payment.reschedule", "payment.cancel", "report.open", "report.file",
        "report.accept", "report.return", "report.drop", "deadline.moved", "co_applicant.joined", "co_applicant.left",
    }
)  # fmt: skip
#: Parts whose acts they may prove; an act of anybody else stays closed, whatever its name.
OPEN_PARTS: Final = frozenset({"applicant", "member", "representative", "officer", "treasurer", "clock"})
#: Rows that are opened: what the applicant reads on their pages anyway. An endorsement that an officer recorded names the
#: officer by number and stays closed; so does the bid itself, which says where it stands while the panel still meets.
OPENED: Final = ("bid_version", "endorsement", "award", "award_answer", "letter", "letter_file")


@dataclass(frozen=True, slots=True)
class Read:
    """What a proof that was handed in says: its event's body, the rows opened in it, and what does not hold."""

    proof: Proof
    body: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]]
    findings: Sequence[Finding]


def provable(rows: Iterable[Any], released: bool) -> list[Any]:
    """Those of a bid's events, in their order, that its applicant may prove.

    Until the decision is released only what happened before the panel's first act: the number of a later event would tell how
    much the panel has done.
    """
    found = []
    for row in rows:
        if not released and row.action in STAGED:
            break
        body = body_of(row.body)
        if row.action in PROVABLE and row.action not in INSIDE and body is not None:
            part = body.get("role") or ("clock" if row.actor == "clock" else None)
            if part in OPEN_PARTS:
                found.append(row)
    return found


def of_bid(conn: Connection, keys: Sequence[Key], row: Any, bid: int) -> Proof:
    """The proof of an event out of `provable`, opened for the applicant. Raises NotSealedYet, RecordBroken."""
    return prove(conn, keys, f"bid:{bid}", row.number, _opened(row))


def of_answer(conn: Connection, keys: Sequence[Key], bid: int, answer: Any) -> Proof:
    """The proof of a representative's own answer, a row (id, event_no), with what they wrote. Raises as `of_bid`."""
    return prove(conn, keys, f"bid:{bid}", answer.event_no, [("endorsement", answer.id)])


def closed(conn: Connection, keys: Sequence[Key], subject: str, number: int) -> Proof:
    """The proof of any event, no row opened: for an auditor. Raises LookupError, NotSealedYet, RecordBroken."""
    return prove(conn, keys, subject, number)


def _opened(row: Any) -> list[tuple[str, int]]:
    body = body_of(row.body) or {}
    by_officer = body.get("role") == "officer"
    return [
        (table, number)
        for table, number, _commitment in body.get("rows", ())
        if table in OPENED and not (by_officer and table == "endorsement")
    ]


def read(conn: Connection, keys: Sequence[Key], proof: Proof) -> Read:
    """A proof held against our keys, and against the log as it stands here."""
    findings = check_proof(proof, keys)
    point = proof.checkpoint
    held = newest(conn)
    if held is None or held.size < point.size:
        params = {"size": point.size, "held": 0 if held is None else held.size}
        findings.append(Finding("checkpoint_ahead", point.named, params))
    elif _root(conn, point.size) != point.root:
        findings.append(Finding("root_differs", point.named))
    body = body_of(proof.extra.get("body"))
    rows = proof.extra.get("rows")
    listed = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return Read(proof, body or {}, listed, findings)


def _root(conn: Connection, size: int) -> bytes | None:
    try:
        return StoredTree(conn).root(0, size) if size else None
    except RecordBroken:
        return None
