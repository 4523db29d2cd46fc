"""Every view says who may open it, every change needs its token, every answer carries the headers."""

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from werkzeug.routing import Rule

from config import ROOT
from fundapp.database import upgrade
from fundapp.pages.gate import ANYONE, SIGNED_IN
from tests.web import app_over, office_of
from workflows.roles import GRANTED

#: Flask's own, and the files of the look: they hold nothing of anybody.
OPEN_FILES = {"static", "bootstrap.static"}


@pytest.fixture(scope="module", params=["with demo", "without demo"])
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The service over an empty, migrated database."""
    made = app_over(
        tmp_path_factory.mktemp("gates"), FUNDAPP_DEMO="1" if request.param == "with demo" else "0"
    )
    made.testing = False
    upgrade(office_of(made).db)
    yield made
    office_of(made).db.close()


def views(app: Flask) -> list[Rule]:
    """Every rule but those of open files."""
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint not in OPEN_FILES]


def address(rule: Rule) -> str:
    """The rule's path with something in each place."""
    return re.sub(
        r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>", lambda found: "1" if found[1] == "int" else "x", rule.rule
    )


def test_every_view_is_gated(app: Flask) -> None:
    """A view without a gate would be open to the world by mistake."""
    ungated = [rule.endpoint for rule in views(app) if not hasattr(app.view_functions[rule.endpoint], "gate")]
    assert ungated == []


def test_gates_name_only_what_is_known(app: Flask) -> None:
    """`anyone` and `signed_in` stand alone; all else are roles that can be given."""
    for rule in views(app):
        allowed = getattr(app.view_functions[rule.endpoint], "gate", None)
        assert allowed in (ANYONE, SIGNED_IN) or (allowed and allowed <= set(GRANTED)), rule.endpoint


#: The same for everybody, and nothing of anybody: whoever comes without a cookie may be answered from a cache.
PUBLIC = {"/log/keys": "public, max-age=60", "/log/checker": "public, max-age=60"}


def test_who_need_not_sign_in(app: Flask) -> None:
    """The doors of the world, named one by one: a new one is a decision."""
    open_doors = {
        rule.endpoint
        for rule in views(app)
        if getattr(app.view_functions[rule.endpoint], "gate", None) == ANYONE
    }
    expected = {
        "public.security_txt",
        "councillor.answer",
        "councillor.answer_proof",
        "councillor.copy_pdf",
        "member.invited",
        "councillor.file",
        "public.accessibility",
        "public.check_letter",
        "public.check_proof",
        "public.log",
        "public.log_checker",
        "public.log_checkpoint",
        "public.log_checkpoint_of",
        "public.log_consistency",
        "public.log_keys",
        "public.checked_letter",
        "public.awards",
        "public.check",
        "public.healthz",
        "public.home",
        "public.measured",
        "public.privacy",
        "public.readyz",
        "public.round",
        "public.rules",
        "signin.again",
        "signin.link",
        "signin.sent",
        "signin.sign_in",
        "signin.sign_out",
    }
    demo = {endpoint for endpoint in open_doors if endpoint.startswith("demo.")}
    assert open_doors - demo == expected
    assert bool(demo) == app.config["DEMO"]


def test_no_change_without_a_token(app: Flask) -> None:
    """Every POST route refuses a form that another site could have sent."""
    client = app.test_client()
    posts = [rule for rule in views(app) if "POST" in (rule.methods or ())]
    assert len(posts) > 20
    for rule in posts:
        answer = client.post(address(rule), data={"csrf_token": "forged"})
        assert answer.status_code == 400, f"{rule.endpoint} answered {answer.status_code}"
        assert "Set-Cookie" not in answer.headers or "remember" not in answer.headers["Set-Cookie"]


def test_only_get_head_options_and_post(app: Flask) -> None:
    """A form can send no other, and the token is asked for on POST."""
    for rule in app.url_map.iter_rules():
        assert (rule.methods or set()) <= {"GET", "HEAD", "OPTIONS", "POST"}, rule.endpoint


def test_a_change_with_its_token_gets_through(app: Flask) -> None:
    """The control: with the page's token the form is read, and refused for what is in it."""
    client = app.test_client()
    page = client.get("/sign-in").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    answer = client.post(
        "/sign-in", data={"csrf_token": token[1], "email": "nobody@example.org", "password": "x"}
    )
    assert answer.status_code == 422
    assert "do not go together" in answer.text


#: What a browser says of where a form was sent from → whether it is read.
SENT_FROM: list[tuple[dict[str, str], bool]] = [
    ({}, True),
    ({"Origin": "http://localhost"}, True),
    ({"Origin": "https://fund.example"}, True),
    ({"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}, True),
    ({"Sec-Fetch-Site": "none"}, True),
    ({"Origin": "https://evil.example"}, False),
    ({"Origin": "http://localhost.evil.example"}, False),
    ({"Origin": "http://localhost:81"}, False),
    ({"Origin": "http://localhost@evil.example"}, False),
    ({"Origin": "null"}, False),
    ({"Origin": "http://[::1"}, False),
    ({"Sec-Fetch-Site": "cross-site"}, False),
    ({"Sec-Fetch-Site": "same-site"}, False),
    ({"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"}, False),
]


def test_a_form_that_another_site_sent_is_refused_with_a_good_token(tmp_path: Path) -> None:
    """The token may leak or be fixed from a sibling host; what the browser itself says cannot be written by a page."""
    app = app_over(tmp_path, BASE_URL="https://fund.example")
    upgrade(office_of(app).db)
    client = app.test_client()
    app.config["SESSION_COOKIE_SECURE"] = False
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    assert token
    for said, read in SENT_FROM:
        answer = client.post("/sign-in", data={"csrf_token": token[1]}, headers=said)
        assert answer.status_code == (422 if read else 400), said
    office_of(app).db.close()


def test_over_tls_browsers_are_told_to_stay_there(app: Flask) -> None:
    """For a year, with every host below; in the clear the header means nothing and is not sent."""
    client = app.test_client()
    for path in ("/sign-in", "/static/theme.css", "/no-such-page"):
        with client.get(path, base_url="https://fund.example") as answer:
            assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains", path
        with client.get(path) as answer:
            assert "Strict-Transport-Security" not in answer.headers, path


def test_odd_methods_have_no_answer_of_their_own(app: Flask) -> None:
    """TRACE above all, which would send back what the browser keeps from scripts."""
    client = app.test_client()
    for method in ("TRACE", "TRACK", "PUT", "DELETE", "PATCH", "CONNECT", "FUZZ"):
        answer = client.open("/sign-in", method=method, headers={"Cookie": "a=secret"})
        assert answer.status_code == 405, method
        assert "secret" not in answer.text, method


def test_no_link_is_made_of_the_host_that_was_asked_for(app: Flask) -> None:
    """Whoever writes another host into a request gets no page or way that leads there."""
    client = app.test_client()
    for path in ("/", "/sign-in", "/desk", "/no-such-page"):
        answer = client.get(path, headers={"Host": "evil.example"})
        assert "evil.example" not in answer.text + answer.headers.get("Location", ""), path


def test_every_answer_carries_the_headers(app: Flask) -> None:
    """Whatever the status: pages, refusals, errors, files."""
    client = app.test_client(use_cookies=False)
    paths = [address(rule) for rule in views(app) if "GET" in (rule.methods or ())]
    for path in [*paths, "/static/theme.css", "/no-such-page"]:
        answer = client.get(path)
        headers: Any = answer.headers
        assert answer.status_code < 500 or path == "/readyz", f"{path} answered {answer.status_code}"
        policy = dict(
            part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";")
        )
        assert policy["default-src"] == "'none'", path
        assert policy["base-uri"] == "'none'", path
        assert policy["object-src"] == "'none'", path
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin", path
        assert policy["frame-ancestors"] == "'none'", path
        assert policy["form-action"] == "'self'", path
        assert policy["style-src"] == "'self'", path
        assert re.fullmatch(r"'self' 'nonce-[\w-]{20,}'", policy["script-src"]), path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Referrer-Policy"] == "same-origin", path
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", path
        assert "camera=()" in headers["Permissions-Policy"], path
        if not path.startswith("/static/"):
            assert headers["Cache-Control"] == PUBLIC.get(path, "no-store"), path
        answer.close()


def test_a_nonce_is_used_once(app: Flask) -> None:
    """A nonce that comes again is none."""
    client = app.test_client()
    seen = [client.get("/sign-in").headers["Content-Security-Policy"] for _ in range(3)]
    assert len(set(seen)) == 3


def test_the_session_cookie_is_kept_from_scripts(tmp_path: Path) -> None:
    """HttpOnly and SameSite everywhere; Secure as soon as the service has an https address."""
    plain = app_over(tmp_path / "plain")
    secure = app_over(tmp_path / "secure", BASE_URL="https://fund.example")
    for made, sent_in_the_clear in ((plain, True), (secure, False)):
        upgrade(office_of(made).db)
        cookie = made.test_client().get("/sign-in", base_url="https://fund.example").headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert ("Secure" not in cookie) is sent_in_the_clear
        assert cookie.startswith("fund=" if sent_in_the_clear else "__Host-fund=")
        assert "Path=/;" in cookie + ";"
        assert "Domain" not in cookie
        with made.test_request_context("/"):
            from fundapp.pages.signin import visits

            visits.remember("a@b.example")
            known = made.process_response(Response()).headers.getlist("Set-Cookie")[0]
        assert known.startswith("known=" if sent_in_the_clear else "__Host-known=")
        assert ("Secure" not in known) is sent_in_the_clear
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(known.split("; "))
        assert "Domain" not in known
        office_of(made).db.close()


def test_cookies_are_signed_with_sha256(tmp_path: Path) -> None:
    """Neither cookie is believed with the SHA-1 that the libraries take by themselves."""
    app = app_over(tmp_path)
    with app.test_request_context("/"):
        from fundapp.pages.signin import visits

        for signer in (app.session_interface.get_signing_serializer(app), visits._signer()):  # type: ignore[attr-defined]
            assert signer.signer_kwargs["digest_method"] is sha256
    office_of(app).db.close()


def test_a_new_installation_knows_nobody(app: Flask) -> None:
    """No account of the house, with or without the demo: whoever runs it enters the first."""
    from sqlalchemy import func, select

    from fundapp.models import Account, RoleGrant

    with office_of(app).db.read() as conn:
        for model in (Account, RoleGrant):
            assert conn.execute(select(func.count()).select_from(model)).scalar_one() == 0


def test_no_other_cookie_is_ever_set() -> None:
    """Whoever adds one says here that it has all of the above."""
    setting = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "fundapp").rglob("*.py")
        if re.search(r"set_cookie\(|[\"']Set-Cookie[\"']", path.read_text())
    }
    assert setting == {"fundapp/pages/signin/visits.py"}


def test_signing_in_leads_nowhere_else(app: Flask) -> None:
    """`next` is a path of this service, whatever somebody wrote into the link."""
    from fundapp.pages.signin.visits import safe

    with app.test_request_context():
        for elsewhere in (
            "https://evil.example/",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "javascript:alert(1)",
            "desk",
            "",
        ):
            assert safe(elsewhere) == "/desk", elsewhere
        assert safe("/my-bids/ABC?from=2") == "/my-bids/ABC?from=2"
