"""Somebody with a name like no other's, a whole life of bids, and a look for any trace of them."""

import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import insert, text, update

from fundapp.database import Database
from fundapp.demo import projects
from fundapp.demo.stage import Stage
from fundapp.demo.voices import VOICES
from fundapp.models import Account, Outbox, Person
from fundapp.models.base import Base
from fundapp.services import documents, people, sign_in_links, together
from fundapp.services.throttle import Visitor
from fundapp.services.transition import fire
from tests.cast import Cast, Made

NAME = "Zebedee Quillfeather"
EMAIL = "zebedee.q@quillmail.example"
PHONE = "07700 900461"
POSTCODE = "ZQ9 4WX"
#: Words that nobody else in the whole database writes.
WORDS = (
    "Quillfeather", "Sunita Rao", "quillmail", "07700 900461", "ZQ9 4WX", "Quern Lane", "periwinkle lantern walk",
    "thimblewick", "a friend of the panjandrum", "quote-for-thimbles.txt",
)  # fmt: skip

PROJECT: dict[str, Any] = {
    **next(iter(projects.projects(1))),
    "title": "The periwinkle lantern walk",
    "summary": f"Zebedee Quillfeather leads a walk with lanterns. Ring {PHONE}.",
    "organisation": "Thimblewick Walkers",
    "address": f"3 Quern Lane\nThornley {POSTCODE}",
}


@dataclass
class Zebedee:
    """Their bids, by how each ended; `ended` in a round of its own, the rest with it."""

    person: int
    declined: int
    withdrawn: int
    draft: int
    awarded: int | None = None


def settle(cast: Cast, *, awarded: bool = False) -> Zebedee:
    """The cast's first member under their own name, with a bid that was declined, one withdrawn, and a draft."""
    person = cast.person("member")
    with cast.office.deed(cast.operator, cast.now) as deed:
        people.open_account(deed, person, "zeb@quillmail.example", None)
    with cast.office.db.write() as conn:
        conn.execute(update(Person).where(Person.id == person).values(name=NAME, email=EMAIL))
        first = update(Account).where(Account.person_id == person, Account.email == "member@demo.example")
        conn.execute(first.values(email=EMAIL))
    voices = dict(VOICES)
    try:
        for kind, voice in voices.items():
            VOICES[kind] = replace(
                voice,
                backing="Zebedee is a friend of the panjandrum.",
                comment="Quillfeather knows his lanterns.",
                second="The thimblewick plan is thin.",
                doubt="Dear Mr Quillfeather, the thimblewick plan is thin.",
                praise="Well done, Quillfeather.",
                question="Who holds the lanterns, Mr Quillfeather?",
                story="Quillfeather walked and the thimblewick shone.",
            )
        return _lives(cast, person, awarded)
    finally:
        VOICES.update(voices)


def _lives(cast: Cast, person: int, awarded: bool) -> Zebedee:
    stage, _ = cast.round(closed=True)
    bid = _ready(cast, stage)
    rich = _ready(cast, stage) if awarded else None
    stage.start_panel()
    for each in (bid, rich):
        if each is None:
            continue
        stage.assign([each])
        for reviewer in ("reviewer", "reviewer2", "reviewer3"):
            stage.review(each, reviewer, (4, 4, 3, 4, 5), note="Ask Quillfeather of the thimblewick.")
        stage.conclude(each)
        stage.decide(each, "award" if each == rich else "decline", 200_000)
    stage.release()
    cast.letters(Made(bid, "", stage, ""))
    if rich is not None:
        stage.accept(rich)
        stage.pay(rich)
        stage.report(rich)
        stage.finish(rich)
    other, _ = cast.round(closed=False)
    withdrawn = _ready(cast, other)
    fire(cast.office, cast.actor("member"), "bid", "withdraw", withdrawn, other.during)
    draft = other.draft(PROJECT)
    actor = cast.actor("member")
    together.invite(
        cast.office, actor, cast.office.secret_key, draft, "cousin@quillmail.example", other.during
    )
    # Somebody else asks them to bid together, and they have a link to sign in sent to them.
    theirs = other.draft({**next(iter(projects.projects(1))), "title": "Another bid"}, "member2")
    together.invite(
        cast.office,
        cast.actor("member2"),
        cast.office.secret_key,
        theirs,
        "zeb@quillmail.example",
        other.during,
    )
    sign_in_links.ask(
        cast.office, cast.office.secret_key, Visitor("::1", "::1", "", None), EMAIL, None, cast.now
    )
    together.comment(cast.office, actor, draft, None, "I asked at Thimblewick.", other.during)
    with cast.office.db.write() as conn:
        args = {"bid": draft, "words": "to quillmail"}
        conn.execute(
            insert(Outbox).values(
                name="bid_reminder", args=args, key="old", bid_id=draft, created_at=cast.now, not_before=cast.now,
                attempts=5, last_error=f"{EMAIL} was refused", failed_at=cast.now,
            )
        )  # fmt: skip
    return Zebedee(person, bid, withdrawn, draft, rich)


def _ready(cast: Cast, stage: Stage) -> int:
    """A bid sent with a file, and backed."""
    bid = stage.draft(PROJECT)
    quote = io.BytesIO(b"%d thimbles for Mr Quillfeather" % bid)
    documents.hand_in(
        cast.office, cast.actor("member"), cast.app.extensions["files"], bid, {"id": "q-papers"},
        "quote-for-thimbles.txt", quote, stage.during, quarantine=False,
    )  # fmt: skip
    stage.submit(bid)
    stage.endorse(bid)
    return bid


def dump(db: Database) -> dict[str, str]:
    """Every table as text."""
    found = {}
    with db.read() as conn:
        for name in Base.metadata.tables:
            rows = conn.execute(text(f'SELECT * FROM "{name}"')).all()
            found[name] = "\n".join(repr(tuple(row)) for row in rows)
    return found


def traces(db: Database, words: Iterable[str] = WORDS) -> list[tuple[str, str]]:
    """(table, word) of each of these words that stands somewhere in the database."""
    return [
        (table, word)
        for table, rows in sorted(dump(db).items())
        for word in words
        if word.lower() in rows.lower()
    ]
