"""Two webs and two workers on one PostgreSQL, as on four machines; one of each is killed in the middle of its work."""

import http.client
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from fundapp.audit.verify import verify
from fundapp.database import Database
from fundapp.demo import projects
from tests.cast import Cast, over
from tests.databases import url_of
from tests.fleet import SHARED_KEYS, Answer, Fleet, Visitor, wait_for

pytestmark = pytest.mark.postgres

MEMBER, COUNCILLOR = "member@demo.example", "councillor@demo.example"


@pytest.fixture
def town(postgres_database: Database, tmp_path: Path) -> Iterator[Cast]:
    """The cast on PostgreSQL, with the keys of the fleet."""
    yield from over(postgres_database, tmp_path, **SHARED_KEYS)


@pytest.fixture
def fleet(town: Cast, postgres_database: Database, tmp_path: Path) -> Iterator[Fleet]:
    """Two webs and two workers."""
    with Fleet(tmp_path / "fleet", url_of(postgres_database)) as ships:
        yield ships


def test_one_of_each_dies_and_nothing_is_lost_or_doubled(town: Cast, fleet: Fleet) -> None:
    """A session and its forms move between webs; a web dies over a form, a worker over a mail; the others go on."""
    one, other = fleet.webs
    stage, _code = town.round(closed=False)
    project = next(iter(projects.projects(1)))
    bids = [stage.draft(project) for _number in range(4)]
    reference = {bid: town.value("SELECT reference FROM bid WHERE id = :b", b=bid) for bid in bids}
    member = Visitor()
    member.sign_in(one, other, fleet.post, MEMBER)

    # The form of one web, sent to the other.
    pressed: list[int] = []
    for bid, (shows, takes) in zip(bids[:2], ((one, other), (other, one)), strict=True):
        path = f"/my-bids/{reference[bid]}"
        sent = member.send(takes, f"{path}/submit", {}, page=member.get(shows, f"{path}/check"))
        assert sent.status == 303
        pressed.append(bid)
    assert [fleet.post.wait(COUNCILLOR, number).to for number in (0, 1)] == [(COUNCILLOR,)] * 2

    # A web dies over a form: held up by the bid's lock, it has not answered, and so nothing was kept.
    doomed = bids[2]
    path = f"/my-bids/{reference[doomed]}"
    page = member.get(one, f"{path}/check")
    told: list[Answer | Exception] = []

    def press() -> None:
        try:
            told.append(member.send(one, f"{path}/submit", {}, page=page))
        except (OSError, http.client.HTTPException) as died:
            told.append(died)

    with town.office.db.engine.begin() as held:
        held.execute(text("SELECT id FROM bid WHERE id = :bid FOR UPDATE"), {"bid": doomed})
        pressing = threading.Thread(target=press)
        pressing.start()
        wait_for(lambda: _waiting_for_a_lock(town), "the form to stand before the lock")
        one.kill()
        pressing.join(30)
    assert isinstance(told[0], Exception), told
    assert town.state(doomed) == "draft"
    assert member.send(other, f"{path}/submit", {}, page=member.get(other, f"{path}/check")).status == 303
    pressed.append(doomed)
    fleet.post.wait(COUNCILLOR, 2)

    # A worker dies over a mail that it is handing over: the other goes on, and takes that up when the lease is over.
    fleet.post.mode = "stall"
    path = f"/my-bids/{reference[bids[3]]}"
    assert member.send(other, f"{path}/submit", {}, page=member.get(other, f"{path}/check")).status == 303
    pressed.append(bids[3])
    wait_for(lambda: _held(town), "a worker to have the mail in hand")
    holder = int(_held(town)[0].split(":")[-2])
    dead = next(worker for worker in fleet.workers if worker.pid == holder)
    dead.kill()
    left = [owner for owner in _held(town) if int(owner.split(":")[-2]) == holder]
    assert len(left) == 1, "the lease of the dead stands"
    fleet.post.mode = "accept"
    with town.office.db.write() as conn:  # as it is when the lease has run out
        late = {"owner": left[0], "past": datetime(2026, 1, 1, tzinfo=UTC)}
        conn.execute(text("UPDATE outbox SET lease_until = :past WHERE lease_owner = :owner"), late)
    wait_for(lambda: not _open(town), "every effect to be done by the worker that lives")

    assert {bid: town.state(bid) for bid in pressed} == dict.fromkeys(bids, "submitted")
    assert all(count == 1 for count in Counter(fleet.post.ids()).values()), Counter(fleet.post.ids())
    # Each bid: the councillor is asked, the applicant has a receipt. And the link to sign in.
    assert len(fleet.post.to(COUNCILLOR)) == 4
    assert len(fleet.post.to(MEMBER)) == 1 + 4
    assert town.value("SELECT count(*) FROM outbox WHERE failed_at IS NOT NULL") == 0
    assert verify(town.office.db, town.office.recorder).problems == []


def _waiting_for_a_lock(town: Cast) -> bool:
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return bool(town.value(asked))


def _held(town: Cast) -> list[str]:
    with town.office.db.read() as conn:
        rows = conn.execute(
            text("SELECT lease_owner FROM outbox WHERE lease_owner IS NOT NULL AND done_at IS NULL")
        )
        return [str(owner) for owner in rows.scalars()]


def _open(town: Cast) -> int:
    return int(town.value("SELECT count(*) FROM outbox WHERE done_at IS NULL AND failed_at IS NULL"))
