"""What each effect does: finds whom a move concerns, and mails each of them once."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from config import Settings
from fundapp import outbox
from fundapp.jobs import membership_mails, sign_in_mails
from fundapp.jobs.deliver import Handler
from fundapp.jobs.scanning import scanning
from fundapp.mail.messages import compose
from fundapp.mail.post import Attachment, Letterbox, build, open_letterbox
from fundapp.outbox import Effect
from fundapp.queries import apart as kept_apart
from fundapp.queries import behind, copies, documents, people, table, talk
from fundapp.queries import messages as asks
from fundapp.services import copies as copy_room
from fundapp.services import links, minutes_papers, papers
from fundapp.services.deed import Office
from fundapp.storage import Files, open_storage
from fundapp.words import files as file_words
from fundapp.words import moments, states
from workflows import LIVES


@dataclass(frozen=True, slots=True)
class To:
    """One reader of one mail: in which part they read it, what it tells them, what goes with it."""

    name: str
    email: str | None
    part: str
    context: Mapping[str, Any] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Post:
    """What every handler works with."""

    office: Office
    settings: Settings
    letterbox: Letterbox
    files: Files

    def url(self, path: str) -> str:
        """A page's whole address."""
        return self.settings.base_url.rstrip("/") + path


def registry(office: Office, settings: Settings) -> dict[str, Handler]:
    """Every effect that a move or another act may ask for, by name."""
    from fundapp.jobs import together  # it writes to the readers that stand here

    post = Post(office, settings, open_letterbox(settings.mail_url), open_storage(settings.storage_url))
    known: dict[str, Handler] = {name: _about_a_bid(post, name) for name in _names()}
    known["assigned"] = lambda effect: _assigned(post, effect)
    known["reading_reminder"] = lambda effect: _reading_reminder(post, effect)
    known["co_invitation"] = lambda effect: together.invitation(post, _mail, effect)
    known["co_comment"] = lambda effect: together.comment(post, _mail, effect)
    known[minutes_papers.EFFECT] = lambda effect: _minutes(post, effect)
    known["scan_document"] = scanning(office, settings)
    known["file_refused"] = lambda effect: _file_refused(post, effect)
    known |= membership_mails.handlers(office, settings, post.letterbox)
    return known | sign_in_mails.handlers(office, settings, post.letterbox)


def _names() -> set[str]:
    """The effects that moves send, and what the clock reminds of."""
    sends = {name for life in LIVES.values() for move in life.moves for name in move.sends}
    return sends | {"report_due", "bid_reminder", "endorsement_reminder", "deadline_moved"}


def _about_a_bid(post: Post, name: str) -> Handler:
    """One mail for the one reader; where several read it, an effect for each, so that none waits for another."""

    def handle(effect: Effect) -> None:
        only = effect.args.get("reader")
        # Set before the reading begins: no transaction waits for the press.
        enclosed = _copy(post, effect) if name == "receipt" else ()
        with post.office.db.read() as conn:
            bid = asks.about(conn, effect.args["bid"])
            if bid is None:
                return
            readers = [to for to in _readers(post, conn, name, bid, effect) if to.email]
        if only is None and len(readers) > 1:
            _ask_for_each(post, name, effect, [str(to.email) for to in readers])
            return
        for to in readers:
            if only in (None, to.email):
                _mail(post, name, replace(to, attachments=(*to.attachments, *enclosed)), effect.key, bid)

    return handle


def _copy(post: Post, effect: Effect) -> tuple[Attachment, ...]:
    """The paper of the version that was sent, made now and kept."""
    with post.office.db.read() as conn:
        number = _version_sent(conn, effect)
        row = copies.version(conn, effect.args["bid"], number)
    if row is None:
        return ()
    content = copy_room.paper(post.office, post.files, effect.args["bid"], number, datetime.now(UTC))
    return (Attachment(f"{row.reference}-copy-{number}.pdf", "application/pdf", content),) if content else ()


def _version_sent(conn: Connection, effect: Effect) -> int:
    body = asks.event_body(conn, f"bid:{effect.args['bid']}", effect.args["event"])
    return int(body.get("params", {}).get("version") or 0)


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


def _mail(post: Post, name: str, to: To, key: str, bid: Any) -> None:
    if not to.email:
        return
    terms = bid.terms
    context: dict[str, Any] = {
        "fund": bid.fund, "contact": {part: terms.get(part, "") for part in ("phone", "hours", "email")},
        "base_url": post.settings.base_url, "to_name": to.name, "to_role": to.part,
        "reference": getattr(bid, "reference", ""),
        "title": getattr(bid, "panel_title" if to.part in _OF_PANEL else "title", ""),
        "url": post.url(f"/my-bids/{getattr(bid, 'reference', '')}"), **to.context,
    }  # fmt: skip
    if to.part != "applicant" and "url" not in to.context:
        context["url"] = post.url(f"/bids/{context['reference']}")
    message = build(
        to_name=to.name, to_email=to.email, composed=compose(name, context), key=key,
        sender=post.settings.mail_from, reply_to=post.settings.reply_to or "",
        bid_reference=context["reference"] or None, attachments=to.attachments, base_url=post.settings.base_url,
        at=datetime.now(UTC),
    )  # fmt: skip
    post.letterbox.deliver(message)


def _readers(post: Post, conn: Connection, name: str, bid: Any, effect: Effect) -> Iterator[To]:
    """Whom this message goes to, and what each is told."""
    if name in ("endorsement_request", "endorsement_reminder"):
        yield from _request(post, conn, bid, effect)
        return
    if name == "bid_reminder" and bid.state != effect.args["what"]:
        return  # done meanwhile
    if name == "endorsement_void":
        yield from _void(post, conn, bid, effect)
        return
    if name == "moderation":
        yield from _takers(post, conn, bid)
        return
    told = _told(post, conn, name, bid, effect)
    attachments = _letter(conn, name, bid)
    parts = _PARTS[name]
    if name == "deadline_moved":
        if told["what"] == "past":
            return  # it moved on by itself meanwhile
        parts = ("applicant", "representative") if told["what"] == "submitted" else ("applicant",)
    for part in parts:
        for person, email in _people(conn, part, bid):
            yield To(person, email, part, told, attachments if part == "applicant" else ())


#: Parts that read a bid's title as its panel does: without names where that is the round's rule.
_OF_PANEL = frozenset(("reviewer", "chair"))

#: Who reads what.
_PARTS: dict[str, tuple[str, ...]] = {
    "receipt": ("applicant",),
    "endorsement_copy": ("representative",),
    "endorsed": ("applicant",),
    "stood_aside": ("applicant", "officer"),
    "bid_reminder": ("applicant",),
    "refused": ("applicant", "officer"),
    "sent_back": ("applicant",),
    "ruled_out": ("applicant",),
    "lapsed": ("applicant",),
    "withdrawn": ("representative", "reviewer"),
    "moderation": ("reviewer",),
    "resubmitted": ("officer",),
    "released_award": ("applicant",),
    "released_decline": ("applicant",),
    "offer_accepted": ("treasurer",),
    "offer_refused": ("treasurer",),
    "offer_lapsed": ("applicant", "treasurer"),
    "cancelled": ("applicant", "treasurer"),
    "payment_approval_needed": ("officer",),
    "payment_sent": ("applicant",),
    "payment_failed": ("applicant", "officer"),
    "report_due": ("applicant",),
    "deadline_moved": ("applicant", "representative"),
    "report_filed": ("officer",),
    "report_returned": ("applicant",),
    "report_accepted": ("applicant",),
}


#: In which states a bid still waits for a date of its round that moved.
_DATES: dict[str, tuple[str, ...]] = {
    "closes_at": ("draft",),
    "endorse_by": ("submitted",),
    "decide_by": ("endorsed", "reviewed"),
}


def _people(conn: Connection, part: str, bid: Any) -> list[tuple[str, str | None]]:
    if part == "applicant":
        return [(bid.applicant, bid.applicant_email)] if bid.applicant else []
    if part == "representative":
        # Only to an address from the directory or one that an officer confirmed against a source.
        known = bid.representative and bid.office_source and bid.state != "draft"
        return [(states.titled(bid.representative, bid.office), bid.office_email)] if known else []
    found = (
        asks.readers(conn, bid.id)
        if part == "reviewer"
        else people.with_role(conn, part, bid.fund_id, datetime.now(UTC))
    )
    # A bid is hidden from whoever is kept apart from it; a mail would tell of it.
    apart = {person for _bid, person in kept_apart.conflicts(conn, [bid.id], [row.id for row in found])}
    return [(row.name, row.email) for row in found if row.id not in apart]


def _told(post: Post, conn: Connection, name: str, bid: Any, effect: Effect) -> dict[str, Any]:
    """What this message needs to be told beside the bid."""
    zone = post.office.zone

    def when(at: datetime | None) -> str:
        return moments.moment(at, zone) if at else ""

    representative = states.titled(bid.representative, bid.office) if bid.representative else ""
    told: dict[str, Any] = {"representative": representative, "amount": bid.amount_pence}
    if name == "receipt":
        number = _version_sent(conn, effect)
        row = copies.version(conn, bid.id, number)
        told |= {
            "answer_by": when(bid.due_at), "mark": row.sha256[:12] if row else "",
            "copy": post.url(f"/my-bids/{bid.reference}/sent/{number}"),
        }  # fmt: skip
    elif name == "bid_reminder":
        told |= {"what": effect.args["what"], "answer_by": when(bid.due_at)}
    elif name in ("endorsed", "endorsement_copy", "refused", "stood_aside"):
        answer = asks.last_answer(conn, bid.id)
        if answer is not None:
            told |= {
                "representative": states.titled(answer.name, answer.office), "statement": answer.statement,
                "reason": answer.statement, "answer": answer.answer, "aside": answer.answer,
                "answer_by": when(bid.due_at),
            }  # fmt: skip
    elif name == "sent_back":
        body = asks.event_body(conn, f"bid:{bid.id}", effect.args["event"])
        by_officer = body.get("role") == "officer"
        told |= {
            "by": "the fund’s officer" if by_officer else representative,
            "reason": (asks.officer_reason if by_officer else asks.last_reason)(conn, bid.id), "until": when(bid.due_at),
        }  # fmt: skip
    elif name == "ruled_out":
        body = asks.event_body(conn, f"bid:{bid.id}", effect.args["event"])
        told["reason"] = bid.reasons.get(body.get("params", {}).get("reason"), "")
    elif name == "deadline_moved":
        stands = _DATES[effect.args["date"]]
        told["what"] = bid.state if bid.state in stands else "past"
        told["until"] = when(bid.decide_by if effect.args["date"] == "decide_by" else bid.due_at)
    elif name == "lapsed":
        body = asks.event_body(conn, f"bid:{bid.id}", effect.args["event"])
        told["what"] = body.get("move", {}).get("from", "submitted")
    elif name == "released_award":
        award = asks.award(conn, bid.id)
        told |= {"amount": award.amount_pence, "accept_by": when(award.offer_until)} if award else {}
    elif name == "cancelled":
        told["reason"] = asks.cancel_reason(conn, bid.id)
    elif name.startswith("payment_"):
        payment = asks.payment(conn, effect.args["row"])
        if payment is not None:
            told |= {
                "amount": payment.amount_pence, "reason": payment.failure or "",
                "due_on": moments.day(payment.due_on, datetime.now(UTC).astimezone(zone).date()),
            }  # fmt: skip
    elif name in ("report_due", "report_returned"):
        report = asks.report(conn, bid.id)
        if report is not None:
            told |= {
                "report_by": moments.day(report.due_on, datetime.now(UTC).astimezone(zone).date()),
                "reason": report.returned_reason or "",
            }  # fmt: skip
    if name == "payment_approval_needed":
        told["url"] = post.url("/payments")
    return told


def _letter(conn: Connection, name: str, bid: Any) -> tuple[Attachment, ...]:
    kind = {"released_award": "award", "released_decline": "feedback"}.get(name)
    if kind is None:
        return ()
    letter = asks.letter_for(conn, bid.id, kind)
    if letter is None:
        return ()
    return (
        Attachment(f"{bid.reference}-{kind}.pdf", "application/pdf", papers.rendered(letter.facts, kind)),
    )


def _request(post: Post, conn: Connection, bid: Any, effect: Effect) -> Iterator[To]:
    """The link: only while the request stands, only to an address whose source is on record."""
    asked = effect.args.get("request")
    if asked is None:
        asked = asks.event_body(conn, f"bid:{bid.id}", effect.args["event"]).get("params", {}).get("request")
    request = asks.request(conn, asked or 0)
    if request is None or request.void_at or request.answered_at or not (request.email and request.source):
        return
    token = links.make_token(post.settings.secret_key, request.id, effect.key)
    links.remember(post.office, request.id, effect.key, token, request.email, datetime.now(UTC))
    yield To(
        states.titled(request.name, request.office),
        request.email,
        "representative",
        {
            "organisation": bid.organisation or "", "applicant": bid.applicant or "", "amount": bid.amount_pence,
            "place": bid.place or request.area, "link": post.url(f"/answer/{token}"), "changed": bid.version_number > 1,
            "answer_by": moments.moment(bid.due_at, post.office.zone) if bid.due_at else "",
            "office_words": f"{states.office_title(request.office)} for {request.area}",
        },
    )  # fmt: skip


def _takers(post: Post, conn: Connection, bid: Any) -> Iterator[To]:
    """Those who talk a bid's scores over, while they do: who has sent none sees nobody's, and is asked nothing."""
    talked = table.moderation(conn, bid.id)
    if bid.state != "endorsed" or talked is None or talked.closed_at is not None:
        return
    for row in talk.takers(conn, [bid.id]).get(bid.id, ()):
        yield To(row.name, row.email, "reviewer", {"url": post.url(f"/pile/{bid.reference}#talk")})


def _void(post: Post, conn: Connection, bid: Any, effect: Effect) -> Iterator[To]:
    """Whoever was asked before is told that their link is dead."""
    body = asks.event_body(conn, f"bid:{bid.id}", effect.args["event"])
    request = asks.request(conn, body.get("params", {}).get("voided") or 0)
    if request is not None and request.email and request.source:
        yield To(states.titled(request.name, request.office), request.email, "representative")


@dataclass(frozen=True, slots=True)
class _Fund:
    """Stands for the bid in a mail that is about many."""

    fund: str
    terms: Mapping[str, Any]


def _assigned(post: Post, effect: Effect) -> None:
    with post.office.db.read() as conn:
        reader = asks.person(conn, effect.args["person"])
        bid = asks.about(conn, effect.args["bids"][0])
    if reader is None or bid is None:
        return
    told = {
        "url": post.url("/pile"), "count": len(effect.args["bids"]),
        "panel_by": moments.moment(bid.panel_by, post.office.zone),
    }  # fmt: skip
    _mail(
        post,
        "assigned",
        To(reader.name, reader.email, "reviewer", told),
        f"{effect.key}:0",
        _Fund(bid.fund, bid.terms),
    )


def _reading_reminder(post: Post, effect: Effect) -> None:
    """How many bids somebody has left to read, as they stand now: whoever has read them meanwhile hears nothing."""
    now = datetime.now(UTC)
    with post.office.db.read() as conn:
        row = behind.owed_by(conn, effect.args["round"], effect.args["person"], now)
    if row is None or not row.owed:
        return
    told = {
        "url": post.url("/pile"), "count": row.owed, "panel_by": moments.moment(row.panel_by, post.office.zone),
        "reading": "late" if now > row.panel_by else "ahead",
    }  # fmt: skip
    to = To(row.name, row.email, "reviewer", told)
    _mail(post, "reading_reminder", to, f"{effect.key}:0", _Fund(row.fund, row.terms))


def _minutes(post: Post, effect: Effect) -> None:
    """The minutes that somebody asked for, as they may read them."""
    args = effect.args
    minutes_papers.make(
        post.office, post.files, args["round"], args["person"], args["tells"], datetime.now(UTC)
    )


def _file_refused(post: Post, effect: Effect) -> None:
    """Whoever gave a file is told that it is gone, why, and what to do."""
    with post.office.db.read() as conn:
        row = documents.with_giver(conn, effect.args["document"])
        bid = asks.about(conn, row.bid_id) if row is not None else None
    if row is None or bid is None or row.removed_at is not None:
        return
    told = {"file": row.name, "because": file_words.reason(row.reason)}
    part = "officer"  # the file of an answer in writing; the others belong to a question of the form
    if row.question is not None:
        part = "applicant"
        told["url"] = post.url(f"/my-bids/{bid.reference}/files/{row.question}")
    _mail(post, "file_refused", To(row.giver, row.giver_email, part, told), f"{effect.key}:0", bid)


def unknown_parts() -> set[str]:
    """Effects of the policy that no part reads; a test holds it empty."""
    return _names() - set(_PARTS) - {"endorsement_request", "endorsement_reminder", "endorsement_void"}
