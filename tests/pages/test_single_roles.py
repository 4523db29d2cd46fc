"""Each step of the way from an offer to a payment, tried by everybody whose step it is not: refused, and on record.

A table of steps: whose each is, what it is asked with by the service and over HTTP. Everybody else tries it both ways;
nothing changes, and each try stands in their own chain. Then whoever may do it does, by the very form that was refused.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from fundapp.domain import wording as passages
from fundapp.intake.statement import read_statement
from fundapp.queries.people import account_by_email, token
from fundapp.services import (
    awards,
    bank_details,
    incomes,
    payers,
    people,
    rounds,
    runs,
    statements,
    variations,
    wording,
)
from fundapp.services.deed import Actor
from fundapp.services.refused import Refused
from fundapp.services.transition import fire
from tests.cast import Cast, Made, session_of
from tests.services import world

#: Who tries, by their one role; `elsewhere` is of another fund. `member` is the applicant of every bid here.
MORE = {
    "nobody": (), "treasurer elsewhere": ("treasurer",), "officer elsewhere": ("officer",),
}  # fmt: skip
EVERYBODY = (
    "member", "member3", "councillor", "reviewer", "chair", "treasurer", "officer", "auditor", "nobody",
    "treasurer elsewhere", "officer elsewhere",
)  # fmt: skip
DETAILS = {
    "holder_name": "Millbeck Walkers",
    "kind": "business",
    "sort_code": "08-99-99",
    "account": "66374958",
}
ACCOUNT = bank_details.Account("Millbeck Walkers", "business", "089999", "66374958")
SIGNED = {"agreed": "yes", "name": "Sunita Rao"}
AGREED = awards.Signed("Sunita Rao", recipient="group")


@dataclass(frozen=True)
class Step:
    """One step: `by` may do it. `act` does it by the service, named `named` on record; a POST of `form` to `path` over HTTP.

    `said`: what HTTP answers to somebody else, where it is not what the room answers to strangers.
    """

    named: str
    by: tuple[str, ...]
    act: Callable[[Actor], Any]
    path: str = ""
    form: dict[str, Any] = field(default_factory=dict)
    said: dict[str, int] = field(default_factory=dict)
    code: str = "not_yours"
    #: Whoever may do it at another time: why not now. That is no try at what is not theirs.
    later: dict[str, str] = field(default_factory=dict)
    done: int = 303
    #: Whether the same form sent again changes nothing. A look is put on record each time.
    once: bool = True


@dataclass
class Town:
    """The cast with a bid for each stage, and everybody's actor and client."""

    cast: Cast
    bids: dict[str, Made]
    actors: dict[str, Actor]
    clients: dict[str, FlaskClient]

    def one(self, table: str, **where: Any) -> dict[str, Any]:
        """The newest row of a table that answers the description."""
        return world.rows(self.cast.office, table, **where)[-1]


def settle(cast: Cast) -> Town:
    """Six awards of £1,000: one on offer, one that lacks its bank details, the rest with details, payments and changes."""
    made = cast.panel(6)
    stage, office = made[0].stage, cast.office
    for bid in made:
        for reviewer in ("reviewer", "reviewer2", "reviewer3"):
            stage.review(bid.id, reviewer, (4, 4, 3, 4, 5))
        stage.conclude(bid.id)
        stage.decide(bid.id, "award", 100_000)
    stage.release()
    named = dict(zip(("offered", "turned", "bare", "paying", "changing", "ending"), made, strict=True))
    awards.accept(office, cast.actor("member"), named["bare"].id, AGREED, stage.released)
    for name in ("paying", "changing", "ending"):
        stage.accept(named[name].id)
    second = rounds.found(office, cast.operator, "seaside", "Seaside Fund", cast.now)
    actors = {key: cast.actor(key) for key in EVERYBODY if key in cast.people.persons}
    clients = {key: cast.client(key) for key in actors}
    with office.deed(cast.operator, cast.now) as deed:
        for name, roles in MORE.items():
            email = f"{name.replace(' ', '-')}@more.example"
            person = people.enter(deed, [people.Newcomer(name.title(), email)])[0]
            for role in roles:
                people.give_role(deed, person, role, None if role == "member" else second)
            people.open_account(deed, person, email, None)
            actors[name] = Actor(person, token(deed.conn, person))
    for name in MORE:
        client = cast.app.test_client()
        with office.db.read() as conn:
            account: Any = account_by_email(conn, f"{name.replace(' ', '-')}@more.example")
        with client.session_transaction() as session:
            session["_user_id"] = session_of(office, account.id)
        clients[name] = client
    return Town(cast, named, actors, clients)


def steps(town: Town) -> Iterator[Step]:
    """The steps in an order in which each may be done; what one needs is read when its turn has come."""
    cast, office, fund = town.cast, town.cast.office, town.cast.fund
    stage = town.bids["offered"].stage
    at, ids = stage.released, {name: bid.id for name, bid in town.bids.items()}
    refs = {name: bid.reference for name, bid in town.bids.items()}
    today = cast.now.date()

    def move(life: str, name: str, row: int, **inputs: Any) -> Callable[[Actor], Any]:
        return lambda who: fire(office, who, life, name, row, at, inputs)

    def terms(path: str) -> str:
        page = town.clients["member"].get(path).text
        return page.partition('name="terms" value="')[2].partition('"')[0]

    # The applicant's own
    path = f"/my-bids/{refs['offered']}/award"
    yield Step(
        "award.accept", ("member",), lambda who: awards.accept(office, who, ids["offered"], AGREED, at), path,
        SIGNED | {"recipient": "group", "terms": terms(path)},
    )  # fmt: skip
    yield Step(
        "award.refuse", ("member",), lambda who: awards.refuse(office, who, ids["turned"], at),
        f"/my-bids/{refs['turned']}/award/turn-down",
    )  # fmt: skip
    yield Step(
        "payee.give", ("member",), lambda who: bank_details.give(office, who, ids["bare"], ACCOUNT, at),
        f"/my-bids/{refs['bare']}/bank", DETAILS | {"step": "send"},
    )  # fmt: skip
    yield Step(
        "payee.change", ("member",), lambda who: bank_details.change(office, who, ids["changing"], ACCOUNT, at),
        f"/my-bids/{refs['changing']}/bank/change", DETAILS | {"step": "send", "reason": "We moved to another bank."},
    )  # fmt: skip
    # Bank details
    change = town.one("payee", bid_id=ids["changing"], state="asked")["id"]
    page = f"/bank-changes/{refs['changing']}"
    yield Step(
        "payee.confirm", ("officer",), move("payee", "confirm", change, reason="Rang them."), page,
        {"do": "confirm", "reason": "Rang the number on the bid."},
    )  # fmt: skip
    yield Step(
        "payee.refuse", ("officer", "member"), move("payee", "refuse", change, reason="No."), page,
        {"do": "refuse", "reason": "Nobody knew of it."}, {"member": 403},
    )  # fmt: skip
    standing = town.one("payee", bid_id=ids["paying"], state="standing")["id"]
    money = f"/money/{refs['paying']}"
    yield Step(
        "payee.look", ("treasurer",),
        lambda who: bank_details.look(office, who, ids["paying"], standing, "treasurer", at),
        f"{money}/bank/look", done=200, once=False,
    )  # fmt: skip
    yield Step(
        "payee.note_bank", ("treasurer",), move("payee", "note_bank", standing, answer="match"), f"{money}/bank/answer",
        {"answer": "no_match", "seen": 1},
    )  # fmt: skip
    yield Step(
        "payee.vouch", ("officer",), move("payee", "vouch", standing, reason="Rang them."),
        f"/bank-changes/{refs['paying']}", {"do": "vouch", "vouched": "Rang the secretary, on the bid's number."},
    )  # fmt: skip
    # The fund's own account
    account = {"holder_name": "The Fund", "sort_code": "107999", "account": "88837491"}
    own = bank_details.Account("The Fund", "business", "107999", "88837491")
    yield Step(
        "payer.propose", ("treasurer",), lambda who: payers.propose(office, who, fund, own, at),
        f"/money/accounts/{fund}", account,
    )  # fmt: skip
    payer = town.one("payer")["id"]
    yield Step(
        "payer.confirm", ("officer",), lambda who: payers.confirm(office, who, fund, payer, "107999", "88837491", at),
        f"/money/accounts/{fund}/confirm",
        {"seen": payer, "again_sort_code": "107999", "again_account": "88837491"},
    )  # fmt: skip
    # Payments
    page = town.clients["treasurer"].get(money).text
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    plan = [awards.Instalment(10_000, today)] * 4
    yield Step(
        "payment.schedule", ("treasurer",), lambda who: awards.schedule(office, who, ids["paying"], plan, at),
        f"{money}/schedule",
        {"seen": seen} | {f"amount-{n}": "100" for n in (1, 2, 3)} | {f"due-{n}": today.isoformat() for n in (1, 2, 3)},
    )  # fmt: skip
    one, two, three = (row["id"] for row in world.rows(office, "payment", bid_id=ids["paying"]))
    yield Step(
        "payment.approve", ("officer",), move("payment", "approve", one), "/payments",
        {"pay": [f"{payment}:1" for payment in (one, two, three)]}, {"officer elsewhere": 409},
    )  # fmt: skip
    yield Step("payment.recall", ("officer",), move("payment", "recall", three))
    yield Step(
        "payment.send", ("treasurer",), lambda who: runs.send(office, who, fund, [(one, 2)], at), "/money/run",
        {"fund": fund, "pay": [f"{one}:2", f"{two}:2"]}, {"treasurer elsewhere": 422},
    )  # fmt: skip
    run = town.one("payment_run")["id"]
    yield Step(
        "run.export", ("treasurer",), lambda who: runs.file_of(office, who, run, "csv", at, "treasurer"),
        f"/money/runs/{run}/file/pain001", done=200, once=False,
    )  # fmt: skip
    lines = f"Date,Description,Amount\n{today},FPS {refs['paying']}-1,-100.00\n{today},Card fee,-3.50"
    file = read_statement(lines.encode(), today, "march.csv")
    with office.db.read() as conn:
        seal = statements.compare(conn, office, cast.person("treasurer"), fund, file).seal
    kept, _size = cast.app.extensions["files"].put(lines.encode())
    yield Step(
        "payment.confirm", ("treasurer",), lambda who: statements.bring_in(office, who, fund, file, at),
        "/money/statement/apply", {"fund": fund, "seal": seal, "sha256": kept, "name": "march.csv"},
        {"treasurer elsewhere": 422},
    )  # fmt: skip
    yield Step(
        "payment.confirm", ("treasurer",), lambda who: runs.confirm(office, who, run, [(one, 3)], today, at),
        f"/money/runs/{run}/confirm", {"pay": f"{one}:3", "paid_on": today.isoformat()},
    )  # fmt: skip
    yield Step(
        "payment.fail", ("treasurer",), move("payment", "fail", two, reason="No such account"),
        f"/money/runs/{run}/fail", {"pay": f"{two}:3", "reason": "No such account"},
    )  # fmt: skip
    yield Step(
        "payment.reschedule", ("treasurer",), move("payment", "reschedule", two, due_on=today),
        f"/money/payments/{two}/reschedule", {"due_on": today.isoformat(), "seen": 4},
    )  # fmt: skip
    yield Step(
        "payment.cancel", ("treasurer",), move("payment", "cancel", two), f"/money/payments/{two}/cancel", {"seen": 5},
        later={"officer": "bid_stands"},
    )  # fmt: skip
    # Changing an award, and its end
    vary = f"/bids/{refs['paying']}/vary"
    less = variations.Change(90_000, "Fewer weeks", "", None, None)
    yield Step(
        "award.propose", ("officer",), lambda who: variations.propose(office, who, ids["paying"], less, at), vary,
        {"do": "propose", "amount": "900", "reason": "Fewer weeks", "conditions": "",
         "seen": town.one("award", bid_id=ids["paying"])["version"]},
    )  # fmt: skip
    yield Step(
        "award.take_back", ("officer",), lambda who: variations.take_back(office, who, ids["paying"], at), vary,
        {"do": "take_back", "seen": town.one("award", bid_id=ids["paying"])["version"]},
    )  # fmt: skip
    answer = f"/my-bids/{refs['paying']}/award/change"
    for named, act, form in (
        ("award.keep", lambda who: variations.keep(office, who, ids["paying"], "", at), {"do": "keep"}),
        ("award.vary", lambda who: variations.agree(office, who, ids["paying"], AGREED, at), SIGNED | {"do": "agree"}),
    ):  # fmt: skip
        variations.propose(office, cast.actor("officer"), ids["paying"], less, at)
        yield Step(named, ("member",), act, answer, form | {"terms": terms(answer)})
    variations.propose(office, cast.actor("officer"), ids["ending"], less, at)
    yield Step(
        "bid.ask_cancel", ("treasurer",), move("bid", "ask_cancel", ids["ending"], reason="They have folded."),
        f"/money/{refs['ending']}/cancel",
        {"reason": "The group has folded.", "seen": town.one("bid", id=ids["ending"])["version"]},
    )  # fmt: skip
    yield Step(
        "bid.confirm_cancel", ("officer",), lambda who: awards.cancel(office, who, ids["ending"], at),
        f"/bids/{refs['ending']}/cancel", {"read": "yes", "seen": town.one("bid", id=ids["ending"])["version"]},
    )  # fmt: skip
    # Money in
    source = town.one("source")["id"]
    came = incomes.Came(source, "donation", 60_000, today)
    yield Step(
        "income.record", ("treasurer",), lambda who: incomes.add_source(office, who, fund, "A Friend", "individual", at),
    )  # fmt: skip
    yield Step(
        "income.record", ("treasurer",), lambda who: incomes.record(office, who, fund, came, at), "/money/in",
        {"fund": fund, "source": source, "kind": "donation", "amount": "600", "day": today.isoformat()},
    )  # fmt: skip
    income = town.one("income")["id"]
    check = incomes.Check("permissible", "On the register", today)
    yield Step(
        "income.change", ("treasurer",), lambda who: incomes.check(office, who, income, check, at),
        f"/money/in/{income}/check", {"outcome": "permissible", "words": "On the register", "day": today.isoformat()},
    )  # fmt: skip
    yield Step(
        "income.change", ("treasurer",), lambda who: incomes.report(office, who, income, today, "By post", at),
        f"/money/in/{income}/report", {"words": "By post", "day": today.isoformat()},
    )  # fmt: skip
    yield Step(
        "income.change", ("officer", "treasurer"), lambda who: incomes.void(office, who, income, "Twice", at),
        f"/money/in/{income}/void", {"reason": "Typed twice"}, {"officer elsewhere": 404, "treasurer elsewhere": 404},
    )  # fmt: skip
    # The words of letters
    usual = passages.usual("award") | {"opening": "We are glad to tell you this."}
    yield Step(
        "wording.save", ("officer",), lambda who: wording.save(office, who, fund, "award", usual, 0, at),
        f"/wording/{fund}/award", {"go": "keep", "seen": 0} | {f"text-{name}": text for name, text in usual.items()},
        code="not_wordings_officer",
    )  # fmt: skip


def strangers_answer(step: Step, who: str) -> int:
    """What the room answers to somebody whose it is not: a bid of others is not there, nor is another fund's."""
    if who in step.said:
        return step.said[who]
    room = "member" if step.path.startswith("/my-bids") else step.by[0]
    return 404 if room == "member" or who == f"{room} elsewhere" else 403


def endpoint(town: Town, path: str) -> str:
    """The name that the record has for a page."""
    found: tuple[str, Any] = town.cast.app.url_map.bind("localhost").match(path, "POST")
    return found[0]


def test_each_step_is_refused_to_everybody_else_and_stands_on_record(cast: Cast) -> None:
    town = settle(cast)
    office, count = cast.office, 0
    for step in steps(town):
        before, known = world.everything(office), len(world.tried(office))
        noted = []
        for who in EVERYBODY:
            if who in step.by:
                continue
            actor = town.actors[who]
            with pytest.raises(Refused) as refused:
                step.act(actor)
            code = step.later.get(who, step.code)
            assert [why.code for why in refused.value.refusals] == [code], (step.named, who)
            if who not in step.later:
                noted.append((actor.person, step.named, [code]))
            if step.path:
                given = town.clients[who].post(step.path, data=step.form)
                assert given.status_code == strangers_answer(step, who), (step.named, who)
                why = "not_there" if given.status_code == 404 else "not_yours"
                noted.append((actor.person, endpoint(town, step.path), [why]))
        assert world.everything(office) == before, step.named
        found = world.rows(office, "audit_event", action="act.refused")[known:]
        told = [(int(row["subject"].partition(":")[2]), *params[::2]) for row, params in zip(
            found, world.tried(office)[known:], strict=True)]  # fmt: skip
        assert told == noted, step.named
        count += len(noted)
        done = step.by[0]
        if step.path:
            given = town.clients[done].post(step.path, data=step.form)
            assert given.status_code == step.done, (step.named, given.text)
        else:
            step.act(town.actors[done])
        after = world.everything(office)
        assert after != before, f"{step.named} was not done"
        if step.path and step.once:
            again = town.clients[done].post(step.path, data=step.form)
            assert again.status_code in (303, 404, 409), (step.named, again.status_code)
            assert world.everything(office) == after, f"{step.named} was done twice by one form"
    assert count > 600
    dropped = town.one("variation", bid_id=town.bids["ending"].id)
    assert (dropped["outcome"], dropped["ended_at"] is not None) == ("dropped", True), (
        "nobody is asked any more"
    )
    world.holds(office)
    page = cast.client("auditor").get("/record").text
    assert "was refused: wording.save." in page.replace("\n", " ")


def test_whoever_holds_both_roles_never_does_both_halves(cast: Cast) -> None:
    town = settle(cast)
    office, at, fund, today = cast.office, town.bids["paying"].stage.released, cast.fund, cast.now.date()
    with office.deed(cast.operator, cast.now) as deed:
        people.give_role(deed, cast.person("treasurer"), "officer", fund)
    both, ids = cast.actor("treasurer"), {name: bid.id for name, bid in town.bids.items()}
    (scheduled,) = awards.schedule(office, both, ids["paying"], [awards.Instalment(10_000, today)], at)
    payer = payers.propose(office, both, fund, ACCOUNT, at)
    income = incomes.record(
        office, both, fund, incomes.Came(town.one("source")["id"], "transfer", 100, today), at
    )
    fire(office, both, "bid", "ask_cancel", ids["ending"], at, {"reason": "Folded"})
    payee = town.one("payee", bid_id=ids["paying"])["id"]
    fire(office, both, "payee", "note_bank", payee, at, {"answer": "no_match"})
    client, known = town.clients["treasurer"], len(world.tried(office))
    halves: list[tuple[Callable[[], Any], str, dict[str, Any], str]] = [
        (lambda: fire(office, both, "payment", "approve", scheduled.id, at), "/payments",
         {"pay": f"{scheduled.id}:1"}, "scheduled_it_yourself"),
        (lambda: payers.confirm(office, both, fund, payer, ACCOUNT.sort_code, ACCOUNT.account, at),
         f"/money/accounts/{fund}/confirm",
         {"seen": payer, "again_sort_code": "089999", "again_account": "66374958"}, "set_it_yourself"),
        (lambda: incomes.void(office, both, income, "Twice", at), f"/money/in/{income}/void", {"reason": "Twice"},
         "recorded_it_yourself"),
        (lambda: awards.cancel(office, both, ids["ending"], at), f"/bids/{town.bids['ending'].reference}/cancel",
         {"read": "yes"}, "asked_it_yourself"),
        (lambda: fire(office, both, "payee", "vouch", payee, at, {"reason": "Rang them"}),
         f"/bank-changes/{town.bids['paying'].reference}", {"do": "vouch", "vouched": "Rang them"}, "noted_it_yourself"),
    ]  # fmt: skip
    before = world.everything(office)
    for act, path, form, code in halves:
        said = world.refusal_of(act)
        assert code in said, said
        assert client.post(path, data=form).status_code == 409, path
        assert [why for _act, _of, why in world.tried(office)[-2:]] == [sorted(said)] * 2
    assert world.everything(office) == before
    assert len(world.tried(office)) == known + 2 * len(halves)
    # What the bank says of the name holds the payment, whoever approves it, until somebody else has made sure.
    officer = cast.actor("officer")
    assert world.refusal_of(lambda: fire(office, officer, "payment", "approve", scheduled.id, at)) == [
        "bank_knows_another_name"
    ]
    fire(office, officer, "payee", "vouch", payee, at, {"reason": "Rang the secretary."})
    fire(office, officer, "payment", "approve", scheduled.id, at)
    row = town.one("payee", id=payee)
    assert (row["vouched_by"], row["vouched_why"], row["reason"]) == (
        officer.person,
        "Rang the secretary.",
        "",
    )
    fire(office, both, "payee", "note_bank", payee, at, {"answer": "no_match"})
    assert world.refusal_of(lambda: runs.send(office, both, fund, [(scheduled.id, 2)], at)) == [
        "bank_knows_another_name"
    ], "asked again, it is to be made sure of again"


def test_no_more_than_so_many_tries_an_hour_are_written(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from fundapp.services import throttle

    monkeypatch.setitem(throttle.LIMITS, "refused", (3, timedelta(hours=1)))
    client = cast.client("member3")
    for _turn in range(5):
        assert client.post("/money/run", data={"pay": "1:1"}).status_code == 403
    assert world.tried(cast.office) == [("treasurer.run", {}, ["not_yours"])] * 3
    assert cast.client(None).post("/money/run", data={"pay": "1:1"}).status_code == 302
    assert cast.client("member").post("/my-bids/B-0099X/award", data={}).status_code == 404
    assert world.tried(cast.office, cast.person("member")) == [("member.award", {}, ["not_there"])]
