"""The effect of an infinitely large study, and pooled proportions that lie among the studies'. SYNTHETIC data."""

from typing import Any

import numpy as np
import pytest

from glabella.synthesis import back_transform, effect_size, egger, pool
from tests.edges.attempts import attempt

Y, V, N = [0.5, 0.3, 0.35, 0.2, 0.6], [0.04, 0.05, 0.09, 0.05, 0.03], [50, 40, 30, 60, 90]


@pytest.mark.parametrize("model", ["rma", "lm"])
@pytest.mark.parametrize("predictor", ["seinv", "ni", "sqrtni"])
def test_a_predictor_that_grows_with_size_has_no_limit(predictor: Any, model: Any) -> None:
    """At its zero is an infinitely small study; at infinity a straight line has no value."""
    found = egger(Y, V, predictor=predictor, ni=N, model=model)
    assert np.isfinite(found.slope)
    assert found.estimate is None or np.isnan(found.estimate)
    assert found.ci_low is None or np.isnan(found.ci_low)
    text = str(found).lower()
    assert "nan" not in text
    assert not any(
        line.startswith("limit estimate") and any(c.isdigit() for c in line) for line in text.splitlines()
    )


@pytest.mark.parametrize(("predictor", "x"), [("sei", np.sqrt(V)), ("vi", np.array(V)), ("ninv", 1 / np.array(N))])
def test_a_predictor_that_falls_to_zero_has_its_intercept(predictor: Any, x: Any) -> None:
    """A guard: weighted least squares written out."""
    w = 1 / np.array(V)
    design = np.column_stack([np.ones(5), x])
    beta = np.linalg.solve(design.T @ (w[:, None] * design), design.T @ (w * np.array(Y)))
    found = egger(Y, V, predictor=predictor, ni=N, model="lm")
    assert (found.estimate, found.slope) == pytest.approx(tuple(beta))


@pytest.mark.parametrize(
    ("events", "people"),
    [
        ([2, 5, 1000], [10, 25, 100_000]),
        ([1, 2, 60], [5, 10, 60_000]),
        ([8, 20, 99_000], [10, 25, 100_000]),
    ],
    ids=["small", "rare", "frequent"],
)
def test_a_pooled_proportion_lies_among_the_studies(events: list[int], people: list[int]) -> None:
    """A mean cannot lie beyond all that it is the mean of; nor can an interval leave out its own estimate."""
    risks = np.array(events) / np.array(people)
    sizes = effect_size("PFT", xi=events, ni=people)
    fit = pool(sizes.yi, sizes.vi, method="common", test="z")
    found, says = attempt(lambda: back_transform("PFT", [fit.estimate, fit.ci_low, fit.ci_high], people))
    if says:
        assert "ni" in says
        return
    pooled, low, high = found
    assert np.isnan(pooled) or risks.min() <= pooled <= risks.max()
    assert np.isnan(pooled) or low <= pooled <= high
    # One study has nearly all the weight, so that the pooled proportion is nearly its own.
    assert np.isnan(pooled) or pooled == pytest.approx(risks[np.argmax(people)], abs=0.02)
