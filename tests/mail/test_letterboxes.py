"""Mails into a folder and to a mail server over a real connection, and what becomes of trouble on the way."""

from __future__ import annotations

import base64
import shutil
import socket
import ssl
import stat
import subprocess
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from fundapp.mail import kept
from fundapp.mail.messages import compose
from fundapp.mail.post import Attachment, Folder, MailNotDelivered, MailUrlRefused, Server, open_letterbox
from tests.mail.sink import Sink, listening
from tests.mail.test_post import AT, COMPOSED, built, lines
from tests.mail.told import CONTEXT


def test_a_server_gets_the_mail_whole() -> None:
    message = built(
        to_name="Zoë, of 字", attachments=[Attachment("a.pdf", "application/pdf", b"\x00\r\n.\r\n\xff")]
    )
    with listening(Sink()) as sink:
        open_letterbox(f"smtp://127.0.0.1:{sink.port}").deliver(message)
    assert sink.commands[0].startswith("EHLO ")
    assert sink.commands[1:] == [
        "MAIL FROM:<fund@fund.example>",
        "RCPT TO:<ines@example.org>",
        "DATA",
        "QUIT",
    ]
    (raw,) = sink.mails
    mail = message_from_bytes(raw, policy=default)
    assert mail["To"].addresses[0].addr_spec == "ines@example.org"
    assert mail["Message-ID"] == message["Message-ID"]
    body = mail.get_body(("plain",))
    assert body is not None
    assert lines(body) == COMPOSED.text
    assert [one.get_content() for one in mail.iter_attachments()] == [b"\x00\r\n.\r\n\xff"]


def test_signing_in_with_an_odd_password() -> None:
    with listening(Sink(abilities=("AUTH PLAIN",))) as sink:
        open_letterbox(f"smtp://fund%40example.org:p%3A%2Fss@127.0.0.1:{sink.port}").deliver(built())
    (auth,) = [one for one in sink.commands if one.startswith("AUTH")]
    assert base64.b64decode(auth.split()[2]) == b"\0fund@example.org\0p:/ss"
    assert len(sink.mails) == 1


@pytest.mark.parametrize(
    ("answers", "permanent", "said"),
    [
        ({"RCPT": "550 unknown"}, True, "does not take mail for Ines Okoro <ines@example.org>: 550 unknown"),
        ({"RCPT": "450 busy"}, False, "does not take mail for Ines Okoro <ines@example.org>: 450 busy"),
        ({"MAIL": "553 not from you"}, True, "refused the mail: 553 not from you"),
        ({"MAIL": "451 later"}, False, "refused the mail: 451 later"),
        ({"DATA": "554 no"}, True, "refused the mail: 554 no"),
        ({"DATA.": "552 too big"}, True, "refused the mail: 552 too big"),
        ({"DATA.": "452 disk is full"}, False, "refused the mail: 452 disk is full"),
        ({"RCPT": "421 closing"}, False, "does not take mail for Ines Okoro <ines@example.org>: 421 closing"),
        ({"HELLO": "554 not today"}, False, "could not be used"),
    ],
)  # fmt: skip
def test_what_a_server_refuses(answers: dict[str, str], permanent: bool, said: str) -> None:
    with listening(Sink(answers)) as sink, pytest.raises(MailNotDelivered) as caught:
        open_letterbox(f"smtp://127.0.0.1:{sink.port}").deliver(built())
    assert caught.value.permanent is permanent
    assert said in caught.value.sentence
    assert caught.value.sentence.startswith(f"The mail server 127.0.0.1:{sink.port} ")


@pytest.mark.parametrize("answer", ["500 what?", "421 closing", ""])
def test_a_bad_farewell_is_no_trouble(answer: str) -> None:
    with listening(Sink({"QUIT": answer})) as sink:
        open_letterbox(f"smtp://127.0.0.1:{sink.port}").deliver(built())
    assert len(sink.mails) == 1


def test_a_wrong_password_says_so_and_nothing_secret() -> None:
    with listening(Sink({"AUTH": "535 wrong"}, abilities=("AUTH PLAIN",))) as sink:
        box = open_letterbox(f"smtp://fund:geheim@127.0.0.1:{sink.port}")
        with pytest.raises(MailNotDelivered, match="refused the sign-in") as caught:
            box.deliver(built())
    assert not caught.value.permanent
    assert "geheim" not in caught.value.sentence + repr(box)
    assert sink.mails == []


def test_nobody_there_and_nobody_answering() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(MailNotDelivered, match=r"could not be used: .*timed out") as caught:
            Server("smtp", "127.0.0.1", port, time_out=0.2).deliver(built())
        assert not caught.value.permanent
    with pytest.raises(MailNotDelivered, match="could not be used") as caught:
        open_letterbox(f"smtp://127.0.0.1:{port}").deliver(built())
    assert not caught.value.permanent


def test_without_tls_nothing_is_sent() -> None:
    with listening(Sink()) as sink, pytest.raises(MailNotDelivered, match="could not be used") as caught:
        open_letterbox(f"smtp+starttls://fund:geheim@127.0.0.1:{sink.port}").deliver(built())
    assert not caught.value.permanent
    assert [one.split()[0] for one in sink.commands] == ["EHLO"]
    assert sink.mails == []


@pytest.mark.skipif(shutil.which("openssl") is None, reason="the certificate of this test is made by openssl")
@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
@pytest.mark.parametrize("trusted", [True, False])
def test_tls_to_a_trusted_server_only(
    scheme: str, trusted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    sink = Sink(abilities=("STARTTLS", "AUTH PLAIN"), tls=tls, tls_at_once=scheme == "smtps")
    with listening(sink):
        box = open_letterbox(f"{scheme}://fund:geheim@localhost:{sink.port}")
        if trusted:
            box.deliver(built())
        else:
            with pytest.raises(MailNotDelivered, match="certificate") as caught:
                box.deliver(built())
            assert not caught.value.permanent
    assert len(sink.mails) == trusted
    assert any(one.startswith("AUTH") for one in sink.commands) is trusted


@pytest.mark.parametrize(
    ("url", "box"),
    [
        ("file:/var/mail%20box", Folder(Path("/var/mail box"))),
        ("file:///var/mail", Folder(Path("/var/mail"))),
        ("file:instance/mail", Folder(Path("instance/mail"))),
        ("smtp://mail.example.org", Server("smtp", "mail.example.org", 25)),
        ("smtps://a:b@mail.example.org", Server("smtps", "mail.example.org", 465, "a", "b")),
        ("smtp+starttls://a:b@mail.example.org", Server("smtp+starttls", "mail.example.org", 587, "a", "b")),
        ("smtp://[::1]:2525", Server("smtp", "::1", 2525)),
    ],
)
def test_a_mail_url_names_a_letterbox(url: str, box: object) -> None:
    assert open_letterbox(url) == box


@pytest.mark.parametrize(
    "url",
    ["", "mail.example.org", "smtp://", "http://mail.example.org", "file:", "file://elsewhere/mail",
     "smtp://u:geheim@h:port", "smtp://u:geheim@h:99999", "smtp://u:geheimé@h"],
)  # fmt: skip
def test_a_mail_url_that_names_none(url: str) -> None:
    with pytest.raises(MailUrlRefused, match="MAIL_URL") as caught:
        open_letterbox(url)
    assert "geheim" not in str(caught.value)


def test_a_folder_keeps_mails(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "mail"
    box = open_letterbox(f"file:{folder}")
    assert kept.read_folder(folder) == []
    box.deliver(built())
    box.deliver(built())  # the same again: it takes the place of the first
    later = datetime(2027, 5, 13, 8, 0, tzinfo=UTC)
    receipt = compose("receipt", CONTEXT)
    box.deliver(built(to_name="字" * 40, key="receipt:9", composed=receipt, at=later,
                      attachments=[Attachment("a.pdf", "application/pdf", b"%PDF")]))  # fmt: skip
    names = sorted(one.name for one in folder.iterdir())
    assert names == [
        "20270512T091530Z-released-award-142-7.55fa8faca8840a5fddd5.eml",
        f"20270513T080000Z-receipt-9.{names[1][-24:-4]}.eml",
    ]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (folder / names[0]).read_bytes().count(b"\n") == (folder / names[0]).read_bytes().count(b"\r\n")

    newest, oldest = kept.read_folder(folder)
    assert newest == kept.KeptMail(
        id=names[1].removesuffix(".eml"),
        subject="Your bid B-0142X has arrived",
        to="字" * 40 + " <ines@example.org>",
        date=later,
        text=receipt.text,
        html=receipt.html,
        attachments=("a.pdf",),
    )
    assert (oldest.date, oldest.attachments) == (AT, ())
    assert kept.read_mail(folder, oldest.id) == oldest
    assert kept.read_attachment(folder, newest.id, 0) == ("a.pdf", "application/pdf", b"%PDF")
    assert kept.read_attachment(folder, newest.id, 1) is None
    assert kept.read_attachment(folder, oldest.id, -1) is None
    assert [one.id for one in kept.read_folder(folder, limit=1)] == [newest.id]


def test_a_mail_that_came_twice_stands_once(tmp_path: Path) -> None:
    box = Folder(tmp_path)
    box.deliver(built())
    box.deliver(built(at=datetime(2027, 5, 14, tzinfo=UTC)))
    assert [one.date for one in kept.read_folder(tmp_path)] == [datetime(2027, 5, 14, tzinfo=UTC)]


@pytest.mark.parametrize(
    "id", ["", "..", "../secret", "20270512T091530Z-../../x", "20270512T091530Z-none", "a\0b"]
)
def test_an_id_opens_only_mails(id: str, tmp_path: Path) -> None:
    (tmp_path / "secret.eml").write_text("Subject: x\n\nx")
    (tmp_path / ".20270512T091530Z-half.eml").write_text("half")
    folder = tmp_path / "mail"
    folder.mkdir()
    assert kept.read_mail(folder, id) is None
    assert kept.read_attachment(folder, id, 0) is None
    assert kept.read_folder(tmp_path) == []


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file")
    with pytest.raises(MailNotDelivered, match="could not be put into the folder") as caught:
        Folder(tmp_path / "mail").deliver(built())
    assert not caught.value.permanent
