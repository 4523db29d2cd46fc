"""Every state × role × move against the reviewed answers in truth/, and every need of every move."""

import csv
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest

from tests.policy.cases import ALSO_WHILE_RELEASING, BREAKS, NEEDS, favourable
from workflows import LIVES
from workflows.grammar import GUARDS, Facts
from workflows.machine import MoveUnknown, compiled
from workflows.roles import ROLES

TRUTH = Path(__file__).parent / "truth"
REFUSED = {"not_yours": "not_yours", "not_now": "not_from_here"}


def rows(life: str) -> list[dict[str, str]]:
    with (TRUTH / f"{life}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_life_has_its_file() -> None:
    assert {file.stem for file in TRUTH.glob("*.csv")} == set(LIVES)


@pytest.mark.parametrize("life", sorted(LIVES))
def test_file_covers_every_state_role_and_move(life: str) -> None:
    table = rows(life)
    states = ("nothing", *LIVES[life].states)
    moves = {move.name for move in LIVES[life].moves}
    assert sorted((row["state"], row["move"]) for row in table) == sorted(product(states, moves))
    for row in table:
        assert set(row) == {"state", "move", "nobody", *ROLES}


@pytest.mark.parametrize("life", sorted(LIVES))
def test_policy_answers_as_the_file_says(life: str) -> None:
    wrong = []
    for row in rows(life):
        name, state = row.pop("move"), row.pop("state")
        for role, expected in row.items():
            facts = favourable(life, name, *(() if role == "nobody" else (role,)))
            verdict = compiled(life).judge(name, None if state == "nothing" else state, Facts(facts))
            if expected in REFUSED:
                said = [(refusal.kind, refusal.code) for refusal in verdict.refusals]
                right = not verdict.granted and said == [(expected, REFUSED[expected])]
            else:
                right = (verdict.to, verdict.role, verdict.refusals) == (expected, role, ())
            if not right:
                wrong.append((state, name, role, expected, verdict))
    assert wrong == []


def deciding_role(life: str, name: str, state: str | None) -> str:
    """A role that the file grants the move: the officer, whose answers need a file, where it may be."""
    row = next(r for r in rows(life) if (r["state"], r["move"]) == (state or "nothing", name))
    granted = [role for role in sorted(ROLES) if row[role] not in REFUSED]
    return "officer" if "officer" in granted else granted[0]


def codes(life: str, name: str, state: str | None, *changes: dict[str, Any]) -> list[str]:
    facts = favourable(life, name, deciding_role(life, name, state))
    for change in changes:
        facts |= change
    verdict = compiled(life).judge(name, state, Facts(facts))
    assert verdict.granted is (verdict.refusals == ())
    return sorted(refusal.code for refusal in verdict.refusals)


def expected_codes(needs: tuple[str, ...], *broken: str) -> list[str]:
    found = [BREAKS[guard][1] for guard in broken]
    if "round_not_releasing" in broken:
        found += [code for need, code in ALSO_WHILE_RELEASING.items() if need in needs and need not in broken]
    return sorted(found)


def test_needs_are_listed_for_every_move_and_source() -> None:
    moves = {
        (life, row["move"], None if row["state"] == "nothing" else row["state"])
        for life in LIVES
        for row in rows(life)
        if any(row[role] not in REFUSED for role in ROLES)
    }
    assert set(NEEDS) == moves
    assert set(BREAKS) == {guard for needs in NEEDS.values() for guard in needs}


@pytest.mark.parametrize("place", NEEDS, ids=lambda place: f"{place[0]}-{place[1]}-{place[2]}")
def test_what_held_is_exactly_what_the_move_needs(place: tuple[str, str, str | None]) -> None:
    life, name, state = place
    role = deciding_role(life, name, state)
    verdict = compiled(life).judge(name, state, Facts(favourable(life, name, role)))
    assert sorted(verdict.held) == sorted(NEEDS[place])
    assert verdict.under == (None if role == "clock" else ("role_grant", 7))


@pytest.mark.parametrize(
    ("place", "guard"),
    [(place, guard) for place, needs in NEEDS.items() for guard in needs],
    ids=lambda value: value if isinstance(value, str) else f"{value[0]}-{value[1]}-{value[2]}",
)
def test_one_broken_need_refuses_with_its_own_code(place: tuple[str, str, str | None], guard: str) -> None:
    assert codes(*place, BREAKS[guard][0]) == expected_codes(NEEDS[place], guard)


@pytest.mark.parametrize("place", NEEDS, ids=lambda place: f"{place[0]}-{place[1]}-{place[2]}")
def test_two_broken_needs_are_both_named(place: tuple[str, str, str | None]) -> None:
    for one, two in combinations(NEEDS[place], 2):
        first, second = BREAKS[one][0], BREAKS[two][0]
        if set(first) & set(second):  # broken through one fact: they cannot be broken apart
            continue
        if one == "outcome_with_feedback":  # broken by a decline without words, which takes no money
            continue
        assert codes(*place, first, second) == expected_codes(NEEDS[place], one, two), (one, two)


def test_all_broken_needs_are_named_at_once() -> None:
    place = ("bid", "submit", "returned")
    changes = [BREAKS[guard][0] for guard in NEEDS[place]]
    assert len(changes) == 10
    assert codes(*place, *changes) == expected_codes(NEEDS[place], *NEEDS[place])


def test_a_person_acts_in_the_first_role_that_the_rule_book_names() -> None:
    facts = Facts(favourable("bid", "endorse", "officer", "representative", **{"input.document_id": None}))
    verdict = compiled("bid").judge("endorse", "submitted", facts)
    assert (verdict.to, verdict.role) == ("endorsed", "representative")


def test_representative_needs_no_file() -> None:
    for name, target in (("endorse", "endorsed"), ("refuse", "not_endorsed")):
        facts = Facts(favourable("bid", name, "representative", **{"input.document_id": None}))
        assert compiled("bid").judge(name, "submitted", facts).to == target


def test_treasurer_cancels_a_payment_of_a_bid_that_stands() -> None:
    facts = Facts(favourable("payment", "cancel", "treasurer", **{"bid.state": "awarded"}))
    assert compiled("payment").judge("cancel", "approved", facts).to == "cancelled"


def test_unknown_move_and_unknown_life_are_bugs() -> None:
    with pytest.raises(MoveUnknown):
        compiled("bid").judge("teleport", "draft", Facts(favourable("bid", "submit", "applicant")))
    with pytest.raises(KeyError):
        compiled("parrot")


@pytest.mark.parametrize("life", sorted(LIVES))
def test_offers_are_what_the_door_would_say(life: str) -> None:
    """A page's buttons: the same verdicts as `judge`, less what is not this actor's; no input read."""
    machine = compiled(life)
    for state in (None, *LIVES[life].states):
        for role in sorted(ROLES):
            facts = {
                name: value
                for name, value in favourable(life, "", role).items()
                if not name.startswith("input.")
            }
            asked = [
                machine.judge(move.name, state, Facts(facts), asking=True)
                for move in machine.moves_from(state)
            ]
            mine = [v for v in asked if "not_yours" not in {refusal.kind for refusal in v.refusals}]
            assert machine.offers(state, Facts(facts)) == mine


def test_offer_is_left_out_wherever_the_reason_stands_that_it_is_not_theirs() -> None:
    facts = favourable("bid", "review", "assigned_reviewer", **{"round.state": "closed"})
    assert [v.move for v in compiled("bid").offers("endorsed", Facts(facts))] == ["review"]
    facts["panel.conflicted"] = True
    assert compiled("bid").offers("endorsed", Facts(facts)) == []


def test_asking_reads_no_input() -> None:
    for life, machine in ((life, compiled(life)) for life in LIVES):
        moves = LIVES[life].moves
        for_door, for_page = machine.reads(moves), machine.reads(moves, asking=True)
        assert not any(name.startswith("input.") for name in for_page)
        said = {name for move in moves for name in LIVES[life].needs_of(move)}
        assert for_door == frozenset().union(*(GUARDS[name].reads for name in said))
