"""Files that people hand in: kept, checked, taken away, and swept from the storage when nobody needs them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, BinaryIO, Final

from sqlalchemy import insert, update

from fundapp.domain import documents as named
from fundapp.intake.handed import Accepted, NotTaken, judge
from fundapp.models import Document, Draft
from fundapp.queries import documents as asks
from fundapp.services.deed import CLOCK, Actor, Deed, Office
from fundapp.services.drafts import NotWritable, hold_open
from fundapp.storage import Files

#: Files that one question takes unless its form says another number, and that a whole bid takes.
MOST_FILES: Final = 5
MOST_FILES_OF_BID: Final = 20
MOST_BYTES_OF_BID: Final = 40 * 1024 * 1024
#: A content that nobody needs stays this long: whoever is handing it in has no row of theirs yet.
SWEPT_AFTER: Final = timedelta(days=1)
_BATCH: Final = 500


class NotHandedIn(ValueError):
    """A file that is not taken; `why` has a code of fundapp.words.files and its parameters."""

    def __init__(self, why: NotTaken) -> None:
        self.why = why
        super().__init__(why.code)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file whose content stands in the storage, and that has no row yet."""

    accepted: Accepted
    sha256: str
    size: int


def keep(files: Files, name: str, content: BinaryIO, *, mails: bool = False) -> Kept:
    """Judge a file by its content and put it in the storage. Raises NotHandedIn, StorageUnusable.

    Until a row names it, the content is nobody's, and `sweep` deletes it a day later.
    """
    judged = judge(name, content, mails=mails)
    if isinstance(judged, NotTaken):
        raise NotHandedIn(judged)
    return Kept(judged, *files.put(content))


def enter(deed: Deed, bid: int, question: str | None, kept: Kept, *, quarantine: bool) -> int:
    """The row of a kept file; its id. `quarantine`: it waits until the virus scanner found it clean."""
    added = insert(Document).values(
        bid_id=bid, question=question, name=kept.accepted.name, media_type=kept.accepted.media_type, size=kept.size,
        sha256=kept.sha256, given_by=deed.actor.person, given_at=deed.now, state="waiting" if quarantine else "clean",
        judged_at=None if quarantine else deed.now,
    )  # fmt: skip
    document = int(deed.conn.execute(added.returning(Document.id)).scalar_one())
    if quarantine:
        deed.effect("scan_document", {"document": document}, f"scan_document:{document}", bid=bid)
    return document


def hand_in(
    office: Office,
    actor: Actor,
    files: Files,
    bid: int,
    question: Mapping[str, Any],
    name: str,
    content: BinaryIO,
    arrived: datetime,
    *,
    quarantine: bool,
) -> int:
    """Add a file to the answer of a question of kind `file`; its document. The same content again adds nothing.

    `content` can be sought in. No other answer is touched, and no other file: both may be saved at the same moment.
    Raises NotHandedIn, NotWritable, StorageUnusable; Closed if it arrived after the bid's time.
    """
    kept = keep(files, name, content)
    with office.deed(actor, arrived) as deed:
        draft = asks.held_draft(deed.conn, bid, actor.person)
        if draft is None:
            raise NotWritable(f"bid {bid}")
        here = named.entries(draft.answers.get(question["id"]))
        for entry in here:
            if entry.get("sha256") == kept.sha256:
                return int(entry["document"])
        hold_open(draft, arrived)
        _room(kept, here, list(named.named(draft.answers)), question.get("most_files") or MOST_FILES)
        document = enter(deed, bid, question["id"], kept, quarantine=quarantine)
        entry = {
            "document": document, "name": kept.accepted.name, "sha256": kept.sha256, "size": kept.size
        }  # fmt: skip
        _save(deed, bid, draft, {question["id"]: [*here, entry]}, arrived)
        return document


def take_away(
    office: Office, actor: Actor, bid: int, question: str, document: int, arrived: datetime
) -> bool:
    """Take a file out of an answer; False if it is not in it. A file that was never sent is gone for good.

    Raises NotWritable; Closed if it arrived after the bid's time.
    """
    with office.deed(actor, arrived) as deed:
        draft = asks.held_draft(deed.conn, bid, actor.person)
        if draft is None:
            raise NotWritable(f"bid {bid}")
        here = named.entries(draft.answers.get(question))
        left = [entry for entry in here if entry["document"] != document]
        if left == here:
            return False
        hold_open(draft, arrived)
        if document not in asks.sent(deed.conn, bid):
            gone = update(Document).where(Document.id == document, Document.bid_id == bid)
            deed.conn.execute(gone.values(removed_at=deed.now))
        _save(deed, bid, draft, {question: left}, arrived)
        return True


def _room(kept: Kept, here: list[Any], of_bid: list[Any], most: int) -> None:
    """Whether one more file fits. Raises NotHandedIn."""
    name = kept.accepted.name
    if len(here) >= most:
        raise NotHandedIn(NotTaken("too_many", {"name": name, "most": most}))
    if len(of_bid) >= MOST_FILES_OF_BID:
        raise NotHandedIn(NotTaken("bid_full", {"name": name, "most": MOST_FILES_OF_BID}))
    if sum(entry.get("size", 0) for entry in of_bid) + kept.size > MOST_BYTES_OF_BID:
        raise NotHandedIn(NotTaken("bid_heavy", {"name": name, "most": MOST_BYTES_OF_BID // 1024**2}))


def _save(deed: Deed, bid: int, draft: Any, changed: Mapping[str, Any], arrived: datetime) -> None:
    """Save answers in a draft that is locked: who else writes in it sees the next revision."""
    answers = {**draft.answers, **changed}
    deed.conn.execute(
        update(Draft)
        .where(Draft.bid_id == bid)
        .values(answers=answers, revision=draft.revision + 1, saved_at=arrived)
    )


def found_clean(office: Office, document: int, at: datetime) -> bool:
    """The scanner found nothing; False if the file waits no more."""
    with office.deed(CLOCK, at) as deed:
        return _settle(deed, document, state="clean", reason=None)


def refuse(office: Office, files: Files, document: int, reason: str, at: datetime) -> bool:
    """The scanner found something, or the content is gone: its giver is told; False if the file waits no more.

    `reason` begins with a code of fundapp.words.files.REASONS. The content is deleted, unless another file that
    stands has the same.
    """
    with office.deed(CLOCK, at) as deed:
        row = asks.with_giver(deed.conn, document)
        if row is None or not _settle(deed, document, state="refused", reason=reason):
            return False
        deed.effect("file_refused", {"document": document}, f"file_refused:{document}", bid=row.bid_id)
        needed = asks.needed(deed.conn, [row.sha256])
    # Should the service stop here, the content is swept with all that nobody needs.
    if not needed:
        files.delete(row.sha256, before=at + SWEPT_AFTER)
    return True


def _settle(deed: Deed, document: int, *, state: str, reason: str | None) -> bool:
    settled = (
        update(Document)
        .where(Document.id == document, Document.state == "waiting")
        .values(state=state, reason=reason, judged_at=deed.now)
    )
    return deed.conn.execute(settled.returning(Document.id)).scalar() is not None


def sweep(office: Office, files: Files, at: datetime) -> int:
    """Delete contents older than a day that no standing file has; how many.

    A content that is handed in meanwhile is put anew, and `delete` leaves what was put since.
    """
    before, swept = at - SWEPT_AFTER, 0
    for part in _batches(files.older(before)):
        with office.db.read() as conn:
            needed = asks.needed(conn, part)
        swept += sum(files.delete(sha256, before) for sha256 in part if sha256 not in needed)
    return swept


def _batches(items: Iterator[str]) -> Iterator[list[str]]:
    while part := list(islice(items, _BATCH)):
        yield part
