"""Acts of the record in groups, as somebody who searches it thinks of them."""

from typing import Final

from fundapp.words.history import TOLD
from fundapp.words.marks import N_

_BY_PREFIX: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    (
        "bids", N_("Bids made, sent, withdrawn"),
        ("bid.start", "bid.take_in", "bid.submit", "bid.resubmit", "bid.withdraw", "bid.lapse", "co_applicant."),
    ),
    (
        "backing", N_("Backing by representatives"),
        ("bid.name_endorser", "bid.endorse", "bid.stand_aside", "bid.refuse", "bid.send_back", "representative.", "deadline."),
    ),
    (
        "panel", N_("The panel’s reading"),
        (
            "bid.review", "bid.moderate", "bid.settle", "bid.conclude", "bid.reopen", "assigned", "masked.", "reading.",
            "readers.", "seat.", "interest.", "tie.", "abstained",
        ),
    ),
    (
        "decisions", N_("Decisions"),
        ("bid.decide", "bid.award", "bid.decline", "bid.rule_out", "sitting.", "set.", "bid.fall_through", "bid.report"),
    ),
    ("awards", N_("Awards"), ("award.", "bid.ask_cancel", "bid.confirm_cancel")),
    ("reports", N_("Reports on how it went"), ("report.",)),
    ("payments", N_("Payments"), ("payment.", "run.", "statement.")),
    ("bank", N_("Bank details"), ("payee.", "payer.")),
    ("money", N_("Money that came in"), ("income.", "donation.", "source.")),
    ("rounds", N_("Rounds and their forms"), ("round.", "form.", "fund.")),
    ("letters", N_("Letters"), ("letter.", "wording.")),
    ("roles", N_("Roles"), ("role.",)),
    (
        "people", N_("People, offices, members"),
        (
            "account.", "second_factor.", "sessions.", "membership.", "members.", "office.", "areas.", "representatives.",
            "postcodes.", "person.",
        ),
    ),
    ("erasing", N_("Erasing and keeping"), ("erasure.", "erased", "hold.")),
    ("refused", N_("Tries that were refused"), ("act.refused",)),
    ("log", N_("The log itself"), ("seal.",)),
)  # fmt: skip


def _under(prefixes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        action
        for action in TOLD
        if any(action == one or (one.endswith(".") and action.startswith(one)) for one in prefixes)
    )


#: (code, words, the actions in it): each action of the record in exactly one.
GROUPS: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = tuple(
    (code, words, _under(prefixes)) for code, words, prefixes in _BY_PREFIX
)
