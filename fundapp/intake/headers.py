"""What the headers of a file of bids mean, however they are spelt."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

REQUIRED = ("title", "organisation", "amount")

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


_MEANING: Mapping[str, tuple[str, int]] = {
    key(name): (meaning, rank)
    for meaning, choices in _CHOICES.items()
    for rank, names in enumerate(choices)
    for name in names
}


@dataclass(frozen=True)
class Columns:
    """Where each meaning stands: `at` gives the column's index, `twice` headers that mean the same."""

    at: Mapping[str, int]
    twice: tuple[str, ...]
    ignored: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The required meanings that no column has."""
        return tuple(meaning for meaning in REQUIRED if meaning not in self.at)


def understand(headers: Sequence[str]) -> Columns:
    """Match headers to meanings. Blank ones are passed over; unknown and second-best ones are `ignored`."""
    found: dict[str, list[tuple[int, int]]] = {}
    for index, header in enumerate(headers):
        if (known := _MEANING.get(key(header))) is not None:
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
    return Columns(at, twice, ignored)
