"""Against values known exactly: closed forms of two options on two and three criteria, and of normal losses."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from glabella.decision.preferences import (
    Beta,
    Between,
    Distribution,
    First,
    Fixed,
    LogNormal,
    Normal,
    Ranked,
    Ratio,
    Reading,
    TooFewAgreeError,
    acceptability,
    centroid,
    draw_outcomes,
    draw_weights,
    entropy,
    evpi,
    evpi_normal,
    evsi_normal,
    linear,
    minimum_benefit,
    n_per_group,
    n_to_settle,
    net_benefit,
    piecewise,
    plane,
    range_sensitivity,
    smaa,
    stated,
    trial_settles,
    unit_loss,
)

N = 400_000
TWO = np.array([[0.6, 0.0], [0.0, 1.0]])
THREE = np.array([[0.8, 0.2, 0.5], [0.3, 0.9, 0.6]])


def four_errors(share: float, draws: int = N) -> float:
    return 4 * math.sqrt(share * (1 - share) / draws)


def fixed(values: np.ndarray, draws: int = N) -> np.ndarray:
    return np.broadcast_to(values, (draws, *values.shape))


def test_two_options_on_two_criteria() -> None:
    found = smaa(fixed(TWO), draw_weights(2, draws=N).draws)
    assert found.first[0] == pytest.approx(3 / 8, abs=four_errors(3 / 8))
    # Of a weight uniform from 5/8 to 1: a standard deviation of 3/8 / √12.
    assert found.central_weights[0] == pytest.approx([13 / 16, 3 / 16], abs=4 * 0.375 / math.sqrt(12 * N * 3 / 8))
    assert found.entropy == entropy(found.first) == found.ranking_entropy


def test_two_options_on_two_criteria_on_a_grid_of_weights_are_exact() -> None:
    # Midpoints of equal steps, of which a whole number lies on each side of 5/8: shares and means are exact.
    weight = (np.arange(8000) + 0.5) / 8000
    weights = np.stack([weight, 1 - weight], axis=1)
    found = smaa(fixed(TWO, 8000), weights)
    assert found.first == pytest.approx([3 / 8, 5 / 8], abs=1e-12)
    assert found.central_weights[0] == pytest.approx([13 / 16, 3 / 16], abs=1e-12)
    assert found.confidence_factors.tolist() == [1.0, 1.0]
    assert found.entropy == pytest.approx(0.954434002924965, abs=1e-12)
    first = weights[weight > 0.5]
    assert smaa(fixed(TWO, len(first)), first).first == pytest.approx([3 / 4, 1 / 4], abs=1e-12)
    assert entropy([3 / 8, 5 / 8]) == pytest.approx(0.954434002924965, abs=1e-12)


@pytest.mark.parametrize(
    ("values", "statements", "share"),
    [
        (TWO, [First(0)], Fraction(3, 4)),
        (TWO, [Ranked((0, 1))], Fraction(3, 4)),
        (TWO, [Between(0, 0.25, 0.75)], Fraction(1, 4)),
        (TWO, [Ratio(0, 1, 1.0)], Fraction(3, 4)),
        (TWO, [Ratio(0, 1, 1.0, 3.0)], Fraction(1, 2)),
        (THREE, [], Fraction(25, 72)),
        (THREE, [Ranked((0, 1, 2))], Fraction(25, 36)),
        (THREE, [First(0)], Fraction(59, 72)),
    ],
)
def test_shares_under_statements(values: np.ndarray, statements: list, share: Fraction) -> None:  # type: ignore[type-arg]
    weights = draw_weights(values.shape[1], statements, draws=N)
    found = smaa(fixed(values), weights.draws)
    assert found.first[0] == pytest.approx(float(share), abs=four_errors(float(share)))
    assert found.pairwise[0, 1] == found.first[0]


@pytest.mark.parametrize("criteria", [3, 4])
def test_the_mean_of_ranked_weights_is_the_centroid(criteria: int) -> None:
    known = {3: [0.6111, 0.2778, 0.1111], 4: [0.5208, 0.2708, 0.1458, 0.0625]}[criteria]
    assert centroid(criteria) == pytest.approx(known, abs=5e-5)
    draws = draw_weights(criteria, [Ranked(tuple(range(criteria)))], draws=N).draws
    assert draws.mean(axis=0) == pytest.approx(centroid(criteria), abs=4 * 0.2 / math.sqrt(N))


@pytest.mark.parametrize(
    "statements", [[First(2)], [Ranked((2, 0))], [Ranked((3, 1)), First(2)], [Ranked((1, 2)), Ranked((0, 3))]]
)
def test_weights_drawn_directly_are_those_that_rejection_leaves(statements: list) -> None:  # type: ignore[type-arg]
    direct = draw_weights(4, statements, draws=N).draws
    flat = draw_weights(4, draws=4 * N, seed=5).draws
    agree = np.ones(len(flat), dtype=bool)
    for each in statements:
        if isinstance(each, First):
            agree &= flat.argmax(axis=1) == each.criterion
        else:
            agree &= flat[:, each.order[0]] >= flat[:, each.order[1]]
    left = flat[agree]
    for power in (1, 2):
        error = np.sqrt((left**power).var(axis=0) / len(left) + (direct**power).var(axis=0) / len(direct))
        assert (np.abs((left**power).mean(axis=0) - (direct**power).mean(axis=0)) < 4 * error).all()


def test_few_weights_that_agree_are_kept_and_fewer_refused() -> None:
    kept = draw_weights(2, [Between(0, 0.0, 0.02)], draws=10_000)
    assert kept.draws.shape == (10_000, 2)
    assert (kept.draws[:, 0] <= 0.02).all()
    assert kept.kept == pytest.approx(0.02, abs=0.002)
    with pytest.raises(TooFewAgreeError, match=r"0\.\d+ of 100 weights agree .* expected 1 or more"):
        draw_weights(2, [Between(0, 0.0, 0.005)], draws=10_000)
    with pytest.raises(TooFewAgreeError, match="0 of 100"):
        draw_weights(3, [Ranked((0, 1)), Ranked((1, 0))])


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (Ranked((0,)), "a ranking of 1"),
        (Ranked((0, 0)), "criterion 0 is named twice"),
        (Ratio(1, 1, 2), "criterion 1 is named twice"),
        (Ratio(0, 1, 3, 2), "a ratio of 3 to 2"),
        (Between(0, 0.5, 0.2), r"a weight of 0\.5 to 0\.2"),
        (Between(0, 0.5, 1.2), r"a weight of 0\.5 to 1\.2"),
        (First(3), "criterion 3 of 3, expected 0 to 2"),
        (Ranked((0, -1)), "criterion -1 of 3"),
    ],
)
def test_statements_that_cannot_be(statement: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        draw_weights(3, [statement])  # type: ignore[list-item]


def test_options_that_are_worth_the_same_share_their_ranks() -> None:
    values = fixed(np.array([[0.5, 0.5], [0.5, 0.5], [0.1, 0.1]]), 10)
    found = smaa(values, [0.5, 0.5])
    assert found.rank_acceptability.tolist() == [[0.5, 0.5, 0], [0.5, 0.5, 0], [0, 0, 1]]
    assert found.confidence_factors[:2].tolist() == [0.5, 0.5]
    assert np.isnan(found.confidence_factors[2])
    assert np.isnan(found.central_weights[2]).all()
    assert found.pairwise.tolist() == [[0, 0, 1], [0, 0, 1], [0, 0, 0]]
    assert (found.entropy, found.ranking_entropy) == (1.0, 0.0)


def test_fixed_weights_are_the_central_ones() -> None:
    values = linear(draw_outcomes([[Beta(5, 5), Beta(5, 5)], [Beta(6, 4), Beta(5, 5)]], draws=1000), 0, 1)
    found = smaa(values, [0.3, 0.7])
    assert found.central_weights == pytest.approx(np.array([[0.3, 0.7]] * 2))
    assert found.confidence_factors == pytest.approx(found.first)


def test_a_missing_value_is_refused() -> None:
    values = np.zeros((4, 2, 3))
    values[2, 1, 0] = np.nan
    with pytest.raises(ValueError, match="option 1 has no value of criterion 0"):
        smaa(values, np.full(3, 1 / 3))


@pytest.mark.parametrize(
    ("values", "weights", "said"),
    [
        (np.zeros((4, 2)), [1.0], "expected .draws, options, criteria."),
        (np.zeros((4, 2, 3)), [0.5, 0.5], "weights have shape"),
        (np.zeros((4, 2, 2)), [1.5, -0.5], "below 0"),
    ],
)
def test_arrays_of_another_shape_are_refused(values: np.ndarray, weights: list[float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        smaa(values, weights)


def test_draws_have_the_moments_of_their_distributions_and_one_stream_each() -> None:
    one: list[Distribution] = [Beta(9, 95), Normal(2.0, 0.5), LogNormal(0.1, 0.2), Fixed(0.3)]
    cells = [one, one]
    x = draw_outcomes(cells, draws=N)
    means = [9 / 104, 2.0, math.exp(0.1 + 0.02)]
    sds = np.array([math.sqrt(9 * 95 / (104**2 * 105)), 0.5, means[2] * math.sqrt(math.exp(0.04) - 1)])
    for option in range(2):
        assert (np.abs(x[:, option, :3].mean(axis=0) - means) < 4 * sds / math.sqrt(N)).all()
        assert (x[:, option, 3] == 0.3).all()
    for criterion in range(3):
        assert abs(np.corrcoef(x[:, 0, criterion], x[:, 1, criterion])[0, 1]) < 4 / math.sqrt(N)
    assert (x == draw_outcomes(cells, draws=N)).all()
    assert (x[:, 0, 0] != draw_outcomes(cells, draws=N, seed=2)[:, 0, 0]).any()


def test_values_refuse_what_is_no_range() -> None:
    with pytest.raises(ValueError, match="two different numbers"):
        linear(0.5, 0.2, 0.2)
    with pytest.raises(ValueError, match="expected each above the one before"):
        piecewise(0.5, [0, 2, 1], [0, 1, 2])
    with pytest.raises(ValueError, match="a value for each"):
        piecewise(0.5, [0, 1], [0, 1, 2])
    assert linear([-1.0, 2.0], 0, 1).tolist() == [-1.0, 2.0]
    assert linear([-1.0, 2.0], 0, 1, clip=True).tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    ("z", "loss"),
    [(0, 0.3989422804014327), (0.5, 0.19779655740130608), (1, 0.08331547058768629), (2, 0.008490702616829646)],
)
def test_unit_losses(z: float, loss: float) -> None:
    assert unit_loss(z) == pytest.approx(loss, abs=1e-12)
    assert evpi_normal(z * 3, 3) == pytest.approx(3 * loss, abs=1e-12)
    assert evpi_normal(-z * 3, 3) == pytest.approx(3 * loss, abs=1e-12)


def test_perfect_information_on_draws_is_that_of_the_normal() -> None:
    draws = np.random.default_rng(1).normal(81, 142, N)
    both = np.stack([np.zeros(N), draws], axis=1)
    error = 4 * np.minimum(draws, 0).std() / math.sqrt(N)
    assert evpi(both) == pytest.approx(evpi_normal(81, 142), abs=error)


def test_a_trial_of_so_many_people() -> None:
    assert (n_per_group(0.24), n_per_group(0.24, power=0.9)) == (273, 365)
    with pytest.raises(ValueError, match="a difference of 0"):
        n_per_group(0)


def test_a_trial_settles_as_often_as_simulated() -> None:
    random = np.random.default_rng(2)
    for n in (20, 65, 365):
        error = math.sqrt(2 / n)
        measured = random.normal(random.normal(0.42, 0.31, N), error)
        found = trial_settles(0.42, 0.31, 0.24, n)
        above, below = measured - 1.959963984540054 * error > 0.24, measured + 1.959963984540054 * error < 0.24
        assert found.above == pytest.approx(above.mean(), abs=four_errors(found.above))
        assert found.below == pytest.approx(below.mean(), abs=four_errors(found.below))


def test_the_fewest_people_who_settle_it() -> None:
    n = n_to_settle(0.42, 0.31, 0.24, 0.6)
    assert n is not None
    assert trial_settles(0.42, 0.31, 0.24, n).settles >= 0.6 > trial_settles(0.42, 0.31, 0.24, n - 1).settles
    assert n_to_settle(0.24, 0.0, 0.24, 0.6) is None
    assert n_to_settle(5.0, 0.1, 0.24, 0.5, variance=1e-6) == 1


@pytest.mark.parametrize("wrong", [{"n": 0}, {"sd": -1.0}, {"variance": 0.0}])
def test_trials_that_cannot_be(wrong: dict[str, float]) -> None:
    given = {"mean": 0.4, "sd": 0.3, "threshold": 0.24, "n": 10} | wrong
    with pytest.raises(ValueError, match="expected 1 or more"):
        trial_settles(**given)  # type: ignore[arg-type]


def test_spreads_below_zero_are_refused() -> None:
    with pytest.raises(ValueError, match="a spread of -1"):
        evpi_normal(0, -1)
    with pytest.raises(ValueError, match="a standard error of -1"):
        evsi_normal(0, 1, -1)


def test_net_benefit_by_hand() -> None:
    x = np.array([[[0.30, 0.10], [0.50, 0.30]], [[0.40, 0.10], [0.40, 0.20]]])
    found = net_benefit(x, 0, [1.0, 0.5], [True, False])
    assert found.per_draw == pytest.approx(np.array([[0, 100], [0, -50]]))
    assert found.mean == pytest.approx([0, 25])
    assert found.parts == pytest.approx(np.array([[0, 0], [100, -75]]))
    assert found.above_zero.tolist() == [0, 0.5]
    assert (found.low[1], found.high[1]) == pytest.approx((-46.25, 96.25))


def test_the_plane_and_its_line() -> None:
    benefit, harm = np.array([1, 1, -1, -1, 0.0]), np.array([2, -1, 1, -3, -1.0])
    found = plane(benefit, harm, [1, 2.5])
    assert (found.better, found.worse, found.trade_more, found.trade_less) == (0.2, 0.2, 0.2, 0.4)
    assert found.acceptability.tolist() == [0.6, 0.8]
    with pytest.raises(ValueError, match="as many"):
        acceptability([1.0], [1.0, 2.0], [1.0])


def test_the_gate_asks_half_the_draws() -> None:
    benefit = np.array([[0.3, 0.4, 0.39, 0.1], [0.3, 0.5, 0.39, 0.5]])
    found = minimum_benefit(benefit, 0, 0.1)
    # 0.4 − 0.3 is a little more than 0.1 in floating point; at least as much is enough.
    assert found.chances.tolist() == [0, 1, 0, 0.5]
    assert found.enters.tolist() == [True, True, False, True]


def test_ranges_replaced_one_by_one() -> None:
    x = draw_outcomes([[Beta(4, 6), Beta(2, 8)], [Beta(6, 4), Beta(4, 6)]], draws=5000)
    weights = draw_weights(2, draws=5000).draws
    ranges, others = np.array([[0, 1], [1, 0]]), np.array([[0.2, 0.8], [0.6, 0.1]])
    found = range_sensitivity(x, weights, ranges, others)
    mixed = np.array([others[0], ranges[1]])
    for place, used in ((0, ranges), (1, mixed), (3, others)):
        assert found[place] == pytest.approx(smaa(linear(x, *used.T), weights).first)


@pytest.mark.parametrize(
    ("shares", "confidence", "reading", "option"),
    [
        ([0.952, 0.03, 0.018], [0.957, 0.367, 0.468], Reading.CHOOSE, 0),
        ([0.730, 0.20, 0.07], [0.957, 0.367, 0.468], Reading.LEAN, 0),
        ([0.371, 0.331, 0.298], [0.957, 0.367, 0.468], Reading.UNSETTLED, 0),
        ([0.1, 0.9], [0.2, 0.7], Reading.CHOOSE, 1),
        ([0.1, 0.9], [0.2, 0.69], Reading.LEAN, 1),
        ([0.2, 0.8], [0.2, 0.9], Reading.CHOOSE, 1),
        ([0.21, 0.79], [0.2, 0.9], Reading.LEAN, 1),
        ([0.4, 0.6], [0.2, 0.5], Reading.LEAN, 1),
        ([0.41, 0.59], [0.2, 0.9], Reading.UNSETTLED, 1),
        ([0.1, 0.9], [0.49, 0.49], Reading.EVIDENCE, 1),
        ([0.1, 0.9], [0.9, 0.49], Reading.UNSETTLED, 1),
        ([0.0, 1.0], [np.nan, 1.0], Reading.CHOOSE, 1),
    ],
)
def test_what_may_be_said(shares: list[float], confidence: list[float], reading: Reading, option: int) -> None:
    found = stated(shares, confidence)
    assert (found.reading, found.option) == (reading, option)
    assert found.share == shares[option]
