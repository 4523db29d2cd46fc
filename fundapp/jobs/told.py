"""What a mail about a bid tells its readers beside the bid itself."""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection

from fundapp.jobs import award_mails
from fundapp.jobs.mailing import Post
from fundapp.mail.post import Attachment
from fundapp.outbox import Effect
from fundapp.queries import copies, payees
from fundapp.queries import messages as asks
from fundapp.services import letters as letter_room
from fundapp.words import moments, states

#: The state in which a bid waits for what such a mail asks or says comes next: a mail that comes later says nothing of it.
_WAITS: Final = {"receipt": "submitted", "stood_aside": "submitted", "sent_back": "returned"}

#: In which states a bid still waits for a date of its round that moved.
_DATES: Final[dict[str, tuple[str, ...]]] = {
    "closes_at": ("draft",),
    "endorse_by": ("submitted",),
    "decide_by": ("endorsed", "reviewed"),
}


def event(conn: Connection, effect: Effect) -> dict[str, Any]:
    """The body of the event that a mail about a bid follows from."""
    return asks.event_body(conn, f"bid:{effect.args['bid']}", effect.args["event"])


def version_sent(conn: Connection, effect: Effect) -> int:
    """The number of the version that was sent by that event; 0 if it sent none."""
    return int(event(conn, effect).get("params", {}).get("version") or 0)


def of(post: Post, conn: Connection, name: str, bid: Any, effect: Effect) -> dict[str, Any]:
    """What this message needs to be told, by the keys of `mail.messages.MESSAGES`."""
    zone = post.office.zone

    def when(at: datetime | None) -> str:
        return moments.moment(at, zone) if at else ""

    representative = states.titled(bid.representative, bid.office) if bid.representative else ""
    said: dict[str, Any] = {"representative": representative, "amount": bid.amount_pence}
    due = when(bid.due_at) if bid.state == _WAITS.get(name, bid.state) else ""
    if name == "receipt":
        number = version_sent(conn, effect)
        row = copies.version(conn, bid.id, number)
        said |= {
            "answer_by": due, "mark": row.sha256[:12] if row else "",
            "copy": post.url(f"/my-bids/{bid.reference}/sent/{number}"),
        }  # fmt: skip
    elif name == "bid_reminder":
        said |= {"what": effect.args["what"], "answer_by": when(bid.due_at)}
    elif name in ("endorsed", "endorsement_copy", "refused", "stood_aside"):
        answer = asks.last_answer(conn, bid.id)
        if answer is not None:
            said |= {
                "representative": states.titled(answer.name, answer.office), "statement": answer.statement,
                "reason": answer.statement, "answer": answer.answer, "aside": answer.answer,
                "answer_by": due,
            }  # fmt: skip
    elif name == "sent_back":
        body = event(conn, effect)
        by_officer = body.get("role") == "officer"
        said |= {
            "by": "the fund’s officer" if by_officer else representative,
            "reason": (asks.officer_reason if by_officer else asks.last_reason)(conn, bid.id), "until": due,
        }  # fmt: skip
    elif name == "ruled_out":
        body = event(conn, effect)
        said["reason"] = bid.reasons.get(body.get("params", {}).get("reason"), "")
    elif name == "deadline_moved":
        stands = _DATES[effect.args["date"]]
        said["what"] = bid.state if bid.state in stands else "past"
        said["until"] = when(bid.decide_by if effect.args["date"] == "decide_by" else bid.due_at)
    elif name == "lapsed":
        body = event(conn, effect)
        said["what"] = body.get("move", {}).get("from", "submitted")
    elif name in award_mails.NAMES:
        said |= award_mails.told(conn, name, bid.id, post.url(f"/my-bids/{bid.reference}"), when)
    elif name.startswith("payment_"):
        payment = asks.payment(conn, effect.args["row"])
        if payment is not None:
            said |= {
                "amount": payment.amount_pence, "reason": payment.failure or "",
                "due_on": moments.day(payment.due_on, datetime.now(UTC).astimezone(zone).date()),
            }  # fmt: skip
    elif name in ("report_due", "report_returned"):
        report = asks.report(conn, bid.id)
        if report is not None:
            said |= {
                "report_by": moments.day(report.due_on, datetime.now(UTC).astimezone(zone).date()),
                "reason": report.returned_reason or "",
            }  # fmt: skip
    if name == "payment_approval_needed":
        said["url"] = post.url("/payments")
    return said


def letters(post: Post, name: str, effect: Effect) -> tuple[Attachment, ...]:
    """The kept letters that go with this message to the applicant, made now if need be; nothing where none does.

    Opens transactions of its own: none waits for the press.
    """
    kinds = award_mails.ENCLOSED.get(name, ())
    if not kinds:
        return ()
    with post.office.db.read() as conn:
        found = [(kind, asks.letter_for(conn, effect.args["bid"], kind)) for kind in kinds]
    cabinet = letter_room.cabinet(post.office, post.settings, post.files)
    return tuple(
        Attachment(f"{row.reference}-{kind}.pdf", "application/pdf", letter_room.content(cabinet, row.id))
        for kind, row in found
        if row is not None
    )


def bank_details(post: Post, conn: Connection, bid: Any, effect: Effect) -> dict[str, Any]:
    """Who gave which bank details when, and until when a change of them waits."""
    rows = {row.id: row for row in payees.of_bid(conn, bid.id)}
    row = rows.get(effect.args["row"])
    if row is None:
        return {"who": "", "when": "", "until": "", "reason": ""}
    zone = post.office.zone
    return {
        "who": row.giver, "when": moments.moment(row.given_at, zone), "reason": row.refused_why,
        "until": moments.moment(row.cools_until, zone) if row.cools_until else "",
    }  # fmt: skip
