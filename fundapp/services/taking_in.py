"""Bids from a file, taken in through the door: all of them or none, and none twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from fundapp.intake.bids import BidRow
from fundapp.models import Organisation
from fundapp.queries import bids as asks
from fundapp.queries import organisations, rounds
from fundapp.services import people
from fundapp.services.case import Step
from fundapp.services.deed import Actor, Deed, Office
from fundapp.services.transition import NotThere, carry


@dataclass(frozen=True, slots=True)
class TakenIn:
    """How many bids were taken in, and how many of the file stood there already."""

    added: int
    known: int


def take_in(
    office: Office,
    actor: Actor,
    round_code: str,
    rows: Sequence[BidRow],
    file: str,
    reason: str,
    arrived: datetime,
) -> TakenIn:
    """Take every row of a file in as a submitted bid of the round. Raises NotThere, Refused."""
    with office.deed(actor, arrived) as deed:
        owner = rounds.by_code(deed.conn, round_code)
        if owner is None:
            raise NotThere(f"round {round_code}")
        standing = asks.source_keys(deed.conn, owner.id)
        new = [row for row in rows if row.source_key not in standing]
        if new:
            organisation = _organisations(deed, new)
            area = _areas(deed, new)
            carry(
                deed,
                [
                    Step(
                        "bid",
                        "take_in",
                        inputs=_inputs(row, organisation, area, file, reason),
                        parent=owner.id,
                    )
                    for row in new
                ],
            )
        return TakenIn(len(new), len(rows) - len(new))


def _inputs(
    row: BidRow, organisation: dict[str, int], area: dict[str, int], file: str, reason: str
) -> dict[str, Any]:
    code = next((c for c in (row.ward_code, row.council_code) if c), None)
    answers: dict[str, Any] = {
        "title": row.title,
        "summary": row.summary,
        "organisation": row.organisation,
        "organisation_id": row.organisation_id or "",
        "amount_pence": row.amount_pence,
        "area": area.get(code) if code else None,
        "starts_on": row.starts_on.isoformat() if row.starts_on else None,
        "ends_on": row.ends_on.isoformat() if row.ends_on else None,
        "programme": row.programme or "",
        "postcode": row.postcode or "",
    }
    return {
        "answers": answers,
        "organisation_id": organisation[_organisation_key(row)],
        "place": row.ward or row.town or row.council or row.region,
        "source": {"file": file, "line": row.line, "reason": reason},
        "key": row.source_key,
        "reason": reason,
    }


def _organisation_key(row: BidRow) -> str:
    return row.organisation_id or f"name:{row.organisation}"


def _organisations(deed: Deed, rows: Sequence[BidRow]) -> dict[str, int]:
    """Organisations of the file by key, made where they are new: by official id, failing one by their very name."""
    wanted = {_organisation_key(row): row for row in rows}
    known = organisations.by_key(
        deed.conn,
        [row.organisation_id for row in wanted.values() if row.organisation_id],
        [row.organisation for row in wanted.values() if not row.organisation_id],
    )
    new = [row for key, row in wanted.items() if key not in known]
    if new:
        deed.conn.execute(
            insert(Organisation),
            [
                {
                    "name": row.organisation, "official_id": row.organisation_id, "charity_number": row.charity_number,
                    "company_number": row.company_number, "postcode": row.postcode, "created_at": deed.now,
                }
                for row in new
            ],
        )  # fmt: skip
        known |= organisations.by_key(
            deed.conn,
            [row.organisation_id for row in new if row.organisation_id],
            [row.organisation for row in new if not row.organisation_id],
        )
    return known


def _areas(deed: Deed, rows: Sequence[BidRow]) -> dict[str, int]:
    """The file's regions, councils and wards by code, parents first."""
    regions = {
        row.region: f"REGION-{row.region.upper().replace(' ', '-')}"[:20] for row in rows if row.region
    }
    wanted: dict[str, dict[str, Any]] = {
        code: {"kind": "region", "code": code, "name": name} for name, code in regions.items()
    }
    for row in rows:
        if row.council_code and row.council:
            parent = regions.get(row.region) if row.region else None
            wanted.setdefault(
                row.council_code,
                {"kind": "council", "code": row.council_code, "name": row.council, "parent": parent},
            )
    for row in rows:
        if row.ward_code and row.ward:
            parent = row.council_code if row.council_code in wanted else None
            wanted.setdefault(
                row.ward_code, {"kind": "ward", "code": row.ward_code, "name": row.ward, "parent": parent}
            )
    return people.areas(deed.conn, list(wanted.values())) if wanted else {}
