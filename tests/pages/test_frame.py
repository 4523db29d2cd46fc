"""What surrounds every page."""

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
