"""Masked copies: proposed from what was sent, confirmed by an officer word for word, and what the panel then reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any, Final

import orjson
from sqlalchemy import Connection

from fundapp.database import AnyRow
from fundapp.domain import documents, forms
from fundapp.domain.masking import NAME, Known, Masker
from fundapp.models import Assignment, MaskedCopy
from fundapp.queries import blind, masking, rounds
from fundapp.services import warrants
from fundapp.services.deed import Actor, Deed, Office
from fundapp.words import states

#: Answers that say who bids and where: the panel does without them.
_WITHHELD: Final = frozenset({"title", "organisation", "organisation_id", "address", "postcode", "phone"})
#: Kinds of questions whose answers name nobody.
_PLAIN: Final = frozenset({"pence", "number", "choice", "yes_no", "day"})
#: No answer of the form's own kinds is longer.
LONGEST: Final = 20_000


class MaskRefused(ValueError):
    """A copy that cannot be confirmed: `code` says why; `standing` holds the known words that still stand, by text."""

    def __init__(
        self, code: str, standing: Mapping[str, Sequence[str]] | None = None, **params: object
    ) -> None:
        self.code, self.params = code, params
        self.standing = dict(standing or {})
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a bid that can be masked. `key`: `title`, an answer's question, or that with the line's number behind.

    `sent` is what was sent, `proposed` the same without what is known; `label` the form's, `line` 0 or the line's number.
    """

    key: str
    question: str
    label: str
    line: int
    sent: str
    proposed: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A bid's newest version, its texts masked, its files, and by what they were masked."""

    version_id: int
    version: int
    number: int
    texts: tuple[Text, ...]
    files: tuple[dict[str, Any], ...]
    masker: Masker
    answers: Mapping[str, Any]
    questions: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Given:
    """What an officer confirms: the texts by key, the documents that may be opened, the words that stand on purpose.

    `version` and `number`: the bid's version and the masked copy's number that the page had before it.
    """

    version: int
    number: int
    texts: Mapping[str, str]
    cleared: Sequence[int]
    purpose: frozenset[str]


def known(conn: Connection, bid: int, version: AnyRow) -> Known:
    """Everybody and every place that is known of a bid."""
    answers = version.answers
    representatives = masking.representatives(conn, bid)
    area_ids = [row.area_id for row in representatives]
    area_ids += [
        answer
        for question in version.questions
        if question["kind"] == "area" and isinstance(answer := answers.get(question["id"]), int)
    ]
    if version.area_id is not None:
        area_ids.append(version.area_id)
    groups = [version.organisation, answers.get("organisation")]
    places = masking.places(conn, list(dict.fromkeys(area_ids)))
    places += [part.strip() for part in (version.place or "").split(",")]
    # A line of an address is a place as a whole: its words may be anything.
    address = str(answers.get("address") or "").replace(",", "\n").split("\n")
    whole = [(line.strip(), "place") for line in address if sum(sign.isalpha() for sign in line) > 2]
    whole += [(f"{row.office} for {row.area}", NAME) for row in representatives]
    whole += [
        (f"{title} for {row.area}", NAME)
        for row in representatives
        if (title := states.office_title(row.office))
    ]
    contacts = [version.official_id, answers.get("organisation_id"), answers.get("phone")]
    return Known(
        names=tuple(dict.fromkeys([*masking.people(conn, bid), *(row.name for row in representatives)])),
        groups=_said(groups), places=_said(places), contacts=_said(contacts), whole=tuple(dict.fromkeys(whole)),
    )  # fmt: skip


def _said(texts: Sequence[Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if isinstance(text, str) and text.strip()))


def propose(conn: Connection, bid: int) -> Proposal | None:
    """The masked copy that is proposed of a bid's newest version; None for a bid that was never sent."""
    version = masking.version(conn, bid)
    if version is None:
        return None
    masker = Masker(known(conn, bid, version))
    texts = tuple(
        Text(key, question, label, line, sent, masker.masked(sent))
        for key, question, label, line, sent in _texts(version)
    )
    files = tuple(documents.named(version.answers))
    number = masking.last_number(conn, bid)
    return Proposal(
        version.id, version.number, number, texts, files, masker, version.answers, version.questions
    )


def _texts(version: AnyRow) -> list[tuple[str, str, str, int, str]]:
    """(key, question, label, line, text) of every text that the panel reads, in the form's order."""
    answers = version.answers
    found = [("title", "title", "", 0, str(answers.get("title") or version.title or ""))]
    for question in _read(version.questions, answers):
        name, kind, answer = question["id"], question["kind"], answers[question["id"]]
        if kind in ("words", "text"):
            found.append((name, name, question["label"], 0, answer))
        elif kind in _LINES:
            found += [
                (f"{name}-{line}", name, question["label"], line, str(each[_LINES[kind]]))
                for line, each in enumerate(answer, 1)
            ]
    if _bare_summary(version.questions, answers):
        found.append(("summary", "summary", "", 0, answers["summary"]))
    return found


#: Kinds whose answers are lines, with the part of a line that is a text.
_LINES: Final = {"budget": "what", "funding": "who"}


def _read(questions: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The questions whose answers the panel reads."""
    return [
        question
        for question in questions
        if question["id"] not in _WITHHELD
        and not forms.is_empty(answers.get(question["id"]))
        and forms.fits(question["kind"], answers[question["id"]])
    ]


def _bare_summary(questions: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]) -> bool:
    """A bid taken in from a file may say what it is about where its form does not ask."""
    asked = any(question["id"] == "summary" for question in questions)
    return not asked and isinstance(answers.get("summary"), str) and bool(answers["summary"])


def masked_answers(proposal: Proposal, texts: Mapping[str, str], cleared: Sequence[int]) -> dict[str, Any]:
    """The answers that the panel reads, by question id; a cleared file has a name that tells nothing.

    Of a choice nothing is left to be masked: one whose words give somebody away is left out.
    """
    made: dict[str, Any] = {}
    count = 0
    for question in _read(proposal.questions, proposal.answers):
        name, kind, answer = question["id"], question["kind"], proposal.answers[question["id"]]
        if kind in ("words", "text"):
            made[name] = texts[name]
        elif kind in _LINES:
            made[name] = [
                {**each, _LINES[kind]: texts[f"{name}-{line}"]} for line, each in enumerate(answer, 1)
            ]
        elif kind in _PLAIN:
            chosen = dict(forms.options_of(question)).get(answer, "") if kind == "choice" else ""
            if not proposal.masker.standing(chosen):
                made[name] = answer
        elif kind == "file":
            shown = []
            for entry in documents.entries(answer):
                count += 1
                if entry["document"] in cleared:
                    shown.append({**entry, "name": f"File {count}{PurePath(entry['name']).suffix[:6]}"})
            if shown:
                made[name] = shown
    if _bare_summary(proposal.questions, proposal.answers):
        made["summary"] = texts["summary"]
    return made


def confirmed_text(copy: AnyRow, text: Text) -> str:
    """What a confirmed copy of the same version says in the place of a text."""
    if text.key == "title":
        return str(copy.title)
    answer = copy.answers[text.question]
    if not text.line:
        return str(answer)
    line = answer[text.line - 1]
    return str(line["what"] if "what" in line else line["who"])


def standing(proposal: Proposal, texts: Mapping[str, str], purpose: frozenset[str]) -> dict[str, list[str]]:
    """The known words that still stand in these texts and not on purpose, by the text's key."""
    found = {
        key: [words for words in proposal.masker.standing(text) if words.casefold() not in purpose]
        for key, text in texts.items()
    }
    return {key: words for key, words in found.items() if words}


def confirm(office: Office, actor: Actor, bid: int, given: Given, arrived: datetime) -> int:
    """Confirm a masked copy, which is what the panel reads from now on; its number.

    Whoever has the bid's older copy open and scores by it is refused and reads the new one first. Raises MaskRefused:
    not_yours, not_blind, not_for_panel, copy_changed, texts_missing, known_words_stand. LookupError for no bid.
    """
    with office.deed(actor, arrived) as deed:
        row = warrants.hold_bid(deed, bid)
        warrant = warrants.of(deed, "officer").get(row.fund_id)
        round_ = rounds.by_id(deed.conn, row.round_id)
        proposal = propose(deed.conn, bid)
        if warrant is None:
            raise MaskRefused("not_yours", by=("officer",))
        if round_ is None or not round_.blind or round_.state in (*blind.OVER, "releasing"):
            raise MaskRefused("not_blind")
        if row.state not in masking.FOR_PANEL or proposal is None:
            raise MaskRefused("not_for_panel")
        if (proposal.version, proposal.number) != (given.version, given.number):
            raise MaskRefused("copy_changed")
        texts = {text.key: given.texts.get(text.key, "").strip() for text in proposal.texts}
        if any(text.sent.strip() and not texts[text.key] for text in proposal.texts) or any(
            len(text) > LONGEST for text in texts.values()
        ):
            raise MaskRefused("texts_missing")
        left = standing(proposal, texts, given.purpose)
        if left:
            raise MaskRefused("known_words_stand", left)
        number = _write(deed, row, proposal, texts, given.cleared)
        deed.note(
            row.subject, "masked.confirmed", role=warrant.role, under=warrant.under,
            params={"number": number, "version": proposal.version},
        )  # fmt: skip
        return number


def _write(
    deed: Deed, row: AnyRow, proposal: Proposal, texts: Mapping[str, str], cleared: Sequence[int]
) -> int:
    shown = sorted({entry["document"] for entry in proposal.files} & set(cleared))
    answers = masked_answers(proposal, texts, shown)
    deed.put(
        row.subject,
        MaskedCopy,
        {
            "bid_id": row.id, "bid_version_id": proposal.version_id, "number": proposal.number + 1, "title": texts["title"],
            "answers": answers, "cleared": shown, "sha256": sha256_of(texts["title"], answers, shown),
            "confirmed_by": deed.actor.person, "confirmed_at": deed.now,
        },
    )  # fmt: skip
    # The page of whoever reads the older copy is stale: a review points to the copy that was read.
    deed.change_many(
        Assignment,
        [(row.subject, turn.id, None, {"version": turn.version + 1}) for turn in masking.turns(deed.conn, row.id)],
    )  # fmt: skip
    return proposal.number + 1


def sha256_of(title: str, answers: Mapping[str, Any], cleared: Sequence[int]) -> str:
    """The SHA-256 of a masked copy: of title, answers and cleared documents as canonical JSON, keys in order."""
    import hashlib

    whole = {"title": title, "answers": answers, "cleared": list(cleared)}
    return hashlib.sha256(orjson.dumps(whole, option=orjson.OPT_SORT_KEYS)).hexdigest()
