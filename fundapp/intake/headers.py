"""What the headers of a file mean, however they are spelt."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# For each meaning one or more choices, the better first: a file with columns of two choices is read by the
# better one. 'Recipient Org:…' and the like are the titles of the 360Giving Data Standard 1.4, and
# 'recipientOrganization/…' its names in JSON.
_CHOICES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "identifier": (
        (
            "Identifier",
            "ID",
            "Grant ID",
            "Bid ID",
            "Project ID",
            "Application ID",
            "Reference",
            "Ref",
            "Bid reference",
            "Application reference",
            "Reference number",
        ),
    ),
    "title": (
        ("Title", "Project title", "Bid title", "Grant title", "Project", "Project name", "Name of project"),
    ),
    "summary": (
        (
            "Summary",
            "Description",
            "Project summary",
            "Project description",
            "Short description",
            "Description of project",
        ),
    ),
    "organisation": (
        (
            "Organisation",
            "Organization",
            "Organisation name",
            "Organization name",
            "Name of organisation",
            "Org",
            "Org name",
            "Group",
            "Group name",
            "Applicant organisation",
            "Lead organisation",
            "Recipient",
            "Recipient organisation",
            "Recipient Org:Name",
            "recipientOrganization/name",
        ),
    ),
    "organisation_id": (
        (
            "Organisation ID",
            "Organization ID",
            "Organisation identifier",
            "Org ID",
            "Recipient Org:Identifier",
            "recipientOrganization/id",
        ),
    ),
    "charity_number": (
        (
            "Charity number",
            "Registered charity number",
            "Charity no",
            "Charity",
            "Recipient Org:Charity Number",
            "recipientOrganization/charityNumber",
        ),
    ),
    "company_number": (
        (
            "Company number",
            "Registered company number",
            "Company no",
            "Companies House number",
            "Recipient Org:Company Number",
            "recipientOrganization/companyNumber",
        ),
    ),
    "amount": (
        ("Amount Applied For", "Amount requested", "Amount asked for", "Amount sought", "Requested amount"),
        (
            "Amount",
            "Amount GBP",
            "Amount in GBP",
            "Amount in pounds",
            "Amount pounds",
            "Amount in £",
            "Grant amount",
            "Bid amount",
        ),
        ("Amount Awarded", "Award amount"),
    ),
    "currency": (("Currency", "Currency code"),),
    "postcode": (
        (
            "Postcode",
            "Post code",
            "Postal code",
            "Recipient Org:Postal Code",
            "recipientOrganization/postalCode",
        ),
    ),
    "town": (
        (
            "Town",
            "City",
            "Town or city",
            "Town/city",
            "Recipient Org:City",
            "recipientOrganization/addressLocality",
        ),
    ),
    "ward": (("Ward", "Ward name", "Electoral ward"),),
    "ward_code": (("Ward code", "Ward GSS code"),),
    "council": (
        ("Council", "Council name", "Local authority", "Local authority name", "District", "Borough"),
    ),
    "council_code": (("Council code", "Local authority code", "District code", "Council GSS code"),),
    "region": (("Region", "Region name", "Nation or region"),),
    "place": (("Beneficiary Location:Name", "beneficiaryLocation/name"),),
    "place_code": (("Beneficiary Location:Geographic Code", "beneficiaryLocation/geoCode"),),
    "programme": (
        ("Programme", "Program", "Grant programme", "Grant Programme:Title", "grantProgramme/title"),
    ),
    "starts_on": (
        (
            "Start",
            "Starts",
            "Starts on",
            "Start date",
            "Project start",
            "Project start date",
            "Planned Dates:Start Date",
            "plannedDates/startDate",
        ),
    ),
    "ends_on": (
        (
            "End",
            "Ends",
            "Ends on",
            "End date",
            "Project end",
            "Project end date",
            "Planned Dates:End Date",
            "plannedDates/endDate",
        ),
    ),
}


def key(header: str) -> str:
    """The header without case, spaces, punctuation, and the '0' of 'Recipient Org:0:Name'."""
    parts = [part for part in re.split(r"[:/.]", header) if part.strip() != "0"]
    text = unicodedata.normalize("NFKC", "".join(parts)).casefold()
    return "".join(char for char in text if char.isalnum())


@dataclass(frozen=True)
class Vocabulary:
    """What the headers of one kind of file mean: each header's key gives the meaning and how good a choice it is.

    `sheets` are the titles, lower case, of the sheet of a workbook that is read; `rows` is what its rows are called;
    `needed` are the meanings that a refusal says are needed.
    """

    meaning: Mapping[str, tuple[str, int]]
    required: tuple[str, ...]
    sheets: frozenset[str]
    rows: str
    needed: tuple[str, ...]


def vocabulary(
    choices: Mapping[str, tuple[tuple[str, ...], ...]],
    required: tuple[str, ...],
    sheets: set[str],
    rows: str,
    needed: tuple[str, ...] = (),
) -> Vocabulary:
    """A vocabulary from the choices of each meaning, the better first, and the meanings that a file must have."""
    meaning = {
        key(name): (meant, rank)
        for meant, ranked in choices.items()
        for rank, names in enumerate(ranked)
        for name in names
    }
    return Vocabulary(meaning, required, frozenset(sheets), rows, needed or required)


BIDS = vocabulary(_CHOICES, ("title", "organisation", "amount"), {"bids", "grants"}, "bids")


@dataclass(frozen=True)
class Columns:
    """Where each meaning stands: `at` gives the column's index, `twice` headers that mean the same."""

    at: Mapping[str, int]
    twice: tuple[str, ...]
    ignored: tuple[str, ...]
    required: tuple[str, ...] = BIDS.required

    @property
    def missing(self) -> tuple[str, ...]:
        """The required meanings that no column has."""
        return tuple(meaning for meaning in self.required if meaning not in self.at)


def understand(headers: Sequence[str], words: Vocabulary = BIDS) -> Columns:
    """Match headers to meanings. Blank ones are passed over; unknown and second-best ones are `ignored`."""
    found: dict[str, list[tuple[int, int]]] = {}
    for index, header in enumerate(headers):
        if (known := words.meaning.get(key(header))) is not None:
            found.setdefault(known[0], []).append((known[1], index))
    at: dict[str, int] = {}
    twice: tuple[str, ...] = ()
    for meaning, ranked in found.items():
        best = min(ranked)[0]
        claims = [index for rank, index in ranked if rank == best]
        at[meaning] = claims[0]
        if len(claims) > 1 and not twice:
            twice = tuple(headers[index] for index in claims)
    used = set(at.values())
    ignored = tuple(header for index, header in enumerate(headers) if header.strip() and index not in used)
    return Columns(at, twice, ignored, words.required)
