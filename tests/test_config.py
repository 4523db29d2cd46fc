"""Settings: their defaults, every sentence about a bad value, and keys that are made once."""

import dataclasses
import multiprocessing
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import config
from config import BadSettings, Settings

AUDIT_KEY = "0f" * 32
BANK_KEY = "b4" * 32
SECRET_KEY = "correct horse battery staple, twice over"


def read(tmp_path: Path, **given: str) -> Settings:
    return Settings.from_environment({"FUNDAPP_DATA": str(tmp_path)} | given)


def problems(tmp_path: Path, **given: str) -> list[str]:
    with pytest.raises(BadSettings) as refused:
        read(tmp_path, **given)
    assert str(refused.value) == "\n".join(refused.value.problems)
    return refused.value.problems


def test_everything_has_a_default_in_the_data_folder(tmp_path: Path) -> None:
    data = tmp_path / "made" / "here"
    settings = Settings.from_environment({"FUNDAPP_DATA": str(data)})
    assert data.stat().st_mode & 0o777 == 0o700
    assert settings == Settings(
        data=data,
        database_url=f"sqlite:///{data}/fundapp.db",
        database_owner_url=None,
        secret_key=(data / "secret_key").read_text().strip(),
        audit_key=bytes.fromhex((data / "audit_key").read_text().strip()),
        bank_keys=(bytes.fromhex((data / "bank_key").read_text().strip()),),
        letter_seal=(data / "letter_key.pem", data / "letter_cert.pem"),
        letter_seal_own=True,
        seal_key=data / "seal_key",
        seal_key_own=True,
        base_url="http://127.0.0.1:5000",
        mail_url=f"file:{data}/mail",
        mail_from="Communities Fund <fund@communitiesfund.example>",
        reply_to=None,
        scanner_url=None,
        queue_url=f"sqlite:///{data}/huey.db",
        storage_url=f"file:{data}/files",
        zone=ZoneInfo("Europe/London"),
        demo=False,
        trusted_proxies=0,
        production=False,
        second_factor="offered",
    )


def test_the_data_folder_is_instance_beside_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "ROOT", tmp_path)
    assert Settings.from_environment({}).data == tmp_path / "instance"


def test_every_value_can_be_given(tmp_path: Path) -> None:
    pems = (tmp_path / "seal" / "key.pem", tmp_path / "seal" / "cert.pem")
    pems[0].parent.mkdir()
    for pem in pems:
        pem.write_text("")
    given = {
        "DATABASE_URL": "postgresql://fund@db/fund",
        "DATABASE_OWNER_URL": "postgresql://owner@db/fund",
        "SECRET_KEY": SECRET_KEY,
        "AUDIT_KEY": AUDIT_KEY,
        "BANK_KEY": f"{BANK_KEY}, {AUDIT_KEY}",
        "LETTER_KEY": str(pems[0]),
        "LETTER_CERT": str(pems[1]),
        "SEAL_KEY": str(pems[0]),
        "BASE_URL": "https://fund.example/apply/",
        "MAIL_URL": "smtp+starttls://post:secret@mail.example:587",
        "MAIL_FROM": "Fund <fund@fund.example>",
        "REPLY_TO": "officer@fund.example",
        "QUEUE_URL": "postgresql://fund@db/queue",
        "STORAGE_URL": "file:/srv/files",
        "SCANNER_URL": "clamd:///run/clamav/clamd.ctl",
        "TIMEZONE": "Europe/Dublin",
        "FUNDAPP_DEMO": "1",
        "TRUSTED_PROXIES": "2",
        "FUNDAPP_ENV": "production",
        "SECOND_FACTOR": "required",
        "LOG_FORMAT": "plain",
        "LOG_LEVEL": "warning",
        "METRICS_TOKEN": "only-for-prometheus-0001",
        "DATABASE_POOL": "25",
        "DATABASE_PREPARES": "0",
        "MODULUS_FOLDER": "/srv/modulus",
    }
    assert read(tmp_path, **given) == Settings(
        data=tmp_path,
        database_url="postgresql://fund@db/fund",
        database_owner_url="postgresql://owner@db/fund",
        secret_key=SECRET_KEY,
        audit_key=b"\x0f" * 32,
        bank_keys=(b"\xb4" * 32, b"\x0f" * 32),
        letter_seal=pems,
        letter_seal_own=False,
        seal_key=pems[0],
        seal_key_own=False,
        base_url="https://fund.example/apply",
        mail_url="smtp+starttls://post:secret@mail.example:587",
        mail_from="Fund <fund@fund.example>",
        reply_to="officer@fund.example",
        queue_url="postgresql://fund@db/queue",
        storage_url="file:/srv/files",
        scanner_url="clamd:///run/clamav/clamd.ctl",
        zone=ZoneInfo("Europe/Dublin"),
        demo=True,
        trusted_proxies=2,
        production=True,
        second_factor="required",
        log_format="plain",
        log_level="warning",
        metrics_token="only-for-prometheus-0001",
        database_pool=25,
        database_prepares=False,
        modulus_folder=Path("/srv/modulus"),
    )
    assert list(tmp_path.iterdir()) == [pems[0].parent]


@pytest.mark.parametrize(
    ("environment", "demo", "given", "expected"),
    [
        ("production", "0", "", "required"), ("production", "1", "", "offered"), ("development", "0", "", "offered"),
        ("test", "0", "required", "required"), ("production", "0", "offered", "offered"),
    ],
)  # fmt: skip
def test_production_demands_a_second_factor(
    tmp_path: Path, environment: str, demo: str, given: str, expected: str
) -> None:
    settings = read(
        tmp_path, FUNDAPP_ENV=environment, FUNDAPP_DEMO=demo, SECOND_FACTOR=given, SECRET_KEY=SECRET_KEY,
        AUDIT_KEY=AUDIT_KEY, BANK_KEY=BANK_KEY,
    )  # fmt: skip
    assert settings.second_factor == expected


def test_an_empty_value_counts_as_none(tmp_path: Path) -> None:
    names = [
        "DATABASE_URL", "DATABASE_OWNER_URL", "SECRET_KEY", "AUDIT_KEY", "BANK_KEY", "LETTER_KEY", "LETTER_CERT",
        "BASE_URL", "MAIL_URL", "MAIL_FROM", "REPLY_TO", "QUEUE_URL", "STORAGE_URL", "SCANNER_URL",
        "TIMEZONE", "FUNDAPP_DEMO", "TRUSTED_PROXIES", "FUNDAPP_ENV",
        "PORT", "SECOND_FACTOR",
    ]  # fmt: skip
    assert read(tmp_path, **dict.fromkeys(names, "")) == read(tmp_path)
    assert read(tmp_path, **dict.fromkeys(names, "  ")) == read(tmp_path)


def test_the_port_moves_the_default_address_only(tmp_path: Path) -> None:
    assert read(tmp_path, PORT="8123").base_url == "http://127.0.0.1:8123"
    assert read(tmp_path, PORT="8123", BASE_URL="http://here.example").base_url == "http://here.example"


@pytest.mark.parametrize(
    "url", ["clamd://scanner.example:3310", "clamd://[::1]:3310", "clamd:///run/clamd.ctl"]
)
def test_a_scanner_is_named_by_host_and_port_or_by_its_socket(tmp_path: Path, url: str) -> None:
    assert read(tmp_path, SCANNER_URL=url).scanner_url == url


@pytest.mark.parametrize(
    "url",
    ["clamd", "clamd://", "clamd:///", "clamd://scanner.example", "clamd://host:0", "clamd://host:99999", "http://host:3310",
     "clamd://host:3310/path", "clamd://me@host:3310", "clamd:///run/clamd.ctl?x=1"],
)  # fmt: skip
def test_what_names_no_scanner_is_said(tmp_path: Path, url: str) -> None:
    said = "SCANNER_URL names no virus scanner. Write clamd://host:port or clamd:///path/to/socket."
    assert problems(tmp_path, SCANNER_URL=url) == [said]


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        read(tmp_path).demo = True  # type: ignore[misc]


DATABASE = (
    "{} names no database that is served. Write sqlite:////path/to/file.db or postgresql://user@host/name."
)
NO_FILE = "{} names no SQLite file. Write sqlite:////path/to/file.db."
MAIL = (
    "MAIL_URL names no way to send mail. Write file:/a/folder, smtp://user:password@host:port, "
    "smtps://… or smtp+starttls://…."
)
SITE = "BASE_URL is no web address. Write https://host, with a path if there is one."
PLACE = "STORAGE_URL names no place for files. Write file:/a/folder."
ADDRESS = "{} is no mail address. Write name@host or Some Name <name@host>."
TOGETHER = "LETTER_KEY and LETTER_CERT belong together. Set both to PEM files, or neither."
PROXIES = "TRUSTED_PROXIES is {!r}. Write a whole number from 0 to 10."
ZONE = "TIMEZONE is {!r}, which is no known time zone. Write one such as Europe/London."


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DATABASE_URL", "mysql://fund:hunter2@db/fund", DATABASE.format("DATABASE_URL")),
        ("DATABASE_URL", "fund.db", DATABASE.format("DATABASE_URL")),
        ("DATABASE_URL", "sqlite://", NO_FILE.format("DATABASE_URL")),
        ("DATABASE_URL", "sqlite:///:memory:", NO_FILE.format("DATABASE_URL")),
        ("DATABASE_URL", "postgresql://fund:hunter2@db:port/fund", DATABASE.format("DATABASE_URL")),
        ("DATABASE_OWNER_URL", "oracle://x", DATABASE.format("DATABASE_OWNER_URL")),
        ("QUEUE_URL", "redis://localhost", DATABASE.format("QUEUE_URL")),
        ("AUDIT_KEY", "hunter2", "AUDIT_KEY is not in hex. Write two digits from 0 to f for each byte."),
        ("AUDIT_KEY", "abc", "AUDIT_KEY is not in hex. Write two digits from 0 to f for each byte."),
        ("AUDIT_KEY", "0f" * 31, "AUDIT_KEY is only 31 bytes long. It needs at least 32 (64 hex digits)."),
        (
            "AUDIT_KEY",
            f"{AUDIT_KEY},{AUDIT_KEY}",
            "AUDIT_KEY is more than one key. Set it to one, of at least 64 hex digits.",
        ),
        ("BANK_KEY", "hunter2", "BANK_KEY is not in hex. Write two digits from 0 to f for each byte."),
        ("BANK_KEY", f"{BANK_KEY},", "BANK_KEY is not in hex. Write two digits from 0 to f for each byte."),
        (
            "BANK_KEY",
            f"{BANK_KEY},{'b4' * 31}",
            "BANK_KEY is only 31 bytes long. It needs at least 32 (64 hex digits).",
        ),
        ("LETTER_KEY", "/srv/key.pem", TOGETHER),
        ("LETTER_CERT", "/srv/cert.pem", TOGETHER),
        ("BASE_URL", "ftp://fund.example", SITE),
        ("BASE_URL", "fund.example", SITE),
        ("BASE_URL", "https://", SITE),
        ("BASE_URL", "https://fund.example/?a=b", SITE),
        ("BASE_URL", "https://me:hunter2@fund.example", SITE),
        ("MAIL_URL", "smtp://", MAIL),
        ("MAIL_URL", "smtp://post:hunter2@mail.example:99999", MAIL),
        ("MAIL_URL", "https://mail.example", MAIL),
        ("MAIL_URL", "file:", MAIL),
        ("MAIL_FROM", "Communities Fund", ADDRESS.format("MAIL_FROM")),
        ("MAIL_FROM", "Fund <fund@fund.example>\r\nBcc: x@y.example", ADDRESS.format("MAIL_FROM")),
        ("REPLY_TO", "@fund.example", ADDRESS.format("REPLY_TO")),
        ("STORAGE_URL", "s3://bucket", PLACE),
        ("STORAGE_URL", "file://host/folder", PLACE),
        ("TIMEZONE", "Mars/Olympus", ZONE.format("Mars/Olympus")),
        ("TIMEZONE", "Europe", ZONE.format("Europe")),
        ("TIMEZONE", "../../etc/passwd", ZONE.format("../../etc/passwd")),
        ("TRUSTED_PROXIES", "-1", PROXIES.format("-1")),
        ("TRUSTED_PROXIES", "11", PROXIES.format("11")),
        ("TRUSTED_PROXIES", "٢", PROXIES.format("٢")),
        ("PORT", "65536", "PORT is '65536'. Write a whole number from 1 to 65535."),
        ("FUNDAPP_DEMO", "maybe", "FUNDAPP_DEMO is 'maybe'. Write 1 for yes or 0 for no."),
        (
            "SECOND_FACTOR",
            "no",
            "SECOND_FACTOR is 'no'. Write one of required, offered, or leave it out.",
        ),
        (
            "FUNDAPP_ENV",
            "prod",
            "FUNDAPP_ENV is 'prod'. Write one of development, test, production, or leave it out.",
        ),
    ],
)
def test_each_bad_value_has_its_sentence(tmp_path: Path, name: str, value: str, sentence: str) -> None:
    told = problems(tmp_path, **{name: value})
    assert told == [sentence]
    assert "hunter2" not in told[0]


@pytest.mark.parametrize(
    ("value", "flag"), [("1", True), ("true", True), ("YES", True), ("on", True), ("0", False), ("No", False)]
)
def test_a_flag_is_read_as_people_write_it(tmp_path: Path, value: str, flag: bool) -> None:
    assert read(tmp_path, FUNDAPP_DEMO=value).demo is flag


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    told = problems(
        tmp_path,
        FUNDAPP_ENV="production",
        DATABASE_URL="x",
        SECRET_KEY="too short",
        TIMEZONE="Mars",
        PORT="x",
    )
    assert told == [
        "PORT is 'x'. Write a whole number from 1 to 65535.",
        DATABASE.format("DATABASE_URL"),
        "SECRET_KEY is only 9 characters long. Set it to at least 32 random characters.",
        "AUDIT_KEY is missing; production does not make its own. "
        "Set it to at least 32 random bytes in hex (64 digits).",
        "BANK_KEY is missing; production does not make its own. "
        "Set it to at least 32 random bytes in hex (64 digits).",
        ZONE.format("Mars"),
    ]
    assert list(tmp_path.iterdir()) == []


def test_production_demands_its_keys_even_if_kept_ones_stand_there(tmp_path: Path) -> None:
    read(tmp_path)
    assert problems(tmp_path, FUNDAPP_ENV="production") == [
        "SECRET_KEY is missing; production does not make its own. Set it to at least 32 random characters.",
        "AUDIT_KEY is missing; production does not make its own. "
        "Set it to at least 32 random bytes in hex (64 digits).",
        "BANK_KEY is missing; production does not make its own. "
        "Set it to at least 32 random bytes in hex (64 digits).",
    ]


def test_outside_production_any_secret_key_will_do(tmp_path: Path) -> None:
    assert read(tmp_path, SECRET_KEY="x").secret_key == "x"
    assert not (tmp_path / "secret_key").exists()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    data = tmp_path / "file" / "data"
    told = problems(
        tmp_path, FUNDAPP_DATA=str(data), SECRET_KEY=SECRET_KEY, AUDIT_KEY=AUDIT_KEY, BANK_KEY=BANK_KEY
    )
    assert told == [
        f"FUNDAPP_DATA: the folder {data} cannot be made (Not a directory). "
        "Name a folder that the service may write to."
    ]


@pytest.mark.parametrize("absent", ["LETTER_KEY", "LETTER_CERT"])
def test_letters_are_signed_with_files_that_are_there(tmp_path: Path, absent: str) -> None:
    there = tmp_path / "there.pem"
    there.write_text("")
    given = {"LETTER_KEY": str(there), "LETTER_CERT": str(there)} | {absent: "/srv/none.pem"}
    told = problems(tmp_path, **given)
    assert told == [f"{absent} names no file: /srv/none.pem. Name a PEM file that the service may read."]


@pytest.mark.parametrize(("demo", "own"), [("0", False), ("1", True)])
def test_production_makes_no_key_for_letters_but_for_the_demo(tmp_path: Path, demo: str, own: bool) -> None:
    settings = read(
        tmp_path, FUNDAPP_ENV="production", FUNDAPP_DEMO=demo, SECRET_KEY=SECRET_KEY, AUDIT_KEY=AUDIT_KEY,
        BANK_KEY=BANK_KEY,
    )  # fmt: skip
    assert (settings.letter_seal is not None, settings.letter_seal_own) == (own, own)
    assert (settings.seal_key is not None, settings.seal_key_own) == (own, own)


def test_checkpoints_are_signed_with_a_key_that_is_there(tmp_path: Path) -> None:
    told = problems(tmp_path, SEAL_KEY="/srv/none")
    assert told == [
        "SEAL_KEY names no file: /srv/none. Make one with `fundapp audit make-key FILE`, and name it."
    ]


def test_no_secret_shows_in_the_repr(tmp_path: Path) -> None:
    made = read(tmp_path)
    assert made.secret_key not in repr(made)
    given = read(
        tmp_path,
        SECRET_KEY="hunter2",
        DATABASE_URL="postgresql://fund:hunter2@db/fund",
        DATABASE_OWNER_URL="postgresql://owner:hunter2@db/fund",
        QUEUE_URL="postgresql://fund:hunter2@db/queue",
        MAIL_URL="smtp://post:hunter2@mail.example",
        AUDIT_KEY=AUDIT_KEY,
        BANK_KEY=BANK_KEY,
    )
    assert "hunter2" not in repr(given)
    assert "\\x0f" not in repr(given)
    assert "\\xb4" not in repr(given)


def test_keys_are_made_once_and_for_the_service_only(tmp_path: Path) -> None:
    first = read(tmp_path)
    assert len(first.secret_key) == 64
    assert len(first.audit_key) == 32
    assert [len(key) for key in first.bank_keys] == [32]
    assert len({first.secret_key, first.audit_key.hex(), first.bank_keys[0].hex()}) == 3
    assert read(tmp_path) == first
    kept = sorted(tmp_path.iterdir())
    assert [path.name for path in kept] == ["audit_key", "bank_key", "secret_key"]
    assert [path.stat().st_mode & 0o777 for path in kept] == [0o600] * 3


@pytest.mark.parametrize(
    ("file", "content", "sentence"),
    [
        ("secret_key", b"", "The file {} is empty. Put the old key back, or set SECRET_KEY."),
        ("bank_key", b"", "The file {} is empty. Put the old key back, or set BANK_KEY."),
        ("audit_key", b"\n", "The file {} is empty. Put the old key back, or set AUDIT_KEY."),
        (
            "audit_key",
            b"zz",
            "The audit key in {} is not in hex. Write two digits from 0 to f for each byte.",
        ),
        (
            "audit_key",
            b"\xff",
            "AUDIT_KEY is not set and cannot be kept in {} (it is not text). Set AUDIT_KEY.",
        ),
    ],
)
def test_a_spoilt_key_is_told_and_never_replaced(
    tmp_path: Path, file: str, content: bytes, sentence: str
) -> None:
    path = tmp_path / file
    path.write_bytes(content)
    assert problems(tmp_path) == [sentence.format(path)]
    assert path.read_bytes() == content


TURNS = 10


def take_keys(folder: str, ready: Barrier, taken: "Queue[list[tuple[object, ...]]]") -> None:
    keys: list[tuple[object, ...]] = []
    for turn in range(TURNS):
        ready.wait(timeout=60)
        settings = Settings.from_environment({"FUNDAPP_DATA": f"{folder}/{turn}"})
        keys.append((settings.secret_key, settings.audit_key, settings.bank_keys))
    taken.put(keys)


@pytest.mark.race
def test_processes_that_race_for_the_first_use_get_the_same_keys(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    ready, taken = spawn.Barrier(8), spawn.Queue()
    processes = [spawn.Process(target=take_keys, args=(str(tmp_path), ready, taken)) for _ in range(8)]
    for process in processes:
        process.start()
    try:
        told = [taken.get(timeout=120) for _ in processes]
        for process in processes:
            process.join(timeout=30)
    finally:
        for process in processes:
            process.kill()
    assert told == [told[0]] * 8
    assert len(set(told[0])) == TURNS
    for turn in range(TURNS):
        kept = sorted(path.name for path in (tmp_path / str(turn)).iterdir())
        assert kept == ["audit_key", "bank_key", "secret_key"]
