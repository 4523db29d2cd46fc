"""Bank details: kept encrypted, changed only by two people and some days, looked at on record, rewrapped under new keys."""

import dataclasses
import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from fundapp.demo.stage import Stage
from fundapp.queries import data_keys, payees
from fundapp.queries import payers as payer_queries
from fundapp.services import awards, bank_details, payers, vault
from fundapp.services.bank_details import Account
from fundapp.services.deed import Office
from fundapp.services.payers import PayerRefused
from fundapp.services.transition import NotThere, Refused, fire
from tests.services import world

#: A published example of the modulus check, and another.
OTHER = Account("Millbeck Walkers", "business", "089999", "66374958")
OWN = Account("Communities Fund", "business", "107999", "88837491")
NEW_KEY = bytes(range(64, 96))


def accepted(office: Office, stage: Stage) -> int:
    (bid,) = world.awarded(stage, 0)
    stage.accept(bid)
    return bid


def states(office: Office, bid: int) -> dict[str, str]:
    """State by the end of the account's number."""
    return {row["account_ends"]: row["state"] for row in world.rows(office, "payee", bid_id=bid)}


def test_a_change_needs_another_person_and_its_days_and_recalls_what_was_approved(
    office: Office, stage: Stage
) -> None:
    bid = accepted(office, stage)
    member, treasurer, officer = (stage.cast.actor(key) for key in ("member", "treasurer", "officer"))
    old = world.one(office, "payee", bid_id=bid)
    stage.pay(bid, (60, 40), paid=0, approved=1)
    bank_details.change(office, member, bid, OTHER, stage.released, "The bank closed")
    change = world.one(office, "payee", bid_id=bid, state="asked")
    assert change["cools_until"] - change["given_at"] == timedelta(days=3)
    # While it is under way there is no second one, nothing is approved for it, and nobody confirms without a word.
    with pytest.raises(Refused) as refused:
        bank_details.change(office, member, bid, OTHER, stage.released)
    assert [why.code for why in refused.value.refusals] == ["bank_change_under_way"]
    for by, inputs, code in (
        (treasurer, {"reason": "Rang them"}, "not_yours"),
        (member, {"reason": "It is me"}, "not_yours"),
        (officer, {"reason": " "}, "give_a_reason"),
    ):
        with pytest.raises(Refused) as refused:
            fire(office, by, "payee", "confirm", change["id"], stage.released, inputs)
        assert code in [why.code for why in refused.value.refusals]
    assert bank_details.take_effect(office, bid, change["cools_until"]) == []
    fire(
        office,
        officer,
        "payee",
        "confirm",
        change["id"],
        stage.released,
        {"reason": "Rang the number on the bid"},
    )
    with pytest.raises(Refused):
        bank_details.take_effect(office, bid, change["cools_until"] - timedelta(seconds=1))
    assert states(office, bid) == {old["account_ends"]: "standing", "4958": "confirmed"}
    with office.db.read() as conn:
        assert payees.cooled(conn, change["cools_until"] - timedelta(seconds=1)) == []
        assert payees.cooled(conn, change["cools_until"]) == [bid]
    bank_details.take_effect(office, bid, change["cools_until"])
    assert states(office, bid) == {old["account_ends"]: "replaced", "4958": "standing"}
    assert {row["state"] for row in world.rows(office, "payment", bid_id=bid)} == {"scheduled"}
    # The clock of another process that comes later finds nothing left to do.
    assert bank_details.take_effect(office, bid, change["cools_until"]) == []
    sent = [
        row["name"] for row in world.rows(office, "outbox", bid_id=bid) if row["name"].startswith("bank_")
    ]
    assert sent == ["bank_details_given", "bank_change_asked", "bank_change_stands"]


def test_the_applicant_takes_a_change_back_even_after_it_was_confirmed(office: Office, stage: Stage) -> None:
    bid = accepted(office, stage)
    bank_details.change(office, stage.cast.actor("member"), bid, OTHER, stage.released)
    change = world.one(office, "payee", bid_id=bid, state="asked")
    fire(
        office,
        stage.cast.actor("officer"),
        "payee",
        "confirm",
        change["id"],
        stage.released,
        {"reason": "Rang"},
    )
    fire(
        office,
        stage.cast.actor("member"),
        "payee",
        "refuse",
        change["id"],
        stage.released,
        {"reason": "Not me"},
    )
    assert states(office, bid)["4958"] == "refused"
    assert bank_details.take_effect(office, bid, change["cools_until"]) == []


def test_no_number_lies_anywhere_in_the_clear_and_a_look_is_on_record(office: Office, stage: Stage) -> None:
    bid = accepted(office, stage)
    bank_details.change(office, stage.cast.actor("member"), bid, OTHER, stage.released)
    row = world.one(office, "payee", bid_id=bid, state="asked")
    treasurer = stage.cast.actor("treasurer")
    found = world.change(
        office, lambda: bank_details.look(office, treasurer, bid, row["id"], "treasurer", stage.released)
    )
    assert [(body["action"], body["role"], body["params"]) for body in found.bodies] == [
        ("payee.seen", "treasurer", {"payee": row["id"]})
    ]
    assert bank_details.look(office, treasurer, bid, row["id"], "treasurer", stage.released) == OTHER
    with pytest.raises(NotThere):
        bank_details.look(office, treasurer, bid + 1, row["id"], "treasurer", stage.released)
    whole = json.dumps(world.everything(office), default=str)
    assert OTHER.account not in whole
    assert OTHER.sort_code not in whole
    assert OTHER.account not in repr(OTHER)
    with office.db.read() as conn:
        assert bank_details.masked(conn, office.bank_keys, [row["id"]]) == {row["id"]: "08-99-••"}
        assert bank_details.masked(conn, (NEW_KEY,), [row["id"]]) == {}


def test_details_open_for_their_owner_alone_and_only_whole(office: Office, stage: Stage) -> None:
    bid = accepted(office, stage)
    row = world.one(office, "payee", bid_id=bid)
    keys, sealed, key = office.bank_keys, row["sealed"], row["data_key_id"]
    with office.db.read() as conn:
        assert set(vault.unseal(conn, keys, f"bid:{bid}", sealed, key)) == {"sort_code", "account"}
        with pytest.raises(vault.NoBankKey):
            vault.unseal(conn, (NEW_KEY,), f"bid:{bid}", sealed, key)
        with pytest.raises(ValueError, match="does not open"):
            vault.unseal(conn, keys, f"bid:{bid + 1}", sealed, key)
        for place in (0, len(sealed) // 2):
            wrong = sealed[:place] + ("A" if sealed[place] != "A" else "B") + sealed[place + 1 :]
            with pytest.raises(ValueError, match="does not open"):
                vault.unseal(conn, keys, f"bid:{bid}", wrong, key)
        with pytest.raises(vault.Forgotten):
            vault.unseal(conn, keys, f"bid:{bid}", sealed, key + 1000)
    with office.db.write() as conn:
        # The other key is that of the account which the fund pays from.
        assert data_keys.under(conn) == {vault.key_id(keys[0]): 2}
        conn.execute(text("UPDATE data_key SET wrapped = '' WHERE id = :key"), {"key": key})
        assert data_keys.under(conn) == {vault.key_id(keys[0]): 1}
    with office.db.read() as conn, pytest.raises(vault.Forgotten):
        vault.unseal(conn, keys, f"bid:{bid}", sealed, key)


def test_a_rotation_is_stopped_goes_on_and_touches_no_evidence(office: Office, stage: Stage) -> None:
    bid = accepted(office, stage)
    for _number in range(4):
        with office.db.write() as conn:
            vault.seal(conn, office.bank_keys, "bid:0", {"account": "1"}, stage.released)
    with office.db.write() as conn:
        vault.seal(conn, (bytes(32),), "bid:0", {"account": "1"}, stage.released)
    before = world.everything(office)
    keys = (NEW_KEY, *office.bank_keys)
    old, new, lost = (vault.key_id(key) for key in (office.bank_keys[0], NEW_KEY, bytes(32)))

    class Stopped(Exception):
        pass

    def stop(_so_far: vault.Rotated) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        vault.rotate(office.db, keys, 2, stop)
    with office.db.read() as conn:
        assert data_keys.under(conn) == {new: 2, old: 4, lost: 1}
        account = bank_details.accounts(conn, keys, [world.one(office, "payee", bid_id=bid)["id"]])
    told: list[vault.Rotated] = []
    assert vault.rotate(office.db, keys, 2, told.append) == vault.Rotated(4, 1)
    assert told == [vault.Rotated(2, 0), vault.Rotated(4, 0), vault.Rotated(4, 1)]
    assert vault.rotate(office.db, keys, 2, told.append) == vault.Rotated(0, 1)
    after = world.everything(office)
    assert {name for name in before if before[name] != after[name]} == {"data_key"}
    with office.db.read() as conn:
        again = bank_details.accounts(conn, (NEW_KEY,), list(account))
    assert again == account


def test_the_funds_account_counts_once_another_person_typed_it_again(office: Office, stage: Stage) -> None:
    treasurer, officer, at = stage.cast.actor("treasurer"), stage.cast.actor("officer"), stage.released
    fund = stage.fund

    def counts() -> str | None:
        with office.db.read() as conn:
            row = payer_queries.newest_confirmed(conn, fund)
            return payers.account_of(conn, office.bank_keys, row).account if row is not None else None

    before = counts()
    assert before not in (OWN.account, OTHER.account)
    first = payers.propose(office, treasurer, fund, OWN, at)
    for by, which, account, code in (
        (treasurer, first, OWN, "not_yours"),
        (officer, first, OTHER, "other_numbers"),
        (officer, first + 1, OWN, "nothing_to_confirm"),
    ):
        with pytest.raises(Refused) as refused:
            payers.confirm(office, by, fund, which, account.sort_code, account.account, at)
        assert [why.code for why in refused.value.refusals] == [code]
        assert counts() == before
    payers.confirm(office, officer, fund, first, OWN.sort_code, OWN.account, at)
    assert counts() == OWN.account
    second = payers.propose(office, treasurer, fund, OTHER, at)
    assert counts() == OWN.account
    with office.db.read() as conn:
        assert [row.fund_id for row in payer_queries.waiting(conn, [fund])] == [fund]
        assert payer_queries.waiting(conn, []) == []
    payers.confirm(office, officer, fund, second, OTHER.sort_code, OTHER.account, at)
    assert counts() == OTHER.account
    with pytest.raises(PayerRefused):
        payers.confirm(office, officer, fund, second, OTHER.sort_code, OTHER.account, at)


def test_whoever_gives_none_is_reminded_once(office: Office, stage: Stage) -> None:
    (bid,) = world.awarded(stage, 0)
    member = stage.cast.actor("member")
    awards.accept(office, member, bid, awards.Signed("Sunita Rao", recipient="group"), stage.released)
    at = world.one(office, "award", bid_id=bid)["accepted_at"] + bank_details.REMIND_AFTER
    assert bank_details.remind(office, at - timedelta(seconds=1)) == 0
    assert (bank_details.remind(office, at), bank_details.remind(office, at + timedelta(days=9))) == (1, 0)
    bank_details.give(office, member, bid, OTHER, stage.released)
    with office.db.read() as conn:
        assert payees.without_details(conn, at) == []


def test_without_a_key_nothing_is_taken(office: Office, stage: Stage) -> None:
    bid = accepted(office, stage)
    bare = dataclasses.replace(office, bank_keys=())
    before = world.everything(office)
    with pytest.raises(vault.NoBankKey):
        bank_details.change(bare, stage.cast.actor("member"), bid, OTHER, stage.released)
    assert world.everything(office) == before
