"""Settings of the service, read from the environment once at start; every missing or bad value is named."""

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ROOT = Path(__file__).resolve().parent

#: Shorter keys can be guessed; both keys that are made here are twice as long in hex.
SHORTEST_SECRET = 32
SHORTEST_AUDIT_KEY = 32
SHORTEST_TOKEN = 20

YES = {"1", "true", "yes", "on"}
NO = {"0", "false", "no", "off"}

MAIL_SCHEMES = ("file", "smtp", "smtps", "smtp+starttls")
DATABASE_SCHEMES = re.compile(r"(sqlite|postgresql|postgres)(\+\w+)?")


class BadSettings(Exception):
    """The service cannot start; `problems` holds one sentence for each missing or bad value."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Settings:
    """What differs between installations. What may hold a password or key is left out of the repr.

    `SECOND_FACTOR=required` lets treasurer, chair, officer and auditor see nothing before they have given a second
    factor; `offered` asks it only of whoever set one up. Production requires it unless told otherwise, the demo offers it.
    """

    data: Path
    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    audit_key: bytes = field(repr=False)
    base_url: str
    mail_url: str = field(repr=False)
    mail_from: str
    queue_url: str = field(repr=False)
    storage_url: str = field(repr=False)
    zone: ZoneInfo
    #: Bank details are encrypted under the first; the others are older ones, which still open what was encrypted then.
    bank_keys: tuple[bytes, ...] = field(default=(), repr=False)
    #: The key that signs letters and its certificate, as PEM files; None: letters go out unsigned and say so.
    letter_seal: tuple[Path, Path] | None = None
    #: Whether the service makes both at first use; never in production.
    letter_seal_own: bool = False
    #: The file of the key that signs checkpoints of the record; None: nothing is sealed.
    seal_key: Path | None = None
    #: Whether the service makes that key at first use; never in production.
    seal_key_own: bool = False
    database_owner_url: str | None = field(default=None, repr=False)
    reply_to: str | None = None
    scanner_url: str | None = None
    demo: bool = False
    trusted_proxies: int = 0
    production: bool = False
    #: `required`: treasurer, chair, officer and auditor see nothing before a second factor; `offered`: if they set one.
    second_factor: str = "offered"
    #: `json`: a line of JSON for each request and job; `plain`: for somebody who reads along.
    log_format: str = "plain"
    #: `info`, or `warning`: then a line only for what goes wrong.
    log_level: str = "info"
    #: Who knows it may read `/metrics`; None: only this machine itself.
    metrics_token: str | None = field(default=None, repr=False)
    #: Connections to PostgreSQL that each process keeps open; at need it opens twice as many more.
    database_pool: int = 10
    #: Whether PostgreSQL keeps prepared statements for a connection; not through a pooler that lends it by transaction.
    database_prepares: bool = True
    #: The folder of the table for the modulus check, if it is not in the data folder.
    modulus_folder: Path | None = None

    @property
    def bank_weights(self) -> Path:
        """The folder of the table for the modulus check: `fundapp import-modulus-weights` fills it."""
        return self.modulus_folder or self.data / "modulus"

    @property
    def checkpoint(self) -> Path:
        """The newest checkpoint of the record, kept beside the database."""
        return self.data / "log" / "checkpoint"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """The settings that these variables give; an empty value counts as none.

        Makes the data folder and, outside production, the two keys in it at first use.
        Raises BadSettings with a sentence for every problem; no sentence repeats a secret.
        """
        given = _Reader(environ)
        data = given.folder("FUNDAPP_DATA", ROOT / "instance")
        production = given.choice("FUNDAPP_ENV", "development", ("development", "test", "production")) == (
            "production"
        )
        demo = given.flag("FUNDAPP_DEMO")
        second_factor = given.choice(
            "SECOND_FACTOR", "required" if production and not demo else "offered", ("required", "offered")
        )
        port = given.number("PORT", 5000, 1, 65535)
        settings = cls(
            data=data,
            database_url=given.database("DATABASE_URL") or f"sqlite:///{data / 'fundapp.db'}",
            database_owner_url=given.database("DATABASE_OWNER_URL"),
            secret_key=given.secret_key(data, production),
            audit_key=given.audit_key(data, production),
            bank_keys=given.bank_keys(data, production),
            letter_seal=given.letter_seal(data, production and not demo),
            letter_seal_own=given.value("LETTER_KEY") is None and (demo or not production),
            seal_key=given.seal_key(data, production and not demo),
            seal_key_own=given.value("SEAL_KEY") is None and (demo or not production),
            base_url=given.site("BASE_URL", f"http://127.0.0.1:{port}"),
            mail_url=given.mail("MAIL_URL", f"file:{data / 'mail'}"),
            mail_from=given.address("MAIL_FROM") or "Communities Fund <fund@communitiesfund.example>",
            reply_to=given.address("REPLY_TO"),
            scanner_url=given.scanner("SCANNER_URL"),
            queue_url=given.database("QUEUE_URL") or f"sqlite:///{data / 'huey.db'}",
            storage_url=given.storage("STORAGE_URL", f"file:{data / 'files'}"),
            zone=given.zone("TIMEZONE", "Europe/London"),
            demo=demo,
            trusted_proxies=given.number("TRUSTED_PROXIES", 0, 0, 10),
            production=production,
            second_factor=second_factor,
            log_level=given.choice("LOG_LEVEL", "info", ("info", "warning")),
            metrics_token=given.token("METRICS_TOKEN"),
            database_pool=given.number("DATABASE_POOL", 10, 1, 500),
            database_prepares=given.flag("DATABASE_PREPARES", "1"),
            modulus_folder=given.absolute("MODULUS_FOLDER"),
            log_format=given.choice("LOG_FORMAT", "json" if production else "plain", ("json", "plain")),
        )
        if given.problems:
            raise BadSettings(given.problems)
        return settings


class _Reader:
    """Reads one variable after another and keeps what is wrong, so that all of it is told at once."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []

    def value(self, name: str) -> str | None:
        return self.environ.get(name, "").strip() or None

    def bad(self, sentence: str) -> None:
        self.problems.append(sentence)

    def folder(self, name: str, default: Path) -> Path:
        path = Path(self.value(name) or default).absolute()
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as failure:
            self.bad(
                f"{name}: the folder {path} cannot be made ({failure.strerror}). "
                "Name a folder that the service may write to."
            )
        return path

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self.value(name) or default
        if value not in allowed:
            self.bad(f"{name} is {value!r}. Write one of {', '.join(allowed)}, or leave it out.")
        return value

    def number(self, name: str, default: int, least: int, most: int) -> int:
        value = self.value(name)
        if value is None:
            return default
        if re.fullmatch(r"[0-9]{1,9}", value) and least <= int(value) <= most:
            return int(value)
        self.bad(f"{name} is {value!r}. Write a whole number from {least} to {most}.")
        return default

    def absolute(self, name: str) -> Path | None:
        value = self.value(name)
        if value is not None and not Path(value).is_absolute():
            self.bad(f"{name} is {value!r}. Write the whole path of a folder, from the first /.")
        return Path(value) if value is not None else None

    def token(self, name: str) -> str | None:
        value = self.value(name)
        if value is not None and (
            len(value) < SHORTEST_TOKEN or not value.isascii() or not value.isprintable()
        ):
            self.bad(
                f"{name} can be guessed or not be sent. Set it to at least {SHORTEST_TOKEN} random letters and digits."
            )
        return value

    def flag(self, name: str, default: str = "0") -> bool:
        value = (self.value(name) or default).lower()
        if value not in YES | NO:
            self.bad(f"{name} is {value!r}. Write 1 for yes or 0 for no.")
        return value in YES

    def zone(self, name: str, default: str) -> ZoneInfo:
        value = self.value(name) or default
        try:
            return ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.bad(f"{name} is {value!r}, which is no known time zone. Write one such as Europe/London.")
            return ZoneInfo("UTC")

    def address(self, name: str) -> str | None:
        value = self.value(name)
        if value is not None:
            mailbox = parseaddr(value)[1]
            if not re.fullmatch(r"[^\s@<>,]+@[^\s@<>,]+", mailbox) or not value.isprintable():
                self.bad(f"{name} is no mail address. Write name@host or Some Name <name@host>.")
        return value

    def site(self, name: str, default: str) -> str:
        value = (self.value(name) or default).rstrip("/")
        parts = _split(value)
        if (
            parts is None
            or parts.scheme not in ("http", "https")
            or not parts.hostname
            or parts.username is not None
            or parts.query
            or parts.fragment
        ):
            self.bad(f"{name} is no web address. Write https://host, with a path if there is one.")
        return value

    def database(self, name: str) -> str | None:
        value = self.value(name)
        if value is None:
            return None
        parts = _split(value)
        scheme = parts and DATABASE_SCHEMES.fullmatch(parts.scheme)
        if not parts or not scheme:
            self.bad(
                f"{name} names no database that is served. "
                "Write sqlite:////path/to/file.db or postgresql://user@host/name."
            )
        elif scheme[1] == "sqlite" and (parts.netloc or parts.path in ("", "/", "/:memory:")):
            self.bad(f"{name} names no SQLite file. Write sqlite:////path/to/file.db.")
        return value

    def mail(self, name: str, default: str) -> str:
        value = self.value(name) or default
        parts = _split(value)
        if (
            parts is None
            or parts.scheme not in MAIL_SCHEMES
            or not (parts.path if parts.scheme == "file" else parts.hostname)
        ):
            self.bad(
                f"{name} names no way to send mail. Write file:/a/folder, smtp://user:password@host:port, "
                "smtps://… or smtp+starttls://…."
            )
        return value

    def storage(self, name: str, default: str) -> str:
        value = self.value(name) or default
        parts = _split(value)
        if parts is None or parts.scheme != "file" or parts.netloc or not parts.path:
            self.bad(f"{name} names no place for files. Write file:/a/folder.")
        return value

    def scanner(self, name: str) -> str | None:
        value = self.value(name)
        if value is None:
            return None
        parts = _split(value)
        # By the network with a port, or by a socket of this machine; what else stands there would go unheeded.
        if (
            parts is None
            or parts.scheme != "clamd"
            or parts.username is not None
            or parts.query
            or parts.fragment
            or not (parts.path in ("", "/") and parts.port if parts.hostname else parts.path.strip("/"))
        ):
            self.bad(f"{name} names no virus scanner. Write clamd://host:port or clamd:///path/to/socket.")
        return value

    def secret_key(self, data: Path, production: bool) -> str:
        given = self.value("SECRET_KEY")
        if production and given is None:
            self.bad(
                "SECRET_KEY is missing; production does not make its own. "
                "Set it to at least 32 random characters."
            )
        elif production and given is not None and len(given) < SHORTEST_SECRET:
            self.bad(
                f"SECRET_KEY is only {len(given)} characters long. Set it to at least 32 random characters."
            )
        if given is not None or production:
            return given or ""
        return self._kept(data / "secret_key", "SECRET_KEY")

    def audit_key(self, data: Path, production: bool) -> bytes:
        found = self.hex_keys("AUDIT_KEY", data / "audit_key", production)
        if len(found) > 1:
            self.bad("AUDIT_KEY is more than one key. Set it to one, of at least 64 hex digits.")
        return found[0] if len(found) == 1 else b""

    def bank_keys(self, data: Path, production: bool) -> tuple[bytes, ...]:
        return self.hex_keys("BANK_KEY", data / "bank_key", production)

    def letter_seal(self, data: Path, production: bool) -> tuple[Path, Path] | None:
        """Where the key that signs letters and its certificate lie; in production None unless both are set."""
        key, certificate = self.value("LETTER_KEY"), self.value("LETTER_CERT")
        if key is None and certificate is None:
            return None if production else (data / "letter_key.pem", data / "letter_cert.pem")
        if key is None or certificate is None:
            self.bad("LETTER_KEY and LETTER_CERT belong together. Set both to PEM files, or neither.")
            return None
        for name, path in (("LETTER_KEY", key), ("LETTER_CERT", certificate)):
            if not Path(path).is_file():
                self.bad(f"{name} names no file: {path}. Name a PEM file that the service may read.")
        return Path(key).absolute(), Path(certificate).absolute()

    def seal_key(self, data: Path, production: bool) -> Path | None:
        """Where the key that signs checkpoints lies; in production None unless it is set."""
        given = self.value("SEAL_KEY")
        if given is None:
            return None if production else data / "seal_key"
        if not Path(given).is_file():
            self.bad(
                f"SEAL_KEY names no file: {given}. Make one with `fundapp audit make-key FILE`, and name it."
            )
        return Path(given).absolute()

    def hex_keys(self, name: str, file: Path, production: bool) -> tuple[bytes, ...]:
        """The keys of a setting, or the one that is kept in a file; empty, with a problem noted, if any is no key."""
        given = self.value(name)
        if given is None and production:
            self.bad(
                f"{name} is missing; production does not make its own. "
                "Set it to at least 32 random bytes in hex (64 digits)."
            )
            return ()
        source = name
        if given is None:
            given = self._kept(file, name)
            source = f"The {file.stem.replace('_', ' ')} in {file}"
            if not given:
                return ()
        found = []
        for text in given.split(","):
            if not re.fullmatch(r"([0-9a-fA-F]{2})+", text.strip()):
                self.bad(f"{source} is not in hex. Write two digits from 0 to f for each byte.")
                return ()
            key = bytes.fromhex(text.strip())
            if len(key) < SHORTEST_AUDIT_KEY:
                self.bad(f"{source} is only {len(key)} bytes long. It needs at least 32 (64 hex digits).")
            found.append(key)
        return tuple(found)

    def _kept(self, path: Path, name: str) -> str:
        """The key in a file of the data folder; empty, with a problem noted, if there can be none."""
        try:
            kept = _made_once(path)
        except (OSError, UnicodeDecodeError) as failure:
            why = failure.strerror if isinstance(failure, OSError) else "it is not text"
            self.bad(f"{name} is not set and cannot be kept in {path} ({why}). Set {name}.")
            return ""
        if not kept:
            self.bad(f"The file {path} is empty. Put the old key back, or set {name}.")
        return kept


def _split(url: str) -> SplitResult | None:
    """The URL in parts; None when it cannot be read, its port included."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts if url.isprintable() else None


def _made_once(path: Path) -> str:
    """The key in this file, made now if there is none; processes that race all get the same one."""
    if not path.exists():
        number, fresh = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        try:
            with os.fdopen(number, "w") as file:
                file.write(secrets.token_hex(32) + "\n")
                file.flush()
                os.fsync(file.fileno())
            # A link, unlike a rename, never replaces the key of the process that came first.
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(fresh)
    return path.read_text(encoding="ascii").strip()
