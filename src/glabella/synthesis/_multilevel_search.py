"""The search for the variances and correlations at which the likelihood of dependent effects is greatest."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from glabella.synthesis._likelihood import newton_step
from glabella.synthesis._multilevel_likelihood import Group, evaluate, heights
from glabella.synthesis._multilevel_structure import NEAR, Model

Floats = NDArray[np.float64]

#: Largest derivative of the log-likelihood, by parameters of order one, at which the maximum counts as found.
_SETTLED = 1e-6
#: Rounding of a log-likelihood and of its derivatives, relative to it.
_ROUNDING, _SLOPE_ROUNDING = 1e-12, 1e-13
_CORRECTIONS = 2
#: Points on each axis of the grid, with one axis of variances, two and so on; outcomes with an axis each, at most.
_POINTS, _AXES = (14, 9, 6, 4, 3), 3
#: Variance at the far end of an axis, on a scale on which effects scatter by one.
_HIGHEST = 4.0
#: Hollows of the grid, and starts, from which the search goes all the way.
_HOLLOWS, _AHEAD = 4, 1


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


def _grid(model: Model, least: float) -> tuple[Floats, tuple[int, ...]]:
    """Points all over the parameters, the bounds among them, and how many lie on each axis.

    Axes are the variances, from none over ``least`` to beyond what the effects scatter, and the correlation.
    Outcomes share an axis where there are more than three.
    """
    rest, j = model.size - model.own, model.outcomes
    own = 0 if model.struct is None else 1 if model.struct in ("CS", "AR") or j > _AXES else j
    points = _POINTS[min(own + rest, len(_POINTS)) - 1]
    variances = np.concatenate([[0.0], np.geomspace(min(max(least, 1e-4), 0.1), _HIGHEST, points - 1)])
    axes = [variances] * (own + rest)
    if own:
        bottom = max(-1 / (j - 1), model.lower[model.own - 1]) if model.struct != "UN" else -1 / (j - 1)
        axes = [np.array([0.95 * bottom, 0.0, 0.5, 0.95]), *axes]
    mesh = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))
    shape = tuple(len(axis) for axis in axes)
    if not own:
        return mesh, shape
    each = np.broadcast_to(mesh[:, 1 : own + 1], (len(mesh), j)) if own == 1 else mesh[:, 1 : own + 1]
    floor = 1e-8 if model.struct == "UN" else 0.0
    found = [model.start(np.maximum(own_, floor), rho, rest_)
             for own_, rho, rest_ in zip(each, mesh[:, 0], mesh[:, own + 1 :], strict=True)]  # fmt: skip
    return np.array(found), shape


def _basins(values: Floats) -> NDArray[np.intp]:
    """Points of a grid that none beside them, along an axis, is below; the lowest first."""
    low = np.ones(values.shape, dtype=bool)
    for axis in range(values.ndim):
        along = np.moveaxis(values, axis, 0)
        rises = np.moveaxis(along[1:] >= along[:-1], 0, axis)
        edge = np.ones_like(np.take(low, [0], axis=axis))
        low &= np.concatenate([rises, edge], axis=axis) & np.concatenate([edge, ~rises], axis=axis)
    found = np.flatnonzero(low)
    return found[np.argsort(values.ravel()[found], kind="stable")]


def search(groups: list[Group], model: Model, restricted: bool, starts: list[Floats]) -> tuple[Floats, bool]:
    """Maximise the likelihood from several starts, then to full precision."""
    from scipy.optimize import Bounds, minimize

    def objective(theta: Floats) -> tuple[float, Floats]:
        fit = evaluate(groups, model, theta, restricted)
        return fit.value, fit.gradient

    def descend(start: Floats, rounds: int) -> tuple[float, Floats]:
        try:
            found = minimize(objective, start, jac=True, method="L-BFGS-B", bounds=Bounds(model.lower, model.upper),
                             options={"ftol": 1e-13, "gtol": 1e-7, "maxiter": rounds})  # fmt: skip
        except np.linalg.LinAlgError:
            # A variance so large that a sampling variance beside it was rounded away.
            return np.inf, start
        return float(found.fun), np.asarray(found.x)

    # The likelihood may have several maxima: all the way from each hollow of a grid, and from where a few steps
    # from everywhere led highest.
    points, shape = _grid(model, min(float(np.diagonal(group.v, axis1=1, axis2=2).min()) for group in groups))
    hollows = _basins(heights(groups, model, points, restricted).reshape(shape))[:_HOLLOWS]
    first = sorted((descend(start, 5) for start in starts), key=lambda each: each[0])
    ahead = [*points[hollows], *(each for _, each in first[:_AHEAD])]
    value, theta = min((descend(each, 1000) for each in ahead), key=lambda each: each[0])
    if not np.isfinite(value):
        raise ValueError("the likelihood cannot be computed: a sampling variance is lost in rounding beside how "
                         "far effects scatter; expected variances of more similar size")  # fmt: skip
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
