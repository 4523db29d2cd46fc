"""Every kind of mailed link against every way of abusing one: refused with a page that helps, and nothing changed.

A row of the table below is a kind of link, a column an abuse; what is expected stands in each cell. `used` is what the
human's own click does afterwards, where the abuse should have left the link as it was.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cached_property

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from fundapp.audit.verify import verify
from fundapp.demo import projects
from fundapp.jobs.deliver import deliver_due
from fundapp.jobs.handlers import registry
from fundapp.jobs.tick import tick
from fundapp.mail.kept import read_folder
from fundapp.models import CoInvitation, Outbox, SignInLink
from fundapp.services import representatives
from fundapp.services.transition import fire
from tests.cast import Cast, Made
from tests.services import world

#: kind: (where the link leads, to whom it is mailed)
KINDS = {
    "endorsement": ("/answer/", "councillor@demo.example"),
    "sign-in": ("/sign-in/link/", "member@demo.example"),
    "role": ("/sign-in/link/", "pia@audit.example"),
    "reading along": ("/together/", "member2@demo.example"),
}
BACKING = {"answer": "endorse", "words": "I have eaten at this table.", "no_interest": "yes"}

#: abuse → kind → (status, what the page's heading says). Where a link is good for its own owner whoever holds it in
#: their hands, the test says so in words of its own below.
REFUSED: dict[str, dict[str, tuple[int, str]]] = {
    "replayed": {
        "endorsement": (410, "This has been answered"),
        "sign-in": (410, "This link has been used"),
        "role": (410, "This link has been used"),
        "reading along": (410, "This invitation cannot be used"),
    },
    "expired": {
        "endorsement": (410, "The time to answer has passed"),
        "sign-in": (410, "This link is too old"),
        "role": (410, "This link is too old"),
        "reading along": (410, "This invitation cannot be used"),
    },
    "altered": {
        "endorsement": (404, "We do not know this link"),
        "sign-in": (404, "We do not know this link"),
        "role": (404, "We do not know this link"),
        "reading along": (404, "This invitation cannot be used"),
    },
    "at another door": {
        "endorsement": (404, "We do not know this link"),
        "sign-in": (404, "We do not know this link"),
        "role": (404, "We do not know this link"),
        "reading along": (404, "This invitation cannot be used"),
    },
    "another address": {
        "endorsement": (410, "This link has been replaced"),
        "sign-in": (410, "This link has been replaced"),
        "role": (410, "This link has been replaced"),
        "reading along": (403, "This invitation is for another address"),
    },
    "renamed": {
        "endorsement": (410, "This link has been replaced"),
        "sign-in": (410, "This link has been replaced"),
        "role": (410, "This invitation has ended"),
        "reading along": (410, "This invitation cannot be used"),
    },
}


class Ground:
    """One bid, its people, and a link of each kind as it stands in the mail."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.bid: Made = cast.bid("submitted")

    @cached_property
    def other(self) -> Made:
        """Another bid that waits for the same representative."""
        return self.cast.bid("submitted")

    def deliver(self) -> None:
        """The worker, once, but for receipts: their PDFs take long, and no link is in them."""
        with self.cast.office.db.write() as conn:
            conn.execute(update(Outbox).where(Outbox.name == "receipt").values(done_at=self.cast.now))
        done = deliver_due(
            self.cast.office.db, registry(self.cast.office, self.cast.app.extensions["settings"]), "x"
        )
        assert (done.retried, done.failed) == (0, 0)

    def newest(self, kind: str, about: str = "") -> str:
        """The path of the newest link of that kind in the letterbox it belongs to."""
        self.deliver()
        leads, address = KINDS[kind]
        folder = self.cast.app.extensions["settings"].data / "mail"
        found = [
            path[0]
            for mail in read_folder(folder, 1000)
            if f"<{address}>" in mail.to and about in f"{mail.subject} {mail.text}"
            for path in [re.search(leads + r"[a-z2-7]{32}\b", mail.text)]
            if path
        ]
        known = self.seen.setdefault(kind, set())
        fresh = [path for path in found if path not in known]
        known.update(found)
        assert len(fresh) == 1, (kind, fresh)
        return fresh[0]

    @property
    def seen(self) -> dict[str, set[str]]:
        """The links that were taken out of each letterbox."""
        held: dict[str, set[str]] = self.__dict__.setdefault("_seen", {})
        return held

    def link(self, kind: str) -> str:
        """A good link of that kind, just mailed; asked for once more, a newer one."""
        if kind == "endorsement":
            return self.newest(kind, self.bid.reference)
        if kind == "sign-in":
            asked = self.cast.client(None).post(
                "/sign-in", data={"email": KINDS[kind][1], "next": "/my-bids"}
            )
            assert asked.status_code == 303
        elif kind == "role":
            if "pia" not in self.__dict__:
                given = {
                    "name": "Pia Lund",
                    "email": KINDS[kind][1],
                    "role": "auditor",
                    "fund": str(self.cast.fund),
                }
                self.pia = self.cast.client("officer").post("/people/add", data=given).location
            else:
                assert self.cast.client("officer").post(f"{self.pia}/invite").status_code == 303
        else:
            given = {"address": KINDS[kind][1]}
            place = f"/my-bids/{self.bid.reference}/together"
            assert self.cast.client("member").post(place, data=given).status_code == 303
        return self.newest(kind)

    def owner(self, kind: str) -> FlaskClient:
        """The browser of whoever the link is for: signed in only where it has to be."""
        return self.cast.client("member2" if kind == "reading along" else None)

    def use(self, kind: str, path: str, client: FlaskClient | None = None, **more: str) -> TestResponse:
        """The one press that a link is for."""
        given = BACKING if kind == "endorsement" else {}
        return (client or self.owner(kind)).post(path, data={**given, **more})


def everything(cast: Cast) -> dict[str, list[world.Row]]:
    """Every row of every table, but for the note that somebody signed in tried what is not theirs."""
    return world.everything(cast.office)


def helps(answer: TestResponse, status: int, heading: str) -> None:
    """A page of ours: the heading says what is the matter, words say why, a button says what to do."""
    page = answer.text
    assert answer.status_code == status, page
    found = re.findall(r"<h1[^>]*>(.*?)</h1>", page, re.S)
    assert [one.strip() for one in found] == [heading]
    body = page[page.index("<main") : page.index("</main>")]
    lead = re.search(r'<p class="lead">(.+?)</p>', body, re.S)
    assert lead is not None
    assert len(lead[1].split()) >= 4
    assert re.search(r'class="(go|later|quiet)[ "]', body), "nothing to do next"


@pytest.fixture
def ground(cast: Cast) -> Ground:
    """A bid that waits for its representative."""
    return Ground(cast)


def replayed(ground: Ground, kind: str) -> tuple[str, FlaskClient]:
    path = ground.link(kind)
    used = ground.use(kind, path)
    assert used.status_code in (200, 303), used.text
    return path, ground.owner(kind)


def expired(ground: Ground, kind: str) -> tuple[str, FlaskClient]:
    path, before = ground.link(kind), datetime.now(UTC) - timedelta(seconds=1)
    if kind == "endorsement":
        assert tick(ground.cast.office, ground.cast.now + timedelta(days=60)).lapsed == 1
    else:
        with ground.cast.office.db.write() as conn:
            conn.execute(
                update(CoInvitation if kind == "reading along" else SignInLink).values(expires_at=before)
            )
    return path, ground.owner(kind)


def altered(ground: Ground, kind: str) -> tuple[str, FlaskClient]:
    path = ground.link(kind)
    return path[:-1] + ("a" if path[-1] != "a" else "b"), ground.owner(kind)


def at_another_door(ground: Ground, kind: str) -> tuple[str, FlaskClient]:
    """The token of a link of another kind, at this kind's address."""
    other = {
        "endorsement": "sign-in",
        "sign-in": "endorsement",
        "role": "reading along",
        "reading along": "role",
    }[kind]
    return KINDS[kind][0] + ground.link(other).rpartition("/")[2], ground.owner(kind)


def another_address(ground: Ground, kind: str) -> tuple[str, FlaskClient]:
    """It lies in a mailbox that is not, or is no more, that of whom it is for."""
    path = ground.link(kind)
    if kind == "endorsement":
        holding = ground.cast.people.holdings["councillor"]
        words = ("margaret@new.example", "the council's page")
        representatives.confirm(
            ground.cast.office, ground.cast.actor("officer"), holding, *words, ground.cast.now
        )
    elif kind != "reading along":
        # A link signs in its own address alone, whatever is typed beside it; so a thief asks for one more, and the owner
        # is mailed it: the older one, wherever it was forwarded to, is dead.
        ground.link(kind)
    return path, ground.cast.client("member3")


def renamed(ground: Ground, kind: str) -> tuple[str, FlaskClient]:
    """What the link was for is somebody else's now, or was asked for anew."""
    path, cast = ground.link(kind), ground.cast
    if kind == "endorsement":
        mayor = {"holding_id": cast.people.holdings["mayor"]}
        fire(cast.office, cast.actor("member"), "bid", "name_endorser", ground.bid.id, cast.now, mayor)
    elif kind == "role":
        grant = cast.value("SELECT max(id) FROM role_grant")
        assert cast.client("officer").post(f"{ground.pia}/end", data={"grant": str(grant)}).status_code == 303
    else:
        ground.link(kind)
    return path, ground.owner(kind)


ABUSES: dict[str, Callable[[Ground, str], tuple[str, FlaskClient]]] = {
    "replayed": replayed, "expired": expired, "altered": altered, "at another door": at_another_door,
    "another address": another_address, "renamed": renamed,
}  # fmt: skip


def test_the_table_is_whole() -> None:
    """Every abuse has a cell for every kind."""
    assert ABUSES.keys() == REFUSED.keys()
    assert all(row.keys() == KINDS.keys() for row in REFUSED.values())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("abuse", ABUSES)
def test_refused_with_a_page_that_helps(ground: Ground, abuse: str, kind: str) -> None:
    """Opened and pressed, twice: the same refusal each time, and not one row of any table is another."""
    path, client = ABUSES[abuse](ground, kind)
    status, heading = REFUSED[abuse][kind]
    before = everything(ground.cast)
    for _time in range(2):
        helps(client.get(path), status, heading)
        helps(ground.use(kind, path, client), status, heading)
    assert everything(ground.cast) == before
    assert verify(ground.cast.office.db, ground.cast.office.recorder).problems == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_scanner_that_follows_it_takes_nothing(ground: Ground, kind: str) -> None:
    """Mail scanners and browsers that look ahead open it many times, in every way but pressing; the human's press works."""
    path = ground.link(kind)
    before = everything(ground.cast)
    heads: list[dict[str, str]] = [
        {}, {"Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}, {"X-Moz": "prefetch"},
        {"User-Agent": "Mozilla/5.0 (compatible; SafeLinks scanner)"},
    ]  # fmt: skip
    for headers in heads:
        for _time in range(3):
            assert ground.cast.client(None).get(path, headers=headers).status_code == 200
            assert ground.cast.client(None).head(path, headers=headers).status_code == 200
            assert ground.cast.client(None).options(path, headers=headers).status_code == 200
    assert everything(ground.cast) == before
    assert ground.use(kind, path, name="Pia Lund").status_code in (200, 303)
    assert everything(ground.cast) != before


def test_for_another_bid_endorsement(ground: Ground) -> None:
    """The link of one bid answers for that bid alone, whatever the form claims; used, it opens no other."""
    path, other = ground.link("endorsement"), ground.other
    version = ground.cast.value("SELECT version FROM bid WHERE id = :bid", bid=other.id)
    claims = {"ref": other.reference, "bid": str(other.id), "bid_id": str(other.id), "seen": str(version)}
    ground.use("endorsement", path, **{**claims, "seen": ""})
    assert (ground.cast.state(ground.bid.id), ground.cast.state(other.id)) == ("endorsed", "submitted")
    before = everything(ground.cast)
    helps(ground.use("endorsement", path, **claims), 410, "This has been answered")
    assert everything(ground.cast) == before


def test_for_another_bid_reading_along(ground: Ground) -> None:
    """Whoever reads one bid along reads no other of the same applicant, and is told so kindly."""
    friend, other = ground.cast.client("member2"), ground.other.reference
    ground.use("reading along", ground.link("reading along"), friend)
    before = everything(ground.cast)
    assert friend.get(f"/my-bids/{ground.bid.reference}").status_code == 200
    for place in ("", "/read", "/form", "/check", "/sent/1"):
        missing = friend.get(f"/my-bids/{other}{place}")
        assert missing.status_code == 404
        assert missing.text.count("<h1") == 1
        assert "From Allotment to Table" not in missing.text
    assert everything(ground.cast) == before


@pytest.mark.parametrize("kind", ["sign-in", "role"])
def test_for_another_bid_sign_in(ground: Ground, kind: str) -> None:
    """A link that leads to a bid opens no bid that is not theirs."""
    stage = ground.bid.stage
    theirs = stage.draft(next(iter(projects.projects(1))), "member3")
    ref = ground.cast.value("SELECT reference FROM bid WHERE id = :bid", bid=theirs)
    client = ground.cast.client(None)
    assert ground.use(kind, ground.link(kind), client).status_code == 303
    before = everything(ground.cast)
    for method in (client.get, client.post):
        assert method(f"/my-bids/{ref}/form/summary", data={"summary": "Mine now."}).status_code == 404
    assert everything(ground.cast) == before


@pytest.mark.parametrize(("kind", "whose"), [("sign-in", "Sunita Rao"), ("role", "Pia Lund")])
def test_bound_to_its_address(ground: Ground, kind: str, whose: str) -> None:
    """Pressed in somebody else's browser, and with another address typed beside it, it signs in nobody but its own."""
    client = ground.cast.client("member3")
    path = ground.link(kind)
    given = {"email": "officer@demo.example", "address": "officer@demo.example", "name": "Kirsty Maclennan"}
    assert ground.use(kind, path, client, **given).status_code == 303
    assert whose in client.get("/account").text
    assert client.get("/people").status_code in (302, 403)
    assert "Angharad" not in client.get("/account").text


def test_forwarded_after_it_was_used(ground: Ground) -> None:
    """An endorsement link that the representative passes on says what was answered to nobody, and opens no file."""
    path = ground.link("endorsement")
    ground.use("endorsement", path)
    for who in (None, "member", "member2", "councillor2", "officer"):
        answer = ground.cast.client(who).get(path)
        helps(answer, 410, "This has been answered")
        assert BACKING["words"] not in answer.text
        assert ground.cast.client(who).get(f"{path}/copy.pdf").status_code == 410
