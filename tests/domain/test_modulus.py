"""The modulus check: the published example cases, and what must hold of any table."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundapp.domain import modulus

#: The lines of the table that the example cases need.
WEIGHTS = """
070116 070116 MOD11 0 0 7 6 5 8 9 4 5 6 7 8 9 -1 12
070116 070116 MOD10 0 3 2 4 5 8 9 4 5 6 7 8 9 -1 13
074456 074456 MOD11 0 0 7 6 5 8 9 4 5 6 7 8 9 -1 12
074456 074456 MOD10 0 3 2 4 5 8 9 4 5 6 7 8 9 -1 13
086090 086090 MOD10 0 0 3 7 1 3 7 1 3 7 1 3 7 1 8
089000 089999 MOD10 0 0 0 0 0 0 7 1 3 7 1 3 7 1
102400 107999 MOD11 0 0 0 0 0 0 8 7 6 5 4 3 2 1
110000 119280 DBLAL 0 0 2 1 2 1 2 1 2 1 2 1 2 1 1
134012 134020 MOD11 0 0 0 7 5 9 8 4 6 3 5 2 0 0 4
180002 180002 MOD11 0 0 0 0 0 0 8 7 6 5 4 3 2 1 14
200901 201159 MOD11 0 0 0 0 0 0 0 7 6 5 4 3 2 1 6
200901 201159 DBLAL 2 1 2 1 2 1 2 1 2 1 2 1 2 1 6
202700 203239 MOD11 0 0 0 0 0 0 0 7 6 5 4 3 2 1 6
202700 203239 DBLAL 2 1 2 1 2 1 2 1 2 1 2 1 2 1 6
309070 309070 MOD11 0 0 3 2 9 8 5 7 6 5 4 3 2 1 2
309070 309070 MOD11 0 0 3 2 9 8 1 7 6 5 4 3 2 1 9
771900 772799 MOD11 0 0 1 2 5 3 6 4 8 7 10 9 3 1 7
820000 826917 MOD11 0 0 0 0 0 0 0 0 7 3 4 9 2 1
820000 826917 DBLAL 2 1 2 1 2 1 2 1 2 1 2 1 2 1 3
826919 827999 MOD11 0 0 0 0 0 0 0 0 7 3 4 9 2 1
826919 827999 DBLAL 2 1 2 1 2 1 2 1 2 1 2 1 2 1 3
870000 872791 MOD11 0 0 1 2 5 3 6 4 8 7 10 9 3 1 10
870000 872791 MOD11 0 0 5 10 9 8 0 7 6 5 4 3 2 1 11
938000 938696 MOD11 7 6 5 4 3 2 7 6 5 4 3 2 0 0 5
938000 938696 DBLAL 2 1 2 1 2 1 2 1 2 1 2 1 2 0 5
"""
TABLE = modulus.Table(
    modulus.read_weights(WEIGHTS.splitlines()), modulus.read_substitutions(["938600 938611\r\n", "\x1a"])
)
#: The specification's example cases, in its order.
CASES = [
    ("089999", "66374958", "passes"), ("107999", "88837491", "passes"), ("202959", "63748472", "passes"),
    ("871427", "46238510", "passes"), ("872427", "46238510", "passes"), ("871427", "09123496", "passes"),
    ("871427", "99123496", "passes"), ("820000", "73688637", "passes"), ("827999", "73988638", "passes"),
    ("827101", "28748352", "passes"), ("134020", "63849203", "passes"), ("118765", "64371389", "passes"),
    ("200915", "41011166", "passes"), ("938611", "07806039", "passes"), ("938600", "42368003", "passes"),
    ("938063", "55065200", "passes"), ("772798", "99345694", "passes"), ("086090", "06774744", "passes"),
    ("309070", "02355688", "passes"), ("309070", "12345668", "passes"), ("309070", "12345677", "passes"),
    ("309070", "99345694", "passes"), ("938063", "15764273", "fails"), ("938063", "15764264", "fails"),
    ("938063", "15763217", "fails"), ("118765", "64371388", "fails"), ("203099", "66831036", "fails"),
    ("203099", "58716970", "fails"), ("089999", "66374959", "fails"), ("107999", "88837493", "fails"),
    ("074456", "12345112", "passes"), ("070116", "34012583", "passes"), ("074456", "11104102", "passes"),
    ("180002", "00000190", "passes"),
]  # fmt: skip

digits = st.integers(0, 99_999_999).map("{:08}".format)


@pytest.mark.parametrize(("sort_code", "account", "says"), CASES)
def test_published_example(sort_code: str, account: str, says: str) -> None:
    assert modulus.check(TABLE, sort_code, account) == says


@pytest.mark.parametrize("turned", range(1, 10))
def test_exception_3_asks_for_the_second_check_unless_c_says_so(turned: int) -> None:
    """820000 73688637 fails its second check: only `c` lets it by."""
    always = [rule for rule in TABLE.rules if rule.first == "820000"]
    without = modulus.Table(tuple(modulus.Rule(r.first, r.last, r.method, r.weights) for r in always))
    assert modulus.check(without, "820000", "73688637") == "fails"
    # A slip in what both weigh is found whatever `c` is.
    slipped = "7368863" + str((7 + turned) % 10)
    assert modulus.check(TABLE, "820000", slipped) == "fails"


@given(digits, st.integers(0, 7), st.integers(1, 9))
def test_a_slip_in_one_digit_never_passes_modulus_11(account: str, place: int, turned: int) -> None:
    wrong = str((int(account[place]) + turned) % 10)
    slipped = account[:place] + wrong + account[place + 1 :]
    assert {"passes"} != {modulus.check(TABLE, "107999", number) for number in (account, slipped)}


@given(digits)
def test_of_ten_neighbours_one_passes_modulus_10(account: str) -> None:
    said = [modulus.check(TABLE, "089999", account[:7] + str(last)) for last in range(10)]
    assert said.count("passes") == 1
    assert said.count("fails") == 9


@given(st.integers(0, 999_999).map("{:06}".format), digits)
def test_without_a_table_or_a_line_nothing_is_said(sort_code: str, account: str) -> None:
    assert modulus.check(None, sort_code, account) == "unknown"
    if not TABLE.of(sort_code):
        assert modulus.check(TABLE, sort_code, account) == "unknown"


def test_what_was_not_brought_in_is_unknown_not_wrong() -> None:
    bare = modulus.Table(TABLE.rules)
    assert modulus.check(bare, "938600", "42368003") == "unknown"
    newer = modulus.Table(modulus.read_weights(["107999 107999 MOD11 0 0 0 0 0 0 8 7 6 5 4 3 2 1 15"]))
    assert modulus.check(newer, "107999", "88837491") == "unknown"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (1, "107999 102400 MOD11 0 0 0 0 0 0 8 7 6 5 4 3 2 1"),
        (1, "107999 107999 MOD12 0 0 0 0 0 0 8 7 6 5 4 3 2 1"),
        (1, "107999 107999 MOD11 0 0 0 0 0 8 7 6 5 4 3 2 1"),
        (1, "10799 107999 MOD11 0 0 0 0 0 0 8 7 6 5 4 3 2 1"),
        (1, "107999 107999 DBLAL 0 0 0 0 0 0 8 7 6 5 4 3 2 -1"),
        (1, "107999 107999 MOD11 0 0 0 0 0 0 8 7 6 5 4 3 2 x"),
        (2, "089000 089999 MOD10 0 0 0 0 0 0 7 1 3 7 1 3 7 1\nsomething else"),
        (0, "\n  \n"),
    ],
)
def test_a_file_that_is_no_table_is_told_by_its_line(line: int, text: str) -> None:
    with pytest.raises(modulus.TableUnreadable) as told:
        modulus.read_weights(text.splitlines())
    assert told.value.line == line


@given(st.text(max_size=200))
def test_any_text_is_a_table_or_is_told(text: str) -> None:
    for read in (modulus.read_weights, modulus.read_substitutions):
        with contextlib.suppress(modulus.TableUnreadable):
            assert read(text.splitlines())
