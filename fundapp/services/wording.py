"""The words of a fund's letters: edited by its officer, each version kept, looked at on a real bid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any, Final

from markupsafe import Markup
from sqlalchemy import Connection

from fundapp.domain import deadlines, wording
from fundapp.domain.wording import Complaint
from fundapp.letters import seen, worded
from fundapp.models import Wording
from fundapp.queries import facts as bid_facts
from fundapp.queries import locks
from fundapp.queries import wording as asks
from fundapp.services import letter_facts, papers, terms, warrants
from fundapp.services.case import Case, Step
from fundapp.services.deed import Actor, Deed, Office
from fundapp.services.refused import Refused
from fundapp.services.transition import NotThere
from workflows.grammar import Kind, Refusal

#: Kinds whose letters say other words once an award was changed.
CHANGING: Final = ("award", "acceptance")


class WordingRefused(Refused):
    """Words that cannot be kept. `code`: wording_wrong (`complaints` say what is wrong), wording_stale, not_wordings_officer."""

    def __init__(self, code: str, complaints: Sequence[Complaint] = ()) -> None:
        kind: Kind = "not_yours" if code == "not_wordings_officer" else "not_yet"
        super().__init__(Step("wording", "save"), [Refusal(code, {}, kind)])
        self.code, self.complaints = code, tuple(complaints)


@dataclass(frozen=True, slots=True)
class Standing:
    """The words that stand: number 0 for the usual ones, that nobody has edited yet."""

    number: int
    texts: dict[str, str]


def standing(conn: Connection, fund: int, kind: str) -> Standing:
    """The words that a fund's next letter of a kind is set in."""
    row = asks.newest(conn, kind, [fund]).get(fund)
    if row is None:
        return Standing(0, wording.usual(kind))
    return Standing(row.number, wording.complete(kind, row.texts))


def version(conn: Connection, fund: int, kind: str, number: int) -> Standing:
    """One version; 0 is the usual words. Raises NotThere."""
    if number == 0:
        return Standing(0, wording.usual(kind))
    row = asks.version(conn, fund, kind, number)
    if row is None:
        raise NotThere(f"wording {number} of {kind}")
    return Standing(row.number, wording.complete(kind, row.texts))


def save(
    office: Office,
    actor: Actor,
    fund: int,
    kind: str,
    texts: Mapping[str, str],
    before: int,
    arrived: datetime,
) -> int:
    """Keep new words for a kind of letter; the number of the version that stands. Words that change nothing write nothing.

    `before` is the version that the page was made from. Letters that were written keep the words that they were written in.
    Raises WordingRefused, NotThere.
    """
    with office.deed(actor, arrived) as deed:
        row = locks.fund(deed.conn, fund)
        if row is None:
            raise NotThere(f"fund {fund}")
        warrant = warrants.of(deed, "officer").get(fund)
        if warrant is None:
            raise WordingRefused("not_wordings_officer")
        now = standing(deed.conn, fund, kind)
        if now.number != before:
            raise WordingRefused("wording_stale")
        wrong = wording.complaints(kind, texts)
        if wrong:
            raise WordingRefused("wording_wrong", wrong)
        new = {name: wording.tidy(texts[name]) for name in now.texts}
        if new == now.texts:
            return now.number
        number = now.number + 1
        deed.put(
            row.home,
            Wording,
            {
                "fund_id": fund, "kind": kind, "number": number, "texts": new, "made_by": actor.person, "made_at": deed.now,
            },
        )  # fmt: skip
        params = {"kind": kind, "number": number}
        deed.note(row.home, "wording.changed", role=warrant.role, under=warrant.under, params=params)
        return number


def shown(deed: Deed, bid: int, kind: str, texts: Mapping[str, str], *, changed: bool = False) -> Markup:
    """What a bid's letter would say in these words; `changed` as of a changed award. `deed` is only looked through.

    A bid that had such a letter lends that one's facts; any other what it asks for, as if it were awarded. Raises
    NotThere, and ValueError for words with something wrong.
    """
    row = asks.letter_on(deed.conn, bid, kind)
    facts = dict(row.facts) if row is not None else _as_if(deed, bid, kind)
    if kind == "award":
        facts["replaces"] = (facts.get("replaces") or facts["dated"]) if changed else None
    elif kind == "acceptance":
        facts["changed"] = changed
    facts["check_code"] = None
    facts |= {"words": {"passages": worded.record(kind, texts, facts)}}
    return seen.fragment(kind, papers.letter_of(facts, kind))


def _as_if(deed: Deed, bid_id: int, kind: str) -> dict[str, Any]:
    """The facts of a letter that a bid might have had, had all that it asks for been awarded, or had it been declined."""
    found = locks.bid_in_round(deed.conn, bid_id, exclusive=False, asking=True)
    if found is None:
        raise NotThere(f"bid {bid_id}")
    bid, owner = found
    case = Case(Step("award", "offer"), deed.actor, bid.home, None, bid, owner)
    if kind == "feedback":
        case.found = {"decision": SimpleNamespace(feedback="")}
        return letter_facts.feedback(deed, [case])[0][1]
    answers = bid_facts.newest_versions(deed.conn, [bid_id])[bid_id].answers
    case.changes = {
        "amount_pence": bid.amount_pence, "conditions": "", "starts_on": letter_facts.day(answers.get("starts_on")),
        "ends_on": letter_facts.day(answers.get("ends_on")),
        "offer_until": deadlines.days_later(deed.now, owner.offer_days, deed.zone),
    }  # fmt: skip
    facts = letter_facts.award(deed, [case])[0][1]
    if kind == "award":
        return facts
    case.step = Step("award", "accept", inputs={"name": facts["recipient_name"] or facts["organisation"]})
    return letter_facts.acceptance(deed, case, facts, terms.terms_of(facts))
