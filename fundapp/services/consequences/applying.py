"""What a bid's beginning and its sending write: the draft, the organisation, the frozen version, the request."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.dialects import postgresql, sqlite

from fundapp.domain import deadlines, forms, references
from fundapp.models import BidVersion, Draft, Organisation
from fundapp.queries import facts as asks
from fundapp.services import likeness
from fundapp.services.case import Case
from fundapp.services.consequences.endorsing import ask, void_open_requests
from fundapp.services.consequences.table import bid_of, records, round_of, sets
from fundapp.services.deed import Deed


@sets("bid", "start")
def _start(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        owner = round_of(case)
        case.changes |= {
            "reference": references.reference(case.id), "fund_id": owner.fund_id, "round_id": owner.id,
            "applicant_id": case.actor.person, "organisation_id": None, "area_id": None, "place": None,
            "title": "", "amount_pence": 0, "version_number": 0, "holding_id": None, "backed_sha256": None,
            "due_at": owner.closes_at, "created_at": deed.now, "source": None, "source_key": case.input("key"),
        }  # fmt: skip


@records("bid", "start")
def _draft(deed: Deed, cases: Sequence[Case]) -> None:
    deed.conn.execute(
        insert(Draft),
        [
            {"bid_id": case.id, "answers": case.input("answers", {}), "revision": 1, "saved_at": deed.now}
            for case in cases
        ],
    )


@sets("bid", "take_in")
def _taken_in(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        owner, answers = round_of(case), case.found["answers"]
        case.changes |= {
            "reference": references.reference(case.id), "fund_id": owner.fund_id, "round_id": owner.id,
            "applicant_id": None, "organisation_id": case.input("organisation_id"), "area_id": answers.get("area"),
            "place": case.input("place"), "title": answers["title"], "amount_pence": answers["amount_pence"],
            "version_number": 1, "holding_id": None, "backed_sha256": None, "due_at": owner.endorse_by,
            "created_at": deed.now, "source": case.input("source"), "source_key": case.input("key"),
        }  # fmt: skip
        case.params["line"] = (case.input("source") or {}).get("line")


@records("bid", "take_in")
def _version_taken_in(deed: Deed, cases: Sequence[Case]) -> None:
    form = {r: asks.newest_form(deed.conn, r) for r in {int(round_of(case).id) for case in cases}}
    deed.put_many(BidVersion, [(c.subject, _frozen(deed, c, 1, form[round_of(c).id])) for c in cases])
    likeness.write(deed.conn, [(case.id, case.found["answers"]) for case in cases])


def _frozen(deed: Deed, case: Case, number: int, form_version: int) -> dict[str, Any]:
    answers = case.found["answers"]
    return {
        "bid_id": case.id, "number": number, "form_version_id": form_version, "answers": forms.copy_of(answers),
        "amount_pence": answers["amount_pence"], "sha256": forms.sha256_of(answers), "frozen_at": deed.now,
    }  # fmt: skip


@sets("bid", "submit")
def _submitted(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        owner, answers, bid = round_of(case), case.found["answers"], bid_of(case)
        due = owner.endorse_by
        if bid.state == "returned":  # changed in the grace time: the representative gets as long again
            due = max(due, deadlines.days_later(deed.arrived, owner.grace_days, deed.zone))
        case.changes |= {
            "organisation_id": _organisation(deed, answers), "area_id": answers.get("area"),
            "title": answers["title"].strip(), "amount_pence": answers["amount_pence"],
            "version_number": bid.version_number + 1, "holding_id": answers["representative"],
            "backed_sha256": None, "due_at": due,
        }  # fmt: skip


def _organisation(deed: Deed, answers: dict[str, Any]) -> int:
    name, official = answers["organisation"].strip(), (answers.get("organisation_id") or "").strip() or None
    known = asks.organisation_named(deed.conn, name, official)
    if known is not None:
        return known
    add = postgresql.insert if deed.conn.dialect.name == "postgresql" else sqlite.insert
    added = (
        add(Organisation)
        .values(name=name, official_id=official, address=answers.get("address"), created_at=deed.now)
        .on_conflict_do_nothing(index_elements=["official_id"])
    )
    made = deed.conn.execute(added.returning(Organisation.id)).scalar()
    if made is None:  # another bid of the same group was sent at this very moment
        made = asks.organisation_named(deed.conn, name, official)
    if made is None:
        raise LookupError(f"organisation {official} is gone")
    return int(made)


@records("bid", "submit")
def _version_and_request(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        void_open_requests(deed, [case])
        number = case.changes["version_number"]
        version = deed.put(
            case.subject, BidVersion, _frozen(deed, case, number, case.found["form_version_id"])
        )
        ask(deed, case, version, case.changes["holding_id"])
        case.params["version"] = number
    likeness.write(deed.conn, [(case.id, case.found["answers"]) for case in cases])
