"""The minutes say all that the panel did, whoever reads them with whatever program, however long the round was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from fundapp.letters import paper
from fundapp.letters.minutes import (
    DeclaredInterest,
    GivenScore,
    HeldSitting,
    Left,
    MinutedBid,
    Minutes,
    Present,
)

from .letters import CONTACT
from .reading import failures, reader, requires_poppler, rightmost, words

HASH = "9f86d081884c7d65" * 4
KITCHEN, BENCH = "B-0142X: From Allotment to Table", "B-0143T: A bench on Quarry Lane"
MINUTES = Minutes(
    fund_name="Communities Fund", round_title="Spring 2027 round", round_code="SPRING-27", dated=date(2027, 5, 20),
    draft=True, budget_pence=1_000_000, asked_pence=1_085_000, awarded_pence=450_050, awards=2, declines=1, undecided=1,
    sittings=(
        HeldSitting(
            2, "7.30pm on Monday 3 May 2027", "The Old Reading Room",
            (Present("Helen Abernethy", "chair and reviewer"), Present("Ruth Calloway", "reviewer")),
            (Left("Ruth Calloway", (KITCHEN, "Another bid, £3,000")),), ("Apologies from Imran.", "Tea was made."), corrects=1,
        ),
    ),
    interests=(DeclaredInterest("Ruth Calloway", KITCHEN, "Thursday 8 April 2027"),),
    bids=(
        MinutedBid(
            KITCHEN, 485_000, "B-0142X", "From Allotment to Table", "Millbeck Growers",
            (GivenScore("Helen Abernethy", "4.10"), GivenScore("Imran Siddiqui", "2.05", "revised"),
             GivenScore("Callum Drysdale", None, "abstained")),
            "3.08", "The totals lay 2.30 points apart.", ("One had missed the second page.",), "award", 450_050,
            ("Tell us the day of the first supper.",), ("It feeds people now.",),
            "Decided by Helen Abernethy at 9pm on Monday 3 May 2027.", "Suggestion 2 had put it at £4,850.00.",
        ),
        MinutedBid(
            BENCH, 300_000, "B-0143T", "A bench on Quarry Lane", "Bench Friends", (GivenScore("Ruth Calloway", "1.00"),),
            "1.00", outcome="decline", reason=("Nobody keeps it up.",),
        ),
        MinutedBid("B-0144R: A well", 0, "B-0144R", "A well"),
        MinutedBid("Another bid, £3,000", 300_000),
    ),
    hidden=1, without_names=False, proof=(f"The last of 14 events has the SHA-256 {HASH}.",), contact=CONTACT,
    record_line=f"Record of round SPRING-27: 14 events, {HASH}",
)  # fmt: skip


@requires_poppler
def test_says_all_that_the_panel_did_in_its_order() -> None:
    pdf = paper.render("minutes", MINUTES)
    text = words(pdf)
    place = -1
    for part in (
        "Minutes of the panel", "20 May 2027", "Round SPRING-27", "Draft", "Spring 2027 round",
        "A draft for the panel.", "stands apart from one bid. It is called “another bid” here.",
        "The money", "To give £10,000.00", "Asked for by 4 bids £10,850.00", "Given in 2 awards £4,500.50", "Left £5,499.50",
        "One bid was declined. One is not decided yet.",
        "Sitting 2: 7.30pm on Monday 3 May 2027", "The Old Reading Room. This corrects what was recorded as sitting 1",
        "Present: Helen Abernethy (chair and reviewer), Ruth Calloway (reviewer).",
        f"Ruth Calloway left the room for {KITCHEN}; Another bid, £3,000.", "Apologies from Imran. Tea was made.",
        "Interests declared", "Who Bid Declared", f"Ruth Calloway {KITCHEN} Thursday 8 April 2027",
        "Decisions", "Bid Mean Asked Given", f"{KITCHEN} 3.08 £4,850.00 £4,500.50", f"{BENCH} 1.00 £3,000.00 declined",
        "B-0144R: A well – £0.00 open", "Another bid, £3,000 – £3,000.00 –", "£10,850.00 £4,500.50",
        "Scores, talks and reasons", KITCHEN,
        "Millbeck Growers. Helen Abernethy 4.10; Imran Siddiqui 2.05 (revised); Callum Drysdale (abstained). Mean 3.08.",
        "The totals lay 2.30 points apart. One had missed the second page.",
        "Awarded £4,500.50 of the £4,850.00 asked. Decided by Helen Abernethy at 9pm on Monday 3 May 2027. "
        "Suggestion 2 had put it at £4,850.00.", "On condition: Tell us the day of the first supper.",
        "Reason: It feeds people now.", "Bench Friends. Ruth Calloway 1.00. Mean 1.00.",
        "Declined; it asked for £3,000.00.", "Reason: Nobody keeps it up.", "B-0144R: A well", "Nobody scored it.",
        "Not decided; it asks for £0.00.", "The record", f"has the SHA-256 {HASH}.", "Chair of the panel",
    ):  # fmt: skip
        found = text.find(part, place + 1)
        assert found > place, part
        place = found
    count = len(reader(pdf).pages)
    assert [f"{n}/{count}" in text.replace(" ", "") for n in range(1, count + 1)] == [True] * count
    assert text.count(f"Record of round SPRING-27: 14 events, {HASH}") == count


def test_is_tagged_titled_and_always_the_same_bytes() -> None:
    pdf = paper.render("minutes", MINUTES)
    assert failures(pdf) == []
    done = paper.render("minutes", replace(MINUTES, draft=False))
    titles = [one.title for one in (reader(pdf).metadata, reader(done).metadata) if one is not None]
    assert titles == [
        "Draft minutes of the panel: Spring 2027 round",
        "Minutes of the panel: Spring 2027 round",
    ]
    assert paper.render("minutes", MINUTES) == pdf
    assert "Draft" not in "".join(sheet.extract_text() for sheet in reader(done).pages)


def test_a_round_without_anything_has_minutes_too() -> None:
    bare = replace(
        MINUTES, sittings=(), interests=(), bids=(), hidden=0, without_names=True, record_line=None
    )
    pdf = paper.render("minutes", bare)
    assert failures(pdf) == []
    text = " ".join("".join(one.extract_text() for one in reader(pdf).pages).split())
    assert "No sitting has been recorded." in text
    assert "Interests declared None." in text
    assert "No bid came to the table." in text
    assert "This panel reads without names" in text


@requires_poppler
def test_the_heads_of_long_tables_come_again_and_their_sum_once() -> None:
    bids = tuple(replace(MINUTES.bids[1], called=f"B-{number:04}T: Bench {number}") for number in range(60))
    pdf = paper.render("minutes", replace(MINUTES, bids=bids, draft=False))
    assert failures(pdf) == []
    text = words(pdf)
    tables = sum(
        "declined" in sheet.extract_text() and "Mean" in sheet.extract_text() for sheet in reader(pdf).pages
    )
    assert text.count("Bid Mean Asked Given") == tables >= 2
    assert text.count("In all") == 1
    assert all(text.count(f"B-{number:04}T: Bench {number} ") == 2 for number in range(60))


@requires_poppler
@pytest.mark.parametrize("long", [False, True])
def test_what_people_typed_stays_text(long: bool) -> None:
    hostile = (
        "W" * 2_000
        if long
        else '<b>&amp;</b> {{ 7*7 }} {% raise %} </bdi><!-- %(name)s "><img src="file:///etc/passwd"> محمد রহিমা 王小明'
    )
    bid = replace(
        MINUTES.bids[0], called=hostile, organisation=hostile, reason=(hostile,), talk_words=(hostile,),
        conditions=(hostile,), scores=(GivenScore(hostile, "1.00"),),
    )  # fmt: skip
    sitting = HeldSitting(
        1, "5pm", hostile, (Present(hostile, "guest"),), (Left(hostile, (hostile,)),), (hostile,)
    )
    pdf = paper.render(
        "minutes", replace(MINUTES, bids=(bid,), sittings=(sitting,), fund_name=hostile, round_title=hostile)
    )
    assert failures(pdf) == []
    text = words(pdf).replace(" ", "")
    if long:
        assert text.count("W") >= 22_000
        # A4 less the right margin of 25 mm, with a point of grace.
        assert rightmost(pdf) < (210 - 25) / 25.4 * 72 + 1
    else:
        assert text.count('"><imgsrc="file:///etc/passwd">') >= 12
    assert dict(reader(pdf).attachments) == {}
