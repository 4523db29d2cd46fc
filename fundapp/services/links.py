"""The links by which a representative answers without an account: how they are made, and what is kept of them."""

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Final

from sqlalchemy import insert, select

from fundapp.models import EndorsementLink
from fundapp.queries.links import sha256_of
from fundapp.services.deed import Office

#: Sets these tokens apart from anything else that is signed with the same key.
_PURPOSE: Final = b"fundapp endorsement link v1\x00"


def make_token(secret_key: str, request_id: int, effect_key: str) -> str:
    """The token of one mailed link: 32 letters and figures, 160 bits.

    The same key, request and effect give the same token, so that a mail that is tried again carries the same link.
    """
    said = _PURPOSE + f"{request_id}\x00{effect_key}".encode()
    digest = hmac.new(secret_key.encode(), said, hashlib.sha256).digest()
    return base64.b32encode(digest[:20]).decode().lower()


def is_ours(secret_key: str, request_id: int, effect_key: str, token: str) -> bool:
    """Whether a token was made here for that request: a row that somebody wrote into the database opens nothing."""
    return hmac.compare_digest(make_token(secret_key, request_id, effect_key), token.lower())


def remember(
    office: Office, request_id: int, effect_key: str, token: str, sent_to: str, now: datetime
) -> None:
    """Keep the SHA-256 of a link's token before the mail leaves; a link that is known already is left as it is."""
    kept = sha256_of(token)
    with office.db.write() as conn:
        known = conn.execute(select(EndorsementLink.id).where(EndorsementLink.token_sha256 == kept)).scalar()
        if known is None:
            conn.execute(
                insert(EndorsementLink).values(
                    request_id=request_id,
                    effect_key=effect_key,
                    token_sha256=kept,
                    sent_to=sent_to,
                    made_at=now,
                )
            )
