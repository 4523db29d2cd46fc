"""The form of a round: built and copied by an officer until the first bid of the round is sent."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from fundapp.domain import form_building
from fundapp.domain.form_building import Complaint, Questions
from fundapp.models import FormVersion
from fundapp.queries import forms as asks
from fundapp.services import warrants
from fundapp.services.deed import Actor, Deed, Office
from fundapp.services.warrants import Warrant

#: In these states of its round a form can still be answered, so be changed.
OPEN: Final = frozenset({"planned", "open"})

#: What is made of the questions as they stand.
Edit = Callable[[Sequence[Mapping[str, Any]]], Questions]


class FormRefused(ValueError):
    """A form that cannot be changed so. `code` says why: form_frozen (bids), form_over, form_stale, not_the_officer,

    form_wrong (`complaints` say what is wrong with it).
    """

    def __init__(self, code: str, complaints: Sequence[Complaint] = (), questions: Questions | None = None, /,
                 **params: Any) -> None:  # fmt: skip
        self.code, self.complaints, self.questions, self.params = (
            code,
            tuple(complaints),
            questions or [],
            params,
        )
        super().__init__(code)


def change(
    office: Office, actor: Actor, round_id: int, edit: Edit, seen: int | None, arrived: datetime
) -> int:
    """Change the form of a round; the number of its newest version. An edit that changes nothing writes nothing.

    `seen` is the version that the page had before it; None for whichever stands. The round is locked: no bid of it is
    sent meanwhile. Raises FormRefused, NotThere, and NotThere of the form for a question that is gone.
    """
    with office.deed(actor, arrived) as deed:
        warrant = _hold(deed, round_id)
        form = asks.newest(deed.conn, round_id)
        if seen is not None and seen != form.number:
            raise FormRefused("form_stale")
        return _write(deed, round_id, form, edit(form.questions), warrant)


def copy(
    office: Office, actor: Actor, round_id: int, source: int, seen: int | None, arrived: datetime
) -> int:
    """Take over the form of another round of the same officer; the number of the newest version. Raises as `change`.

    Questions keep their ids, so that the answers of a bid copied from that round find their places.
    """
    with office.deed(actor, arrived) as deed:
        warrant = _hold(deed, round_id)
        form = asks.newest(deed.conn, round_id)
        if seen is not None and seen != form.number:
            raise FormRefused("form_stale")
        return _write(deed, round_id, form, list(asks.newest(deed.conn, source).questions), warrant)


def _hold(deed: Deed, round_id: int) -> Warrant:
    """The round is held, and its form may still be changed: by this warrant."""
    row = warrants.hold_round(deed, round_id)
    warrant = warrants.of(deed, "officer").get(row.fund_id)
    if warrant is None:
        raise FormRefused("not_the_officer")
    bids, _first = asks.sent(deed.conn, round_id)
    if bids:
        raise FormRefused("form_frozen", bids=bids)
    if row.state not in OPEN:
        raise FormRefused("form_over")
    return warrant


def _write(deed: Deed, round_id: int, form: Any, questions: Questions, warrant: Warrant) -> int:
    if questions == form.questions:
        return int(form.number)
    wrong = form_building.complaints(questions)
    if wrong:
        raise FormRefused("form_wrong", wrong, questions)
    subject, number = f"round:{round_id}", int(form.number) + 1
    deed.put(subject, FormVersion, {"round_id": round_id, "number": number, "questions": questions})
    deed.note(subject, "form.changed", role=warrant.role, under=warrant.under, params={"number": number})
    return number
