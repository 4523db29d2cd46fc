"""Scores talked over, through the door: asked, answered, closed, opened again by a late score, and closed for good."""

from collections.abc import Callable
from pathlib import Path

import pytest

from config import Settings
from fundapp.demo.stage import Stage
from fundapp.jobs import handlers
from fundapp.jobs.deliver import deliver_due
from fundapp.queries import table, talk
from fundapp.services import panel
from fundapp.services import talk as acts
from fundapp.services.deed import Office
from fundapp.services.several import SeveralRefused
from fundapp.services.transition import Refused, fire
from tests.services import world

READERS = ("reviewer", "reviewer2", "reviewer3")
#: Totals 5.00, 1.00 and 4.00: four points apart, where the round allows two.
APART = ((5,) * 5, (1,) * 5, (4,) * 5)
NEAR = ((4,) * 5, (4,) * 5, (4,) * 5)


def read(stage: Stage, *of_each: tuple[tuple[int, ...], ...]) -> list[int]:
    """So many bids at the panel with the marks of three readers each."""
    bids = world.endorsed(stage, *range(len(of_each)))
    stage.start_panel()
    stage.assign(bids)
    for bid, marks in zip(bids, of_each, strict=True):
        for reader, given in zip(READERS, marks, strict=False):
            stage.review(bid, reader, given)
    return bids


def stands(office: Office, bid: int) -> str:
    """How the talk about a bid stands, as the guards are told."""
    with office.db.read() as conn:
        return table.standings(conn, [bid], None)[bid].moderation


def test_a_disagreement_from_its_opening_to_its_end(office: Office, stage: Stage) -> None:
    """Every move in every state of the talk: what is done, and the codes of what is refused."""
    (bid,) = read(stage, APART)
    moderate: Callable[[], object] = lambda: stage.moderate(bid)  # noqa: E731
    settle: Callable[[], object] = lambda: stage.settle(bid, "It was cleared up.")  # noqa: E731
    conclude: Callable[[], object] = lambda: stage.conclude(bid)  # noqa: E731
    assert stands(office, bid) == "none"
    assert world.refusal_of(settle) == ["not_talked_over"]
    assert world.refusal_of(conclude) == ["talk_it_over"]

    opened = world.change(office, moderate)
    assert (opened.counts, opened.effects, stands(office, bid)) == (
        {"moderation": 1, "outbox": 1}, ["moderation"], "open",
    )  # fmt: skip
    assert world.one(office, "moderation")["spread"] == 400
    assert world.refusal_of(moderate) == ["talked_over_now"]
    assert world.refusal_of(conclude) == ["talked_over_now"]
    assert world.refusal_of(lambda: stage.settle(bid, "  ")) == ["give_a_reason"]

    revised = world.change(office, lambda: stage.review(bid, "reviewer2", (2,) * 5))
    assert revised.counts == {"review": 1, "score": 5}
    assert [(row["number"], row["total"]) for row in world.rows(office, "review") if row["number"] > 1] == [
        (2, 200)
    ]
    assert len(world.rows(office, "review")) == 4
    assert stands(office, bid) == "open"
    assert world.refusal_of(conclude) == ["talked_over_now"]

    closed = world.change(office, settle)
    assert (closed.counts, closed.effects, stands(office, bid)) == ({}, [], "settled")
    kept = world.one(office, "moderation")
    assert (kept["words"], kept["spread"], kept["closed_by"]) == (
        "It was cleared up.", 400, stage.cast.persons["chair"],
    )  # fmt: skip
    assert world.refusal_of(settle) == ["not_talked_over"]

    stage.review(bid, "reviewer2", (1,) * 5)
    assert stands(office, bid) == "stale"
    assert world.refusal_of(conclude) == ["talk_it_over"]
    assert world.refusal_of(settle) == ["not_talked_over"]

    again = world.change(office, moderate)
    assert (again.counts, stands(office, bid)) == ({"outbox": 1}, "open")
    begun = world.one(office, "moderation")
    assert (begun["closed_at"], begun["closed_by"], begun["words"], begun["spread"]) == (None, None, "", 400)
    settle()
    done = world.change(office, conclude)
    assert done.bodies[0]["params"]["moderated"] is True
    assert world.one(office, "bid")["state"] == "reviewed"
    world.holds(office)


def test_a_late_score_within_the_limit_needs_no_second_talk(office: Office, stage: Stage) -> None:
    (bid,) = read(stage, APART)
    stage.moderate(bid)
    stage.settle(bid, "They stay apart.")
    stage.review(bid, "reviewer2", (4,) * 5)
    assert stands(office, bid) == "stale"
    assert world.refusal_of(lambda: stage.moderate(bid)) == ["scores_close"]
    stage.conclude(bid)
    assert world.one(office, "bid")["state"] == "reviewed"


def test_only_a_chair_who_has_no_part_in_it_opens_or_closes(office: Office, stage: Stage) -> None:
    (bid,) = read(stage, APART)
    for who in ("reviewer", "officer", "member", "auditor"):
        with pytest.raises(Refused) as refused:
            fire(office, stage.cast.actor(who), "bid", "moderate", bid, stage.after)
        assert refused.value.refusals[0].kind == "not_yours", who
    panel.declare(office, stage.cast.actor("chair"), bid, "My brother runs it.", stage.after)
    assert world.refusal_of(lambda: stage.moderate(bid)) == ["interest_declared"]


def test_a_kept_score_leaves_its_trace(office: Office, stage: Stage) -> None:
    """The same marks once more: a second version, and an event that says that they were kept."""
    (bid,) = read(stage, APART)
    stage.moderate(bid)
    again = world.change(office, lambda: stage.review(bid, "reviewer2", (1,) * 5, "I stay with it."))
    assert again.bodies[0]["params"] == {"number": 2, "kept": True}
    changed = world.change(office, lambda: stage.review(bid, "reviewer2", (1, 1, 1, 1, 2)))
    assert changed.bodies[0]["params"] == {"number": 3}
    with office.db.read() as conn:
        voices = {voice.person: voice for voice in talk.voices(conn, bid)}
    one = voices[stage.cast.persons["reviewer2"]]
    assert [sent.number for sent in one.sent] == [1, 2, 3]
    assert ([sent.number for sent in one.changed], one.kept) == ([2], False)
    assert voices[stage.cast.persons["reviewer"]].changed == ()


def test_many_are_asked_together_or_none(office: Office, stage: Stage) -> None:
    far, also, near = read(stage, APART, APART, NEAR)
    seen = {row["id"]: row["version"] for row in world.rows(office, "bid")}
    chair = stage.cast.actor("chair")
    with pytest.raises(SeveralRefused) as refused:
        acts.ask(office, chair, {**seen, also: seen[also] - 1}, stage.after)
    assert [(one.step.id, one.refusals[0].code) for one in refused.value.refused] == [
        (also, "stale"), (near, "scores_close"),
    ]  # fmt: skip
    assert world.rows(office, "moderation") == []
    assert acts.ask(office, chair, {far: seen[far], also: seen[also]}, stage.after) == 2
    assert [row["bid_id"] for row in world.rows(office, "moderation")] == [far, also]
    with pytest.raises(ValueError, match="between one bid"):
        acts.ask(office, chair, {}, stage.after)
    world.holds(office)


def test_who_takes_part(office: Office, stage: Stage) -> None:
    """Readers with scores of their own in, who are not kept apart, while the talk is open; nobody else."""
    (bid,) = read(stage, APART)
    panel.assign(office, stage.cast.actor("chair"), [(bid, stage.cast.persons["reviewer4"])], stage.after)

    def part() -> tuple[list[str], list[str]]:
        with office.db.read() as conn:
            mailed = [row.id for row in talk.takers(conn, [bid]).get(bid, ())]
            named = {person: name for name, person in stage.cast.persons.items()}
            everybody = (*READERS, "reviewer4", "chair", "officer", "member", "auditor")
            reads = [who for who in everybody if talk.open_for(conn, stage.cast.persons[who])]
        return sorted(named[person] for person in mailed), reads

    assert part() == (sorted(READERS), [])
    stage.moderate(bid)
    assert part() == (sorted(READERS), list(READERS))
    stage.review(bid, "reviewer4", (3,) * 5)
    assert part() == (sorted((*READERS, "reviewer4")), [*READERS, "reviewer4"])
    panel.declare(office, stage.cast.actor("reviewer2"), bid, "I have joined its committee.", stage.after)
    assert part() == (["reviewer", "reviewer3", "reviewer4"], ["reviewer", "reviewer3", "reviewer4"])
    stage.settle(bid, "It was cleared up.")
    assert part()[1] == []


def test_only_they_are_mailed_and_only_while_it_is_open(office: Office, stage: Stage, tmp_path: Path) -> None:
    first, second = read(stage, APART, APART)
    panel.assign(office, stage.cast.actor("chair"), [(first, stage.cast.persons["reviewer4"])], stage.after)
    given = {"FUNDAPP_DATA": str(tmp_path / "data"), "MAIL_URL": f"file:{tmp_path}/mail"}
    settings = Settings.from_environment(given)

    def mailed() -> list[str]:
        known = handlers.registry(office, settings)
        only = {
            name: handler if name == "moderation" else lambda effect: None for name, handler in known.items()
        }
        for _again in range(3):
            deliver_due(office.db, only, "test")
        texts = [file.read_text() for file in sorted((tmp_path / "mail").glob("*.eml"))]
        assert not [text for text in texts if world.project(0)["title"] in text]
        return sorted(text.partition("To: ")[2].partition("\n")[0] for text in texts)

    stage.moderate(second)
    stage.settle(second, "They had talked already.")
    assert mailed() == []
    stage.moderate(first)
    told = mailed()
    assert len(told) == 3
    for who in READERS:
        assert [to for to in told if f"{who}@" in to], who


def test_the_record_of_a_talk_names_no_reader(office: Office, stage: Stage) -> None:
    (bid,) = read(stage, APART)
    stage.moderate(bid)
    body = world.rows(office, "audit_event", action="bid.moderate")[-1]["body"]
    for who in READERS:
        assert f'"{stage.cast.tokens[who]}"' not in str(body)
