"""What each effect does: finds whom a move concerns, and mails each of them once."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from config import Settings
from fundapp import outbox
from fundapp.jobs import (
    addressees,
    checkpointing,
    donation_mails,
    membership_mails,
    sign_in_mails,
    together,
    told,
)
from fundapp.jobs.deliver import Handler
from fundapp.jobs.mailing import OfFund, Post, To
from fundapp.jobs.scanning import scanning
from fundapp.mail.post import Attachment, open_letterbox
from fundapp.outbox import Effect
from fundapp.queries import behind, copies, documents
from fundapp.queries import messages as asks
from fundapp.services import checkpoints, letter_bundles, minutes_papers, verifications
from fundapp.services import copies as copy_room
from fundapp.services import letters as letter_room
from fundapp.services.deed import Office
from fundapp.storage import open_storage
from fundapp.words import files as file_words
from fundapp.words import moments
from workflows import LIVES


def registry(office: Office, settings: Settings) -> dict[str, Handler]:
    """Every effect that a move or another act may ask for, by name."""
    post = Post(office, settings, open_letterbox(settings.mail_url), open_storage(settings.storage_url))
    known: dict[str, Handler] = {name: _about_a_bid(post, name) for name in _names()}
    known["scan_document"] = scanning(office, settings)
    mails: dict[str, Callable[[Post, Effect], None]] = {
        "assigned": _assigned,
        "reading_reminder": _reading_reminder,
        donation_mails.EFFECT: donation_mails.mail,
        "file_refused": _file_refused,
        minutes_papers.EFFECT: _minutes,
        letter_room.EFFECT: _letters,
        letter_bundles.EFFECT: _letter_bundle,
        checkpoints.EFFECT: checkpointing.seal,
        checkpointing.MAIL: checkpointing.mail,
        verifications.EFFECT: _verify,
        "co_invitation": together.invitation,
        "co_comment": together.comment,
        **membership_mails.MAILS,
        **sign_in_mails.MAILS,
    }
    return known | {name: partial(mail, post) for name, mail in mails.items()}


def _names() -> set[str]:
    """The effects that moves send, and what the clock reminds of."""
    sends = {name for life in LIVES.values() for move in life.moves for name in move.sends}
    return sends | {
        "report_due", "bid_reminder", "endorsement_reminder", "deadline_moved", "offer_reminder", "variation_reminder",
        "bank_details_reminder",
    }  # fmt: skip


def _about_a_bid(post: Post, name: str) -> Handler:
    """One mail for the one reader; where several read it, an effect for each, so that none waits for another."""

    def handle(effect: Effect) -> None:
        only = effect.args.get("reader")
        # Set before the reading begins: no transaction waits for the press.
        enclosed = _copy(post, effect) if name == "receipt" else told.letters(post, name, effect)
        with post.office.db.read() as conn:
            bid = asks.about(conn, effect.args["bid"])
            if bid is None:
                return
            found = [to for to in addressees.of(post, conn, name, bid, effect) if to.email]
        if only is None and len(found) > 1:
            _ask_for_each(post, name, effect, [str(to.email) for to in found])
            return
        for to in found:
            if only in (None, to.email):
                if to.part == "applicant":
                    to = replace(to, attachments=(*to.attachments, *enclosed))
                post.mail(name, to, effect.key, bid)

    return handle


def _copy(post: Post, effect: Effect) -> tuple[Attachment, ...]:
    """The paper of the version that was sent, made now and kept."""
    with post.office.db.read() as conn:
        number = told.version_sent(conn, effect)
        row = copies.version(conn, effect.args["bid"], number)
    if row is None:
        return ()
    content = copy_room.paper(post.office, post.files, effect.args["bid"], number, datetime.now(UTC))
    return (Attachment(f"{row.reference}-copy-{number}.pdf", "application/pdf", content),) if content else ()


def _ask_for_each(post: Post, name: str, effect: Effect, addresses: list[str]) -> None:
    now = datetime.now(UTC)
    with post.office.db.write() as conn:
        effects = [
            {
                "name": name, "args": {**effect.args, "reader": address}, "bid_id": effect.bid_id, "not_before": now,
                "key": f"{effect.key}:{hashlib.sha256(address.encode()).hexdigest()[:12]}",
            }
            for address in dict.fromkeys(addresses)
        ]  # fmt: skip
        outbox.put_many(conn, effects, at=now)


def _assigned(post: Post, effect: Effect) -> None:
    with post.office.db.read() as conn:
        reader = asks.person(conn, effect.args["person"])
        bid = asks.about(conn, effect.args["bids"][0])
    if reader is None or bid is None:
        return
    said = {
        "url": post.url("/pile"), "count": len(effect.args["bids"]),
        "panel_by": moments.moment(bid.panel_by, post.office.zone),
    }  # fmt: skip
    to = To(reader.name, reader.email, "reviewer", said)
    post.mail("assigned", to, f"{effect.key}:0", OfFund(bid.fund, bid.terms))


def _reading_reminder(post: Post, effect: Effect) -> None:
    """How many bids somebody has left to read, as they stand now: whoever has read them meanwhile hears nothing."""
    now = datetime.now(UTC)
    with post.office.db.read() as conn:
        row = behind.owed_by(conn, effect.args["round"], effect.args["person"], now)
    if row is None or not row.owed:
        return
    said = {
        "url": post.url("/pile"), "count": row.owed, "panel_by": moments.moment(row.panel_by, post.office.zone),
        "reading": "late" if now > row.panel_by else "ahead",
    }  # fmt: skip
    to = To(row.name, row.email, "reviewer", said)
    post.mail("reading_reminder", to, f"{effect.key}:0", OfFund(row.fund, row.terms))


def _minutes(post: Post, effect: Effect) -> None:
    """The minutes that somebody asked for, as they may read them."""
    args = effect.args
    minutes_papers.make(
        post.office, post.files, args["round"], args["person"], args["tells"], datetime.now(UTC)
    )


def _letters(post: Post, effect: Effect) -> None:
    """A round's letters made and kept, a part of them; what is left is asked for again."""
    round_id, part = effect.args["round"], effect.args["part"]
    cabinet = letter_room.cabinet(post.office, post.settings, post.files)
    if letter_room.make_missing(cabinet, round_id, most=letter_room.AT_A_TIME) < letter_room.AT_A_TIME:
        return
    now = datetime.now(UTC)
    following = {
        "name": effect.name, "args": {"round": round_id, "part": part + 1}, "bid_id": None, "not_before": now,
        "key": _part_key(effect, part + 1),
    }  # fmt: skip
    with post.office.db.write() as conn:
        outbox.put_many(conn, [following], at=now)


def _part_key(effect: Effect, part: int) -> str:
    """The key of what follows an effect that is done in parts: of each asking its own."""
    return f"{effect.key.partition('#')[0]}#{part}"


def _verify(post: Post, effect: Effect) -> None:
    """The whole record read, for an auditor who asked."""
    verifications.run(post.office, post.settings, effect.args["verification"])


def _letter_bundle(post: Post, effect: Effect) -> None:
    """A round's letters in one file; where many are still to be made it is asked for again, so that no mail waits long."""
    cabinet = letter_room.cabinet(post.office, post.settings, post.files)
    now = datetime.now(UTC)
    if letter_bundles.make(cabinet, effect.args, now):
        return
    part = effect.args.get("part", 1) + 1
    following = {
        "name": effect.name, "args": {**effect.args, "part": part}, "bid_id": None, "not_before": now,
        "key": _part_key(effect, part),
    }  # fmt: skip
    with post.office.db.write() as conn:
        outbox.put_many(conn, [following], at=now)


def _file_refused(post: Post, effect: Effect) -> None:
    """Whoever gave a file is told that it is gone, why, and what to do."""
    with post.office.db.read() as conn:
        row = documents.with_giver(conn, effect.args["document"])
        bid = asks.about(conn, row.bid_id) if row is not None else None
    if row is None or bid is None or row.removed_at is not None:
        return
    said = {"file": row.name, "because": file_words.reason(row.reason)}
    part = "officer"  # the file of an answer in writing; the others belong to a question of the form
    if row.question is not None:
        part = "applicant"
        said["url"] = post.url(f"/my-bids/{bid.reference}/files/{row.question}")
    post.mail("file_refused", To(row.giver, row.giver_email, part, said), f"{effect.key}:0", bid)
