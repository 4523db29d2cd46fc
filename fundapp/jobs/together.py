"""The mails between people who bid together: an invitation, and word of comments."""

from datetime import UTC, datetime
from typing import Any

from fundapp.jobs.mailing import Post, To
from fundapp.outbox import Effect
from fundapp.queries import member as drafts
from fundapp.queries import messages
from fundapp.queries import together as asks
from fundapp.services import together as room
from fundapp.words import moments
from fundapp.words.tongue import gettext as _


def invitation(post: Post, effect: Effect) -> None:
    """The invitation's own link: only while it can be taken up."""
    with post.office.db.read() as conn:
        row = asks.invitation_by_id(conn, effect.args["invitation"])
        bid = messages.about(conn, row.bid_id) if row is not None else None
        draft = drafts.form(conn, row.bid_id) if row is not None else None
    if (
        row is None
        or bid is None
        or row.withdrawn_at
        or row.accepted_at
        or row.expires_at <= datetime.now(UTC)
    ):
        return
    token = room.make_token(post.settings.secret_key, row.bid_id, row.address, row.made_at)
    told = {
        "link": post.url(f"/together/{token}"), "who": bid.applicant or bid.organisation or "",
        "title": _title(bid, draft), "until": moments.moment(row.expires_at, post.office.zone),
    }  # fmt: skip
    post.mail("co_invitation", To("friend", row.address, "co_applicant", told), effect.key, bid)


def comment(post: Post, effect: Effect) -> None:
    """Tells the applicant who commented; nothing if every comment was taken away meanwhile."""
    with post.office.db.read() as conn:
        bid = messages.about(conn, effect.args["bid"])
        since = datetime.fromisoformat(effect.args["since"])
        who = asks.who_said_since(conn, effect.args["bid"], since)
        draft = drafts.form(conn, effect.args["bid"])
    if bid is None or not who:
        return
    told = {
        "url": post.url(f"/my-bids/{bid.reference}/read"), "who": ", ".join(who), "title": _title(bid, draft),
    }  # fmt: skip
    post.mail("co_comment", To(bid.applicant or "", bid.applicant_email, "applicant", told), effect.key, bid)


def _title(bid: Any, draft: Any) -> str:
    """What a bid is called: while it is written, by its draft."""
    return str(
        (draft.answers if draft is not None else {}).get("title")
        or bid.title
        or _("A bid without a title yet")
    )
