"""Who is behind, from the chair's seat, and the reminder for one or all."""

import re

from sqlalchemy import insert

from fundapp.models import ReviewDraft
from tests.cast import Cast


def test_how_far_each_reader_is(cast: Cast) -> None:
    first, second = cast.panel(2)
    for bid in (first, second):
        bid.stage.review(bid.id, "reviewer", (4, 4, 3, 4, 5))
    first.stage.review(first.id, "reviewer2", (4, 4, 3, 4, 5))
    with cast.office.db.write() as conn:
        conn.execute(
            insert(ReviewDraft).values(
                bid_id=first.id, person_id=cast.person("reviewer3"), given={"note": "A secret"}, revision=1,
                saved_at=cast.now,
            )
        )  # fmt: skip
    page = cast.client("chair").get(f"/panel/{first.code}/behind").text
    rows = re.findall(r"<tr role=\"row\">\s*<th role=\"rowheader\".*?</tr>", page, re.DOTALL)
    told = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]
    assert [line.split(" bid")[0].split(" All")[0] for line in told] == [
        "Beatrice Fennimore 2", "Imran Siddiqui One", "Ruth Calloway",
    ]  # fmt: skip
    assert "one of them begun" in told[0]
    assert told[0].endswith("0 of 2")
    assert told[1].endswith("1 of 2")
    assert told[2].endswith("2 of 2")
    assert "A secret" not in page
    assert "3 readings are still to be done, by 2 readers." in page
    assert "Remind all 2 of them" in page


def test_a_reminder_is_shown_first_and_goes_out_once_a_day(cast: Cast) -> None:
    (bid,) = cast.panel(1)
    bid.stage.review(bid.id, "reviewer", (4, 4, 3, 4, 5))
    client = cast.client("chair")
    where = f"/panel/{bid.code}/behind/remind"
    one = client.get(f"{where}?person={cast.person('reviewer2')}").text
    assert "Remind Imran Siddiqui" in one
    assert "One email goes out." in one
    assert "One bid left to read by " in one
    assert bid.reference not in one
    everybody = client.get(where).text
    assert "2 emails go out." in everybody
    assert "Ruth Calloway" not in everybody
    assert cast.value("SELECT count(*) FROM outbox WHERE name = 'reading_reminder'") == 0
    assert client.post(where, data={"person": str(cast.person("reviewer2"))}).status_code == 303
    left = client.get(f"/panel/{bid.code}/behind").text
    assert "One reminder is on its way." in left
    assert "again tomorrow" in left
    people = [str(cast.person(who)) for who in ("reviewer", "reviewer2", "reviewer3")]
    assert client.post(where, data={"person": people}).status_code == 303
    assert "One reminder is on its way." in client.get(f"/panel/{bid.code}/behind").text
    assert client.post(where, data={"person": people}).status_code == 303
    assert "nobody was emailed again" in client.get(f"/panel/{bid.code}/behind").text
    assert cast.value("SELECT count(*) FROM outbox WHERE name = 'reading_reminder'") == 2
    events = cast.value("SELECT count(*) FROM audit_event WHERE action = 'readers.reminded'")
    assert events == 2
    assert client.get(f"{where}?person={people[1]}").status_code == 303
    assert "Nobody is left to remind" in client.get(where).text


def test_before_anybody_reads_nobody_is_behind(cast: Cast) -> None:
    (bid,) = cast.panel(1, assigned=False)
    page = cast.client("chair").get(f"/panel/{bid.code}/behind")
    assert page.status_code == 200
    assert "Nobody is reading" in page.text
