"""Writing while the same bid is being sent: what was said to be saved is in what was sent, or it was not saved."""

from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from fundapp.demo.stage import Stage
from fundapp.models import Draft
from fundapp.queries import bids
from fundapp.services import drafts
from fundapp.services.case import Step
from fundapp.services.deed import Office
from fundapp.services.transition import carry, fire
from tests.services import world


def test_a_save_that_meets_the_sending_waits_for_it_and_is_told(office: Office, stage: Stage) -> None:
    bid, member = stage.draft(world.project()), stage.cast.actor("member")
    with ThreadPoolExecutor(1) as other:
        with office.deed(member, stage.during) as deed:
            carry(deed, [Step("bid", "submit", bid)])
            saving = other.submit(
                drafts.save, office, member, bid, {"people": "Nobody any more"}, 2, stage.during
            )
            # Time enough to do it wrongly; done rightly it is still waiting.
            assert not wait([saving], timeout=1).done
        with pytest.raises(drafts.Closed):
            saving.result()
    (version,) = world.rows(office, "bid_version", bid_id=bid)
    (draft,) = world.rows(office, "draft", bid_id=bid)
    assert version["answers"]["people"] == draft["answers"]["people"] != "Nobody any more"


def test_a_sending_that_meets_a_save_waits_for_it_and_sends_it(office: Office, stage: Stage) -> None:
    bid, member = stage.draft(world.project()), stage.cast.actor("member")
    with ThreadPoolExecutor(1) as other:
        with office.db.write() as conn:
            held = bids.own_draft(conn, bid, member.person)
            assert held is not None
            sending = other.submit(fire, office, member, "bid", "submit", bid, stage.during)
            assert not wait([sending], timeout=1).done
            answers = {**held.answers, "people": "Forty more of us"}
            conn.execute(
                Draft.__table__.update().where(Draft.bid_id == bid).values(answers=answers, revision=3)
            )
        assert sending.result().state == "submitted"
    (version,) = world.rows(office, "bid_version", bid_id=bid)
    assert version["answers"]["people"] == "Forty more of us"
