"""What a newcomer should meet in the demo's open round: a bid asked about again, one whose representative stood aside …"""

import secrets
from collections.abc import Iterable, Mapping
from typing import Any, Final

from fundapp.demo import people as cast_room
from fundapp.demo.stage import Stage
from fundapp.domain import areas
from fundapp.domain.deadlines import civil_day
from fundapp.domain.membership import Marks
from fundapp.intake.postcodes import PostcodeRow
from fundapp.queries import member as drafts_queries
from fundapp.queries import people as people_queries
from fundapp.queries import together as together_queries
from fundapp.services import documents, drafts, membership, naming, passwords, people, together
from fundapp.services import postcodes as services_postcodes
from fundapp.services.transition import fire
from fundapp.storage import Files

#: Whose bids the numbers of the open round are, where it is not its turn among the members.
OWNERS: Final = {0: "newcomer", 7: "member", 12: "member", 13: "member"}
#: The numbers of the bids that are shown something of.
WAITS_FOR_MEMBERSHIP, STOOD_ASIDE, READ_TOGETHER, ASKED_AGAIN, NAMED_BY_APPLICANT = 0, 7, 12, 13, 14
NEWCOMER: Final = ("Priya Nandakumar", "newcomer@demo.example")
_QUOTE: Final = (
    "Quote 1187, for twelve months\n\n40 lifejackets, adult and junior          £1,480.00\n"
    "Rack, galvanised, fixed to the harbour wall   £260.00\nIn all                                  £1,740.00\n"
)


def newcomer(stage: Stage) -> None:
    """Somebody who says that they are a member and whom nobody has confirmed."""
    name, address = NEWCOMER
    password = passwords.hashed(cast_room.PASSWORD)
    with stage.office.deed(stage.cast.actor("officer"), stage.during) as deed:
        person = people.enter(deed, [people.Newcomer(name, address)])[0]
        people.open_account(deed, person, address, password)
        stage.cast.persons["newcomer"] = person
        stage.cast.tokens["newcomer"] = people_queries.token(deed.conn, person)
    with stage.office.deed(stage.cast.actor("newcomer"), stage.during) as deed:
        # No list was brought in that could confirm it, so the key of its marks is of no account.
        membership.claim(deed, Marks(secrets.token_hex(32)), person, "B4711903", "Netherdale branch")


def postcodes(stage: Stage, projects: Iterable[Mapping[str, Any]]) -> None:
    """The postcodes of these projects, so that a ward can be found by one."""
    codes = {" ".join(str(project["address"]).split()[-2:]): project["ward"] for project in projects}
    rows = [
        PostcodeRow(n, code, areas.postcode(code), ward) for n, (code, ward) in enumerate(codes.items(), 2)
    ]
    services_postcodes.bring_in(
        stage.office, stage.cast.actor("officer"), rows, stage.during, lambda _count: None
    )


def stand_aside(stage: Stage, bid: int, representative: str) -> None:
    """The representative has an interest: the bid waits until its applicant names somebody else."""
    words = {"reason": "interest", "statement": "My sister is one of the wardens."}
    fire(
        stage.office, stage.cast.actor(representative, "link"), "bid", "stand_aside", bid, stage.during, words
    )


def ask_again(stage: Stage, bid: int, owner: str, representative: str, files: Files) -> None:
    """Backed, sent back by the officer, changed and sent again with a file: the new request shows the change."""
    office, actor = stage.office, stage.cast.actor(owner)
    stage.endorse(bid, representative)
    reason = {"reason": "Please add the quote for the lifejackets, and say who looks after them in winter."}
    fire(office, stage.cast.actor("officer"), "bid", "send_back", bid, stage.during, reason)
    with office.db.read() as conn:
        draft: Any = drafts_queries.form(conn, bid)
    asked = next(question for question in draft.questions if question["kind"] == "file")
    more = f"{draft.answers['summary']} In winter the sailing school keeps them dry and tests each one."
    drafts.save(office, actor, bid, {"summary": more}, draft.revision, stage.during)
    _hand_in(stage, bid, owner, asked, files)
    fire(office, actor, "bid", "submit", bid, stage.during)


def _hand_in(stage: Stage, bid: int, owner: str, asked: Mapping[str, Any], files: Files) -> None:
    from io import BytesIO

    content = BytesIO(_QUOTE.encode())
    documents.hand_in(
        stage.office, stage.cast.actor(owner), files, bid, asked, "Quote for lifejackets.txt", content, stage.during,
        quarantine=False,
    )  # fmt: skip


def read_together(stage: Stage, bid: int, owner: str, other: str) -> None:
    """Somebody bids together with the applicant, and both have said something beside the draft."""
    office, actor, friend = stage.office, stage.cast.actor(owner), stage.cast.actor(other)
    address = next(part.email for part in cast_room.CAST if part.key == other)
    together.invite(office, actor, secrets.token_hex(32), bid, address, stage.during)
    with office.db.read() as conn:
        (invitation,) = together_queries.invitations(conn, bid)
    together.join(office, friend, invitation.token_sha256, stage.during)
    words = (
        "The market asked whether we take fish on Fridays too. If so, say it here: it doubles what we save."
    )
    together.comment(office, friend, bid, "summary", words, stage.during)
    together.comment(office, actor, bid, "summary", "We do. I will put it in tonight.", stage.during)


def name_unknown(stage: Stage, bid: int, owner: str, area: int) -> None:
    """The applicant names a representative whom the directory does not know: the officer confirms the address."""
    who = naming.Named(
        "Cllr Ffion Bevan-Whitaker", "councillor", area, "f.bevan-whitaker@millbeck.example", "The council’s own page"
    )  # fmt: skip
    office, actor = stage.office, stage.cast.actor(owner)
    on = civil_day(stage.during, office.zone)
    holding, _new = naming.name_unknown(office, actor, bid, who, on, stage.during)
    with office.db.read() as conn:
        draft: Any = drafts_queries.form(conn, bid)
    drafts.save(office, actor, bid, {"representative": holding}, draft.revision, stage.during)


def far_apart(stage: Stage, bid: int, *, talked: bool, settled: bool) -> None:
    """Two readers like it and one does not: they are asked to talk it over, and where it is settled one has moved."""
    stage.review(bid, "reviewer2", (5, 4, 4, 4, 5), "I know this kind of project, and it lasts.")
    stage.review(bid, "reviewer3", (4, 5, 4, 4, 4), "The plan is plain and can be checked.")
    stage.review(bid, "reviewer", (1, 2, 2, 1, 1), "I cannot see who would run it after the first year.")
    if talked:
        stage.moderate(bid)
    if settled:
        stage.review(
            bid, "reviewer", (3, 3, 3, 3, 2), "Page two says who: I had missed it. The costs still look thin."
        )
        stage.settle(bid, "The second page answers who runs it. The readers agree that the costs are thin.")
        stage.conclude(bid)
