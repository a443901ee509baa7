"""A maximum that is reported is the best there is, or is said not to have been found. SYNTHETIC data."""

from functools import partial
from typing import Any

import numpy as np
import pytest
from scipy.special import expit, gammaln, logsumexp
from scipy.stats import binom, norm

from glabella.synthesis import pool_glmm, pool_multilevel, selection_model
from tests.edges.attempts import attempt

#: Each trial has events in one arm only, here one and there the other.
ONE_ARM: dict[str, Any] = {
    "ai": [3, 0, 4, 0],
    "n1i": [20, 25, 30, 30],
    "ci": [0, 5, 0, 2],
    "n2i": [20, 25, 30, 30],
}


@pytest.mark.parametrize("nodes", [None, 1, 7, 21])
def test_a_conditional_likelihood_that_rises_for_ever_has_no_maximum(nodes: int | None) -> None:
    """Given the events of both arms, every trial is certain as its log odds ratio grows without bound.

    So the likelihood rises to one half to the power of four as tau grows, and never gets there.
    """
    found, says = attempt(lambda: pool_glmm("OR", model="CM.EL", nodes=nodes, **ONE_ARM))
    assert says or not found.converged


@pytest.mark.parametrize("nodes", [None, 1, 7, 21])
@pytest.mark.parametrize("events", [[0, 20, 0, 30], [20, 0, 0, 30]], ids=str)
def test_proportions_of_nothing_and_of_all_have_no_maximum(events: list[int], nodes: int | None) -> None:
    people = [20, 20, 30, 30]
    found, says = attempt(lambda: pool_glmm("PLO", nodes=nodes, xi=events, ni=people))
    assert says or not found.converged


def brute(log_likelihood: Any, mu: Any, tau: Any) -> tuple[float, float, float]:
    """Find the best of a fine grid."""
    best = max((log_likelihood(m, t), m, t) for t in tau for m in mu)
    return float(best[0]), float(best[1]), float(best[2])


def test_rare_events_do_not_depend_on_the_nodes() -> None:
    """The binomial likelihood integrated over a fine grid of the normal, for each mean and tau of another grid."""
    events, people = np.array([0, 0, 0, 0, 9]), np.array([20, 20, 50, 70, 30])
    z = np.linspace(-9, 9, 1201)
    weight = norm.logpdf(z) + np.log(z[1] - z[0])

    def log_likelihood(mu: float, tau: float) -> float:
        p = expit(mu + tau * z)
        each = binom.logpmf(events[:, None], people[:, None], p)
        return float(logsumexp(each + weight, axis=1).sum())

    best, _, _ = brute(log_likelihood, np.linspace(-14, -3, 23), np.linspace(1, 10, 19))
    for nodes in (None, 21):
        found, says = attempt(partial(pool_glmm, "PLO", nodes=nodes, xi=events, ni=people))
        if says or not found.converged:
            continue
        at = log_likelihood(found.estimate, np.sqrt(found.tau2))
        assert at > best - 0.02
        assert found.log_likelihood == pytest.approx(at, abs=0.02)


def test_a_conditional_model_does_not_depend_on_the_nodes() -> None:
    """The noncentral hypergeometric likelihood integrated over a fine grid of the normal."""
    a, c, n = np.array([0, 20, 1, 40]), np.array([30, 1, 20, 0]), 50
    z = np.linspace(-9, 9, 1201)
    weight = norm.logpdf(z) + np.log(z[1] - z[0])
    ways = [
        (
            x := np.arange(max(0, m - n), min(m, n) + 1),
            _choose(n, x) + _choose(n, m - x),
            _choose(n, e) + _choose(n, m - e),
        )
        for e, m in zip(a, a + c, strict=True)
    ]

    def log_likelihood(mu: float, tau: float) -> float:
        theta = mu + tau * z
        total = 0.0
        for (x, all_ways, own), e in zip(ways, a, strict=True):
            each = own + e * theta - logsumexp(all_ways[:, None] + x[:, None] * theta, axis=0)
            total += float(logsumexp(each + weight))
        return total

    best, _, _ = brute(log_likelihood, np.linspace(-1, 1.5, 11), np.linspace(5, 11, 25))
    options: dict[str, Any] = {"ai": a, "n1i": [n] * 4, "ci": c, "n2i": [n] * 4}
    for nodes in (None, 7, 21):
        found, says = attempt(partial(pool_glmm, "OR", model="CM.EL", nodes=nodes, **options))
        if says or not found.converged:
            continue
        at = log_likelihood(found.estimate, np.sqrt(found.tau2))
        assert at > best - 0.02
        assert found.log_likelihood == pytest.approx(at, abs=0.02)


def _choose(n: int, x: Any) -> Any:
    return gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)


def test_a_selection_model_is_not_stuck_where_no_study_is_significant() -> None:
    """A grid over mean, tau and the weight of what is not significant, with the likelihood written out."""
    y = np.array([0.98, -0.57, 0.31, 0.1, -0.17])
    v = np.array([0.2905, 0.0289, 0.0795, 0.0653, 0.1331])
    cut = norm.isf(0.025) * np.sqrt(v)
    assert (y < cut).all()

    def log_likelihood(mu: float, tau2: float, weight: float) -> float:
        sd = np.sqrt(v + tau2)
        shown = norm.sf((cut - mu) / sd) + weight * norm.cdf((cut - mu) / sd)
        return float((norm.logpdf(y, mu, sd) + np.log(weight) - np.log(shown)).sum())

    grid = [
        (m, t, w) for m in np.linspace(-1, 3, 17) for t in (0, 0.5, 1, 1.5) for w in np.geomspace(0.01, 1e4, 13)
    ]
    best = max(log_likelihood(*each) for each in grid)
    found, says = attempt(lambda: selection_model(y, v))
    assert says or not found.converged or found.log_likelihood > best - 0.05


@pytest.mark.parametrize("scale", [1.0, 1e-3, 1e-8])
def test_a_multilevel_model_of_one_effect_a_study_is_the_random_effects_model(scale: float) -> None:
    """A guard. With variances that all but vanish the maximum is the sample's mean and variance, by hand."""
    y = np.array([0.1, 0.4, 0.8, 0.6, 0.3])
    v = np.full(5, 1e-12) * scale
    found = pool_multilevel(y, v, clusters={"study": [1, 2, 3, 4, 5]})
    assert found.converged
    assert found.sigma2[0] == pytest.approx(y.var(ddof=1), rel=1e-6)
    assert found.estimate == pytest.approx(y.mean())
