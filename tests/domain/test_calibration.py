"""Calibrated scores: worked by hand, held against other ways of solving the model, and against panels whose truth is known."""

import warnings
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from fundapp.domain import calibration
from fundapp.domain.calibration import Mark, Score, calibrate, reached, shortcoming, walk
from fundapp.domain.mixed import Marks
from tests.domain.panels import Made, panel
from tests.effort import times


def summed(marks: list[Mark]) -> Marks:
    """The marks as the equations take them."""
    bid, reader, total = (np.array(column) for column in zip(*marks, strict=True))
    return Marks(bid, reader, total.astype(float))


def henderson(marks: list[Mark], bid_stiff: Fraction, reader_stiff: Fraction) -> list[Fraction]:
    """Middle, bids and readers: the whole of Henderson's equations written out and solved in fractions, nothing eliminated."""
    bids, readers = 1 + max(bid for bid, _, _ in marks), 1 + max(reader for _, reader, _ in marks)
    size = 1 + bids + readers
    rows = [[Fraction(0)] * (size + 1) for _ in range(size)]
    for bid, reader, total in marks:
        for one in (0, 1 + bid, 1 + bids + reader):
            rows[one][size] += total
            for other in (0, 1 + bid, 1 + bids + reader):
                rows[one][other] += 1
    for place in range(1, size):
        rows[place][place] += bid_stiff if place <= bids else reader_stiff
    for pivot in range(size):
        swap = next(row for row in range(pivot, size) if rows[row][pivot])
        rows[pivot], rows[swap] = rows[swap], rows[pivot]
        rows[pivot] = [value / rows[pivot][pivot] for value in rows[pivot]]
        for row in range(size):
            if row != pivot and rows[row][pivot]:
                times_ = rows[row][pivot]
                rows[row] = [
                    left - times_ * right for left, right in zip(rows[row], rows[pivot], strict=True)
                ]
    return [row[size] for row in rows]


def test_two_bids_and_two_readers_worked_by_hand() -> None:
    """Everybody read both. se²/sb² = 1 and se²/sr² = 2.

    Means: bids 350 and 230, readers 330 and 250, all 290. With everything read the effects do not mix: a bid keeps
    2/(2+1) of its distance from the middle, a reader 2/(2+2). Bids: 290 ± 2/3·60 = 330 and 250; readers: ± 1/2·40 = 20.
    """
    marks = [(0, 0, 400), (0, 1, 300), (1, 0, 260), (1, 1, 200)]
    made = summed(marks)
    solved = made.solve(1.0, 0.5**0.5)
    assert made.scores(solved) == pytest.approx([330, 250], abs=1e-9)
    assert solved.effects == pytest.approx([0, 20, -20], abs=1e-9)
    assert henderson(marks, Fraction(1), Fraction(2)) == [290, 40, -40, 20, -20]


def test_three_bids_and_two_readers_of_whom_neither_read_all_worked_by_hand() -> None:
    """se² = sb² = sr², so every effect has one more on its own diagonal. The readers' two equations add up to nought.

    Bid 0 was read by both (300, 360), bid 1 by reader 0 (180), bid 2 by reader 1 (240). With m the middle and readers r and -r:
    b0 = (660 - 2m)/3, b1 = (180 - m - r)/2, b2 = (240 - m + r)/2; 3r = 480 - 2m - b0 - b1 and -3r = 600 - 2m - b0 - b2.
    Their difference: 6r = -120 - (b1 - b2) = -120 + 30 + r, so r = -18.
    Their sum: 0 = 1080 - 4m - 2b0 - (b1 + b2) = 1080 - 4m - (1320 - 4m)/3 - (210 - m) = 430 - 5m/3, so m = 258.
    """
    marks = [(0, 0, 300), (0, 1, 360), (1, 0, 180), (2, 1, 240)]
    made = summed(marks)
    solved = made.solve(1.0, 1.0)
    assert henderson(marks, Fraction(1), Fraction(1)) == [258, 48, -30, -18, -18, 18]
    assert made.scores(solved) == pytest.approx([306, 228, 240], abs=1e-9)
    assert solved.effects[1:] == pytest.approx([-18, 18], abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_it_is_generalised_least_squares_and_its_likelihood(seed: int) -> None:
    """The textbook's way, with the whole covariance matrix of the marks inverted and nothing of Henderson's."""
    made = panel(seed, 9, 5, 3)
    bid_ratio, reader_ratio = (0.4, 0.9, 1.7, 3.1)[seed], (1.3, 0.2, 0.7, 2.2)[seed]
    panel_ = summed(made.marks)
    y = np.array([total for _, _, total in made.marks], dtype=float)
    in_bid = np.eye(9)[[bid for bid, _, _ in made.marks]]
    in_reader = np.eye(5)[[reader for _, reader, _ in made.marks]]
    spread = np.eye(len(y)) + bid_ratio**2 * in_bid @ in_bid.T + reader_ratio**2 * in_reader @ in_reader.T
    inverse = np.linalg.inv(spread)
    ones = np.ones(len(y))
    weight = float(ones @ inverse @ ones)
    middle = float(ones @ inverse @ y) / weight
    rest = y - middle
    solved = panel_.solve(bid_ratio, reader_ratio)
    assert panel_.mean + solved.effects[0] == pytest.approx(middle)
    readers = reader_ratio**2 * in_reader.T @ inverse @ rest
    mean_reader = in_reader.mean(axis=0)
    assert panel_.scores(solved) == pytest.approx(
        middle + mean_reader @ readers + bid_ratio**2 * in_bid.T @ inverse @ rest
    )
    assert solved.effects[1:] == pytest.approx(readers)
    assert panel_.leniency(solved) == pytest.approx(readers - mean_reader @ readers)
    assert solved.left == pytest.approx(float(rest @ inverse @ rest))
    determinant = np.linalg.slogdet(spread)[1] + np.log(weight)
    assert solved.likelihood == pytest.approx(determinant + (len(y) - 1) * np.log(solved.left))
    # What is still unknown, from the whole of Henderson's system turned over: (middle, bids, readers) at once.
    design = np.hstack([ones[:, None], in_bid, in_reader])
    whole = design.T @ design + np.diag([0.0] + [bid_ratio**-2] * 9 + [reader_ratio**-2] * 5)
    unknown = np.linalg.inv(whole)
    score = np.hstack([np.ones((9, 1)), np.eye(9), np.tile(mean_reader, (9, 1))])
    lean = np.hstack([np.zeros((5, 10)), np.eye(5) - mean_reader])
    of_bids, of_readers = panel_.variances(solved)
    assert of_bids == pytest.approx(np.diag(score @ unknown @ score.T))
    assert of_readers == pytest.approx(np.diag(lean @ unknown @ lean.T))
    # Draws scatter as these variances say; se² is drawn too, which for so many marks widens them by (n - 1)/(n - 3).
    drawn = panel_.draw(solved, 6000, np.random.default_rng(seed))
    wide = of_bids * solved.left / (len(y) - 3)
    assert drawn.mean(axis=0) == pytest.approx(
        panel_.scores(solved), abs=5 * float(np.sqrt(wide.max() / 6000))
    )
    assert drawn.var(axis=0) == pytest.approx(wide, rel=0.15)


def test_it_is_what_statsmodels_finds() -> None:
    """An implementation by others: crossed variance components by REML, and the effects that it predicts from them."""
    from statsmodels.regression.mixed_linear_model import MixedLM

    made = panel(7, 14, 5, 3)
    marks = sorted(made.marks)
    y = np.array([total / 100 for _, _, total in marks])
    columns = {
        "bid": np.eye(14)[[bid for bid, _, _ in marks]],
        "reader": np.eye(5)[[reader for _, reader, _ in marks]],
    }
    one = np.zeros(len(y))
    from statsmodels.regression.mixed_linear_model import VCSpec

    components = VCSpec(
        ["bid", "reader"],
        [[[f"{name}{place}" for place in range(matrix.shape[1])]] for name, matrix in columns.items()],
        [[matrix] for matrix in columns.values()],
    )
    with warnings.catch_warnings():
        # It announces that all marks are one group, and how its optimiser went; what it found is what is compared.
        warnings.simplefilter("ignore")
        found = MixedLM(y, np.ones((len(y), 1)), one, exog_vc=components).fit(reml=True, method="powell")
        effects = found.random_effects[0.0]
    sb, sr = (float(value) ** 0.5 for value in found.vcomp / found.scale)
    panel_ = summed([(bid, reader, total) for bid, reader, total in marks])
    solved = panel_.solve(sb, sr)
    assert panel_.mean + solved.effects[0] == pytest.approx(100 * float(found.fe_params[0]), abs=0.05)
    level = panel_.mean + solved.effects[0] + panel_.part @ solved.effects[1:]
    assert panel_.scores(solved) - level == pytest.approx(100 * np.asarray(effects)[:14], abs=0.05)
    assert solved.effects[1:] == pytest.approx(100 * np.asarray(effects)[14:], abs=0.05)
    # Its REML peak is the peak of the restricted likelihood here: a step to any side is worse.
    for up in (0.95, 1.05):
        assert panel_.solve(sb * up, sr).likelihood > solved.likelihood
        assert panel_.solve(sb, sr * up).likelihood > solved.likelihood


@pytest.mark.parametrize(
    ("reader_sd", "gains"),
    [
        pytest.param(60, 0.06, id="readers differ much"),
        pytest.param(30, 0.01, id="readers differ"),
        # Nothing can be won where readers do not differ; what is lost by not knowing that is held under half a hundredth.
        pytest.param(0, -0.005, id="readers do not differ"),
    ],
)
def test_against_known_truth_it_ranks_better_than_the_plain_mean(reader_sd: float, gains: float) -> None:
    raw, calibrated, inside = [], [], []
    for seed in range(times(70)):
        made = panel(seed, 30, 8, 3, reader_sd=reader_sd)
        found = calibrate(made.marks, made.asks, made.budget, samples=1)
        assert found.method == "calibrated"
        scores = [found.scores[bid] for bid in range(30)]
        raw.append(spearmanr(made.worth, [score.raw for score in scores])[0])
        calibrated.append(spearmanr(made.worth, [score.calibrated for score in scores])[0])
        panel_kindness = float(np.mean([made.kinder[reader] for _, reader, _ in made.marks]))
        inside += [
            in_range(score, worth + panel_kindness) for score, worth in zip(scores, made.worth, strict=True)
        ]
    assert np.mean(calibrated) - np.mean(raw) > gains
    # The interval says 80 in 100.
    assert 0.77 < np.mean(inside) < 0.86


def in_range(score: Score, worth: float) -> bool:
    """Whether the truth lies in the interval."""
    assert score.low is not None
    assert score.high is not None
    return score.low <= worth <= score.high


def test_chances_are_as_good_as_they_say() -> None:
    """Of the bids given a chance near one half, about half lie above the line that the truth draws; and so on up and down."""
    said, came = [], []
    for seed in range(times(40)):
        made = panel(seed, 24, 6, 3)
        found = calibrate(made.marks, made.asks, made.budget, samples=100)
        truth = reached(np.array([made.worth]), np.array([made.asks[bid] for bid in range(24)]), made.budget)
        said += [(found.scores[bid].chance or 0) / 1000 for bid in range(24)]
        came += truth.tolist()
    said_, came_ = np.array(said), np.array(came)
    for least, most in ((0, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 1.01)):
        chosen = (said_ >= least) & (said_ < most)
        assert abs(said_[chosen].mean() - came_[chosen].mean()) < 0.09, (least, most)


def test_kind_and_strict_readers_are_told_apart() -> None:
    made = panel(3, 60, 6, 3, reader_sd=80)
    found = calibrate(made.marks, made.asks, made.budget, samples=1)
    order = sorted(found.readers, key=lambda reader: found.readers[reader].kinder)
    assert order == sorted(range(6), key=lambda reader: made.kinder[reader])
    assert sum(leniency.read for leniency in found.readers.values()) == 180
    assert found.spreads is not None
    assert found.middle is not None
    assert all(entry.low < entry.kinder < entry.high for entry in found.readers.values())


def test_the_same_question_has_the_same_answer_in_any_order() -> None:
    made = panel(5, 20, 6, 3)
    found = calibrate(made.marks, made.asks, made.budget)
    assert calibrate(made.marks[::-1], dict(sorted(made.asks.items(), reverse=True)), made.budget) == found
    other = calibrate(made.marks, made.asks, made.budget, seed=1)
    assert other != found
    for bid, score in found.scores.items():
        assert abs((score.chance or 0) - (other.scores[bid].chance or 0)) < 60
        assert (score.calibrated, score.low) == (other.scores[bid].calibrated, other.scores[bid].low)


def test_more_for_all_is_more_for_each() -> None:
    made = panel(6, 20, 6, 3, bid_sd=30, reader_sd=20, error_sd=20)
    found = calibrate(made.marks, made.asks, made.budget, samples=200)
    raised = calibrate(
        [(bid, reader, total + 50) for bid, reader, total in made.marks], made.asks, made.budget, samples=200
    )
    for bid, score in found.scores.items():
        assert raised.scores[bid].calibrated == score.calibrated + 50
        assert raised.scores[bid].chance == score.chance
    assert raised.readers == found.readers


def test_all_the_money_is_a_sure_thing_and_none_is_none() -> None:
    made = panel(8, 12, 5, 3)
    rich = calibrate(made.marks, made.asks, sum(made.asks.values()), samples=50)
    poor = calibrate(made.marks, made.asks, min(made.asks.values()) - 1, samples=50)
    assert {score.chance for score in rich.scores.values()} == {1000}
    assert {score.chance for score in poor.scores.values()} == {0}


def test_scores_and_ranges_end_where_marks_end() -> None:
    marks = [(bid, reader, 500 if bid < 6 else 0) for bid in range(12) for reader in range(4)]
    marks[0] = (0, 0, 490)
    found = calibrate(marks, dict.fromkeys(range(12), 100), 500, samples=50)
    assert found.method == "calibrated"
    for score in found.scores.values():
        assert score.low is not None
        assert score.high is not None
        assert 0 <= score.low <= score.calibrated <= score.high <= 500


@pytest.mark.parametrize(
    ("asks", "budget", "running", "above"),
    [
        ([], 5, [], 0),
        ([5], 5, [5], 1),
        ([6], 5, [6], 0),
        ([3, 2, 1], 5, [3, 5, 6], 2),
        # The third would fit, but lies below the line: nothing is skipped.
        ([3, 4, 1], 5, [3, 7, 8], 1),
        ([3, 4, 1], 0, [3, 7, 8], 0),
    ],
)
def test_where_the_line_is_drawn(asks: list[int], budget: int, running: list[int], above: int) -> None:
    assert walk(asks, budget) == (running, above)


@given(st.data())
@settings(max_examples=times(60), deadline=None)
def test_many_lines_at_once_are_drawn_as_one_is(data: st.DataObject) -> None:
    bids = data.draw(st.integers(1, 8))
    asks = data.draw(st.lists(st.integers(1, 50), min_size=bids, max_size=bids))
    budget = data.draw(st.integers(0, 200))
    orders = data.draw(st.lists(st.permutations(range(bids)), min_size=1, max_size=6))
    expected = [0] * bids
    for order in orders:
        for bid in order[: walk([asks[bid] for bid in order], budget)[1]]:
            expected[bid] += 1
    drawn = np.array([[-float(order.index(bid)) for bid in range(bids)] for order in orders])
    assert reached(drawn, np.array(asks), budget).tolist() == expected


def full(bids: int, readers: int) -> list[Mark]:
    """Everybody reads everything."""
    return [
        (bid, reader, 200 + 31 * bid % 170 + 20 * reader) for bid in range(bids) for reader in range(readers)
    ]


@pytest.mark.parametrize(
    ("marks", "why", "groups"),
    [
        ([], "no_marks", 0),
        ([(1, 1, 300)], "few_readers", 1),
        (full(9, 1), "few_readers", 1),
        (full(1, 9), "few_readers", 1),
        (full(9, 2), "few_readers", 1),
        (full(4, 3), "few_shared", 1),
        (full(5, 3), "", 1),
        ([(bid, bid % 3, 100 + bid) for bid in range(30)], "few_shared", 3),
        (full(5, 3) + [(bid + 5, reader + 3, total) for bid, reader, total in full(5, 3)], "groups", 2),
        ([*full(5, 3), (9, 9, 300)], "groups", 2),
        ([(bid, reader, 300) for bid, reader, _ in full(6, 3)], "alike", 1),
    ],
)
def test_too_few_marks_fall_back_and_say_why(marks: list[Mark], why: str, groups: int) -> None:
    assert shortcoming(marks) == (why, groups)
    found = calibrate(marks, dict.fromkeys({bid for bid, _, _ in marks}, 100), 250, samples=20)
    assert found.method == (why or "calibrated")
    if why:
        assert found.spreads is None
        assert found.middle is None
        assert found.readers == {}
        for score in found.scores.values():
            assert (score.calibrated, score.low, score.high, score.chance) == (score.raw, None, None, None)
        assert list(found.order) == sorted(found.scores, key=lambda bid: (-found.scores[bid].raw, bid))


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 7), st.integers(0, 5)),
        st.sampled_from([0, 1, 250, 260, 499, 500]),
        max_size=48,
    )
)
@settings(max_examples=times(40), deadline=None)
def test_no_marks_raise_or_warn(given_: dict[tuple[int, int], int]) -> None:
    marks = [(bid, reader, total) for (bid, reader), total in given_.items()]
    found = calibrate(marks, dict.fromkeys(range(8), 100), 300, samples=20)
    assert set(found.scores) == {bid for bid, _, _ in marks}
    assert sorted(found.order) == sorted(found.scores)
    for score in found.scores.values():
        if found.method == "calibrated":
            assert score.low is not None
            assert score.high is not None
            assert score.chance is not None
            assert 0 <= score.low <= score.calibrated <= score.high <= 500
            assert 0 <= score.chance <= 1000


def test_a_sum_that_is_missing_is_said() -> None:
    made: Made = panel(1, 8, 4, 3)
    with pytest.raises(KeyError):
        calibrate(made.marks, {}, 10)


def test_the_lattice_holds_what_counts() -> None:
    """A lattice of three times the points to a side gives the same scores to a hundredth or two."""
    made = panel(11, 30, 6, 3)
    usual = calibrate(made.marks, made.asks, made.budget, samples=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calibration, "_SIDE", 33)
        patch.setattr(calibration, "_DROP", 14.0)
        fine = calibrate(made.marks, made.asks, made.budget, samples=1)
    for bid, score in usual.scores.items():
        other = fine.scores[bid]
        assert abs(score.calibrated - other.calibrated) <= 1
        assert abs((score.low or 0) - (other.low or 0)) <= 2
