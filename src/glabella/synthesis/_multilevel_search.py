"""The search for the variances and correlations at which the likelihood of dependent effects is greatest."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from glabella.synthesis._likelihood import newton_step
from glabella.synthesis._multilevel_likelihood import Group, evaluate
from glabella.synthesis._multilevel_structure import NEAR, Model

Floats = NDArray[np.float64]

#: Largest derivative of the log-likelihood, by parameters of order one, at which the maximum counts as found.
_SETTLED = 1e-6
#: Rounding of a log-likelihood and of its derivatives, relative to it.
_ROUNDING, _SLOPE_ROUNDING = 1e-12, 1e-13
_CORRECTIONS = 2


def starts_of(model: Model, share: float) -> list[Floats]:
    """Where the search begins: the variance shared out evenly, mostly in one component, or hardly there."""
    rest, j = model.size - model.own, model.outcomes
    parts = rest + (model.struct is not None)
    uneven = [np.full(parts, 0.1 / (parts - 1)) + (0.9 - 0.1 / (parts - 1)) * row
              for row in np.eye(parts)] if parts > 1 else []  # fmt: skip
    shares = [share * each for each in (np.full(parts, 1 / parts), np.full(parts, 0.01), *uneven)]
    if model.struct is None:
        return shares
    found = [model.start(np.full(j, each[0]), 0.4, each[1:]) for each in shares]
    spread = [np.ones(j)] if model.struct in ("CS", "AR") else [np.ones(j), *(0.05 + 1.95 * np.eye(j))]
    for each in shares[:2]:
        for rho in (0.9 * max(-1 / (j - 1), model.lower[model.own - 1]), 0.9):
            found += [model.start(each[0] * outcomes, rho, each[1:]) for outcomes in spread]
    return found


def search(groups: list[Group], model: Model, restricted: bool, starts: list[Floats]) -> tuple[Floats, bool]:
    """Maximise the likelihood from several starts, then to full precision."""
    from scipy.optimize import Bounds, minimize

    def objective(theta: Floats) -> tuple[float, Floats]:
        fit = evaluate(groups, model, theta, restricted)
        return fit.value, fit.gradient

    def descend(start: Floats, rounds: int) -> tuple[float, Floats]:
        found = minimize(objective, start, jac=True, method="L-BFGS-B", bounds=Bounds(model.lower, model.upper),
                         options={"ftol": 1e-13, "gtol": 1e-7, "maxiter": rounds})  # fmt: skip
        return float(found.fun), np.asarray(found.x)

    # A few steps from everywhere, then all the way from where that led highest.
    first = sorted((descend(start, 5) for start in starts), key=lambda each: each[0])
    value, theta = min((descend(each, 1000) for _, each in first[:3]), key=lambda each: each[0])
    for beside in model.escapes(theta):
        tried, there = descend(beside, 1000)
        if tried < value:
            value, theta = tried, there
    theta = _on_bounds(objective, _correct(objective, theta, model), model)
    _, gradient = objective(theta)
    return theta, bool(np.abs(_free(theta, gradient, model) * gradient).max() <= _SETTLED)


def _free(theta: Floats, gradient: Floats, model: Model) -> NDArray[np.bool_]:
    """Parameters that no bound holds."""
    held = ((theta <= model.lower) & (gradient > 0)) | ((theta >= model.upper) & (gradient < 0))
    return ~held


def _correct(objective: Callable[[Floats], tuple[float, Floats]], theta: Floats, model: Model) -> Floats:
    """Take the last digits from the gradient, which still tells points apart that the value does not.

    Newton's method, with differences of the gradient for a Hessian; after a search that has arrived, the first
    step moves by some 1e-9 and the second by rounding.
    """
    value, gradient = objective(theta)
    for _ in range(_CORRECTIONS):
        free = np.flatnonzero(_free(theta, gradient, model))
        left = float(np.abs(gradient[free]).max(initial=0.0))
        if left <= _SLOPE_ROUNDING * max(1.0, abs(value)):
            break
        hessian = np.empty((len(free), len(free)))
        for column, at in enumerate(free):
            h = 1e-5 * max(abs(theta[at]), 1e-2)
            # At a bound only the inner side is sure to be a covariance.
            up, down = theta.copy(), theta.copy()
            up[at], down[at] = min(theta[at] + h, model.upper[at]), max(theta[at] - h, model.lower[at])
            hessian[:, column] = (objective(up)[1] - objective(down)[1])[free] / (up[at] - down[at])
        moved = theta.copy()
        moved[free] += newton_step(-gradient[free], -(hessian + hessian.T) / 2)[0]
        moved = np.clip(moved, model.lower, model.upper)
        new, slope = objective(moved)
        closer = float(np.abs(slope[_free(moved, slope, model)]).max(initial=0.0)) < left
        if not closer or new > value + _ROUNDING * max(1.0, abs(value)):
            break
        theta, value, gradient = moved, new, slope
    return theta


def _on_bounds(objective: Callable[[Floats], tuple[float, Floats]], theta: Floats, model: Model) -> Floats:
    """Move parameters that all but reach a bound onto it, where that costs nothing but rounding."""
    value, _ = objective(theta)
    for bound in (model.lower, model.upper):
        for at in np.flatnonzero(np.abs(theta - bound) <= NEAR):
            tried = theta.copy()
            tried[at] = bound[at]
            if objective(tried)[0] <= value + _ROUNDING * max(1.0, abs(value)):
                theta = tried
    return theta
