"""No line of the log holds what opens a door, pays somebody or names them: from web and worker, in good days and bad."""

import io
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest

from fundapp import logs, outbox
from fundapp.jobs.deliver import deliver_due
from tests.cast import Cast
from tests.pages.signin.letterbox import Letters
from tests.pages.signin.test_factor import NOW, code_at, set_up

MEMBER = "member@demo.example"
WRONG = "Grendel-7-under-the-bridge"
BANK = {
    "holder_name": "Ottoline Quillfeather",
    "kind": "personal",
    "sort_code": "08-99-99",
    "account": "66374958",
}


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What a process in production writes, with its own logger at the lowest level."""
    stream = io.StringIO()
    root, own = logging.getLogger(), logging.getLogger("fundapp")
    before, levels = list(root.handlers), (root.level, own.level)
    monkeypatch.setattr("sys.stderr", stream)
    logs.install("json", "debug")
    yield stream
    root.handlers[:] = before
    root.setLevel(levels[0])
    own.setLevel(levels[1])


def test_no_secret_stands_in_any_line(
    cast: Cast, letters: Letters, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings: Any = cast.app.extensions["settings"]
    secrets = {
        MEMBER,
        WRONG,
        settings.secret_key,
        settings.audit_key.hex() if isinstance(settings.audit_key, bytes) else str(settings.audit_key),
    }
    # A link, asked for, mailed by the worker, opened; then a wrong password.
    nobody = cast.client(None)
    nobody.post("/sign-in", data={"email": MEMBER})
    path = letters.link(MEMBER)
    secrets.add(path.rpartition("/")[2])
    nobody.get(path)
    nobody.post(path)
    with nobody.session_transaction() as session:
        secrets.add(session["_user_id"])
    cast.client(None).post(
        "/sign-in", data={"email": MEMBER, "address": MEMBER, "password": WRONG, "by": "password"}
    )
    # A second factor, its codes, a wrong one.
    told, codes = set_up(cast.client("treasurer"))
    other = cast.client("treasurer")
    secrets |= {told, *codes, *(code.replace("-", "") for code in codes), "987123"}
    other.post(NOW, data={"factor_code": "987123"})
    other.post(NOW, data={"factor_recovery": codes[0]})
    other.post(NOW, data={"factor_code": code_at(told, 1)})
    # Bank details, looked at, sent, refused.
    bid = cast.bid("accepted")
    member = cast.client("member")
    for step in ("look", "send", "send"):
        assert (
            member.post(f"/my-bids/{bid.reference}/bank/change", data={**BANK, "step": step}).status_code
            < 500
        )
    secrets |= {BANK["account"], BANK["sort_code"], "089999", "Quillfeather"}

    # A page and a job that fail with all of it in their words, one failure because of another.
    said = " ".join(sorted(secrets))

    def breaks(*_given: Any, **_named: Any) -> Any:
        try:
            raise KeyError(said)
        except KeyError as first:
            raise RuntimeError(said) from first

    cast.app.testing = False
    monkeypatch.setitem(cast.app.view_functions, "public.rules", breaks)
    assert cast.client("member").get(f"/rules?token={path.rpartition('/')[2]}").status_code == 500
    with cast.office.db.write() as conn:
        outbox.put(conn, "breaks", {"said": said}, "breaks-1", at=cast.now)
    assert deliver_due(cast.office.db, {"breaks": breaks}, "test", limit=5).retried
    logging.getLogger("fundapp.pages").error("it failed for %s", MEMBER)

    written = lines.getvalue()
    assert len(written.splitlines()) > 20
    assert {"RuntimeError", "/rules", "breaks"} <= set(re.findall(r"RuntimeError|/rules|breaks", written))
    assert [secret for secret in secrets if secret in written] == []
