"""Whether a letter stands, as its code and its bytes tell; a network that guesses is stopped; on both databases."""

import pytest

from fundapp.demo.stage import Stage
from fundapp.domain import letter_codes
from fundapp.models import LetterFile
from fundapp.services import awards, letter_checks, throttle, variations
from fundapp.services.awards import Signed
from fundapp.services.deed import CLOCK, Office
from fundapp.services.letter_checks import TooOften
from tests.services import world


def test_a_changed_award_leaves_its_first_letter_replaced(office: Office, stage: Stage) -> None:
    (bid,) = world.awarded(stage, 0)
    member, officer, at = stage.cast.actor("member"), stage.cast.actor("officer"), stage.released
    awards.accept(office, member, bid, Signed("S. Rao", None, "group"), at)
    variations.propose(office, officer, bid, variations.Change(400_000, "Fewer weeks."), at)
    variations.agree(office, member, bid, Signed("S. Rao", None, "group"), at)
    letters = {(row["kind"], row["number"]): row for row in world.rows(office, "letter")}
    first, second = letters["award", 1], letters["award", 2]
    assert second["facts"]["words"]["passages"]["opening"][0][0] == ["This letter replaces that of "]
    assert letters["acceptance", 2]["facts"]["words"]["passages"]["opening"][0][0][0].startswith(
        "Thank you for agreeing"
    )

    def check(code: str) -> letter_checks.Genuine | None:
        return letter_checks.by_code(office, code, "", "203.0.113.0/24", at)

    old, new, copy = (check(letters[key]["code"]) for key in (("award", 1), ("award", 2), ("acceptance", 2)))
    assert old is not None
    assert new is not None
    assert copy is not None
    assert (old.amount_pence, new.amount_pence, copy.amount_pence) == (485_000, 400_000, 400_000)
    assert old.replaced_on is not None
    assert (new.replaced_on, copy.replaced_on, new.over) == (None, None, False)
    with office.deed(CLOCK, at) as deed:
        values = {"bid_id": bid, "letter_id": first["id"], "sha256": "ab" * 32, "size": 9, "signed_by": None}
        deed.put(f"bid:{bid}", LetterFile, values | {"made_at": deed.now})
        deed.note(f"bid:{bid}", "letter.kept", params={"letter": first["id"], "sha256": "ab" * 32})
    assert letter_checks.by_file(office, "ab" * 32) == old
    assert check(letters["acceptance", 1]["code"]).replaced_on == old.replaced_on  # type: ignore[union-attr]
    assert letter_checks.by_file(office, "ba" * 32) is None


def test_guesses_are_counted_and_right_codes_are_not(office: Office, stage: Stage) -> None:
    (bid,) = world.awarded(stage, 0)
    code, at = world.one(office, "letter", bid_id=bid)["code"], stage.released
    most = throttle.LIMITS["check"][0]
    for _try in range(most + 5):
        assert letter_checks.by_code(office, code, "", "here", at) is not None
    for _try in range(most):
        assert letter_checks.by_code(office, letter_codes.draw(), "", "here", at) is None
    for typed in (code, letter_codes.draw(), "nonsense"):
        with pytest.raises(TooOften) as stopped:
            letter_checks.by_code(office, typed, "", "here", at)
        assert stopped.value.until == at + throttle.LIMITS["check"][1]
    later = at + throttle.LIMITS["check"][1]
    assert letter_checks.by_code(office, code, "", "here", later) is not None
    assert letter_checks.by_code(office, "nonsense", "", "here", later) is None
