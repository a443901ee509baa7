"""The search for a maximum: what overflows is refused, what is held stays, what has no maximum is not one."""

import math

import numpy as np
import pytest

from glabella.synthesis._likelihood import Maximum, maximise

ALL = np.array([True])


def test_a_step_that_overflows_is_refused_and_the_search_goes_on() -> None:
    overflowed = []

    def value_gradient(theta: np.ndarray) -> tuple[float, np.ndarray]:
        away = theta[0] - 1
        if away > 0.5:
            overflowed.append(theta[0])
            return -math.inf, np.array([math.nan])
        return -math.hypot(1, away), np.array([-away / math.hypot(1, away)])

    def hessian(theta: np.ndarray) -> np.ndarray:
        return np.array([[-(math.hypot(1, theta[0] - 1) ** -3)]])

    # Almost straight from so far away, so that the steps grow and leap over the maximum.
    found = maximise(value_gradient, hessian, np.array([-10.0]), ALL)
    assert overflowed
    assert found.converged
    assert found.theta[0] == pytest.approx(1, abs=1e-12)
    assert found.covariance()[0, 0] == pytest.approx(1)


def saddle(theta: np.ndarray) -> tuple[float, np.ndarray]:
    return float(-(theta[0] ** 2) + theta[1]), np.array([-2 * theta[0], 1.0])


def bend(_: np.ndarray) -> np.ndarray:
    return np.array([[-2.0, 0.0], [0.0, 0.0]])


def test_what_is_not_free_stays_and_has_no_error() -> None:
    found = maximise(saddle, bend, np.array([3.0, 5.0]), np.array([True, False]))
    assert found.converged
    assert found.theta == pytest.approx([0, 5], abs=1e-12)
    assert found.covariance() == pytest.approx(np.array([[0.5, np.nan], [np.nan, np.nan]]), nan_ok=True)


def test_a_likelihood_without_a_maximum_or_a_value_is_not_converged() -> None:
    rising: Maximum = maximise(saddle, bend, np.array([3.0, 5.0]), np.array([True, True]))
    assert not rising.converged
    assert np.isnan(rising.covariance()).all()
    nowhere = maximise(lambda theta: (math.nan, theta), bend, np.array([3.0, 5.0]), np.array([True, True]))
    assert not nowhere.converged
