"""THE DOOR: the one place where a bid, round, award, payment or report changes its state."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from fundapp.audit import evidence, record
from fundapp.database import fresh_ids
from fundapp.models import Award, Bid, Evidential, Payee, Payment, Report, Round
from fundapp.queries import facts, locks
from fundapp.services import gathering
from fundapp.services.case import Case, Step
from fundapp.services.consequences import RECORDS, SETS
from fundapp.services.deed import Actor, Deed, Office
from fundapp.services.refused import Refused as Refused
from workflows.grammar import Facts, Refusal
from workflows.machine import Compiled, Verdict, compiled

#: The table of each life.
TABLES: Final[dict[str, Any]] = {
    "bid": Bid,
    "round": Round,
    "award": Award,
    "payee": Payee,
    "payment": Payment,
    "report": Report,
}
#: Moves that change what a round's money is taken by: they hold the round for themselves.
TAKES_MONEY: Final = frozenset(
    {"decide", "award", "decline", "fall_through", "confirm_cancel", "offer", "vary"}
)
#: Beginnings whose parent is the bid itself; a payment or report begins under its award, by the bid too.
_HANGS_ON_BID: Final = frozenset({"award", "payee", "payment", "report"})


class NotThere(LookupError):
    """There is no such bid, round, award, payment, report or row of bank details."""


@dataclass(frozen=True, slots=True)
class Done:
    """A move that was made: where the row now stands, and the number of the event that says so."""

    life: str
    id: int
    state: str
    version: int
    subject: str
    event: int


Opening = Callable[[Deed], Mapping[str, Any]]


def fire(
    office: Office,
    actor: Actor,
    life: str,
    move: str,
    row: int | None,
    arrived: datetime,
    inputs: Mapping[str, Any] | None = None,
    *,
    seen: int | None = None,
    parent: int | None = None,
) -> Done:
    """One move, in a transaction of its own. Raises Refused with every reason, NotThere for an unknown row."""
    step = Step(life, move, row, inputs or {}, seen, parent)
    return fire_many(office, actor, [step], arrived)[0]


def fire_many(
    office: Office,
    actor: Actor,
    steps: Sequence[Step],
    arrived: datetime,
    *,
    opening: Opening | None = None,
) -> list[Done]:
    """Many moves of one act in one transaction: all of them or none.

    Steps of one life and move that stand together are made set by set, in order of id. `opening` writes what the act
    needs first (a payment run, say) and may return inputs for every step. Raises as `fire` does.
    """
    with office.deed(actor, arrived) as deed:
        more = opening(deed) if opening else {}
        return carry(deed, steps, more)


def carry(deed: Deed, steps: Sequence[Step], more: Mapping[str, Any] | None = None) -> list[Done]:
    """The moves, within a deed that is open already."""
    _lock_rounds(deed, steps)
    done: list[Done] = []
    for (life, _, _), together in groupby(steps, key=lambda step: (step.life, step.move, step.actor)):
        done += _set_of(deed, compiled(life), list(together), more or {})
    return done


def offers(deed: Deed, life: str, row: int | None, moves: Iterable[str] | None = None) -> dict[str, Verdict]:
    """For a page: what the policy says of each move that this person may make here, before any input is given.

    The same guards and facts as the door; nothing is written. Moves that are not this person's are left out.
    """
    engine = compiled(life)
    case = _load(deed, engine, [Step(life, "", row)], asking=True)[0]
    chosen = [m for m in engine.moves_from(case.state) if moves is None or m.name in moves]
    gathering.gather_for(deed, [case], engine.reads(chosen, asking=True))
    known = Facts(case.facts)
    verdicts = {m.name: engine.judge(m.name, case.state, known, asking=True) for m in chosen}
    return {
        name: verdict
        for name, verdict in verdicts.items()
        if verdict.granted or all(refusal.kind != "not_yours" for refusal in verdict.refusals)
    }


def _lock_rounds(deed: Deed, steps: Sequence[Step]) -> None:
    """Rounds first, in order of id, before any bid: moves on bids hold them shared, moves on money for themselves."""
    if len(steps) == 1:
        return  # the load of its one bid locks its round in the same order
    ids: set[int] = set()
    bids = [step.id for step in steps if step.life == "bid" and step.id is not None]
    bids += [step.parent for step in steps if step.life in _HANGS_ON_BID and step.id is None and step.parent]
    ids.update(locks.rounds_of_bids(deed.conn, bids).values())
    ids.update(
        step.parent for step in steps if step.life == "bid" and step.id is None and step.parent is not None
    )
    for life in _HANGS_ON_BID:
        hanging = [step.id for step in steps if step.life == life and step.id is not None]
        if hanging:
            of = locks.bids_of(deed.conn, life, hanging)
            ids.update(locks.rounds_of_bids(deed.conn, sorted(set(of.values()))).values())
    own = [step.id for step in steps if step.life == "round" and step.id is not None]
    if own:
        for row in locks.round_heads(deed.conn, sorted(own)).values():
            deed.take(row)
    rest = sorted(ids - set(own))
    if rest:
        locks.rounds(deed.conn, rest, exclusive=any(step.move in TAKES_MONEY for step in steps))


def _set_of(deed: Deed, engine: Compiled, steps: list[Step], more: Mapping[str, Any]) -> list[Done]:
    """One life, one move, one actor: lock, judge, write."""
    if more:
        steps = [Step(s.life, s.move, s.id, {**s.inputs, **more}, s.seen, s.parent, s.actor) for s in steps]
    done: list[Done] = []
    for cases in _waves(_load(deed, engine, steps)):
        gathering.gather(deed, engine, cases)
        for case in cases:
            _refuse_stale(deed, engine, case)
            case.verdict = engine.judge(case.step.move, case.state, Facts(case.facts))
            if not case.verdict.granted:
                raise Refused(case.step, case.verdict.refusals)
        done += _write(deed, engine, cases)
    return done


def _waves(cases: list[Case]) -> list[list[Case]]:
    """Cases in which each chain appears once: two payments of one bid are two events, one after the other."""
    waves: list[list[Case]] = []
    turn: dict[str, int] = {}
    for case in cases:
        place = turn.get(case.subject, 0) if case.subject else 0
        if place == len(waves):
            waves.append([])
        waves[place].append(case)
        if case.subject:
            turn[case.subject] = place + 1
    return waves


def _load(deed: Deed, engine: Compiled, steps: list[Step], *, asking: bool = False) -> list[Case]:
    """The locked rows of each step. `asking` is a page's look: the same rows, and nothing is locked for long."""
    life = engine.life.name
    if life == "round":
        return _load_rounds(deed, steps, asking)
    begins = steps[0].id is None
    exclusive = any(step.move in TAKES_MONEY for step in steps)
    if life == "bid" and begins:
        ids = sorted({_need(s.parent) for s in steps})
        rounds = locks.rounds(deed.conn, ids, exclusive=False, asking=asking)
        _read_now(deed, rounds)
        return [
            _case(deed, s, None, None, _there(rounds.get(_need(s.parent)), "round", s.parent)) for s in steps
        ]
    if life == "bid":
        bid_of = {_need(step.id): _need(step.id) for step in steps}
    elif begins:
        bid_of = {_need(step.parent): _need(step.parent) for step in steps}
    else:
        bid_of = locks.bids_of(deed.conn, life, [_need(step.id) for step in steps])
    keys = [_need(step.parent if begins else step.id) for step in steps]
    for key in keys:
        _there(bid_of.get(key), life, key)
    bid_ids = sorted(set(bid_of.values()))
    alone = None
    if len(bid_ids) == 1:
        found = locks.bid_in_round(deed.conn, bid_ids[0], exclusive=exclusive, asking=asking)
        bid, owner = _there(found, "bid", bid_ids[0])
        # PostgreSQL reads `now` again if the lock had to be waited for: events follow in order of time.
        deed.read_now(bid.now)
        bids, rounds, alone = {bid.id: bid}, {owner.id: owner}, bid
    else:
        # Locked by `_lock_rounds` already; read again with the sums that may have changed while it waited.
        bids = locks.bids(deed.conn, bid_ids)
        rounds = locks.rounds(deed.conn, sorted({bid.round_id for bid in bids.values()}), exclusive=exclusive)
        _read_now(deed, rounds)
    for bid in bids.values():
        if deed.holds(bid.subject) is None:
            entry = deed.take(bid)
            if alone is not None and not asking:
                evidence.saw(entry, Bid, alone)
    rows = bids if life == "bid" else {} if begins else locks.hanging(deed.conn, life, keys)
    loaded = []
    for step, key in zip(steps, keys, strict=True):
        bid = _there(bids.get(bid_of[key]), "bid", bid_of[key])
        row = None if begins and life != "bid" else _there(rows.get(key), life, key)
        loaded.append(_case(deed, step, row, bid, rounds[bid.round_id]))
    return loaded


def _read_now(deed: Deed, rows: Mapping[int, Any]) -> None:
    for row in rows.values():
        deed.read_now(row.now)


def _load_rounds(deed: Deed, steps: list[Step], asking: bool) -> list[Case]:
    if steps[0].id is None:
        return [_case(deed, step, None, None, None) for step in steps]
    rows = locks.round_heads(deed.conn, sorted({_need(step.id) for step in steps}), asking=asking)
    _read_now(deed, rows)
    loaded = []
    for step in steps:
        row = _there(rows.get(_need(step.id)), "round", step.id)
        if deed.holds(row.subject) is None:
            deed.take(row)
        loaded.append(_case(deed, step, row, None, row))
    return loaded


def _case(deed: Deed, step: Step, row: Any, bid: Any, round_: Any) -> Case:
    subject = bid.home if bid is not None else row.home if row is not None else ""
    return Case(
        step, step.actor or deed.actor, subject, row, bid, round_, id=row.id if row is not None else 0
    )


def _need(number: int | None) -> int:
    if number is None:
        raise NotThere("a step names no row")
    return number


def _there(row: Any, what: str, number: int | None) -> Any:
    if row is None:
        raise NotThere(f"{what} {number}")
    return row


def _refuse_stale(deed: Deed, engine: Compiled, case: Case) -> None:
    """A person who acts on what they no longer have before them is told so, and nothing else."""
    seen = case.step.seen
    if seen is None or case.row is None:
        return
    move = engine.move(case.step.move, case.state)
    version = case.row.version
    if move is not None and move.edits:
        version = _edited_version(deed, case, move.edits)
    if version != seen:
        params = {"state": case.row.state, "since": case.row.since}
        raise Refused(case.step, [Refusal("stale", params, "stale")])


def _edited_version(deed: Deed, case: Case, edits: str) -> int:
    """The version of what a self-move edits: 0 while there is none."""
    if edits == "decision":
        edited = facts.decisions(deed.conn, [case.id]).get(case.id)
    else:
        edited = facts.assignment(deed.conn, case.id, case.actor.person or 0)
    return int(edited.version) if edited is not None else 0


def _write(deed: Deed, engine: Compiled, cases: list[Case]) -> list[Done]:
    """Set the state, bump the version, write the consequence rows, the events and the effects."""
    life, name = engine.life.name, cases[0].step.move
    model: type[Evidential] = TABLES[life]
    begins = cases[0].row is None
    if begins:
        _name_new(deed, life, model, cases)
    if (life, name) in SETS:
        SETS[life, name](deed, cases)
    edits = [case for case in cases if not _is_edit(engine, case)]
    versions = {id(case): 1 if begins else case.row.version + 1 for case in edits}  # type: ignore[union-attr]
    if begins:
        rows = [(case.subject, {"id": case.id, **_state(deed, case, 1), **case.changes}) for case in cases]
        deed.put_many(model, rows)
    elif edits:
        changes: list[tuple[str, int, int | None, Mapping[str, Any]]] = [
            (
                case.subject,
                case.id,
                versions[id(case)] - 1,
                {**_state(deed, case, versions[id(case)]), **case.changes},
            )
            for case in edits
        ]
        if deed.change_many(model, changes) != len(edits):
            raise Refused(
                cases[0].step, [Refusal("stale", {"state": cases[0].state, "since": deed.now}, "stale")]
            )
    if (life, name) in RECORDS:
        RECORDS[life, name](deed, cases)
    entries = [deed.entry(case.subject) for case in cases]
    deed.write_events([_event(deed, engine, case, entry) for case, entry in zip(cases, entries, strict=True)])
    done = []
    for case, entry in zip(cases, entries, strict=True):
        _effects(deed, engine, case, entry.number)
        version = versions.get(id(case), case.row.version if case.row is not None else 1)
        done.append(Done(life, case.id, _verdict(case).to or "", version, case.subject, entry.number))
    return done


def _name_new(deed: Deed, life: str, model: Any, cases: list[Case]) -> None:
    """Ids for rows that begin; a bid or round begins its own chain, all else stands in its bid's."""
    for case, fresh in zip(cases, fresh_ids(deed.conn, model, len(cases)), strict=True):
        case.id = fresh
        if life in ("bid", "round"):
            case.subject = f"{life}:{fresh}"
    if life in ("bid", "round"):
        deed.begin([case.subject for case in cases])


def _is_edit(engine: Compiled, case: Case) -> bool:
    move = engine.move(case.step.move, case.state)
    return move is not None and bool(move.edits)


def _verdict(case: Case) -> Verdict:
    if case.verdict is None:
        raise LookupError("a case was written before it was judged")
    return case.verdict


def _state(deed: Deed, case: Case, version: int) -> dict[str, Any]:
    """The three columns that no other place in the service sets. A move that stays in its state leaves `since`."""
    state = _verdict(case).to
    since = case.row.since if case.row is not None and case.row.state == state else deed.now
    return {"state": state, "version": version, "since": since}


def _event(deed: Deed, engine: Compiled, case: Case, entry: record.Entry) -> record.Act:
    verdict = _verdict(case)
    life = engine.life
    return record.Act(
        entry,
        action=f"{life.name}.{verdict.move}",
        actor=case.actor.token,
        at=deed.now,
        role=verdict.role,
        under=list(verdict.under) if verdict.under else None,
        move={
            "life": life.name,
            "of": [TABLES[life.name].__tablename__, case.id],
            "policy": list(life.policy),
            "name": verdict.move,
            "from": case.state,
            "to": verdict.to,
            "guards": list(verdict.held),
        },
        params={name: value for name, value in case.params.items() if value is not None},
    )


def _effects(deed: Deed, engine: Compiled, case: Case, event: int) -> None:
    move = engine.move(case.step.move, case.state)
    if move is None or case.step.inputs.get("quiet"):
        return
    bid = case.id if engine.life.name == "bid" else case.bid_id
    for name in move.sends:
        args = {"bid": bid, "life": engine.life.name, "row": case.id, "event": event}
        deed.effect(name, args, f"{name}:{case.subject}:{event}", bid=bid)


def hindered(deed: Deed, steps: Sequence[Step]) -> list[Refused]:
    """Why moves of one life, name and actor cannot be made, a refusal for each that cannot; nothing is written.

    `carry` stops at the first refusal; this names them all. It locks what `carry` locks, so that what holds here holds
    there. The same row twice is the caller's mistake.
    """
    _lock_rounds(deed, steps)
    engine = compiled(steps[0].life)
    cases = _load(deed, engine, list(steps))
    gathering.gather(deed, engine, cases)
    found: list[Refused] = []
    for case in cases:
        try:
            _refuse_stale(deed, engine, case)
        except Refused as stale:
            found.append(stale)
            continue
        verdict = engine.judge(case.step.move, case.state, Facts(case.facts))
        if not verdict.granted:
            found.append(Refused(case.step, verdict.refusals))
    return found
