"""Sets suggested by the service: kept in the round's record, worked out from the ranking, never a decision."""

import json
from datetime import timedelta

import pytest

from fundapp.audit.verify import verify
from fundapp.domain.candidates import Part, Rule, Terms
from fundapp.domain.selection import best_set
from fundapp.queries import rounds
from fundapp.queries import suggestions as asks
from fundapp.services import ranking, selection, several
from fundapp.services.transition import Refused
from tests.cast import Cast, Made


def read(cast: Cast, count: int) -> list[Made]:
    made = cast.panel(count + 1)
    for number, bid in enumerate(made[:count]):
        for reviewer in ("reviewer", "reviewer2", "reviewer3"):
            bid.stage.review(
                bid.id, reviewer, ((5, 4, 3, 2, 4), (3, 3, 3, 4, 4), (2, 2, 4, 1, 1))[number % 3]
            )
        bid.stage.conclude(bid.id)
    return made


def test_a_set_is_kept_with_its_terms_and_the_record_holds(cast: Cast) -> None:
    made = read(cast, 2)
    with cast.office.db.read() as conn:
        row = rounds.by_code(conn, made[0].code)
        here = selection.field(conn, row)
        placed = {p.bid: p.calibrated for p in ranking.of_round(conn, row).rows if p.calibrated is not None}
    assert {bid.id: bid.score for bid in here.candidates} == placed
    assert here.unread == 1
    terms = Terms(500_000, 100, (Rule("organisation", most_awards=3),), Part(60, 5_000))
    at = made[0].stage.after
    for number in (1, 2):
        assert selection.suggest(cast.office, cast.actor("chair"), row, terms, at) == (
            number,
            best_set(here.candidates, terms),
        )
    with cast.office.db.read() as conn:
        kept = asks.of_round(conn, row.id, 2)
        assert asks.of_round(conn, row.id, 3) is None
    assert kept is not None
    assert selection.read(kept.terms) == terms
    assert selection.kept(kept).awards == best_set(here.candidates, terms).awards
    assert selection.unchanged(kept, here)
    found = verify(cast.office.db, cast.office.recorder)
    assert [problem.sentence for problem in found.problems] == []
    body = json.loads(
        cast.value("SELECT body FROM audit_event WHERE action = 'set.suggested' ORDER BY id LIMIT 1")
    )
    assert body["params"] == {"number": 1}
    assert cast.value("SELECT count(*) FROM decision") == 0


def test_who_runs_nothing_here_is_given_no_set(cast: Cast) -> None:
    made = read(cast, 1)
    with cast.office.db.read() as conn:
        row = rounds.by_code(conn, made[0].code)
    for who in ("reviewer", "treasurer", "member"):
        with pytest.raises(Refused):
            selection.suggest(cast.office, cast.actor(who), row, Terms(500_000), cast.now)
    assert cast.value("SELECT count(*) FROM suggestion") == 0


def test_an_act_takes_some_decisions_and_each_bid_once(cast: Cast) -> None:
    (made, _more) = read(cast, 1)
    decline = {"outcome": "decline", "feedback": "Not this time.", "amount_pence": None}
    at = made.stage.after + timedelta(minutes=1)
    for wrong in ([], [(made.id, 0, decline)] * 2):
        with pytest.raises(ValueError, match=r"one bid|named once"):
            several.move(cast.office, cast.actor("chair"), "decide", wrong, at)
    assert several.move(cast.office, cast.actor("chair"), "decide", [(made.id, 0, decline)], at) == 1
