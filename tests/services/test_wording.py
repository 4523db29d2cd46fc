"""The words of letters: every version kept, each letter in the words of its day, on both databases."""

import pytest

from fundapp.demo.stage import Stage
from fundapp.domain import wording as domain
from fundapp.models import Bid
from fundapp.services import papers, wording
from fundapp.services.deed import CLOCK, Office
from fundapp.services.wording import WordingRefused
from tests.services import world
from tests.services.leavings import leaves

MINE = domain.usual("award") | {
    "opening": "Hooray, {name}:  {project}, {amount}!\r\n\r\nFor",
    "closing": "With {fund}.",
}


def refused(
    office: Office, stage: Stage, texts: dict[str, str], before: int, who: str = "officer"
) -> WordingRefused:
    """Why these words are not kept; nothing is written."""
    kept = world.everything(office)
    with pytest.raises(WordingRefused) as caught:
        wording.save(office, stage.cast.actor(who), 1, "award", texts, before, stage.released)
    assert world.everything(office) == kept
    return caught.value


def test_every_version_is_kept_in_the_funds_chain(office: Office, stage: Stage) -> None:
    officer = stage.cast.actor("officer")
    leaves(
        office,
        lambda: wording.save(office, officer, 1, "award", MINE, 0, stage.released),
        [
            (
                "wording.changed",
                "officer",
                "role_grant",
                None,
                None,
                {"kind": "award", "number": 1},
                ["wording"],
            )
        ],
        added={"wording": 1},
    )
    kept = world.one(office, "wording", number=1)
    assert kept["texts"]["opening"] == "Hooray, {name}: {project}, {amount}!\n\nFor"
    with office.db.read() as conn:
        assert wording.standing(conn, 1, "award").texts == kept["texts"]
        assert wording.standing(conn, 1, "feedback") == wording.Standing(0, domain.usual("feedback"))
    before = world.everything(office)
    assert wording.save(office, officer, 1, "award", MINE, 1, stage.released) == 1
    assert world.everything(office) == before
    back = domain.usual("award")
    assert wording.save(office, officer, 1, "award", back, 1, stage.released) == 2
    assert [row["number"] for row in world.rows(office, "wording")] == [1, 2]
    assert world.one(office, "wording", number=2)["texts"] == back


def test_what_is_wrong_stale_or_not_theirs_is_not_kept(office: Office, stage: Stage) -> None:
    wrong = refused(office, stage, MINE | {"opening": "Dear {nmae}", "what_next": ""}, 0)
    assert [(each.passage, each.code) for each in wrong.complaints] == [
        ("opening", "unknown"),
        ("what_next", "empty"),
    ]
    assert refused(office, stage, MINE, 1).code == "wording_stale"
    for who in ("treasurer", "chair", "member"):
        assert refused(office, stage, MINE, 0, who).code == "not_wordings_officer"


def test_a_letter_keeps_the_words_of_its_day_and_reads_no_placeholder_in_what_was_typed(
    office: Office, stage: Stage
) -> None:
    officer = stage.cast.actor("officer")
    wording.save(office, officer, 1, "award", MINE, 0, stage.released)
    hostile = "{amount} %(x)s {0} <b>{name}</b>"
    bid, _declined = world.reviewed(stage, 0, 3)
    with office.deed(CLOCK, stage.released) as deed:
        deed.change(f"bid:{bid}", Bid, bid, {"title": hostile})
        deed.note(f"bid:{bid}", "deadline.moved")
    stage.decide(bid, "award", 100_000)
    stage.decide(_declined, "decline", 0)
    stage.release()
    letter = world.one(office, "letter", kind="award")
    assert letter["wording_id"] == world.one(office, "wording")["id"]
    words = letter["facts"]["words"]
    assert words["number"] == 1
    assert words["passages"]["opening"][0][3] == [hostile, "project"]
    assert set(words["passages"]) == {"opening", "before_terms", "what_next", "closing"}
    feedback = world.one(office, "letter", kind="feedback")
    assert (feedback["wording_id"], feedback["facts"]["words"]["number"]) == (None, 0)
    said = papers.letter_of(letter["facts"], "award").said  # type: ignore[union-attr]
    assert [str(each) for each in said["opening"]] == [
        f"Hooray, {letter['facts']['recipient_name']}: {hostile}, £1,000.00!", "For",
    ]  # fmt: skip
    wording.save(office, officer, 1, "award", domain.usual("award"), 1, stage.released)
    assert world.one(office, "letter", kind="award") == letter
