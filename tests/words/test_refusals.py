"""Every code with which the service says no has a sentence, and no sentence stands unused."""

import ast
import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fundapp.domain.forms import FUND_QUESTIONS, Lack, lacks
from fundapp.services import drafts, transition
from fundapp.services.case import Step
from fundapp.services.panel import AssignRefused
from fundapp.services.transition import Refused
from fundapp.words import refusals
from fundapp.words.sentences import LACKS, OFFICERS, PAST, SENTENCES, WHO
from tests.words.code import calls, keys, text
from workflows import LIVES
from workflows.grammar import Refusal
from workflows.roles import ROLES

ZONE = ZoneInfo("Europe/London")
AT = datetime(2027, 3, 26, 17, 0, tzinfo=UTC)
SPOKEN = ("workflows", "fundapp/services", "fundapp/domain/money.py")

#: Raised without a code: the page that catches one says the code that is named here.
CODELESS = {
    "draft_conflict": drafts.DraftConflict,
    "not_writable": drafts.NotWritable,
    "not_there": transition.NotThere,
}


def refused() -> list[tuple[str, ast.Call]]:
    """Every refusal in the code: its code, and the call that makes it."""
    found = []
    for name, node in calls(*SPOKEN):
        code = text(node, 0)
        coded = name == "Refusal" or name.endswith("Refused") or name == "MoneyError"
        if code and (coded or (name == "ValueError" and re.fullmatch(r"[a-z]+(_[a-z]+)+", code))):
            found.append((code, node))
    return found


REFUSED = refused()


def sample(name: str) -> Any:
    """A value as a guard gives it, by the name of its parameter."""
    if name.endswith("_pence"):
        return 123_456
    if name.endswith(("_at", "_until")) or name == "since":
        return AT
    return {
        "missing": ("summary",), "by": ("officer",), "roles": ("member", "chair"), "state": "open", "move": "submit",
        "address": "nobody", "role": "king", "code": "SPRING", "text": "lots",
    }.get(name, 7)  # fmt: skip


def test_every_code_has_a_sentence_and_every_sentence_its_code() -> None:
    assert len(REFUSED) > 80
    assert {code for code, _ in REFUSED} | set(CODELESS) == refusals.CODES


@pytest.mark.parametrize(("code", "node"), REFUSED, ids=[f"{code}-{node.lineno}" for code, node in REFUSED])
def test_every_refusal_is_said_with_the_parameters_that_it_carries(code: str, node: ast.Call) -> None:
    params = {name: sample(name) for name in keys(node)}
    life = "round" if params.get("state") == "open" else "bid"
    if code in ("stale", "not_from_here"):
        params = {"state": "withdrawn", "since": AT, "move": "submit"}
        life = "bid"
    said = refusals.plain(code, params, ZONE, life=life, now=AT)
    assert "%(" not in said
    assert "None" not in said
    assert said[0].isupper() or said[0].isdigit() or said[0] in "“£"
    assert said[-1] in ".?"


@pytest.mark.parametrize("code", sorted(CODELESS))
def test_what_is_raised_without_a_code_is_said_too(code: str) -> None:
    assert refusals.plain(code, {}, ZONE) == SENTENCES[code]


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (
            Refusal("budget_differs", {"asked_pence": 485000, "lines_pence": 480050}),
            "You ask for £4,850 and the lines of the budget come to £4,800.50. Make them the same.",
        ),
        (
            Refusal("money_short", {"free_pence": 0, "amount_pence": 915000}),
            "£9,150 does not fit the round’s money: £0 is free. Lower this amount or another award.",
        ),
        (
            Refusal("arrived_after_closing", {"closes_at": AT}),
            "This reached us after the round closed, at 5pm on Friday 26 March 2027. "
            "Your draft is kept; bid again in a later round.",
        ),
        (
            Refusal("endorsement_deadline_passed", {"due_at": datetime(2027, 6, 10, 16, 30, tzinfo=UTC)}),
            "The time to answer ended at 5.30pm on Thursday 10 June 2027. "
            "Speak to the fund’s officer if that is wrong.",
        ),
        (
            Refusal("form_incomplete", {"missing": ("title",)}),
            "One question still needs an answer, or a different one: What is the project called?",
        ),
        (
            Refusal("form_incomplete", {"missing": ("title", "starts_on", "own")}),
            "3 questions still need an answer, or a different one: "
            "What is the project called?; When does it start?; own",
        ),
        (
            Refusal("talk_it_over", {"spread": 240, "limit": 200}),
            "The scores lie 2.4 points apart and this round allows 2. Ask the readers to talk it over, "
            "and close that when they have.",
        ),
        (
            Refusal("reviews_missing", {"reviews": 1, "needed": 3}),
            "1 review is in and this round asks for 3. Wait, or give it to more people.",
        ),
        (
            Refusal("bids_unsettled", {"count": 1}),
            "One bid of the round has no decision yet. Record it first.",
        ),
        (
            Refusal("bids_unsettled", {"count": 12}),
            "12 bids of the round have no decision yet. Record them first.",
        ),
        (
            Refusal("score_every_criterion", {"missing": ()}),
            "A score was given for something that this round does not score. Load the page again.",
        ),
        (
            Refusal("panel_not_at_work", {"state": "closed"}),
            "The panel has not started on this round yet. Wait until the fund’s officer starts it.",
        ),
        (
            Refusal("panel_not_at_work", {"state": "releasing"}),
            "The panel’s work on this round is done, so this cannot be changed any more.",
        ),
        (
            Refusal("window_running", {"publish_at": None}),
            "The round’s decisions are not being released. Start the release first.",
        ),
        (
            Refusal("not_yours", {"move": "endorse", "by": ("representative", "officer")}, "not_yours"),
            "This is not yours to do: only the representative who was asked to back it or the fund’s officer "
            "may do it.",
        ),
        (
            Refusal("not_yours", {"move": "open", "by": ("clock", "officer")}, "not_yours"),
            "This is not yours to do: only the fund’s officer may do it.",
        ),
        (
            Refusal("not_yours", {"move": "lapse", "by": ("clock",)}, "not_yours"),
            "This is not yours to do: only the service itself may do it.",
        ),
        (
            Refusal("not_from_here", {"state": "reviewed", "move": "submit"}, "not_now"),
            "This cannot be done as things stand: this bid reads “With the panel”. Look at it as it stands now.",
        ),
        (
            Refusal("not_from_here", {"state": None, "move": "submit"}, "not_now"),
            "There is nothing yet to do this with. Begin it first.",
        ),
    ],
    ids=lambda value: value.code if isinstance(value, Refusal) else "",
)
def test_what_is_said(refusal: Refusal, said: str) -> None:
    assert refusals.sentence(refusal, ZONE) == said


def stale(life: str, move: str, state: str, now: datetime = AT) -> list[str]:
    since = datetime(2027, 3, 26, 10, 41, 30, tzinfo=UTC)
    refusal = Refusal("stale", {"state": state, "since": since}, "stale")
    return refusals.sentences(Refused(Step(life, move, 1), [refusal]), ZONE, now)


def test_somebody_was_quicker() -> None:
    assert stale("bid", "endorse", "endorsed") == [
        "Somebody was quicker: this bid was backed at 10.41am. Look at it as it stands now."
    ]
    assert stale("bid", "endorse", "withdrawn", datetime(2027, 3, 28, 9, tzinfo=UTC)) == [
        "Somebody was quicker: this bid was withdrawn at 10.41am on Friday 26 March. "
        "Look at it as it stands now."
    ]
    assert stale("payment", "approve", "approved") == [
        "Somebody was quicker: this payment was approved at 10.41am. Look at it as it stands now."
    ]


@pytest.mark.parametrize(
    ("move", "state"), [("endorse", "submitted"), ("withdraw", "reviewed"), ("withdraw", "endorsed")]
)
def test_a_time_that_says_nothing_of_the_change_is_not_told(move: str, state: str) -> None:
    """Another representative may have been named meanwhile; and when the panel did what is not told."""
    assert stale("bid", move, state) == [
        "Somebody was quicker: this bid has changed since you opened the page. Look at it as it stands now."
    ]


@pytest.mark.parametrize(("move", "state"), [("decide", "reviewed"), ("review", "endorsed")])
def test_an_edit_that_is_stale_speaks_of_what_was_edited(move: str, state: str) -> None:
    assert stale("bid", move, state) == [
        "What you were changing was changed meanwhile, perhaps by yourself in another window. "
        "Look at it as it stands now."
    ]


def test_every_reason_is_said_once_and_in_order() -> None:
    reasons = [Refusal("own_bid"), Refusal("give_a_reason"), Refusal("own_bid")]
    assert refusals.sentences(Refused(Step("bid", "refuse", 1), reasons), ZONE) == [
        "The bid is by the same person. Somebody else must do this.",
        "No reason is given. Say why in a sentence.",
    ]


def test_assignments_that_cannot_be() -> None:
    why = AssignRefused([(4, 9, Refusal("own_bid")), (5, 9, Refusal("not_a_reviewer", {"person": 9}))])
    assert refusals.assign_sentences(why, {4: "B-0142"}, {9: "Ann Example"}, ZONE) == [
        "B-0142, Ann Example: The bid is by the same person. Somebody else must do this.",
        "5, Ann Example: That person is not a reviewer of this fund. Give them the role first.",
    ]


def test_an_unknown_code_is_an_error_and_no_empty_sentence() -> None:
    with pytest.raises(KeyError):
        refusals.plain("unheard_of", {}, ZONE)


def test_people_and_rounds() -> None:
    assert refusals.plain("not_an_email", {"address": "ann at home"}, ZONE) == (
        "“ann at home” is not an email address. Check it for slips, such as a missing @."
    )
    assert refusals.plain("unknown_role", {"role": "king", "roles": ("member", "chair")}, ZONE) == (
        "There is no role called “king”. Choose one of member, chair."
    )


def test_the_officer_is_not_sent_to_the_officer() -> None:
    started = Refusal("panel_started", {})
    assert refusals.sentence(started, ZONE) == (
        "The panel has started reading, so this cannot be done any more. Speak to the fund’s officer."
    )
    assert refusals.sentence(started, ZONE, officer=True) == (
        "The panel has started reading, so this cannot be done any more. The chair decides on it now."
    )
    assert not [code for code in OFFICERS if "officer" in OFFICERS[code] or code not in refusals.CODES]
    assert refusals.sentence(Refusal("no_rubric", {}), ZONE, officer=True) == refusals.sentence(
        Refusal("no_rubric", {}), ZONE
    )


def test_every_lack_of_the_form_has_its_sentence() -> None:
    made = {
        code for name, node in calls("fundapp/domain/forms.py") if name == "Lack" and (code := text(node, 1))
    }
    assert made == set(LACKS)


def test_what_the_form_says() -> None:
    by_id = {question["id"]: question for question in FUND_QUESTIONS}
    said = {
        lack.question: refusals.lack_sentence(lack, by_id[lack.question])
        for lack in lacks(
            FUND_QUESTIONS,
            {
                "summary": "word " * 151, "title": "t" * 301, "starts_on": "soon", "amount_pence": 0,
                "budget": [{"what": "", "pence": 5}],
            },
        )
    }  # fmt: skip
    assert said["people"] == "Answer “Who is it for, and about how many people?”"
    assert said["summary"] == "“What will you do?” has 151 words and there is room for 150. Shorten it."
    assert said["title"] == (
        "“What is the project called?” has 301 characters and there is room for 300. Shorten it."
    )
    assert said["starts_on"] == "“When does it start?” needs a day that exists, such as 27 3 2027."
    assert said["amount_pence"] == "“How much do you ask for?” needs an amount of more than nothing."
    assert (
        said["budget"] == "Each line of the budget needs what it is for and an amount of more than nothing."
    )
    assert said["declarations"] == "Tick each declaration once you have read it."
    assert refusals.lack_sentence(Lack("ends_on", "ends_before_start", {}), by_id["ends_on"]) == (
        "The project ends before it starts. Change one of the two days."
    )


def test_every_role_can_be_named_and_every_state_that_is_told_exists() -> None:
    assert set(WHO) == ROLES
    assert set(PAST) <= {(life.name, state) for life in LIVES.values() for state in life.states}


def test_nobody_is_he_or_she() -> None:
    for words in [*SENTENCES.values(), *PAST.values(), *LACKS.values()]:
        assert not re.search(r"\b(he|she|his|her|him|hers)\b", words, re.IGNORECASE), words
