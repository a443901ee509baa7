"""What must hold of any prior fitted and any pair scored."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from glabella.safety.measures import GPS, fit_gps
from glabella.safety.measures._gamma_mixture import posterior_scores
from glabella.safety.measures._prior_likelihood import Convention, log_likelihood, points
from glabella.safety.measures._squash import Squash, squash_all, squash_by_width, zero_cells

Floats = NDArray[np.float64]
Prior = tuple[float, float, float, float, float]

CONVENTIONS: tuple[Convention, ...] = ("all", "mixture", "component")
QUARTER = (0.15213, 0.02124, 0.68593, 0.91645, 0.06084)

parameter = st.floats(-3, 3).map(lambda power: float(np.exp(power)))
priors = st.tuples(parameter, parameter, parameter, parameter, st.floats(0.01, 0.99))
counts = st.one_of(st.integers(0, 5), st.integers(0, 3000))
expectations = st.floats(-9, 8).map(lambda power: float(np.exp(power)))


def planted(rng: np.random.Generator, drugs: int, events: int) -> tuple[Any, Any, Floats, Floats, Floats, float]:
    """Make a table whose ratios are drawn from the prior of a real quarter: n and expected, and the margins."""
    n_drug, n_event = rng.pareto(1, drugs) * 200 + 1, rng.pareto(1, events) * 200 + 1
    total = 1e6
    expected = np.outer(n_drug, n_event) / total
    a1, b1, a2, b2, p = QUARTER
    strong = rng.uniform(size=expected.shape) < p
    ratio = np.where(strong, rng.gamma(a1, 1 / b1, expected.shape), rng.gamma(a2, 1 / b2, expected.shape))
    return rng.poisson(expected * ratio).ravel(), expected.ravel(), n_drug, n_event, ratio.ravel(), total


def naive_log_density(prior: Prior, n: int, expected: float) -> tuple[float, float]:
    from scipy.stats import nbinom

    a1, b1, a2, b2, p = prior
    return (
        float(np.log(p) + nbinom.logpmf(n, a1, b1 / (b1 + expected))),
        float(np.log1p(-p) + nbinom.logpmf(n, a2, b2 / (b2 + expected))),
    )


def packed(prior: Prior) -> Floats:
    return np.array([*np.log(prior[:4]), np.log(prior[4] / (1 - prior[4]))])


@given(priors, st.lists(st.tuples(st.integers(1, 60), st.floats(0.05, 50)), min_size=1, max_size=6))
@settings(max_examples=40)
def test_likelihood_is_that_of_a_mixture_of_negative_binomials(
    prior: Prior, pairs: list[tuple[int, float]]
) -> None:
    from scipy.special import logsumexp

    n, expected = np.array(pairs).T
    at = points(n, expected, np.ones(len(n)))
    both = [naive_log_density(prior, int(a), b) for a, b in pairs]
    none = [naive_log_density(prior, 0, b) for _, b in pairs]
    seen = np.log([prior[4], 1 - prior[4]])
    for convention in CONVENTIONS:
        value, _ = log_likelihood(packed(prior), at, convention)
        if convention == "all":
            direct = sum(logsumexp(one) for one in both)
        elif convention == "mixture":
            direct = sum(
                logsumexp(one) - np.log(-np.expm1(logsumexp(zero))) for one, zero in zip(both, none, strict=True)
            )
        else:
            direct = sum(
                logsumexp(np.array(one) - np.log(-np.expm1(np.array(zero) - seen)))
                for one, zero in zip(both, none, strict=True)
            )
        assert value == pytest.approx(direct, rel=1e-8, abs=1e-8)


@given(priors, st.lists(st.tuples(st.integers(0, 60), st.floats(0.05, 50)), min_size=1, max_size=6))
def test_gradient_is_the_likelihoods(prior: Prior, pairs: list[tuple[int, float]]) -> None:
    n, expected = np.array(pairs).T
    theta, step = packed(prior), 1e-5
    for convention in CONVENTIONS:
        at = points(n if convention == "all" else n + 1, expected, np.linspace(1, 2, len(n)))
        _, slope = log_likelihood(theta, at, convention)
        for index, unit in enumerate(np.eye(5)):
            up, down = (log_likelihood(theta + sign * step * unit, at, convention)[0] for sign in (1, -1))
            assert slope[index] == pytest.approx((up - down) / (2 * step), rel=1e-5, abs=1e-5 * (1 + abs(up)))


@given(priors, counts, expectations)
def test_scores_are_those_of_the_posterior(prior: Prior, n: int, expected: float) -> None:
    from scipy.optimize import brentq
    from scipy.special import digamma, expit, gammainc, gammaincc

    one, other = naive_log_density(prior, n, expected)
    weight = expit(one - other)
    shapes, rates = (prior[0] + n, prior[2] + n), (prior[1] + expected, prior[3] + expected)
    score = GPS.given(*prior).score(n, expected).row(0, named=True)
    mean = weight * (digamma(shapes[0]) - np.log(rates[0])) + (1 - weight) * (digamma(shapes[1]) - np.log(rates[1]))
    assert score["ebgm"] == pytest.approx(np.exp(mean), rel=1e-8)
    for name, tail in (("eb05", gammainc), ("eb95", gammaincc)):

        def excess(log_ratio: float, tail: Any = tail) -> float:
            ratio = np.exp(log_ratio)
            return float(
                weight * tail(shapes[0], rates[0] * ratio) + (1 - weight) * tail(shapes[1], rates[1] * ratio) - 0.05
            )

        # A shape below one puts the lower quantile of the ratio many powers of e below one.
        root = brentq(excess, -90, 20, xtol=1e-14, rtol=1e-14)
        assert np.log(score[name]) == pytest.approx(root, abs=1e-9)


@given(st.sampled_from([QUARTER, (3.25379, 0.399888, 2.02613, 1.90808, 0.0653457)]), counts, expectations)
def test_bounds_contain_the_estimate(prior: Prior, n: int, expected: float) -> None:
    """Of priors as they are found; a prior of few ratios near zero can draw the mean below the 5 % quantile."""
    score = GPS.given(*prior).score([n, n + 1], expected)
    assert (score["eb05"] < score["ebgm"]).all()
    assert (score["ebgm"] < score["eb95"]).all()


@given(priors, st.floats(0.1, 10))
def test_many_reports_overrule_the_prior(prior: Prior, ratio: float) -> None:
    n = 10_000_000
    score = GPS.given(*prior).score(n, n / ratio).row(0, named=True)
    assert score["ebgm"] == pytest.approx(ratio, rel=1e-4)
    assert score["eb05"] == pytest.approx(score["eb95"], rel=3e-3)


@given(priors)
def test_nothing_seen_or_expected_leaves_the_prior(prior: Prior) -> None:
    from scipy.special import digamma

    a1, b1, a2, b2, p = prior
    mean = p * (digamma(a1) - np.log(b1)) + (1 - p) * (digamma(a2) - np.log(b2))
    assert GPS.given(*prior).score(0, 0)["ebgm"][0] == pytest.approx(np.exp(mean), rel=1e-10)


@given(counts, expectations)
def test_equal_components_are_one_gamma(n: int, expected: float) -> None:
    from scipy.stats import gamma

    score = GPS.given(1.5, 0.7, 1.5, 0.7, 0.3).score(n, expected).row(0, named=True)
    one = gamma(1.5 + n, scale=1 / (0.7 + expected))
    assert score["eb05"] == pytest.approx(one.ppf(0.05), rel=1e-9)
    assert score["eb95"] == pytest.approx(one.ppf(0.95), rel=1e-9)


@pytest.mark.parametrize("shape", [0.002, 0.0035, 0.006, 0.02])
def test_a_component_that_is_a_spike_at_zero_has_quantiles_too(shape: float) -> None:
    """Of a table with holes: near zero the lower tail is that of a power, w (rate q)^shape / Gamma(shape + 1)."""
    prior = (4.0, 2.0, shape, 0.02, 0.55)
    scores = GPS.given(*prior).score([0, 0, 7], [0.5, 5.0, 5.0])
    for row, expected in enumerate((0.5, 5.0)):
        weights = [0.55 * (2 / (2 + expected)) ** 4, 0.45 * (0.02 / (0.02 + expected)) ** shape]
        spike = weights[1] / sum(weights)
        log = math.log(0.05 * math.gamma(shape + 1) / spike) / shape - math.log(0.02 + expected)
        found = math.log(scores["eb05"][row])
        assert found == pytest.approx(max(log, -690), rel=1e-6)
    assert 0.1 < scores["eb05"][2] < scores["eb95"][2]


def test_many_pairs_score_as_each_alone() -> None:
    """Above 400,000 pairs searches start from a table; what they find may not depend on it."""
    rng = np.random.default_rng(3)
    n = np.minimum(rng.zipf(1.6, 420_000), 10**6).astype(float)
    n[:1000] = 0
    expected = np.exp(rng.normal(-1, 2.5, len(n))) * n**0.7 + np.where(n == 0, 0.3, 0)
    expected[:10] = 0
    many = posterior_scores(QUARTER, n, expected)
    some = rng.choice(len(n), 20_000, replace=False)
    few = posterior_scores(QUARTER, n[some], expected[some])
    for one, other in zip(many, few, strict=True):
        assert np.abs(one[some] / other - 1).max() < 1e-9


def test_a_planted_prior_is_found_again() -> None:
    n, expected, n_drug, n_event, _, total = planted(np.random.default_rng(5), 500, 700)
    full = fit_gps(n, expected)
    assert full.converged
    # Twice the log-likelihood by which the fit beats the truth follows chi-squared with five degrees of freedom.
    truth = fit_gps(n, expected, starts=[QUARTER])
    assert truth.prior == pytest.approx(full.prior, rel=1e-5)
    value, _ = log_likelihood(packed(QUARTER), points(*squash_by_width(n * 1.0, expected, np.ones(len(n)))), "all")
    assert 0 < 2 * (full.log_likelihood - value) < 20.5
    seen = n > 0
    by_margins = fit_gps(n[seen], expected[seen], margins=(n_drug, n_event, total))
    assert by_margins.prior == pytest.approx(full.prior, rel=1e-6)
    assert by_margins.zero_cells == full.zero_cells == (~seen).sum()
    # Zeros given beside the margins are not counted twice.
    assert fit_gps(n, expected, margins=(n_drug, n_event, total)).prior == by_margins.prior
    assert by_margins.table().height == len(by_margins.starts)
    unordered = fit_gps(n[seen][::-1], expected[seen][::-1], margins=(n_drug[::-1], n_event, total))
    assert unordered.prior == pytest.approx(by_margins.prior, rel=1e-6)


def test_margins_by_stratum() -> None:
    rng = np.random.default_rng(6)
    n_drug, n_event = rng.integers(1, 400, (3, 60)), rng.integers(0, 300, (3, 70))
    total = np.array([20_000, 9_000, 15_000])
    expected = sum(np.outer(d, e) / t for d, e, t in zip(n_drug, n_event, total, strict=True)).ravel()
    n = rng.poisson(expected * rng.gamma(0.7, 1 / 0.7, expected.size))
    seen = n > 0
    for squash in (True, False):
        by_margins = fit_gps(n[seen], expected[seen], margins=(n_drug, n_event, total), squash=squash)
        assert by_margins.zero_cells == (~seen).sum()
    full = fit_gps(n, expected, squash=False)
    assert by_margins.log_likelihood == pytest.approx(full.log_likelihood, abs=1e-6)


@pytest.mark.parametrize("zeros", CONVENTIONS)
def test_reports_at_random_have_no_prior(zeros: Convention) -> None:
    """Without over-dispersion the gammas shrink to points: both run to the edge or become one."""
    rng = np.random.default_rng(8)
    expected = rng.uniform(0.5, 5, 5000)
    n = rng.poisson(expected)
    fit = fit_gps(n, expected, zeros=zeros)
    assert fit.at_boundary
    with pytest.raises(ValueError, match="boundary"):
        fit.score(n, expected)


@given(st.lists(st.tuples(st.integers(0, 4), expectations), min_size=1, max_size=200), st.integers(2, 9))
def test_squashing_keeps_pairs_and_expected_counts(pairs: list[tuple[int, float]], size: int) -> None:
    n, expected = np.array(pairs, dtype=float).T
    ones = np.ones_like(n)
    for squashed in (
        squash_by_width(n, expected, ones),
        squash_all(n, expected, (Squash(1, size, 3), Squash(2, 2 * size, 0))),
    ):
        for count in range(5):
            of_count = squashed[0] == count
            assert squashed[2][of_count].sum() == (n == count).sum()
            assert (squashed[2] * squashed[1])[of_count].sum() == pytest.approx(expected[n == count].sum())
        assert len(squashed[0]) <= len(n)


def test_squashing_by_equal_numbers() -> None:
    expected = np.array([5.0, 1, 4, 2, 3, 9, 7])
    n = np.array([1.0, 1, 1, 1, 1, 2, 1])
    squashed = squash_all(n, expected, [Squash(1, 2, 1)])
    assert sorted(zip(*(column.tolist() for column in squashed), strict=True)) == [
        (1, 1.5, 2), (1, 3.5, 2), (1, 5, 1), (1, 7, 1), (2, 9, 1),
    ]  # fmt: skip


@given(
    st.lists(st.integers(0, 500), min_size=1, max_size=12),
    st.lists(st.integers(1, 500), min_size=1, max_size=12),
    st.integers(0, 99),
)
@settings(max_examples=50)
def test_cells_never_seen_are_the_rest_of_the_table(drugs: list[int], events: list[int], seed: int) -> None:
    cells = np.outer(drugs, events).ravel() / 1000
    possible = np.flatnonzero(cells)
    if not possible.size:
        return
    rng = np.random.default_rng(seed)
    seen = rng.choice(possible, rng.integers(0, possible.size), replace=False)
    rest = np.setdiff1d(possible, seen)
    margins = np.array([drugs], dtype=float), np.array([events], dtype=float), np.array([1000.0])
    for squash in (True, False):
        expected, weight = zero_cells(*margins, cells[seen], squash=squash)
        assert weight.sum() == pytest.approx(len(rest))
        assert weight @ expected == pytest.approx(cells[rest].sum(), rel=0.05)


GOOD: tuple[Any, Any] = ([0, 1, 2, 0, 3], [1.0, 1.0, 0.5, 0.2, 2.0])


@pytest.mark.parametrize(
    ("columns", "how", "words"),
    [
        (([1, -1], [1, 1]), {}, "n, row 1: -1, expected a whole number"),
        (([1, 1.5], [1, 1]), {}, "n, row 1: 1.5"),
        (([1, 1], [1, np.inf]), {}, "expected, row 1: inf, expected a finite number"),
        (([1, 1], [1, np.nan]), {}, "expected, row 1: nan"),
        (([1, 1], [1, 0]), {}, "expected, row 1: 0.0, expected more than 0 where n is"),
        (([1, 1], [1, 1, 1]), {}, "differ in length"),
        (([1, 2], [1, 1]), {}, "no count is zero"),
        (([0, 0], [1, 1]), {}, "no pair has a report"),
        (GOOD, {"zeros": "some"}, "zeros: 'some'"),
        (GOOD, {"zeros": "mixture", "margins": ([1], [1], 1)}, "margins: given with zeros='mixture'"),
        (GOOD, {"margins": ([1], [2])}, "margins: 2 arrays"),
        (GOOD, {"margins": ([1, 2], [[1, 2]], [5, 6])}, "margins: have shapes"),
        (GOOD, {"margins": ([1, -2], [1, 2], 5)}, "margins: drugs hold"),
        (GOOD, {"margins": ([1], [1, 2], 5)}, "fewer than the 3 pairs"),
        (GOOD, {"margins": ([1, 2], [1, 2], 5)}, "do not come from the margins"),
        (GOOD, {"squash": [(1, 1, 5)]}, "squash: "),
        (GOOD, {"squash": [(1, 5, 5), (1, 6, 5)]}, "named twice"),
        (GOOD, {"starts": []}, "starts: none"),
        (GOOD, {"starts": [(1, 1, 1, 1)]}, "starts: 4 numbers"),
        (GOOD, {"starts": [(1, 1, 1, 0, 0.5)]}, "starts: "),
    ],
)
def test_bad_input_is_refused(columns: tuple[Any, Any], how: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        fit_gps(*columns, **how)


def test_expected_counts_of_another_total_are_refused() -> None:
    n, expected, n_drug, n_event, _, total = planted(np.random.default_rng(5), 60, 80)
    seen = n > 0
    with pytest.raises(ValueError, match="one definition of n_total"):
        fit_gps(n[seen], expected[seen] / 2, margins=(n_drug, n_event, total))


def test_scoring_checks_its_pairs() -> None:
    prior = GPS.given(*QUARTER)
    with pytest.raises(ValueError, match="expected, row 1"):
        prior.score([1, 2], [1, -1])
    with pytest.raises(ValueError, match="prior: "):
        GPS.given(1, 1, 1, 1, 1)
    assert prior.score([], []).height == 0
    assert prior.convention == "given"
