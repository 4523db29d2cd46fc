"""Funds and rounds: their beginning, and the acts that a round is taken through."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.exc import IntegrityError

from fundapp.database import fresh_ids
from fundapp.models import Fund
from fundapp.queries import rounds as asks
from fundapp.services import checkpoints, letters
from fundapp.services.case import Step
from fundapp.services.deed import CLOCK, Actor, Deed, Office
from fundapp.services.fund_rubric import FUND_RUBRIC
from fundapp.services.round_rules import LONGEST_TITLE, MOST_PENCE
from fundapp.services.transition import Done, fire, fire_many

#: Why an officer may rule a bid out.
FUND_REASONS: Final[dict[str, str]] = {
    "outside": "It is outside what this round funds.",
    "campaigning": "It pays for election campaigning.",
    "no_group": "The group cannot be found or does not exist.",
    "twice": "The same project has bid twice.",
    "began": "It has begun, or is finished, already.",
}

#: What a round's page says where its officer has written nothing else, and the questions of its check. In a question
#: {least}, {most} and {reports} stand for the round's limits and the day on which reports are due.
FUND_ABOUT: Final[dict[str, Any]] = {
    "lead": "The answers are found around tables. If yours has an idea (a kitchen, a club, a repair café, a path worth "
            "mending) the fund can pay for it.",
    "funds": [
        "Things people do together, in a place you can name",
        "Tools, rooms, food, travel, training, a leader’s time",
        "First tries: you need not have done it before",
    ],
    "not_funds": [
        "Campaigning, leaflets or anything for an election",
        "Money already spent, or debts",
        "Gifts to named people",
    ],
    "example": {
        "title": "A lift to market",
        "group": "Kirkmoor Good Neighbours",
        "story": "The bus went years ago. We asked for a minibus on Thursdays and a driver’s training. Nineteen people "
                 "now do their own shopping again.",
        "costs": [["Minibus hire, 40 Thursdays", 360_000], ["Driver training, two people", 64_000], ["Fuel", 76_000]],
    },
    "questions": [
        {"ask": "Are you a member of the party?", "right": "yes",
         "why_not": "Only members can bid, and your membership must stand on the day the round closes.",
         "instead": "Join first, or ask a member in your group to write the bid. You can help them with every answer."},
        {"ask": "Is it in the UK, and is nothing in it for an election campaign?", "right": "yes",
         "why_not": "We pay for projects in the UK, and never for campaigning: the law on elections forbids it.",
         "instead": "Take the campaigning out: what your neighbours do together all year can still be a bid."},
        {"ask": "Will a group with its own bank account run it?", "right": "yes",
         "why_not": "We pay into the account of a group, with two people who sign, and never to one person.",
         "instead": "Ask a group near you, such as a tenants’ association, a club or a school, to run it with you."},
        {"ask": "Can it be done by {reports}, for {least} to {most}?", "right": "yes",
         "why_not": "This round pays {least} to {most}, and everybody reports on it by {reports}.",
         "instead": "Bid for a first part that fits, or wait for a later round with other limits."},
    ],
}  # fmt: skip


FUND_TERMS: Final[dict[str, Any]] = {
    "address": ["The Old Reading Room", "4 Tanner’s Row, Millbeck MB1 4AA"],
    "phone": "0330 555 0142",
    "hours": "weekdays 10 to 4",
    "email": "help@communitiesfund.example",
    "signatories": [["Helen Abernethy", "Chair of the panel"], ["Joseph Adeyemi-Clarke", "Treasurer"]],
    "conditions": [
        "Ask us before you move more than £250 from one line to another.",
        "Keep receipts for two years and show them if we ask.",
        "Use none of it for campaigning or an election.",
        "Return what is not spent.",
    ],
    "after_decline": [
        "You can bid again in any later round; your bid can be copied into it.",
        "Ring or write to us: somebody who knows your bid will talk it through.",
    ],
}


#: Letters, digits, - and _: a code stands in addresses and is read out over the telephone.
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,29}")
#: The fund that is founded with the first round.
USUAL_FUND: Final = "communities"
#: A round outside these years is a slip of the finger.
FIRST_YEAR, LAST_YEAR = 2000, 2100


def about_of(about: Mapping[str, Any]) -> dict[str, Any]:
    """What a round's page says: what its officer wrote, else the fund's usual words."""
    return {**FUND_ABOUT, **{part: words for part, words in about.items() if words}}


class RoundRefused(ValueError):
    """A round that cannot be made. `code` says why; `params` fill its sentence."""

    def __init__(self, code: str, /, **params: Any) -> None:
        self.code, self.params = code, params
        super().__init__(code)


def found(office: Office, actor: Actor, code: str, name: str, now: datetime) -> int:
    """The fund of that code; made, with the usual terms, if there is none."""
    with office.db.read() as conn:
        known = asks.fund_by_code(conn, code)
    if known is not None:
        return int(known.id)
    with office.deed(actor, now) as deed:
        known = asks.fund_by_code(deed.conn, code)
        if known is not None:
            return int(known.id)
        fund = fresh_ids(deed.conn, Fund, 1)[0]
        subject = f"fund:{fund}"
        deed.begin([subject])
        deed.put(
            subject,
            Fund,
            {"id": fund, "code": code, "name": name, "policy": "communities", "terms": FUND_TERMS},
        )
        deed.note(subject, "fund.founded", params={"code": code})
        return fund


def plan(office: Office, actor: Actor, fund: int, terms: Mapping[str, Any], now: datetime) -> int:
    """A round, planned; opened at once if its opening time has come. Raises RoundRefused, or Refused by the policy.

    `terms`: code, title, opens_at, closes_at, budget_pence, and whatever else differs from the usual.
    """
    whole = complete(terms)
    with office.db.read() as conn:
        if asks.by_code(conn, whole["code"]) is not None:
            raise RoundRefused("code_taken", code=whole["code"])
    try:
        done = fire(office, actor, "round", "plan", None, now, {"terms": whole}, parent=fund)
    except IntegrityError:  # somebody planned the same code between the look and the write
        raise RoundRefused("code_taken", code=whole["code"]) from None
    if whole["opens_at"] <= now:
        fire(office, CLOCK, "round", "open", done.id, now)
    return done.id


def complete(terms: Mapping[str, Any]) -> dict[str, Any]:
    """The terms with what is usual filled in. Raises RoundRefused for what cannot be."""
    whole = dict(terms)
    if not _CODE.fullmatch(whole["code"]):
        raise RoundRefused("bad_code", code=whole["code"])
    whole["title"] = " ".join(whole["title"].split())
    if not whole["title"]:
        raise RoundRefused("no_title")
    if len(whole["title"]) > LONGEST_TITLE:
        raise RoundRefused("title_too_long", limit=LONGEST_TITLE)
    if not all(FIRST_YEAR <= whole[name].year <= LAST_YEAR for name in ("opens_at", "closes_at")):
        raise RoundRefused("far_off", first=FIRST_YEAR, last=LAST_YEAR)
    if whole["closes_at"] <= whole["opens_at"]:
        raise RoundRefused("closes_before_opening")
    if whole["budget_pence"] <= 0:
        raise RoundRefused("no_budget")
    whole.setdefault("min_pence", 100)
    whole.setdefault("max_pence", min(whole["budget_pence"], MOST_PENCE))
    if whole["max_pence"] > MOST_PENCE:
        raise RoundRefused("too_much_money", most_pence=MOST_PENCE)
    if not 0 < whole["min_pence"] <= whole["max_pence"]:
        raise RoundRefused("limits_crossed")
    closes = whole["closes_at"]
    for name, days in (("endorse_by", 14), ("panel_by", 42), ("decide_by", 56), ("report_by", 365)):
        whole.setdefault(name, closes + timedelta(days=days))
    usual = {
        "grace_days": 14, "offer_days": 21, "release_minutes": 10, "reviews_needed": 3, "disagreement_limit": 200,
        "rubric": FUND_RUBRIC, "reasons": FUND_REASONS, "about": {}, "signatories": None,
    }  # fmt: skip
    return usual | whole


def publish(office: Office, round_id: int, at: datetime) -> list[Done]:
    """All award and decline moves of a round whose release window is over, and its own, in one transaction."""
    with office.db.read() as conn:
        staged = asks.staged(conn, round_id)
    awards = [bid for bid, outcome in staged if outcome == "award"]
    declines = [bid for bid, outcome in staged if outcome == "decline"]
    steps = [
        *(Step("bid", "award", bid) for bid in awards),
        *(Step("bid", "decline", bid) for bid in declines),
        *(Step("award", "offer", parent=bid) for bid in awards),
        Step("round", "publish", round_id),
    ]

    def opening(deed: Deed) -> Mapping[str, Any]:
        # Asked for before the mails: with every letter made on all cores, no mail waits for its own.
        args = {"round": round_id, "part": 1}
        deed.effect(letters.EFFECT, args, f"{letters.EFFECT}:{round_id}:1")
        checkpoints.ask(deed, f"release:{round_id}")
        return {}

    return fire_many(office, CLOCK, steps, at, opening=opening)
