"""The demo's data with the longest names and titles added, and every page that somebody can reach in it."""

import io
import re
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from flask import Flask
from sqlalchemy import text
from werkzeug.exceptions import HTTPException

from fundapp.demo import projects
from fundapp.demo import stage as stages
from fundapp.demo.people import PASSWORD
from fundapp.demo.seed import CODES, Seeded, seed
from fundapp.demo.stage import Stage
from fundapp.domain.candidates import Terms
from fundapp.jobs.deliver import deliver_due
from fundapp.jobs.handlers import registry
from fundapp.mail.kept import read_folder
from fundapp.queries import member as drafts_queries
from fundapp.queries import people as people_queries
from fundapp.queries import rounds as round_queries
from fundapp.services import (
    awards,
    documents,
    drafts,
    passwords,
    people,
    round_terms,
    selection,
    sign_in_links,
    together,
    variations,
)
from fundapp.services.deed import Actor, Office
from fundapp.services.throttle import Visitor
from fundapp.services.transition import fire
from tests import handed, masks
from tests.apart import joined
from tests.cast import session_of
from tests.web import Served, beside

#: 60 characters, as some names are.
LONG_NAME: Final = "Maximiliane Wolfeschlegelsteinhausen-Bergerdorff-Featherston"
#: 200 characters, with one word that no line holds.
LONG_TITLE: Final = (
    "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogoch: a long table for everybody who lives between the two "
    "bridges, with cooking, mending, reading aloud and a seed library on each Thursday of term"
)

#: What a browser downloads, or what is no page.
NO_PAGES: Final = frozenset(
    {
        "auditor.export", "auditor.proof", "auditor.checkpoint", "councillor.answer_proof", "councillor.request_proof",
        "member.proof_file", "public.log_checkpoint", "public.log_checkpoint_of", "public.log_keys", "public.log_consistency",
        "public.log_checker", "chair.letter", "chair.minutes_paper", "officer.letter", "councillor.copy_pdf",
        "councillor.file", "councillor.request_file", "demo.attachment",
        "member.acceptance", "member.document", "member.letter", "member.sent_pdf",
        "public.healthz", "public.readyz", "public.measured", "public.security_txt",
        "reviewer.document",
        "staff.acceptance", "staff.document", "staff.letter", "staff.letter_bundle", "staff.version_pdf",
        "static", "treasurer.awards_out_file",
        "bootstrap.static", "treasurer.export", "signin.factor_picture",
        # There is one once an auditor has asked: tests/pages/auditor/test_sealed.py does.
        "auditor.verified",
        # Only whoever set up a second step and has not given it meets this one: test_signing_in.py looks at it.
        "signin.confirm",
    }
)  # fmt: skip

#: Who looks: the key in the cast, and where they begin.
LOOKERS: Final[dict[str, str | None]] = {
    "nobody": None,
    "member": "member",
    "long": "long",
    "councillor": "councillor",
    "reviewer": "reviewer",
    "chair": "chair",
    "treasurer": "treasurer",
    "officer": "officer",
    "auditor": "auditor",
}

#: By {number}: the bid of the long title as a draft 0, sent 1, backed 2, before a panel 3, offered 4, paid 5,
#: before a panel that reads without names 6, paid and cancelled 7.
BEHIND: Final[dict[str, tuple[str, ...]]] = {
    "nobody": ("/together/{invited}",),
    "member": ("/my-bids/{0}/read",),
    "long": (
        "/my-bids/{1}/changes/2", "/my-bids/{0}/place", "/my-bids/{0}/check", "/my-bids/{0}/answers", "/my-bids/{1}/copy",
        "/my-bids/{0}/files/plans", "/my-bids/{0}/files/rules",
        "/my-bids/{0}/check", "/my-bids/{1}/withdraw", "/my-bids/{1}/representative", "/my-bids/{1}/sent/1",
        "/my-bids/{4}/award", "/my-bids/{5}/report", "/my-bids/{5}/bank", "/my-bids/{5}/bank/change",
        "/my-bids/{5}/award/change",
    ),
    "councillor": ("/requests", "/requests/{1}"),
    "auditor": ("/record/verify", "/record/checkpoints", "/record?what=backing"),
    "chair": (
        "/panel/WINTER-26/decide?suggestion=1", "/panel/WINTER-26/sittings/1/correct", "/panel/LONG-1",
        "/panel/LONG-1/release", "/panel/LONG-1/assign",
    ),
    "treasurer": (
        "/money/letters", "/money/payments", "/money/runs/new?fund=1&pay=5:2", "/money/{5}/bank", "/money/accounts",
        "/money/accounts/1",
    ),
    "officer": (
        "/stuck", "/wording/1/award/versions", "/wording/1/award/versions/0", "/bank-changes",
        "/bank-changes/{5}", "/bids/{1}/changes/2", "/rounds/LONG-4/masked", "/bids/{6}/masked",
        "/bids/{1}/send-back", "/bids/{1}/rule-out", "/bids/{1}/representative", "/bids/{1}/written-answer",
        "/bids/{1}/address", "/bids/{4}/cancel", "/bids/{5}/report", "/bids/{1}/alike",
        "/rounds-desk/SPRING-27/several?act=rule_out&bid={1}:2", "/rounds-desk/SPRING-27/edit/rubric",
        *(f"/rounds-desk/SUMMER-27/form{page}" for page in (
            "", "/add", "/add?kind=choice", "/question/q-care", "/question/q-care/take-away", "/copy", "/part?part=money",
            "/preview",
            "/preview/q-often",
        )),
    ),
}  # fmt: skip

#: Pages of one kind that are looked at for each person: of any bid, and of the bid with the long title.
OF_ANY, OF_LONG = 2, 2


@dataclass
class Ground:
    """The seeded service, and what each person can reach in it: paths in the order found, and their kinds."""

    served: Served
    accounts: dict[str, str] = field(default_factory=dict)
    long_refs: list[str] = field(default_factory=list)
    paths: dict[str, list[str]] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)
    #: Pages that say that something is not ready yet, with 409.
    not_yet: set[str] = field(default_factory=set)


def grown(served: Served) -> Ground:
    """The seed, the long bids, the post delivered, and everybody's paths walked without a browser."""
    office = served.office
    now = datetime.now(UTC)
    seeded = seed(office, 24, now)
    ground = Ground(served)
    with_long_words(ground, seeded, now)
    with office.db.read() as conn:
        panel = round_queries.by_code(conn, "WINTER-26")
    assert panel is not None
    selection.suggest(office, seeded.cast.actor("chair"), panel, Terms(panel.budget_pence), now)
    for email in ("long@demo.example", f"{'very-' * 8}long@newcomers.example"):
        sign_in_links.ask(office, served.settings.secret_key, Visitor("", "", ""), email, None, now)
    handlers = registry(office, served.settings)
    done = beside(lambda: deliver_due(office.db, handlers, "pages"))
    assert (done.retried, done.failed) == (0, 0), done
    for key in LOOKERS.values():
        if key is not None:
            with office.db.read() as conn:
                row = people_queries.account_by_email(conn, f"{key}@demo.example")
            assert row is not None
            ground.accounts[key] = session_of(office, row.id)
    links = [
        urlsplit(word).path
        for mail in read_folder(served.mail, 1000)
        for word in mail.text.split()
        if "/answer/" in word
    ]
    (invited,) = {
        found
        for mail in read_folder(served.mail, 1000)
        for found in re.findall(r"/together/([a-z2-7]{32})", mail.text)
    }
    with office.db.read() as conn:
        code = conn.execute(text("SELECT code FROM letter ORDER BY id")).scalars().first()
    ways_in = ["/sign-in/sent", f"/check/{code}", *signing_in_links(served.mail)]
    for who, key in LOOKERS.items():
        starts = (
            ["/", "/desk"]
            if key
            else ["/", "/awards", "/sign-in", "/demo/mail", links[0], links[-1], *ways_in]
        )
        # Pages that stand behind a state of which the few bids that are walked may show none.
        starts += [path.format(*ground.long_refs, invited=invited) for path in BEHIND.get(who, ())]
        ground.paths[who] = walk(ground, key, starts)
    return ground


def signing_in_links(folder: Path) -> list[str]:
    """The paths of the sign-in links that were mailed."""
    found = re.compile(r"/sign-in/link/[a-z2-7]{32}")
    return [path for mail in read_folder(folder, 1000) for path in found.findall(mail.text)]


def with_long_words(ground: Ground, seeded: Seeded, now: datetime) -> None:
    """A member of a long name, with a bid of a long title in an open round, before a panel, and paid."""
    office, cast = ground.served.office, seeded.cast
    operator = people.operator(office, now)
    hashed = passwords.hashed(PASSWORD)
    with office.db.read() as conn:
        open_round = round_queries.by_code(conn, CODES[2])
    assert open_round is not None
    with office.deed(operator, now) as deed:
        person = people.enter(deed, [people.Newcomer(LONG_NAME, "long@demo.example")])[0]
        people.give_role(deed, person, "member")
        people.join(deed, person, "A0000142", "Millbeck CLP", "the membership list")
        people.open_account(deed, person, "long@demo.example", hashed)
        cast.persons["long"], cast.tokens["long"] = person, people_queries.token(deed.conn, person)
    project = next(iter(projects.projects(1))) | {
        "title": LONG_TITLE,
        "organisation": f"Friends of {LONG_TITLE[:56]}",
    }
    fund = open_round.fund_id
    opened = Stage(office, cast, fund, open_round.id, open_round.opens_at, now + timedelta(minutes=1))
    handed.ask_for_files(office, operator, opened.round, now)
    made = [opened.draft(project, "long")]
    for name in (f"{LONG_TITLE[:90]}.pdf", "Hall.pdf"):
        documents.hand_in(
            office, cast.actor("long"), ground.served.app.extensions["files"], made[0], handed.PLANS, name,
            io.BytesIO(handed.pdf(name[:9])), now, quarantine=False,
        )  # fmt: skip
    joined(office, cast.actor("member"), made[0], now)
    key = ground.served.settings.secret_key
    together.invite(office, cast.actor("long"), key, made[0], "reader@newcomers.example", now)
    for backed in (False, True):
        bid = opened.draft(project, "long")
        opened.submit(bid, "long")
        if backed:
            opened.endorse(bid)
        else:
            _sent_again(opened, bid)
        made.append(bid)
    for code, steps in (("LONG-1", 1), ("LONG-2", 2), ("LONG-3", 3)):
        stage = stages.build(
            office, operator, cast, fund, code, f"{code}: {LONG_NAME}", now - timedelta(days=60),
            now - timedelta(hours=1), budget_pence=2_000_000, now=now,
        )  # fmt: skip
        made.append(_taken_on(stage, project, steps))
    made.append(_without_names(office, operator, stages.build(
        office, operator, cast, fund, "LONG-4", f"LONG-4: {LONG_NAME}", now - timedelta(days=60),
        now - timedelta(hours=1), budget_pence=2_000_000, now=now,
    ), project))  # fmt: skip
    made.append(_taken_on(stages.build(
        office, operator, cast, fund, "LONG-5", f"LONG-5: {LONG_NAME}", now - timedelta(days=60),
        now - timedelta(hours=1), budget_pence=2_000_000, now=now,
    ), project, 4))  # fmt: skip
    with office.db.read() as conn:
        ground.long_refs = [_reference(conn, bid) for bid in made]


def _sent_again(stage: Stage, bid: int) -> None:
    """Sent back, changed and sent once more: there are two copies of it, and what changed between them."""
    reason = {"reason": "Say who opens the hall."}
    fire(stage.office, stage.cast.actor("officer"), "bid", "send_back", bid, stage.during, reason)
    with stage.office.db.read() as conn:
        draft: Any = drafts_queries.form(conn, bid)
    words = f"{draft.answers['summary']} The caretaker opens the hall."
    drafts.save(stage.office, stage.cast.actor("long"), bid, {"summary": words}, draft.revision, stage.during)
    stage.submit(bid, "long")


def _without_names(office: Office, operator: Actor, stage: Stage, project: dict[str, Any]) -> int:
    """One bid whose copy waits for an officer, in a round whose panel reads without names; before it one that is read."""
    with office.db.read() as conn:
        row: Any = round_queries.by_id(conn, stage.round)
    officer = stage.cast.actor("officer")
    round_terms.change(office, officer, stage.round, {"blind": True}, stage.during, row.version)
    bids = []
    for _number in range(2):
        bid = stage.draft(project, "long")
        stage.submit(bid, "long")
        stage.endorse(bid)
        bids.append(bid)
    stage.start_panel()
    stage.assign(bids)
    masks.confirm(office, officer, bids[0], stage.after)
    return bids[1]


def _taken_on(stage: Stage, project: dict[str, Any], steps: int) -> int:
    """One bid before a panel (1), decided and offered (2), paid to a local party and reported (3), or paid and cancelled (4)."""
    bid = stage.draft(project, "long")
    stage.submit(bid, "long")
    stage.endorse(bid)
    stage.start_panel()
    stage.assign([bid])
    readers = ("reviewer2", "reviewer3") if steps == 1 else ("reviewer", "reviewer2", "reviewer3")
    for reader in readers:
        stage.review(bid, reader, (4, 2, 3, 4, 5))
    if steps > 1:
        stage.conclude(bid)
        stage.decide(bid, "award", 480_000)
        stage.release()
    if steps == 2:
        why = {"reason": "The group has folded, and its bank account is closed."}
        fire(stage.office, stage.cast.actor("treasurer"), "bid", "ask_cancel", bid, stage.released, why)
    if steps > 2:
        stage.accept(bid, "long", recipient="local_party")
        stage.pay(bid, paid=1)
    if steps > 3:
        why = {"reason": "The group has folded, and its bank account is closed."}
        fire(stage.office, stage.cast.actor("treasurer"), "bid", "ask_cancel", bid, stage.released, why)
        awards.cancel(stage.office, stage.cast.actor("officer"), bid, stage.released)
    elif steps > 2:
        stage.report(bid, "long")
        change = variations.Change(480_000, "The hall asks for it.", "Tell the hall.")
        variations.propose(stage.office, stage.cast.actor("officer"), bid, change, stage.released)
    return bid


def _reference(conn: Any, bid: int) -> str:
    from sqlalchemy import select

    from fundapp.models import Bid

    return str(conn.execute(select(Bid.reference).where(Bid.id == bid)).scalar_one())


class _Links(HTMLParser):
    """The addresses that a page leads to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Links only: what a form would change is not walked."""
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.found.append(str(given["href"]))


def walk(ground: Ground, key: str | None, starts: list[str]) -> list[str]:
    """Every kind of page that this person reaches by links, with the bid of the long title among each kind."""
    app = ground.served.app
    client = app.test_client()
    if key is not None:
        with client.session_transaction(base_url=ground.served.url) as session:
            session["_user_id"] = ground.accounts[key]
    waiting = deque(starts)
    known, taken = set(starts), Counter[tuple[str, bool]]()
    walked: list[str] = []
    while waiting:
        path = waiting.popleft()
        kind = kind_of(app, path)
        if kind is None or kind in NO_PAGES:
            continue
        is_long = any(ref in path for ref in ground.long_refs)
        if path not in starts and taken[kind, is_long] >= (OF_LONG if is_long else OF_ANY):
            continue
        answer = client.get(path, base_url=ground.served.url)
        if answer.status_code in (302, 303):
            onward = urlsplit(answer.headers["Location"])
            target = onward.path + (f"?{onward.query}" if onward.query else "")
            if target not in known:
                known.add(target)
                waiting.append(target)
            continue
        assert answer.mimetype == "text/html", f"{path} is {answer.mimetype}"
        taken[kind, is_long] += 1
        ground.kinds.add(kind)
        walked.append(path)
        if answer.status_code == 409:
            ground.not_yet.add(path)
        if kind == "demo.read" and key is not None:
            continue  # a mail's links are for whom it was written to
        links = _Links()
        links.feed(answer.text)
        # The bid of the long title first, so that other bids do not use up its place.
        found = [urlsplit(urljoin(ground.served.url + path, link)) for link in links.found]
        here = [
            f"{part.path}{'?' + part.query if part.query else ''}"
            for part in found
            if part.netloc in ground.served.url
        ]
        for target in here:
            if target not in known:
                known.add(target)
                waiting.append(target)
    return walked


def kind_of(app: Flask, path: str) -> str | None:
    """The endpoint of a path; None where there is none."""
    try:
        endpoint, _ = app.url_map.bind("127.0.0.1").match(urlsplit(path).path, method="GET")
    except HTTPException:
        return None
    return str(endpoint)
