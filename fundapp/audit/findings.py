"""What a verification may find, and the sentence for each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fundapp.audit.standalone.findings import SENTENCES as SHARED

SENTENCES: Mapping[str, str] = {
    **{
        code: SHARED[code]
        for code in ("root_differs", "signature_wrong", "checkpoint_ahead", "unsigned", "leaf_wrong")
    },
    "leaf_twice": "The sealed log has no position {where}: a leaf is missing, added or moved.",
    "leaf_gone": "The event that was sealed at position {where} is gone.",
    "node_wrong": "Subtree {where} of the sealed log is not over the events below it.",
    "checkpoint_columns": "Checkpoint {where} is not stored as it was signed.",
    "checkpoint_gone": "The checkpoint {where} is not kept any more, or another stands in its place.",
    "event_unsealed": "{where} was never sealed, though later events were.",
    "event_unreadable": "{where} cannot be read: its body is not an event.",
    "event_not_canonical": "{where} is not written in canonical form.",
    "event_copy": "The column {column} of {where} differs from its body.",
    "event_hash": "The hash of {where} does not fit its body.",
    "event_mac": "{where} was not signed with this service's audit key.",
    "event_chain": "{where} does not follow the event before it.",
    "event_number": "{where} stands where number {expected} belongs: an event is missing, added or moved.",
    "head_missing": "{where} has events but no head.",
    "head_twice": "{where} has more than one head.",
    "head_mac": "The head of {where} was not signed with this service's audit key.",
    "head_number": "The head of {where} stands at event {head}, but its last event is {last}.",
    "head_hash": "The head of {where} does not carry the hash of its last event.",
    "row_missing": "{where} was recorded in event {number} of {home}, but the row is gone.",
    "row_extra": "{where} is in the database, but no event of {home} records it.",
    "row_changed": "{where} is not as event {number} of {home} recorded it.",
    "row_event": "{where} names event {named} of {home} as its last, but event {number} recorded it.",
    "row_erased": "{where} looks erased, but no event of {home} says that it was.",
    "row_unerased": "{where} was erased by an event of {home}, but does not look so.",
    "erased_unnamed": "{where} says that rows were erased, but not the very rows that it wrote.",
    "row_salt": "{where} does not carry a salt of 32 bytes.",
    "rows_unseen": "The table {where} holds {count} rows that belong to no subject.",
    "move_illegal": "{where} went from {source} to {target} by {move} as {role}, against the policy ({why}).",
    "move_from": "{where} moves {life} {row} from {source}, but it stood at {stood}.",
    "move_without_row": "{where} moves {life} {row}, but does not record the row.",
    "state_differs": "{where} stands at {state}, but its last recorded move led to {recorded}.",
    "state_unrecorded": "{where} stands at {state}, but no recorded move led there.",
    "role_missing": "{where} does not say by what right {actor} acted as {role}.",
    "role_unknown": "{where} was made by {actor} as {role} under {table} {row}, which does not exist.",
    "role_of_another": "{where} was made by {actor} as {role} under {table} {row}, which is not theirs.",
    "role_other": "{where} was made as {role} under {table} {row}, which gives another role.",
    "role_elsewhere": "{where} was made as {role} under {table} {row}, which belongs to another fund or bid.",
    "role_not_then": "{where} was made as {role} under {table} {row}, which did not hold at {at}.",
}


@dataclass(slots=True)
class Problem:
    """One thing that is not as the record says. `where` names an event, a row, a subject or a table."""

    where: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The finding in words."""
        text = SENTENCES[self.code].format(where=self.where, **self.params)
        return text[:1].upper() + text[1:]


@dataclass(slots=True)
class Report:
    """What was checked and what was found. `rows` counts evidential rows, `tables` the same by table.

    `erased`: rows that were erased, as an event of their home says: what older events commit to is gone with their words.
    `witnessed`: how many events the largest checkpoint from elsewhere covers; None where none was given. `signatures`:
    whether checkpoints were held against a key.
    """

    events: int = 0
    sealed: int = 0
    checkpoints: int = 0
    witnessed: int | None = None
    signatures: bool = False
    subjects: int = 0
    rows: int = 0
    erased: int = 0
    tables: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not self.problems

    @property
    def unwitnessed(self) -> int:
        """Events that no checkpoint from elsewhere covers: whoever holds all keys could have written them anew."""
        return self.events - min(self.witnessed or 0, self.events)

    def find(self, where: str, code: str, **params: Any) -> None:
        """Notes one finding."""
        self.problems.append(Problem(where, code, params))
