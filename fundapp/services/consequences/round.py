"""What a round's moves write."""

from collections.abc import Sequence
from datetime import timedelta

from fundapp.domain import forms
from fundapp.models import FormVersion
from fundapp.services import ties
from fundapp.services.case import Case
from fundapp.services.consequences.table import records, round_of, sets
from fundapp.services.deed import Deed


@sets("round", "plan")
def _planned(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes |= dict(case.input("terms")) | {"fund_id": case.step.parent, "publish_at": None}


@records("round", "plan")
def _first_form(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        questions = case.input("questions", forms.FUND_QUESTIONS)
        deed.put(case.subject, FormVersion, {"round_id": case.id, "number": 1, "questions": questions})


@records("round", "start_panel")
def _kept_apart(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        deed.end_turns(ties.look_again(deed, [case.id]))


@sets("round", "release")
def _window_opens(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes["publish_at"] = deed.arrived + timedelta(minutes=round_of(case).release_minutes)


@sets("round", "undo", "publish")
def _window_shuts(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes["publish_at"] = None
