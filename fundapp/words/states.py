"""States, moves and holders in the words that buttons, lists and signs use."""

from typing import Final, Literal

from fundapp.words.marks import N_
from fundapp.words.tongue import gettext as _

Audience = Literal["applicant", "staff", "public"]

#: How each state reads to those who run the fund.
LABELS: Final[dict[tuple[str, str], str]] = {
    ("bid", "draft"): N_("Draft"),
    ("bid", "submitted"): N_("Waiting for backing"),
    ("bid", "endorsed"): N_("Backed"),
    ("bid", "reviewed"): N_("Reviewed"),
    ("bid", "awarded"): N_("Awarded"),
    ("bid", "reported"): N_("Reported"),
    ("bid", "returned"): N_("Sent back"),
    ("bid", "withdrawn"): N_("Withdrawn"),
    ("bid", "not_endorsed"): N_("Not backed"),
    ("bid", "ineligible"): N_("Ruled out"),
    ("bid", "declined"): N_("Not funded"),
    ("bid", "lapsed"): N_("Lapsed"),
    ("bid", "cancelled"): N_("Cancelled"),
    ("round", "planned"): N_("Planned"),
    ("round", "open"): N_("Open"),
    ("round", "closed"): N_("Closed"),
    ("round", "panel"): N_("With the panel"),
    ("round", "releasing"): N_("Being released"),
    ("round", "released"): N_("Released"),
    ("round", "archived"): N_("Archived"),
    ("award", "offered"): N_("Offered"),
    ("award", "accepted"): N_("Accepted"),
    ("award", "complete"): N_("Complete"),
    ("award", "refused"): N_("Turned down"),
    ("award", "lapsed"): N_("Offer ended"),
    ("award", "cancelled"): N_("Cancelled"),
    ("payee", "asked"): N_("Change to be confirmed"),
    ("payee", "confirmed"): N_("Change takes effect soon"),
    ("payee", "standing"): N_("In use"),
    ("payee", "replaced"): N_("Replaced"),
    ("payee", "refused"): N_("Change turned down"),
    ("payment", "scheduled"): N_("Waiting for approval"),
    ("payment", "approved"): N_("Approved"),
    ("payment", "sent"): N_("Sent to the bank"),
    ("payment", "paid"): N_("Paid"),
    ("payment", "failed"): N_("Failed at the bank"),
    ("payment", "cancelled"): N_("Cancelled"),
    ("report", "due"): N_("Report due"),
    ("report", "filed"): N_("Report sent"),
    ("report", "returned"): N_("Report sent back"),
    ("report", "accepted"): N_("Report accepted"),
    ("report", "dropped"): N_("No report needed"),
}

#: Where outsiders read something else. What the panel has come to is theirs to know only once it is released.
_OUTSIDE: Final[dict[tuple[str, str], str]] = {
    ("bid", "endorsed"): N_("With the panel"),
    ("bid", "reviewed"): N_("With the panel"),
    ("round", "releasing"): N_("With the panel"),
    ("payment", "scheduled"): N_("Planned"),
    ("payment", "approved"): N_("Planned"),
    ("payment", "sent"): N_("On its way"),
    ("payment", "failed"): N_("Held up at the bank"),
}

#: The sign of each state: to whoever has it now, and to everybody else.
_KINDS: Final[dict[tuple[str, str], tuple[str, str]]] = {
    ("bid", "draft"): ("you", "started"),
    ("bid", "submitted"): ("you", "wait"),
    ("bid", "endorsed"): ("you", "wait"),
    ("bid", "reviewed"): ("you", "wait"),
    ("bid", "returned"): ("you", "sent_back"),
    ("bid", "awarded"): ("you", "done"),
    ("bid", "reported"): ("done", "done"),
    ("round", "planned"): ("not_yet", "not_yet"),
    ("round", "open"): ("started", "started"),
    ("round", "closed"): ("you", "wait"),
    ("round", "panel"): ("you", "wait"),
    ("round", "releasing"): ("wait", "wait"),
    ("round", "released"): ("done", "done"),
    ("round", "archived"): ("done", "done"),
    ("award", "offered"): ("you", "wait"),
    ("award", "accepted"): ("done", "done"),
    ("award", "complete"): ("done", "done"),
    ("payee", "asked"): ("you", "wait"),
    ("payee", "confirmed"): ("wait", "wait"),
    ("payee", "standing"): ("done", "done"),
    ("payment", "scheduled"): ("you", "wait"),
    ("payment", "approved"): ("you", "wait"),
    ("payment", "sent"): ("you", "wait"),
    ("payment", "failed"): ("you", "sent_back"),
    ("payment", "paid"): ("done", "done"),
    ("report", "due"): ("you", "not_started"),
    ("report", "filed"): ("you", "wait"),
    ("report", "returned"): ("you", "sent_back"),
    ("report", "accepted"): ("done", "done"),
}

#: Buttons: every move that a person may make.
MOVES: Final[dict[tuple[str, str], str]] = {
    ("bid", "start"): N_("Start a bid"),
    ("bid", "take_in"): N_("Take in a bid"),
    ("bid", "submit"): N_("Send the bid"),
    ("bid", "resubmit"): N_("Send it again, unchanged"),
    ("bid", "name_endorser"): N_("Ask a different representative"),
    ("bid", "endorse"): N_("Back this bid"),
    ("bid", "stand_aside"): N_("Stand aside"),
    ("bid", "refuse"): N_("Do not back it"),
    ("bid", "send_back"): N_("Send it back to be changed"),
    ("bid", "rule_out"): N_("Rule it out"),
    ("bid", "review"): N_("Send your scores"),
    ("bid", "moderate"): N_("Ask its readers to talk it over"),
    ("bid", "settle"): N_("Close the talk"),
    ("bid", "conclude"): N_("Close its reviews"),
    ("bid", "reopen"): N_("Open its reviews again"),
    ("bid", "decide"): N_("Record the decision"),
    ("bid", "withdraw"): N_("Withdraw the bid"),
    ("bid", "report"): N_("Close the bid"),
    ("bid", "fall_through"): N_("Give the award back"),
    ("bid", "ask_cancel"): N_("Ask to cancel the award"),
    ("bid", "confirm_cancel"): N_("Cancel the award"),
    ("round", "plan"): N_("Plan a round"),
    ("round", "open"): N_("Open the round"),
    ("round", "close"): N_("Close the round"),
    ("round", "start_panel"): N_("Start the panel"),
    ("round", "release"): N_("Release the decisions"),
    ("round", "undo"): N_("Stop the release"),
    ("round", "archive"): N_("Archive the round"),
    ("award", "accept"): N_("Accept the award"),
    ("award", "refuse"): N_("Turn the award down"),
    ("award", "cancel"): N_("Cancel the award"),
    ("award", "propose"): N_("Propose a change"),
    ("award", "take_back"): N_("Take the change back"),
    ("award", "vary"): N_("Agree to the change"),
    ("award", "keep"): N_("Keep the award as it is"),
    ("award", "complete"): N_("Mark the award complete"),
    ("payee", "give"): N_("Give bank details"),
    ("payee", "change"): N_("Change the bank details"),
    ("payee", "confirm"): N_("Confirm the change"),
    ("payee", "refuse"): N_("Turn the change down"),
    ("payee", "note_bank"): N_("Note what the bank said"),
    ("payee", "vouch"): N_("Make sure of the account"),
    ("payment", "schedule"): N_("Schedule a payment"),
    ("payment", "approve"): N_("Approve the payment"),
    ("payment", "recall"): N_("Take the approval back"),
    ("payment", "send"): N_("Send the payment"),
    ("payment", "confirm"): N_("Mark it paid"),
    ("payment", "fail"): N_("Mark it failed"),
    ("payment", "reschedule"): N_("Schedule it again"),
    ("payment", "cancel"): N_("Cancel the payment"),
    ("report", "file"): N_("Send the report"),
    ("report", "accept"): N_("Accept the report"),
    ("report", "return"): N_("Send the report back"),
    ("report", "drop"): N_("Drop the report"),
}

APPLICANT, REPRESENTATIVE = N_("the applicant"), N_("the representative")
OFFICER, PANEL = N_("the fund’s officer"), N_("the panel")
CHAIR, TREASURER, BANK = N_("the chair"), N_("the treasurer"), N_("the bank")

_HOLDERS: Final[dict[tuple[str, str], str]] = {
    ("bid", "draft"): APPLICANT,
    ("bid", "returned"): APPLICANT,
    ("bid", "submitted"): REPRESENTATIVE,
    ("bid", "endorsed"): PANEL,
    ("bid", "reviewed"): CHAIR,
    ("bid", "awarded"): APPLICANT,
    ("round", "planned"): OFFICER,
    ("round", "open"): OFFICER,
    ("round", "closed"): OFFICER,
    ("round", "panel"): PANEL,
    ("round", "releasing"): CHAIR,
    ("round", "released"): OFFICER,
    ("award", "offered"): APPLICANT,
    ("award", "accepted"): APPLICANT,
    ("payee", "asked"): OFFICER,
    ("payment", "scheduled"): OFFICER,
    ("payment", "approved"): TREASURER,
    ("payment", "sent"): BANK,
    ("payment", "failed"): TREASURER,
    ("report", "due"): APPLICANT,
    ("report", "returned"): APPLICANT,
    ("report", "filed"): OFFICER,
}

#: Offices by how they are written: before the name, or after it.
_BEFORE: Final = {"councillor": N_("Cllr"), "mayor": N_("Mayor")}
_AFTER: Final = {
    "mp": N_("MP"), "ms": N_("MS"), "msp": N_("MSP"), "mla": N_("MLA"), "pcc": N_("PCC"),
}  # fmt: skip


def label(life: str, state: str, audience: Audience = "applicant") -> str:
    """A state in a few words. Outsiders read the same of a bid that is reviewed and of one that is not."""
    words = LABELS[life, state]
    return str(_(words if audience == "staff" else _OUTSIDE.get((life, state), words)))


def kind(life: str, state: str, holder_is_viewer: bool) -> str:
    """The sign of a state, as `templates/parts/status.html` draws it."""
    theirs, others = _KINDS.get((life, state), ("ended", "ended"))
    return theirs if holder_is_viewer else others


def move_label(life: str, move: str) -> str:
    """What stands on the button of a move. Raises KeyError for a move that only the clock makes."""
    return str(_(MOVES[life, move]))


def holder(
    life: str,
    state: str,
    representative: str | None = None,
    applicant: str | None = None,
    audience: Audience = "applicant",
) -> str:
    """Who has it now, to stand after "with"; empty once it has ended.

    `representative` and `applicant` are names as they are to be read (`titled`). A bid that waits for backing
    and has no representative named waits for its applicant, who names one; without an applicant for the officer.
    """
    who = _HOLDERS.get((life, state))
    if who is None:
        return ""
    if who == REPRESENTATIVE:
        return representative or applicant or str(_(OFFICER))
    if who == APPLICANT:
        return applicant or str(_(APPLICANT))
    if audience != "staff" and life in ("bid", "round") and who == CHAIR:
        return str(_(PANEL))
    return str(_(who))


def office_title(office: str) -> str:
    """`councillor` as `Cllr`, `msp` as `MSP`; empty for an office that has no title."""
    known = {**_BEFORE, **_AFTER}.get(office.strip().lower())
    return str(_(known)) if known else ""


def titled(name: str, office: str | None) -> str:
    """`Cllr Margaret Oyelaran`, `Fiona Drummond MSP`; the bare name without an office."""
    title = office_title(office or "")
    if not title or title in name.split():
        return name
    if (office or "").strip().lower() in _BEFORE:
        return str(_("%(title)s %(name)s", title=title, name=name))
    return f"{name} {title}"
