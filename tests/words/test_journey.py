"""The journey of a bid in words, for each state; and what must look alike to whoever bids."""

import json
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fundapp.words import journey, states
from fundapp.words.situation import Situation
from workflows import BID

ZONE = ZoneInfo("Europe/London")
TODAY = date(2027, 3, 23)
REP = "Cllr Margaret Oyelaran"


def utc(month: int, day: int, hour: int = 17, year: int = 2027) -> datetime:
    """A moment in UTC."""
    return datetime(year, month, day, hour, tzinfo=UTC)


ROUND = SimpleNamespace(
    closes_at=utc(3, 12), endorse_by=utc(3, 26), panel_by=utc(4, 30, 16), decide_by=utc(5, 20, 16),
    report_by=utc(8, 31, 16, 2028), reviews_needed=3,
)  # fmt: skip
WAY = {"draft": utc(2, 14, 19), "submitted": utc(3, 8, 21), "endorsed": utc(3, 20, 9)}
OFFERED = SimpleNamespace(state="offered", amount_pence=485000, offer_until=utc(6, 10, 16))
ACCEPTED = SimpleNamespace(state="accepted", amount_pence=485000, offer_until=utc(6, 10, 16))


def bid(
    state: str, due: datetime | None = None, holding: int | None = 1, applicant: int | None = 1
) -> SimpleNamespace:
    """A bid's row."""
    return SimpleNamespace(
        state=state, due_at=due, since=utc(3, 20, 9), holding_id=holding, applicant_id=applicant
    )


def report(state: str) -> SimpleNamespace:
    """A report's row."""
    return SimpleNamespace(state=state, since=utc(5, 25, 9), due_on=date(2028, 8, 31))


def told(
    row: SimpleNamespace,
    reached: dict[str, datetime],
    *,
    mine: bool = False,
    audience: str = "applicant",
    award: Any = None,
    filed: Any = None,
    holder: str | None = None,
    today: date = TODAY,
) -> tuple[list[tuple[str, str, str, str]], str, list[tuple[str, str]]]:
    """Stages as (name, kind, note, sub), the sentence, and what is next as (when, words)."""
    who = holder if holder is not None else states.holder("bid", row.state, REP, "Sunita Rao", audience)  # type: ignore[arg-type]
    now = Situation(row, ROUND, filed, award, who, mine, ZONE, today, reached, audience)  # type: ignore[arg-type]
    stages = [(s["name"], s["kind"], s["note"], s["sub"]) for s in journey.stages(now)]
    coming = [(item["when"], item["words"]) for item in journey.next_items(now)]
    return stages, journey.standing(now), coming


PANEL_COMING = [
    ("To 30 April", "3 panel members read and score it."),
    ("Thursday 20 May", "You hear, with reasons, the same day as everyone."),
]
TO_COME = [
    ("Review", "todo", "by 30 April", ""),
    ("Award", "todo", "by 20 May", ""),
    ("Report", "todo", "by 31 August 2028", ""),
]


def test_a_draft() -> None:
    stages, says, coming = told(bid("draft", utc(3, 12)), {"draft": utc(2, 14, 19)}, mine=True)
    assert stages == [
        ("Draft", "you", "With you, since Sun 14 February", "until 5pm on Friday 12 March"),
        ("Endorsement", "todo", "by 26 March", ""),
        *TO_COME,
    ]
    assert (
        says
        == "This is a draft: nobody sees it but you and whoever you ask to read it. Send it before 5pm on Friday 12 March."
    )
    assert coming[0] == (
        "Friday 12 March",
        "The round closes at 5pm. A bid that was not sent by then lapses.",
    )


def test_with_the_representative() -> None:
    stages, says, coming = told(bid("submitted", utc(3, 26)), {"submitted": utc(3, 8, 21)})
    assert stages == [
        ("Submitted", "done", "Mon 8 March", ""),
        ("Endorsement", "other", f"With {REP}, since Mon 8 March", "until 5pm on Friday 26 March"),
        *TO_COME,
    ]
    assert says == (
        f"It is with {REP}, who has until 5pm on Friday 26 March to answer. You need do nothing now."
    )
    assert coming == [
        (
            "Friday 26 March",
            "We remind them as it comes near. Without backing by then the bid lapses. You can name somebody else until then.",
        ),
        *PANEL_COMING,
    ]


def test_what_the_officer_reads_of_it() -> None:
    _, says, coming = told(bid("submitted", utc(3, 26)), {"submitted": utc(3, 8, 21)}, audience="staff")
    assert says == f"It is with {REP}, who has until 5pm on Friday 26 March to answer."
    assert coming == [
        ("Friday 26 March", "Without backing by then the bid lapses."),
        ("To 30 April", "3 panel members read and score it."),
        ("Thursday 20 May", "Everyone who bid hears, with reasons, the same day."),
    ]


def test_nobody_named_to_back_it() -> None:
    row = bid("submitted", utc(3, 26), holding=None)
    stages, says, _ = told(row, {"submitted": utc(3, 8)}, mine=True, audience="staff", holder="")
    assert stages[1][:3] == ("Endorsement", "you", "With you, since Mon 8 March")
    assert says == "Nobody is asked to back it just now. Name a representative before 5pm on Friday 26 March."
    _, says, _ = told(row, {"submitted": utc(3, 8)}, audience="staff", holder="Sunita Rao")
    assert says == "It is with Sunita Rao, who names another representative before 5pm on Friday 26 March."
    assert states.holder("bid", "submitted", None, "Sunita Rao", "staff") == "Sunita Rao"
    taken_in = bid("submitted", utc(3, 26), holding=None, applicant=None)
    _, says, _ = told(taken_in, {"submitted": utc(3, 8)})
    assert says == (
        "It is with the fund’s officer, who is finding a representative to ask. You need do nothing now."
    )


def test_sent_back() -> None:
    way = {"submitted": utc(3, 8), "returned": utc(3, 15)}
    stages, says, coming = told(bid("returned", utc(3, 29, 16)), way, mine=True)
    assert stages == [
        ("Submitted", "done", "Mon 8 March", ""),
        ("Sent back", "you", "With you, since Mon 15 March", "until 5pm on Monday 29 March"),
        *TO_COME,
    ]
    assert says == "It was sent back to you. Change it and send it again before 5pm on Monday 29 March."
    assert coming[0] == ("Monday 29 March", "A bid that was not sent again by then lapses.")


def test_with_the_panel() -> None:
    stages, says, coming = told(bid("endorsed", ROUND.panel_by), WAY)
    assert stages == [
        ("Submitted", "done", "Mon 8 March", ""),
        ("Endorsed", "done", "Sat 20 March", ""),
        ("Review", "other", "With the panel, since Sat 20 March", ""),
        *TO_COME[1:],
    ]
    assert says == (
        "It was backed and is with the panel. You hear by Thursday 20 May. You need do nothing now."
    )
    assert coming == PANEL_COMING


@pytest.mark.parametrize("today", [TODAY, date(2027, 5, 5), date(2027, 5, 30)])
@pytest.mark.parametrize("audience", ["applicant", "public"])
def test_a_staged_decision_looks_to_outsiders_as_if_nothing_had_happened(audience: str, today: date) -> None:
    """Not by a stage, a date, a sentence or a holder: whatever the row and its way say by then."""
    before = told(bid("endorsed", ROUND.panel_by), WAY, audience=audience, today=today)
    row = bid("reviewed", ROUND.decide_by)
    row.since = utc(5, 4, 11)
    way = {**WAY, "reviewed": utc(5, 4, 11)}
    assert told(row, way, audience=audience, today=today) == before
    assert told(row, way, audience=audience, today=today, holder="the chair") == before


def test_staff_see_that_it_was_reviewed() -> None:
    stages, says, _ = told(bid("reviewed"), {**WAY, "reviewed": utc(5, 4, 11)}, audience="staff")
    assert stages[2:4] == [
        ("Reviewed", "done", "Tue 4 May", ""),
        ("Award", "other", "With the chair, since Tue 4 May", ""),
    ]
    assert says == "The panel has read it. The chair records the decision by Thursday 20 May."


def test_days_that_have_passed_are_not_told_as_to_come() -> None:
    assert told(bid("endorsed"), WAY, today=date(2027, 5, 1))[2] == PANEL_COMING[1:]
    assert told(bid("endorsed"), WAY, today=date(2027, 5, 21))[2] == [("Soon", PANEL_COMING[1][1])]


AWARDED = {**WAY, "reviewed": utc(5, 4, 11), "awarded": utc(5, 20, 9)}


def test_an_offer() -> None:
    stages, says, coming = told(bid("awarded", OFFERED.offer_until), AWARDED, mine=True, award=OFFERED)
    assert stages == [
        ("Submitted", "done", "Mon 8 March", ""),
        ("Endorsed", "done", "Sat 20 March", ""),
        ("Reviewed", "done", "", ""),
        ("Award", "you", "With you, since Thu 20 May", "until 5pm on Thursday 10 June"),
        ("Report", "todo", "by 31 August 2028", ""),
    ]
    assert says == "You are offered £4,850. Accept it before 5pm on Thursday 10 June."
    assert coming == [
        (
            "Thursday 10 June",
            "An offer that was not accepted by then ends, and the money goes to others.",
        ),
        ("Thursday 31 August 2028", "The report on how it went is due."),
    ]


def test_an_award_with_its_report() -> None:
    row = bid("awarded")
    stages, says, _ = told(row, AWARDED, mine=True, award=ACCEPTED, filed=report("due"))
    assert stages[3:] == [
        ("Awarded", "done", "Thu 20 May", "£4,850"),
        ("Report", "you", "With you, since Tue 25 May", ""),
    ]
    assert says == "You have an award of £4,850. Tell us how it went by Thursday 31 August 2028."
    # As the applicant's page gives it: a bid that is awarded is "with you", unless its report says otherwise.
    stages, says, coming = told(row, AWARDED, award=ACCEPTED, filed=report("filed"), holder="you")
    assert stages[-1] == ("Report", "other", "With the fund’s officer, since Tue 25 May", "")
    assert says == ("£4,850 was awarded. The report is with the fund’s officer. You need do nothing now.")
    assert coming == [("", "The fund’s officer reads the report, and accepts it or sends it back.")]
    _, says, _ = told(row, AWARDED, mine=True, award=ACCEPTED, filed=report("returned"))
    assert says == "Your report was sent back to you. Change it and send it again."


def test_done() -> None:
    stages, says, coming = told(
        bid("reported"), {**AWARDED, "reported": utc(9, 1)}, award=ACCEPTED, filed=report("accepted")
    )
    assert [stage[:2] for stage in stages] == [
        ("Submitted", "done"), ("Endorsed", "done"), ("Reviewed", "done"), ("Awarded", "done"), ("Reported", "done"),
    ]  # fmt: skip
    assert says == "It is done: the report is accepted and £4,850 was awarded."
    assert coming == []


@pytest.mark.parametrize(
    ("state", "way", "award", "names", "says"),
    [
        ("withdrawn", {"draft": utc(2, 14)}, None, ["Withdrawn"],
         "It was withdrawn on Monday 22 March. Nothing more happens."),
        ("withdrawn", {**WAY, "reviewed": utc(3, 21)}, None, ["Submitted", "Endorsed", "Withdrawn"],
         "It was withdrawn on Monday 22 March. Nothing more happens."),
        ("not_endorsed", {"submitted": utc(3, 8)}, None, ["Submitted", "Not backed"],
         "It was not backed, on Monday 22 March, so it goes no further."),
        ("ineligible", WAY, None, ["Submitted", "Endorsed", "Ruled out"],
         "It was ruled out on Monday 22 March, so it goes no further."),
        ("declined", {**WAY, "reviewed": utc(3, 21)}, None, ["Submitted", "Endorsed", "Reviewed", "Not funded"],
         "It was not funded this time. The panel’s reasons are in the letter of Monday 22 March."),
        ("lapsed", {"submitted": utc(3, 8)}, None, ["Submitted", "Lapsed"],
         "It lapsed on Monday 22 March, because its time ran out."),
        ("cancelled", AWARDED, "cancelled", ["Submitted", "Endorsed", "Reviewed", "Awarded", "Cancelled"],
         "The award was cancelled on Monday 22 March."),
        ("cancelled", AWARDED, "refused", ["Submitted", "Endorsed", "Reviewed", "Awarded", "Not taken up"],
         "The award was not taken up, so the bid ended on Monday 22 March."),
    ],
)  # fmt: skip
def test_every_end(
    state: str, way: dict[str, datetime], award: str | None, names: list[str], says: str
) -> None:
    given = SimpleNamespace(state=award, amount_pence=485000) if award else None
    stages, sentence, _ = told(bid(state), {**way, state: utc(3, 22)}, award=given, holder="")
    assert [stage[0] for stage in stages] == names
    assert [stage[1] for stage in stages] == ["done"] * (len(names) - 1) + ["ended"]
    assert stages[-1][2] == "Mon 22 March"
    assert sentence == says


def test_every_end_of_the_policy_is_drawn() -> None:
    assert set(journey.ENDS) == set(BID.ends) - {"reported"}


def moved(name: str, source: str | None, target: str, at: datetime, life: str = "bid") -> SimpleNamespace:
    """The event of a move."""
    body = {"move": {"life": life, "name": name, "from": source, "to": target}}
    return SimpleNamespace(at=at, body=json.dumps(body))


def test_when_each_state_was_reached() -> None:
    events = [
        moved("start", None, "draft", utc(2, 14)),
        moved("submit", "draft", "submitted", utc(3, 1)),
        moved("name_endorser", "submitted", "submitted", utc(3, 2)),
        moved("endorse", "submitted", "endorsed", utc(3, 3)),
        SimpleNamespace(at=utc(3, 4), body=json.dumps({"move": None})),
        moved("send_back", "endorsed", "returned", utc(3, 5)),
    ]
    assert journey.reached(events) == {"draft": utc(2, 14), "submitted": utc(3, 1), "returned": utc(3, 5)}
    events += [
        moved("resubmit", "returned", "endorsed", utc(3, 6)),
        moved("conclude", "endorsed", "reviewed", utc(3, 7)),
        moved("reopen", "reviewed", "endorsed", utc(3, 8)),
        moved("offer", None, "offered", utc(3, 9), life="award"),
    ]
    assert journey.reached(events) == {
        "draft": utc(2, 14),
        "submitted": utc(3, 1),
        "returned": utc(3, 5),
        "endorsed": utc(3, 6),
    }


def test_money_that_is_still_to_come_is_told_with_its_day() -> None:
    def payment(state: str, pence: int, milestone: str = "") -> SimpleNamespace:
        return SimpleNamespace(state=state, amount_pence=pence, milestone=milestone, due_on=date(2027, 6, 15))

    who = states.holder("bid", "awarded", REP, "Sunita Rao", "applicant")
    now = Situation(
        bid("awarded"), ROUND, report("due"), ACCEPTED, who, True, ZONE, TODAY, {}, "applicant",
    )  # fmt: skip
    payments = [
        payment("paid", 100), payment("cancelled", 200), payment("sent", 300), payment("failed", 400),
        payment("scheduled", 485_000), payment("approved", 600, "report"),
    ]  # fmt: skip
    coming = [(item["when"], item["words"]) for item in journey.next_items(now, payments)]
    assert coming == [
        ("Now", "£3.00 is with the bank, on its way to you."),
        ("Soon", "£4.00 came back from the bank. The treasurer sends it again."),
        ("From Tuesday 15 June", "£4,850.00 is to be paid."),
        ("From Tuesday 15 June", "£6.00 is paid, once your report is accepted."),
        ("Thursday 31 August 2028", "The report on how it went is due."),
        ("", "Once it is accepted and every payment is made, the bid is closed."),
    ]
