"""Sittings and minutes as the chair, the officer and the auditor meet them."""

import io
import re
from datetime import timedelta
from typing import Any

from pypdf import PdfReader
from sqlalchemy import event

from fundapp.jobs import handlers
from fundapp.jobs.deliver import deliver_due
from fundapp.outbox import Effect
from fundapp.services import minutes_papers, panel
from tests.cast import Cast, Made


def made(cast: Cast, who: str, code: str) -> Any:
    """The minutes as they get them: asked for at their page, made by the worker, opened."""
    client = cast.client(who)
    if "Open the minutes (PDF)" not in client.get(f"/panel/{code}/minutes").text:
        assert client.post(f"/panel/{code}/minutes").status_code == 303
        assert "Being made" in client.get(f"/panel/{code}/minutes").text
        known = handlers.registry(cast.office, cast.app.extensions["settings"])
        quiet = {
            name: handler if name == minutes_papers.EFFECT else _nothing for name, handler in known.items()
        }
        assert deliver_due(cast.office.db, quiet, "test").retried == 0
    assert "Open the minutes (PDF)" in client.get(f"/panel/{code}/minutes").text
    answer = client.get(f"/panel/{code}/minutes.pdf")
    assert answer.data
    answer.close()
    return answer


def _nothing(effect: Effect) -> None:
    """Mails are not what this is about."""


def form(cast: Cast, *present: str, left: tuple[str, ...] = (), **more: str) -> dict[str, Any]:
    """What the page's form sends for yesterday's sitting."""
    day = (cast.now - timedelta(hours=23)).astimezone(cast.office.zone)
    given = {"day": day.date().isoformat(), "time": f"{day:%H:%M}", "place": "The Old Reading Room", "words": "",
             "seen": "0", "present": [str(cast.person(key)) for key in present], "left": list(left)}  # fmt: skip
    return given | more


def declared(cast: Cast, who: str, bid: Made) -> str:
    """They declare an interest; the value of the box that says they left for it."""
    panel.declare(cast.office, cast.actor(who), bid.id, "Zanzibar: we sing in one choir.", bid.stage.after)
    return f"{cast.person(who)}:{bid.id}"


def test_a_sitting_is_recorded_and_corrected(cast: Cast) -> None:
    bid = cast.panel(1)[0]
    box = declared(cast, "reviewer", bid)
    at, client = f"/panel/{bid.code}/sittings", cast.client("chair")
    assert "No sitting is on record" in client.get(at).text
    page = client.get(f"{at}/new").text
    assert "leaves for one bid" in page
    assert re.search(rf'name="left" value="{box}" checked', page)
    done = client.post(f"{at}/new", data=form(cast, "chair", "reviewer", left=(box,)))
    assert (done.status_code, done.headers["Location"]) == (303, at)
    page = client.get(at).text
    title = cast.value("SELECT title FROM bid WHERE id = :bid", bid=bid.id)
    assert "Ruth Calloway, for one bid" in page
    assert f"{bid.reference}: {title}" in page
    assert "Helen Abernethy, chair" in page
    again = client.post(f"{at}/new", data=form(cast, "chair"))
    assert again.status_code == 409
    assert "A sitting was recorded since you opened this page." in again.text
    before = client.get(f"{at}/1/correct").text
    assert re.search(rf'name="present" value="{cast.person("reviewer")}" checked', before)
    more = form(cast, "chair", "reviewer", "reviewer2", left=(box,), seen="1", words="Imran came late.")
    assert client.post(f"{at}/1/correct", data=more).status_code == 303
    page = client.get(at).text
    assert "Corrected by sitting 2." in page
    assert "Corrects sitting 1." in page
    assert page.count("The Old Reading Room") == 2
    assert client.get(f"{at}/9/correct").status_code == 404


def test_what_is_missing_is_said_beside_its_box(cast: Cast) -> None:
    bid = cast.panel(1)[0]
    at, client = f"/panel/{bid.code}/sittings/new", cast.client("officer")
    page = client.post(at, data={"seen": "0", "day": "31 June", "time": "late", "present": ["x", "-1"]})
    assert page.status_code == 422
    assert "Write a day that exists, such as 27 March 2027." in page.text
    assert "Write the time as 19:30." in page.text
    page = client.post(at, data=form(cast, place="  "))
    assert page.status_code == 422
    assert "Tick everybody who was there." in page.text
    assert "Say where you met" in page.text
    page = client.post(at, data=form(cast, "member"))
    assert "Somebody you ticked is not of this panel." in page.text
    assert cast.value("SELECT count(*) FROM sitting") == 0


def test_a_bid_is_named_to_nobody_who_stands_apart_from_it(cast: Cast) -> None:
    first, second = cast.panel(2)
    declared(cast, "chair", first)
    box = declared(cast, "reviewer", first)
    at = f"/panel/{first.code}/sittings"
    page = cast.client("chair").get(f"{at}/new").text
    assert "Another bid, £" in page
    assert first.reference not in page
    done = cast.client("officer").post(f"{at}/new", data=form(cast, "chair", "reviewer", left=(box,)))
    assert done.status_code == 303
    assert first.reference in cast.client("officer").get(at).text
    for who, sees in (("chair", False), ("officer", True), ("auditor", True)):
        client = cast.client(who)
        paper = made(cast, who, first.code)
        assert (paper.status_code, paper.mimetype) == (200, "application/pdf")
        text = re.sub(
            r"\s+", " ", "".join(one.extract_text() for one in PdfReader(io.BytesIO(paper.data)).pages)
        )
        assert (first.reference in text) == (first.reference in client.get(at).text) == sees, who
        assert ("Another bid, £" in text) != sees
        assert second.reference in text
        assert "Zanzibar" not in text


def test_the_minutes_are_a_draft_until_the_release(cast: Cast) -> None:
    bid = cast.bid("reviewed")
    draft = made(cast, "auditor", bid.code)
    assert draft.headers["Content-Disposition"] == f'inline; filename="{bid.code}-minutes-draft.pdf"'
    assert draft.headers["Cache-Control"] == "no-store"
    bid.stage.decide(bid.id, "award", 100_000)
    bid.stage.release()
    done = made(cast, "auditor", bid.code)
    assert done.headers["Content-Disposition"] == f'inline; filename="{bid.code}-minutes.pdf"'
    titles = [PdfReader(io.BytesIO(paper.data)).metadata for paper in (draft, done)]
    assert [title and title.title for title in titles] == [
        "Draft minutes of the panel: Round 1",
        "Minutes of the panel: Round 1",
    ]


def test_many_bids_cost_no_more_questions_than_few(cast: Cast) -> None:
    counts = []
    for many in (1, 6):
        bids = cast.panel(many)
        for bid in bids:
            for reader in ("reviewer", "reviewer2", "reviewer3"):
                bid.stage.review(bid.id, reader, (4, 4, 3, 4, 5))
        client, asked = cast.client("chair"), []

        def look(conn: Any, cursor: Any, statement: str, *more: Any, seen: list[str] = asked) -> None:
            seen.append(statement)

        engine = cast.office.db.engine
        made(cast, "chair", bids[0].code)
        for path in ("minutes", "minutes.pdf", "sittings", "sittings/new"):
            client.get(f"/panel/{bids[0].code}/{path}").close()
        event.listen(engine, "before_cursor_execute", look)
        for path in ("minutes", "minutes.pdf", "sittings", "sittings/new"):
            answer = client.get(f"/panel/{bids[0].code}/{path}")
            assert answer.status_code == 200
            answer.close()
        event.remove(engine, "before_cursor_execute", look)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_minutes_are_made_once_and_anew_when_they_say_something_else(cast: Cast) -> None:
    bids = cast.panel(5)
    for number, bid in enumerate(bids):
        for reader, more in (("reviewer", 0), ("reviewer2", 1), ("reviewer3", 0)):
            bid.stage.review(bid.id, reader, (min(5, 1 + number % 4 + more),) * 5)
    code, chair = bids[0].code, cast.client("chair")
    at = f"/panel/{code}/minutes"
    assert chair.get(f"{at}.pdf").headers["Location"] == at
    first = made(cast, "chair", code).data
    text = " ".join("".join(one.extract_text() for one in PdfReader(io.BytesIO(first)).pages).split())
    assert re.search(r"Calibrated \d\.\d\d, from \S+ to \d\.\d\d\.", text)
    count = "SELECT count(*) FROM outbox WHERE name = 'minutes_paper'"
    assert cast.value(count) == 1
    # Whoever may read the same opens the same, and what nobody is told changes nothing.
    assert made(cast, "auditor", code).data == first
    chair.post(at)
    assert cast.value(count) == 1
    panel.declare(cast.office, cast.actor("reviewer"), bids[0].id, "Zanzibar again.", bids[0].stage.after)
    assert "Make the minutes" in chair.get(at).text
    second = made(cast, "chair", code).data
    assert cast.value(count) == 2
    text = " ".join("".join(one.extract_text() for one in PdfReader(io.BytesIO(second)).pages).split())
    assert re.search(r"Ruth Calloway ?1\.00 \(set aside: interest declared on ", text)
    assert "Zanzibar" not in text
