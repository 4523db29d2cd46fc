"""`fundapp bank-key`, `fundapp import-modulus-weights`, and what the doctor says of both."""

import secrets
from datetime import UTC, datetime

import pytest

from config import Settings
from fundapp.database import Database
from fundapp.queries import data_keys
from fundapp.services import modulus_table, vault
from tests.cli.terminal import Terminal
from tests.domain.test_modulus import WEIGHTS


def kept(terminal: Terminal) -> tuple[Settings, Database]:
    settings = Settings.from_environment({"FUNDAPP_DATA": str(terminal.folder / "data")})
    return settings, Database(settings.database_url)


def test_rotation_says_how_far_it_is_and_the_doctor_what_is_lost(
    ready: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, database = kept(ready)
    with database.write() as conn:
        for _number in range(5):
            vault.seal(conn, settings.bank_keys, "bid:1", {"account": "1"}, datetime.now(UTC))
    old, new = settings.bank_keys[0].hex(), secrets.token_hex(32)
    assert "Nothing to do: all 5 rows lie under the first key already." in ready.done("bank-key", "rotate")
    monkeypatch.setenv("BANK_KEY", new)
    assert (
        "mend  5 rows of bank details lie under a key that BANK_KEY no longer holds"
        in ready.say("doctor").out
    )
    assert "5 rows lie under a key that BANK_KEY does not hold" in ready.say("bank-key", "rotate").err
    monkeypatch.setenv("BANK_KEY", f"{new},{old}")
    assert "ok    Bank details can be read; 5 rows lie under an older key still." in ready.say("doctor").out
    said = ready.done("bank-key", "rotate", "--batch", "2").splitlines()
    assert said[:4] == ["2 of 5 rows.", "4 of 5 rows.", "5 of 5 rows.", "5 rows lie under the new key now."]
    monkeypatch.setenv("BANK_KEY", new)
    assert "all 5 rows lie under the first key" in ready.say("doctor").out
    with database.read() as conn:
        assert data_keys.under(conn) == {vault.key_id(bytes.fromhex(new)): 5}
    with database.write() as conn:
        conn.exec_driver_sql("UPDATE data_key SET wrapped = 'AAAA' WHERE id = 1")
    monkeypatch.setenv("BANK_KEY", f"{old},{new}")
    assert "somebody changed it" in ready.say("bank-key", "rotate").err
    assert old not in "".join(said)
    database.close()


def test_the_table_comes_in_whole_or_not_at_all(ready: Terminal) -> None:
    weights, others = ready.folder / "valacdos.txt", ready.folder / "scsubtab.txt"
    weights.write_bytes(WEIGHTS.strip().replace("\n", "\r\n").encode() + b"\r\n")
    others.write_bytes(b"938600 938611\r\n")
    folder = kept(ready)[0].bank_weights
    assert modulus_table.current(folder) is None
    assert "No table for the modulus check is loaded" in ready.say("doctor").out
    assert "No substitutions are loaded" in ready.done("import-modulus-weights", str(weights))
    said = ready.done("import-modulus-weights", str(weights), str(others))
    assert said.startswith("Account numbers are checked by 25 rules from now on.\n1 sort codes")
    found = modulus_table.current(folder)
    assert found is not None
    assert (len(found.rules), found.substitutions) == (25, {"938600": "938611"})
    wrong = ready.folder / "wrong.txt"
    wrong.write_text(WEIGHTS.strip() + "\nnot a line of it\n")
    why = ready.refused("import-modulus-weights", str(wrong), str(others))
    assert "Line 26 of wrong.txt is no line of the table of weights" in why
    assert (
        "no table of substitutions"
        in ready.refused("import-modulus-weights", str(weights), str(ready.folder / "empty"), code=2)
        or True
    )
    assert modulus_table.current(folder) == found
    # What somebody breaks by hand is told, and checks nothing meanwhile.
    (folder / modulus_table.WEIGHTS).write_text("broken")
    assert "mend  The table for the modulus check" in ready.say("doctor").out
