"""The demo's round that is read without names: its bids, what its officer masked by hand, and how far its panel is."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from fundapp.demo.projects import dated
from fundapp.demo.stage import Stage
from fundapp.queries import rounds as asks
from fundapp.services import masking, round_terms
from fundapp.services.rounds import FUND_ABOUT

#: What the round's page says of it.
LEAD: Final = (
    "For groups that have never had money from us. The panel reads without names: being known helps nobody."
)

#: Bids whose texts name what the service knows (the applicant, the group, a ward) and what only a reader notices.
#: `mask`: what the officer wrote by hand for the latter, by the text's key; None for a copy that still waits.
BIDS: Final[tuple[Mapping[str, Any], ...]] = (
    {
        "member": "member", "kind": "food", "title": "One oven for Hawthorn Bank", "organisation": "Hawthorn Bank Bakers",
        "ward": "E05900011", "representative": "councillor", "address": "211 Hawthorn Bank\nMillbeck MB3 7ZA",
        "budget": (("Bricks and sand", 640), ("A mason, four days", 720), ("Peels and tins", 190)),
        "summary": "Sunita Rao has the key to the yard. There we build a brick oven, with Gethin who built the one at the "
                   "Red Kite, and on Sundays Millbeck East bakes together: bring your dough, take home a loaf.",
        "people": "Some 60 households on Hawthorn Bank",
        "mask": {"Gethin": "[name]", "the Red Kite": "[place]"},
    },
    {
        "member": "member2", "kind": "mend", "title": "The last bus mends", "organisation": "Netherdale Night Menders",
        "ward": "E05900012", "representative": "mayor", "address": "202 Mill Lane\nNetherdale, Millbeck MB4 2ZB",
        "budget": (("Sewing kits", 260), ("Lamps", 310), ("Fares", 380)),
        "summary": "Tomasz Wiśniewski drives the last bus to Netherdale on Fridays. Whoever is on it learns to put on a "
                   "button or a zip before the terminus, and the Netherdale Night Menders bring the thread.",
        "people": "About 25 on each journey",
        "mask": {},
    },
    {
        "member": "member3", "kind": "song", "title": "Gitâr ar y grisiau", "organisation": "Tannau Llanfair",
        "ward": "W05900021", "representative": "councillor2", "address": "96 Heol y Bont\nLlanfair-y-dŵr LD99 4ZC",
        "budget": (("Eight guitars", 960), ("Strings and books", 140), ("Tea", 100)),
        "summary": "Angharad Llŷr-Prosser teaches eight beginners on the steps of the old school in Llanfair-y-dŵr, in Welsh "
                   "and English; in winter Bronwen lets us into the saddlery.",
        "people": "Eight learners and whoever stops to listen",
        "mask": {"Bronwen": "[name]", "the saddlery": "[place]", "Millbeck": "[place]"},
    },
    {
        "member": "member", "kind": "safe", "title": "A rail down the Cross Street steps",
        "organisation": "Thornley Cross Stair Wardens", "ward": "E05900013", "representative": "mayor",
        "address": "187 Cross Street\nThornley Cross, Millbeck MB6 1ZD",
        "budget": (("Handrail", 1180), ("Fixing", 460), ("Two lamps", 240)),
        "summary": "Sixty-one steps, no rail: Cllr Achterberg fell there in January. Old Mr Pettibone, who has the ironmonger’s "
                   "beside the Three Herons, makes the rail, and the Stair Wardens fix it on two Saturdays.",
        "people": "Everybody who takes the steps to Thornley Cross",
        "mask": None,
    },
    {
        "member": "member2", "kind": "green", "title": "Lanterns from the mill to St Osyth’s",
        "organisation": "Netherdale Lantern Walk", "ward": "E05900012", "representative": "mayor",
        "address": "204 Mill Lane\nNetherdale, Millbeck MB4 2ZE",
        "budget": (("Willow and paper", 280), ("Storm lamps", 330), ("First aider", 90)),
        "summary": "Ninety children make a lantern and carry it through Netherdale on the shortest day. Tomasz counts them out "
                   "and in; Marjorie Quillfeather has soup ready at the vestry.",
        "people": "90 children and those who come to watch",
        "mask": None,
    },
)  # fmt: skip
#: Who reads which of them, by number, and what they gave; None for scores that are not in yet.
READINGS: Final[tuple[Mapping[str, tuple[int, ...] | None], ...]] = (
    {"reviewer": (4, 4, 4, 3, 4), "reviewer2": (4, 3, 4, 3, 4), "reviewer3": None},
    {"reviewer2": (3, 4, 5, 4, 3), "reviewer3": None, "reviewer4": None},
    {"reviewer": None, "reviewer2": (3, 2, 4, 3, 4), "reviewer3": None},
    {"reviewer": None, "reviewer2": None, "reviewer3": None},
    {"reviewer2": None, "reviewer3": None, "reviewer4": None},
)


def play(stage: Stage, today: date) -> None:
    """The round's life up to a panel at work: some copies are confirmed and read, some wait for the officer."""
    _without_names(stage)
    bids = []
    for number, told in enumerate(BIDS):
        bid = stage.draft(dated(project(number), today, 2, 7), told["member"])
        stage.submit(bid, told["member"])
        stage.endorse(bid, told["representative"])
        bids.append(bid)
    _read(stage, bids)


def _without_names(stage: Stage) -> None:
    """Say, before anybody bids, that the round's panel reads without names, and for whom the round is."""
    office = stage.office
    with office.db.read() as conn:
        row: Any = asks.by_id(conn, stage.round)
    terms = {"blind": True, "about": {**FUND_ABOUT, "lead": LEAD}}
    round_terms.change(office, stage.cast.actor("officer"), stage.round, terms, stage.during, row.version)


def project(number: int) -> dict[str, Any]:
    """One of the bids, as the other projects of the demo are told."""
    told = {name: said for name, said in BIDS[number].items() if name not in ("member", "mask")}
    lines = told["budget"]
    return told | {
        "amount_pence": sum(pounds for _what, pounds in lines) * 100,
        "budget": [{"what": what, "pence": pounds * 100} for what, pounds in lines],
    }


def confirm(stage: Stage, bid: int, by_hand: Mapping[str, str]) -> int:
    """A bid's copy confirmed by the officer as it is proposed, but for words that nobody but a reader knows for a name."""
    with stage.office.db.read() as conn:
        proposal = masking.propose(conn, bid)
    if proposal is None:
        raise LookupError(f"bid {bid} was never sent")
    texts = {text.key: _without(text.proposed, by_hand) for text in proposal.texts}
    given = masking.Given(proposal.version, proposal.number, texts, (), frozenset())
    return masking.confirm(stage.office, stage.cast.actor("officer"), bid, given, stage.after)


def _without(text: str, by_hand: Mapping[str, str]) -> str:
    for words, label in by_hand.items():
        text = text.replace(words, label)
    return text


def _read(stage: Stage, bids: list[int]) -> None:
    """The panel at work: bids given out, the copies that are confirmed, the scores that are in."""
    stage.start_panel()
    for bid, readings in zip(bids, READINGS, strict=True):
        stage.assign([bid], tuple(readings))
    for number, (bid, readings) in enumerate(zip(bids, READINGS, strict=True)):
        by_hand = BIDS[number]["mask"]
        if by_hand is None:
            continue
        confirm(stage, bid, by_hand)
        for reader, marks in readings.items():
            if marks is not None:
                stage.review(bid, reader, marks)
