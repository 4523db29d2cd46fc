"""Whoever chairs and reads as well sees what the other readers gave once their own scores are in, and not before."""

import re
from datetime import UTC, datetime

import pytest

from fundapp.queries import rounds as round_asks
from fundapp.services import minutes, panel, roles
from fundapp.services.transition import Refused, fire
from tests.cast import Cast, Made
from tests.services.test_masking import change


def chair_who_reads(cast: Cast, count: int = 3) -> list[Made]:
    """Bids of which two readers scored every one, far apart on the first; the chair reads the first too."""
    roles.give(cast.office, cast.operator, cast.person("chair"), "reviewer", cast.fund, cast.now)
    made = cast.panel(count)
    change(cast, made[0], reviews_needed=2)
    pair = (made[0].id, cast.person("chair"))
    panel.assign(cast.office, cast.actor("chair"), [pair], made[0].stage.after)
    for number, bid in enumerate(made):
        bid.stage.review(bid.id, "reviewer", (5, 5, 5, 5, 5), "A gem.")
        bid.stage.review(bid.id, "reviewer2", (0, 0, 0, 0, 0) if not number else (3, 3, 3, 3, 3), "Not new.")
    return made


def test_no_page_of_the_chair_tells_what_the_others_gave(cast: Cast) -> None:
    first, second, _third = made = chair_who_reads(cast)
    client, code = cast.client("chair"), first.code
    page = client.get(f"/panel/{code}/{first.reference}")
    assert (page.status_code, "Your own scores first" in page.text) == (200, True)
    assert f'href="/pile/{first.reference}"' in page.text
    for words in ("A gem.", "Not new.", "2.50", "points apart"):
        assert words not in page.text
    for act in ("moderate", "conclude", "settle"):
        answer = client.post(f"/panel/{code}/{first.reference}/{act}", data={"reason": "Settled."})
        assert (answer.status_code, "Your own scores first" in answer.text) == (409, True)
    # The rule is the policy's own: whatever page it is asked from, the door refuses it.
    for act in ("moderate", "conclude"):
        with pytest.raises(Refused) as refused:
            fire(cast.office, cast.actor("chair"), "bid", act, first.id, first.stage.after)
        assert "own_scores_first" in [why.code for why in refused.value.refusals]
    assert cast.value("SELECT count(*) FROM moderation") == 0
    assert first.reference not in client.get(f"/panel/{code}/disagreements").text
    for path in ("", "?by=raw", "/decide", "/method"):
        told = client.get(f"/panel/{code}{path}").text
        assert "2.50" not in told, path
        assert "5.00, 0.00" not in told, path
    table = client.get(f"/panel/{code}").text
    # It stands after the others, whatever its scores, and without a place of its own.
    assert table.index(second.reference) < table.index(f"/{first.reference}")
    assert table.count("once yours is in") == 1
    assert client.get(f"/panel/{code}/{second.reference}").text.count("A gem.") == 1
    answer = client.post(f"/panel/{code}/suggest", data={"bar": "", "partial": ""})
    assert (answer.status_code, "once your own scores are in" in answer.text) == (409, True)
    assert cast.value("SELECT count(*) FROM suggestion") == 0
    first.stage.review(first.id, "chair", (4, 4, 4, 4, 4))
    assert "A gem." in client.get(f"/panel/{code}/{first.reference}").text
    assert first.reference in client.get(f"/panel/{code}/disagreements").text
    assert "once yours is in" not in client.get(f"/panel/{code}").text
    assert client.post(f"/panel/{code}/suggest", data={"bar": "", "partial": ""}).status_code == 303
    assert len(made) == 3


def test_whoever_handed_it_back_chairs_as_before(cast: Cast) -> None:
    first = chair_who_reads(cast, 1)[0]
    panel.abstain(cast.office, cast.actor("chair"), first.id, "I am no judge of kitchens.", first.stage.after)
    assert "A gem." in cast.client("chair").get(f"/panel/{first.code}/{first.reference}").text


def test_a_set_that_another_had_worked_out_waits_too(cast: Cast) -> None:
    first, second, _third = chair_who_reads(cast)
    officer = cast.actor("reviewer4")
    roles.give(cast.office, cast.operator, cast.person("reviewer4"), "chair", cast.fund, cast.now)
    other = cast.client("reviewer4")
    assert officer.person == cast.person("reviewer4")
    assert other.post(f"/panel/{first.code}/suggest", data={"bar": "", "partial": ""}).status_code == 303
    client = cast.client("chair")
    assert "Suggestion 1" not in client.get(f"/panel/{first.code}/decide?suggestion=1").text
    assert "Suggestion 1" in other.get(f"/panel/{first.code}/decide?suggestion=1").text
    why = client.get(f"/panel/{first.code}/why/1/{second.reference}").text
    assert "once your own scores are in" in why
    assert "It is in the set" not in why


def test_the_minutes_leave_the_scores_out_for_whoever_still_reads(cast: Cast) -> None:
    first, second, _third = chair_who_reads(cast)
    roles.give(cast.office, cast.operator, cast.person("officer"), "reviewer", cast.fund, cast.now)
    with cast.office.db.read() as conn:
        row = round_asks.by_code(conn, first.code)
        assert row is not None
        told = minutes.minutes_of(conn, row, cast.person("chair"), datetime.now(UTC), cast.office.zone)
        whole = minutes.minutes_of(conn, row, cast.person("officer"), datetime.now(UTC), cast.office.zone)
    scores = {bid.reference: [one.total for one in bid.scores] for bid in told.bids}
    assert scores[first.reference] == []
    # Nor any other figure of it: they are all written with a point.
    assert (
        re.findall(r"\d\.\d\d", repr(next(bid for bid in told.bids if bid.reference == first.reference)))
        == []
    )
    assert scores[second.reference] == ["3.00", "5.00"]
    assert [len(bid.scores) for bid in whole.bids] == [2, 2, 2]
