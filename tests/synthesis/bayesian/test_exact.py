"""Posteriors held to an integration in 30 digits by another method (reference/make_bayes_exact.py)."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import glabella.synthesis
from glabella.synthesis import Bayes, Normal, bayes
from tests.synthesis.records import read

CASES = read(Path(__file__).parents[1] / "reference" / "bayes_exact.json")
EACH = pytest.mark.parametrize("name", CASES)

#: Relative, of everything that is a sum over the grid or a value of the posterior itself.
EXACT = 1e-9


def fit(case: dict[str, Any]) -> Bayes:
    name, parameters = case["tau_prior"]
    mu_prior = None if case["mu_prior"] is None else Normal(*case["mu_prior"])
    prior = getattr(glabella.synthesis, name)(*parameters)
    return bayes(case["yi"], case["vi"], tau_prior=prior, mu_prior=mu_prior)


@EACH
def test_the_integral_of_prior_times_likelihood(name: str) -> None:
    found = fit(CASES[name])
    assert found.found.grid.log_norm[0] == pytest.approx(CASES[name]["log_integral"], abs=EXACT)
    assert math.isnan(found.log_marginal) == bool(found.improper)
    if not found.improper:
        assert found.log_marginal == pytest.approx(CASES[name]["log_integral"], abs=EXACT)


@EACH
@pytest.mark.parametrize("quantity", ["tau", "mu", "theta_new"])
def test_moments_probabilities_densities_and_quantiles(name: str, quantity: str) -> None:
    case = CASES[name]
    one, expected, points = getattr(fit(case), quantity), case[quantity], case["points"][quantity]
    if expected["mean"] is None:
        assert math.isinf(one.mean) if quantity == "tau" else math.isnan(one.mean)
    else:
        assert one.mean == pytest.approx(expected["mean"], rel=EXACT, abs=EXACT * abs(one.quantile(0.9)))
    if expected["sd"] is None:
        assert not math.isfinite(one.sd)
    else:
        assert one.sd == pytest.approx(expected["sd"], rel=EXACT)
    np.testing.assert_allclose(one.cdf(points), expected["cdf"], rtol=0, atol=1e-10)
    # Far out in a tail a density is a small number of its own, exact relative to those of the middle.
    top = one.density(one.median)
    np.testing.assert_allclose(one.density(points), expected["density"], rtol=EXACT, atol=EXACT * top)
    for p, x in zip(expected["cdf"], points, strict=True):
        if 1e-6 < p < 1 - 1e-6:
            # What a probability that is exact to 1e-10 leaves of the quantile.
            slack = 1e-10 / one.density(x)
            assert one.quantile(p) == pytest.approx(x, rel=EXACT, abs=slack)


@EACH
def test_the_first_study_is_shrunk_exactly(name: str) -> None:
    case = CASES[name]
    one, expected, points = fit(case).shrinkage, case["theta_1"], case["points"]["theta_1"]
    assert one.mean[0] == pytest.approx(expected["mean"], rel=EXACT, abs=EXACT)
    assert one.sd[0] == pytest.approx(expected["sd"], rel=EXACT)
    np.testing.assert_allclose(one.cdf(points)[0], expected["cdf"], rtol=0, atol=1e-10)
    top = one.density(one.median[0])[0]
    np.testing.assert_allclose(one.density(points)[0], expected["density"], rtol=EXACT, atol=EXACT * top)


@EACH
def test_the_error_that_is_reported_is_small(name: str) -> None:
    assert fit(CASES[name]).error <= 1e-10
