"""Studies of three arms whose errors are correlated: the standard errors of their contrasts tell their covariance.

The right values are those of generalised least squares written out by hand: contrasts of a study versus its last
arm have the variances that are given and the covariance (v_ac + v_bc - v_ab)/2. SYNTHETIC data.
"""

import itertools
from typing import Any

import numpy as np
import pytest

from glabella.synthesis import component_network, network
from tests.edges.attempts import attempt

#: A split-face trial of A, B and saline, then two trials of two arms.
SE = [0.2132, 0.1701, 0.2950, 0.25, 0.2]
TE = [0.10, -0.55, -0.65, 0.35, -0.15]
COLUMNS: tuple[Any, Any, Any] = (["1", "1", "1", "2", "3"], list("AABAB"), list("BSSBS"))


def by_hand(tau2: float) -> tuple[np.ndarray, np.ndarray, float]:
    """Effects of A and B versus S, their covariance, and the restricted log-likelihood but for a constant."""
    ab, ac, bc = np.square(SE[:3])
    cov = (ac + bc - ab) / 2
    v = np.zeros((4, 4))
    v[:2, :2] = [[ac + tau2, cov + tau2 / 2], [cov + tau2 / 2, bc + tau2]]
    v[2, 2], v[3, 3] = np.square(SE[3:]) + tau2
    x = np.array([[1, 0], [0, 1], [1, -1], [0, 1.0]])
    y = np.array([TE[1], TE[2], TE[3], TE[4]])
    w = np.linalg.inv(v)
    spread = np.linalg.inv(x.T @ w @ x)
    beta = spread @ x.T @ w @ y
    left = y - x @ beta
    likelihood = -0.5 * (np.linalg.slogdet(v)[1] - np.linalg.slogdet(spread)[1] + left @ w @ left)
    return beta, spread, float(likelihood)


def test_the_estimates_are_those_of_generalised_least_squares() -> None:
    fit = network(*COLUMNS, TE, SE, reference="S", correlated_arms=True)
    for tau2, te, cov in ((0.0, fit.te_common, fit.cov_common), (fit.tau2, fit.te_random, fit.cov_random)):
        beta, spread, _ = by_hand(tau2)
        assert te[:2, 2] == pytest.approx(beta, rel=1e-9)
        assert cov == pytest.approx(spread, rel=1e-9)


def test_tau2_has_the_highest_restricted_likelihood() -> None:
    fit = network(*COLUMNS, TE, SE, reference="S", correlated_arms=True)
    assert fit.tau2 > 0
    best = by_hand(fit.tau2)[2]
    grid = [by_hand(each)[2] for each in np.linspace(0, 2, 400)]
    assert best >= max(grid)


def test_arms_that_are_independent_are_what_they_were() -> None:
    se = [0.3, 0.25, 0.28, 0.25, 0.2]
    assert network(*COLUMNS, TE, se, correlated_arms=True).te_random == pytest.approx(
        network(*COLUMNS, TE, se).te_random, rel=1e-12
    )


def test_without_the_option_they_are_refused_and_the_option_is_named() -> None:
    with pytest.raises(ValueError, match=r"independent arms cannot have.*'A' versus 'B'.*correlated_arms=True"):
        network(*COLUMNS, TE, SE)
    te, se = [TE, TE], [SE, [0.3, 0.25, 0.28, 0.25, 0.2]]
    assert [why != "" for why in network(*COLUMNS, te, se).reason] == [True, False]
    assert network(*COLUMNS, te, se, correlated_arms=True).reason.tolist() == ["", ""]


@pytest.mark.parametrize("se", [[0.1, 0.2, 0.3], [0.1, 0.1, 0.3]], ids=str)
def test_what_no_arms_can_have_is_refused_with_it_too(se: list[float]) -> None:
    """A standard error is at most the sum of the two others, as a length is; equality leaves no variance at all."""
    with pytest.raises(ValueError, match=r"no arms can have.*each less than the two others together"):
        network(*COLUMNS, TE, [*se, 0.2, 0.2], correlated_arms=True)


def test_four_arms_measured_in_the_same_people() -> None:
    """Contrasts from a covariance of four arms with correlations of 0.3 to 0.9; the arms' own effects are given."""
    spread = np.array([0.2, 0.3, 0.4, 0.25])
    correlation = np.array([[1, 0.9, 0.5, 0.3], [0.9, 1, 0.6, 0.4], [0.5, 0.6, 1, 0.5], [0.3, 0.4, 0.5, 1]])
    cov = correlation * np.outer(spread, spread)
    mean, names = [0.0, 0.3, 0.5, 0.2], "ABCD"
    rows = [(names[i], names[j], mean[i] - mean[j], np.sqrt(cov[i, i] + cov[j, j] - 2 * cov[i, j]))
            for i, j in itertools.combinations(range(4), 2)]  # fmt: skip
    one, two, te, se = (list(each) for each in zip(*rows, strict=True))
    fit = network(["1"] * 6, one, two, te, se, method="common", reference="D", correlated_arms=True)
    against = np.column_stack([np.eye(3), -np.ones(3)])
    assert fit.cov_common == pytest.approx(against @ cov @ against.T, rel=1e-9)
    assert fit.te_common[:3, 3] == pytest.approx([-0.2, 0.1, 0.3], rel=1e-9)


def test_components_splits_and_designs_take_them_too() -> None:
    fit = network(*COLUMNS, TE, SE, reference="S", correlated_arms=True)
    parts = component_network(*COLUMNS, TE, SE, inactive="S", correlated_arms=True)
    assert parts.te_common == pytest.approx(fit.te_common[:2, 2])
    assert fit.design_by_treatment().q == pytest.approx(fit.q)
    assert fit.contribution().share.sum(axis=1) == pytest.approx(1)
    walks, says = attempt(lambda: fit.contribution(way="random_walk"))
    assert "circles" in says or walks.share.sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize("given", ["no", 1, None])
def test_the_option_is_true_or_false(given: Any) -> None:
    with pytest.raises(ValueError, match="correlated_arms is"):
        network(*COLUMNS, TE, SE, correlated_arms=given)


def test_a_contrast_left_out_says_how_it_follows_from_the_others() -> None:
    with pytest.raises(ValueError, match=r"missing.*study '1': 'B' and 'S'.*follows from two that share an arm"):
        network(["1", "1"], ["A", "A"], ["B", "S"], [0.1, 0.2], [0.1, 0.1])
