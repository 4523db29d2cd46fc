"""What surrounds every page."""

import re

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


def test_the_icon_is_found_where_browsers_look(cast: Cast) -> None:
    with cast.client(None).get("/favicon.ico", follow_redirects=True) as found:
        assert (found.status_code, found.mimetype) == (200, "image/svg+xml")
    assert 'href="/static/mark.svg"' in cast.client(None).get("/").text
