"""The chair's table, giving bids out, and the release."""

import re
from typing import Any

from flask import template_rendered
from sqlalchemy import text

from fundapp.services import panel, rounds
from tests.cast import Cast, Made


def decided(cast: Cast, outcomes: list[str]) -> list[Made]:
    """Bids that are read, closed and decided."""
    made = cast.panel(len(outcomes))
    for bid, outcome in zip(made, outcomes, strict=True):
        for reviewer in ("reviewer", "reviewer2", "reviewer3"):
            bid.stage.review(bid.id, reviewer, (4, 4, 3, 4, 5))
        bid.stage.conclude(bid.id)
        bid.stage.decide(bid.id, outcome, 200_000 if outcome == "award" else None)
    return made


def seal_in(page: str) -> str:
    """The seal of the plan that a page shows."""
    found = re.search(r'name="seal" value="([0-9a-f]{64})"', page)
    assert found
    return found.group(1)


def version(cast: Cast, made: Made) -> str:
    """The round's version as a page would carry it."""
    return str(cast.value("SELECT version FROM round WHERE code = :code", code=made.code))


def test_the_table_draws_the_line_where_the_money_ends(cast: Cast) -> None:
    made = cast.panel(3, budget_pence=970_000)
    for bid, mark in zip(made, (5, 3, 1), strict=True):
        bid.stage.review(bid.id, "reviewer", (mark,) * 5)
    page = cast.client("chair").get(f"/panel/{made[0].code}").text
    order = [page.index(f"/{bid.reference}") for bid in made]
    assert order == sorted(order)
    line = page.index("The money ends here")
    assert order[1] < line < order[2]
    assert "£9,700 of £9,700" in page
    assert "2 bids to read" not in page
    assert page.count("3 bids to read") == 2


def test_the_table_takes_as_many_queries_whatever_its_size(cast: Cast) -> None:
    from sqlalchemy import event

    client = cast.client("chair")
    counts = []
    for size in (1, 6):
        code = cast.panel(size)[0].code
        asked: list[str] = []
        listen = lambda *args, asked=asked: asked.append(args[2])  # noqa: E731
        event.listen(cast.office.db.engine, "before_cursor_execute", listen)
        assert client.get(f"/panel/{code}").status_code == 200
        event.remove(cast.office.db.engine, "before_cursor_execute", listen)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_bids_are_given_out_as_proposed(cast: Cast) -> None:
    made = cast.panel(2, assigned=False)
    client = cast.client("chair")
    page = client.get(f"/panel/{made[0].code}/assign?readers=2").text
    assert "4 readings are planned" in page
    assert "Then everybody has one." in page
    assert cast.value("SELECT count(*) FROM assignment") == 0
    told = client.post(f"/panel/{made[0].code}/assign", data={"readers": "2", "seal": seal_in(page)})
    assert (told.status_code, told.location) == (303, f"/panel/{made[0].code}")
    assert cast.value("SELECT count(*) FROM assignment") == 4
    assert cast.value("SELECT count(*) FROM outbox WHERE name = 'assigned'") == 4


def test_an_unsettled_round_says_what_it_waits_for(cast: Cast) -> None:
    bid = cast.panel(1)[0]
    client = cast.client("chair")
    page = client.get(f"/panel/{bid.code}/release")
    assert page.status_code == 200
    assert "no decision yet" in page.text
    assert "Not ready to release" in page.text
    assert "One bid is still to be decided. No decision is recorded yet." in page.text
    assert "0 of 3 reviews in" in page.text
    assert page.text.count(f'href="/panel/{bid.code}/{bid.reference}"') == 2
    assert "Every decline says why" not in page.text
    assert "are awarded" not in page.text
    refused = client.post(f"/panel/{bid.code}/release", data={"seen": version(cast, bid)})
    assert refused.status_code == 409
    assert cast.value("SELECT state FROM round WHERE code = :code", code=bid.code) == "panel"


def test_the_table_leads_to_the_first_bid_that_waits_for_the_chair(cast: Cast) -> None:
    made = cast.panel(3)
    client = cast.client("chair")
    path = f"/panel/{made[0].code}"
    assert "Decide on the next bid" not in client.get(path).text
    for reviewer in ("reviewer", "reviewer2", "reviewer3"):
        made[1].stage.review(made[1].id, reviewer, (4, 4, 3, 4, 5))
    page = client.get(path).text
    assert f'<a class="go" href="{path}/{made[1].reference}"><span>Decide on the next bid</span>' in page
    assert "Reviews are in: close them" in page
    made[1].stage.conclude(made[1].id)
    assert "Reviews closed: decide" in client.get(path).text
    made[1].stage.decide(made[1].id, "award", 200_000)
    page = client.get(path).text
    assert "Decide on the next bid" not in page
    assert f'href="{path}/release">See what the release waits for' in page


def test_a_release_is_previewed_read_pressed_and_stopped(cast: Cast) -> None:
    made = decided(cast, ["award", "decline", "award"])
    path = f"/panel/{made[0].code}/release"
    client = cast.client("chair")
    page = client.get(path).text
    assert "Release all 3 decisions?" in page
    assert "<strong>£4,000</strong>" in page
    assert "does not yet say who carries it on" in page
    assert cast.value("SELECT state FROM round") == "panel"
    unread = client.post(path, data={"seen": version(cast, made[0])})
    assert unread.status_code == 422
    assert cast.value("SELECT state FROM round") == "panel"
    pressed = {"seen": version(cast, made[0]), "read": "yes"}
    assert client.post(path, data=pressed).status_code == 303
    assert cast.value("SELECT state FROM round") == "releasing"
    assert client.post(path, data=pressed).status_code == 409
    page = client.get(path).text
    assert "Stop the release" in page
    assert "in 9 minutes" in page
    assert cast.value("SELECT count(*) FROM outbox WHERE name LIKE 'released%'") == 0
    undone = client.post(f"/panel/{made[0].code}/undo", data={"seen": version(cast, made[0])})
    assert undone.status_code == 303
    assert cast.value("SELECT state FROM round") == "panel"
    assert [cast.state(bid.id) for bid in made] == ["reviewed"] * 3


def test_after_the_window_it_cannot_be_stopped(cast: Cast) -> None:
    made = decided(cast, ["award"])
    client = cast.client("chair")
    client.post(f"/panel/{made[0].code}/release", data={"seen": version(cast, made[0])})
    with cast.office.db.read() as conn:
        number = conn.execute(text("SELECT id FROM round")).scalar_one()
    from datetime import timedelta

    rounds.publish(cast.office, number, cast.now + timedelta(minutes=30))
    late = client.post(f"/panel/{made[0].code}/undo", data={"seen": version(cast, made[0])})
    assert late.status_code == 409
    assert cast.state(made[0].id) == "awarded"
    assert "This round is released" in client.get(f"/panel/{made[0].code}/release").text


def test_only_chairs_come_in(cast: Cast) -> None:
    bid = cast.panel(1)[0]
    for path in ("/panel", f"/panel/{bid.code}", f"/panel/{bid.code}/assign", f"/panel/{bid.code}/release"):
        assert cast.client("chair").get(path).status_code == 200
        assert cast.client("treasurer").get(path).status_code == 403
        assert cast.client(None).get(path).status_code == 302
    assert cast.client("chair").get(f"/panel/{cast.bid('draft').code}").status_code == 404


def test_bids_kept_from_a_chair_stand_in_no_order_of_their_scores(cast: Cast) -> None:
    low, high, third = made = cast.panel(3)
    for bid, mark in zip(made, (1, 5, 3), strict=True):
        for reviewer in ("reviewer", "reviewer2", "reviewer3"):
            bid.stage.review(bid.id, reviewer, (mark,) * 5)
    for bid in (low, high):
        panel.declare(cast.office, cast.actor("chair"), bid.id, "My sister.", low.stage.after)
    shown: dict[str, list[int]] = {}

    def keep(_app: Any, template: Any, context: dict[str, Any], **_more: Any) -> None:
        kept = context.get("hidden") or [row for row in context["open"] if row.conflicted]
        shown[template.name] = [row.id for row in kept]

    with template_rendered.connected_to(keep, cast.app):
        for path in ("", "/decide", "/release"):
            page = cast.client("chair").get(f"/panel/{low.code}{path}").text
            assert third.reference in page
    assert shown.keys() == {"chair/round.html", "chair/deciding.html", "chair/release.html"}
    assert list(shown.values()) == [[low.id, high.id]] * 3


def test_a_decision_that_changed_after_the_release_was_shown_holds_it_up(cast: Cast) -> None:
    made = decided(cast, ["award", "decline"])
    client, path = cast.client("chair"), f"/panel/{made[0].code}/release"
    shown = re.search(r'name="shown" value="([0-9a-f]{64})"', client.get(path).text)
    assert shown is not None
    made[0].stage.decide(made[0].id, "award", 300_000)
    data = {"read": "yes", "seen": version(cast, made[0]), "shown": shown[1]}
    answer = client.post(path, data=data)
    assert (answer.status_code, "changed after this page was shown" in answer.text) == (409, True)
    assert cast.value("SELECT state FROM round") == "panel"
    again = re.search(r'name="shown" value="([0-9a-f]{64})"', answer.text)
    assert again is not None
    assert client.post(path, data=data | {"shown": again[1]}).status_code == 303
    assert cast.value("SELECT state FROM round") == "releasing"


def test_a_place_in_the_table_that_is_no_number_is_its_beginning(cast: Cast) -> None:
    bid = cast.panel(1)[0]
    client = cast.client("chair")
    for text_ in ("0", "-1", "x", "²", "000001" + "9" * 30, "000001" + "9" * 5000):
        for path in ("", "/decide"):
            page = client.get(f"/panel/{bid.code}{path}?from={text_}")
            assert (page.status_code, bid.reference in page.text) == (200, True), text_[:9]


def test_a_bid_says_what_it_waits_for(cast: Cast) -> None:
    """Readers far apart are asked first, and a bid that lost a reader is given to another."""
    made = cast.panel(1)[0]
    client, path = cast.client("chair"), f"/panel/{made.code}"
    for reader, mark in (("reviewer", 0), ("reviewer2", 5), ("reviewer3", 5)):
        made.stage.review(made.id, reader, (mark,) * 5)

    def says(words: str) -> None:
        for page in (client.get(path).text, client.get(f"{path}/release").text):
            assert words in page
            assert "Reviews are in: close them" not in page or words == "Reviews are in: close them"

    says("Far apart: ask its readers to talk")
    assert "its readers are far apart, and that is not settled" in client.get(f"{path}/decide").text
    made.stage.moderate(made.id)
    says("Its readers talk it over")
    made.stage.review(made.id, "reviewer", (5,) * 5)
    says("They have come together: close the talk")
    made.stage.settle(made.id, "One had missed a page.")
    says("Reviews are in: close them")
    panel.declare(cast.office, cast.actor("reviewer"), made.id, "We are cousins.", made.stage.after)
    says("Give it to another reader")
    page = client.get(f"{path}/{made.reference}").text
    assert "2 of 3 reviews are in." in page
    assert "Ruth Calloway’s review counts no more." in page
    assert "They declared an interest on" in page
    assert "It needs another reader." in page
    assert "cousins" not in page
    made.stage.assign([made.id], ("reviewer4",))
    assert "Another reader has it." in client.get(f"{path}/{made.reference}").text
    made.stage.review(made.id, "reviewer4", (5,) * 5)
    made.stage.conclude(made.id)
    panel.declare(cast.office, cast.actor("reviewer2"), made.id, "We are cousins.", made.stage.after)
    says("Too few reviews count: open them again")
    assert "open its reviews again, and give it to somebody" in client.get(f"{path}/{made.reference}").text
    made.stage.decide(made.id, "award", 100_000)
    assert "was recorded before a review" not in client.get(f"{path}/release").text
    panel.declare(cast.office, cast.actor("reviewer3"), made.id, "We are cousins.", made.stage.after)
    page = client.get(f"{path}/release").text
    assert "One decision was recorded before a review of its bid was set aside." in page
    assert "until you change it" in client.get(f"{path}/{made.reference}").text
