"""What does not hold, and the sentence for it."""

from dataclasses import dataclass, field
from typing import Any

SENTENCES = {
    "unreadable": "{where} cannot be read: it is no line of an export.",
    "event_unreadable": "{where} cannot be read: its body is not an event.",
    "event_hash": "The hash of {where} does not fit its body.",
    "event_mac": "{where} was not signed with the audit key.",
    "event_chain": "{where} does not follow the event before it.",
    "event_number": "{where} stands where number {expected} belongs: an event is missing, added or moved.",
    "event_copy": "A column of {where} differs from its body.",
    "head_missing": "{where} has events but no head.",
    "head_twice": "{where} has more than one head.",
    "head_mac": "The head of {where} was not signed with the audit key.",
    "head_wrong": "The head of {where} is not its last event.",
    "row_missing": "{where} was recorded, but the row is gone.",
    "row_extra": "{where} is in the database, but no event records it.",
    "row_changed": "{where} is not as its last event recorded it.",
    "state_differs": "{where} does not stand where its last recorded move led.",
    "leaf_wrong": "Position {where} of the sealed log does not hold the event that was sealed there.",
    "unsigned": "{where} events have a position in the sealed log, but no checkpoint was signed over all of them.",
    "node_wrong": "The subtrees of {where} are not over the events below them.",
    "root_differs": "{where} was signed over other events than these: the record was changed after it was sealed.",
    "signature_wrong": "{where} does not carry a good signature of a key that is trusted.",
    "checkpoint_ahead": "{where} was signed over {size} events, but only {held} are sealed here: this is an older copy, "
    "or its end was cut off.",
    "checkpoint_gone": "The checkpoint {where} is not in the export, or another stands in its place.",
    "proof_wrong": "The proof does not lead from the event to the checkpoint.",
    "opening_wrong": "{where} is not what the event recorded.",
    "letter_wrong": "The file is not the letter that the event recorded.",
    "no_end": "The export breaks off: its last line is missing.",
}  # fmt: skip


@dataclass(slots=True)
class Finding:
    """One thing that does not hold."""

    code: str
    where: str
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The finding in words."""
        text = SENTENCES[self.code].format(where=self.where, **self.params)
        return text[:1].upper() + text[1:]


class Unreadable(ValueError):
    """What was given is no checkpoint, key or proof; the message is a sentence."""
