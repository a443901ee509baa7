"""The likelihood of a mixed model: normal effects integrated out by adaptive Gauss-Hermite quadrature.

With its gradient, exact to rounding, and Hessian.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glabella.synthesis._glmm_space import Space
from glabella.synthesis._glmm_studies import Cumulant, Studies

Floats = NDArray[np.float64]
#: Real, or complex where a derivative travels in the imaginary part.
Numbers = NDArray[Any]


def objective(
    studies: Studies, space: Space, nodes: int
) -> tuple[Callable[[Floats], tuple[float, Floats]], Callable[[Floats], Floats]]:
    """Give the log-likelihood with its gradient, and the Hessian, as functions of all parameters."""

    def value_gradient(theta: Floats) -> tuple[float, Floats]:
        values, slopes = _study_gradients(studies, space, theta, nodes)
        gradient = np.zeros(len(theta))
        np.add.at(gradient, space.index, slopes)
        return float(values.sum()), gradient

    def hessian(theta: Floats) -> Floats:
        return _hessian(studies, space, theta, nodes)

    return value_gradient, hessian


def _study_gradients(studies: Studies, space: Space, theta: Floats, nodes: int) -> tuple[Floats, Floats]:
    """Log-likelihoods of shape (k,) and their derivatives by each study's own parameters, of shape (k, q)."""
    local = theta[space.index].astype(complex)
    mode = modes(studies, space, local.real)
    slopes = np.empty(local.shape)
    values = np.empty(len(local))
    # Complex step: exact to rounding, since nothing is subtracted.
    step = 1e-20
    for column in range(local.shape[1]):
        moved = local.copy()
        moved[:, column] += 1j * step
        found = _marginal(studies, space, moved, mode, nodes)
        values, slopes[:, column] = found.real, found.imag / step
    return values, slopes


def _hessian(studies: Studies, space: Space, theta: Floats, nodes: int) -> Floats:
    """Central differences of the exact gradient, study by study: studies share nothing but parameters."""
    size, step = space.index.shape[1], 1e-5
    local_theta = theta[space.index]
    each = Space(np.arange(space.index.size).reshape(space.index.shape), space.fixed, space.random, theta, 0, ())
    found = np.zeros((len(theta), len(theta)))
    for column in range(size):
        shift = np.zeros_like(local_theta)
        shift[:, column] = step
        above = _study_gradients(studies, each, (local_theta + shift).ravel(), nodes)[1]
        below = _study_gradients(studies, each, (local_theta - shift).ravel(), nodes)[1]
        rows = np.broadcast_to(space.index[:, column, None], space.index.shape)
        np.add.at(found, (rows, space.index), (above - below) / (2 * step))
    return np.asarray((found + found.T) / 2)


def predictor(space: Space, local: Numbers) -> tuple[Numbers, Numbers]:
    """Give the fixed part, of shape (k, groups), and loadings of the standard normal effects, (k, groups, d)."""
    split = space.fixed.shape[2]
    return np.einsum("kjp,kp->kj", space.fixed, local[:, :split]), space.random * local[:, None, split:]


def _derivatives(cumulant: Cumulant, eta: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Cumulant function, mean and variance, carrying a derivative in the imaginary part by the chain rule."""
    value, mean, variance, third = cumulant(eta.real)
    if not np.iscomplexobj(eta):
        return value, mean, variance
    turn = 1j * eta.imag
    return value + turn * mean, mean + turn * variance, variance + turn * third


def _newton(studies: Studies, offset: Numbers, loading: Numbers, u: Numbers) -> tuple[Numbers, Numbers]:
    """Newton step towards the mode of the effects given the data, and the negative Hessian it used."""
    eta = offset + np.einsum("kjd,kd->kj", loading, u)
    _, mean, variance = _derivatives(studies.cumulant, eta)
    slope = np.einsum("kjd,kj->kd", loading, studies.y - mean) - u
    bend = np.einsum("kjd,kj,kje->kde", loading, variance, loading) + np.eye(u.shape[1])
    return np.linalg.solve(bend, slope[..., None])[..., 0], bend


def modes(studies: Studies, space: Space, local: Floats) -> Floats:
    """Mode of each study's effects, of shape (k, d); the density is log-concave, so halving steps suffices."""
    offset, loading = predictor(space, local)
    u = np.zeros((len(offset), loading.shape[2]))

    def height(u: Floats) -> Floats:
        eta = offset + np.einsum("kjd,kd->kj", loading, u)
        return np.asarray((studies.y * eta - studies.cumulant(eta)[0]).sum(axis=1) - (u**2).sum(axis=1) / 2)

    now = height(u)
    for _ in range(100):
        step, _ = _newton(studies, offset, loading, u)
        for _ in range(40):
            then = height(u + step)
            worse = ~(then >= now - 1e-12 * (1 + np.abs(now)))
            if not worse.any():
                break
            step[worse] /= 2
        u, now = u + step, then
        if np.abs(step).max() < 1e-10:
            break
    return u


def _marginal(studies: Studies, space: Space, local: Numbers, mode: Floats, nodes: int) -> Numbers:
    """Log-likelihood of each study with its effects integrated out, by adaptive Gauss-Hermite quadrature."""
    offset, loading = predictor(space, local)
    u: Numbers = mode.astype(complex)
    # The real part is at the mode already, so the first step sets the derivative and the second confirms it.
    for _ in range(2):
        u = u + _newton(studies, offset, loading, u)[0]
    bend = _newton(studies, offset, loading, u)[1]
    spread = np.linalg.inv(bend)
    # Cholesky by hand: the library's conjugates, which would lose the derivative.
    factor = np.zeros_like(spread)
    factor[:, 0, 0] = np.sqrt(spread[:, 0, 0])
    size = factor[:, 0, 0]
    if u.shape[1] == 2:
        factor[:, 1, 0] = spread[:, 1, 0] / factor[:, 0, 0]
        factor[:, 1, 1] = np.sqrt(spread[:, 1, 1] - factor[:, 1, 0] ** 2)
        size = size * factor[:, 1, 1]
    z, log_weight = _grid(nodes, u.shape[1])
    at = u[:, None, :] + np.einsum("kde,re->krd", factor, z)
    eta = offset[:, :, None] + np.einsum("kjd,krd->kjr", loading, at)
    value = _derivatives(studies.cumulant, eta)[0]
    terms = (studies.y[:, :, None] * eta - value).sum(axis=1) - (at**2).sum(axis=2) / 2
    terms = terms + log_weight + (z**2).sum(axis=1) / 2
    top = terms.real.max(axis=1)
    found = top + np.log(np.exp(terms - top[:, None]).sum(axis=1)) + np.log(size) + studies.constant
    return np.asarray(found)


@cache
def _grid(nodes: int, dimensions: int) -> tuple[Floats, Floats]:
    """Nodes, of shape (nodes^d, d), and log weights for expectations under the standard normal distribution.

    Of several hundred nodes the outermost weights are too small for a number, and left out.
    """
    from scipy.special import roots_hermitenorm

    z, weight = roots_hermitenorm(nodes)
    z, weight = z[weight > 0], weight[weight > 0]
    log_weight = np.log(weight) - np.log(weight.sum())
    if dimensions == 1:
        return z[:, None], log_weight
    points = np.stack(np.meshgrid(z, z, indexing="ij"), axis=-1).reshape(-1, 2)
    return points, np.add.outer(log_weight, log_weight).ravel()
