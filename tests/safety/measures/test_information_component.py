"""The information component: its posterior, the approximation of it, and what may be asked for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import gamma

from glabella.safety.measures._information_component import information_component


@given(
    st.lists(st.tuples(st.integers(0, 5000), st.floats(0, 1e5)), min_size=1, max_size=20),
    st.sampled_from([0.9, 0.95, 0.99]),
)
def test_exact_limits_are_quantiles_of_the_posterior(pairs: list[tuple[int, float]], level: float) -> None:
    n, expected = np.array(pairs).T
    found = information_component(n, expected, level=level)
    for limit, q in ((found.low, (1 - level) / 2), (found.high, (1 + level) / 2)):
        reference = np.log2(gamma.ppf(q, n + 0.5, scale=1 / (expected + 0.5)))
        np.testing.assert_allclose(limit, reference, rtol=1e-9, atol=1e-9)


def test_counts_that_are_no_whole_numbers_are_served_too() -> None:
    n = np.array([[0.25, 3.5], [1e9, 2.0]])
    found = information_component(n, 2.0)
    np.testing.assert_allclose(found.low, np.log2(gamma.ppf(0.025, n + 0.5, scale=1 / 2.5)), rtol=1e-9)


def test_closed_limits_stay_within_a_twentieth_of_the_exact_ones() -> None:
    n = np.arange(1, 10_001)
    closed, exact = (information_component(n, n / 3, bounds=bounds) for bounds in ("closed", "exact"))
    assert np.abs(closed.low - exact.low).max() < 0.05
    assert np.abs(closed.high - exact.high).max() < 0.05


def test_closed_limits_exist_at_one_level() -> None:
    with pytest.raises(ValueError, match=r"level is 0\.9, expected 0\.95"):
        information_component(1, 1, bounds="closed", level=0.9)
    with pytest.raises(ValueError, match="unknown bounds 'wide'"):
        information_component(1, 1, bounds="wide")  # type: ignore[arg-type]
