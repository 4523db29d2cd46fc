"""The files of docs/deployment: each is what its program reads, and says nothing that the service does not know."""

import configparser
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from config import ROOT, Settings
from fundapp.cli import COMMANDS
from tests.databases import url_of
from tests.fleet.processes import Fleet, Web
from tests.fleet.visitor import Visitor
from tests.fleet.waiting import free_port, wait_for
from tests.web import app_over

FOLDER = ROOT / "docs" / "deployment"
UNITS = sorted([*FOLDER.glob("*.service"), *FOLDER.glob("*.timer")], key=lambda path: path.name)
#: What the service reads from its environment.
KNOWN = set(re.findall(r'"([A-Z][A-Z_]{3,})"', (ROOT / "config.py").read_text()))


def settings_of(text: str) -> dict[str, str]:
    """The settings of an environment file, those that stand behind a # to be taken in too."""
    return dict(re.findall(r"^#?([A-Z][A-Z_]+)=(.*)$", text, re.M))


def test_the_environment_file_names_only_settings_that_there_are_and_starts_production(
    tmp_path: Path,
) -> None:
    text = (FOLDER / "fund.env").read_text()
    assert set(settings_of(text)) <= KNOWN
    given = dict(re.findall(r"^([A-Z][A-Z_]+)=(.*)$", text, re.M))
    given |= dict.fromkeys(("SECRET_KEY", "AUDIT_KEY", "BANK_KEY", "METRICS_TOKEN"), "5eed" * 16)
    for name in ("LETTER_KEY", "LETTER_CERT", "SEAL_KEY"):
        (tmp_path / name).write_text("")
        given[name] = str(tmp_path / name)
    settings = Settings.from_environment({**given, "FUNDAPP_DATA": str(tmp_path / "data")})
    assert (settings.production, settings.trusted_proxies, settings.log_format) == (True, 1, "json")


def test_the_documents_name_only_settings_that_there_are() -> None:
    told = (ROOT / "docs" / "deployment.md").read_text()
    named = set(re.findall(r"`([A-Z]{3,}(?:_[A-Z]+)+)(?:=[^`]*)?`", told))
    assert named <= KNOWN, named - KNOWN
    readme = (ROOT / "README.md").read_text()
    table = set(re.findall(r"`([A-Z][A-Z_]{3,})`", readme.split("## Settings")[1]))
    assert table | {"FUNDAPP_ENV"} >= KNOWN, KNOWN - table
    for name in re.findall(r"docs/deployment/([\w.-]+)|\(deployment/([\w.-]+)\)", told):
        assert (FOLDER / (name[0] or name[1])).is_file(), name


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_is_one_and_runs_what_there_is(unit: Path) -> None:
    read = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string(unit.read_text())
    assert read["Unit"]["Description"].startswith("Communities Fund")
    if unit.suffix == ".timer":
        assert (FOLDER / unit.with_suffix(".service").name).is_file()
        return
    assert read["Service"]["EnvironmentFile"] == "/etc/fund/fund.env"
    assert (read["Service"]["User"], read["Service"]["NoNewPrivileges"]) == ("fund", "yes")
    for command in re.findall(r"bin/fundapp ([\w-]+)", unit.read_text()):
        assert command in COMMANDS
    for module in re.findall(r"(?:python:)?(fundapp\.\w+)", unit.read_text()):
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file()


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd is not installed")
    for unit in UNITS:  # its programs are not installed here
        (tmp_path / unit.name).write_text(re.sub(r"=/opt/fund/\S+", "=/bin/true", unit.read_text()))
    told = subprocess.run(
        [program, "verify", *sorted(map(str, tmp_path.iterdir()))], capture_output=True, text=True, timeout=60
    )
    assert (told.returncode, [line for line in told.stderr.splitlines() if "fund-" in line]) == (0, [])


def test_the_figures_that_call_somebody_are_figures_that_there_are() -> None:
    code = "".join(path.read_text() for path in (ROOT / "fundapp").rglob("*.py"))
    rules = yaml.safe_load((FOLDER / "fund_rules.yml").read_text())
    for rule in rules["groups"][0]["rules"]:
        for name in re.findall(r"\bfund_\w+", rule["expr"]):
            assert f'"{name}"' in code, name
    assert yaml.safe_load((FOLDER / "prometheus.yml").read_text())["rule_files"] == ["fund_rules.yml"]


def test_nginx_s_file_is_whole() -> None:
    text = re.sub(r"#.*", "", (FOLDER / "nginx.conf").read_text())
    assert text.count("{") == text.count("}")
    for line in filter(None, map(str.strip, text.splitlines())):
        assert line.endswith(("{", "}", ";")), line
    # The three headers that are believed are set and never handed on, and so is the moment that deadlines count from.
    for name in ("For", "Proto", "Host"):
        assert re.search(rf"proxy_set_header X-Forwarded-{name}\s+\$(remote_addr|scheme|host);", text)
    assert "$proxy_add_x_forwarded_for" not in text
    assert re.search(r"proxy_set_header X-Request-Start\s+\$msec;", text)
    assert re.search(r"proxy_set_header X-Request-ID\s+\$request_id;", text)


def test_in_the_clear_nginx_answers_with_the_way_to_tls_alone() -> None:
    text = re.sub(r"#.*", "", (FOLDER / "nginx.conf").read_text())
    clear, over_tls = text.split("server {\n")[1:]
    assert re.findall(r"listen (.+);", clear) == ["80", "[::]:80"]
    assert re.findall(r"location (\S+)", clear) == ["/.well-known/acme-challenge/", "/"]
    assert "location / { return 301 https://$host$request_uri; }" in clear
    assert "proxy_pass" not in clear
    assert set(re.findall(r"listen \S+ (.+);", over_tls)) == {"ssl http2"}
    assert re.search(r"ssl_protocols +TLSv1\.2 TLSv1\.3;", over_tls)
    # Nothing is served from a folder: every path is the service's.
    assert not re.search(r"\b(root|alias|autoindex|try_files)\b", over_tls)


def test_no_link_that_opens_something_reaches_nginx_s_log(tmp_path: Path) -> None:
    """Neither as what was asked for nor as the page that asked for something: a page tells its own parts its address."""
    text = re.sub(r"#.*", "", (FOLDER / "nginx.conf").read_text())
    kept_out = re.search(r"~(\^/\S+)\s+0;", text)
    assert kept_out
    opening = [rule.rule for rule in app_over(tmp_path).url_map.iter_rules() if "token" in rule.arguments]
    assert len(opening) > 3
    assert [path for path in opening if not re.match(kept_out[1], path)] == []
    assert re.findall(r"access_log \S+ (\S+) if=\$fund_logged;", text) == ["fund"]
    assert "referer" not in text


@pytest.mark.parametrize(
    "heads",
    [
        ("Content-Length: 4", "Transfer-Encoding: chunked"),
        ("Content-Length: 4", "Content-Length: 5"),
        ("Content-Length: +4",),
        ("Transfer-Encoding: chunked, identity",),
        ("Transfer-Encoding: xchunked",),
        ("Transfer-Encoding : chunked",),
        ("Transfer-Encoding:\x0bchunked",),
        ("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
    ],
)
def test_where_a_request_ends_is_never_guessed(heads: tuple[str, ...]) -> None:
    """By the server behind nginx: what could be read in two ways is not read at all."""
    from gunicorn.config import Config
    from gunicorn.http.errors import ParseException
    from gunicorn.http.parser import RequestParser

    said = "\r\n".join(("POST /sign-in HTTP/1.1", "Host: fund.example", *heads, "", "0\r\n\r\n"))
    with pytest.raises(ParseException):
        next(RequestParser(Config(), [said.encode("latin-1")], ("127.0.0.1", 1)))


@contextmanager
def nginx(program: str, webs: list[Web]) -> Iterator[tuple[Web, Path]]:
    """Nginx with the very file of the documents before these webs, its ports and paths put in: (where it is, its log)."""
    folder, port = Path(tempfile.mkdtemp(prefix="fundapp-nginx-")), free_port()
    log = folder / "fund.log"
    text = (FOLDER / "nginx.conf").read_text()
    servers = "\n".join(f"    server 127.0.0.1:{web.port} max_fails=2 fail_timeout=5s;" for web in webs)
    for old, new in (
        (r"    server 127\.0\.0\.1:8000.*", servers),
        (r"listen 80;", f"listen 127.0.0.1:{free_port()};"),
        (r"listen 443 ssl http2;", f"listen 127.0.0.1:{port} ssl http2;"),
        (r" +listen \[::\].*\n", ""),
        (r"/etc/letsencrypt/live/fund.example.org", str(folder)),
        (r"/var/log/nginx/fund.error.log", str(folder / "error.log")),
        (r"/var/log/nginx/fund.log", str(log)),
        (r"fund\.example\.org", "fund.example"),
    ):
        text, many = re.subn(old, new, text)
        assert many, old
    (folder / "fund.conf").write_text(text)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{temporary}include {folder}/fund.conf;\n}}\n"
    )
    _certificate(folder)
    user = ["-g", "user root;"] if os.geteuid() == 0 else []
    given = [
        program,
        "-p",
        str(folder),
        "-e",
        str(folder / "error.log"),
        "-c",
        str(folder / "nginx.conf"),
        *user,
    ]
    tested = subprocess.run([*given, "-t"], capture_output=True, text=True, timeout=30)
    assert tested.returncode == 0, tested.stderr
    process = subprocess.Popen(given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    before = Web("nginx", [], {}, log)
    before.port = port
    try:
        yield before, log
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(folder)


def _certificate(folder: Path) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "fund.example")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(1), now + timedelta(1))
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    (folder / "fullchain.pem").write_bytes(made)
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


@pytest.mark.postgres
def test_nginx_before_two_webs(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """With the file of the documents: what a client claims is thrown away, and a web that dies is passed over."""
    program = os.environ.get("NGINX_PROGRAM") or shutil.which("nginx")
    if program is None:
        pytest.skip("nginx is not installed: apt-get install nginx, or name it with NGINX_PROGRAM=/path")
    database = request.getfixturevalue("postgres_database")
    with Fleet(tmp_path / "fleet", url_of(database), worker_count=0) as fleet, nginx(program, fleet.webs) as (
        before, log,
    ):  # fmt: skip
        visitor = Visitor(secure=True)
        wait_for(lambda: before.is_up(), "nginx")
        page = visitor.ask(
            before,
            "GET",
            "/sign-in",
            **{"X-Request-ID": "mine-and-forged", "X-Forwarded-For": "198.51.100.1"},
        )
        assert page.status == 200
        number = page.headers["X-Request-ID"]
        assert re.fullmatch(r"[0-9a-f]{32}", number)
        wait_for(lambda: number in "".join(web.said() for web in fleet.webs), "its line")
        assert page.headers["Strict-Transport-Security"]
        assert [visitor.get(before, path).status for path in ("/metrics", "/readyz")] == [404, 404]
        assert visitor.send(before, "/sign-in", {"email": "a@b.example"}, page=page).status == 303
        secret = "/sign-in/link/abcdefghijklmnopqrstuvwxyz234567"
        assert visitor.get(before, secret).status == 404
        fleet.webs[0].kill()
        assert {visitor.get(before, "/rules").status for _ in range(12)} == {200}
        wait_for(lambda: "/rules" in log.read_text(), "the log")
        assert secret not in log.read_text()
