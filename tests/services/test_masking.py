"""Masked copies: proposed, confirmed, made stale by a newer version, and raced."""

from pathlib import Path
from typing import Any

import pytest

from fundapp.database import Database
from fundapp.domain.masking import Known, Masker
from fundapp.queries import blind, table
from fundapp.queries import masking as asks
from fundapp.queries import rounds as round_asks
from fundapp.services import drafts, masking, roles, round_rules, round_terms
from fundapp.services.masking import MaskRefused
from fundapp.services.transition import Refused, fire
from tests import masks
from tests.cast import Cast, Made, over
from tests.databases import BOTH


def blinded(cast: Cast, count: int = 1, *, panel: bool = True) -> list[Made]:
    """Backed bids of a round whose panel reads without names."""
    made = cast.endorsed(count)
    stage = made[0].stage
    change(cast, made[0], blind=True)
    if panel:
        stage.start_panel()
        stage.assign([bid.id for bid in made])
    return made


def change(cast: Cast, made: Made, **terms: Any) -> None:
    with cast.office.db.read() as conn:
        row: Any = round_asks.by_id(conn, made.stage.round)
    round_terms.change(
        cast.office, cast.actor("officer"), made.stage.round, terms, made.stage.after, row.version
    )


def counts(cast: Cast, bid: int) -> int | None:
    with cast.office.db.read() as conn:
        return table.standings(conn, [bid], None)[bid].masked


@pytest.mark.parametrize("database", BOTH, indirect=True)
def test_a_copy_is_proposed_confirmed_and_counts(database: Database, tmp_path: Path) -> None:
    for cast in over(database, tmp_path):
        (bid,) = blinded(cast)
        at, officer = bid.stage.after, cast.actor("officer")
        assert counts(cast, bid.id) is None
        with pytest.raises(Refused, match="masked_copy_missing"):
            bid.stage.review(bid.id, "reviewer", (1, 2, 3, 4, 5))
        assert masks.confirm(cast.office, officer, bid.id, at) == 1
        with cast.office.db.read() as conn:
            copy: Any = blind.copy(conn, bid.id)
            assert (
                asks.newest(conn, [bid.id])
                == {bid.id: copy.id}
                == {bid.id: table.standings(conn, [bid.id], 1)[bid.id].masked}
            )
        assert "[place]" in copy.title
        assert "Millbeck" not in f"{copy.title}{copy.answers}"
        assert copy.answers.keys().isdisjoint(
            {"organisation", "address", "area", "representative", "title", "declarations"}
        )
        assert [line["pence"] for line in copy.answers["budget"]] == [228_000, 190_000, 43_000, 24_000]
        assert copy.sha256 == masking.sha256_of(copy.title, copy.answers, copy.cleared)
        bid.stage.review(bid.id, "reviewer", (1, 2, 3, 4, 5))
        assert cast.value("SELECT masked_copy_id FROM review") == copy.id
        assert cast.value("SELECT count(*) FROM audit_event WHERE action = 'masked.confirmed'") == 1


def test_a_newer_version_makes_the_copy_stale(cast: Cast) -> None:
    (bid,) = blinded(cast, panel=False)
    officer, at = cast.actor("officer"), bid.stage.during
    masks.confirm(cast.office, officer, bid.id, at)
    first = masks.given(cast.office, bid.id)
    fire(cast.office, officer, "bid", "send_back", bid.id, at, {"reason": "Who opens the hall?"})
    with cast.office.db.read() as conn:
        from fundapp.queries import bids

        draft: Any = bids.writable_draft(conn, bid.id, cast.person("member"))
    drafts.save(cast.office, cast.actor("member"), bid.id, {"people": "40 families"}, draft.revision, at)
    bid.stage.submit(bid.id)
    if cast.state(bid.id) == "submitted":
        bid.stage.endorse(bid.id)
    assert counts(cast, bid.id) is None
    with pytest.raises(MaskRefused, match="copy_changed"):
        masking.confirm(cast.office, officer, bid.id, first, at)
    assert masks.confirm(cast.office, officer, bid.id, at) == 2
    assert counts(cast, bid.id) == cast.value("SELECT id FROM masked_copy WHERE number = 2")


def test_a_known_word_stands_only_on_purpose(cast: Cast) -> None:
    (bid,) = blinded(cast)
    at, officer = bid.stage.after, cast.actor("officer")
    given = masks.given(cast.office, bid.id, title="A table in Millbeck", people="For Mrs Rao")
    with pytest.raises(MaskRefused, match="known_words_stand") as refused:
        masking.confirm(cast.office, officer, bid.id, given, at)
    assert refused.value.standing == {"title": ["Millbeck"], "people": ["Mrs Rao"]}
    ticked = masking.Given(given.version, given.number, given.texts, (), frozenset({"millbeck", "mrs rao"}))
    assert masking.confirm(cast.office, officer, bid.id, ticked, at) == 1


@pytest.mark.parametrize("who", ["chair", "reviewer", "treasurer", "member"])
def test_only_an_officer_confirms(cast: Cast, who: str) -> None:
    (bid,) = blinded(cast)
    with pytest.raises(MaskRefused, match="not_yours"):
        masks.confirm(cast.office, cast.actor(who), bid.id, bid.stage.after)
    assert cast.value("SELECT count(*) FROM masked_copy") == 0


def test_what_has_no_place_is_refused(cast: Cast) -> None:
    officer = cast.actor("officer")
    named = cast.panel(1)[0]
    with pytest.raises(MaskRefused, match="not_blind"):
        masks.confirm(cast.office, officer, named.id, named.stage.after)
    (bid,) = blinded(cast)
    with pytest.raises(MaskRefused, match="texts_missing"):
        masks.confirm(cast.office, officer, bid.id, bid.stage.after, title="  ")
    with pytest.raises(LookupError):
        masking.confirm(cast.office, officer, 99_999, masks.given(cast.office, bid.id), bid.stage.after)
    # Only what came with the bid can be cleared.
    masks.confirm(cast.office, officer, bid.id, bid.stage.after, [12345])
    with cast.office.db.read() as conn:
        copy: Any = blind.copy(conn, bid.id)
    assert copy.cleared == []


def test_two_officers_confirm_and_one_of_them_looks_again(cast: Cast) -> None:
    (bid,) = blinded(cast)
    both = [masks.given(cast.office, bid.id), masks.given(cast.office, bid.id, title="A table")]
    assert masking.confirm(cast.office, cast.actor("officer"), bid.id, both[0], bid.stage.after) == 1
    with pytest.raises(MaskRefused, match="copy_changed"):
        masking.confirm(cast.office, cast.actor("officer"), bid.id, both[1], bid.stage.after)


def test_who_has_the_older_copy_open_reads_the_newer_before_scoring(cast: Cast) -> None:
    (bid,) = blinded(cast)
    at, officer = bid.stage.after, cast.actor("officer")
    masks.confirm(cast.office, officer, bid.id, at, title="The first title")
    client = cast.client("reviewer")
    bid.stage.review(bid.id, "reviewer2", (1, 2, 3, 4, 5))
    scores = {"score-link": "4", "score-wins": "3", "score-new": "5", "score-plan": "4", "score-leaders": "2"}
    page = client.get(f"/pile/{bid.reference}").text
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    masks.confirm(cast.office, officer, bid.id, at, title="The second title")
    late = client.post(f"/pile/{bid.reference}", data={**scores, "seen": seen})
    assert late.status_code == 409
    assert "The second title" in late.text
    assert cast.value("SELECT count(*) FROM review") == 1
    bid.stage.review(bid.id, "reviewer", (4, 3, 5, 4, 2))
    numbers = (
        "SELECT group_concat(number) FROM (SELECT m.number FROM review r JOIN masked_copy m ON m.id = r.masked_copy_id "
        "ORDER BY r.id)"
    )
    assert cast.value(numbers) == "1,2"


def test_names_show_again_once_the_round_is_released(cast: Cast) -> None:
    (bid,) = blinded(cast)
    masks.confirm(cast.office, cast.actor("officer"), bid.id, bid.stage.after)
    for reviewer in ("reviewer", "reviewer2", "reviewer3"):
        bid.stage.review(bid.id, reviewer, (4, 4, 3, 4, 5))
    bid.stage.conclude(bid.id)
    bid.stage.decide(bid.id, "award", 200_000)
    chair = cast.client("chair")
    path = f"/panel/{bid.code}/{bid.reference}"
    assert "Millbeck" not in chair.get(path).text
    assert chair.get(f"/bids/{bid.reference}").status_code == 404
    bid.stage.release()
    assert "Millbeck Growers" in chair.get(path).text
    assert chair.get(f"/bids/{bid.reference}").status_code == 200
    with pytest.raises(MaskRefused, match="not_blind"):
        masks.confirm(cast.office, cast.actor("officer"), bid.id, bid.stage.after)


def test_the_door_refuses_a_chair_who_sees_names_by_other_work(cast: Cast) -> None:
    """Whatever page or command they come by."""
    (bid,) = blinded(cast)
    masks.confirm(cast.office, cast.actor("officer"), bid.id, bid.stage.after)
    for reviewer in ("reviewer", "reviewer2", "reviewer3"):
        bid.stage.review(bid.id, reviewer, (4, 4, 3, 4, 5))
    roles.give(cast.office, cast.operator, cast.person("officer"), "chair", cast.fund, cast.now)
    with pytest.raises(Refused) as refused:
        fire(cast.office, cast.actor("officer"), "bid", "conclude", bid.id, bid.stage.after)
    assert [refusal.code for refusal in refused.value.refusals] == ["interest_declared"]
    fire(cast.office, cast.actor("chair"), "bid", "conclude", bid.id, bid.stage.after)


def test_it_is_turned_on_and_off_until_the_panel_starts(cast: Cast) -> None:
    (bid,) = blinded(cast, panel=False)
    change(cast, bid, blind=False)
    change(cast, bid, blind=True)
    bid.stage.start_panel()
    with pytest.raises(round_rules.TermsRefused) as refused:
        change(cast, bid, blind=False)
    assert [(column, refusal.code) for column, refusal in refused.value.refusals] == [
        ("blind", "blind_frozen")
    ]


def test_everybody_and_every_place_that_is_known_is_masked(cast: Cast) -> None:
    (bid,) = blinded(cast)
    with cast.office.db.read() as conn:
        version: Any = asks.version(conn, bid.id)
        known = masking.known(conn, bid.id, version)
        proposal: Any = masking.propose(conn, bid.id)
    assert known.names == ("Sunita Rao", "Margaret Oyelaran")
    assert {"Millbeck East", "Millbeck", "North Vale", "Netherdale", "Thornley Cross"} <= set(known.places)
    assert ("councillor for Millbeck East", "name") in known.whole
    assert ("3 Hawthorn Bank", "place") in known.whole
    assert masking.standing(proposal, {text.key: text.proposed for text in proposal.texts}, frozenset()) == {}


def test_a_choice_that_gives_somebody_away_is_left_out() -> None:
    masker = Masker(Known(places=("Netherdale",)))
    questions = [
        {"id": "where", "kind": "choice", "label": "Where?", "order": ["n", "b"],
         "options": {"n": "In Netherdale", "b": "By the sea"}},
    ]  # fmt: skip
    for answer, left in (("n", {}), ("b", {"where": "b"})):
        proposal = masking.Proposal(1, 1, 0, (), (), masker, {"where": answer}, questions)
        assert masking.masked_answers(proposal, {}, ()) == left
