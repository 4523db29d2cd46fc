"""Security events: what a person is told of their way in, on a page of theirs and, where it matters, by mail."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, insert

from fundapp import outbox
from fundapp.models import SecurityEvent
from fundapp.queries import security as asks

#: Everything that is noted.
KINDS: Final = frozenset(
    {
        "account_opened", "signed_in_link", "signed_in_password", "new_browser", "password_set", "password_changed",
        "factor_set", "factor_removed", "factor_failed", "codes_renewed", "recovery_used", "sessions_ended", "role_given",
        "role_ended", "data_given", "data_given_by",
    }
)  # fmt: skip
#: What somebody else might have done: it is mailed to every address with which the person signs in.
MAILED: Final = frozenset(
    {
        "new_browser", "password_set", "password_changed", "factor_set", "factor_removed", "codes_renewed", "recovery_used",
        "data_given", "data_given_by",
    }
)  # fmt: skip


def note(conn: Connection, person: int, kind: str, at: datetime, **details: Any) -> None:
    """Note one event, and ask for its mails. `details` are short words: a browser, a role; never a secret."""
    if kind not in KINDS:
        raise ValueError(f"no security event is called {kind}")
    added = insert(SecurityEvent).values(person_id=person, kind=kind, at=at, details=details)
    event = int(conn.execute(added.returning(SecurityEvent.id)).scalar_one())
    if kind in MAILED:
        effects = [
            {
                "name": "security_notice", "args": {"event": event, "account": account.id},
                "key": f"security_notice:{event}:{account.id}",
            }
            for account in asks.accounts(conn, person)
        ]  # fmt: skip
        outbox.put_many(conn, effects, at=at)
