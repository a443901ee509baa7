"""Search for the prior that makes the counts likeliest, from several starts, and say how far to trust it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glabella.safety.measures._prior_likelihood import Convention, Points, log_likelihood

Floats = NDArray[np.float64]
Prior = tuple[float, float, float, float, float]
Cost = Callable[[Floats], tuple[float, Floats]]

#: Where a search may go. A parameter that reaches an edge has no maximum inside.
_SHAPES_AND_RATES = np.log(1e-4), np.log(1e4)
_LOGIT = 14.0
#: An estimate this near to an edge, on the log scale, is on it.
_EDGE = 1e-3
#: The gradient, per pair seen, of a point that counts as a maximum.
_GRADIENT = 1e-7

#: Where searches begin: DuMouchel's (1999) values, PhViD's, and priors of stronger and of weaker signals.
STARTS: tuple[Prior, ...] = (
    (0.2, 0.1, 2.0, 4.0, 1 / 3),
    (0.2, 0.06, 1.4, 1.8, 0.1),
    (0.2, 0.02, 0.7, 0.9, 0.06),
    (1.0, 0.2, 1.0, 1.0, 0.1),
    (20.0, 2.0, 2.0, 2.0, 0.03),
)
#: openEBGM's documented starts. With components truncated separately the surface is flat with several maxima, so
#: that published figures are those its starts lead to.
OPENEBGM_STARTS: tuple[Prior, ...] = (
    (0.2, 0.1, 2.0, 4.0, 1 / 3),
    (0.1, 0.2, 10.0, 10.0, 0.2),
    (0.3, 0.5, 6.0, 6.0, 0.5),
)


@dataclass(frozen=True, slots=True)
class Start:
    """One search.

    Attributes
    ----------
    start : tuple of float
        ``alpha1, beta1, alpha2, beta2, p`` where it began.
    end : tuple of float
        Where it ended, the component of the larger mean first.
    log_likelihood : float
        There, of the points fitted; no constant is left out.
    gradient : float
        Largest absolute slope there, by log parameter and per pair seen.
    converged : bool
        Whether this is a maximum: no slope, and curved downwards in every direction.
    at_boundary : bool
        Whether a parameter ran to the edge of what was searched, or the components became one.
    """

    start: Prior
    end: Prior
    log_likelihood: float
    gradient: float
    converged: bool
    at_boundary: bool


def search(points: Points, convention: Convention, starts: Sequence[Prior]) -> tuple[Start, ...]:
    """Climb from every start; quasi-Newton steps first, then Newton's to the last digit."""
    seen = max(1.0, float(points.weight[points.n > 0].sum()))
    with ThreadPoolExecutor(min(os.cpu_count() or 1, len(starts))) as threads:
        return tuple(threads.map(lambda start: _climb(points, convention, start, seen), starts))


def _climb(points: Points, convention: Convention, start: Prior, seen: float) -> Start:
    from scipy.optimize import minimize

    def cost(theta: Floats) -> tuple[float, Floats]:
        value, slope = log_likelihood(theta, points, convention)
        return -value / seen, -slope / seen

    bounds = [_SHAPES_AND_RATES] * 4 + [(-_LOGIT, _LOGIT)]
    options = {"maxiter": 2000, "maxfun": 4000, "ftol": 1e-15, "gtol": 1e-9}
    theta = minimize(cost, _pack(start), jac=True, method="L-BFGS-B", bounds=bounds, options=options).x
    edge = _at_edge(theta)
    curved = True
    if not edge:
        theta = _polish(cost, theta)
        edge = _at_edge(theta)
        values = np.linalg.eigvalsh(_curvature(cost, theta))
        curved = bool(values[0] > 1e-9 * values[-1])
    value, slope = cost(theta)
    steep = float(np.abs(slope).max())
    return Start(
        start=start,
        end=_unpack(theta),
        log_likelihood=-value * seen,
        gradient=steep,
        converged=steep <= _GRADIENT and curved and not edge,
        at_boundary=edge or not curved,
    )


def _polish(cost: Cost, theta: Floats) -> Floats:
    """Find where the gradient vanishes: the digits a quasi-Newton search leaves open on a flat surface."""
    from scipy.optimize import root

    done = root(lambda at: cost(at)[1], theta, jac=lambda at: _curvature(cost, at), options={"xtol": 1e-12})
    before, after = cost(theta), cost(done.x)
    # A root may be a saddle elsewhere: only one as likely, and flatter, is the same maximum.
    better = after[0] <= before[0] + 1e-12 and np.abs(after[1]).max() < np.abs(before[1]).max()
    return np.asarray(done.x) if better else theta


def _curvature(cost: Cost, theta: Floats) -> Floats:
    """Take central differences of the gradient."""
    step = 1e-4
    rows = [(cost(theta + step * unit)[1] - cost(theta - step * unit)[1]) / (2 * step) for unit in np.eye(5)]
    hessian = np.array(rows)
    return np.asarray((hessian + hessian.T) / 2)


def _at_edge(theta: Floats) -> bool:
    low, high = _SHAPES_AND_RATES
    shapes_and_rates = theta[:4]
    on_edge = (shapes_and_rates < low + _EDGE) | (shapes_and_rates > high - _EDGE)
    return bool(on_edge.any() or abs(theta[4]) > _LOGIT - _EDGE)


def _pack(prior: Prior) -> Floats:
    *others, p = prior
    return np.array([*np.log(others), np.log(p) - np.log1p(-p)])


def _unpack(theta: Floats) -> Prior:
    """Give the parameters, the component of the larger mean first."""
    a1, b1, a2, b2 = (float(value) for value in np.exp(theta[:4]))
    p = float(1 / (1 + np.exp(-theta[4])))
    return (a1, b1, a2, b2, p) if a1 / b1 >= a2 / b2 else (a2, b2, a1, b1, 1 - p)
