"""The life of bank details: the first count at once, a change only after another person and some days."""

import workflows.guards  # noqa: F401
from workflows.grammar import Ask, Life, Move

_APART = ("apart_from_applicant", "apart_from_endorser")
_DETAILS = (
    Ask("holder_name", "text"),
    Ask("kind", "choice"),
    Ask("sort_code", "text"),
    Ask("account", "text"),
)

PAYEE = Life(
    name="payee",
    policy=("communities", 1),
    spine=("asked", "confirmed", "standing"),
    side=(),
    ends=("replaced", "refused"),
    moves=(
        Move(
            "give", (), "standing", by=("applicant",),
            needs=("award_accepted", "no_bank_details_yet", "bank_details_complete"),
            asks=_DETAILS, records=("payee",), sends=("bank_details_given",),
        ),
        Move(
            "change", (), "asked", by=("applicant",),
            needs=("award_accepted", "bank_details_stand", "no_change_under_way", "bank_details_complete"),
            asks=(*_DETAILS, Ask("reason", "text", required=False)), records=("payee",), sends=("bank_change_asked",),
        ),
        Move(
            "confirm", ("asked",), "confirmed", by=("officer",),
            needs=(*_APART, "another_than_giver", "reason_given"), asks=(Ask("reason", "text"),),
        ),
        Move(
            "refuse", ("asked", "confirmed"), "refused", by=("officer", "applicant"),
            needs=("apart_from_endorser", "bank_details_stand", "reason_given"), asks=(Ask("reason", "text"),),
            sends=("bank_change_refused",),
        ),
        Move(
            "stand", ("confirmed",), "standing", by=("clock",), needs=("cooled_off", "old_details_replaced"),
            sends=("bank_change_stands",),
        ),
        Move("replace", ("standing",), "replaced", by=("clock",), needs=("change_takes_effect",)),
        Move(
            "note_bank", ("standing",), "standing", by=("treasurer",), needs=(*_APART, "bank_answer_listed"),
            asks=(Ask("answer", "choice"),),
        ),
        Move(
            "vouch", ("standing",), "standing", by=("officer",),
            needs=(*_APART, "name_in_doubt", "another_than_asker_of_bank", "reason_given"), asks=(Ask("reason", "text"),),
        ),
    ),
)  # fmt: skip
