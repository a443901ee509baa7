"""Where a log-likelihood is greatest, and how sure that makes its parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: A maximum is found when a further Newton step would raise the log-likelihood by less.
_GAIN = 1e-10
#: Below this gain a step is rounding.
_NO_GAIN = 1e-18
#: Rounding of a log-likelihood, relative to it.
_ROUNDING = 1e-12
_CORRECTIONS = 2
#: The search stops at a gradient of ``gtol``, or where the value moves in its last digits only.
_SEARCH = {"gtol": 1e-8, "ftol": 1e-15, "maxiter": 2000, "maxfun": 20_000, "maxls": 50}


@dataclass(frozen=True, slots=True)
class Maximum:
    """Where a log-likelihood is greatest: parameters, value, Hessian, and whether it is a proper maximum."""

    theta: Floats
    value: float
    hessian: Floats
    converged: bool
    free: NDArray[np.bool_] = field(repr=False)

    def covariance(self) -> Floats:
        """Inverse of the negative Hessian of the free parameters, NaN where it has none and for the fixed."""
        size = len(self.theta)
        found = np.full((size, size), np.nan)
        inner = -self.hessian[np.ix_(self.free, self.free)]
        try:
            np.linalg.cholesky(inner)
        except np.linalg.LinAlgError:
            return found
        found[np.ix_(self.free, self.free)] = np.linalg.inv(inner)
        return found


def maximise(
    value_gradient: Callable[[Floats], tuple[float, Floats]],
    hessian: Callable[[Floats], Floats],
    start: Floats,
    free: NDArray[np.bool_],
) -> Maximum:
    """Maximise over the free parameters; the others stay at their start.

    Parameters
    ----------
    value_gradient : callable
        Log-likelihood and its gradient by all parameters.
    hessian : callable
        Matrix of second derivatives; asked for at the end alone.
    start : ndarray of shape (p,)
        Where the search begins.
    free : ndarray of bool, of shape (p,)
        Parameters to be searched.

    Returns
    -------
    Maximum
    """
    from scipy.optimize import minimize

    def whole(inner: Floats) -> Floats:
        theta = start.copy()
        theta[free] = inner
        return theta

    def loss(inner: Floats) -> tuple[float, Floats]:
        value, gradient = value_gradient(whole(inner))
        if not (np.isfinite(value) and np.isfinite(gradient[free]).all()):
            # A trial step that overflowed.
            return refused, np.zeros_like(inner)
        return -value, -gradient[free]

    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        first = -value_gradient(start)[0]
        # Worse than the start, so that it is refused; an infinity would end the search there and then.
        refused = first + max(1.0, abs(first))
        theta = whole(minimize(loss, start[free], jac=True, method="L-BFGS-B", options=_SEARCH).x)
        value, gradient = value_gradient(theta)
        for corrections in range(_CORRECTIONS + 1):
            bend = hessian(theta)
            inner = bend[np.ix_(free, free)]
            if not (np.isfinite(value) and np.isfinite(inner).all()):
                return Maximum(theta, value, bend, False, free)
            step, proper = newton_step(gradient[free], inner)
            gain = float(gradient[free] @ step)
            if not proper or gain < _NO_GAIN or corrections == _CORRECTIONS:
                break
            # The search ends where the value no longer tells two points apart. The gradient still does: Newton's
            # method takes the last digits from it, which standard errors and differences of likelihoods need.
            moved = whole(theta[free] + step)
            moved_value, moved_gradient = value_gradient(moved)
            if not moved_value > value - _ROUNDING * max(1.0, abs(value)):
                break
            theta, value, gradient = moved, moved_value, moved_gradient
    return Maximum(theta, value, bend, proper and gain < _GAIN, free)


def newton_step(slope: Floats, bend: Floats) -> tuple[Floats, bool]:
    """Newton's step towards a maximum, and whether the curvature is that of one.

    A direction in which next to nothing changes counts as a little curved, so that the step stays finite.
    """
    curvature, axes = np.linalg.eigh(-bend)
    size = np.maximum(np.abs(curvature), 1e-8 * max(1.0, float(np.abs(curvature).max())))
    return np.asarray(axes @ ((axes.T @ slope) / size)), bool(curvature[0] > 0)
