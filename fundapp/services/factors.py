"""The second factor: codes of an authenticator (RFC 6238), each taken once, and ten codes for a lost telephone."""

import base64
import hmac
import logging
import re
import secrets
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, or_, update

from fundapp.domain.signing_in import FACTOR_LASTS
from fundapp.models import RecoveryCode, SecondFactor, SignInSession
from fundapp.queries import factors as asks
from fundapp.services import security
from fundapp.services.deed import Office
from fundapp.services.entrances import TooOften
from fundapp.services.sealing import Unsealable, mark, seal, unseal
from fundapp.services.throttle import Visitor, give_back, spend

log = logging.getLogger(__name__)

CODES: Final = 10
#: Seconds that one code stands for; a clock may be one such step off, either way.
STEP: Final = 30
_PURPOSE: Final = "second factor"


class CodeNotTaken(ValueError):
    """A code that is not taken, or a factor that stands already: `code` is wrong, stands or none."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def due(session: Any, required: bool, now: datetime) -> str:
    """What a session lacks before it may look at anything: `set` a second factor up, `give` it, or nothing.

    Whoever holds a guarded role gives it every twelve hours; whoever else has set one, once a session.
    """
    if not session.has_factor:
        return "set" if session.guarded and required else ""
    given = session.second_factor_at
    if given is None or (session.guarded and now - given > FACTOR_LASTS):
        return "give"
    return ""


def start(office: Office, secret_key: str, person: int, now: datetime) -> None:
    """A new secret, that counts once a first code of it was typed. Raises CodeNotTaken if one stands already."""
    import pyotp

    sealed = seal(secret_key, _PURPOSE, f"person:{person}", pyotp.random_base32())
    with office.db.write() as conn:
        found = asks.factor(conn, person)
        if found is not None and found.confirmed_at is not None:
            raise CodeNotTaken("stands")
        conn.execute(delete(SecondFactor).where(SecondFactor.person_id == person))
        conn.execute(
            insert(SecondFactor).values(
                person_id=person, secret_sealed=sealed, made_at=now, confirmed_at=None, last_step=None
            )
        )


def secret_of(secret_key: str, factor: Any) -> str:
    """The secret of a factor, in base 32. Raises sealing.Unsealable."""
    return unseal(secret_key, _PURPOSE, f"person:{factor.person_id}", factor.secret_sealed)


def address_of(secret: str, email: str) -> str:
    """What an authenticator reads from the picture."""
    import pyotp

    return str(pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Communities Fund"))


def confirm(
    office: Office, secret_key: str, visitor: Visitor, session: Any, code: str, now: datetime
) -> list[str]:
    """The first code of a new authenticator: from now on it counts, for this session too. The ten recovery codes.

    Raises CodeNotTaken, TooOften.
    """
    _spend(office, secret_key, visitor, session, now)
    with office.db.write() as conn:
        found = asks.factor(conn, session.person_id)
        if found is None or found.confirmed_at is not None:
            raise CodeNotTaken("stands" if found is not None else "none")
        if not _take_code(conn, secret_key, found, code, now):
            raise CodeNotTaken("wrong")
        conn.execute(update(SecondFactor).where(SecondFactor.id == found.id).values(confirmed_at=now))
        _passed(conn, secret_key, visitor, session, now)
        security.note(conn, session.person_id, "factor_set", now, browser=visitor.browser)
        return _new_codes(conn, secret_key, session.person_id, now)


def give(
    office: Office,
    secret_key: str,
    visitor: Visitor,
    session: Any,
    code: str,
    now: datetime,
    *,
    recovery: bool = False,
) -> None:
    """Give the second factor for this session: a code of the authenticator, or a recovery code.

    Raises CodeNotTaken, TooOften.
    """
    _spend(office, secret_key, visitor, session, now)
    with office.db.write() as conn:
        if recovery:
            taken = _take_recovery(conn, secret_key, session.person_id, code, now)
        else:
            found = asks.factor(conn, session.person_id)
            taken = (
                found is not None
                and bool(found.confirmed_at)
                and _take_code(conn, secret_key, found, code, now)
            )
        if taken:
            _passed(conn, secret_key, visitor, session, now)
            if recovery:
                security.note(conn, session.person_id, "recovery_used", now, browser=visitor.browser)
        else:
            security.note(conn, session.person_id, "factor_failed", now, browser=visitor.browser)
    if not taken:
        raise CodeNotTaken("wrong")


def renew_codes(
    office: Office, secret_key: str, visitor: Visitor, session: Any, code: str, now: datetime
) -> list[str]:
    """Ten new recovery codes; the old ones are dead. Asks for a code of the authenticator. Raises as `give`."""
    give(office, secret_key, visitor, session, code, now)
    with office.db.write() as conn:
        security.note(conn, session.person_id, "codes_renewed", now, browser=visitor.browser)
        return _new_codes(conn, secret_key, session.person_id, now)


def remove(office: Office, secret_key: str, visitor: Visitor, session: Any, code: str, now: datetime) -> None:
    """Take the second factor away, with its codes. Asks for a code of the authenticator. Raises as `give`."""
    give(office, secret_key, visitor, session, code, now)
    with office.db.write() as conn:
        forget(conn, session.person_id)
        security.note(conn, session.person_id, "factor_removed", now, browser=visitor.browser)


def forget(conn: Connection, person: int) -> bool:
    """A person's authenticator and recovery codes are gone; False if there was none."""
    conn.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person))
    gone = conn.execute(delete(SecondFactor).where(SecondFactor.person_id == person))
    return bool(gone.rowcount)


def _spend(office: Office, secret_key: str, visitor: Visitor, session: Any, now: datetime) -> None:
    """One guess of this session. A new session for each guess does not help: the network is counted as well."""
    with office.db.write() as conn:
        waits = [spend(conn, secret_key, kind, now, *of) for kind, of in _counted(visitor, session)]
    later = [moment for moment in waits if moment is not None]
    if later:
        raise TooOften(max(later))


def _counted(visitor: Visitor, session: Any) -> list[tuple[str, tuple[str, ...]]]:
    """What a guess is counted by: kinds and marks."""
    # A known browser is counted too: whoever has it and the password could begin a new session for every five guesses.
    return [("factor", (str(session.id),)), ("factor_person", (str(session.person_id), visitor.place))]


def _take_code(conn: Connection, secret_key: str, factor: Any, code: str, now: datetime) -> bool:
    """Whether it is a code of now, one step earlier or later, newer than any that was taken; it is taken by this."""
    import pyotp

    figures = re.sub(r"\s", "", code)
    if not re.fullmatch(r"[0-9]{6}", figures):
        return False
    try:
        totp = pyotp.TOTP(secret_of(secret_key, factor))
    except Unsealable as broken:
        log.error("%s: the person needs a new second factor", broken)
        return False
    here = int(now.timestamp()) // STEP
    # All three are compared, so that the time taken tells nothing.
    fits = [
        step for step in (here - 1, here, here + 1) if hmac.compare_digest(totp.generate_otp(step), figures)
    ]
    if not fits:
        return False
    newer = update(SecondFactor).where(
        SecondFactor.id == factor.id, or_(SecondFactor.last_step.is_(None), SecondFactor.last_step < fits[-1])
    )
    return bool(conn.execute(newer.values(last_step=fits[-1])).rowcount == 1)


def _take_recovery(conn: Connection, secret_key: str, person: int, code: str, now: datetime) -> bool:
    used = (
        update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person, RecoveryCode.used_at.is_(None),
            RecoveryCode.code_mac == _mac(secret_key, person, code),
        )
        .values(used_at=now)
    )  # fmt: skip
    return bool(conn.execute(used).rowcount == 1)


def _new_codes(conn: Connection, secret_key: str, person: int, now: datetime) -> list[str]:
    """Twenty-four letters and figures each, in groups of four: 120 bits. Shorter ones of before go on until they are used."""
    conn.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person))
    texts = [base64.b32encode(secrets.token_bytes(15)).decode().lower() for _ in range(CODES)]
    conn.execute(
        insert(RecoveryCode),
        [
            {"person_id": person, "code_mac": _mac(secret_key, person, text), "made_at": now, "used_at": None}
            for text in texts
        ],
    )
    return ["-".join(text[at : at + 4] for at in range(0, len(text), 4)) for text in texts]


def _mac(secret_key: str, person: int, code: str) -> str:
    # No code holds these figures: who types one has misread the letter.
    letters = code.lower().translate(str.maketrans("018", "olb"))
    return mark(secret_key, "recovery code", str(person), re.sub(r"[^a-z2-7]", "", letters))


def _passed(conn: Connection, secret_key: str, visitor: Visitor, session: Any, now: datetime) -> None:
    for kind, of in _counted(visitor, session):
        give_back(conn, secret_key, kind, *of)
    conn.execute(update(SignInSession).where(SignInSession.id == session.id).values(second_factor_at=now))
