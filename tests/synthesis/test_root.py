"""Roots, step for step as SciPy finds them."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from glabella.synthesis._root import root

FUNCTIONS: list[tuple[Callable[[float], float], float, float]] = [
    (lambda x: x * x - 2, 0.0, 2.0),
    (lambda x: math.cos(x) - x, 0.0, 1.0),
    (lambda x: math.exp(-x) - 1e-6, 0.0, 100.0),
    (lambda x: math.atan(1e4 * (x - 0.3)), -1.0, 2.0),
    (lambda x: (x - 0.7) ** 3, 0.0, 5.0),
    (lambda x: -1.0 if x < 1 / 3 else 1.0, 0.0, 1.0),
    (lambda x: x, -1.0, 1e300),
]


@pytest.mark.parametrize(("value", "low", "high"), FUNCTIONS)
@pytest.mark.parametrize("tolerance", [1e-13, 1e-6])
def test_every_step_is_that_of_scipy(
    value: Callable[[float], float], low: float, high: float, tolerance: float
) -> None:
    ours: list[float] = []
    theirs: list[float] = []

    def seen(into: list[float]) -> Callable[[float], float]:
        def call(x: float) -> float:
            into.append(x)
            return value(x)

        return call

    found = root(seen(ours), low, high, xtol=tolerance, rtol=tolerance)
    expected = brentq(seen(theirs), low, high, xtol=tolerance, rtol=tolerance, maxiter=200, disp=False)
    assert found == expected
    assert ours == theirs


@given(st.floats(-1e6, 1e6), st.floats(0.001, 1e3))
def test_a_root_is_found_to_the_tolerance(at: float, wide: float) -> None:
    found = root(lambda x: math.tanh((x - at) / wide), at - 7 * wide, at + 3 * wide, xtol=1e-9, rtol=1e-12)
    assert found == pytest.approx(at, abs=1e-8, rel=1e-11)


def test_a_root_at_an_end_is_that_end() -> None:
    assert root(lambda x: x, 0.0, 1.0, xtol=1e-9, rtol=1e-9) == 0
    assert root(lambda x: x - 1, 0.0, 1.0, xtol=1e-9, rtol=1e-9) == 1


def test_ends_of_one_sign_are_refused() -> None:
    with pytest.raises(ValueError, match="the function is 2 and 3 at the ends, expected opposite signs"):
        root(lambda x: x + 2, 0.0, 1.0, xtol=1e-9, rtol=1e-9)
