"""What surrounds every page."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from fundapp.pages import acting
from tests.cast import Cast


def test_only_looking_acts_on_nothing(cast: Cast) -> None:
    """HEAD carries no token and must never be taken for a POST."""
    bid = cast.bid("submitted")
    before = cast.value("SELECT count(*) FROM audit_event")
    officer = cast.client("officer")
    for path in ("send-back", "rule-out", "representative", "written-answer"):
        assert officer.head(f"/bids/{bid.reference}/{path}").status_code == 200
    assert cast.client("member").head(f"/my-bids/{bid.reference}/withdraw").status_code == 200
    assert cast.state(bid.id) == "submitted"
    assert cast.value("SELECT count(*) FROM audit_event") == before


def test_the_menu_begins_with_the_desk_and_ends_with_the_fund(cast: Cast) -> None:
    for key in ("member", "reviewer", "chair", "treasurer", "officer", "auditor", "councillor"):
        page = cast.client(key).get("/desk").text
        menu = page.partition('aria-label="Menu"')[2].partition("</nav>")[0]
        labels = re.findall(r'<a href="[^"]*"[^>]*>([^<]+)</a>', menu)
        assert (labels[0], labels[-1]) == ("My desk", "The fund"), key
        assert '<form method="post" action="/sign-out">' in page, key


def test_the_icon_is_found_where_browsers_look(cast: Cast) -> None:
    with cast.client(None).get("/favicon.ico", follow_redirects=True) as found:
        assert (found.status_code, found.mimetype) == (200, "image/svg+xml")
    assert 'href="/static/mark.svg"' in cast.client(None).get("/").text


@pytest.mark.parametrize(
    ("proxies", "stamp", "taken"),
    [
        (1, "t={0.25}", True),
        (1, "{300}", True),
        (1, "t={601}", False),
        (1, "t={86400}", False),
        (1, "t={-60}", False),
        (1, "t=nan", False),
        (1, "t=1e400", False),
        (1, "", False),
        (0, "t={0.25}", False),
    ],
)
def test_a_proxy_says_when_a_request_arrived_and_nobody_sets_the_clock(
    cast: Cast, proxies: int, stamp: str, taken: bool
) -> None:
    """Else a bid could be sent after its round closed, and a role that has ended could be used."""
    cast.app.config["TRUSTED_PROXIES"] = proxies
    before = datetime.now(UTC)
    ago = re.search(r"\{(.+)\}", stamp)
    at = before - timedelta(seconds=float(ago[1])) if ago else before
    header = re.sub(r"\{.+\}", repr(at.timestamp()), stamp)
    with cast.app.test_request_context("/", headers={"X-Request-Start": header}):
        arrived = acting.arrival()
    if taken:
        assert abs(arrived - at) < timedelta(milliseconds=1)
    else:
        assert before <= arrived <= datetime.now(UTC)
