"""`fundapp import-statement`: what each line is, then the certain payments by the treasurer who is named."""

from datetime import datetime

from config import Settings
from fundapp.database import Database
from tests.cli.terminal import Terminal
from tests.services import world


def test_a_statement_by_the_command(ready: Terminal) -> None:
    ready.done("seed")
    database = Database(Settings.from_environment({"FUNDAPP_DATA": str(ready.folder / "data")}).database_url)
    with database.read() as conn:
        fund = conn.exec_driver_sql("SELECT code FROM fund ORDER BY id").scalar()
        reference, number, pence = conn.exec_driver_sql(
            "SELECT b.reference, p.number, p.amount_pence FROM payment p JOIN bid b ON b.id = p.bid_id WHERE p.state = 'sent'"
        ).one()
    today = datetime.now(world.LONDON).date().isoformat()
    file = ready.folder / "march.csv"
    file.write_text(
        f"Date,Description,Amount\n{today},FPS {reference}-{number},-{pence / 100:.2f}\n{today},Fee,-2.50\n"
    )
    given = ("import-statement", str(file), "--fund", str(fund))
    said = ready.done(*given, "--dry-run")
    assert (
        f"Line 2, {today}, -£{pence / 100:,.2f}: paid, by reference and amount ({reference}-{number})."
        in said
    )
    assert f"Line 3, {today}, -£2.50: no payment of ours." in said
    assert said.endswith("Nothing was changed.\n")
    assert "--by with the treasurer's address" in ready.say(*given).err
    assert "Nobody signs in with nobody@demo.example" in ready.say(*given, "--by", "nobody@demo.example").err
    refused = ready.say(*given, "--by", "officer@demo.example")
    assert refused.code == 1, "an officer marks no payment as paid"
    done = ready.done(*given, "--by", "treasurer@demo.example")
    assert "2 lines on record; 1 payment marked as paid." in done
    assert "Nothing is new: 2 lines of the file came in before." in ready.done(
        *given, "--by", "treasurer@demo.example"
    )
    assert (
        "There is no fund NONE. There is: "
        in ready.say("import-statement", str(file), "--fund", "NONE", "--dry-run").err
    )
    file.write_text("Date,Amount\n31/02/2026,5\n")
    assert "1 problem in march.csv. Nothing was taken in" in ready.say(*given, "--dry-run").err
    database.close()
