"""How a mail is put together: exact headers, bodies and files, and nothing that a name could slip in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from fundapp.letters.typed import clean
from fundapp.mail.messages import Composed
from fundapp.mail.post import AddressRefused, Attachment, build, named

COMPOSED = Composed(
    "The decision: £2,000 — yes",
    "Dear Ines,\n\n.a line with a dot\n£2,000\n" + "w" * 5000 + "\n",
    "<p>£2,000</p>\n",
)
AT = datetime(2027, 5, 12, 9, 15, 30, tzinfo=UTC)


def built(**others: Any) -> EmailMessage:
    """A mail, with some of what `build` is given changed."""
    given: dict[str, Any] = {
        "to_name": "Ines Okoro",
        "to_email": "ines@example.org",
        "composed": COMPOSED,
        "key": "released_award:142:7",
        "sender": "Communities Fund <fund@fund.example>",
        "reply_to": "help@fund.example",
        "bid_reference": "B-0142X",
        "base_url": "https://fund.example:8443/x",
        "at": AT,
    }
    return build(**{**given, **others})


def read(message: EmailMessage) -> EmailMessage:
    """What a mail program makes of it."""
    return message_from_bytes(message.as_bytes(), policy=default)


def lines(part: Any) -> str:
    """The words of a part, its lines ended as Python ends them."""
    return str(part.get_content()).replace("\r\n", "\n")


def test_the_headers() -> None:
    mail = read(built())
    assert [(name, str(value)) for name, value in mail.items()] == [
        ("From", "Communities Fund <fund@fund.example>"),
        ("To", "Ines Okoro <ines@example.org>"),
        ("Reply-To", "help@fund.example"),
        ("Subject", "The decision: £2,000 — yes"),
        ("Date", "Wed, 12 May 2027 09:15:30 +0000"),
        ("Message-ID", "<released-award-142-7.55fa8faca8840a5fddd5@fund.example>"),
        ("In-Reply-To", "<bid.B-0142X@fund.example>"),
        ("References", "<bid.B-0142X@fund.example>"),
        ("Auto-Submitted", "auto-generated"),
        ("MIME-Version", "1.0"),
        ("Content-Type", mail["Content-Type"]),
    ]
    assert mail.get_content_type() == "multipart/alternative"


def test_the_bodies() -> None:
    mail = read(built())
    text, html = mail.iter_parts()
    assert (text.get_content_type(), lines(text)) == ("text/plain", COMPOSED.text)
    assert (html.get_content_type(), lines(html)) == ("text/html", COMPOSED.html)
    assert max(len(line) for line in built().as_bytes().split(b"\r\n")) <= 78
    assert built().as_bytes().isascii()


def test_files_go_with_it() -> None:
    pdf = bytes(range(256)) * 9
    files = [
        Attachment("Llythyr Dŵr.pdf", "application/pdf", pdf),
        Attachment("../../etc/pass\r\nwd", "text/plain", b"x"),
    ]
    mail = read(built(attachments=files))
    assert mail.get_content_type() == "multipart/mixed"
    assert [(one.get_filename(), one.get_content_type()) for one in mail.iter_attachments()] == [
        ("Llythyr Dŵr.pdf", "application/pdf"),
        ("-..-etc-pass wd", "text/plain"),
    ]
    assert next(iter(mail.iter_attachments())).get_content() == pdf
    body = mail.get_body(("plain",))
    assert body is not None
    assert lines(body) == COMPOSED.text
    with pytest.raises(ValueError, match="no media type"):
        built(attachments=[Attachment("a", "pdf\r\nX: y", b"")])


def test_a_repeat_is_known_and_another_mail_is_another() -> None:
    first = built()["Message-ID"]
    assert built(at=AT + timedelta(days=1), composed=Composed("a", "b", "c"))["Message-ID"] == first
    # Keys that look alike once written for a header are still two.
    assert built(key="released_award:142-7")["Message-ID"] != first
    assert built(key="k" * 5000)["Message-ID"] != built(key="k" * 5001)["Message-ID"]


def test_what_is_left_out_and_what_is_refused() -> None:
    mail = built(bid_reference=None, reply_to="")
    assert {"In-Reply-To", "References", "Reply-To"}.isdisjoint(mail.keys())
    assert built(base_url="http://[::1]:5000")["Message-ID"].endswith("@fund.invalid>")
    local = AT.astimezone(timezone(timedelta(hours=1)))
    assert str(built(at=local)["Date"]) == "Wed, 12 May 2027 09:15:30 +0000"
    with pytest.raises(ValueError, match="needs a zone"):
        built(at=datetime(2027, 5, 12))


@pytest.mark.parametrize(
    "address",
    ["", "ines", "@example.org", "ines@", "a@b@example.org", "a b@example.org", "a@exa mple.org", "a@-x.org",
     "a@example.org\nBcc: b@example.org", "a@example.org,b@example.org", "<a@example.org>", "a@x..org",
     "zoë@example.org", ".a@example.org", "a" * 65 + "@example.org", "a@" + "b" * 64 + ".org",
     '"a b"@example.org', "a@[127.0.0.1]"],
)  # fmt: skip
def test_no_mail_goes_to_what_is_no_address(address: str) -> None:
    with pytest.raises(AddressRefused, match="No mail can go to"):
        built(to_email=address)


def test_addresses_that_are_good() -> None:
    assert (
        built(to_email=" a.b+c_d@mail.example.org ")["To"].addresses[0].addr_spec
        == "a.b+c_d@mail.example.org"
    )
    assert built(to_email="a@bücher.example")["To"].addresses[0].addr_spec == "a@xn--bcher-kva.example"
    assert str(named('"Fund, The" <f@example.org>')) == '"Fund, The" <f@example.org>'
    with pytest.raises(AddressRefused):
        named("Fund")


NAMES = [
    "Ines Okoro\r\nBcc: everyone@fund.example",
    'Zoë "the <x@y.org>" O’Neill, (treasurer)',
    "Gwên Łódź, " * 5,
    "محمد علي",
    "字" * 60,
    # The library's own folding changes the blanks of these.
    "a字字>,ébcŵ\\;e典 é=ø 字典)é,字e典 >a:a典 a字b(字b字da (ø典dé? ,:be< eé:",
    "ł;典øe d典典ø字a典éłŵ 典?eŵ < 字ø字e :典典ed bŵ =aøc字eé ł字c<.@ é øb典e典@",
    "🎉é" * 30,
    "=?utf-8?q?x=0aBcc:_e@f.example?=",
    "back\\slash",
    "n" * 10_000,
    "\x00\x1b[31m\u202e",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_stays_a_name(name: str) -> None:
    _holds(name)


@given(some.text(max_size=80))
def test_any_name_stays_a_name(name: str) -> None:
    _holds(name)


def _holds(name: str) -> None:
    message = built(to_name=name, composed=Composed(name, "x\n", "y\n"))
    raw = message.as_bytes()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    plain = message_from_bytes(raw)  # as older programs read it
    assert plain.keys() == built().keys()
    ((shown, address),) = getaddresses([plain["To"]])
    assert address == "ines@example.org"
    kept = clean(name).replace("=?", "= ?")
    assert str(make_header(decode_header(shown))) == kept[:60].strip()
    assert [one.addr_spec for one in read(message)["To"].addresses] == ["ines@example.org"]
    assert str(read(message)["Subject"]) == kept
